"""What was decided about people who are alike reaches the other vaults: nobody is asked again, and what is taken back is taken back there."""

from datetime import timedelta
from importlib import import_module

import pytest

from bjc_desktop.exchange.stamping import keep_up
from bjc_desktop.models import Coachee, Coaching, JoinedPerson, Provider
from bjc_desktop.services.exchange_conflicts import list_conflicts
from bjc_desktop.services.joining import join_people, joined_files
from bjc_desktop.services.possible_duplicates import possible_duplicates, reconsider_pair, refuse_pair, refused_pairs
from bjc_desktop.services.row_editing import delete_row
from bjc_desktop.services.taking_back import take_import_back
from bjc_desktop.services.undoing import DAYS, undo
from bjc_desktop.vocabulary import DistinctReason
from tests.conftest import NOW
from tests.exchange.laptops import ANNA, BELA, PROVIDER, TODAY, Team, day, outward
from tests.exchange.test_merging import all_send, assert_all_same, remove

ONE, OTHER = (f"30000000-0000-4000-8000-00000000002{number}" for number in (1, 2))
OFFICE = "Petra Amt"
OF_ONE, OF_OTHER = (f"40000000-0000-4000-8000-00000000002{number}" for number in (1, 2))


@pytest.fixture
def three(equals: Team) -> Team:
    """Return three vaults that hold the same two people, who are alike, with a coaching each."""
    equals.add(
        "amt",
        Provider(id=PROVIDER, name="Träger Nord"),
        Coachee(id=ONE, case_number="F-1", given_name="Eva", family_name="Zwyxmüller", birth_date=day(1990, 3, 4)),
        Coachee(id=OTHER, case_number="F-2", given_name="Eva", family_name="Zwyxmueller", birth_date=day(1990, 3, 4)),
        *(
            Coaching(id=key, coachee_id=person, provider_id=PROVIDER, entry_on=day(2024 + number), exit_on=day(2024 + number, 6))
            for number, (key, person) in enumerate(((OF_ONE, ONE), (OF_OTHER, OTHER)))
        ),
    )
    all_send(equals, rounds=1)
    return equals


def join(team: Team, name: str, keep: str = ONE, give_up: str = OTHER) -> int:
    with team[name].writing(now=team.now()) as session:
        join_people(session, keep, give_up, {}, now=team.now())
    with team[name].reading() as connection:
        (joined,) = [joined for joined in joined_files(connection, now=team.now()) if joined.given_up_id == give_up]
    return joined.transaction_id


def refuse(team: Team, name: str, reason: DistinctReason | None = None) -> str:
    with team[name].writing(now=team.now()) as session:
        return refuse_pair(session, ONE, OTHER, reason)


def rename(team: Team, name: str) -> None:
    """Let the user of the vault be called otherwise than those of the others."""
    with team[name].writing(now=team.now()) as session:
        session.connection().exec_driver_sql("UPDATE users SET name = ?", (OFFICE,))


def asked(team: Team, name: str) -> int:
    """Return how many pairs of people the vault asks about."""
    with team[name].reading() as connection:
        return possible_duplicates(connection, today=TODAY).total


def people(team: Team, name: str) -> set[str]:
    return set(outward(team[name])["coachees"])


def test_that_who_are_two_people_here_is_not_asked_elsewhere_until_it_is_reconsidered(three):
    assert asked(three, "kim") == 1
    rename(three, "amt")
    key = refuse(three, "amt", DistinctReason.SIBLINGS)
    all_send(three)
    assert_all_same(three)
    assert [asked(three, name) for name in three.vaults] == [0, 0, 0]
    with three["lee"].reading() as connection:
        (pair,) = refused_pairs(connection)
    assert (pair.reason, pair.who) == (DistinctReason.SIBLINGS, OFFICE)
    with three["kim"].writing(now=three.now()) as session:
        reconsider_pair(session, key)
    all_send(three)
    assert_all_same(three)
    assert [asked(three, name) for name in three.vaults] == [1, 1, 1]


def test_that_two_who_refuse_the_same_pair_for_the_same_reason_disagree_about_nothing(three):
    for name in ("amt", "kim"):
        refuse(three, name, DistinctReason.SIBLINGS)
    all_send(three)
    assert_all_same(three)
    assert [list_conflicts(three[name]) for name in three.vaults] == [(), (), ()]


def test_that_who_is_one_person_here_is_one_elsewhere_and_two_again_when_it_is_taken_back(three):
    before = outward(three["amt"])
    rename(three, "amt")
    transaction = join(three, "amt")
    all_send(three)
    assert_all_same(three)
    assert people(three, "kim") == {ONE}
    assert {row["coachee_id"] for row in outward(three["kim"])["coachings"].values()} == {ONE}
    with three["kim"].reading() as connection:
        (joined,) = joined_files(connection, now=three.now())
    assert (joined.given_up_name, joined.kept.id, joined.who, joined.undoable) == ("Eva Zwyxmueller", ONE, OFFICE, False)
    undo(three["amt"], transaction, now=NOW + timedelta(days=DAYS - 1))
    all_send(three)
    assert_all_same(three)
    assert outward(three["kim"]) == before
    with three["kim"].reading() as connection:
        assert joined_files(connection, now=three.now()) == ()
    assert asked(three, "kim") == 1


def test_that_a_file_is_written_after_a_join_into_a_person_who_was_changed_as_well(three):
    three.change("amt", Coachee, ONE, phone="0151")
    join(three, "amt")
    all_send(three)
    assert_all_same(three)


def test_that_what_was_decided_before_decisions_travelled_travels_after_the_migration(three, monkeypatch):
    refuse(three, "amt")
    migration = import_module("bjc_desktop.models.migrations.versions.0011_decisions_travel")
    with three["amt"].writing(now=three.now()) as session:
        connection = session.connection()
        keep_up(three["amt"], connection)
        connection.exec_driver_sql("DELETE FROM row_stamps WHERE entity = 'distinct_people'")
        monkeypatch.setattr(migration.op, "execute", connection.exec_driver_sql)
        migration.upgrade()
    all_send(three)
    assert_all_same(three)
    assert asked(three, "kim") == 0


def test_that_a_pair_that_was_refused_elsewhere_goes_with_the_file_that_is_given_up(three):
    refuse(three, "kim")
    join(three, "amt")
    all_send(three)
    assert_all_same(three)
    assert people(three, "kim") == {ONE}
    assert outward(three["kim"])["distinct_people"] == {}


def test_that_a_decision_keeps_nobody_who_is_deleted_elsewhere(three):
    refuse(three, "kim")
    with three["amt"].writing(now=three.now()) as session:
        delete_row(session, Coachee, OTHER)
    assert three.send("amt", "kim").kept == 0
    all_send(three)
    assert_all_same(three)
    assert people(three, "kim") == {ONE}
    assert outward(three["amt"])["distinct_people"] == {}


def test_that_files_joined_in_both_directions_lose_nothing_and_can_be_joined_again(three):
    join(three, "amt")
    join(three, "kim", OTHER, ONE)
    all_send(three)
    assert_all_same(three)
    assert set(outward(three["lee"])["coachings"]) == {OF_ONE, OF_OTHER}
    assert people(three, "lee") == {ONE, OTHER}
    with three["lee"].reading() as connection:
        assert joined_files(connection, now=three.now()) == ()
    join(three, "lee")
    all_send(three)
    assert_all_same(three)
    assert people(three, "amt") == {ONE}
    assert outward(three["kim"])["joined_people"] == {OTHER: {"kept_id": ONE}}


def test_that_a_coach_learns_of_pairs_of_their_own_people_and_a_trainer_of_none(team):
    third = Coachee(case_number="F-3", given_name="Ana", family_name="Zwyxfeld")
    team.add("amt", third)
    team.add("amt", Coaching(coachee_id=third.id, provider_id=PROVIDER, entry_on=day(2025)))
    with team["amt"].writing(now=team.now()) as session:
        refuse_pair(session, ANNA, BELA)
        session.add(JoinedPerson(id=ONE, kept_id=ANNA))
    team.send("amt", "kim")
    team.send("amt", "toni")
    assert outward(team["kim"])["distinct_people"] == {}
    assert outward(team["kim"])["joined_people"] == {ONE: {"kept_id": ANNA}}
    assert outward(team["toni"], notes=False)["joined_people"] == {}


def test_that_a_take_back_gives_back_what_went_with_a_person(three):
    refuse(three, "kim")
    with three["amt"].writing(now=three.now()) as session:
        delete_row(session, Coachee, OTHER)
    before = outward(three["kim"])
    effect = three.send("amt", "kim")
    take_import_back(three["kim"], effect.event, now=three.now())
    assert outward(three["kim"]) == before


def test_that_what_waits_for_a_decision_goes_on_waiting_under_the_file_that_is_kept(three):
    three.change("amt", Coaching, OF_OTHER, exit_on=day(2025, 7))
    remove(three, "kim", Coaching, OF_OTHER)
    all_send(three)
    join(three, "amt")
    all_send(three)
    assert_all_same(three)
    for name in three.vaults:
        (conflict,) = list_conflicts(three[name])
        assert (conflict.case_number, conflict.others[0].is_deletion) == ("F-1", True)
