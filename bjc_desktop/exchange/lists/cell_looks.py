"""What a text looks like: a day, an imprecise day, a number; what tells a heading from data, and one column's content from another's."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import islice

from bjc_desktop.exchange.lists.known_words import value_key, words_for

_DAY = re.compile(
    r"(?:\D{0,4}\s)?(\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d{2})?|\d{4}-\d\d-\d\d|\d{1,2}[/-]\d{1,2}[/-]\d{2,4}|\d{1,2}\.\s?[^\W\d]{3,9}\.?\s\d{2,4})"
    r"(?:\s\d{1,2}:\d\d(?::\d\d)?)?"
)
_SOME_DAY = re.compile(
    r"(?:ca\.?|etwa|um|ab|seit|anfang|mitte|ende)?\s?(?:[^\W\d]{3,9}\.?\s|\d{1,2}[./]\s?)?(?:19|20)\d\d", re.IGNORECASE
)
_NUMBER = re.compile(r"[+-]?\d[\d.,\s]*(?:€|%|h|min\.?|std\.?)?", re.IGNORECASE)
_MAIL = re.compile(r"\S+@\S+\.\S+")
_PAIR = re.compile(r"[^\W\d][\w\'’. -]*,\s*[^\W\d][\w\'’. -]*|[^\W\d][\w\'’.-]+(?:\s[^\W\d][\w\'’.-]*){1,4}")
_LOOKED_AT = 300
_MOST = 0.6
_FEW = 30


class Look(Enum):
    """What most texts of a column look like."""

    EMPTY = "leer"
    DAY = "Datum"
    NUMBER = "Zahl"
    YES_NO = "ja/nein"
    NAMES = "Namen"
    MAIL = "E-Mail"
    FEW = "Werteliste"
    TEXT = "Text"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's content: how often each distinct text stands in it, and what most of them look like."""

    texts: Mapping[str, int]
    filled: int
    look: Look

    @property
    def examples(self) -> tuple[str, ...]:
        """The first three distinct texts."""
        return tuple(islice(self.texts, 3))


@lru_cache(maxsize=1 << 14)
def looks_like_day(text: str) -> bool:
    """Say whether *text* begins with a day, or is an imprecise one such as ``ca. 2019``."""
    return _DAY.match(text) is not None or _SOME_DAY.fullmatch(text.strip()) is not None


def looks_like_data(text: str) -> bool:
    """Say whether *text* is a day, a number or an address of mail, and therefore no heading."""
    return looks_like_day(text) or _NUMBER.fullmatch(text) is not None or _MAIL.fullmatch(text) is not None


def look_of(texts: Counter[str]) -> Look:
    """Return what most of the distinct *texts* look like; what says nothing („-“, „k. A.“) is not asked."""
    nothing = words_for("nothing")
    sample = [text for text in islice(texts, _LOOKED_AT) if value_key(text) not in nothing]
    if not sample:
        return Look.EMPTY
    yes_no = words_for("yes") | words_for("no")
    judged = (
        (Look.DAY, sum(map(looks_like_day, sample))),
        (Look.YES_NO, sum(value_key(text) in yes_no for text in sample)),
        (Look.MAIL, sum(_MAIL.fullmatch(text) is not None for text in sample)),
        (Look.NUMBER, sum(_NUMBER.fullmatch(text) is not None for text in sample)),
    )
    for look, count in judged:
        if count >= _MOST * len(sample):
            return look
    names = [text for text in sample if _PAIR.fullmatch(text)]
    if len(texts) <= _FEW and sum(texts.values()) > 2 * len(texts) and sum("," in text for text in names) < _MOST * len(sample):
        return Look.FEW
    return Look.NAMES if len(names) >= _MOST * len(sample) else Look.TEXT
