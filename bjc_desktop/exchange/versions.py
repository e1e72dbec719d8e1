"""Versions of what is kept in several vaults: which is newer, which stand beside one another, and what follows from all of them.

Every group of fields of a row is a cell. A version of a cell knows, for each vault that ever wrote it, the last of that vault's changes it
rests on (a version vector); a vault's clock is the number of its change record, never the time of day. Of two versions the one that
rests on the other replaces it; two that do not know of each other stand beside one another until somebody decides. The rules
give the same result for files in any order, twice, or late: merging is associative, commutative and idempotent.

Source: Parker and others, „Detection of Mutual Inconsistency in Distributed Systems“ (1983), for the vectors; Shapiro and others,
„Conflict-free Replicated Data Types“ (2011), for the multi-value register.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

Vector = tuple[tuple[str, int], ...]
"""Origin and clock of each vault whose changes a version rests on, sorted by origin."""
EXISTENCE = ""
"""The cell that says whether the row is deleted."""
DELETED, PRESENT = "deleted", "present"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a cell; *content* is None where this vault knows that the version exists, and not what it holds."""

    vector: Vector
    content: object = None


Cell = tuple[Version, ...]
"""Versions that do not know of one another, the one that is shown first."""
RowState = Mapping[str, Cell]
"""The cells of a row by the name of their group."""


def covers(one: Vector, other: Vector) -> bool:
    """Say whether *one* rests on everything that *other* rests on."""
    if one == other:
        return True
    known = dict(one)
    return all(known.get(origin, 0) >= clock for origin, clock in other)


def joined(vectors: Iterable[Vector]) -> Vector:
    """Return the vector that rests on all of *vectors*."""
    known: dict[str, int] = {}
    for vector in vectors:
        for origin, clock in vector:
            known[origin] = max(clock, known.get(origin, 0))
    return tuple(sorted(known.items()))


def merged_cell(one: Cell, other: Cell) -> Cell:
    """Return the versions of both cells of which none rests on another, the one to be shown first.

    Which is shown does not depend on who merges: the one that rests on more changes, and among equals the greater vector.
    """
    if len(one) + len(other) <= 1:
        return one or other
    found: dict[Vector, Version] = {}
    for version in (*one, *other):
        known = found.get(version.vector)
        if known is None or known.content is None:
            found[version.vector] = version
    if len(found) == 1:
        return tuple(found.values())
    kept = [version for version in found.values() if not _is_covered(version, found.values())]
    return tuple(sorted(kept, key=_rank, reverse=True))


def _is_covered(version: Version, others: Iterable[Version]) -> bool:
    return any(other.vector != version.vector and covers(other.vector, version.vector) for other in others)


def _rank(version: Version) -> tuple[int, Vector]:
    return sum(clock for _, clock in version.vector), version.vector


def merged_row(one: RowState, other: RowState) -> dict[str, Cell]:
    """Return the row that follows from what two vaults know of it."""
    return {group: merged_cell(one.get(group, ()), other.get(group, ())) for group in {**one, **other}}


def is_alive(row: RowState) -> bool:
    """Say whether the row is there: who changed it without knowing of a deletion keeps it."""
    deletions = [version.vector for version in row.get(EXISTENCE, ()) if version.content == DELETED]
    if not deletions:
        return True
    others = (version for cell in row.values() for version in cell if version.content != DELETED)
    return any(not any(covers(deletion, version.vector) for deletion in deletions) for version in others)


def edited(row: RowState, contents: Mapping[str, object], origin: str, clock: int) -> dict[str, Cell]:
    """Return the row after the vault *origin* wrote *contents* at its *clock*; the new versions rest on all that it had seen."""
    changed = {
        group: (Version(joined((*(version.vector for version in row.get(group, ())), ((origin, clock),))), content),)
        for group, content in contents.items()
    }
    return {**row, **changed}


def deleted(row: RowState, origin: str, clock: int) -> dict[str, Cell]:
    """Return the row after the vault *origin* deleted it at its *clock*."""
    return {**row, EXISTENCE: (Version(_over_all(row, origin, clock), DELETED),)}


def deleted_with(row: RowState, owner: RowState) -> dict[str, Cell]:
    """Return the row after it went with its *owner*: it rests on nothing but what both know, so it is the same wherever that happens."""
    vectors = (version.vector for cell in (*row.values(), owner[EXISTENCE]) for version in cell)
    return {**row, EXISTENCE: (Version(joined(vectors), DELETED),)}


def revived(row: RowState, origin: str, clock: int) -> dict[str, Cell]:
    """Return the row after the vault *origin* decided at its *clock* that it stays, or wrote it again."""
    return {**row, EXISTENCE: (Version(_over_all(row, origin, clock), PRESENT),)}


def _over_all(row: RowState, origin: str, clock: int) -> Vector:
    return joined((*(version.vector for cell in row.values() for version in cell), ((origin, clock),)))


# --- as text ------------------------------------------------------------------------------------------------------------------


def vector_text(vector: Vector) -> str:
    """Return *vector* as ``origin:clock origin:clock``."""
    return " ".join(f"{origin}:{clock}" for origin, clock in vector)


@lru_cache(maxsize=1 << 16)
def parsed_vector(text: str) -> Vector:
    """Return the vector that :func:`vector_text` wrote.

    Raises
    ------
    ValueError
        where *text* is none.
    """
    found: dict[str, int] = {}
    for part in text.split(" "):
        origin, _, clock = part.rpartition(":")
        # A clock of nothing, or one beyond all counting, would let versions cover one another that do not know of each other.
        if not _is_origin(origin) or origin in found or _CLOCK.fullmatch(clock) is None:
            raise ValueError(part)
        found[origin] = int(clock)
    if len(found) > _MOST_ORIGINS:
        raise ValueError(len(found))
    return tuple(sorted(found.items()))


def _is_origin(text: str) -> bool:
    return 0 < len(text) <= _ORIGIN and all(letter in "0123456789abcdef" for letter in text)


_ORIGIN, _MOST_ORIGINS = 32, 1_000
_CLOCK = re.compile(r"[1-9][0-9]{0,14}", re.ASCII)
