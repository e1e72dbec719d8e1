"""Handing a caseload over: one step, no gap, no overlap, and back after a cover."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.services.hand_over import HeldCoaching, hand_over, held_coachings, shared_evenly
from bjc_desktop.services.overview import read_caseload
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


@given(st.lists(st.booleans(), max_size=60), st.lists(st.floats(0, 2), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_that_the_proposal_levels_the_loads(long_terms: list[bool], loads: list[float]) -> None:
    group = [HeldCoaching(str(n), "", "", "", TODAY, long) for n, long in enumerate(long_terms)]
    capacity = {f"c{number}": load for number, load in enumerate(loads)}
    proposal = shared_evenly(group, capacity)
    assert set(proposal) == {row.coaching_id for row in group}
    after = dict(capacity)
    for row in group:
        after[proposal[row.coaching_id]] += 1 / 30 if row.long_term else 1 / 40
    got = {key for key in after if after[key] > capacity[key]}
    # Nobody who took one is loaded by more than one case above whoever is loaded least.
    assert all(after[key] - 1 / 30 <= min(after.values()) + 1e-9 for key in got)


def test_that_the_team_board_counts_as_the_overview_does(sample: Vault) -> None:
    with sample.reading() as connection:
        board = read_team_board(connection, today=TODAY)
        loads = {load.staff_id: load for load in read_caseload(connection, None, TODAY)}
    assert {member.row.id: member.load for member in board.members if member.load} == loads
    stocks = sorted(
        load.stock for key, load in loads.items() if any(m.row.id == key and m.role is Role.JOB_COACH for m in board.members)
    )
    assert (board.smallest, board.largest) == (stocks[0], stocks[-1])
    assert board.ahead[0].day == TODAY
    assert [position.role for position in board.positions] == [Role.JOB_COACH, Role.EMPLOYMENT_TRAINER]
    assert all(len(member.months) == 6 for member in board.members if member.role is Role.JOB_COACH)
