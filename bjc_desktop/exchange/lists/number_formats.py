"""What a spreadsheet shows for a number: a day, a month, a time, a number with leading zeros, or the number itself.

Source of the formats' numbers and of the two ways to count days: ECMA-376 part 1, 18.8.30 and 18.17.4.1. In the system of 1900 there is
a 29 February 1900 that never was, so days before it count from another base.
"""

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum

_BEFORE_LEAP, _AFTER_LEAP, _MAC = datetime(1899, 12, 31), datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - calendar days
_LEAP = 60
_LAST = 2_958_465
"""31 December 9999."""
_BUILT_IN_DATES = frozenset({14, 15, 16, 22, *range(27, 32), 36, *range(50, 59)})
_BUILT_IN_MONTH = 17
_BUILT_IN_TIMES = frozenset({18, 19, 20, 21, 45, 46, 47})
_BUILT_IN_PERCENT = frozenset({9, 10})
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hmsHMS]+\])[^\]]*\]')
_ZEROS = re.compile(r"0{2,15}")
_DIGITS = 15


class Shape(Enum):
    """What a format makes of a number."""

    PLAIN = "plain"
    DATE = "date"
    MONTH = "month"
    TIME = "time"
    PERCENT = "percent"
    ZEROS = "zeros"


def shape_of(number: int, code: str | None) -> tuple[Shape, int]:
    """Return what the format *number* with its own *code*, if any, makes of a number, and how many digits it has at least."""
    if code is None:
        return _built_in(number), 0
    plain = _QUOTED.sub("", code.split(";")[0]).strip()
    if _ZEROS.fullmatch(plain):
        return Shape.ZEROS, len(plain)
    letters = set(plain.lower())
    if plain.lower() in {"general", "standard", "@"} or not letters & set("dmyhstj"):
        return (Shape.PERCENT if "%" in plain else Shape.PLAIN), 0
    if letters & set("yj"):
        return (Shape.DATE if letters & set("dt") else Shape.MONTH), 0
    return (Shape.DATE if letters & set("dt") else Shape.TIME), 0


def _built_in(number: int) -> Shape:
    if number in _BUILT_IN_DATES:
        return Shape.DATE
    if number == _BUILT_IN_MONTH:
        return Shape.MONTH
    if number in _BUILT_IN_TIMES:
        return Shape.TIME
    return Shape.PERCENT if number in _BUILT_IN_PERCENT else Shape.PLAIN


def shown_number(raw: str, shape: Shape, digits: int = 0, *, from_1904: bool = False) -> str:
    """Return the text of the number *raw*, as a file holds it, in the shape *shape*."""
    try:
        value = Decimal(raw.strip())
        if not value.is_finite():
            return raw
    except InvalidOperation:
        return raw
    if shape in {Shape.DATE, Shape.MONTH, Shape.TIME} and 0 <= value <= _LAST:
        return _shown_day(value, shape, from_1904=from_1904)
    if shape is Shape.ZEROS and value == value.to_integral_value():
        return f"{int(value):0{digits}d}"
    if shape is Shape.PERCENT:
        return plain_number(value * 100) + " %"
    return plain_number(value)


def plain_number(value: Decimal) -> str:
    """Return *value* with a decimal comma; the last digits of a binary fraction are rounded away, as spreadsheets do."""
    if abs(value) >= 10**_DIGITS or value == value.to_integral_value():
        return f"{value:.0f}"
    text = f"{Decimal(f'{value:.{_DIGITS}g}'):f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")


def _shown_day(value: Decimal, shape: Shape, *, from_1904: bool) -> str:
    moment = moment_of(value, from_1904=from_1904)
    if shape is Shape.TIME or (value < 1 and not from_1904):
        return f"{moment:%H:%M}"
    if shape is Shape.MONTH:
        return f"{moment.month:02}.{moment.year:04}"
    day = f"{moment.day:02}.{moment.month:02}.{moment.year:04}"
    return day if (moment.hour, moment.minute) == (0, 0) else f"{day} {moment:%H:%M}"


def moment_of(value: Decimal, *, from_1904: bool = False) -> datetime:
    """Return the moment that the number of days *value* means."""
    base = _MAC if from_1904 else (_AFTER_LEAP if value >= _LEAP else _BEFORE_LEAP)
    return base + timedelta(days=int(value), seconds=round((value - int(value)) * 86_400))
