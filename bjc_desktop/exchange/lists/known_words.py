"""The words that providers use in their lists: for columns and for values. They are data (``resources/lists``), not code."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from bjc_desktop.models.name_keys import plain_words
from bjc_desktop.paths import resource
from bjc_desktop.vocabulary import Vocabulary

REASON_HEADING = "BJC: warum nicht eingelesen"
"""The column that a file of rows that did not go in has beside the list's own; it is passed over when that file is read."""
_NUMBER = re.compile(r"(?<![\w§.,/-])\(?(\d{1,2})\.?\)?(?![\w.,/-])|(?<=[^\W\d])(\d{1,2})$")
"""A number that counts columns: „Termin 3“, „3. Termin“, „Termin3“, „Dauer (3)“; not one that belongs to a name, as in § 16i."""


@cache
def normal(heading: str) -> str:
    """Return the words of a heading as they are compared: ``Geb.-Dat.`` is ``geb dat``; case, dots and umlauts do not matter."""
    return " ".join(plain_words(heading))


@cache
def without_number(heading: str) -> str:
    """Return a heading without the number that counts it: ``Termin 3`` is one of several columns for the same."""
    return " ".join(_NUMBER.sub(" ", heading).split()) or heading


@cache
def number_of(heading: str) -> int | None:
    """Return the number that counts a heading among several for the same, or None."""
    found = _NUMBER.search(heading)
    return None if found is None or without_number(heading) == heading else int(found[1] or found[2])


def value_key(text: str) -> str:
    """Return how the value *text* of a list is known: without case, outer and double spaces."""
    return " ".join(text.casefold().split())


@cache
def heading_words() -> Mapping[str, frozenset[str]]:
    """Return the known headings by target, in normal form."""
    found = json.loads(resource("lists/headings.json").read_text("utf-8"))
    return {target: frozenset(map(normal, words)) for target, words in found.items()}


@cache
def known_headings() -> frozenset[str]:
    """Return all known headings in normal form."""
    return frozenset().union(*heading_words().values())


@cache
def _values() -> Any:
    return json.loads(resource("lists/values.json").read_text("utf-8"))


@cache
def words_for(meaning: str) -> frozenset[str]:
    """Return what stands for *meaning*: ``yes``, ``no`` or ``nothing``."""
    return frozenset(map(value_key, _values()[meaning]))


@cache
def value_words(values: type[Vocabulary]) -> Mapping[str, str]:
    """Return by value key the entry of *values* that a known word, a label or a key stands for."""
    known = _values()["choices"].get(values.__name__, {})
    found = {value_key(word): key for key, words in known.items() for word in words}
    for entry in values:
        found[value_key(entry.label)] = found[value_key(entry.value)] = entry.value
    return found
