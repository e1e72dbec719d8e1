"""What an exchange file holds: a data package of the rows for a partner, and beside it the versions of each row.

The file holds the whole state of what it is about, not the changes since the last one: so any file may be lost, come late or twice.
"""

import csv
import io
import json
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection

from bjc_desktop.exchange.boundary import NOTED, Boundary, Values
from bjc_desktop.exchange.cells import Value
from bjc_desktop.exchange.field_groups import EXCHANGED, NOTE, columns_of, groups_of, table_named
from bjc_desktop.exchange.package_export import archive, as_json, table_csv
from bjc_desktop.exchange.selection import Selection
from bjc_desktop.exchange.stamping import Stamp, parsed_stamp, read_stamps, stamp_text
from bjc_desktop.exchange.table_schema import datapackage, resource
from bjc_desktop.exchange.versions import vector_text
from bjc_desktop.models.base import packaged_columns
from bjc_desktop.vault import NoteCipher

VERSIONS, HELD = "versions", "held"
VERSION_COLUMNS = ("table", "id", "stamp", "by", "at")
HELD_COLUMNS = ("table", "id", "group", "vector", "content", "by", "at")


def package_for(connection: Connection, selection: Selection, notes: NoteCipher | None) -> tuple[bytes, dict[str, int]]:
    """Return the ZIP of what goes to the partner of *selection*, and the number of rows of each table.

    *connection* must see the tables unmasked, and the stamps must be up to date.
    """
    writer = _Writer(connection, selection, notes)
    for table in EXCHANGED:
        writer.add(table.name)
    return writer.archive(), writer.counts


class _Writer:
    def __init__(self, connection: Connection, selection: Selection, notes: NoteCipher | None) -> None:
        self.connection, self.selection = connection, selection
        self.boundary = Boundary(connection, notes)
        self.counts: dict[str, int] = {}
        self._files: dict[str, bytes] = {}
        self._columns: dict[str, list[str]] = {}
        self._closed: set[str] = set()
        """Consultations whose note cannot be read by who writes; that there is none is known to all."""
        self._versions: list[tuple[str, ...]] = []
        self._held: list[tuple[str, ...]] = []

    def add(self, table: str) -> None:
        """Add the rows of *table*, their versions, and what was deleted."""
        rows = self._rows(table)
        stamps = read_stamps(self.connection, table, rows)
        sent: list[tuple[object, ...]] = []
        for identity, (row_id, values) in sorted(rows.items()):
            stamp = stamps.get(identity)
            if stamp is not None and stamp.vectors:
                self._withhold(table, row_id, stamp)
                sent.append((identity, *_shown(table, values, stamp)))
                self._note_versions(table, identity, stamp)
        fields = [(column.name, info) for column, info in packaged_columns(table_named(table))]
        self._columns[table] = [name for name, _ in fields]
        self._files[f"{table}.csv"], self.counts[table] = table_csv(fields, cast("list[tuple[Value, ...]]", sent))
        self._add_deletions(table, rows)

    def _rows(self, table: str) -> dict[str, tuple[str, Values]]:
        names = ", ".join(("id", *columns_of(table)))
        query = f"SELECT {names} FROM main.{table} WHERE {self.selection.condition(table)}"
        found = {}
        for row in self.connection.exec_driver_sql(query):
            values = self.boundary.outward(table, row[0], row[1:])
            found[self.boundary.identity(table, row[0])] = row[0], values
            if table == NOTED and _note(row[1:]) is not None and _note(values) is None:
                self._closed.add(row[0])
        return found

    def _withhold(self, table: str, row_id: str, stamp: Stamp) -> None:
        for group in groups_of(table):
            hidden = self.selection.withholds(table, group) or self.selection.withholds_of_row(table, group, row_id)
            if hidden or ((table, group) == (NOTED, NOTE) and row_id in self._closed):
                stamp.vectors.pop(group, None)
                stamp.held.pop(group, None)

    def _note_versions(self, table: str, identity: str, stamp: Stamp) -> None:
        self._versions.append((table, identity, stamp_text(stamp, table), stamp.changed_by, stamp.changed_at))
        for group, versions in stamp.held.items():
            for version in versions:
                content = self.boundary.held_outward(table, group, identity, version.content)
                if content is not None:
                    who, at = stamp.held_by.get(version.vector, ("", ""))
                    text = json.dumps(content, ensure_ascii=False)
                    self._held.append((table, identity, group, vector_text(version.vector), text, who, at))

    def _add_deletions(self, table: str, sent: Container[str]) -> None:
        condition = self.selection.deletion_condition(table)
        query = (
            f"SELECT entity_id, stamps, changed_by, changed_at FROM row_stamps WHERE entity = ? AND deleted = 1 AND {condition}"
        )
        for identity, text, who, at in self.connection.exec_driver_sql(query, (table,)):
            if identity not in sent:
                stamp = Stamp({}, parsed_stamp(table, text).existence)
                self._versions.append((table, identity, stamp_text(stamp, table), who, at))

    def archive(self) -> bytes:
        """Return the package as a ZIP."""
        self._files[f"{VERSIONS}.csv"] = _plain_csv(VERSION_COLUMNS, sorted(self._versions))
        self._files[f"{HELD}.csv"] = _plain_csv(HELD_COLUMNS, sorted(self._held))
        descriptor = datapackage("bjc-exchange", self._columns)
        descriptor["resources"] += [_plain_resource(VERSIONS, VERSION_COLUMNS), _plain_resource(HELD, HELD_COLUMNS)]
        return archive({**self._files, "datapackage.json": as_json(descriptor)})


def _note(values: Sequence[object]) -> object:
    return values[columns_of(NOTED).index("note")]


def _shown(table: str, values: Values, stamp: Stamp) -> list[object]:
    shown = {column for group, names in groups_of(table).items() if group in stamp.vectors for column in names}
    return [value if name in shown else None for name, value in zip(columns_of(table), values, strict=True)]


def _plain_csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()


def _plain_resource(name: str, columns: Sequence[str]) -> Mapping[str, Any]:
    return resource(name, {"fields": [{"name": column, "type": "string"} for column in columns], "missingValues": [""]})
