"""The rows of a sheet while it is read: limits kept, texts cleaned, each distinct text held once."""

import re
from array import array
from itertools import pairwise

from bjc_desktop.errors import ListError
from bjc_desktop.exchange.lists.limits import MAXIMUM_CELL, MAXIMUM_CELLS, MAXIMUM_COLUMNS, MAXIMUM_ROWS
from bjc_desktop.exchange.lists.sheets import Area, Cells, Sheet, column_letters

_WRAPPED = re.compile(r'="(.*)"', re.DOTALL)
_GUARDED = re.compile(r"'[=+\-@].*", re.DOTALL)
_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f\u00a0\u202f\u2007\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_SPACES = re.compile("[\t\u00a0\u202f\u2007]")
TOO_MANY_ROWS = f"Die Liste hat mehr als {MAXIMUM_ROWS:,} Zeilen. Bitte in mehrere Dateien aufteilen.".replace(",", ".")
TOO_MANY_CELLS = "Die Liste hat zu viele Zellen. Bitte in mehrere Dateien aufteilen oder leere Formeln entfernen."


class Texts:
    """The distinct texts of a file: a column of 240,000 cells has a few of them, and each is cleaned and kept once."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self.cells = 0

    def __call__(self, text: str) -> str:
        """Return *text* cleaned."""
        known = self._known.get(text)
        if known is None:
            clean = cleaned(text)
            known = self._known[text] = self._known.setdefault(clean, clean)
        return known


def cleaned(text: str) -> str:
    """Return *text* without what nobody sees: outer spaces, control characters, the wrapping ``="…"`` and the quote before a sign."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _ODD.search(text):
        text = _ODD.sub("", _SPACES.sub(" ", text))
    text = text.strip()
    if (wrapped := _WRAPPED.fullmatch(text)) is not None:
        text = wrapped[1].replace('""', '"').strip()
    return text[1:] if _GUARDED.fullmatch(text) else text


class RowGatherer:
    """Takes the cells of a sheet in the order of the file."""

    def __init__(self, name: str, texts: Texts) -> None:
        self.name = name
        self.merged: list[Area] = []
        self._texts = texts
        self._rows: list[Cells] = []
        self._numbers = array("l")
        self._aside = 0

    def add_row(self, number: int, cells: list[str]) -> None:
        """Take the row *number* (from 1); what is empty is left out.

        Raises
        ------
        ListError
            where there are too many rows or cells, or one cell is too long.
        """
        if number > MAXIMUM_ROWS:
            raise ListError(TOO_MANY_ROWS)
        if len(cells) > MAXIMUM_COLUMNS:
            self._aside += sum(1 for cell in cells[MAXIMUM_COLUMNS:] if cell)
            del cells[MAXIMUM_COLUMNS:]
        row = list(map(self._texts, cells))
        while row and not row[-1]:
            row.pop()
        if not row:
            return
        if max(map(len, row)) > MAXIMUM_CELL:
            self._refuse_length(number, row)
        self._texts.cells += len(row)
        if self._texts.cells > MAXIMUM_CELLS:
            raise ListError(TOO_MANY_CELLS)
        self._rows.append(tuple(row))
        self._numbers.append(number)

    def leave_aside(self, count: int = 1) -> None:
        """Note cells that stand too far to the right."""
        self._aside += count

    def _refuse_length(self, number: int, row: list[str]) -> None:
        column = next(index for index, cell in enumerate(row) if len(cell) > MAXIMUM_CELL)
        place = f"{column_letters(column)}{number}"
        raise ListError(
            f"Die Zelle {place} ist länger als {MAXIMUM_CELL} Zeichen. Bitte kürzen; in CSV fehlt oft ein Anführungszeichen."
        )

    def sheet(self, *, hidden: bool = False) -> Sheet:
        """Return the sheet, its rows in their order."""
        numbers: list[int] | array[int] = self._numbers
        rows = self._rows
        if any(after < before for before, after in pairwise(numbers)):
            order = sorted(range(len(rows)), key=numbers.__getitem__)
            rows, numbers = [rows[index] for index in order], [numbers[index] for index in order]
        return Sheet(self.name, rows, numbers, tuple(self.merged), hidden, self._aside)
