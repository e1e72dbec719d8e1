"""Invented people of whom some have a second file, each with one named cause for being written in another way."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bjc_desktop.models.name_keys import folded_words
from bjc_desktop.sample.dice import Dice
from bjc_desktop.sample.names import ordinary_name, origin_of
from bjc_desktop.services.likeness import NamedPerson
from bjc_desktop.services.pair_search import FiledPerson

_OLDEST = date(1950, 1, 1)
_DAYS = 20_000
_SPELLINGS = (
    ("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("ei", "ai"), ("ey", "eier"), ("th", "t"), ("ph", "f"), ("ck", "k"), ("y", "i"),
    ("sch", "sh"), ("tt", "t"), ("nn", "n"), ("mm", "m"), ("v", "w"), ("k", "c"), ("ı", "i"), ("ę", "e"), ("ł", "l"), ("z", "s"),
)  # fmt: skip


@dataclass(frozen=True)
class Written:
    """A person as somebody wrote them down."""

    given: str
    family: str
    born: date | None

    def filed(self, row_id: str) -> FiledPerson:
        """Return the person for comparing."""
        return FiledPerson(row_id, NamedPerson(folded_words(self.given), folded_words(self.family), self.born))


def _slip(dice: Dice, word: str) -> str:
    at = dice.between(1, max(len(word) - 2, 1))
    letter = dice.pick("abdefghijklmnoprstuvwxyz")
    return dice.pick((word[:at] + word[at + 1 :], word[:at] + letter + word[at:], word[:at] + letter + word[at + 1 :],
                      word[:at] + word[at : at + 2][::-1] + word[at + 2 :]))  # fmt: skip


def _spelled(dice: Dice, word: str) -> str:
    fitting = [pair for pair in _SPELLINGS if pair[0] in word[1:].lower()]
    if not fitting:
        return _slip(dice, word)
    old, new = dice.pick(fitting)
    return word[0] + word[1:].replace(old, new, 1)


def _other_part(dice: Dice, day: date) -> date:
    while True:
        part = dice.below(3)
        year = day.year + dice.pick((-1, 1, 10, -10)) if part == 0 else day.year
        try:
            return date(year, dice.between(1, 12) if part == 1 else day.month, dice.between(1, 28) if part == 2 else day.day)
        except ValueError:
            continue


def _exchanged_day(day: date) -> date:
    return date(day.year, day.day, day.month) if day.day <= 12 else date(day.year, day.month, day.day - 1)


CAUSES: dict[str, Callable[[Dice, Written], Written]] = {
    "slip in the family name": lambda d, w: Written(w.given, _slip(d, w.family), w.born),
    "slip in the given name": lambda d, w: Written(_slip(d, w.given), w.family, w.born),
    "family name spelled otherwise": lambda d, w: Written(w.given, _spelled(d, w.family), w.born),
    "given name spelled otherwise": lambda d, w: Written(_spelled(d, w.given), w.family, w.born),
    "names exchanged": lambda _, w: Written(w.family, w.given, w.born),
    "double family name": lambda d, w: Written(w.given, f"{w.family}-{ordinary_name(d, origin_of(d), female=True)[1]}", w.born),
    "second given name": lambda d, w: Written(f"{w.given} {ordinary_name(d, origin_of(d), female=True)[0]}", w.family, w.born),
    "a part of the day": lambda d, w: Written(w.given, w.family, _other_part(d, w.born)),
    "day and month exchanged": lambda _, w: Written(w.given, w.family, _exchanged_day(w.born)),
    "capitals without accents": lambda _, w: Written(w.given.upper(), " ".join(folded_words(w.family)).title(), w.born),
}


def invented(seed: int, people: int, doubles: int) -> tuple[list[FiledPerson], dict[frozenset[str], str]]:
    """Return *people* with *doubles* second files, and the cause of each true pair."""
    dice = Dice(seed)
    written = list(_people(dice, people))
    found = [person.filed(f"p{number:06}") for number, person in enumerate(written)]
    pairs = {}
    for number in range(doubles):
        cause = list(CAUSES)[number % len(CAUSES)]
        origin = number * (people // doubles)
        found.append(CAUSES[cause](dice, written[origin]).filed(f"q{number:06}"))
        pairs[frozenset({f"p{origin:06}", f"q{number:06}"})] = cause
    return found, pairs


def _people(dice: Dice, count: int) -> Iterator[Written]:
    for _ in range(count):
        given, family = ordinary_name(dice, origin_of(dice), female=dice.chance(0.5))
        yield Written(given, family, _OLDEST + timedelta(days=dice.below(_DAYS)))
