"""A workbook that is ready to be read and printed, and whose bytes follow from its content alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO
from math import ceil
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from bjc_desktop.indicators.rating import RATIO_CODES, STRICT_CODES
from bjc_desktop.indicators.results import Figure, Rating
from bjc_desktop.reports.german import NO_VALUE

WIDEST = 54
"""Characters of the widest column that fits its content; longer texts are wrapped."""
_EXACT_PLACES = 12
"""Decimals that are compared with the target: a sum of hours as floating point numbers is off by less."""
_UNEVEN = (Decimal, Fraction)
_NARROW = 1.1
"""Characters of ordinary text for one digit's width: widths are counted in digits."""
_LINE = 15
"""Points of a line."""
_TALLEST = 405
"""Points of the tallest row, a little below what Excel allows."""
_A4 = 9
_DAY_ZERO = date(1899, 12, 30).toordinal()
_MARCH_1900 = 61
_SHORT, _MOMENT = 10, 16
"""Characters of a day or a number, and of a day with its time."""
_ADDED = 3
"""What a heading needs beside its longest word: the arrow of the filter."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A sheet of cases as formulas see it: its name, its headings, and how many rows it has."""

    name: str
    heads: Sequence[str]
    rows: int

    def column(self, head: str) -> str:
        """Return the range of the column with that heading; an empty sheet has one empty row."""
        letter = xl_col_to_name(self.heads.index(head))
        return f"'{self.name}'!${letter}$2:${letter}${max(self.rows, 1) + 1}"


class _Sheet(Worksheet):  # type: ignore[misc]
    """A sheet that says of each row that it becomes a part of the file: that takes as long as filling it."""

    each_row: Callable[[], object]

    def _write_row(self, *given: Any, **named: Any) -> None:
        self.each_row()
        super()._write_row(*given, **named)


class Book:
    """A workbook in memory; text never becomes a formula.

    *each_row* is called for each row of a table when it is filled in and when it is written, and may raise to stop.
    """

    def __init__(self, title: str, as_of: date, header: str, each_row: Callable[[], object] = lambda: None) -> None:
        self._buffer, self._each_row = BytesIO(), each_row
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        self.workbook: Workbook = xlsxwriter.Workbook(self._buffer, options)
        created = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC).replace(tzinfo=None)
        properties = {"created": created, "title": title, "subject": "Berliner JobCoaching", "author": "BJC Desktop"}
        self.workbook.set_properties(properties)
        self._header = "&L" + header.replace("&", "&&")[:200]
        heading = {"bold": True, "bg_color": "#EEF3F8", "bottom": 1, "text_wrap": True, "valign": "vcenter"}
        self.head = self.format(**heading)
        self.text_head = self.format(**heading, align="left", indent=1)
        self.number_head = self.format(**heading, align="right")
        self.group_head = self.format(**heading, align="center", left=1)
        self.steep_head = self.format(**heading, align="center", rotation=90)
        self.title = self.format(bold=True, font_size=14, text_wrap=True)
        self.top = self.format()
        self.strong = self.format(bold=True)
        self.right = self.format(align="right")
        self.muted = self.format(font_color="#57606A", text_wrap=True)
        self.text = self.format(align="left", indent=1)
        self.day = self.format(num_format="dd.mm.yyyy", align="left", indent=1)
        self.moment = self.format(num_format="dd.mm.yyyy hh:mm", align="left", indent=1)
        self.whole = self.format(num_format="#,##0")
        self.hours = self.format(num_format="#,##0.00")
        self.share = self.format(num_format="0.0\\ %", align="right")
        self.ratio = self.format(num_format="0.00", align="right")
        self.long = self.format(text_wrap=True)
        self.wrap = self.format(text_wrap=True, align="left", indent=1)

    def format(self, **properties: Any) -> Format:
        """Return a new format; cells stand at the top of their row."""
        return self.workbook.add_format({"valign": "top", **properties})

    def value_format(self, code: str) -> Format:
        """Return the format of the values of the indicator *code*."""
        return self.ratio if code in RATIO_CODES else self.share

    def page(self, name: str) -> Worksheet:
        """Add an empty sheet that prints on A4, landscape, one page wide, with its name and the page's number."""
        sheet: _Sheet = self.workbook.add_worksheet(name, _Sheet)
        sheet.each_row = self._each_row
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.6)
        sheet.set_header(self._header)
        sheet.set_footer("&L&A&RSeite &P von &N")
        return sheet

    def table(
        self, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], *, formats: Mapping[str, Format] | None = None
    ) -> tuple[Worksheet, Cells]:
        """Add a sheet with a frozen heading row over *rows*; True and False are written as 1 and 0, None stays empty."""
        sheet, lines = self.page(name), list(rows)
        self.fill_table(sheet, 0, heads, lines, formats=formats)
        return sheet, Cells(name, heads, len(lines))

    def fill_table(
        self,
        sheet: Worksheet,
        at: int,
        heads: Sequence[str],
        lines: Sequence[Sequence[Any]],
        *,
        formats: Mapping[str, Format] | None = None,
    ) -> None:
        """Write the heading row *at* and the *lines* below it, with a filter; what stands above stays in sight with the heads."""
        head_lines = 1
        for column, head in enumerate(heads):
            cells = [line[column] for line in lines if column < len(line)]
            numbers = bool(cells) and not any(isinstance(cell, str | date) for cell in cells)
            sheet.write_string(at, column, head, self.number_head if numbers else self.text_head if column else self.head)
            width = _width(head, cells)
            sheet.set_column(column, column, width)
            head_lines = max(head_lines, ceil((len(head) + _ADDED) / width))
        sheet.set_row(at, _LINE * head_lines + 2)
        by_column = {heads.index(head): style for head, style in (formats or {}).items()}
        for row, line in enumerate(lines, at + 1):
            self._each_row()
            for column, value in enumerate(line):
                self.put(sheet, row, column, value, by_column.get(column))
            self.let_wrap(sheet, row, line, WIDEST)
        sheet.freeze_panes(at + 1, 1)
        sheet.autofilter(at, 0, at + max(len(lines), 1), len(heads) - 1)
        sheet.repeat_rows(at)

    def put(self, sheet: Worksheet, row: int, column: int, value: Any, style: Format | None = None) -> None:
        """Write one cell by the kind of its value."""
        if value is None:
            return
        if isinstance(value, str):
            plain, wrapped = (self.text, self.wrap) if column else (self.top, self.long)
            known = wrapped if len(value) > WIDEST else plain
            sheet.write_string(row, column, value, style or known)
        elif isinstance(value, datetime):
            sheet.write_datetime(row, column, value.replace(tzinfo=None), self.moment)
        elif isinstance(value, date):
            sheet.write_number(row, column, _serial(value), self.day)
        else:
            sheet.write_number(row, column, float(value), style or (self.hours if isinstance(value, _UNEVEN) else self.top))

    def let_wrap(self, sheet: Worksheet, row: int, texts: Iterable[Any], width: float) -> None:
        """Make *row* high enough for its longest text in columns of *width*: not every program does so by itself."""
        longest = max((len(text) for text in texts if isinstance(text, str)), default=0)
        if longest > width * _NARROW:
            sheet.set_row(row, min(_LINE * ceil(longest / width), _TALLEST))

    def note(self, sheet: Worksheet, row: int, text: str, columns: int, width: float, style: Format | None = None) -> None:
        """Write a sentence over *columns* merged columns of together *width* characters."""
        sheet.merge_range(row, 0, row, columns - 1, "", style or self.muted)
        sheet.write_string(row, 0, text, style or self.muted)
        if style is None:
            self.let_wrap(sheet, row, [text], width)

    def targets(self, sheet: Worksheet, row: int, column: int, figure: Figure) -> None:
        """Write target and tolerance of *figure* side by side."""
        style = self.value_format(figure.code)
        above = self.format(num_format='"> "0.0\\ %', align="right") if figure.code in STRICT_CODES else style
        sheet.write_number(row, column, float(figure.target.target), above)
        sheet.write_number(row, column + 1, float(figure.target.tolerance_low), style)

    def bytes(self) -> bytes:
        """Close the workbook and return its bytes."""
        self.workbook.close()
        return self._buffer.getvalue()


def _serial(day: date) -> int:
    """Return the number of *day* as a workbook counts: it believes in a 29 February 1900."""
    number = day.toordinal() - _DAY_ZERO
    return number - 1 if number < _MARCH_1900 else number


def _width(head: str, cells: Iterable[Any]) -> float:
    longest_word = max(map(len, head.replace("-", "- ").split()), default=0) + _ADDED
    lengths = {_length(cell) for cell in cells if isinstance(cell, str | date | Decimal | Fraction)}
    return max(longest_word, min(max(lengths, default=0), WIDEST) + 2, 8)


def _length(cell: str | date | Decimal | Fraction) -> int:
    return len(cell) if isinstance(cell, str) else _MOMENT if isinstance(cell, datetime) else _SHORT


def cached(value: Fraction | None) -> float | str:
    """Return what a formula's cell shows before it is recalculated."""
    return NO_VALUE if value is None else float(value)


def rating_formula(code: str, value: str, target: str, low: str, places: int | None) -> str:
    """Return the formula that rates the cell *value* as the program does."""
    rounded = f"ROUND({value},{_EXACT_PLACES if places is None else places})"
    reached = f"{rounded}{'>' if code in STRICT_CODES else '>='}{target}"
    within = f'IF({rounded}>={low},"{Rating.TOLERANCE.label}","{Rating.BELOW.label}")'
    return f'=IF(ISNUMBER({value}),IF({reached},"{Rating.REACHED.label}",{within}),"{Rating.NONE.label}")'
