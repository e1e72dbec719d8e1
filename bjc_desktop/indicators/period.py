"""Calendar periods and the month arithmetic of the indicators."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from bjc_desktop.errors import InvalidInputError

FOLLOW_UP_MONTHS = 6
_YEARS = range(1900, 9999)
_DAY = timedelta(days=1)
_MAXIMUM_CLAMP = timedelta(days=4)
"""Adding months moves a day by at most three days against another (31 January and 28 February)."""


@dataclass(frozen=True, slots=True)
class Period:
    """A period of days; both ends belong to it."""

    label: str
    first: date
    last: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.last < self.first:
            raise InvalidInputError({"period": "Der Zeitraum endet vor seinem Beginn; bitte Anfang und Ende prüfen."})

    def months(self) -> Iterator[str]:
        """Yield the calendar months that the period touches, as ``YYYY-MM``."""
        month = self.first.replace(day=1)
        while month <= self.last:
            yield f"{month:%Y-%m}"
            month = add_months(month, 1)

    def month_ends(self) -> Iterator[date]:
        """Yield the last days of months that lie in the period."""
        month = self.first.replace(day=1)
        while month <= self.last:
            end = month_end(month)
            if end <= self.last:
                yield end
            month = add_months(month, 1)


def add_months(day: date, months: int) -> date:
    """Return *day* plus *months* calendar months, clamped to the month's end (31 August + 6 is 28 or 29 February)."""
    return day + relativedelta(months=months)


def month_end(day: date) -> date:
    """Return the last day of the month in which *day* lies."""
    return add_months(day.replace(day=1), 1) - _DAY


def quarter(year: int, number: int) -> Period:
    """Return the calendar quarter *number* (1 to 4) of *year*."""
    first = date(year, 3 * number - 2, 1)
    return Period(f"{year}-Q{number}", first, add_months(first, 3) - _DAY)


def quarter_of(day: date) -> Period:
    """Return the calendar quarter in which *day* lies."""
    return quarter(day.year, (day.month + 2) // 3)


def parse_quarter(text: str) -> Period:
    """Return the quarter named as ``2025-Q3``.

    Raises
    ------
    InvalidInputError
        where the text names no quarter from 1900 to 9998.
    """
    match = re.fullmatch(r"(\d{4})-[Qq]([1-4])", text.strip())
    if match is None or int(match[1]) not in _YEARS:
        raise InvalidInputError({"quarter": "Das Quartal bitte so angeben: 2025-Q3."})
    return quarter(int(match[1]), int(match[2]))


def previous_quarter(period: Period) -> Period:
    """Return the quarter before the one in which *period* begins."""
    return quarter_of(period.first - _DAY)


def quarters_up_to(period: Period, count: int) -> list[Period]:
    """Return the *count* quarters that end with *period*'s, the oldest first."""
    quarters = [quarter_of(period.last)]
    while len(quarters) < count:
        quarters.append(previous_quarter(quarters[-1]))
    return quarters[::-1]


def calendar_year(year: int) -> Period:
    """Return the calendar year *year*."""
    return Period(str(year), date(year, 1, 1), date(year, 12, 31))


def year_to_date(day: date) -> Period:
    """Return the period from 1 January of *day*'s year to *day*."""
    return Period(f"{day.year} bis {day:%d.%m.}", day.replace(month=1, day=1), day)


def rolling_year(last: Period) -> Period:
    """Return the four quarters that end with the quarter *last*."""
    quarters = quarters_up_to(last, 4)
    return Period(f"{quarters[0].label} bis {quarters[-1].label}", quarters[0].first, quarters[-1].last)


def cohort_before(period: Period, months: int = FOLLOW_UP_MONTHS) -> tuple[date, date] | None:
    """Return the first and the last day that lie in *period* once *months* months are added, or None.

    Adding months never reverses the order of days, so every day between the two lies in the period too. There is none where the
    period holds only days that no addition reaches, such as 31 August alone.
    """
    candidate = period.first - relativedelta(months=months) - _MAXIMUM_CLAMP
    while add_months(candidate, months) < period.first:
        candidate += _DAY
    first = candidate
    candidate = period.last - relativedelta(months=months) + _MAXIMUM_CLAMP
    while add_months(candidate, months) > period.last:
        candidate -= _DAY
    return (first, candidate) if first <= candidate else None
