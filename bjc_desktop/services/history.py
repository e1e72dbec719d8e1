"""Who changed what: the history of each field, and the changes of the last 30 days that can be taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from bjc_desktop.errors import BjcError
from bjc_desktop.models import Base, Coachee, Coaching, JoinedPerson, Staff, User
from bjc_desktop.models.base import Kind, Recorded, field_of
from bjc_desktop.services.change_words import ChangeWords
from bjc_desktop.services.row_editing import RowKey
from bjc_desktop.services.row_titles import fields_of, shown, title_of
from bjc_desktop.services.undoing import (
    DAYS,
    JOIN,
    ROW_ACTIONS,
    NetChange,
    UndoRefusedError,
    is_undoable,
    net_changes,
    read_undo_links,
    records_of,
    undo,
    value_from_record,
)
from bjc_desktop.vault import Vault, read_payload
from bjc_desktop.vault.change_chain import timestamp
from bjc_desktop.vault.role_rights import HIDDEN, hidden_fields, visible_people
from bjc_desktop.vocabulary import Role

__all__ = ["FieldChange", "RecentChange", "UndoRefusedError", "field_history", "recent_changes", "undo"]

ROW = "Eintrag"
IMPORTED = "eingelesen"
DELETED = "gelöscht"
JOINED = "Zwei Akten zusammengeführt"
ERASED_VALUE = "(nicht mehr lesbar)"
CONFIDENTIAL = "(vertraulich)"
_RECORDS = Base.metadata.tables["change_records"]
_HEAD = [_RECORDS.c[name] for name in ("id", "transaction_id", "action", "entity", "entity_id")]
_READ_AT_MOST = 5000
_PLAIN_FIELDS = {
    "year": "Jahr", "code": "Kennzahl", "target": "Soll", "tolerance_low": "Toleranzbereich ab", "programme": "Programm",
    "source": "Quelle", "key": "Einstellung", "value": "Wert", "reason": "Grund", "scope": "Bereich", "period_label": "Zeitraum",
    "version": "Fassung", "reasons": "Gründe", "steps": "Schritte", "item": "Anforderung", "rule": "Regel",
}  # fmt: skip
"""What the fields are called that no form shows, in the tables of targets, settings and reports."""
_PARENTS = {"goals": ("plan_id", "development_plans"), "tasks": ("goal_id", "goals")}
_OF_THE_PERSON = {"coachees", "consents"}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one row before and after a change, as a German reader expects it; who changed it, as what, and when."""

    field: str
    """The field's name; empty where the row as a whole is meant."""
    title: str
    before: str
    after: str
    who: str
    role: str
    at: datetime
    action: str
    transaction_id: int


@dataclass(frozen=True, slots=True)
class RecentChange:
    """A transaction that can be taken back: what it did, in words; to whose file; who did it, and when."""

    transaction_id: int
    at: datetime
    who: str
    role: str
    text: str
    person_id: str | None
    person: str
    is_undo: bool


def field_history(vault: Vault, entity: type[Recorded], row_id: str, field: str | None = None) -> tuple[FieldChange, ...]:
    """Return the changes of a row's fields (or of one *field*), newest first."""
    table: str = entity.__table__.name  # type: ignore[attr-defined]
    with vault.reading() as connection:
        reader = _HistoryReader(connection, vault, table, row_id)
        changes = reader.changes()
    return tuple(change for change in reversed(changes) if field is None or change.field in {field, ""})


def record_fields(vault: Vault, number: int) -> tuple[FieldChange, ...]:
    """Return the fields that one record of a row holds, before and after; none where the user may not see them or they were erased."""
    with vault.reading() as connection:
        record = connection.execute(select(_RECORDS).where(_RECORDS.c.id == number)).mappings().one_or_none()
        if record is None or record["action"] not in ROW_ACTIONS:
            return ()
        return tuple(_HistoryReader(connection, vault, record["entity"], record["entity_id"]).fields(record))


class _HistoryReader:
    """Reads the history of one row; names of users and of rows referred to are looked up once."""

    def __init__(self, connection: Connection, vault: Vault, table: str, row_id: str) -> None:
        self.connection, self.vault, self.table, self.row_id = connection, vault, table, row_id
        self.users = _user_names(connection)
        self.names: dict[tuple[str, str], str] = {}
        self.hidden = hidden_fields(connection, vault.user.roles, table, row_id)

    def changes(self) -> list[FieldChange]:
        query = select(_RECORDS).where(_RECORDS.c.entity == self.table, _RECORDS.c.entity_id == self.row_id)
        changes_only = query.where(_RECORDS.c.action.in_(ROW_ACTIONS))
        records = self.connection.execute(changes_only.order_by(_RECORDS.c.id)).mappings().all()
        changes = [] if records else self._import()
        for record in records:
            changes += self._of(record)
        return changes

    def _import(self) -> list[FieldChange]:
        """Return the import that the row came with, which recorded no rows of its own."""
        table = Base.metadata.tables[self.table]
        last = select(table.c.change_id).where(table.c.id == self.row_id).scalar_subquery()
        record = self.connection.execute(select(_RECORDS).where(_RECORDS.c.id == last)).mappings().one_or_none()
        return [] if record is None else [self._change(record, "", "", IMPORTED)]

    def _of(self, record: RowMapping) -> list[FieldChange]:
        if record["action"] == "delete":
            return [self._change(record, "", "", DELETED)]
        if read_payload(self.connection, record) is None:
            return [self._change(record, "", ERASED_VALUE, ERASED_VALUE)]
        return self.fields(record)

    def fields(self, record: RowMapping) -> list[FieldChange]:
        """Return the record's fields in the order of the table; none where its values cannot be read."""
        payload = read_payload(self.connection, record)
        if payload is None:
            return []
        named = [*fields_of(self.table), *_PLAIN_FIELDS]
        fields = payload["fields"]
        return [
            self._change(record, name, *(self._shown(name, value) for value in fields[name]))
            for name in dict.fromkeys(named)
            if name in fields
        ]

    def _change(self, record: RowMapping, name: str, before: str, after: str) -> FieldChange:
        return FieldChange(
            name,
            _field_title(self.table, name) if name else ROW,
            before,
            after,
            self.users.get(record["user_id"], ""),
            _role_label(record["role"]),
            datetime.fromisoformat(record["at"]),
            record["action"],
            record["transaction_id"],
        )

    def _shown(self, name: str, recorded: Any) -> str:
        if name in self.hidden:
            return HIDDEN
        column = Base.metadata.tables[self.table].columns[name]
        info = field_of(column)
        if recorded is None or isinstance(recorded, dict):
            return ""
        if info is None:
            return str(recorded)
        if info.kind is Kind.NOTE:
            return self._note(recorded)
        value = value_from_record(column, recorded)
        if info.kind is Kind.REFERENCE:
            target = next(iter(column.foreign_keys)).column.table.name
            return self._name_of(target, value)
        return shown(self.table, name, value)

    def _note(self, recorded: Any) -> str:
        if self.vault.notes is None:
            return CONFIDENTIAL
        try:
            sealed = value_from_record(Base.metadata.tables[self.table].columns["note"], recorded)
            return self.vault.notes.decrypt(self.row_id, sealed)
        except BjcError:
            return ERASED_VALUE

    def _name_of(self, target: str, row_id: str) -> str:
        if (target, row_id) not in self.names:
            table = Base.metadata.tables[target]
            row = self.connection.execute(select(table).where(table.c.id == row_id)).mappings().one_or_none()
            self.names[target, row_id] = ERASED_VALUE if row is None else _row_name(target, row)
        return self.names[target, row_id]


def _field_title(table: str, name: str) -> str:
    info = fields_of(table).get(name)
    return _PLAIN_FIELDS[name] if info is None else info.title


def _row_name(table: str, row: Mapping[str, Any] | RowMapping) -> str:
    if table in {Staff.__tablename__, Coachee.__tablename__}:
        return " ".join(filter(None, (row["given_name"], row["family_name"])))
    return str(row["name"]) if table == "providers" else title_of(table, row)


def _user_names(connection: Connection) -> dict[str, str]:
    return {row.id: row.name for row in connection.execute(select(User.id, User.name))}


def _role_label(key: str) -> str:
    return next((role.label for role in Role if role.value == key), key)


# --- what can be taken back --------------------------------------------------------------------------------------------------


def recent_changes(
    vault: Vault, coaching_id: str | None = None, *, now: datetime, days: int = DAYS, limit: int = 100
) -> tuple[RecentChange, ...]:
    """Return the changes of the last *days* that can be taken back now, newest first, at most *limit*.

    With *coaching_id* only those of its file: of the coaching, of what belongs to it, and of the person's master data.
    """
    with vault.reading() as connection:
        reader = _ChangeReader(connection, coaching_id)
        free = reader.free(now - timedelta(days=days))
        found: list[RecentChange] = []
        for start in range(0, len(free), limit):
            found += reader.described(free[start : start + limit])
            if len(found) >= limit:
                break
    return tuple(found[:limit])


class _ChangeReader:
    """Reads the changes of one file, or of all."""

    def __init__(self, connection: Connection, coaching_id: str | None) -> None:
        self.connection, self.coaching_id = connection, coaching_id
        self.links = read_undo_links(connection)
        self.words = ChangeWords(connection)
        self.users = _user_names(connection)

    def free(self, since: datetime) -> list[int]:
        """Return the transactions since then that were not taken back and that no later change stands in the way of."""
        rows: dict[int, list[RowKey]] = {}
        touched: dict[RowKey, list[int]] = {}
        for head in self._heads(since):
            key = (head["entity"], head["entity_id"])
            rows.setdefault(head["transaction_id"], []).append(key)
            touched.setdefault(key, []).append(head["transaction_id"])
        return [
            number
            for number, keys in rows.items()
            if number not in self.links.undone
            and not any(self.links.stands_in_the_way(other, number) for key in keys for other in touched[key])
        ]

    def _heads(self, since: datetime) -> Iterable[RowMapping]:
        query = select(*_HEAD).where(_RECORDS.c.at >= timestamp(since), _RECORDS.c.action.in_(ROW_ACTIONS))
        if self.coaching_id is not None:
            person = select(Coaching.coachee_id).where(Coaching.id == self.coaching_id).scalar_subquery()
            joined = select(JoinedPerson.id).where(JoinedPerson.kept_id == person)
            query = query.where((_RECORDS.c.person_id == person) | _RECORDS.c.person_id.in_(joined))
        seen = visible_people(self.connection)
        if seen is not None:
            query = query.where(_RECORDS.c.person_id.is_(None) | _RECORDS.c.person_id.in_(seen))
        return self.connection.execute(query.order_by(_RECORDS.c.id.desc()).limit(_READ_AT_MOST)).mappings()

    def described(self, transactions: list[int]) -> Iterable[RecentChange]:
        """Yield the transactions that can be taken back and belong to the file, in words."""
        roots = {number: self.links.root_of(number) for number in transactions}
        records = records_of(self.connection, {*transactions, *(root for root, _ in roots.values())})
        for number in transactions:
            root, depth = roots[number]
            if not is_undoable(records[number]) or root not in records:
                continue
            try:
                changes = [change for change in net_changes(self.connection, records[root]) if change.before != change.after]
            except UndoRefusedError:
                continue
            if changes and self._belongs(changes):
                kept = next((record["entity_id"] for record in records[root] if record["action"] == JOIN), None)
                yield self._change(records[number], changes, depth, kept)

    def _change(self, records: list[RowMapping], changes: list[NetChange], depth: int, kept: str | None) -> RecentChange:
        """Describe a change; *kept* is the person whose file it joined another to."""
        first = records[0]
        prefix = ("", "Zurückgenommen: ", "Wiederholt: ")[depth if depth == 0 else 1 + (depth + 1) % 2]
        people = {record["person_id"] for record in records} - {None}
        person = next(iter(people)) if len(people) == 1 else kept
        return RecentChange(
            first["transaction_id"],
            datetime.fromisoformat(first["at"]),
            self.users.get(first["user_id"], ""),
            _role_label(first["role"]),
            prefix + (JOINED if kept else self.words.text(changes)),
            person,
            "" if person is None else self._person(person),
            depth > 0,
        )

    def _person(self, person_id: str) -> str:
        query = select(Coachee.given_name, Coachee.family_name).where(Coachee.id == person_id)
        row = self.connection.execute(query).one_or_none()
        return "" if row is None else " ".join(filter(None, row))

    def _belongs(self, changes: list[NetChange]) -> bool:
        if self.coaching_id is None:
            return True
        return any(change.table in _OF_THE_PERSON or self._coaching_of(change) == self.coaching_id for change in changes)

    def _coaching_of(self, change: NetChange) -> str | None:
        values = {**(change.before or {}), **(change.after or {})}
        table, row_id = change.table, change.row_id
        while table in _PARENTS:
            column, parent = _PARENTS[table]
            row_id = values.get(column) or self._link(table, row_id, column) or ""
            table, values = parent, {}
        if table == "coachings":
            return row_id
        return values.get("coaching_id") or self._link(table, row_id, "coaching_id")

    def _link(self, table: str, row_id: str, column: str) -> str | None:
        """Return what the row refers to by *column*, or did before it was deleted."""
        held = Base.metadata.tables[table]
        if column not in held.columns:
            return None
        current = self.connection.execute(select(held.c[column]).where(held.c.id == row_id)).scalar()
        return current or self._last_known(table, row_id).get(column)

    def _last_known(self, table: str, row_id: str) -> Mapping[str, Any]:
        query = select(_RECORDS).where(_RECORDS.c.entity == table, _RECORDS.c.entity_id == row_id, _RECORDS.c.action == "delete")
        record = self.connection.execute(query.order_by(_RECORDS.c.id.desc()).limit(1)).mappings().one_or_none()
        payload = None if record is None else read_payload(self.connection, record)
        return {} if payload is None else {name: pair[0] for name, pair in payload["fields"].items()}
