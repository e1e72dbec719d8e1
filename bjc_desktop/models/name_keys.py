"""Names folded for searching and for sorting: the letters of DIN 91379 become a to z, whatever a person is able to type.

For searching, ä, ae and a are the same, and so are their capitals: „Müller“, „Mueller“ and „Muller“ find one another. Folding reads from
left to right and never takes a letter back, so the fold of a name's beginning is the beginning of the name's fold. For sorting,
DIN 5007-1 (words) holds: ä is sorted as a, ß as ss.
"""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ı": "i",
        "ĳ": "ij",
        "ĸ": "k",
        "ŋ": "ng",
        "þ": "th",
        "ŧ": "t",
        "ƈ": "c",
        "ə": "e",
        "ɨ": "i",
        "ʒ": "z",
        "ǥ": "g",
        "ŉ": "n",
        "ŀ": "l",
        "ꞌ": None,
    }
)
"""The letters that are more than a base letter with marks."""
_INSIDE = frozenset("'’‘`´ʹʺʻʼʾʿˈˌ·¨~‡.ꞌ")
"""Signs inside a word: O'Connor is one word."""
_VOWEL_E = re.compile("([aou])e")
NUMBER = "#"
"""Stands before the words of a case number, so that letters never find a number."""


@lru_cache(maxsize=1 << 12)
def plain_words(text: str) -> tuple[str, ...]:
    """Return the words of *text* in small base letters: ``("von", "der", "heide")``; a hyphen separates, an apostrophe does not."""
    spread = unicodedata.normalize("NFD", text.lower().translate(_LETTERS)).translate(_LETTERS)
    return tuple("".join(_plain(letter) for letter in spread).split())


def _plain(letter: str) -> str:
    """Return a letter or digit itself, nothing for a mark and for a sign inside a word, a space for what separates words."""
    if letter in _INSIDE or unicodedata.category(letter).startswith("M"):
        return ""
    return letter if letter.isalnum() else " "


def folded_word(word: str) -> str:
    """Return a plain word with ae, oe and ue as a, o and u."""
    return _VOWEL_E.sub(r"\1", word)


def folded_words(text: str) -> tuple[str, ...]:
    """Return the words of the name *text* as they are searched for."""
    return tuple(folded_word(word) for word in plain_words(text))


def sort_key(family_name: str, given_name: str | None) -> str:
    """Return what orders people by family name and then given name as DIN 5007-1 does; nothing comes before something."""
    return " ".join(plain_words(family_name)) + "\x1f" + " ".join(plain_words(given_name or ""))


@lru_cache(maxsize=1 << 16)
def words_of(key: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the words of family and given name, as they are searched for, from a sort key: without folding the names again."""
    family, _, given = key.partition("\x1f")
    return tuple(map(folded_word, family.split())), tuple(map(folded_word, given.split()))


def search_key(case_number: str, family_name: str, given_name: str | None) -> str:
    """Return the words under which a person is found, each with a space before it.

    A name of several words is found by each and by all written together; a case number by its whole, by every part that
    begins with a digit, and by its last number without the zeros in front.
    """
    words: dict[str, None] = {}
    for name in (family_name, given_name or ""):
        parts = plain_words(name)
        words.update(dict.fromkeys(folded_word(part) for part in parts))
        if len(parts) > 1:
            words[folded_word("".join(parts))] = None
    words.update(dict.fromkeys(NUMBER + part for part in _number_words(case_number)))
    return "".join(f" {word}" for word in words)


def _number_words(case_number: str) -> list[str]:
    parts = plain_words(case_number)
    found = ["".join(parts[start:]) for start, part in enumerate(parts) if start == 0 or part[0].isdigit()]
    last = parts[-1].lstrip("0") if parts and parts[-1].isdigit() else ""
    return [*found, last] if last else found


def search_words(typed: str) -> tuple[str, ...]:
    """Return the beginnings of words that a person must have to be found by the *typed* text.

    What holds a digit is looked for among the case numbers.
    """
    found: dict[str, None] = {}
    for chunk in typed.split():
        parts = plain_words(chunk)
        if any(letter.isdigit() for letter in "".join(parts)):
            found[NUMBER + "".join(parts)] = None
        else:
            found.update(dict.fromkeys(folded_word(part) for part in parts))
    return tuple(found)
