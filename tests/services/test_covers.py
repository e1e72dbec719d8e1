"""Who stands in for whom: what a cover wrote is read back, and nothing else is taken for one."""

from datetime import date, timedelta

import pytest

from bjc_desktop.services.covers import Cover, read_covers
from bjc_desktop.services.hand_over import hand_over, held_coachings
from bjc_desktop.services.overview import read_caseload
from bjc_desktop.services.team_board import read_team_board
from bjc_desktop.vault import Vault
from tests.conftest import NOW
from tests.samples import filled

TODAY = date(2025, 11, 15)
DAY = timedelta(days=1)
FORTNIGHT = 14 * DAY


@pytest.fixture
def sample(vault: Vault) -> Vault:
    return filled(vault, "package")


def coaches(vault: Vault) -> list[str]:
    with vault.reading() as connection:
        return [load.staff_id for load in sorted(read_caseload(connection, None, TODAY), key=lambda load: -load.stock)]


def some(vault: Vault, staff_id: str, count: int) -> list[str]:
    """Return coachings that run before, during and after the cover and have nothing planned."""
    with vault.reading() as connection:
        held = held_coachings(connection, staff_id, today=TODAY)
        after = {row.coaching_id for row in held_coachings(connection, staff_id, today=TODAY + 3 * FORTNIGHT)}
        planned = {
            row[0] for row in connection.exec_driver_sql(f"SELECT coaching_id FROM coaching_staff WHERE valid_from > '{TODAY}'")
        }
    fit = after - planned
    return sorted(row.coaching_id for row in held if row.coaching_id in fit and row.entry_on < TODAY - FORTNIGHT)[:count]


def give(vault: Vault, staff_id: str, moves: dict[str, str], **days) -> None:
    with vault.writing(now=NOW) as session:
        hand_over(session, staff_id, moves, today=TODAY, **days)


def covers(vault: Vault, day: date = TODAY) -> tuple[Cover, ...]:
    with vault.reading() as connection:
        return read_covers(connection, today=day)


def test_that_a_cover_is_said_on_its_days_and_on_no_other(sample: Vault) -> None:
    absent, deputy = coaches(sample)[:2]
    mine = some(sample, absent, 3)
    assert covers(sample) == ()
    give(sample, absent, dict.fromkeys(mine, deputy), first=TODAY, last=TODAY + FORTNIGHT)
    for day in (TODAY, TODAY + FORTNIGHT):
        (cover,) = covers(sample, day)
        assert (cover.absent_id, cover.deputy_id, cover.last) == (absent, deputy, TODAY + FORTNIGHT)
        assert (sorted(cover.coaching_ids), cover.cases) == (mine, "3 Fälle")
    assert covers(sample, TODAY - DAY) == covers(sample, TODAY + FORTNIGHT + DAY) == ()


def test_that_a_hand_over_for_good_is_no_cover_even_where_it_is_planned(sample: Vault) -> None:
    absent, colleague, third = coaches(sample)[:3]
    (one, another) = some(sample, absent, 2)
    give(sample, absent, {one: colleague}, first=TODAY)
    give(sample, absent, {another: third}, first=TODAY + FORTNIGHT)
    assert covers(sample) == ()


def test_that_a_longer_cover_and_a_second_deputy_are_said_as_they_are(sample: Vault) -> None:
    absent, first, second = coaches(sample)[:3]
    (one, another) = some(sample, absent, 2)
    last = TODAY + FORTNIGHT
    give(sample, absent, {one: first, another: first}, first=TODAY, last=last)
    give(sample, absent, {one: first}, first=last + DAY, last=last + FORTNIGHT)
    give(sample, first, {another: second}, first=TODAY + DAY)
    found = {cover.deputy_id: cover for cover in covers(sample, TODAY + DAY)}
    assert (found[first].coaching_ids, found[first].last) == ((one,), last + FORTNIGHT)
    assert (found[second].coaching_ids, found[second].last) == ((another,), last)
    assert {cover.absent_id for cover in found.values()} == {absent}


def test_that_a_cover_from_the_first_day_of_an_assignment_is_one(sample: Vault) -> None:
    absent, deputy, colleague = coaches(sample)[:3]
    (before,) = some(sample, colleague, 1)
    give(sample, colleague, {before: absent}, first=TODAY)
    give(sample, absent, {before: deputy}, first=TODAY, last=TODAY + FORTNIGHT)
    (cover,) = covers(sample)
    assert (cover.absent_id, cover.deputy_id, cover.last, cover.coaching_ids) == (absent, deputy, TODAY + FORTNIGHT, (before,))
    assert covers(sample, TODAY - DAY) == covers(sample, TODAY + FORTNIGHT + DAY) == ()
    give(sample, deputy, {before: colleague}, first=TODAY)
    (cover,) = covers(sample)
    assert (cover.absent_id, cover.deputy_id, cover.last) == (absent, colleague, TODAY + FORTNIGHT)
    last = TODAY + 2 * FORTNIGHT
    give(sample, absent, {before: colleague}, first=TODAY + FORTNIGHT + DAY, last=last)
    for day in (TODAY, last):
        (cover,) = covers(sample, day)
        assert (cover.absent_id, cover.deputy_id, cover.last) == (absent, colleague, last)


def test_that_a_longer_cover_from_the_first_day_that_goes_to_another_deputy_is_one(sample: Vault) -> None:
    absent, deputy, colleague = coaches(sample)[:3]
    (before,) = some(sample, colleague, 1)
    give(sample, colleague, {before: absent}, first=TODAY)
    last = TODAY + FORTNIGHT
    give(sample, absent, {before: deputy}, first=TODAY, last=last)
    for _ in range(3):
        give(sample, absent, {before: deputy}, first=last + DAY, last=last + FORTNIGHT)
        last += FORTNIGHT
    give(sample, deputy, {before: colleague}, first=TODAY)
    for day in (TODAY, last):
        (cover,) = covers(sample, day)
        assert (cover.absent_id, cover.deputy_id, cover.last) == (absent, colleague, last)


def test_that_team_and_caseload_say_who_is_covered_by_whom(sample: Vault) -> None:
    absent, deputy = coaches(sample)[:2]
    give(sample, absent, dict.fromkeys(some(sample, absent, 2), deputy), first=TODAY, last=TODAY + FORTNIGHT)
    with sample.reading() as connection:
        members = {member.row.id: member for member in read_team_board(connection, today=TODAY).members}
        (load,) = read_caseload(connection, deputy, TODAY)
    (cover,) = members[absent].covered
    assert members[deputy].covered == members[absent].load.covers == ()
    assert members[deputy].load.covers == load.covers == (cover,)
    assert (cover.deputy_name, cover.absent_name) == (members[deputy].name, members[absent].name)
