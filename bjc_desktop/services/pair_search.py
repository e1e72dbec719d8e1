"""Finding pairs of people who may be one among many, without comparing everybody with everybody, and weighing what is alike.

What is alike is weighed by how rarely it would be so by chance (Fellegi, Sunter: „A Theory for Record Linkage“, Journal of the American
Statistical Association 64, 1969): two Peter Schmidts born in the same month say little, two Łukasz Wiśniewskis a lot. How rare
a name, a sound and a birthday are is counted among the people themselves.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from itertools import combinations
from math import log2

from bjc_desktop.services.likeness import Comparison, Days, NamedPerson, compare
from bjc_desktop.services.name_likeness import Degree, Words, sounds

_UNKNOWN_PEOPLE = 1000
"""So many people are counted beside those of a vault, for a name is not frequent because a vault is small."""
_FEWEST = 50
_TWICE_PER_PERSON = 0.1
"""How many second files there are for each person, twice: what is believed before anything was compared."""
_LEAST_ODDS = -3.5
"""Pairs below (log2) are not shown. What is believed before is cautious: on the public set 97 of 100 above are one person."""

# How often the two files of one person agree so (m of Fellegi and Sunter); measured on the public set, rounded.
_SAME_NAME, _ALIKE_NAME, _SHARED_NAME, _FAINT_NAME, _OTHER_NAME = 0.85, 0.1, 0.04, 0.03, 0.01
_SAME_DAY, _OTHER_DAY = 0.9, 0.01
_FAINT_BY_CHANCE = 0.01
_ALIKE_BY_CHANCE = 0.002
"""So often two names are a slip apart by chance, beside those that sound the same."""
_DAYS_OF_BIRTH = 20_000
_DAY_BITS, _MONTH_BITS = log2(0.03 * 600), log2(0.03 * 1500)
_DIGIT_OF_YEAR_BITS, _YEAR_BITS = log2(0.027 * 365 / 0.2), log2(0.003 * 365 / 0.8)
"""A slip of the year is one digit as a rule; by chance two years differ in one digit once in five times."""
_SLIP_BITS = log2(0.01 * 6000)
_CONTACT_BITS = 8.0
"""The same phone number or address: two of one family share it too."""
_OTHER_GENDER_BITS = -4.0


@dataclass(frozen=True, slots=True)
class FiledPerson:
    """A person with what is compared beside name and birth date."""

    id: str
    person: NamedPerson
    phone: str = ""
    """Its last digits."""
    email: str = ""
    gender: str | None = None


@dataclass(frozen=True, slots=True)
class FoundPair:
    """Two people who may be one, and how much speaks for it: the log2 of the odds."""

    first: FiledPerson
    second: FiledPerson
    comparison: Comparison
    odds: float

    @property
    def same_phone(self) -> bool:
        """Whether both have the same phone number."""
        return bool(self.first.phone) and self.first.phone == self.second.phone

    @property
    def same_email(self) -> bool:
        """Whether both have the same address."""
        return bool(self.first.email) and self.first.email == self.second.email

    @property
    def other_gender(self) -> bool:
        """Whether both genders are known and differ."""
        return None not in {self.first.gender, self.second.gender} and self.first.gender != self.second.gender


def find_pairs(people: Sequence[FiledPerson], step: Callable[[int, int], object] = lambda *_: None) -> list[FoundPair]:
    """Return the pairs of *people* who may be one, the most alike first; *step* is told how far it is."""
    weights = _Weights(people)
    found, seen = [], set[tuple[int, int]]()
    for number, way in enumerate(_WAYS):
        step(number, len(_WAYS))
        for pair in _meeting(people, way):
            if pair not in seen:
                seen.add(pair)
                judged = weights.judge(people[pair[0]], people[pair[1]])
                if judged is not None:
                    found.append(judged)
    step(len(_WAYS), len(_WAYS))
    return sorted(found, key=lambda pair: (-pair.odds, pair.first.id, pair.second.id))


# --- who is compared with whom -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to meet: people are compared who share a key that few enough share."""

    keys: Callable[[FiledPerson], Iterator[Hashable]]
    largest: int
    """Of a larger block each pair would be compared for one thing that many share; who is alike meets in smaller ones too."""
    undated: bool = False
    """Whether one of the two must have no birth date."""


def _meeting(people: Sequence[FiledPerson], way: _Way) -> Iterator[tuple[int, int]]:
    """Yield the pairs that share a key."""
    # Most keys are nobody else's: a list is made for the others only.
    alone: dict[Hashable, int] = {}
    blocks: dict[Hashable, list[int]] = {}
    for number, filed in enumerate(people):
        for key in way.keys(filed):
            first = alone.setdefault(key, number)
            if first != number:
                blocks.setdefault(key, [first]).append(number)
    for block in blocks.values():
        if len(block) <= way.largest:
            for first, second in combinations(dict.fromkeys(block), 2):
                if not way.undated or None in {people[first].person.birth_date, people[second].person.birth_date}:
                    yield first, second


def _by_day(filed: FiledPerson) -> Iterator[Hashable]:
    """Who was born on the same day."""
    if filed.person.birth_date is not None:
        yield filed.person.birth_date


def _by_day_and_sound(filed: FiledPerson) -> Iterator[Hashable]:
    """Who was born on the same day and has a name that sounds the same: on the first of January many were."""
    if filed.person.birth_date is not None:
        for code in _codes((*filed.person.family, *filed.person.given)):
            yield filed.person.birth_date, code


def _by_name(filed: FiledPerson) -> Iterator[Hashable]:
    """Who has the same name, in whichever order."""
    yield frozenset((*filed.person.family, *filed.person.given))


def _by_sound(filed: FiledPerson) -> Iterator[Hashable]:
    """Whose names sound the same, in whichever order."""
    for family in _codes(filed.person.family):
        for given in _codes(filed.person.given) or [""]:
            yield (family, given) if family <= given else (given, family)


def _by_near_day(filed: FiledPerson) -> Iterator[Hashable]:
    """Who has a name that sounds the same, another that begins the same, and a birthday of which one part may be wrong."""
    day = filed.person.birth_date
    if day is None:
        return
    year, month, number = day.year, day.month, day.day
    low, high = (month, number) if month < number else (number, month)
    parts = (
        (year * 13 + month) * 4,
        (year * 32 + number) * 4 + 1,
        (month * 32 + number) * 4 + 2,
        ((year * 32 + high) * 32 + low) * 4 + 3,
    )
    for key in _sound_and_initial(filed.person.family, filed.person.given):
        for part in parts:
            # Two keys with one hash would be compared in vain, and no more; a number is kept faster than a pair.
            yield hash((key, part))


@lru_cache(maxsize=1 << 16)
def _sound_and_initial(family: Words, given: Words) -> tuple[str, ...]:
    pairs = ((family, given), (given, family))
    return tuple(f"{code} {other[0][0] if other else ''}" for words, other in pairs for code in _codes(words))


def _by_contact(filed: FiledPerson) -> Iterator[Hashable]:
    """Who has the same phone number or address."""
    if filed.phone:
        yield filed.phone
    if filed.email:
        yield filed.email


_WAYS = (
    _Way(_by_day, 100),
    _Way(_by_day_and_sound, 400),
    _Way(_by_near_day, 400),
    _Way(_by_contact, 20),
    # What these two are for is told apart by rarity: a name that many have says nothing without a birthday.
    _Way(_by_name, 8),
    _Way(_by_sound, 100, undated=True),
)


@lru_cache(maxsize=1 << 16)
def _codes(words: Words) -> tuple[str, ...]:
    return tuple(sorted({code for word in words for code in sounds(word)}))


# --- what it weighs ------------------------------------------------------------------------------------------------------------


class _Weights:
    """How much each likeness says among these people, in bits."""

    def __init__(self, people: Sequence[FiledPerson]) -> None:
        self._people = people
        self._prior = log2(_TWICE_PER_PERSON / max(len(people), _FEWEST))

    def judge(self, first: FiledPerson, second: FiledPerson) -> FoundPair | None:
        """Return the pair, or None where too little is alike."""
        comparison = compare(first.person, second.person)
        least, most = sorted((comparison.family, comparison.given))
        if most is Degree.DIFFERENT or (least is Degree.DIFFERENT and comparison.days is not Days.SAME):
            return None
        pair = FoundPair(first, second, comparison, 0)
        bits = self._prior + self._of_names(pair) + self._of_days(pair) + _of_contact(pair)
        return None if bits < _LEAST_ODDS else FoundPair(first, second, comparison, bits)

    def _of_names(self, pair: FoundPair) -> float:
        one, other = pair.first.person, pair.second.person
        comparison = pair.comparison
        partners = (other.given, other.family) if comparison.exchanged else (other.family, other.given)
        bits = self._of_name(comparison.family, one.family, partners[0])
        bits += self._of_name(comparison.given, one.given, partners[1])
        return bits + (log2(0.02) if comparison.exchanged else 0)

    def _of_name(self, degree: Degree, one: Words, other: Words) -> float:
        if not one or not other:
            return 0
        if degree is Degree.EQUAL:
            return log2(_SAME_NAME / self._share(self._names[frozenset(one)]))
        if degree is Degree.SHARED:
            shared = max(self._words[word] for word in {*one} & {*other})
            return log2(_SHARED_NAME / self._share(shared))
        if degree is Degree.ALIKE:
            sounding = max((self._codes[code] for code in {*_codes(one)} & {*_codes(other)}), default=0)
            names = self._names[frozenset(one)] + self._names[frozenset(other)]
            return log2(_ALIKE_NAME / (self._share(max(sounding, names)) + _ALIKE_BY_CHANCE))
        return log2(_FAINT_NAME / _FAINT_BY_CHANCE) if degree is Degree.FAINT else log2(_OTHER_NAME)

    def _of_days(self, pair: FoundPair) -> float:
        one, other = pair.first.person.birth_date, pair.second.person.birth_date
        days = pair.comparison.days
        if one is None or other is None:
            return 0
        if days is Days.SAME:
            people = len(self._people) + _UNKNOWN_PEOPLE
            return log2(_SAME_DAY * people / (self._days[one] + _UNKNOWN_PEOPLE / _DAYS_OF_BIRTH))
        if days is Days.PART:
            return _of_part(one, other)
        return _SLIP_BITS if days is Days.SLIP else log2(_OTHER_DAY)

    def _share(self, count: int) -> float:
        return (count + 1) / (len(self._people) + _UNKNOWN_PEOPLE)

    @cached_property
    def _names(self) -> Counter[frozenset[str]]:
        return Counter(frozenset(words) for filed in self._people for words in (filed.person.family, filed.person.given) if words)

    @cached_property
    def _words(self) -> Counter[str]:
        return Counter(word for filed in self._people for word in (*filed.person.family, *filed.person.given))

    @cached_property
    def _codes(self) -> Counter[str]:
        return Counter(
            code for filed in self._people for word in (*filed.person.family, *filed.person.given) for code in sounds(word)
        )

    @cached_property
    def _days(self) -> Counter[object]:
        return Counter(filed.person.birth_date for filed in self._people)


def _of_part(one: date, other: date) -> float:
    if one.year == other.year:
        return _DAY_BITS if one.day != other.day else _MONTH_BITS
    digits = sum(a != b for a, b in zip(f"{one.year:04}", f"{other.year:04}", strict=True))
    return _DIGIT_OF_YEAR_BITS if digits == 1 else _YEAR_BITS


def _of_contact(pair: FoundPair) -> float:
    bits = _CONTACT_BITS * pair.same_phone + _CONTACT_BITS * pair.same_email
    return bits + (_OTHER_GENDER_BITS if pair.other_gender else 0)
