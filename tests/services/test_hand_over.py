"""Handing a caseload over: one step, no gap, no overlap, and back after a cover."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import FundingChange, FundingDecision, Staff, StaffQualification
from bjc_desktop.services.due_items import DueKind
from bjc_desktop.services.hand_over import Capacity, HeldCoaching, hand_over, held_coachings, shared_evenly
from bjc_desktop.services.overview import read_caseload, read_overview_due
from bjc_desktop.services.row_editing import add_row
from bjc_desktop.services.team_board import read_team_board
from bjc_desktop.services.undoing import undo
from bjc_desktop.vault import Vault
from bjc_desktop.vocabulary import Role
from tests.conftest import NOW
from tests.samples import filled

TODAY = date(2025, 11, 15)
DAY = timedelta(days=1)


@pytest.fixture
def sample(vault: Vault) -> Vault:
    return filled(vault, "package")


def coaches(vault: Vault) -> list[str]:
    with vault.reading() as connection:
        loads = read_caseload(connection, None, TODAY)
    return [load.staff_id for load in sorted(loads, key=lambda load: -load.stock)]


def held(vault: Vault, staff_id: str, day: date = TODAY) -> list[str]:
    with vault.reading() as connection:
        return [row.coaching_id for row in held_coachings(connection, staff_id, today=day)]


def give(vault: Vault, staff_id: str, moves: dict[str, str], **days) -> int:
    with vault.writing(now=NOW) as session:
        hand_over(session, staff_id, moves, today=TODAY, **days)
        session.flush()
        return session.info["transaction_id"]


def one_coach_each_day(vault: Vault) -> bool:
    query = (
        "SELECT count(*) FROM coaching_staff a JOIN coaching_staff b ON b.coaching_id = a.coaching_id AND b.id > a.id "
        "JOIN staff s ON s.id = a.staff_id AND s.role = 'job_coach' JOIN staff t ON t.id = b.staff_id AND t.role = 'job_coach' "
        "WHERE a.valid_from <= coalesce(b.valid_to, '9999') AND b.valid_from <= coalesce(a.valid_to, '9999')"
    )
    with vault.reading() as connection:
        return connection.exec_driver_sql(query).scalar() == 0


def test_that_everything_goes_in_one_step_and_can_be_taken_back(sample: Vault) -> None:
    old, first, second = coaches(sample)[:3]
    mine = held(sample, old)
    before = {coach: held(sample, coach) for coach in coaches(sample)}
    moves = {coaching: (first, second)[number % 2] for number, coaching in enumerate(mine)}
    transaction = give(sample, old, moves, first=TODAY)
    assert held(sample, old) == []
    assert set(held(sample, first)) | set(held(sample, second)) >= set(mine)
    assert set(held(sample, old, TODAY - DAY)) >= set(mine) - {c for c in mine if c not in held(sample, old, TODAY - DAY)}
    assert one_coach_each_day(sample)
    undo(sample, transaction, now=NOW)
    assert {coach: held(sample, coach) for coach in coaches(sample)} == before


def test_that_a_cover_ends_and_the_coachings_come_back(sample: Vault) -> None:
    old, colleague = coaches(sample)[:2]
    mine = held(sample, old)[:5]
    give(sample, old, dict.fromkeys(mine, colleague), first=TODAY + DAY, last=TODAY + 14 * DAY)
    assert set(mine) <= set(held(sample, old, TODAY))
    for number in (1, 7, 14):
        assert set(mine) <= set(held(sample, colleague, TODAY + number * DAY))
        assert not set(mine) & set(held(sample, old, TODAY + number * DAY))
    assert set(mine) <= set(held(sample, old, TODAY + 15 * DAY))
    assert one_coach_each_day(sample)


@pytest.mark.parametrize("case", ["nothing", "oneself", "backwards"])
def test_that_what_cannot_be_is_refused_and_changes_nothing(sample: Vault, case: str) -> None:
    old, colleague = coaches(sample)[:2]
    mine = held(sample, old)
    moves = {"nothing": {}, "oneself": {mine[0]: old}, "backwards": {mine[0]: colleague}}[case]
    last = TODAY - DAY if case == "backwards" else None
    with pytest.raises(InvalidInputError):
        give(sample, old, moves, first=TODAY, last=last)
    assert held(sample, old) == mine


SHARES = st.sampled_from([Fraction(1), Fraction(4, 5), Fraction(1, 2)])


@given(
    st.lists(st.booleans(), max_size=60),
    st.lists(st.tuples(st.fractions(0, 2, max_denominator=50), SHARES), min_size=1, max_size=5),
)
@settings(max_examples=60, deadline=None)
def test_that_the_proposal_levels_the_loads_of_full_and_of_part_time(long_terms: list[bool], people) -> None:
    group = [HeldCoaching(str(n), "", "", "", TODAY, long) for n, long in enumerate(long_terms)]
    before = {f"c{number}": Capacity(load, share) for number, (load, share) in enumerate(people)}
    proposal = shared_evenly(group, before)
    assert set(proposal) == {row.coaching_id for row in group}
    after = {key: before[key].after([row for row in group if proposal[row.coaching_id] == key]) for key in before}
    for key, capacity in after.items():
        if capacity.load > before[key].load:
            # Who took one is loaded by more than one case above nobody.
            assert all(capacity.load <= other.load + 1 / (30 * other.share) for other in after.values())


def test_that_half_a_position_gets_half_as_many_and_a_trainer_is_loaded_by_forty(sample: Vault) -> None:
    group = [HeldCoaching(str(n), "", "", "", TODAY, True) for n in range(30)]  # noqa: FBT003 - a long time without work
    proposal = shared_evenly(group, {"full": Capacity(Fraction(0), Fraction(1)), "half": Capacity(Fraction(0), Fraction(1, 2))})
    assert sorted(proposal.values()).count("half") == 10
    with sample.reading() as connection:
        trainer = read_caseload(connection, None, TODAY, (Role.EMPLOYMENT_TRAINER,))[0]
    assert trainer.capacity.after(group).load == trainer.load + Fraction(30, 40)


def test_that_the_team_board_counts_as_the_overview_does(sample: Vault) -> None:
    with sample.reading() as connection:
        board = read_team_board(connection, today=TODAY)
        loads = {load.staff_id: load for load in read_caseload(connection, None, TODAY)}
    coaches = {member.row.id: member.load for member in board.members if member.load and member.role is Role.JOB_COACH}
    assert coaches == loads
    trainers = [member.load for member in board.members if member.employed and member.role is Role.EMPLOYMENT_TRAINER]
    assert trainers
    assert all(load.load == Fraction(load.stock, 40) for load in trainers)
    stocks = sorted(
        load.stock for key, load in loads.items() if any(m.row.id == key and m.role is Role.JOB_COACH for m in board.members)
    )
    assert (board.smallest, board.largest) == (stocks[0], stocks[-1])
    assert board.ahead[0].day == TODAY
    assert [position.role for position in board.positions] == [Role.JOB_COACH, Role.EMPLOYMENT_TRAINER]
    assert all(len(member.months) == 6 for member in board.members if member.role is Role.JOB_COACH)


def test_that_a_change_of_the_decision_counts_from_its_day_on(sample: Vault) -> None:
    with sample.writing(now=NOW) as session:
        decision = session.scalars(
            select(FundingDecision).where(FundingDecision.valid_from <= TODAY, FundingDecision.valid_to >= TODAY)
        ).first()
        before, change = decision.coach_positions, TODAY - timedelta(days=10)
        add_row(
            session,
            FundingChange,
            {"funding_decision_id": decision.id, "valid_from": change, "coach_positions": before + 2},
            today=TODAY,
        )
    funded = {}
    for day in (change - timedelta(days=1), change, TODAY):
        with sample.reading() as connection:
            funded[day] = tuple(position.funded for position in read_team_board(connection, today=day).positions)
    coaches, trainers = funded[change - timedelta(days=1)]
    assert coaches is not None
    # What the change does not name goes on.
    assert funded[change] == funded[TODAY] == (coaches + 2, trainers)


def test_that_a_proof_of_use_is_due_for_who_sees_all_cases_a_month_ahead(sample: Vault) -> None:
    with sample.writing(now=NOW) as session:
        session.scalars(select(FundingDecision)).first().proof_of_use_on = TODAY + timedelta(days=13)
    with sample.reading() as connection:
        assert [
            item.kind for item in read_overview_due(connection, staff_id=None, today=TODAY) if item.kind is DueKind.PROOF_OF_USE
        ]
        assert not [
            item
            for item in read_overview_due(connection, staff_id=None, today=TODAY - timedelta(days=30))
            if item.kind is DueKind.PROOF_OF_USE
        ]
        own = read_overview_due(connection, staff_id=connection.exec_driver_sql("SELECT id FROM staff").scalar(), today=TODAY)
        assert not [item for item in own if item.kind is DueKind.PROOF_OF_USE]


def test_that_hours_of_further_training_are_summed(sample: Vault) -> None:
    with sample.writing(now=NOW) as session:
        member = session.scalars(select(Staff)).first()
        for day, hours in ((TODAY, 8), (TODAY.replace(year=TODAY.year - 1), 16), (None, 4)):
            row = {"staff_id": member.id, "kind": "further_training", "obtained_on": day, "hours": hours}
            add_row(session, StaffQualification, row, today=TODAY)
        add_row(session, StaffQualification, {"staff_id": member.id, "kind": "aevo", "hours": 99}, today=TODAY)
    with sample.reading() as connection:
        board = read_team_board(connection, today=TODAY)
    known = next(shown for shown in board.members if shown.row.id == member.id)
    others = sum(row["hours"] or 0 for row in known.qualifications if row["kind"] == "further_training") - 28
    assert known.further_training(TODAY.year)[1] - others == 28
    assert known.further_training(TODAY.year - 1)[0] >= 16
