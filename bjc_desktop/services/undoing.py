"""Taking a saved change back: the transaction's rows as they were, written as a new change that can be taken back itself.

A transaction can be taken back for 30 days, as long as its rows were not changed again since. A later change that was itself
taken back does not stand in the way, so a row of changes can be taken back one after the other.
"""

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Connection, Date, DateTime, LargeBinary, RowMapping, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bjc_desktop.errors import BjcError
from bjc_desktop.models import Base
from bjc_desktop.models.base import ExactDecimal
from bjc_desktop.services.row_editing import RowKey, delete_keys, references_to, structure_problems
from bjc_desktop.services.row_titles import TITLES, entity_of
from bjc_desktop.vault import Vault, read_payload, record_event

DAYS = 30
"""How long a change can be taken back."""
ROW_ACTIONS = ("insert", "update", "delete")
UNDO = "undo"
JOIN = "join"
_BESIDE_ROWS = {UNDO, JOIN}
"""Events that say what a transaction's changes of rows are for."""
_KEPT = frozenset({"targets", "exchange_partners", "held_versions"})
"""Tables whose rows have a name and a page of their own to change them; they are not taken back one by one."""
_RECORDS = Base.metadata.tables["change_records"]
_SLICE = 500

NOT_FOUND = "Diese Änderung gibt es nicht."
NOT_POSSIBLE = "Diese Änderung kann nicht zurückgenommen werden. Bitte die Angaben von Hand ändern."
TOO_OLD = f"Diese Änderung ist älter als {DAYS} Tage und kann nicht mehr zurückgenommen werden."
ALREADY = "Diese Änderung wurde schon zurückgenommen."
CHANGED_SINCE = "Der Eintrag wurde seither noch einmal geändert. Bitte zuerst die spätere Änderung zurücknehmen."
NEEDED_SINCE = "Andere Einträge bauen inzwischen darauf auf. Bitte zuerst diese zurücknehmen."
DOES_NOT_FIT = "Die Angaben von damals passen nicht mehr zu den heutigen. Bitte zuerst die späteren Änderungen zurücknehmen."
ERASED = "Die Angaben von damals wurden gelöscht und können nicht wiederhergestellt werden."


class UndoRefusedError(BjcError):
    """A change that cannot be taken back; the sentence says why."""


@dataclass(frozen=True, slots=True)
class UndoLinks:
    """Which transaction takes back which, and which are therefore without effect."""

    undoes: Mapping[int, int]
    undone: frozenset[int] = field(default_factory=frozenset)

    def root_of(self, transaction_id: int) -> tuple[int, int]:
        """Return the change that *transaction_id* is about in the end, and over how many steps: 1 is an undo, 2 a redo."""
        depth = 0
        while transaction_id in self.undoes:
            transaction_id, depth = self.undoes[transaction_id], depth + 1
        return transaction_id, depth

    def stands_in_the_way(self, later: int, transaction_id: int) -> bool:
        """Say whether the transaction *later* still shows in the rows that *transaction_id* changed."""
        cancels_later = self.undoes.get(later, 0) > transaction_id
        return later > transaction_id and later not in self.undone and not cancels_later


@dataclass(frozen=True, slots=True)
class NetChange:
    """What a transaction did to one row: its fields before and after; None where the row did not exist.

    Of a row that existed before and after, only the changed fields are known.
    """

    table: str
    row_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    version: int

    @property
    def key(self) -> RowKey:
        """Table and id."""
        return self.table, self.row_id


def read_undo_links(connection: Connection) -> UndoLinks:
    """Return what was taken back so far."""
    query = select(_RECORDS.c.transaction_id, _RECORDS.c.entity_id).where(
        _RECORDS.c.entity == _RECORDS.name, _RECORDS.c.action == UNDO
    )
    undoes = {row.transaction_id: int(row.entity_id) for row in connection.execute(query)}
    undone: set[int] = set()
    # An undo is younger than what it takes back: from the youngest on, each one's own fate is settled when it is met.
    for transaction_id in sorted(undoes, reverse=True):
        if transaction_id not in undone:
            undone.add(undoes[transaction_id])
    return UndoLinks(undoes, frozenset(undone))


def value_from_record(column: Column[Any], value: Any) -> Any:
    """Return a value of *column* from its form in a change record.

    Raises
    ------
    UndoRefusedError
        where the record holds its hash only.
    """
    if isinstance(value, dict):
        raise UndoRefusedError(NOT_POSSIBLE)
    if value is None:
        return None
    for kind, read in ((DateTime, datetime.fromisoformat), (Date, date.fromisoformat), (ExactDecimal, Decimal)):
        if isinstance(column.type, kind):
            return read(value)
    return base64.b64decode(value) if isinstance(column.type, LargeBinary) else value


def net_changes(connection: Connection, records: Iterable[RowMapping]) -> list[NetChange]:
    """Return what *records* of one transaction (in their order) did to each row.

    Raises
    ------
    UndoRefusedError
        where the values of a record were erased.
    """
    rows: dict[RowKey, list[tuple[str, int, dict[str, list[Any]]]]] = {}
    for record in records:
        if record["action"] not in ROW_ACTIONS:
            continue
        payload = read_payload(connection, record)
        if payload is None:
            raise UndoRefusedError(ERASED)
        step = (record["action"], record["entity_version"], payload["fields"])
        rows.setdefault((record["entity"], record["entity_id"]), []).append(step)
    return [
        NetChange(table, row_id, _state(table, steps, 0), _state(table, steps, 1), steps[-1][1])
        for (table, row_id), steps in rows.items()
    ]


def _state(table: str, steps: list[tuple[str, int, dict[str, list[Any]]]], side: int) -> dict[str, Any] | None:
    """Return the row's fields at one *side* of its steps: 0 before the first, 1 after the last."""
    ordered, vanishing, appearing = (reversed(steps), "insert", "delete") if side == 0 else (iter(steps), "delete", "insert")
    columns, state = Base.metadata.tables[table].columns, dict[str, Any]()
    absent = False
    for action, _, fields in ordered:
        absent = action == vanishing
        values = {name: value_from_record(columns[name], pair[side]) for name, pair in fields.items()}
        # What appears is known as a whole; what is changed adds to what is known.
        state = values if action == appearing else {} if absent else state | values
    return None if absent else state


def records_of(connection: Connection, transaction_ids: Iterable[int]) -> dict[int, list[RowMapping]]:
    """Return the records of each transaction, in their order."""
    found: dict[int, list[RowMapping]] = {}
    wanted = list(transaction_ids)
    for start in range(0, len(wanted), _SLICE):
        some = _RECORDS.c.transaction_id.in_(wanted[start : start + _SLICE])
        for record in connection.execute(select(_RECORDS).where(some).order_by(_RECORDS.c.id)).mappings():
            found.setdefault(record["transaction_id"], []).append(record)
    return found


def is_undoable(records: Iterable[RowMapping]) -> bool:
    """Say whether the transaction of *records* is made of nothing but changes of rows that can be written again."""
    row_changes = [record for record in records if record["action"] not in _BESIDE_ROWS]
    tables = TITLES.keys() - _KEPT
    return bool(row_changes) and all(record["action"] in ROW_ACTIONS and record["entity"] in tables for record in row_changes)


def undo(vault: Vault, transaction_id: int, *, now: datetime) -> int:
    """Take the transaction back and return the id of the transaction that did it, which can be taken back in turn.

    Raises
    ------
    UndoRefusedError
        where that is not possible; nothing was changed.
    """
    with vault.writing(now=now) as session:
        connection = session.connection()
        records = records_of(connection, [transaction_id]).get(transaction_id, [])
        _check_possible(connection, transaction_id, records, now)
        target = str(transaction_id)
        payload = {"of": transaction_id}
        event = record_event(session, vault.actor(), UNDO, payload, entity=_RECORDS.name, entity_id=target, now=now)
        write_back(session, net_changes(connection, records))
        return event


def _check_possible(connection: Connection, transaction_id: int, records: list[RowMapping], now: datetime) -> None:
    if not records:
        raise UndoRefusedError(NOT_FOUND)
    if not is_undoable(records):
        raise UndoRefusedError(NOT_POSSIBLE)
    if datetime.fromisoformat(records[0]["at"]) < now.astimezone() - timedelta(days=DAYS):
        raise UndoRefusedError(TOO_OLD)
    links = read_undo_links(connection)
    if transaction_id in links.undone:
        raise UndoRefusedError(ALREADY)
    later = _later(connection, {(record["entity"], record["entity_id"]) for record in records}, transaction_id)
    if any(record["action"] == JOIN for record in records):
        # Two files are lived with for days before somebody notices: what else was changed meanwhile may stay.
        later = _touching_the_same(connection, records, later)
    if any(links.stands_in_the_way(other, transaction_id) for other in later):
        raise UndoRefusedError(CHANGED_SINCE)


def _later(connection: Connection, keys: Iterable[RowKey], transaction_id: int) -> set[int]:
    found: set[int] = set()
    for table, row_id in keys:
        query = select(_RECORDS.c.transaction_id).where(_RECORDS.c.entity == table, _RECORDS.c.entity_id == row_id)
        later = query.where(_RECORDS.c.transaction_id > transaction_id, _RECORDS.c.action.in_(ROW_ACTIONS))
        found.update(connection.execute(later).scalars())
    return found


def _touching_the_same(connection: Connection, records: list[RowMapping], later: set[int]) -> set[int]:
    """Return those of the *later* transactions that changed a field which the *records* changed, or a row as a whole."""
    fields: dict[RowKey, set[str]] = {}
    for record in records:
        payload = read_payload(connection, record) if record["action"] == "update" else None
        fields.setdefault((record["entity"], record["entity_id"]), set()).update((payload or {}).get("fields", ()))
    found = set()
    for number, others in records_of(connection, later).items():
        for other in others:
            own = fields.get((other["entity"], other["entity_id"]))
            if own is None or other["action"] not in ROW_ACTIONS:
                continue
            payload = read_payload(connection, other)
            if other["action"] != "update" or payload is None or not own or own & set(payload["fields"]):
                found.add(number)
    return found


def write_back(session: Session, changes: list[NetChange]) -> None:
    """Write the rows of *changes* as they were before.

    Raises
    ------
    UndoRefusedError
        where other rows build on them, or they no longer fit; the caller rolls back.
    """
    added = [change for change in changes if change.before is None and change.after is not None]
    others = [change for change in changes if change.before is not None]
    if references_to(session, [change.key for change in added], besides={change.key for change in changes}):
        raise UndoRefusedError(NEEDED_SINCE)
    try:
        delete_keys(session, [change.key for change in added])
        with session.no_autoflush:
            rows = [_as_before(session, change) for change in others]
        session.flush()
    except IntegrityError as error:
        raise UndoRefusedError(DOES_NOT_FIT) from error
    for change, row in zip(others, rows, strict=True):
        values = {column.name: getattr(row, column.name) for column in Base.metadata.tables[change.table].columns}
        if structure_problems(session, change.table, change.row_id, values):
            raise UndoRefusedError(DOES_NOT_FIT)


def _as_before(session: Session, change: NetChange) -> Any:
    entity, before = entity_of(change.table), change.before or {}
    row: Any = session.get(entity, change.row_id)
    if (row is None) != (change.after is None):
        raise UndoRefusedError(CHANGED_SINCE)
    if row is None:
        # The versions of a row go on after its deletion: none stands for two states.
        row = entity()
        row.id, row.row_version = change.row_id, change.version + 1
        session.add(row)
    for name, value in before.items():
        setattr(row, name, value)
    return row
