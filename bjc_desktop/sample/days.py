"""Days of the sample: weekdays, months and their text."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from bjc_desktop.sample.dice import Dice

DAY = timedelta(days=1)
_SATURDAY = 5
_WEEK = 7


@cache
def iso(day: date | None) -> str:
    """Return *day* as the package writes it; one text object for each day."""
    return "" if day is None else day.isoformat()


@cache
def quarter_label(day: date) -> str:
    """Return the label of the quarter in which *day* lies."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


@cache
def last_of_month(day: date) -> date:
    """Return the last day of *day*'s month."""
    following = (day.replace(day=28) + 4 * DAY).replace(day=1)
    return following - DAY


def is_weekend(day: date) -> bool:
    """Return whether *day* is a Saturday or a Sunday."""
    return day.weekday() >= _SATURDAY


def weekday(day: date, first: date, last: date) -> date:
    """Return the weekday nearest to *day* between *first* and *last*; *day* itself, within both, where there is none."""
    day = min(max(day, first), last)
    if not is_weekend(day):
        return day
    back = day - (day.weekday() - _SATURDAY + 1) * DAY
    ahead = day + (_WEEK - day.weekday()) * DAY
    if back >= first:
        return back
    return ahead if ahead <= last else day


def weekday_between(dice: Dice, first: date, last: date) -> date:
    """Return a weekday from *first* to *last*; *first* where *last* lies before it."""
    return weekday(first + dice.between(0, (last - first).days) * DAY, first, max(first, last))


def day_between(dice: Dice, first: date, last: date) -> date:
    """Return any day from *first* to *last*; *first* where *last* lies before it."""
    return first + dice.between(0, (last - first).days) * DAY


def month_parts(first: date, last: date) -> Iterator[tuple[date, date]]:
    """Yield the days from *first* to *last* month by month, each as its first and its last day."""
    while first <= last:
        end = min(last_of_month(first), last)
        yield first, end
        first = end + DAY


@cache
def group_day(month: date, week: int) -> date:
    """Return the Wednesday of the *week*-th week (from 0) of *month*, given by its first day."""
    return month + ((2 - month.weekday()) % _WEEK + _WEEK * week) * DAY
