"""How alike two people are by name and birth date, and the words for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from bjc_desktop.services.name_likeness import Degree, Words, degree_of


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """What people are compared by: folded names, and the birth date where it is known."""

    given: Words
    family: Words
    birth_date: date | None


class Days(StrEnum):
    """How two birth dates stand to each other, in words."""

    SAME = "gleiches Geburtsdatum"
    SLIP = "ähnliches Geburtsdatum"
    """Day and month exchanged, or two neighbouring digits."""
    PART = "Geburtsdatum in einer Angabe anders"
    """Day, month or year differs, and the other two do not."""
    OTHER = "anderes Geburtsdatum"
    UNKNOWN = "Geburtsdatum nicht bekannt"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike the names of two people are, each by itself, and their birth dates."""

    family: Degree
    given: Degree
    exchanged: bool
    """Whether one's family name was compared with the other's given name, for they fit better so."""
    days: Days

    @property
    def same_name(self) -> bool:
        """Whether both names are the same."""
        return self.family is self.given is Degree.EQUAL

    @property
    def alike(self) -> bool:
        """Whether both names are alike at least."""
        return min(self.family, self.given) >= Degree.ALIKE

    @property
    def near(self) -> bool:
        """Whether a slip may have made one birth date of the other."""
        return self.days in {Days.SLIP, Days.PART}


def compare(one: NamedPerson, other: NamedPerson) -> Comparison:
    """Compare two people; given and family name may be exchanged."""
    family, given = degree_of(one.family, other.family), degree_of(one.given, other.given)
    exchanged = False
    if family is not Degree.EQUAL and given is not Degree.EQUAL:
        crossed = degree_of(one.family, other.given)
        if crossed >= Degree.ALIKE and (second := degree_of(one.given, other.family)) >= Degree.ALIKE:
            exchanged = crossed + second > family + given
            if exchanged:
                family, given = crossed, second
    return Comparison(family, given, exchanged, compare_days(one.birth_date, other.birth_date))


def compare_days(one: date | None, other: date | None) -> Days:
    """Say how two birth dates stand to each other."""
    if one is None or other is None:
        return Days.UNKNOWN
    if one == other:
        return Days.SAME
    if other in near_days(one):
        return Days.SLIP
    agreeing = (one.year == other.year) + (one.month == other.month) + (one.day == other.day)
    return Days.PART if agreeing == 2 else Days.OTHER  # noqa: PLR2004 - of three


@lru_cache(maxsize=1 << 16)
def near_days(day: date) -> frozenset[date]:
    """Return the days that a slip makes of *day*: day and month exchanged, or two neighbouring digits."""
    return frozenset(_slips(day))


def _slips(day: date) -> Iterator[date]:
    digits = day.strftime("%Y%m%d")
    slips = [digits[:4] + digits[6:] + digits[4:6]]
    slips += [digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in (2, 4, 6)]
    for slip in dict.fromkeys(slips):
        try:
            found = date(int(slip[:4]), int(slip[4:6]), int(slip[6:]))
        except ValueError:
            continue
        if found != day:
            yield found


def name_in_words(comparison: Comparison) -> str:
    """Return what is alike in the names; empty where nothing is."""
    family, given = comparison.family, comparison.given
    if comparison.exchanged:
        return "Vor- und Nachname vertauscht" if comparison.same_name else "Vor- und Nachname vertauscht und anders geschrieben"
    if comparison.same_name:
        return "gleicher Name"
    if family and given:
        return "ähnlicher Name"
    if family:
        return "gleicher Nachname" if family is Degree.EQUAL else "ähnlicher Nachname"
    return "" if not given else "gleicher Vorname" if given is Degree.EQUAL else "ähnlicher Vorname"
