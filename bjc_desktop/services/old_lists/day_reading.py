"""Days as people write them in lists: exact ones, imprecise ones that a rule decides, and what is no day."""

import re
from datetime import date, timedelta
from functools import cache

from bjc_desktop.exchange.cells import EARLIEST
from bjc_desktop.services.old_lists.readings import Reading

NOT_A_DAY = "Das ist kein Datum. Bitte zum Beispiel 05.03.2026 eintragen."
NO_YEAR = "Dem Datum fehlt das Jahr. Bitte ergänzen."
TWO_MEANINGS = "Tag und Monat sind nicht zu unterscheiden. Bitte als 05.03.2026 schreiben."
TOO_EARLY = "Das Datum liegt vor 1850. Bitte das Jahr prüfen."
IMPRECISE = "Das Datum ist ungenau. Bitte den Tag eintragen oder unter „Werte“ wählen, was für ungenaue Daten gilt."
TAKEN_AS = "Ungenaues Datum: als {day} gelesen."
LEFT_EMPTY = "Ungenaues Datum: leer gelassen."
AS_SERIAL = "Die Zahl {number} ist als Datum {day} gelesen."

_MONTHS = ("jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez")
_MORE_MONTHS = {"mrz": 3, "mar": 3, "mae": 3, "may": 5, "oct": 10, "dec": 12, "jän": 1}
_LEAD = re.compile(
    r"(?:(?:mo|di|mi|do|fr|sa|so)(?:ntag|enstag|ttwoch|nnerstag|eitag|mstag|nntag)?[.,]*\s*)?(?:am|ab|seit|vom|zum|bis|geb\.?|den)?\s*"
)
_CLOCK = re.compile(r"[,\s]+(?:um\s)?\d{1,2}[:.]\d{2}(?::\d{2})?(?:\s?uhr)?$|t\d{2}:\d{2}:\d{2}\S*$")
_POINTS = re.compile(r"(\d{1,2})[.,]\s?(\d{1,2})[.,]\s?(\d{4}|\d{2})\.?")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4}|\d{2})")
_NAMED = re.compile(r"(\d{1,2})\.?\s?([^\W\d]{3,9})\.?\s?(\d{4}|\d{2})")
_DIGITS = re.compile(r"\d{8}")
_SERIAL = re.compile(r"[1-5]\d{4}")
_NO_YEAR = re.compile(r"\d{1,2}\.\s?\d{1,2}\.?")
_ABOUT = re.compile(r"(?:ca\.?|circa|etwa|um|ungefähr|rund|anfang|~)\s*")
_MONTH_YEAR = re.compile(r"(\d{1,2})\s?[./-]\s?(\d{4})|([^\W\d]{3,9})\.?\s\'?(\d{4}|\d{2})")
_QUARTER = re.compile(r"(?:q\s?([1-4])|([1-4])\.?\s?quartal)\s?[/-]?\s?(\d{4})")
_YEAR = re.compile(r"(?:19|20)\d{2}")
_SERIAL_BASE = date(1899, 12, 30)
_AHEAD = 10
_CENTURY = 100
_YEARS = range(1900, 2101)
_YOUNGEST = 12
"""A birth date of two digits is not that of a child: 05.03.22 in a list of 2026 is 1922."""


def read_day(text: str, rule: str, *, today: date, born: bool = False) -> Reading:
    """Return the day that *text* says as ISO text; *rule* decides an imprecise one, *born* that it is a birth date."""
    word = _without_clock(" ".join(text.casefold().split()))
    about = _ABOUT.match(word)
    plain = word[about.end() :] if about else word[(lead.end() if (lead := _LEAD.match(word)) else 0) :]
    try:
        day = _exact(plain, today, born=born)
        if day is None and _SERIAL.fullmatch(plain):
            day = _SERIAL_BASE + timedelta(days=int(plain))
            return Reading((day.isoformat(),), remark=AS_SERIAL.format(number=plain, day=_shown(day)))
        if day is not None:
            return _checked(day) if about is None else _imprecise(day, rule)
        first = _first_day(plain, today)
    except AmbiguousDayError:
        return Reading(problem=TWO_MEANINGS)
    except ValueError:
        return Reading(problem=NOT_A_DAY)
    if first is not None:
        return _imprecise(first, rule)
    return Reading(problem=NO_YEAR if _NO_YEAR.fullmatch(plain) else NOT_A_DAY)


class AmbiguousDayError(ValueError):
    """Day and month may be exchanged."""


def _without_clock(word: str) -> str:
    # „05.03.2026“ ends like a time of day; only what is a day before it loses one.
    cut = _CLOCK.sub("", word)
    return cut if len(cut) >= 6 else word  # noqa: PLR2004 - the shortest day


def _checked(day: date) -> Reading:
    return Reading((day.isoformat(),)) if day >= EARLIEST else Reading(problem=TOO_EARLY)


def _imprecise(day: date, rule: str) -> Reading:
    if rule == "first":
        return Reading((day.isoformat(),), remark=TAKEN_AS.format(day=_shown(day)))
    return Reading(remark=LEFT_EMPTY) if rule == "empty" else Reading(problem=IMPRECISE)


def _exact(word: str, today: date, *, born: bool) -> date | None:
    if (iso := _ISO.fullmatch(word)) is not None:
        return date(int(iso[1]), int(iso[2]), int(iso[3]))
    if (points := _POINTS.fullmatch(word)) is not None:
        return date(_year(points[3], today, born=born), int(points[2]), int(points[1]))
    if (slashes := _SLASHES.fullmatch(word)) is not None:
        return _by_slashes(slashes, today, born=born)
    if (named := _NAMED.fullmatch(word)) is not None and (month := _month(named[2])):
        return date(_year(named[3], today, born=born), month, int(named[1]))
    return _by_digits(word) if _DIGITS.fullmatch(word) else None


def _by_slashes(found: re.Match[str], today: date, *, born: bool) -> date:
    first, second, year = int(found[1]), int(found[2]), _year(found[3], today, born=born)
    as_german, as_american = _maybe(year, second, first), _maybe(year, first, second)
    if as_german and as_american and as_german != as_american:
        raise AmbiguousDayError
    day = as_german or as_american
    if day is None:
        raise ValueError
    return day


def _by_digits(word: str) -> date:
    # A year in front leaves 19 to 21 where the other reading has its month: never are both days.
    by_year, by_day = (
        _maybe(int(word[:4]), int(word[4:6]), int(word[6:])),
        _maybe(int(word[4:]), int(word[2:4]), int(word[:2])),
    )
    likely = next((day for day in (by_year, by_day) if day is not None and day.year in _YEARS), None)
    if likely is None:
        raise ValueError
    return likely


def _maybe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str, today: date, *, born: bool = False) -> int:
    number = int(text)
    if number >= _CENTURY:
        return number
    latest = today.year - _YOUNGEST if born else today.year + _AHEAD
    return 2000 + number if 2000 + number <= latest else 1900 + number


def _first_day(word: str, today: date) -> date | None:
    """Return the first day of the month, quarter or year that *word* names."""
    if _YEAR.fullmatch(word):
        return date(int(word), 1, 1)
    if (quarter := _QUARTER.fullmatch(word)) is not None:
        return date(int(quarter[3]), 3 * int(quarter[1] or quarter[2]) - 2, 1)
    found = _MONTH_YEAR.fullmatch(word)
    if found is None:
        return None
    if found[1]:
        return date(int(found[2]), int(found[1]), 1)
    month = _month(found[3])
    return date(_year(found[4], today), month, 1) if month else None


@cache
def _month(word: str) -> int:
    if word[:3] in _MORE_MONTHS:
        return _MORE_MONTHS[word[:3]]
    return _MONTHS.index(word[:3]) + 1 if word[:3] in _MONTHS else 0


def _shown(day: date) -> str:
    return f"{day.day:02}.{day.month:02}.{day.year:04}"
