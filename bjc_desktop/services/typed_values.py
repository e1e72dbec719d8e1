"""What people type, as values: dates, times, durations, numbers in German notation, and how each value is shown again.

The window's fields and the import assistants share these functions. Nothing is corrected silently: what has two meanings, or
none, is refused with one sentence that shows the right way. An empty text is None.
"""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NoReturn

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.exchange.cells import EARLIEST
from bjc_desktop.models.base import FieldInfo, Kind, plain_decimal
from bjc_desktop.vocabulary import Vocabulary

Typed = str | int | bool | Decimal | date | None
"""A value as the entities hold it."""

NOT_A_DATE = "Das ist kein Datum. Bitte zum Beispiel 5.3.2026, 05032026, heute oder +14 angeben."
NOT_A_TIME = "Das ist keine Uhrzeit. Bitte zum Beispiel 9:30 oder 930 angeben."
NOT_A_DURATION = "Das ist keine Dauer. Bitte zum Beispiel 90, 1,5 h oder 1:30 h angeben."
NOT_WHOLE_MINUTES = "Das ergibt keine ganzen Minuten. Bitte die Dauer in Minuten angeben."
NOT_WHOLE = "Das ist keine ganze Zahl. Bitte nur Ziffern angeben."
NOT_A_NUMBER = "Das ist keine Zahl. Bitte zum Beispiel 28,4 oder 1.234,5 angeben."
NOT_A_MONTH = "Das ist kein Monat. Bitte zum Beispiel 03.2026 angeben."
NOT_YES_OR_NO = "Bitte ja oder nein angeben."
NOT_IN_LIST = "Das steht nicht in der Werteliste. Bitte einen Eintrag der Liste wählen."
ONE_LINE = "Hier ist nur eine Zeile möglich. Bitte den Zeilenumbruch entfernen."
NUL = "Der Text enthält ein unsichtbares NUL-Zeichen. Bitte ohne dieses Zeichen eingeben."
HALF_LETTER = "Der Text enthält ein halbes Zeichen, das sich nicht speichern lässt. Bitte es löschen und neu eingeben."
TOO_EARLY = "Das Datum liegt vor 1850. Bitte das Jahr prüfen."

_WORDS = {"vorgestern": -2, "gestern": -1, "heute": 0, "morgen": 1, "übermorgen": 2}
_OFFSET = re.compile(r"([+\-−])\s?(\d{1,4})")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_POINTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4}|\d{2}))?")
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4}|\d{2})")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.]?(\d{2}))?(?:\s?uhr)?")
_MINUTES = re.compile(r"(\d{1,5})\s?(?:min(?:uten?|\.)?|m|')?")
_HOURS = re.compile(r"(\d{1,3}(?:,\d{1,4})?)\s?(?:h|std\.?|stunden?)")
_HOURS_AND_MINUTES = re.compile(r"(\d{1,3})(?::([0-5]\d)(?:\s?(?:h|std\.?))?|\s?(?:h|std\.?)\s?([0-5]?\d)(?:\s?min\.?)?)")
_INTEGER = re.compile(r"[+\-−]?(\d{1,15}|\d{1,3}(\.\d{3}){1,4})")
_DECIMAL = re.compile(r"[+\-−]?(\d{1,12}|\d{1,3}(\.\d{3}){1,3})(,\d{1,9})?")
_POINT_FOR_COMMA = re.compile(r"([+\-−]?\d{1,12})\.(\d{1,9})")
_MONTH = re.compile(r"(\d{4})-(\d{1,2})|(\d{1,2})[./]\s?(\d{4})")
_BREAK = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
"""What begins a new line, as editors, spreadsheets and web pages write it."""
_HALF = re.compile("[\ud800-\udfff]")
"""A surrogate without its other half: what a broken clipboard holds, and no UTF-8 can."""
_FUTURE_YEARS = 10
"""A year of two digits lies in this century up to so many years ahead; 5.3.75 is 1975."""
_MONTHS_IN_A_YEAR = 12


def _refuse(sentence: str) -> NoReturn:
    raise InvalidInputError({"value": sentence})


def parse_field(info: FieldInfo, text: str, *, today: date) -> Typed:
    """Return the value of the field *info* that *text* says, or None for an empty text.

    Raises
    ------
    InvalidInputError
        with one sentence (its text), where the text says none or one outside the field's bounds.
    """
    if not text.strip():
        return None
    value = _parse(info, text, today)
    problem = problem_of(info, value)
    if problem is not None:
        _refuse(problem)
    return value


def _parse(info: FieldInfo, text: str, today: date) -> Typed:
    if info.kind is Kind.DATE:
        return parse_date(text, today=today)
    if info.kind is Kind.CHOICE and info.values is not None:
        return parse_choice(info.values, text)
    if is_duration(info):
        return parse_duration(text)
    return _PARSERS.get(info.kind, str.strip)(text)


def is_duration(info: FieldInfo) -> bool:
    """Say whether the field holds minutes, so that ``1:30 h`` may be typed."""
    return info.kind is Kind.INTEGER and info.title.endswith("(Minuten)")


def problem_of(info: FieldInfo, value: object) -> str | None:
    """Return the sentence that says why *value* cannot stand in the field *info*, or None where it can.

    Raises
    ------
    TypeError
        where the value has not the type of the field: the caller's mistake, not the user's.
    """
    if value is None:
        return None
    _check_type(info, value)
    if isinstance(value, str):
        return _text_problem(info, value)
    if isinstance(value, date):
        return TOO_EARLY if value < EARLIEST else None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return _bounds_problem(info, value)
    return None


_TYPES: dict[Kind, type] = {Kind.DATE: date, Kind.INTEGER: int, Kind.DECIMAL: Decimal, Kind.BOOLEAN: bool}


def _check_type(info: FieldInfo, value: object) -> None:
    wanted = _TYPES.get(info.kind, str)
    if not isinstance(value, wanted) or (info.kind is Kind.INTEGER and isinstance(value, bool)):
        message = f"a field of the kind {info.kind} takes {wanted.__name__}, not {type(value).__name__}"
        raise TypeError(message)


def _text_problem(info: FieldInfo, value: str) -> str | None:
    if "\x00" in value:
        return NUL
    if _HALF.search(value) is not None:
        return HALF_LETTER
    if info.kind is Kind.CHOICE and info.values is not None and value not in {entry.value for entry in info.values}:
        return NOT_IN_LIST
    if info.kind is Kind.TEXT and _BREAK.search(value) is not None:
        return ONE_LINE
    if info.kind is Kind.MONTH and not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", value):
        return NOT_A_MONTH
    return None


def _bounds_problem(info: FieldInfo, value: int | Decimal) -> str | None:
    low, high = info.minimum, info.maximum
    if isinstance(value, Decimal) and not value.is_finite():
        return NOT_A_NUMBER
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    if low is not None and high is not None:
        return f"Erlaubt ist {low} bis {high}."
    return f"Erlaubt ist mindestens {low}." if low is not None else f"Erlaubt ist höchstens {high}."


def parse_date(text: str, *, today: date) -> date | None:
    """Return the day that *text* says: ``5.3.2026``, ``5.3.26``, ``5.3.``, ``05032026``, ``2026-03-05``, ``heute``, ``-2``, ``+14``.

    Without a year it is the day nearest to *today*: ``20.12.`` typed in January lies in the past.
    """
    word = " ".join(text.split()).casefold()
    if not word:
        return None
    if word in _WORDS:
        return today + timedelta(days=_WORDS[word])
    if (offset := _OFFSET.fullmatch(word)) is not None:
        days = int(offset[2])
        return today + timedelta(days=days if offset[1] == "+" else -days)
    try:
        return _calendar_day(word, today)
    except ValueError:
        _refuse(NOT_A_DATE)


def _calendar_day(word: str, today: date) -> date:
    if (iso := _ISO.fullmatch(word)) is not None:
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    found = _POINTS.fullmatch(word) or _DIGITS.fullmatch(word)
    if found is None:
        raise ValueError
    day, month, year = found.groups()
    if year is None:
        return _nearest(int(day), int(month), today)
    return date(_full_year(year, today), int(month), int(day))


def _full_year(year: str, today: date) -> int:
    number = int(year)
    if len(year) > 2:  # noqa: PLR2004 - the digits of a short year
        return number
    century = 2000 if 2000 + number <= today.year + _FUTURE_YEARS else 1900
    return century + number


def _nearest(day: int, month: int, today: date) -> date:
    candidates = []
    for year in range(today.year - 4, today.year + 5):  # the 29th of February exists once in that time at least
        try:
            candidates.append(date(year, month, day))
        except ValueError:
            continue
    return min(candidates, key=lambda candidate: abs(candidate - today))


def parse_time(text: str) -> time | None:
    """Return the time of day that *text* says: ``930``, ``9:30``, ``9.30``, ``9``, ``9 Uhr``."""
    word = text.strip().casefold()
    if not word:
        return None
    found = _CLOCK.fullmatch(word)
    try:
        if found is None:
            raise ValueError
        return time(int(found[1]), int(found[2] or 0))
    except ValueError:
        _refuse(NOT_A_TIME)


def parse_duration(text: str) -> int | None:
    """Return the minutes that *text* says: ``90``, ``90 min``, ``1,5 h``, ``1:30``, ``1:30 h``, ``1h30``."""
    word = " ".join(text.split()).casefold()
    if not word:
        return None
    if (minutes := _MINUTES.fullmatch(word)) is not None:
        return int(minutes[1])
    if (hours := _HOURS.fullmatch(word)) is not None:
        exact = Decimal(hours[1].replace(",", ".")) * 60
        return int(exact) if exact == exact.to_integral_value() else _refuse(NOT_WHOLE_MINUTES)
    if (both := _HOURS_AND_MINUTES.fullmatch(word)) is not None:
        return int(both[1]) * 60 + int(both[2] or both[3])
    _refuse(NOT_A_DURATION)


def parse_integer(text: str) -> int | None:
    """Return the whole number that *text* says; points group thousands."""
    word = _plain_spaces(text)
    if not word:
        return None
    return int(_ungrouped(word)) if _INTEGER.fullmatch(word) else _refuse(NOT_WHOLE)


def parse_decimal(text: str) -> Decimal | None:
    """Return the number that *text* says in German notation; ``28.4`` is refused, for it might mean 28,4 or 284."""
    word = _plain_spaces(text)
    if not word:
        return None
    if _DECIMAL.fullmatch(word):
        return Decimal(_ungrouped(word).replace(",", "."))
    if (point := _POINT_FOR_COMMA.fullmatch(word)) is not None:
        _refuse(f"Bitte das Komma verwenden: {point[1]},{point[2]}.")
    _refuse(NOT_A_NUMBER)


def _plain_spaces(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").strip()


def _ungrouped(word: str) -> str:
    return word.replace(".", "").replace("−", "-")


def parse_month(text: str) -> str | None:
    """Return the month that *text* says as ``YYYY-MM``: ``03.2026``, ``3/2026``, ``2026-03``."""
    word = text.strip()
    if not word:
        return None
    found = _MONTH.fullmatch(word)
    year, month = (int(found[1] or found[4]), int(found[2] or found[3])) if found else (0, 0)
    return f"{year:04}-{month:02}" if 1 <= month <= _MONTHS_IN_A_YEAR else _refuse(NOT_A_MONTH)


def parse_choice(values: type[Vocabulary], text: str) -> str | None:
    """Return the key of the entry of *values* that *text* names, by its German label or its key."""
    word = text.strip().casefold()
    if not word:
        return None
    for entry in values:
        if word in {entry.value, entry.label.casefold()}:
            return str(entry.value)
    _refuse(NOT_IN_LIST)


def parse_boolean(text: str) -> bool | None:
    """Return what *text* says: ja or nein."""
    word = text.strip().casefold()
    if not word:
        return None
    if word in {"ja", "j", "wahr", "x", "1", "true"}:
        return True
    return False if word in {"nein", "n", "falsch", "0", "false"} else _refuse(NOT_YES_OR_NO)


_PARSERS: dict[Kind, Callable[[str], Typed]] = {
    Kind.INTEGER: parse_integer,
    Kind.DECIMAL: parse_decimal,
    Kind.MONTH: parse_month,
    Kind.BOOLEAN: parse_boolean,
}


def show_value(info: FieldInfo, value: object) -> str:
    """Return *value* of the field *info* as a German reader expects it; what is not known is an empty text."""
    if value is None:
        return ""
    if info.kind is Kind.CHOICE and info.values is not None:
        return next((entry.label for entry in info.values if entry.value == value), str(value))
    if isinstance(value, bool):
        return "ja" if value else "nein"
    if isinstance(value, date | Decimal):
        return show_date(value) if isinstance(value, date) else show_decimal(value)
    return f"{str(value)[5:]}.{str(value)[:4]}" if info.kind is Kind.MONTH else str(value)


def show_date(value: date | None) -> str:
    """Return *value* as ``05.03.2026``."""
    return "" if value is None else f"{value.day:02}.{value.month:02}.{value.year:04}"


def show_moment(value: datetime) -> str:
    """Return *value*, which has a time zone, as the user's day and time: ``10.12.2025, 09:30``."""
    return f"{value.astimezone():%d.%m.%Y, %H:%M}"


def show_decimal(value: Decimal | None) -> str:
    """Return *value* as it is, with a comma and points between the thousands: ``1.234,5``."""
    if value is None:
        return ""
    sign, plain = ("-", plain_decimal(-value)) if value < 0 else ("", plain_decimal(value))
    whole, _, decimals = plain.partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{sign}{grouped},{decimals}" if decimals else f"{sign}{grouped}"


def show_duration(minutes: int | None) -> str:
    """Return *minutes* as ``45 Min.`` or, from an hour on, as ``1:30 h``."""
    if minutes is None:
        return ""
    hours, rest = divmod(minutes, 60)
    return f"{hours}:{rest:02} h" if hours else f"{rest} Min."


def show_time(value: time | None) -> str:
    """Return *value* as ``9:30``."""
    return "" if value is None else f"{value.hour}:{value.minute:02}"
