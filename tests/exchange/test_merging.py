"""What follows from files that meet deletions, references and conflicts in real vaults: the rules of merging, case by case."""

import pytest
from sqlalchemy import CheckConstraint, UniqueConstraint

from bjc_desktop.exchange.field_groups import EXCHANGED, NATURAL_KEYS, groups_of
from bjc_desktop.models import Coachee, Coaching, Consultation, DevelopmentPlan, Goal, Observation, Provider, Staff, Target, Task
from bjc_desktop.services.exchange_conflicts import decide, list_conflicts
from bjc_desktop.services.row_editing import delete_row
from tests.exchange.laptops import KIM, PROVIDER, Team, day, outward

PERSON = "30000000-0000-4000-8000-000000000011"
COACHING = "40000000-0000-4000-8000-000000000011"
PLAN, GOAL, TALK = (f"5000000{number}-0000-4000-8000-000000000011" for number in range(3))


@pytest.fixture
def three(equals: Team) -> Team:
    """Return three vaults that hold a person with a coaching, a plan with a goal, and a consultation with a note."""
    vault = equals["amt"]
    equals.add(
        "amt",
        Provider(id=PROVIDER, name="Träger Nord"),
        Staff(id=KIM, provider_id=PROVIDER, family_name="Kaminski", role="job_coach", employed_from=day(2024)),
        Coachee(id=PERSON, case_number="F-1", family_name="Zwyxfeld", given_name="Anna", phone="0151"),
        Coaching(id=COACHING, coachee_id=PERSON, provider_id=PROVIDER, entry_on=day(2025)),
        DevelopmentPlan(id=PLAN, coaching_id=COACHING, version=1, agreed_on=day(2025)),
        Goal(id=GOAL, plan_id=PLAN, description="Führerschein", status="open"),
        Consultation(
            id=TALK,
            coaching_id=COACHING,
            staff_id=KIM,
            held_on=day(2025),
            channel="phone",
            kind="coaching",
            status="held",
            note=vault.notes.encrypt(TALK, "Streng vertraulich"),
        ),
    )
    equals.send("amt", "kim")
    equals.send("amt", "lee")
    return equals


def all_send(team: Team, rounds: int = 3) -> None:
    for _ in range(rounds):
        for one in team.vaults:
            for other in team.vaults:
                if one != other:
                    team.send(one, other)


def assert_all_same(team: Team) -> None:
    states = [outward(vault) for vault in team.vaults.values()]
    assert states[1] == states[0]
    assert states[2] == states[0]


def remove(team: Team, name: str, entity: type, row_id: str) -> None:
    with team[name].writing(now=team.now()) as session:
        delete_row(session, entity, row_id)


def test_that_no_rule_of_a_table_spans_two_groups():
    for table in EXCHANGED:
        groups = {column: group for group, columns in groups_of(table.name).items() for column in columns}
        for rule in table.constraints:
            if isinstance(rule, CheckConstraint) and "end" in rule.info:
                assert len({groups[rule.info[side]] for side in ("end", "begin")}) == 1, rule.name
            if isinstance(rule, UniqueConstraint):
                assert tuple(column.name for column in rule.columns) == NATURAL_KEYS[table.name]


def test_that_a_note_that_was_taken_out_is_taken_out_everywhere(three):
    three.change("kim", Consultation, TALK, note=None)
    three.send("kim", "amt")
    assert three.value("amt", Consultation, TALK, "note") is None


def test_that_a_parent_with_a_new_child_elsewhere_is_kept_on_both_sides(three):
    remove(three, "amt", DevelopmentPlan, next(iter(rows(three, "amt", DevelopmentPlan))))
    plan = next(iter(rows(three, "kim", DevelopmentPlan)))
    three.add("kim", Goal(plan_id=plan, description="Neues Ziel", status="open"))
    assert three.send("amt", "kim").kept == 1
    three.send("kim", "amt")
    all_send(three)
    assert_all_same(three)
    assert [row["description"] for row in outward(three["amt"])["goals"].values()] == ["Neues Ziel"]


def rows(team: Team, name: str, entity: type) -> list[str]:
    with team[name].reading() as connection:
        return list(connection.exec_driver_sql(f"SELECT id FROM {entity.__tablename__} ORDER BY id").scalars())


def test_that_a_row_that_has_to_stay_is_kept_with_its_newest_values(three):
    three.send("kim", "amt")
    plan = rows(three, "amt", DevelopmentPlan)[0]
    three.change("amt", DevelopmentPlan, plan, agreed_on=day(2025, 3))
    three.send("amt", "kim")
    three.add("kim", Goal(plan_id=rows(three, "kim", DevelopmentPlan)[0], description="bei Kim", status="open"))
    remove(three, "amt", DevelopmentPlan, plan)
    three.send("amt", "kim")  # kept there, for a goal refers to it
    three.add("lee", Goal(plan_id=rows(three, "lee", DevelopmentPlan)[0], description="bei Lee", status="open"))
    three.send("kim", "lee")
    all_send(three)
    assert_all_same(three)
    assert {row["agreed_on"] for row in outward(three["lee"])["development_plans"].values()} == {"2025-03-01"}


def test_that_goals_follow_a_plan_whose_number_was_changed(three):
    plan = rows(three, "kim", DevelopmentPlan)[0]
    three.change("kim", DevelopmentPlan, plan, version=2)
    three.send("kim", "amt")
    all_send(three)
    assert_all_same(three)
    assert [row["version"] for row in outward(three["amt"])["development_plans"].values()] == [2]


def test_that_a_row_may_go_though_a_row_that_left_it_is_put_back(three):
    other = "50000009-0000-4000-8000-000000000011"
    three.add("kim", DevelopmentPlan(id=other, coaching_id=COACHING, version=2, agreed_on=day(2025, 2)))
    three.change("kim", Goal, GOAL, plan_id=other)
    remove(three, "kim", DevelopmentPlan, [plan for plan in rows(three, "kim", DevelopmentPlan) if plan != other][0])
    three.send("kim", "amt")
    all_send(three)
    assert_all_same(three)


@pytest.mark.parametrize("mine", [True, False])
def test_that_a_conflict_is_decided_for_everybody(three, mine):
    three.change("kim", Coachee, PERSON, phone="0171 1")
    three.change("amt", Coachee, PERSON, phone="0171 2")
    effect = three.send("kim", "amt")
    assert effect.conflicts == 1
    (conflict,) = list_conflicts(three["amt"])
    assert conflict.fields == ("Telefon",)
    assert {conflict.mine, *(other.texts for other in conflict.others)} == {("0171 1",), ("0171 2",)}
    assert conflict.person == "Anna Zwyxfeld"
    assert conflict.at is not None
    chosen = conflict.mine if mine else conflict.others[0].texts
    decide(three["amt"], conflict, None if mine else conflict.others[0].held_id, now=three.now())
    three.send("amt", "kim")
    all_send(three)
    assert_all_same(three)
    assert not any(list_conflicts(vault) for vault in three.vaults.values())
    assert (three.value("kim", Coachee, PERSON, "phone"),) == chosen


def test_that_edits_in_different_groups_come_together_without_a_question(three):
    three.change("kim", Coachee, PERSON, phone="0171 1")
    three.change("amt", Coachee, PERSON, family_name="Zwyxheim")
    assert three.send("kim", "amt").conflicts == 0
    all_send(three)
    assert_all_same(three)
    assert three.value("lee", Coachee, PERSON, "phone") == "0171 1"
    assert three.value("lee", Coachee, PERSON, "family_name") == "Zwyxheim"


def test_that_a_version_that_waits_does_not_keep_a_person_from_being_deleted(three):
    three.change("kim", Coachee, PERSON, phone="0171 1")
    three.change("amt", Coachee, PERSON, phone="0171 2")
    three.send("kim", "amt")
    remove(three, "amt", Coachee, PERSON)
    with three["amt"].reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM held_versions").scalar() == 0
    all_send(three)
    assert_all_same(three)


def test_that_a_target_that_two_made_is_one(three):
    for name, number in (("amt", 1), ("kim", 2)):
        three.add(name, Target(year=2025, code="exits", target=number, tolerance_low=0, source=name))
    all_send(three)
    assert_all_same(three)
    assert len(outward(three["lee"])["targets"]) == 1


def test_that_a_row_that_comes_back_does_with_what_it_held_when_it_went(three):
    three.change("amt", Coachee, PERSON, phone="0151 2")
    remove(three, "amt", Coachee, PERSON)
    three.change("kim", Coachee, PERSON, family_name="Zwyxheim")
    all_send(three)
    assert_all_same(three)
    assert three.value("lee", Coachee, PERSON, "phone") == "0151 2"


def test_that_what_a_new_row_needs_comes_back_over_two_steps_where_it_was_made(three):
    three.add("kim", Observation(coaching_id=COACHING, staff_id=KIM, observed_on=day(2025, 3), goal_id=GOAL))
    remove(three, "lee", DevelopmentPlan, rows(three, "lee", DevelopmentPlan)[0])
    three.send("lee", "amt")
    all_send(three)
    assert_all_same(three)
    assert list(outward(three["amt"])["goals"]) == [GOAL]


def test_that_a_row_that_had_to_stay_goes_with_what_kept_it(three):
    task = "50000008-0000-4000-8000-000000000011"
    remove(three, "amt", Goal, GOAL)
    three.add("kim", Task(id=task, goal_id=GOAL, description="Anmelden"))
    assert three.send("amt", "kim").kept == 1
    three.send("kim", "amt")
    remove(three, "amt", Task, task)
    all_send(three)
    assert_all_same(three)
    assert outward(three["kim"])["goals"] == {}
