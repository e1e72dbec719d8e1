"""An XLSX workbook, read part by part as it streams by: values only, no formula is ever computed.

Source: ECMA-376 part 1 (transitional and strict), 18.2 to 18.8.
"""

import posixpath
import re

from bjc_desktop.errors import ListError
from bjc_desktop.exchange.lists.archive_parts import UNREADABLE, Parts, XmlHandler, local
from bjc_desktop.exchange.lists.limits import MAXIMUM_COLUMNS, MAXIMUM_ROWS, MAXIMUM_SHEETS, Step
from bjc_desktop.exchange.lists.number_formats import Shape, shape_of, shown_number
from bjc_desktop.exchange.lists.row_gathering import TOO_MANY_ROWS, RowGatherer, Texts
from bjc_desktop.exchange.lists.sheets import Area, Sheet

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_FAR = 16_384
_DOCUMENT = "xl/workbook.xml"


def read_xlsx(parts: Parts, step: Step) -> tuple[Sheet, ...]:
    """Return the sheets of the workbook.

    Raises
    ------
    ListError
        where it is no workbook, or larger than a list may be.
    """
    book = _Book()
    parts.walk(_document(parts), book)
    links = _links_of(parts, _document(parts))
    formats, strings, texts = _Formats(), _Strings(), Texts()
    for kind, handler in (("styles", formats), ("sharedStrings", strings)):
        for target in links.by_kind(kind)[:1]:
            parts.walk(target, handler)
    wanted = [(name, hidden, links.target(key)) for name, key, hidden in book.sheets[:MAXIMUM_SHEETS]]
    present = [(name, hidden, target) for name, hidden, target in wanted if target in parts.sizes]
    if not present:
        raise ListError(UNREADABLE)
    whole, before, sheets = sum(parts.sizes[target] for *_, target in present), 0, []
    for name, hidden, target in present:
        reader = _SheetReader(RowGatherer(name, texts), strings.texts, formats.shapes, from_1904=book.from_1904)
        parts.walk(target, reader, _part_of(step, before, whole))
        before += parts.sizes[target]
        sheets.append(reader.rows.sheet(hidden=hidden))
    return tuple(sheets)


def _part_of(step: Step, before: int, whole: int) -> Step:
    return lambda done, _: step(before + done, whole)


def _document(parts: Parts) -> str:
    if "_rels/.rels" in parts.sizes:
        links = _Links("")
        parts.walk("_rels/.rels", links)
        return next(iter(links.by_kind("officeDocument")), _DOCUMENT)
    return _DOCUMENT


def _links_of(parts: Parts, document: str) -> "_Links":
    folder, name = posixpath.split(document)
    links = _Links(folder)
    parts.walk(f"{folder}/_rels/{name}.rels", links)
    return links


class _Links(XmlHandler):
    """The relations of a part: which part has which id and kind."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._found: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:  # type: ignore[override]
        if local(name) == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(self._folder, target))
            self._found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], path)

    def end(self, name: str) -> None:  # type: ignore[override]
        """Nothing ends."""

    def text(self, text: str) -> None:  # type: ignore[override]
        """There is no text."""

    def by_kind(self, kind: str) -> list[str]:
        return [target for found, target in self._found.values() if found == kind]

    def target(self, key: str) -> str:
        return self._found.get(key, ("", ""))[1]


class _Book(XmlHandler):
    """The workbook part: names of sheets, and how days are counted."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        self.from_1904 = False

    def start(self, name: str, attributes: dict[str, str]) -> None:  # type: ignore[override]
        element = local(name)
        if element == "workbookPr":
            self.from_1904 = attributes.get("date1904", "0").lower() in {"1", "true", "on"}
        elif element == "sheet":
            key = next((value for found, value in attributes.items() if local(found) == "id"), "")
            self.sheets.append((attributes.get("name", ""), key, attributes.get("state", "visible") != "visible"))

    def end(self, name: str) -> None:  # type: ignore[override]
        """Nothing ends."""

    def text(self, text: str) -> None:  # type: ignore[override]
        """There is no text."""


class _Formats(XmlHandler):
    """The styles part: for each style of a cell what it makes of a number."""

    def __init__(self) -> None:
        self.shapes: list[tuple[Shape, int]] = []
        self._codes: dict[int, str] = {}
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:  # type: ignore[override]
        element = local(name)
        if element == "numFmt":
            self._codes[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif element == "cellXfs":
            self._inside = True
        elif element == "xf" and self._inside:
            number = int(attributes.get("numFmtId", "0"))
            self.shapes.append(shape_of(number, self._codes.get(number)))

    def end(self, name: str) -> None:  # type: ignore[override]
        if local(name) == "cellXfs":
            self._inside = False

    def text(self, text: str) -> None:  # type: ignore[override]
        """There is no text."""


class _Strings(XmlHandler):
    """The shared strings, without the readings that Japanese workbooks carry beside them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._wanted = False
        self._reading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:  # type: ignore[override]
        _ = attributes
        element = local(name)
        if element == "si":
            self._parts.clear()
        elif element == "rPh":
            self._reading = True
        elif element == "t":
            self._wanted = not self._reading

    def end(self, name: str) -> None:  # type: ignore[override]
        element = local(name)
        if element == "si":
            self.texts.append(_unescaped("".join(self._parts)))
        elif element == "rPh":
            self._reading = False
        elif element == "t":
            self._wanted = False

    def text(self, text: str) -> None:  # type: ignore[override]
        if self._wanted:
            self._parts.append(text)


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class _SheetReader(XmlHandler):
    """A sheet's cells: each goes where its reference says, whatever stands before it."""

    def __init__(self, rows: RowGatherer, strings: list[str], shapes: list[tuple[Shape, int]], *, from_1904: bool) -> None:
        self.rows = rows
        self._strings, self._shapes, self._from_1904 = strings, shapes, from_1904
        self._number, self._row = 0, list[str]()
        self._column, self._kind, self._style = -1, "n", 0
        self._parts: list[str] = []
        self._wanted = self._reading = False
        self._columns: dict[str, int] = {}
        self._shown: dict[tuple[str, int], str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:  # type: ignore[override]
        if ":" in name:
            name = local(name)
        if name == "c":
            self._column = self._place(attributes.get("r"))
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s", "0"))
            self._parts.clear()
        elif name in {"v", "t"}:
            self._wanted = not self._reading
        elif name == "row":
            self._begin_row(attributes.get("r"))
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif name == "rPh":
            self._reading = True

    def end(self, name: str) -> None:  # type: ignore[override]
        if ":" in name:
            name = local(name)
        if name in {"v", "t"}:
            self._wanted = False
        elif name == "rPh":
            self._reading = False
        elif name == "c":
            if self._parts:
                self._put(self._value("".join(self._parts)))
        elif name == "row":
            self.rows.add_row(self._number, self._row)

    def text(self, text: str) -> None:  # type: ignore[override]
        if self._wanted:
            self._parts.append(text)

    def _begin_row(self, reference: str | None) -> None:
        self._number = int(reference) if reference else self._number + 1
        if not 0 < self._number <= MAXIMUM_ROWS:
            raise ListError(TOO_MANY_ROWS)
        self._row, self._column = [], -1

    def _place(self, reference: str | None) -> int:
        if reference is None:
            return self._column + 1
        letters = reference.rstrip("0123456789")
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = _column_number(letters)
        return column

    def _value(self, raw: str) -> str:
        kind = self._kind
        if kind == "s":
            index = int(raw)
            return self._strings[index] if 0 <= index < len(self._strings) else ""
        if kind == "n":
            return self._number_text(raw)
        if kind == "b":
            return "ja" if raw.strip() == "1" else "nein"
        return _iso_day(raw) if kind == "d" else _unescaped(raw)

    def _number_text(self, raw: str) -> str:
        key = (raw, self._style)
        if (known := self._shown.get(key)) is None:
            shape, digits = self._shapes[self._style] if 0 <= self._style < len(self._shapes) else (Shape.PLAIN, 0)
            known = self._shown[key] = shown_number(raw, shape, digits, from_1904=self._from_1904)
        return known

    def _put(self, value: str) -> None:
        if self._column >= MAXIMUM_COLUMNS:
            self.rows.leave_aside()
            return
        row = self._row
        if self._column == len(row):
            row.append(value)
        elif self._column < len(row):
            row[self._column] = value
        else:
            row.extend([""] * (self._column - len(row)))
            row.append(value)

    def _merge(self, reference: str) -> None:
        ends = [_REFERENCE.fullmatch(part) for part in reference.split(":")]
        first, last = ends[0], ends[-1]
        if first is not None and last is not None:
            self.rows.merged.append(Area(int(first[2]), _column_number(first[1]), int(last[2]), _column_number(last[1])))


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
        if not 0 < number <= _FAR:
            raise ListError(UNREADABLE)
    return number - 1


def _iso_day(raw: str) -> str:
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:T00:00:00(?:\.0*)?Z?)?", raw.strip())
    return f"{found[3]}.{found[2]}.{found[1]}" if found else raw
