"""Carrying out what an exchange file brings, in one transaction, so that it can be taken back as a whole."""

import base64
import json
import uuid
import zlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert
from sqlalchemy.orm import Session

from bjc_desktop.exchange.boundary import Boundary
from bjc_desktop.exchange.field_groups import EXCHANGED, columns_of
from bjc_desktop.exchange.merge_plan import MergedRow, Plan
from bjc_desktop.exchange.needed_rows import DELETED_ALONG
from bjc_desktop.exchange.package_checks import select_by
from bjc_desktop.exchange.stamping import mark_stamped, people_by_identity, write_stamps
from bjc_desktop.exchange.versions import vector_text
from bjc_desktop.models import Base
from bjc_desktop.models.coachee_keys import write_imported_keys
from bjc_desktop.vault import Actor, RowChange, record_event, record_row_changes

TAKEN_IN = "exchange"
"""The action of the event in the change record."""
_ORDER = tuple(table.name for table in EXCHANGED)
_STAMP = ("entity", "entity_id", "coachee_id", "stamps", "deleted", "changed_by", "changed_at")


@dataclass(frozen=True, slots=True)
class Origin:
    """Whose file it is: the partner's id, and the file's SHA-256."""

    partner_id: str
    digest: str


def carry_out(session: Session, boundary: Boundary, plan: Plan, origin: Origin, actor: Actor, now: datetime) -> int:
    """Write what *plan* says, and return the id of the event in the change record."""
    connection = session.connection()
    before = _before(connection, plan)
    counts = {table: plan.counted(table) for table in _ORDER if any(plan.counted(table))}
    payload = {"partner": origin.partner_id, "file": origin.digest, "counts": counts}
    event = record_event(session, actor, TAKEN_IN, payload, now=now)
    writer = _Writer(connection, boundary, actor, now, event)
    for table in _ORDER:
        writer.insert(table, [row for row in plan.rows[table].values() if row.before is None and row.after is not None])
    for table in _ORDER:
        writer.update(table, [row for row in plan.rows[table].values() if None not in {row.before, row.after} and row.is_changed])
    # Before anything goes: what waits about somebody who was joined into another follows its row there.
    writer.hold(plan.all_rows())
    for table in reversed(_ORDER):
        writer.delete(table, [row for row in plan.rows[table].values() if row.before is not None and row.after is None])
    for table in _ORDER:
        write_stamps(connection, table, {row.identity: row.stamp for row in plan.rows[table].values()})
    mark_stamped(connection)
    _note_file(connection, origin, now, event, counts, before)
    session.expire_all()
    return event


def _note_file(connection: Connection, origin: Origin, now: datetime, event: int, counts: object, before: bytes) -> None:
    row = {
        "change_id": event,
        "digest": origin.digest,
        "partner_id": origin.partner_id,
        "at": now.astimezone(UTC).replace(tzinfo=None),
        "counts": json.dumps(counts),
        "before": before,
    }
    connection.execute(insert(Base.metadata.tables["exchange_files"]), [row])


class _Writer:
    def __init__(self, connection: Connection, boundary: Boundary, actor: Actor, now: datetime, event: int) -> None:
        self.connection, self.boundary = connection, boundary
        self.actor, self.now, self.event = actor, now, event

    def insert(self, table: str, rows: list[MergedRow]) -> None:
        """Insert *rows*; the event stands for all of them, but one that was here before gets a record of its own."""
        if not rows:
            return
        columns = ("id", *columns_of(table))
        versions = self._last_versions(table, rows)
        again = [row for row in rows if row.row_id in versions]
        changes = [
            RowChange(table, row.row_id, "insert", versions[row.row_id] + 1, _fields(row), row.stamp.coachee_id) for row in again
        ]
        records = dict(zip((row.row_id for row in again), self._recorded(changes), strict=True))
        marks = ", ".join("?" * (len(columns) + 2))
        statement = f"INSERT INTO {table} ({', '.join((*columns, 'row_version', 'change_id'))}) VALUES ({marks})"
        values = [
            (row.row_id, *(row.after or ()), versions.get(row.row_id, 0) + 1, records.get(row.row_id, self.event))
            for row in sorted(rows, key=lambda row: row.row_id)
        ]
        self.connection.exec_driver_sql(statement, values)
        self._write_keys(table, rows)

    def _last_versions(self, table: str, rows: Iterable[MergedRow]) -> dict[str, int]:
        """Return the last version of each row that was deleted here once: none stands for two states."""
        found: dict[str, int] = {}
        ids = [row.row_id for row in rows if row.stamp.existence]
        for entity, key, version in select_by(
            self.connection, "change_records", ("entity", "entity_id", "entity_version"), "entity_id", ids
        ):
            if entity == table and version is not None:
                found[key] = max(version, found.get(key, 0))
        return found

    def update(self, table: str, rows: list[MergedRow]) -> None:
        """Change *rows*, each with a record of what it was and is."""
        if not rows:
            return
        versions = dict(select_by(self.connection, f"main.{table}", ("id", "row_version"), "id", [row.row_id for row in rows]))
        changes = [
            RowChange(table, row.row_id, "update", versions[row.row_id] + 1, _fields(row), row.stamp.coachee_id) for row in rows
        ]
        columns = columns_of(table)
        settings = ", ".join(f"{name} = ?" for name in (*columns, "row_version", "change_id"))
        values = [
            (*(row.after or ()), change.version, record, row.row_id)
            for row, change, record in zip(rows, changes, self._recorded(changes), strict=True)
        ]
        self.connection.exec_driver_sql(f"UPDATE {table} SET {settings} WHERE id = ?", values)
        self._write_keys(table, rows)

    def delete(self, table: str, rows: list[MergedRow]) -> None:
        """Delete *rows*, each with a record of what it was, and what goes along with them."""
        ids = [row.row_id for row in rows]
        if not ids:
            return
        if table == "coachees":
            self._follow_rows(ids)
        for child in DELETED_ALONG:
            for column in _columns_to(child, table):
                self._delete_along(child, column, ids)
        versions = dict(select_by(self.connection, f"main.{table}", ("id", "row_version"), "id", ids))
        changes = [
            RowChange(table, row.row_id, "delete", versions[row.row_id] + 1, _fields(row), row.stamp.coachee_id) for row in rows
        ]
        self._recorded(changes)
        self.connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = ?", [(row_id,) for row_id in ids])

    def _follow_rows(self, people: list[str]) -> None:
        """Let the versions that wait belong to whom their rows belong to now, where they left one of *people*."""
        found: dict[str, dict[str, list[tuple[str, str, int]]]] = defaultdict(lambda: defaultdict(list))
        columns = ("entity", "entity_id", "id", "coachee_id", "row_version")
        for entity, key, *version in select_by(self.connection, "main.held_versions", columns, "coachee_id", people):
            found[entity][key].append(tuple(version))
        for entity, held in found.items():
            owners = people_by_identity(self.connection, entity, {key: self.boundary.local_id(entity, key) for key in held})
            for key, person in owners.items():
                if person not in people:
                    self._give_to(person, held[key])

    def _give_to(self, person: str, versions: list[tuple[str, str, int]]) -> None:
        changes = [
            RowChange("held_versions", row_id, "update", number + 1, {"coachee_id": (before, person)}, person)
            for row_id, before, number in versions
        ]
        rows = [
            (person, change.version, record, change.entity_id)
            for change, record in zip(changes, self._recorded(changes), strict=True)
        ]
        self.connection.exec_driver_sql(
            "UPDATE held_versions SET coachee_id = ?, row_version = ?, change_id = ? WHERE id = ?", rows
        )

    def _delete_along(self, table: str, column: str, ids: list[str]) -> None:
        names = [name.name for name in Base.metadata.tables[table].columns]
        found = [dict(zip(names, row, strict=True)) for row in select_by(self.connection, f"main.{table}", names, column, ids)]
        changes = [
            RowChange(
                table,
                row["id"],
                "delete",
                row["row_version"] + 1,
                {name: (value, None) for name, value in row.items() if name not in _OWN and value is not None},
            )
            for row in found
        ]
        if found:
            self._recorded(changes)
            self.connection.exec_driver_sql(f"DELETE FROM {table} WHERE id = ?", [(row["id"],) for row in found])

    def _recorded(self, changes: list[RowChange]) -> range:
        if not changes:
            return range(0)
        return record_row_changes(self.connection, self.actor, changes, now=self.now, transaction_id=self.event)

    def _write_keys(self, table: str, rows: Iterable[MergedRow]) -> None:
        if table == "coachees":
            columns = ("id", *columns_of(table))
            write_imported_keys(self.connection, columns, [(row.row_id, *(row.after or ())) for row in rows])

    def hold(self, rows: Iterable[MergedRow]) -> None:
        """Keep the versions that stand beside those of the tables, until somebody decides."""
        made = [
            (
                str(uuid.uuid4()),
                row.table,
                row.identity,
                group,
                vector_text(version.vector),
                self._held_text(row, group, version.content),
                row.stamp.coachee_id if row.after is not None else None,
                *row.stamp.held_by.get(version.vector, ("", "")),
                self.event,
            )
            for row in rows
            for group, version in row.new_held
            if version.vector in row.stamp.waiting(group)
        ]
        if made:
            columns = "id, entity, entity_id, field_group, vector, content, coachee_id, changed_by, changed_at, change_id"
            self.connection.exec_driver_sql(f"INSERT INTO held_versions ({columns}) VALUES ({', '.join('?' * 10)})", made)

    def _held_text(self, row: MergedRow, group: str, content: object) -> str | None:
        if not isinstance(content, tuple):
            return None
        return json.dumps(self.boundary.held_inward(row.table, group, row.identity, content), ensure_ascii=False)


_OWN = frozenset({"id", "row_version", "change_id"})


def _fields(row: MergedRow) -> dict[str, tuple[object, object]]:
    """Return the fields that change, before and after; ciphertext as whole text, so that it can be taken back."""
    names = columns_of(row.table)
    nothing = (None,) * len(names)
    return {
        name: (_whole(old), _whole(new))
        for name, old, new in zip(names, row.before or nothing, row.after or nothing, strict=True)
        if old != new
    }


def _whole(value: object) -> object:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _columns_to(child: str, table: str) -> Iterable[str]:
    for column in Base.metadata.tables[child].columns:
        if any(key.column.table.name == table for key in column.foreign_keys):
            yield column.name


# --- what it was before -------------------------------------------------------------------------------------------------------


def _before(connection: Connection, plan: Plan) -> bytes:
    """Return stamps and held versions of the rows in *plan* as they are now, compressed."""
    stamps, held = [], []
    names = [column.name for column in Base.metadata.tables["held_versions"].columns]
    for table, rows in plan.rows.items():
        stamps += [row for row in select_by(connection, "row_stamps", _STAMP, "entity_id", rows) if row[0] == table]
        held += [row for row in select_by(connection, "held_versions", names, "entity_id", rows) if row[1] == table]
    touched = [(row.table, row.identity) for row in plan.all_rows()]
    return zlib.compress(json.dumps({"touched": touched, "stamps": stamps, "held": held}, ensure_ascii=False).encode())


def put_stamps_back(connection: Connection, before: bytes) -> None:
    """Write the stamps and held versions that :func:`carry_out` found before it changed them."""
    data = json.loads(zlib.decompress(before))
    names = [column.name for column in Base.metadata.tables["held_versions"].columns]
    for statement, rows in (
        ("DELETE FROM row_stamps WHERE entity = ? AND entity_id = ?", data["touched"]),
        ("DELETE FROM held_versions WHERE entity = ? AND entity_id = ?", data["touched"]),
        (f"INSERT INTO row_stamps ({', '.join(_STAMP)}) VALUES ({', '.join('?' * len(_STAMP))})", data["stamps"]),
        (f"INSERT INTO held_versions ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})", data["held"]),
    ):
        if rows:
            connection.exec_driver_sql(statement, [tuple(row) for row in rows])


def touched_by(before: bytes) -> set[tuple[str, str]]:
    """Return table and identity of the rows that :func:`carry_out` touched, from what it noted."""
    return {(table, key) for table, key in json.loads(zlib.decompress(before))["touched"]}
