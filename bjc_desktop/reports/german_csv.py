"""CSV for people: what a German spreadsheet opens by a double click, and nothing in it becomes a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from bjc_desktop.reports.shown_list import Cell

_RISKY = ("=", "+", "-", "@", "\t", "\r")


def german_csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return *rows* with semicolons, in UTF-8 with a byte order mark; no text is a formula, dates and numbers are German."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in rows:
        writer.writerow([_in_german(cell) for cell in row])
    # Half a letter, which no UTF-8 can hold, becomes a question mark instead of keeping the whole list from being saved.
    return text.getvalue().encode("utf-8-sig", "replace")


def _in_german(cell: Cell) -> str:
    """Return *cell* as a German spreadsheet reads it; a minus before a number is no formula, before a text it may be."""
    match cell:
        case None:
            return ""
        case str():
            return harmless(cell)
        case bool():
            return yes_or_no(cell)
        case datetime():
            return f"{cell:%d.%m.%Y %H:%M}"
        case date():
            return f"{cell:%d.%m.%Y}"
        case _:
            return (f"{cell:f}" if isinstance(cell, Decimal) else str(cell)).replace(".", ",")


def yes_or_no(value: bool) -> str:  # noqa: FBT001 - a cell
    """Return *value* as people say it."""
    return "ja" if value else "nein"


def harmless(text: str) -> str:
    """Return *text* so that no spreadsheet takes it for a formula."""
    return "'" + text if text.startswith(_RISKY) else text
