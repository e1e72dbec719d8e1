"""A list as read: sheets of texts, each cell where it stood.

A cell is the text that the spreadsheet shows, dates as ``05.03.2026`` (a month alone as ``03.2026``), numbers with a decimal comma, yes and
no as ``ja`` and ``nein``. So every source is understood by the same rules, and whatever is wrong is mended by typing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

Cells = tuple[str, ...]
"""The cells of a row from column A on; empty ones are empty texts, and those after the last one are left out."""
_LETTERS = 26


@dataclass(frozen=True, slots=True)
class Area:
    """Merged cells: first and last row (from 1) and column (from 0)."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its rows that are not empty, with the number that each has in the file (from 1)."""

    name: str
    rows: Sequence[Cells]
    numbers: Sequence[int]
    merged: tuple[Area, ...] = ()
    hidden: bool = False
    aside: int = 0
    """How many cells stand too far to the right to be read."""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list: its sheets and the SHA-256 of its file."""

    sheets: tuple[Sheet, ...]
    digest: str


def column_letters(column: int) -> str:
    """Return how a spreadsheet calls the column with the number *column* (from 0): A, Z, AA."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + rest) + letters
    return letters
