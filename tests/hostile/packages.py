"""Data packages with something in every column of every table, made from what the models know about their fields."""

import csv
import io
import json
import uuid
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bjc_desktop.exchange.table_schema import datapackage, tables
from bjc_desktop.models.base import FieldInfo, Kind, packaged_columns

TEXT_KINDS = {Kind.TEXT, Kind.LONG_TEXT, Kind.NOTE}
TEXT_FIELDS = [
    (table.name, column.name, info) for table in tables() for column, info in packaged_columns(table) if info.kind in TEXT_KINDS
]
Rows = list[dict[str, str]]


def identifier(table: str, number: int) -> str:
    """Return the id of row *number* of *table*."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{table} {number}"))


def full_rows(count: int, text: Callable[[str, str, int], str]) -> dict[str, Rows]:
    """Return *count* rows for each table, row n pointing to rows n; *text* gives the text of a table's column and row."""
    return {
        table.name: [
            {column.name: _cell(table.name, column, info, number, text) for column, info in packaged_columns(table)}
            for number in range(count)
        ]
        for table in tables()
    }


def _cell(table: str, column, info: FieldInfo, number: int, text: Callable[[str, str, int], str]) -> str:
    if column.name == "id":
        return identifier(table, number)
    for key in column.foreign_keys:
        return identifier(key.column.table.name, number)
    fixed = {"status": "held", "role": "job_coach", "cancelled": "false"}
    if info.kind in TEXT_KINDS:
        return text(table, column.name, number)
    if info.kind is Kind.CHOICE:
        keys = [value.value for value in info.values]
        return fixed[column.name] if fixed.get(column.name) in keys else keys[0]
    simple = {Kind.ID: identifier("group", number), Kind.DATE: "2025-07-15", Kind.MONTH: "2025-07", Kind.BOOLEAN: "true"}
    return fixed.get(column.name) or simple.get(info.kind) or str(info.maximum or info.minimum or 1)


def write_package(folder: Path, rows: Mapping[str, Sequence[Mapping[str, str]]]) -> Path:
    """Write *rows* as a data package to the new *folder*."""
    folder.mkdir()
    for table, lines in rows.items():
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(lines[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(lines)
        (folder / f"{table}.csv").write_bytes(text.getvalue().encode())
    descriptor = datapackage("bjc-test", {table: list(lines[0]) for table, lines in rows.items()})
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    return folder


def read_rows(path: Path) -> dict[str, Rows]:
    """Return the rows of the packed data package at *path*, table by table, in the order of their ids."""
    with zipfile.ZipFile(path) as archive:
        return {
            table.name: sorted(
                csv.DictReader(io.StringIO(archive.read(f"{table.name}.csv").decode(), newline="")), key=lambda row: row["id"]
            )
            for table in tables()
        }
