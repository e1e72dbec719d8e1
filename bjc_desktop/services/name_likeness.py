"""Whether two names may be one, written in another way: by sound, by slips of the fingers, in other spellings, or shortened.

Source of the phonetic code: Hans Joachim Postel, „Die Kölner Phonetik“, IBM-Nachrichten 19 (1969).
"""

import re
from enum import IntEnum
from functools import lru_cache

Words = tuple[str, ...]
"""A name as :func:`~bjc_desktop.models.name_keys.folded_words` folds it."""
_SHORT = 5
"""Names of fewer letters must be equal or sound alike; a slip of one letter would find half of the alphabet."""
_SHORTEST = 3
_CACHED = 1 << 16


class Degree(IntEnum):
    """How alike two names are."""

    DIFFERENT = 0
    FAINT = 1
    """A slip in a short name, or two in a longer one: something only beside what is stronger."""
    ALIKE = 2
    """By sound or by a slip, in one of the words at least."""
    SHARED = 3
    """One word is the same: a double name shortened, a second given name left out."""
    EQUAL = 4
    """The same words, in whichever order, or written together."""


def degree_of(one: Words, other: Words) -> Degree:
    """Compare two names of one or several words each; a name that is missing is like no other."""
    if one == other:
        return Degree.EQUAL
    return _degree(one[0], other[0]) if len(one) == len(other) == 1 else _degree_of_several(one, other)


@lru_cache(maxsize=_CACHED)
def _degree_of_several(one: Words, other: Words) -> Degree:
    if sorted(one) == sorted(other) or "".join(one) == "".join(other):
        return Degree.EQUAL
    return max((_degree(a, b) for a in one for b in other), default=Degree.DIFFERENT)


@lru_cache(maxsize=_CACHED)
def _degree(one: str, other: str) -> Degree:
    if one == other:
        return Degree.SHARED
    if any(len(code) > 1 for code in sounds(one) & sounds(other)):
        return Degree.ALIKE
    shorter, longer = sorted((len(one), len(other)))
    if longer - shorter > 2:  # noqa: PLR2004 - two slips
        return Degree.DIFFERENT
    if shorter >= _SHORTEST and one_slip_apart(one, other):
        return Degree.ALIKE if shorter >= _SHORT else Degree.FAINT
    return Degree.FAINT if shorter >= _SHORT and _two_slips_apart(one, other) else Degree.DIFFERENT


def one_slip_apart(one: str, other: str) -> bool:
    """Say whether one letter was left out, added or exchanged, or two neighbours were swapped."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = _first_difference(one, other)
    rest, others = one[start:], other[start:]
    swapped = rest[:2] == others[1::-1] and rest[2:] == others[2:]
    return swapped or rest[1:] == others[1:] or rest == others[1:] or rest[1:] == others


def _two_slips_apart(one: str, other: str) -> bool:
    """Say whether a second slip follows a first one; the beginning must be right, for there slips are rare and noticed."""
    if one[0] != other[0]:
        return False
    start = _first_difference(one, other)
    rest, others = one[start:], other[start:]
    pairs = ((rest[1:], others[1:]), (rest, others[1:]), (rest[1:], others), (rest[2:], others[2:]))
    swapped = rest[:2] == others[1::-1]
    return any(one_slip_apart(a, b) for a, b in (pairs if swapped else pairs[:3]))


def _first_difference(one: str, other: str) -> int:
    return next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


# --- sound --------------------------------------------------------------------------------------------------------------------

_SOUNDS = (
    (re.compile("ph"), "f"),
    (re.compile("[dt](?=[csz])"), "8"),
    (re.compile("(?<=[ckq])x"), "8"),
    (re.compile("x"), "48"),
    (re.compile("^c(?=[ahkloqrux])"), "4"),
    (re.compile("(?<![sz])(?<!^)c(?=[ahkoqux])"), "4"),
    (re.compile("c"), "8"),
    (re.compile("[aeijouy]"), "0"),
    (re.compile("h"), ""),
    (re.compile("[bp]"), "1"),
    (re.compile("[dt]"), "2"),
    (re.compile("[fvw]"), "3"),
    (re.compile("[gkq]"), "4"),
    (re.compile("l"), "5"),
    (re.compile("[mn]"), "6"),
    (re.compile("r"), "7"),
    (re.compile("[sz]"), "8"),
)
# Names from other scripts stand in passports as English writes them, in letters as German does, and Poland has a way of its own.
_SPELLINGS = (
    (re.compile("(?<!s)(?<!t)ch"), "tsch"),
    (re.compile("cz"), "tsch"),
    (re.compile("(?<!c)sh|zh|sz"), "sch"),
    (re.compile("kh"), "ch"),
    (re.compile("gh"), "g"),
)


@lru_cache(maxsize=_CACHED)
def cologne_code(word: str) -> str:
    """Return the Kölner Phonetik of a folded word: ``meyer`` and ``maier`` are both ``67``."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    code = re.sub(r"(.)\1+", r"\1", word)
    return code[:1] + code[1:].replace("0", "")


@lru_cache(maxsize=_CACHED)
def sounds(word: str) -> frozenset[str]:
    """Return the codes of a folded word as it is and as German would write it: ``shevchenko`` has that of ``schewtschenko``."""
    german = word
    for pattern, spelling in _SPELLINGS:
        german = pattern.sub(spelling, german)
    return frozenset({cologne_code(word), cologne_code(german)} - {""})
