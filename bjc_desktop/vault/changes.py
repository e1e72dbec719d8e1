"""One change record: who changed what, in which role, when, before and after, in the same transaction as the change.

Entities changed through a session are recorded by a listener; what is written in bulk, and what happens without changing a row,
is recorded through :func:`record_row_changes` and :func:`record_event`.
"""

import base64
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NoReturn, cast

from sqlalchemy import Connection, Engine, RowMapping, Table, event, select
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, attributes, object_mapper, sessionmaker
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from bjc_desktop.errors import VaultError
from bjc_desktop.models import Base
from bjc_desktop.models.base import Recorded
from bjc_desktop.vault.change_chain import (
    ALTERED,
    HOUSE,
    STAFF,
    Actor,
    NewRecord,
    append_records,
    read_payload,
)
from bjc_desktop.vault.role_rights import NOT_ASSIGNED, assert_may_write, may_change_fields, sees_all_cases, visible_query
from bjc_desktop.vocabulary import Role

__all__ = [
    "ALTERED",
    "Actor",
    "RecordingSession",
    "RowChange",
    "read_payload",
    "record_event",
    "record_row_changes",
    "recording_sessions",
]

_OWN_COLUMNS = {"id", "row_version", "change_id"}
_UPWARDS = {
    "consents": ("coachee_id", "coachees"),
    "legal_holds": ("coachee_id", "coachees"),
    "privacy_requests": ("coachee_id", "coachees"),
    "held_versions": ("coachee_id", "coachees"),
    "joined_people": ("kept_id", "coachees"),
    "distinct_people": ("first_id", "coachees"),
    "coachings": ("coachee_id", "coachees"),
    "development_plans": ("coaching_id", "coachings"),
    "goals": ("plan_id", "development_plans"),
    "tasks": ("goal_id", "goals"),
}
OF_TWO = {"distinct_people": "second_id"}
"""What belongs to two people: by table the column that leads to the other one."""
_BY_COACHING = ("coaching_id", "coachings")
_SLICE = 500
_RECORDED = {cast("Table", mapper.local_table).name for mapper in Base.registry.mappers if issubclass(mapper.class_, Recorded)}

_NOTES = {"consultations"}
"""The tables that hold ciphertext which the record keeps whole."""


def link_to_owner(table: str) -> tuple[str, str] | None:
    """Return the column of *table* that leads towards the person, and the table it refers to; None where none does."""
    known = _UPWARDS.get(table)
    if known is not None:
        return known
    return _BY_COACHING if "coaching_id" in Base.metadata.tables[table].columns else None


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that was written without a session: its table, id and new version, and each field before and after.

    The person it belongs to is looked up where it is not given.
    """

    entity: str
    entity_id: str
    action: str
    version: int
    fields: Mapping[str, tuple[object, object]]
    person_id: str | None = None


class RecordingSession(Session):
    """A session in which every change of a recorded entity goes through the change record."""

    def bulk_save_objects(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse: the change record would not see it."""
        _ = args, kwargs
        _refuse_bulk()

    def bulk_insert_mappings(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse: the change record would not see it."""
        _ = args, kwargs
        _refuse_bulk()

    def bulk_update_mappings(self, *args: object, **kwargs: object) -> NoReturn:
        """Refuse: the change record would not see it."""
        _ = args, kwargs
        _refuse_bulk()


def _refuse_bulk() -> NoReturn:
    message = "bulk statements on recorded entities bypass the change record"
    raise TypeError(message)


def recording_sessions(engine: Engine) -> "sessionmaker[RecordingSession]":
    """Return the maker of sessions over *engine* that write the change record."""
    maker = sessionmaker(engine, class_=RecordingSession, expire_on_commit=False)
    event.listen(maker, "before_flush", _record_flush)
    event.listen(maker, "do_orm_execute", _refuse_bulk_statement)
    event.listen(maker, "after_commit", _forget_transaction)
    event.listen(maker, "after_rollback", _forget_transaction)
    return maker


def _forget_transaction(session: Session) -> None:
    session.info.pop("transaction_id", None)
    session.info.pop("new_people", None)


def _refuse_bulk_statement(state: ORMExecuteState) -> None:
    if not (state.is_insert or state.is_update or state.is_delete) or state.execution_options.get("importing", False):
        return
    table = getattr(state.statement, "table", None)
    if isinstance(table, Table) and table.name in _RECORDED:
        _refuse_bulk()


def _record_flush(session: Session, context: UOWTransaction, instances: object) -> None:
    _ = context, instances
    new = [entity for entity in session.new if isinstance(entity, Recorded)]
    for entity in new:
        _fill_defaults(entity)
    pending = {(_table(entity).name, entity.id): entity for entity in new}
    found = [(entity, _change(session, entity, pending)) for entity in _changed(session, new)]
    _assert_allowed(session.info["roles"], [record for _, record in found])
    if not sees_all_cases(session.info["roles"]):
        _assert_seen(session, new, {record.person_id for _, record in found if record.person_id is not None})
    changes = [(entity, record) for entity, record in found if record.payload["fields"] or record.action != "update"]
    if not changes:
        return
    ids = _append(session, [record for _, record in changes])
    for record_id, (entity, record) in zip(ids, changes, strict=True):
        entity.change_id = record_id
        entity.row_version = record.version or 1


def _assert_allowed(roles: frozenset[Role], records: Iterable[NewRecord]) -> None:
    whole = {
        record.entity
        for record in records
        if record.entity is not None
        and not (record.action == "update" and may_change_fields(roles, record.entity, record.payload["fields"]))
    }
    assert_may_write(roles, whole)


def _assert_seen(session: Session, new: Iterable[Recorded], people: set[str]) -> None:
    """Refuse what somebody writes about people whom they do not see; who is new in this transaction is theirs."""
    made: set[str] = session.info.setdefault("new_people", set())
    made.update(entity.id for entity in new if _table(entity).name == "coachees")
    assert_sees_people(session, people - made)


def assert_sees_people(session: Session, people: Collection[str]) -> None:
    """Check that the user of a writing session sees all *people*.

    Raises
    ------
    VaultError
        where they do not.
    """
    if people and not sees_all_cases(session.info["roles"]):
        query = visible_query(session.info["roles"], session.info["actor"].user_id, session.info["clock"]().date())
        if set(people) - set(session.connection().exec_driver_sql(query).scalars()):
            raise VaultError(NOT_ASSIGNED)


def _changed(session: Session, new: list[Recorded]) -> list[Recorded]:
    dirty = [entity for entity in session.dirty if isinstance(entity, Recorded) and session.is_modified(entity)]
    return [*new, *dirty, *(entity for entity in session.deleted if isinstance(entity, Recorded))]


def _append(session: Session, records: list[NewRecord]) -> range:
    actor, now = session.info["actor"], session.info["clock"]()
    ids = append_records(session.connection(), actor, records, now, session.info.get("transaction_id"))
    session.info.setdefault("transaction_id", ids.start)
    return ids


def _table(entity: Recorded) -> Table:
    return cast("Table", object_mapper(entity).local_table)


def _fill_defaults(entity: Recorded) -> None:
    """Set what the database would fill in, so that the record holds it."""
    state = attributes.instance_dict(entity)
    if state.get("id") is None:
        entity.id = str(uuid.uuid4())
    for column in _table(entity).columns:
        if column.name not in state and isinstance(column.default, ScalarElementColumnDefault):
            setattr(entity, column.name, column.default.arg)


def _change(session: Session, entity: Recorded, pending: Mapping[tuple[str, str], Recorded]) -> NewRecord:
    action, fields, version = _what_changed(session, entity)
    table = _table(entity).name
    payload = {
        "fields": {name: [_whole(value) for value in pair] for name, pair in fields.items()} if table in _NOTES else fields
    }
    person = _person_of(session, entity, pending)
    return NewRecord(
        action, payload, table, entity.id, version, person, _holder(table, entity.id, getattr(entity, "staff_id", ""))
    )


def _holder(table: str, row_id: str, staff_id: str) -> str:
    """Return whose key encrypts the values of a row that belongs to no coachee."""
    owner = row_id if table == "staff" else staff_id
    return f"{STAFF}{owner}" if owner else HOUSE


def _whole(value: object) -> object:
    """Return the ciphertext of a note as text of any length: a record of its hash alone could not be taken back."""
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def _what_changed(session: Session, entity: Recorded) -> tuple[str, dict[str, list[object]], int]:
    names = [column.name for column in _table(entity).columns if column.name not in _OWN_COLUMNS]
    if entity in session.new:
        return (
            "insert",
            {name: [None, value] for name in names if (value := getattr(entity, name)) is not None},
            entity.row_version,
        )
    before = _stored(session, entity)
    if entity in session.deleted:
        return "delete", {name: [before[name], None] for name in names if before[name] is not None}, before["row_version"] + 1
    now = {name: getattr(entity, name) for name in names}
    fields = {name: [before[name], now[name]] for name in names if before[name] != now[name]}
    return "update", fields, before["row_version"] + 1


def _stored(session: Session, entity: Recorded) -> RowMapping:
    # What the vault holds now, not what the session read once: an attribute that was never read has no history.
    table = _table(entity)
    return session.connection().execute(select(table).where(table.c.id == entity.id)).mappings().one()


def _person_of(session: Session, entity: Recorded, pending: Mapping[tuple[str, str], Recorded]) -> str | None:
    table = _table(entity).name
    if table == "coachees":
        return entity.id
    link = link_to_owner(table)
    if link is None:
        return None
    column, parent_table = link
    parent_id: str = getattr(entity, column)
    if parent_table == "coachees":
        return parent_id
    parent = pending.get((parent_table, parent_id))
    if parent is not None:
        return _person_of(session, parent, pending)
    return people_of(session.connection(), parent_table, [parent_id]).get(parent_id)


def concerns_people(table: str) -> bool:
    """Say whether the rows of *table* belong to coachees."""
    return table == "coachees" or link_to_owner(table) is not None


def people_of(connection: Connection, table: str, ids: Iterable[str]) -> dict[str, str]:
    """Return the coachee's id for each of the *ids* of *table*; ids whose row does not exist are left out."""
    wanted = list(dict.fromkeys(ids))
    if table == "coachees":
        return {row_id: row_id for row_id in wanted}
    link = link_to_owner(table)
    if link is None:
        return {}
    parents = _parents_of(connection, Base.metadata.tables[table], link[0], wanted)
    people = people_of(connection, link[1], parents.values())
    return {row_id: people[parent] for row_id, parent in parents.items() if parent in people}


def _parents_of(connection: Connection, table: Table, column: str, ids: list[str]) -> dict[str, str]:
    parents: dict[str, str] = {}
    for start in range(0, len(ids), _SLICE):
        some = tuple(ids[start : start + _SLICE])
        query = f"SELECT id, {column} FROM {table.name} WHERE id IN ({', '.join('?' * len(some))})"
        parents.update((row[0], row[1]) for row in connection.exec_driver_sql(query, some))
    return parents


def record_event(
    target: Session | Connection,
    actor: Actor,
    action: str,
    payload: Mapping[str, object],
    *,
    entity: str | None = None,
    entity_id: str | None = None,
    now: datetime,
    transaction_id: int | None = None,
) -> int:
    """Record what happened beside changes of rows, such as an import or a release; return the record's id.

    In a session it joins the session's transaction unless *transaction_id* says otherwise. The payload is not encrypted with a
    person's key and therefore must not hold personal data.
    """
    session = target if isinstance(target, Session) else None
    connection = target.connection() if isinstance(target, Session) else target
    if session is not None:
        session.flush()
        transaction_id = transaction_id or session.info.get("transaction_id")
    record = NewRecord(action, payload, entity, entity_id)
    record_id = append_records(connection, actor, [record], now, transaction_id).start
    if session is not None:
        session.info.setdefault("transaction_id", record_id)
    return record_id


def record_row_changes(
    connection: Connection, actor: Actor, rows: Iterable[RowChange], *, now: datetime, transaction_id: int | None = None
) -> range:
    """Record *rows* that are written without a session, and return the ids of their records in the same order.

    Call it after inserting and before deleting, for the person a row belongs to is looked up through its parents. The caller
    sets ``row_version`` and ``change_id`` of the rows.
    """
    changes = _with_people(connection, list(rows))
    staff = _staff_of(connection, changes)
    records = [
        NewRecord(
            change.action,
            {"fields": {name: list(pair) for name, pair in change.fields.items()}},
            change.entity,
            change.entity_id,
            change.version,
            change.person_id,
            _holder(change.entity, change.entity_id, staff.get((change.entity, change.entity_id), "")),
        )
        for change in changes
    ]
    return append_records(connection, actor, records, now, transaction_id)


def _staff_of(connection: Connection, changes: Iterable[RowChange]) -> dict[tuple[str, str], str]:
    """Return the member of staff to whom a row belongs, for the rows that belong to one and to no coachee."""
    wanted: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        if change.person_id is None and "staff_id" in Base.metadata.tables[change.entity].columns:
            wanted[change.entity].append(change.entity_id)
    return {
        (name, row_id): staff_id
        for name, ids in wanted.items()
        for row_id, staff_id in _parents_of(connection, Base.metadata.tables[name], "staff_id", ids).items()
    }


def _with_people(connection: Connection, changes: list[RowChange]) -> list[RowChange]:
    unknown: dict[str, list[str]] = defaultdict(list)
    for change in changes:
        if change.person_id is None:
            unknown[change.entity].append(change.entity_id)
    people = {table: people_of(connection, table, ids) for table, ids in unknown.items()}
    return [
        change if change.person_id else replace(change, person_id=people[change.entity].get(change.entity_id))
        for change in changes
    ]
