"""Month arithmetic is dateutil's, in Python and in SQL."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from bjc_desktop.indicators.period import Period, add_months, cohort_before, parse_quarter, quarters_up_to
from bjc_desktop.vault import memory_engine

DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))


def test_that_sql_adds_months_as_dateutil_does():
    with memory_engine().connect() as connection:
        for offset in range(1600):
            day = date(2023, 1, 1) + timedelta(days=offset)
            for months in (1, 6, 24):
                statement = text(f"SELECT date(:day, '+{months} months', 'floor')")
                assert connection.execute(statement, {"day": day.isoformat()}).scalar() == add_months(day, months).isoformat()


@given(DAYS, st.integers(0, 400))
def test_that_the_cohort_is_exactly_the_days_that_fall_due_in_the_period(first, length):
    period = Period("", first, first + timedelta(days=length))
    due = [
        day
        for day in (period.first - timedelta(days=200) + timedelta(days=n) for n in range(length + 230))
        if period.first <= add_months(day, 6) <= period.last
    ]
    assert cohort_before(period) == ((due[0], due[-1]) if due else None)


def test_that_no_exit_falls_due_on_31_august_alone():
    assert cohort_before(Period("", date(2025, 8, 31), date(2025, 8, 31))) is None


def test_that_a_quarters_cohort_is_the_exits_of_two_quarters_earlier():
    for quarter in quarters_up_to(parse_quarter("2025-Q4"), 12):
        first, last = cohort_before(quarter)
        assert (first, last) == (
            add_months(quarter.first, -6),
            add_months(quarter.last + timedelta(days=1), -6) - timedelta(days=1),
        )
