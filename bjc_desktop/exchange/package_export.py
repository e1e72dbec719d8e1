"""The vault as a data package: written strictly, the same bytes for the same content."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from sqlalchemy import Connection, Table

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.exchange.cells import Value, written
from bjc_desktop.exchange.table_schema import datapackage, tables
from bjc_desktop.models.base import FieldInfo, Kind, packaged_columns
from bjc_desktop.vault import Leaving, NoteCipher, Vault, account_for
from bjc_desktop.vault.durable import PART, write_file
from bjc_desktop.vault.role_rights import assert_sees_all_cases

_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time that every file in an archive bears: the same content gives the same bytes."""


def export_package(vault: Vault, path: Path) -> dict[str, int]:
    """Write everything in *vault* that a data package holds to the ZIP *path*; return the number of rows per table.

    Who lacks the key to the notes exports without the column ``note``.

    Raises
    ------
    VaultError
        where the user does not see all cases.
    InvalidInputError
        where the file exists already or its folder does not.
    DiskFullError
        where there is no room; nothing is left behind.
    """
    assert_sees_all_cases(vault.user.roles)
    if path.exists():
        raise InvalidInputError({"out": "Die Zieldatei gibt es schon; bitte einen anderen Namen wählen."})
    if not path.parent.is_dir():
        raise InvalidInputError({"out": "Den Ordner der Zieldatei gibt es nicht; bitte zuerst anlegen."})
    files: dict[str, bytes] = {}
    counts: dict[str, int] = {}
    columns: dict[str, list[str]] = {}
    with vault.reading() as connection:
        for table in tables():
            fields = [(c.name, info) for c, info in packaged_columns(table) if info.kind is not Kind.NOTE or vault.notes]
            rows = _rows(connection, table, [name for name, _ in fields], vault.notes)
            columns[table.name] = [name for name, _ in fields]
            files[f"{table.name}.csv"], counts[table.name] = table_csv(fields, rows)
    files["datapackage.json"] = as_json(datapackage("bjc-export", columns))
    account_for(vault, Leaving.EXPORT, "package", {"notes": vault.notes is not None})
    # One name for all exports of a vault: what a kill leaves is gone after the next one.
    write_file(path, archive(files), part=path.with_name(f".bjc-export.{vault.id[:8]}{PART}"))
    return counts


def _rows(connection: Connection, table: Table, names: list[str], notes: NoteCipher | None) -> Iterable[Sequence[Value]]:
    statement = f"SELECT {', '.join(names)} FROM {table.name} ORDER BY id"
    rows = connection.exec_driver_sql(statement)
    if "note" not in names or notes is None:
        return rows.all()
    position = names.index("note")
    return (
        row if row[position] is None else (*row[:position], notes.decrypt(row[0], row[position]), *row[position + 1 :])
        for row in rows
    )


def table_csv(fields: Sequence[tuple[str, FieldInfo]], rows: Iterable[Sequence[Value]]) -> tuple[bytes, int]:
    """Return *rows* as CSV in the strict syntax of a data package (RFC 4180, UTF-8), and their number."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([name for name, _ in fields])
    booleans = [index for index, (_, info) in enumerate(fields) if info.kind is Kind.BOOLEAN]
    count = 0
    for row in rows:
        count += 1
        cells = list(row)
        for index in booleans:
            cells[index] = written(fields[index][1], cells[index])
        writer.writerow(cells)
    return text.getvalue().encode(), count


def as_json(value: object) -> bytes:
    """Return *value* as JSON for people and programs: indented, UTF-8, a line end at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def archive(files: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return *files* as a ZIP whose bytes follow from the content alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as target:
        for name, content in files.items():
            info = zipfile.ZipInfo(name, _MOMENT)
            info.compress_type = compression
            info.external_attr = 0o600 << 16
            target.writestr(info, content)
    return buffer.getvalue()
