"""One CSV table of a data package: decoded, split, and converted column by column."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Table

from bjc_desktop.exchange.cells import CellError, Value, is_uuid, parser
from bjc_desktop.models.base import FieldInfo, Kind, packaged_columns

MAXIMUM_COLUMNS = 200
MAXIMUM_CELL = 1_000_000
"""Characters of one cell."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong where: file, row (the header is row 1), column, and what to do."""

    file: str
    row: int | None
    column: str | None
    text: str

    def __str__(self) -> str:
        """Return the fault as one line."""
        place = [self.file]
        if self.row is not None:
            place.append(f"Zeile {self.row}")
        if self.column is not None:
            place.append(f"Spalte {self.column}")
        return f"{', '.join(place)}: {self.text}."


@dataclass
class TableContent:
    """A table as read: the columns that it has, each with one value per row."""

    table: Table
    columns: dict[str, list[Value]] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    """The line of the file in which each row stands; the header is line 1."""
    unknown: list[str] = field(default_factory=list)

    @property
    def file(self) -> str:
        """The file's name, for faults."""
        return f"{self.table.name}.csv"

    @property
    def ids(self) -> list[Value]:
        """The ids of the rows."""
        return self.columns.get("id", [])


def read_table(table: Table, content: bytes, faults: list[Fault]) -> TableContent:
    """Return the table in *content*; what is wrong with it is added to *faults*."""
    result = TableContent(table)
    text = _decoded(content)
    if text is None:
        faults.append(Fault(result.file, None, None, "Die Zeichenkodierung ist unbekannt; bitte als UTF-8 speichern"))
        return result
    try:
        header, lines, cells = _split(text)
    except csv.Error:
        faults.append(
            Fault(result.file, None, None, "Die Datei ist kein gültiges CSV (abgebrochen oder offenes Anführungszeichen)")
        )
        return result
    fields = _fields(result, header, faults)
    if fields is None:
        return result
    _convert(result, fields, lines, _complete(result, header, lines, cells, faults), faults)
    return result


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _split(text: str) -> tuple[list[str], list[int], list[list[str]]]:
    """Return the header, and for each row that is not empty its line number and its cells."""
    first = text[:100_000].split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    csv.field_size_limit(MAXIMUM_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header = next(reader, [])
    rows = [(reader.line_num, row) for row in reader if row]
    return header, [line for line, _ in rows], [row for _, row in rows]


def _fields(result: TableContent, header: Sequence[str], faults: list[Fault]) -> list[tuple[int, Column[Any], FieldInfo]] | None:
    """Match the header with the table's fields, by English name or German title; None where it cannot be used."""
    if not any(name.strip() for name in header):
        faults.append(Fault(result.file, None, None, "Die Datei ist leer; bitte eine Kopfzeile ergänzen"))
        return None
    if len(header) > MAXIMUM_COLUMNS:
        faults.append(
            Fault(result.file, 1, None, f"Die Tabelle hat mehr als {MAXIMUM_COLUMNS} Spalten; bitte das Trennzeichen prüfen")
        )
        return None
    known: dict[str, tuple[Column[Any], FieldInfo]] = {}
    for column, info in packaged_columns(result.table):
        known.setdefault(info.title.casefold(), (column, info))
    known |= {column.name: (column, info) for column, info in packaged_columns(result.table)}
    fields, seen = [], set()
    for index, name in enumerate(header):
        match = known.get(name.strip().casefold())
        if match is None:
            result.unknown.append(f"Spalte {index + 1}")
        elif match[0].name in seen:
            faults.append(Fault(result.file, 1, match[0].name, "Die Spalte kommt doppelt vor; bitte eine entfernen"))
            return None
        else:
            seen.add(match[0].name)
            fields.append((index, *match))
    if "id" not in seen:
        faults.append(Fault(result.file, 1, "id", "Die Spalte fehlt; jede Zeile braucht eine Kennung"))
        return None
    return fields


def _complete(
    result: TableContent, header: Sequence[str], lines: list[int], cells: list[list[str]], faults: list[Fault]
) -> list[list[str]]:
    """Report rows with too few or too many cells, and make them usable for the search for further faults."""
    width = len(header)
    for index, row in enumerate(cells):
        if len(row) == width:
            continue
        if len(row) < width or any(cell.strip() for cell in row[width:]):
            faults.append(
                Fault(result.file, lines[index], None, f"Die Zeile hat {len(row)} statt {width} Zellen; bitte ergänzen")
            )
        cells[index] = (row + [""] * width)[:width]
    return cells


def _convert(
    result: TableContent,
    fields: list[tuple[int, Column[Any], FieldInfo]],
    lines: list[int],
    cells: list[list[str]],
    faults: list[Fault],
) -> None:
    result.rows = lines
    columns = list(zip(*cells, strict=True)) if cells else []
    for index, column, info in fields:
        texts = columns[index] if columns else ()
        result.columns[column.name] = _column_values(result, column, info, texts, faults)


def _column_values(
    result: TableContent, column: Column[Any], info: FieldInfo, texts: Sequence[str], faults: list[Fault]
) -> list[Value]:
    """Convert a column: each distinct text once, for a column has far fewer of them than rows."""
    if info.kind is Kind.ID and column.name == "id" and all(map(is_uuid, texts)):
        return list(texts)
    values: dict[str, Value] = {}
    errors: dict[str, str] = {}
    empty: Value = 0 if info.kind is Kind.BOOLEAN and not column.nullable else None
    parse = parser(info)
    for text in set(texts):
        values[text] = _value(text, parse, empty, errors)
    if not column.nullable and empty is None and values.get("", ...) is None:
        errors[""] = "Der Wert fehlt; bitte ergänzen"
    if errors:
        faults.extend(
            Fault(result.file, line, column.name, errors[text])
            for line, text in zip(result.rows, texts, strict=True)
            if text in errors
        )
    return [values[text] for text in texts]


def _value(text: str, parse: Callable[[str], Value], empty: Value, errors: dict[str, str]) -> Value:
    if text == "":
        return empty
    try:
        return parse(text)
    except CellError as error:
        shown = f"„{text.strip()[:40]}“" if error.shown else "Der Wert"
        errors[text] = f"{shown} {error}"
        return empty
