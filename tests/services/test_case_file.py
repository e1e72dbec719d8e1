"""The case file: everything of one coaching, and nothing of another; the next version of a plan."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, func, select

from bjc_desktop.errors import NotFoundError
from bjc_desktop.models import (
    Barrier,
    Coachee,
    Coaching,
    CoachingStaff,
    Consultation,
    DevelopmentPlan,
    FollowUp,
    Goal,
    Observation,
    Outcome,
    Staff,
    Task,
)
from bjc_desktop.services.case_file import DIMENSIONS, CaseFile, new_plan_version, read_case_file
from bjc_desktop.services.row_editing import add_row, change_row
from bjc_desktop.vault import Vault, open_with_key
from tests.conftest import NOW, TemplateVault
from tests.samples import TODAY, filled
from tests.vault.cases import NOTE, add_case

BIRTH = date(1990, 2, 3)


@pytest.fixture(scope="module")
def sample(template_vault: TemplateVault, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """Yield a vault with the sample package, to be read only."""
    folder = template_vault.copy_to(tmp_path_factory.mktemp("case-file") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        yield filled(vault, "package")


@pytest.fixture
def coaching(vault: Vault) -> str:
    """Put a case into the vault; return the coaching's id."""
    add_case(vault)
    with vault.reading() as connection:
        return connection.execute(select(Coaching.id)).scalar_one()


def _ids(connection: Connection, coaching_id: str, entity: type) -> set[str]:
    return set(connection.execute(select(entity.id).where(entity.coaching_id == coaching_id)).scalars())


def test_that_a_file_holds_every_row_of_its_coaching(sample: Vault) -> None:
    with sample.reading() as connection:
        busiest = select(Observation.coaching_id).group_by(Observation.coaching_id).order_by(func.count().desc()).limit(15)
        wanted = connection.execute(busiest).scalars().all()
    for coaching_id in wanted:
        file = read_case_file(sample, coaching_id, today=TODAY)
        with sample.reading() as connection:
            held = {
                entity: _ids(connection, coaching_id, entity)
                for entity in (Consultation, Observation, Outcome, Barrier, DevelopmentPlan, FollowUp, CoachingStaff)
            }
        assert {entry.row.id for entry in file.consultations} == held[Consultation]
        assert {row.id for row in file.observations} == held[Observation]
        assert {row.id for row in file.outcomes} == held[Outcome]
        assert {entry.row.id for entry in file.barriers} == held[Barrier]
        assert {entry.row.id for entry in file.plans} == held[DevelopmentPlan]
        assert ({file.follow_up.id} if file.follow_up else set()) == held[FollowUp]
        assert {entry.row.id for entry in file.assignments} == held[CoachingStaff]
        days = [entry.row["held_on"] for entry in file.consultations]
        assert days == sorted(days, reverse=True)
        assert [len(trend.points) for trend in file.trends] == [
            sum(row[name] is not None for row in file.observations) for name in DIMENSIONS
        ]


def test_that_the_file_speaks_german(vault: Vault, coaching: str) -> None:
    file = read_case_file(vault, coaching, today=TODAY)
    entry = file.consultations[0]
    assert (entry.row.text("channel"), entry.row.text("held_on"), entry.coach, entry.note) == (
        "telefonisch",
        "03.02.2025",
        "Coach",
        NOTE,
    )
    assert file.name == "Zyprafelstein"
    assert (file.provider, file.funding_decision, file.plan, file.coach, file.follow_up_due_on) == (
        "Träger Nord",
        "",
        None,
        "",
        None,
    )
    assert file.coachings[0].result == "läuft"
    assert file.last_contact_on == date(2025, 2, 3)
    assert "note" not in entry.row.values


def test_that_notes_stay_closed_to_who_has_no_key(vault: Vault, coaching: str) -> None:
    vault.notes = None
    entry = read_case_file(vault, coaching, today=TODAY).consultations[0]
    assert (entry.note, entry.note_problem) == (None, "Die Notiz ist vertraulich; Sie haben keinen Zugang.")


def test_that_a_damaged_note_leaves_the_rest_readable(vault: Vault, coaching: str) -> None:
    with vault.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE consultations SET note = x'01{'00' * 40}'")
    entry = read_case_file(vault, coaching, today=TODAY).consultations[0]
    assert "beschädigt" in (entry.note_problem or "")


def test_that_a_coaching_that_is_gone_is_named_as_such(vault: Vault) -> None:
    with pytest.raises(NotFoundError):
        read_case_file(vault, "none", today=TODAY)


def test_that_barriers_and_observations_show_their_way(vault: Vault, coaching: str) -> None:
    with vault.reading() as connection:
        staff = connection.execute(select(Staff.id)).scalar_one()
    with vault.writing(now=NOW) as session:
        for entry, now in ((3, 1), (1, 1), (1, 2), (None, 2)):
            row = {"coaching_id": coaching, "area": "debt", "recorded_on": TODAY, "severity_at_entry": entry, "severity_now": now}
            add_row(session, Barrier, row, today=TODAY)
        for days, value in ((0, 2), (5, 3), (9, 4)):
            row = {
                "coaching_id": coaching,
                "staff_id": staff,
                "observed_on": TODAY + timedelta(days),
                "work_behaviour": value,
                "resilience": 6 - value,
            }
            add_row(session, Observation, {**row, "motor_skills": 3 if days == 5 else None}, today=TODAY)
    file = read_case_file(vault, coaching, today=TODAY)
    assert sorted((entry.change, entry.text) for entry in file.barriers if entry.change is not None) == [
        (-2, "von 3 auf 1: besser"), (0, "von 1 auf 1: unverändert"), (1, "von 1 auf 2: schlechter"),
    ]  # fmt: skip
    texts = {trend.field: trend.text for trend in file.trends}
    assert texts == {
        "work_behaviour": "von 2 auf 4: besser", "social_behaviour": "", "resilience": "von 4 auf 2: schlechter",
        "concentration": "", "motor_skills": "3, einmal beobachtet",
    }  # fmt: skip


def test_that_earlier_coachings_show_their_result(vault: Vault, coaching: str) -> None:
    with vault.reading() as connection:
        coachee, staff = connection.execute(select(Coachee.id)).scalar_one(), connection.execute(select(Staff.id)).scalar_one()
    with vault.writing(now=NOW) as session:
        first = add_row(
            session,
            Coaching,
            {
                "coachee_id": coachee,
                "provider_id": "p" * 36,
                "entry_on": date(2023, 1, 9),
                "exit_on": date(2023, 8, 31),
                "exit_reason": "goal_employment",
            },
            today=TODAY,
        )
        add_row(session, Outcome, {"coaching_id": first, "kind": "dual_training", "begin_on": date(2023, 9, 1)}, today=TODAY)
        add_row(
            session, CoachingStaff, {"coaching_id": coaching, "staff_id": staff, "valid_from": date(2025, 1, 15)}, today=TODAY
        )
    file = read_case_file(vault, coaching, today=TODAY)
    assert [(entry.result, entry.is_this) for entry in file.coachings] == [
        ("läuft", True), ("Ziel erreicht: Beschäftigung · betriebliche Berufsausbildung", False),
    ]  # fmt: skip
    assert file.coach == "Coach"
    assert read_case_file(vault, first, today=TODAY).follow_up_due_on == date(2024, 2, 29)


def _summary(file: CaseFile) -> list[tuple]:
    return [
        (
            plan.row["version"],
            [(goal.row["description"], goal.row["status"], [task["description"] for task in goal.tasks]) for goal in plan.goals],
        )
        for plan in file.plans
    ]


def test_that_the_next_version_takes_over_what_is_open(vault: Vault, coaching: str) -> None:
    with vault.writing(now=NOW) as session:
        first = new_plan_version(session, coaching, today=TODAY)
        assert (first.version, first.goals, first.tasks) == (1, 0, 0)
        change_row(
            session,
            DevelopmentPlan,
            first.id,
            {"overall_goal": "training", "review_on": TODAY, "coachee_confirmed_on": TODAY},
            today=TODAY,
        )
        for number, status in enumerate(("open", "in_progress", "achieved")):
            due = TODAY + timedelta(number)
            goal = add_row(
                session, Goal, {"plan_id": first.id, "description": f"Z{number}", "status": status, "due_on": due}, today=TODAY
            )
            add_row(session, Task, {"goal_id": goal, "description": "offen", "responsible": "coachee"}, today=TODAY)
            add_row(session, Task, {"goal_id": goal, "description": "erledigt", "done_on": TODAY}, today=TODAY)
    with vault.writing(now=NOW) as session:
        second = new_plan_version(session, coaching, today=TODAY + timedelta(30))
    assert (second.version, second.goals, second.tasks) == (2, 2, 2)
    file = read_case_file(vault, coaching, today=TODAY)
    assert _summary(file)[0] == (2, [("Z0", "open", ["offen"]), ("Z1", "in_progress", ["offen"])])
    assert len(_summary(file)[1][1]) == 3
    plan = file.plan.row
    assert (plan["overall_goal"], plan["review_on"], plan["coachee_confirmed_on"]) == ("training", None, None)


def test_that_a_plan_needs_a_coaching(vault: Vault) -> None:
    with pytest.raises(NotFoundError), vault.writing(now=NOW) as session:
        new_plan_version(session, "none", today=TODAY)
