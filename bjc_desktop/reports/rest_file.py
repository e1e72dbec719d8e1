"""Rows of a list as a file for a spreadsheet: every cell a text, so that nothing is computed when somebody opens it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter import Workbook

_NAME = 31
"""Characters that the name of a sheet may have."""
_FORBIDDEN = str.maketrans("[]:*?/\\", "-------")
_SIGNS = ("=", "+", "-", "@", "\t", "\r")
_WIDEST, _LOOKED_AT = 48, 200


@dataclass(frozen=True, slots=True)
class RestSheet:
    """A sheet: its name, its headings, its rows."""

    name: str
    headings: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]


def rest_xlsx(sheets: Sequence[RestSheet]) -> bytes:
    """Return the sheets as a workbook of texts."""
    made = io.BytesIO()
    with Workbook(made, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        body = book.add_format({"num_format": "@", "valign": "top"})
        for sheet, name in zip(sheets, _names(sheets), strict=True):
            page = book.add_worksheet(name)
            for column, heading in enumerate(sheet.headings):
                page.write_string(0, column, heading, head)
                page.set_column(column, column, _width(sheet, column))
            for number, row in enumerate(sheet.rows, 1):
                for column, cell in enumerate(row):
                    if cell:
                        page.write_string(number, column, cell, body)
            page.freeze_panes(1, 0)
    return made.getvalue()


def _names(sheets: Sequence[RestSheet]) -> list[str]:
    names: list[str] = []
    for number, sheet in enumerate(sheets, 1):
        name = sheet.name.translate(_FORBIDDEN).strip("'")[:_NAME] or f"Blatt {number}"
        names.append(f"{name[: _NAME - 4]} ({number})" if name.casefold() in {known.casefold() for known in names} else name)
    return names


def _width(sheet: RestSheet, column: int) -> int:
    longest = max((len(row[column]) for row in sheet.rows[:_LOOKED_AT] if column < len(row)), default=0)
    return min(max(longest, len(sheet.headings[column]), 6) + 2, _WIDEST)


def rest_csv(sheet: RestSheet) -> bytes:
    """Return the sheet as a CSV that spreadsheets open in German; a sign at the beginning of a cell is guarded by a quote."""
    made = io.StringIO()
    writer = csv.writer(made, delimiter=";", lineterminator="\r\n")
    writer.writerow(map(_guarded, sheet.headings))
    writer.writerows([_guarded(cell) for cell in row] for row in sheet.rows)
    return made.getvalue().encode("utf-8-sig")


def _guarded(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_SIGNS) else cell
