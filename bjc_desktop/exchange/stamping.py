"""Stamping: which versions the rows of this vault have, kept up with the change record whenever something is exchanged.

Ordinary work writes no stamps. Before files are written or read, what was changed since the last time gets the number of its change
record as its clock. So a coach who never exchanges pays nothing, and the change record stays the one log there is.
"""

import hashlib
import json
import os
import socket
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, RowMapping

from bjc_desktop.exchange.field_groups import EXCHANGED, NATURAL_KEYS, group_of, groups_of, natural_identity, references_of
from bjc_desktop.exchange.package_checks import select_by
from bjc_desktop.exchange.versions import (
    DELETED,
    EXISTENCE,
    PRESENT,
    Cell,
    RowState,
    Vector,
    Version,
    deleted,
    edited,
    is_alive,
    parsed_vector,
    revived,
    vector_text,
)
from bjc_desktop.vault import Vault, read_payload
from bjc_desktop.vault.change_chain import tail_of
from bjc_desktop.vault.changes import concerns_people, people_of
from bjc_desktop.vault.restoring import restored_from

ALL = "*"
"""Stands in a stamp for all groups that it does not name."""
_ORIGIN, _PLACE, _UNTIL = "exchange_origin", "exchange_place", "exchange_stamped"
_ORIGIN_BYTES = 6


@dataclass
class Stamp:
    """What is known of one row's versions, and who changed it last."""

    vectors: dict[str, Vector]
    """By group: the version that the table holds. A row that came without some of its groups has none for these."""
    existence: tuple[tuple[str, Vector], ...] = ()
    """Deletions, and decisions that the row stays."""
    coachee_id: str | None = None
    changed_by: str = ""
    changed_at: str = ""
    held: dict[str, list[Version]] = field(default_factory=dict)
    """Versions beside the ones in the table, by group."""
    held_by: dict[Vector, tuple[str, str]] = field(default_factory=dict)
    """Who made a held version, and when."""

    def state(self, contents: Mapping[str, object] | None = None) -> dict[str, Cell]:
        """Return the row's cells, with *contents* by group where they are known."""
        known = contents or {}
        cells: dict[str, Cell] = {
            group: (Version(vector, known.get(group)), *self.held.get(group, ())) for group, vector in self.vectors.items()
        }
        if self.existence:
            cells[EXISTENCE] = tuple(Version(vector, content) for content, vector in self.existence)
        return cells

    def take(self, state: RowState) -> None:
        """Take over the versions of *state*: the first of each cell stands in the table, the others are held.

        Of a row that is deleted none are held: there is nothing to decide between any more, and a deletion travels without them.
        """
        alive = EXISTENCE not in state or is_alive(state)
        self.vectors = {group: cell[0].vector for group, cell in state.items() if group != EXISTENCE}
        self.held = {group: list(cell[1:]) for group, cell in state.items() if alive and group != EXISTENCE and len(cell) > 1}
        self.existence = tuple((str(version.content), version.vector) for version in state.get(EXISTENCE, ()))

    def waiting(self, group: str) -> tuple[Vector, ...]:
        """Return the versions of *group* that wait for a decision; of the existence, deletions that were not heeded."""
        if group != EXISTENCE:
            return tuple(version.vector for version in self.held.get(group, ()))
        return () if self.deleted else tuple(vector for content, vector in self.existence if content == DELETED)

    @property
    def deleted(self) -> bool:
        """Whether the row is deleted."""
        return bool(self.existence) and not is_alive(self.state())


def stamp_text(stamp: Stamp, table: str) -> str:
    """Return the vectors of *stamp* as JSON: one entry where all groups have the same."""
    vectors = stamp.vectors
    if len(set(vectors.values())) == 1 and len(vectors) == len(groups_of(table)):
        found: dict[str, object] = {ALL: vector_text(next(iter(vectors.values())))}
    else:
        found = {group: vector_text(vector) for group, vector in vectors.items()}
    if stamp.existence:
        found[EXISTENCE] = [("-" if content == DELETED else "+") + vector_text(vector) for content, vector in stamp.existence]
    return json.dumps(found, separators=(",", ":"), sort_keys=True)


def parsed_stamp(table: str, text: str) -> Stamp:
    """Return the stamp that :func:`stamp_text` wrote.

    Raises
    ------
    ValueError
        where *text* is none of a row of *table*.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or not data:
        raise ValueError(text)
    groups = groups_of(table)
    existence = tuple(_parsed_existence(entry) for entry in data.pop(EXISTENCE, ()))
    vectors: dict[str, Vector] = dict.fromkeys(groups, parsed_vector(data.pop(ALL))) if ALL in data else {}
    for group, vector in data.items():
        if group not in groups:
            raise ValueError(group)
        vectors[group] = parsed_vector(vector)
    return Stamp(vectors, existence)


def _parsed_existence(entry: object) -> tuple[str, Vector]:
    if not isinstance(entry, str) or entry[:1] not in {"-", "+"}:
        raise ValueError(entry)
    return DELETED if entry[0] == "-" else PRESENT, parsed_vector(entry[1:])


# --- where this vault stands --------------------------------------------------------------------------------------------------


def origin_of(vault: Vault, connection: Connection) -> str:
    """Return under which name this vault counts its changes.

    A vault that was restored or copied begins a new count under a new name: the numbers of its change record would otherwise stand
    for two different changes.
    """
    place = _place(vault)
    origin = _fact(connection, _ORIGIN)
    if origin is None or _fact(connection, _PLACE) != place:
        origin = os.urandom(_ORIGIN_BYTES)
        _set_fact(connection, _ORIGIN, origin)
        _set_fact(connection, _PLACE, place)
    return origin.hex()


def begin_anew(vault: Vault, connection: Connection, known: Callable[[str], int]) -> None:
    """Begin a new count under a new name where others know more of this vault's changes than it made; *known* says how many.

    Either the vault was put back to an earlier state in a way that it cannot notice itself, or somebody makes the number up. In both
    cases what is changed from now on must not be taken for what others know already.
    """
    if known(origin_of(vault, connection)) > tail_of(connection).count:
        connection.exec_driver_sql("DELETE FROM vault_facts WHERE key = ?", (_ORIGIN,))


def _place(vault: Vault) -> bytes:
    parts = [
        socket.gethostname(),
        str(vault.folder.resolve()),
        vault.database.stat().st_ino,
        restored_from(vault.folder),
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).digest()


def _fact(connection: Connection, key: str) -> bytes | None:
    value: bytes | None = connection.exec_driver_sql("SELECT value FROM vault_facts WHERE key = ?", (key,)).scalar()
    return value


def _set_fact(connection: Connection, key: str, value: bytes) -> None:
    connection.exec_driver_sql("INSERT OR REPLACE INTO vault_facts (key, value) VALUES (?, ?)", (key, value))


def mark_stamped(connection: Connection) -> None:
    """Note that everything in the change record up to now stands in the stamps."""
    _set_fact(connection, _UNTIL, str(tail_of(connection).count).encode())


# --- keeping up ---------------------------------------------------------------------------------------------------------------


def keep_up(vault: Vault, connection: Connection) -> str:
    """Stamp what was changed in this vault since the last time, and return this vault's origin.

    *connection* must be that of a writing transaction.
    """
    origin = origin_of(vault, connection)
    until = int(_fact(connection, _UNTIL) or b"-1")
    tail = tail_of(connection).count
    if tail > until:
        for table in EXCHANGED:
            _Keeper(connection, table.name, origin, until, tail).keep_up()
        mark_stamped(connection)
    return origin


class _Keeper:
    """Stamps the rows of one table."""

    def __init__(self, connection: Connection, table: str, origin: str, until: int, tail: int) -> None:
        self.connection, self.table, self.origin, self.until, self.tail = connection, table, origin, until, tail

    def keep_up(self) -> None:
        changed = self._changed_rows()
        stamps = read_stamps(self.connection, self.table, changed)
        people = people_by_identity(self.connection, self.table, {key: row["id"] for key, row in changed.items()})
        written = {key: self._stamped(row, stamps.get(key), people.get(key)) for key, row in changed.items()}
        written |= self._gone()
        write_stamps(self.connection, self.table, written)
        write_stamps(self.connection, self.table, self._led_elsewhere())

    def _changed_rows(self) -> dict[str, RowMapping]:
        keys = NATURAL_KEYS.get(self.table, ())
        columns = ", ".join(f"t.{name}" for name in ("id", "change_id", "row_version", *keys))
        query = (
            f"SELECT {columns}, coalesce(r.at, '') AS at, coalesce(u.name, '') AS who FROM {self.table} t "
            "LEFT JOIN change_records r ON r.id = t.change_id LEFT JOIN users u ON u.id = r.user_id WHERE t.change_id > ?"
        )
        rows = self.connection.exec_driver_sql(query, (self.until,)).mappings()
        return {row_identity(self.table, row): row for row in rows}

    def _stamped(self, row: RowMapping, before: Stamp | None, person: str | None) -> Stamp:
        clock = max(1, row["change_id"])
        groups = groups_of(self.table)
        stamp = before or Stamp({})
        if before is None or row["row_version"] == 1:
            changed: Iterable[str] = groups
        else:
            changed = groups if stamp.deleted else self._changed_groups(row["id"])
        state = stamp.state()
        if stamp.deleted:
            state = revived(state, self.origin, clock)
        stamp.take(edited(state, dict.fromkeys(changed), self.origin, clock))
        stamp.coachee_id, stamp.changed_by, stamp.changed_at = person, row["who"], row["at"]
        return stamp

    def _changed_groups(self, row_id: str) -> set[str]:
        """Return the groups of the fields that the change record names since the last time; all where it cannot be read any more."""
        query = (
            "SELECT id, person_id, payload FROM change_records WHERE entity = ? AND entity_id = ? AND id > ? "
            "AND action IN ('insert', 'update')"
        )
        found: set[str] = set()
        for record in self.connection.exec_driver_sql(query, (self.table, row_id, self.until)).mappings():
            payload = read_payload(self.connection, record)
            if payload is None:
                return set(groups_of(self.table))
            known = {column for columns in groups_of(self.table).values() for column in columns}
            found |= {group_of(self.table, name) for name in payload["fields"] if name in known}
        return found or set(groups_of(self.table))

    def _led_elsewhere(self) -> dict[str, Stamp]:
        """Return the stamps of rows that refer to a row whose natural key was changed: outside, they refer to another one now."""
        found: dict[str, Stamp] = {}
        for column, target in references_of(self.table):
            moved = self._moved(target) if target in NATURAL_KEYS else ()
            rows = select_by(self.connection, self.table, ("id",), column, moved)
            stamps = read_stamps(self.connection, self.table, [row[0] for row in rows])
            for key, stamp in stamps.items():
                stamp.take(edited(stamp.state(), {group_of(self.table, column): None}, self.origin, self.tail))
                found[key] = stamp
        return found

    def _moved(self, table: str) -> set[str]:
        """Return the rows of *table* whose natural key was changed since the last time, or may have been."""
        query = "SELECT id, person_id, payload, entity_id FROM change_records WHERE entity = ? AND action = 'update' AND id > ?"
        found: set[str] = set()
        for record in self.connection.exec_driver_sql(query, (table, self.until)).mappings():
            payload = read_payload(self.connection, record)
            if payload is None or not payload["fields"].keys().isdisjoint(NATURAL_KEYS[table]):
                found.add(record["entity_id"])
        return found

    def _gone(self) -> dict[str, Stamp]:
        """Return the stamps of rows that were there and are no more."""
        query = "SELECT entity_id FROM row_stamps WHERE entity = ? AND deleted = 0"
        if self.table not in NATURAL_KEYS:
            query += f" AND entity_id NOT IN (SELECT id FROM {self.table})"
        gone = set(self.connection.exec_driver_sql(query, (self.table,)).scalars())
        if self.table in NATURAL_KEYS:
            gone -= set(self._identities())
        stamps = read_stamps(self.connection, self.table, gone)
        clock = max(1, self.tail)
        last_edits = self._edits_of_gone(gone) if gone else {}
        for key, stamp in stamps.items():
            # Should the row come back, it does with what it held at the end: under the version before, others know something else.
            state = edited(stamp.state(), dict.fromkeys(last_edits.get(key, ())), self.origin, clock)
            stamp.take(deleted(state, self.origin, clock))
        return stamps

    def _edits_of_gone(self, gone: Container[str]) -> dict[str, set[str]]:
        """Return the groups that were changed since the last time in rows that are gone now."""
        query = "SELECT DISTINCT entity_id FROM change_records WHERE entity = ? AND action = 'update' AND id > ?"
        rows = self.connection.exec_driver_sql(query, (self.table, self.until)).scalars()
        return {row_id: self._changed_groups(row_id) for row_id in rows if row_id in gone}

    def _identities(self) -> Iterable[str]:
        names = ", ".join(("id", *NATURAL_KEYS.get(self.table, ())))
        rows = self.connection.exec_driver_sql(f"SELECT {names} FROM {self.table}").mappings()
        return (row_identity(self.table, row) for row in rows)


def row_identity(table: str, row: Mapping[str, object] | RowMapping) -> str:
    """Return by what *row* of *table* is known in every vault; it must hold its id and its natural key."""
    keys = NATURAL_KEYS.get(table)
    return str(row["id"]) if keys is None else natural_identity(table, [row[key] for key in keys])


def people_by_identity(connection: Connection, table: str, ids: Mapping[str, str]) -> dict[str, str]:
    """Return the coachee to whom each row belongs; *ids* are the rows' ids by identity."""
    if not concerns_people(table):
        return {}
    people = people_of(connection, table, ids.values())
    return {key: people[row_id] for key, row_id in ids.items() if row_id in people}


# --- reading and writing stamps -----------------------------------------------------------------------------------------------

_HELD = ("entity_id", "field_group", "vector", "content", "changed_by", "changed_at")


def read_stamps(connection: Connection, table: str, identities: Iterable[str]) -> dict[str, Stamp]:
    """Return the stamps of the rows of *table* with these *identities*, with their held versions; what has none is left out."""
    wanted = list(identities)
    found: dict[str, Stamp] = {}
    columns = ("entity_id", "stamps", "coachee_id", "changed_by", "changed_at")
    for key, text, person, who, at in _of_table(connection, "row_stamps", columns, table, wanted):
        stamp = parsed_stamp(table, text)
        stamp.coachee_id, stamp.changed_by, stamp.changed_at = person, who, at
        found[key] = stamp
    for key, group, vector, content, who, at in _of_table(connection, "held_versions", _HELD, table, wanted):
        if key in found:
            found[key].held_by[parsed_vector(vector)] = who, at
            if group != EXISTENCE:
                found[key].held.setdefault(group, []).append(Version(parsed_vector(vector), held_content(content)))
    return found


def held_content(text: str | None) -> object:
    """Return what a held version holds, as a tuple of values; None where it was erased."""
    try:
        values = json.loads(text or "null")
    except ValueError:
        return None
    return tuple(values) if isinstance(values, list) else None


def _of_table(
    connection: Connection, source: str, columns: Sequence[str], table: str, identities: Sequence[str]
) -> Iterable[tuple[str, ...]]:
    rows = select_by(connection, source, ("entity", *columns), "entity_id", identities)
    return (row[1:] for row in rows if row[0] == table)


def write_stamps(connection: Connection, table: str, stamps: Mapping[str, Stamp]) -> None:
    """Write *stamps* of rows of *table*, by identity; versions that are held no more are dropped.

    New held versions are written by who took them in (exchange/incoming.py), for they are a change that is recorded.
    """
    rows = [
        (table, key, stamp.coachee_id, stamp_text(stamp, table), int(stamp.deleted), stamp.changed_by, stamp.changed_at)
        for key, stamp in stamps.items()
    ]
    if rows:
        statement = (
            "INSERT OR REPLACE INTO row_stamps (entity, entity_id, coachee_id, stamps, deleted, changed_by, changed_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)"
        )
        connection.exec_driver_sql(statement, rows)
    _drop_settled(connection, table, stamps)


def _drop_settled(connection: Connection, table: str, stamps: Mapping[str, Stamp]) -> None:
    for key, group, vector, row_id in _of_table(
        connection, "held_versions", ("entity_id", "field_group", "vector", "id"), table, list(stamps)
    ):
        if parsed_vector(vector) not in stamps[key].waiting(group):
            connection.exec_driver_sql("DELETE FROM held_versions WHERE id = ?", (row_id,))
