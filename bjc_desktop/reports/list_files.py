"""A list as a file for people: a workbook or a CSV with the filter and the counts above the rows."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, count
from typing import Any

from bjc_desktop.reports.german_csv import german_csv, yes_or_no
from bjc_desktop.reports.shown_list import Cell, Row, ShownList, Step, no_step
from bjc_desktop.reports.workbook import Book

_SHEET = "Liste"
_LONGEST = 32_767
"""Characters of a cell, counted as Excel counts them: in pairs of bytes."""
_FIRST_YEAR = 1900
"""Excel knows no day before; an earlier one stays a text."""
_CUT = " … (gekürzt)"


def list_xlsx(shown: ShownList, step: Step = no_step) -> bytes:
    """Return the list as XLSX bytes: the same for the same content."""
    passed = count(1)

    def each_row() -> None:
        # Each row is filled in, and written; the few above the table count as nothing.
        step(min(next(passed), 2 * shown.shown), 2 * shown.shown)

    header = f"{shown.title[:90]} · {shown.as_of:%d.%m.%Y}"
    book = Book(shown.title[:250], shown.as_of.date(), header, each_row)
    sheet = book.page(_SHEET)
    title, muted = book.format(bold=True, font_size=14), book.format(font_color="#57606A")
    notes = _notes(shown)
    for line, note in enumerate(notes):
        sheet.write_string(line, 0, _fitting(note), muted if line else title)
    rows = [[_workbook_cell(cell) for cell in row] for row in shown.rows]
    book.fill_table(sheet, len(notes) + 1, [_fitting(head) for head in shown.headings], rows)
    return book.bytes()


def _notes(shown: ShownList) -> list[str]:
    """Return what stands above the rows: title, filter, counts and origin, each a line."""
    filtered = f"Filter: {shown.filter_words}" if shown.filter_words else "Filter: keiner"
    return [shown.title, filtered, shown.counts, shown.origin]


def _workbook_cell(cell: Cell) -> Any:
    if isinstance(cell, bool):
        return yes_or_no(cell)
    if isinstance(cell, date) and cell.year < _FIRST_YEAR:
        return f"{cell:%d.%m.%Y}"
    return _fitting(cell) if isinstance(cell, str) else cell


def _fitting(text: str) -> str:
    """Return *text* as far as a cell of Excel holds it, and with a word that says so where it is cut."""
    pairs = text.encode("utf-16-le", "replace")
    if len(pairs) <= 2 * _LONGEST:
        return pairs.decode("utf-16-le")
    return pairs[: 2 * (_LONGEST - len(_CUT))].decode("utf-16-le", "ignore") + _CUT


def list_csv(shown: ShownList, step: Step = no_step) -> bytes:
    """Return the list as CSV for people; the first lines say what it is, and an empty one parts them from the rows."""
    return german_csv(chain(([note] for note in _notes(shown)), [[], shown.headings], _told(shown.rows, step)))


def _told(rows: Sequence[Row], step: Step) -> Iterator[Row]:
    for done, row in enumerate(rows, 1):
        step(done, len(rows))
        yield row
