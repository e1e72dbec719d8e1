"""Names as lists write them: „Müller, Eva“, „Frau Dr. Eva von der Heide“, „Müller Eva“."""

import re

_TITLES = re.compile(r"^(?:(?:frau|herr|hr|fr|dr|prof|dipl\.?-?\w*|med)\b\.?\s+)+", re.IGNORECASE)
_TRAILING = re.compile(r"\s*\((?:[^()]*)\)\s*$")
_PARTICLES = frozenset(
    (
        "von", "vom", "van", "de", "del", "della", "der", "den", "dem", "di", "da", "dos", "du", "la", "le",
        "zu", "zum", "zur", "el", "al", "ben", "bin", "ibn", "abu", "bint", "ter", "ten", "st",
    )
)  # fmt: skip


def split_name(text: str, order: str) -> tuple[str, str | None]:
    """Return family name and given name of a whole name; without a comma *order* (``given_first``, ``family_first``) decides."""
    name = _TITLES.sub("", _TRAILING.sub("", " ".join(text.split())))
    family, comma, given = name.partition(",")
    if comma:
        return family.strip(), _TITLES.sub("", given.strip()).strip(" ,") or None
    words = name.split()
    if len(words) < 2:  # noqa: PLR2004 - one word alone is the family name
        return name, None
    at = _family_begins(words) if order == "given_first" else _family_ends(words)
    first, last = " ".join(words[:at]), " ".join(words[at:])
    return (last, first) if order == "given_first" else (first, last)


def _family_begins(words: list[str]) -> int:
    """Return where the family name begins: at the first particle after the given name, or at the last word."""
    return next((at for at in range(1, len(words)) if words[at].casefold() in _PARTICLES), len(words) - 1)


def _family_ends(words: list[str]) -> int:
    at = 0
    while at < len(words) - 2 and words[at].casefold() in _PARTICLES:
        at += 1
    return at + 1
