"""Caseload and load: the stock of the month ends against the keys 1:30 and 1:40."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from bjc_desktop.indicators.caseload import caseload_of, read_staff, staff_loads, unknown_unemployment
from bjc_desktop.indicators.period import parse_quarter
from tests.indicators.builder import Builder
from tests.samples import NOW

QUARTER = parse_quarter("2025-Q3")
JULY, AUGUST, SEPTEMBER = date(2025, 7, 31), date(2025, 8, 31), date(2025, 9, 30)
LONG_AGO, EXACTLY_TWO_YEARS, A_DAY_MORE = "2015-01-01", "2023-02-01", "2023-01-31"
"""Unemployed since; the coachings begin on 1 February 2025."""


@pytest.fixture
def build(vault):
    """Yield a builder over an open transaction of an empty vault."""
    with vault.writing(now=NOW) as session:
        yield Builder(session)


def loads(build):
    connection = build.session.connection()
    return staff_loads(connection, QUARTER, read_staff(connection))


@pytest.mark.parametrize(
    ("entry", "exit_on", "stocks"),
    [
        ("2025-02-01", None, 3),
        ("2025-07-31", None, 3),
        ("2025-08-01", None, 2),
        ("2025-02-01", "2025-09-30", 3),
        ("2025-02-01", "2025-09-29", 2),
        ("2025-02-01", "2025-07-31", 1),
        ("2025-02-01", "2025-07-30", 0),
        ("2025-09-30", "2025-09-30", 1),
        ("2025-10-01", None, 0),
    ],
)
def test_that_a_coaching_counts_on_each_month_end_of_its_days(build, entry, exit_on, stocks):
    build.coaching(entry_on=entry, exit_on=exit_on)
    assert loads(build)[build.coach].caseload == Fraction(stocks, 3)


def test_that_a_cancelled_coaching_and_one_of_a_colleague_do_not_count(build):
    build.coaching(exit_on=None, cancelled=True)
    build.coaching(exit_on=None, coach=build.staff())
    assert loads(build)[build.coach].caseload == 0


def test_that_a_handed_over_coaching_counts_for_whoever_has_it_on_the_day(build):
    colleague = build.staff()
    coaching = build.coaching(exit_on=None, coach=None)
    build.assigned(coaching, build.coach, "2025-02-01", AUGUST)
    build.assigned(coaching, colleague, "2025-09-01")
    found = loads(build)
    assert (found[build.coach].caseload, found[colleague].caseload) == (Fraction(2, 3), Fraction(1, 3))


@pytest.mark.parametrize(
    ("since", "key"), [(LONG_AGO, 30), (A_DAY_MORE, 30), (EXACTLY_TWO_YEARS, 40), ("2025-01-01", 40), (None, 40)]
)
def test_which_key_the_length_of_unemployment_gives(build, since, key):
    build.coaching(exit_on=None, unemployed_since=since)
    assert loads(build)[build.coach].load == Fraction(1, key)
    unknown = unknown_unemployment(build.session.connection(), QUARTER)
    assert unknown.get(build.provider, 0) == (since is None)


@pytest.mark.parametrize(
    ("weekly_hours", "share", "load"),
    [("39.4", "1", Fraction(1, 40)), ("19.7", "1", Fraction(1, 20)), ("39.4", "0.5", Fraction(1, 20)), (None, "1", None)],
)
def test_that_the_load_is_per_funded_full_time_equivalent(build, weekly_hours, share, load):
    coach = build.staff(weekly_hours=weekly_hours and Decimal(weekly_hours), funded_share=Decimal(share))
    build.coaching(exit_on=None, coach=coach)
    assert loads(build)[coach].caseload == 1
    assert loads(build)[coach].load == load


def test_that_a_trainers_key_is_one_to_forty_whatever_the_unemployment(build):
    trainer = build.staff("employment_trainer", weekly_hours=Decimal(10))
    build.assigned(build.coaching(exit_on=None, unemployed_since=LONG_AGO), trainer, "2025-02-01")
    assert loads(build)[trainer].load == Fraction(1, 40)


@pytest.mark.parametrize(
    ("first", "last", "caseload"),
    [
        (date(2025, 8, 31), None, 1),
        (date(2025, 9, 1), None, 1),
        (date(2020, 1, 1), AUGUST, 1),
        (date(2025, 10, 1), None, None),
        (date(2025, 8, 1), date(2025, 8, 30), None),
    ],
)
def test_that_only_month_ends_of_the_employment_count(build, first, last, caseload):
    coach = build.staff(employed_from=first, employed_to=last)
    build.coaching(exit_on=None, coach=coach)
    assert loads(build)[coach].caseload == caseload


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([], (None, None, None)),
        ([None], (None, None, None)),
        ([37], (37, 37, 37)),
        ([78, 12, 37], (12, 78, 37)),
        ([12, 78, 36, 37], (12, 78, Fraction(73, 2))),
        ([0, None, 2], (0, 2, 1)),
    ],
)
def test_minimum_maximum_and_median(values, wanted):
    found = caseload_of(None if value is None else Fraction(value) for value in values)
    assert (found.minimum, found.maximum, found.median) == wanted
