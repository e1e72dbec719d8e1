"""An ODS spreadsheet, read as it streams by: the values, and what is shown where it says more than the value.

Source: OASIS OpenDocument 1.3, part 3, chapter 9 and 19.
"""

import re
from decimal import Decimal, InvalidOperation

from bjc_desktop.errors import ListError
from bjc_desktop.exchange.lists.archive_parts import PASSWORD, UNREADABLE, Parts, XmlHandler, local
from bjc_desktop.exchange.lists.limits import MAXIMUM_CELL, MAXIMUM_COLUMNS, MAXIMUM_SHEETS, Step
from bjc_desktop.exchange.lists.number_formats import plain_number
from bjc_desktop.exchange.lists.row_gathering import RowGatherer, Texts
from bjc_desktop.exchange.lists.sheets import Area, Sheet

_CONTENT, _MANIFEST = "content.xml", "META-INF/manifest.xml"
_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
_ASIDE = frozenset({"office:annotation", "table:shapes", "table:tracked-changes", "table:detective"})
_MONTH_SHOWN = re.compile(r"[^\W\d]+\.?[ /-]?\d{2,4}|\d{1,2}[./-]\d{4}")
_ZEROS_SHOWN = re.compile(r"0\d+")


def read_ods(parts: Parts, step: Step) -> tuple[Sheet, ...]:
    """Return the sheets of the spreadsheet.

    Raises
    ------
    ListError
        where it is none, is encrypted, or is larger than a list may be.
    """
    if _MANIFEST in parts.sizes and b"encryption-data" in parts.read(_MANIFEST):
        raise ListError(PASSWORD)
    reader = _SheetsReader()
    parts.walk(_CONTENT, reader, step)
    if not reader.sheets:
        raise ListError(UNREADABLE)
    return tuple(reader.sheets)


class _SheetsReader(XmlHandler):
    """The sheets of a content part; comments and drawings hold paragraphs too, which are none of a cell's."""

    def __init__(self) -> None:
        self.sheets: list[Sheet] = []
        self._texts = Texts()
        self._rows: RowGatherer | None = None
        self._number, self._repeat = 0, 1
        self._row: list[str] = []
        self._column = 0
        self._cell: dict[str, str] | None = None
        self._parts: list[str] = []
        self._length = self._aside = self._deep = 0
        self._paragraph = False

    def start(self, name: str, attributes: dict[str, str]) -> None:  # type: ignore[override]
        if self._aside or name in _ASIDE or name.startswith("draw:"):
            self._aside += 1
        elif self._cell is not None:
            self._inside_cell(name, attributes)
        elif name in _CELLS:
            self._cell = attributes
            self._parts.clear()
            self._length = 0
        elif name == "table:table-row":
            self._number += 1
            self._repeat = _count(attributes, "table:number-rows-repeated")
            self._row, self._column = [], 0
        elif name == "table:table" and self._rows is None and len(self.sheets) < MAXIMUM_SHEETS:
            self._rows, self._number = RowGatherer(attributes.get("table:name", ""), self._texts), 0

    def end(self, name: str) -> None:  # type: ignore[override]
        if self._aside:
            self._aside -= 1
        elif name in _CELLS and self._cell is not None and not self._deep:
            self._end_cell(self._cell, covered=name != "table:table-cell")
            self._cell = None
        elif name == "text:p":
            self._paragraph = False
        elif name == "table:table-row" and self._cell is None:
            self._end_row()
        elif name == "table:table" and self._rows is not None and self._cell is None:
            self.sheets.append(self._rows.sheet())
            self._rows = None

    def text(self, text: str) -> None:  # type: ignore[override]
        if self._paragraph and not self._aside and self._length <= MAXIMUM_CELL:
            self._parts.append(text)
            self._length += len(text)

    def _inside_cell(self, name: str, attributes: dict[str, str]) -> None:
        if name == "text:p":
            if self._parts:
                self._parts.append("\n")
            self._paragraph = True
        elif name == "text:s" and self._paragraph:
            self._parts.append(" " * min(_count(attributes, "text:c"), MAXIMUM_CELL))
        elif local(name) in {"line-break", "tab"} and self._paragraph:
            self._parts.append("\n" if local(name) == "line-break" else " ")

    def _end_cell(self, cell: dict[str, str], *, covered: bool) -> None:
        times = _count(cell, "table:number-columns-repeated")
        text = "" if covered else _shown(cell, "".join(self._parts))
        down, across = _count(cell, "table:number-rows-spanned"), _count(cell, "table:number-columns-spanned")
        if (down > 1 or across > 1) and self._rows is not None:
            self._rows.merged.append(Area(self._number, self._column, self._number + down - 1, self._column + across - 1))
        if text:
            self._row.extend([""] * (min(self._column, MAXIMUM_COLUMNS) - len(self._row)))
            room = max(MAXIMUM_COLUMNS - len(self._row), 0)
            self._row.extend([text] * min(times, room))
            if times > room and self._rows is not None:
                self._rows.leave_aside(times - room)
        self._column += times

    def _end_row(self) -> None:
        if self._rows is None:
            return
        if self._row:
            for offset in range(self._repeat):
                self._rows.add_row(self._number + offset, list(self._row))
        self._number += self._repeat - 1


def _count(attributes: dict[str, str], name: str) -> int:
    return max(int(attributes.get(name, "1")), 1)


def _shown(cell: dict[str, str], paragraphs: str) -> str:
    kind = cell.get("office:value-type") or cell.get("calcext:value-type", "string")
    if kind == "date":
        return _day(cell.get("office:date-value", ""), paragraphs)
    if kind == "boolean":
        return "ja" if cell.get("office:boolean-value") == "true" else "nein"
    if kind in {"float", "currency", "percentage"}:
        if _ZEROS_SHOWN.fullmatch(paragraphs.strip()):
            return paragraphs
        return _plain(cell.get("office:value", ""), paragraphs, percent=kind == "percentage")
    return paragraphs or cell.get("office:string-value", "")


def _plain(raw: str, paragraphs: str, *, percent: bool) -> str:
    try:
        value = Decimal(raw)
    except InvalidOperation:
        return paragraphs
    if not value.is_finite():
        return paragraphs
    return plain_number(value * 100) + " %" if percent else plain_number(value)


def _day(raw: str, paragraphs: str) -> str:
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d).*)?", raw.strip())
    if found is None:
        return paragraphs
    if found[3] == "01" and _MONTH_SHOWN.fullmatch(paragraphs.strip()):
        return f"{found[2]}.{found[1]}"
    day = f"{found[3]}.{found[2]}.{found[1]}"
    return day if (found[4] or "00", found[5] or "00") == ("00", "00") else f"{day} {found[4]}:{found[5]}"
