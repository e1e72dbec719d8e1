"""Taking a whole import back: a data package, an old list, or an exchange file, as if it had never been taken in.

It is possible for 30 days, as long as nothing of what it brought was changed since, and nothing builds on it. Taking an exchange file back
also gives back what was known of each row's versions: so the same file can be taken in again, and nobody else notices.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.orm import Session

from bjc_desktop.exchange.boundary import Boundary
from bjc_desktop.exchange.field_groups import EXCHANGED, NATURAL_KEYS
from bjc_desktop.exchange.stamping import keep_up, mark_stamped
from bjc_desktop.exchange.taking_in import put_stamps_back, touched_by
from bjc_desktop.models import Base, ExchangeFile, ExchangePartner, User
from bjc_desktop.services.undoing import (
    ALREADY,
    CHANGED_SINCE,
    DAYS,
    NEEDED_SINCE,
    NOT_FOUND,
    NOT_POSSIBLE,
    TOO_OLD,
    NetChange,
    UndoRefusedError,
    net_changes,
    records_of,
    write_back,
)
from bjc_desktop.vault import Vault, back_up_before, record_event
from bjc_desktop.vault.changes import concerns_people
from bjc_desktop.vault.role_rights import assert_may_write, assert_sees_all_cases

PACKAGE, LIST, EXCHANGE = IMPORTS = ("import", "import_list", "exchange")
"""The actions of the events of whole imports."""
TAKE_BACK = "take_back"
LATER_FILE = "Eine spätere Austauschdatei betrifft dieselben Einträge. Bitte zuerst diese zurücknehmen."
_RECORDS = Base.metadata.tables["change_records"]
_TABLES = tuple(table.name for table in EXCHANGED)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """An import as it is listed: its event, when, by whom, what it was, from which partner, the rows by table, and its fate."""

    event: int
    at: datetime
    who: str
    kind: str
    """The action of its event."""
    partner: str
    counts: dict[str, tuple[int, int, int]]
    """By table: how many rows were new, changed, gone."""
    taken_back: bool
    too_old: bool


def list_imports(vault: Vault, *, now: datetime, limit: int = 200) -> tuple[ImportRow, ...]:
    """Return the imports of this vault, newest first."""
    with vault.reading() as connection:
        users = {row.id: row.name for row in connection.execute(select(User.id, User.name))}
        partners = {row.id: row.name for row in connection.execute(select(ExchangePartner.id, ExchangePartner.name))}
        back = _taken_back(connection)
        query = select(_RECORDS).where(_RECORDS.c.action.in_(IMPORTS)).order_by(_RECORDS.c.id.desc()).limit(limit)
        return tuple(_row(record, users, partners, back, now) for record in connection.execute(query).mappings())


def _row(record: RowMapping, users: dict[str, str], partners: dict[str, str], back: set[int], now: datetime) -> ImportRow:
    payload = json.loads(record["payload"])
    at = datetime.fromisoformat(record["at"])
    counts = {table: tuple(numbers) for table, numbers in payload.get("counts", {}).items()}
    if record["action"] != EXCHANGE:
        # Data packages and lists count new, changed and unchanged rows, and take none away.
        counts = {table: (new, changed, 0) for table, (new, changed, _) in counts.items() if new or changed}
    return ImportRow(
        record["id"],
        at,
        users.get(record["user_id"], ""),
        record["action"],
        partners.get(payload.get("partner", ""), ""),
        counts,  # type: ignore[arg-type]
        record["id"] in back,
        at < now.astimezone() - timedelta(days=DAYS),
    )


def _taken_back(connection: Connection) -> set[int]:
    query = select(_RECORDS.c.entity_id).where(_RECORDS.c.action == TAKE_BACK)
    return {int(key) for key in connection.execute(query).scalars()}


def take_import_back(vault: Vault, event: int, *, now: datetime) -> int:
    """Take the import with this event back and return the number of rows that were written or deleted.

    Raises
    ------
    UndoRefusedError
        where that is not possible; nothing was changed.
    VaultError
        where the user may not write the tables.
    """
    _assert_allowed(vault, event)
    back_up_before(vault, "import", now)
    with vault.writing(now=now) as session:
        connection = session.connection()
        keep_up(vault, connection)
        record = _checked(connection, event, now)
        records = records_of(connection, [event])[event]
        changes = net_changes(connection, records)
        new = _plainly_new(connection, event)
        _assert_unchanged(connection, record, changes, new, records[-1]["id"])
        if record["action"] == EXCHANGE:
            _assert_untouched(connection, event, records[-1]["id"])
        else:
            # Who may take an exchange file in may also let it be as if it had not come.
            assert_may_write(vault.user.roles, {change.table for change in changes} | set(new))
        payload = {"of": event, "counts": new}
        record_event(session, vault.actor(), TAKE_BACK, payload, entity=_RECORDS.name, entity_id=str(event), now=now)
        write_back(session, changes)
        session.flush()
        for table in reversed(list(new)):
            connection.exec_driver_sql(f"DELETE FROM main.{table} WHERE change_id = ?", (event,))
        if record["action"] == EXCHANGE:
            _give_stamps_back(session, event, now)
        session.expire_all()
        return len(changes) + sum(new.values())


def _assert_allowed(vault: Vault, event: int) -> None:
    """Check that the user could have taken it in: what concerns people as a whole is the coordination's."""
    with vault.reading() as connection:
        record = connection.execute(select(_RECORDS).where(_RECORDS.c.id == event)).mappings().one_or_none()
    if record is None or record["action"] not in IMPORTS:
        return
    if record["action"] == "exchange":
        assert_may_write(vault.user.roles, [ExchangePartner.__tablename__])
    elif any(concerns_people(table) for table in json.loads(record["payload"]).get("counts", {})):
        assert_sees_all_cases(vault.user.roles)


def _checked(connection: Connection, event: int, now: datetime) -> RowMapping:
    record = connection.execute(select(_RECORDS).where(_RECORDS.c.id == event)).mappings().one_or_none()
    if record is None:
        raise UndoRefusedError(NOT_FOUND)
    if record["action"] not in IMPORTS:
        raise UndoRefusedError(NOT_POSSIBLE)
    if datetime.fromisoformat(record["at"]) < now.astimezone() - timedelta(days=DAYS):
        raise UndoRefusedError(TOO_OLD)
    if event in _taken_back(connection):
        raise UndoRefusedError(ALREADY)
    if record["action"] == EXCHANGE:
        _assert_no_later_file(connection, event)
    return record


def _assert_no_later_file(connection: Connection, event: int) -> None:
    files = ExchangeFile.__table__.c
    mine = connection.execute(select(files.before).where(files.change_id == event)).scalar()
    if mine is None:
        raise UndoRefusedError(NOT_POSSIBLE)
    touched = touched_by(mine)
    later = select(files.before).where(files.change_id > event, files.taken_back_at.is_(None), files.before.is_not(None))
    if any(touched & touched_by(other) for other in connection.execute(later).scalars()):
        raise UndoRefusedError(LATER_FILE)


def _plainly_new(connection: Connection, event: int) -> dict[str, int]:
    """Return how many rows of which table are new with the import and were not changed since: the event alone stands for them."""
    counts = {
        table: connection.exec_driver_sql(f"SELECT count(*) FROM main.{table} WHERE change_id = ?", (event,)).scalar_one()
        for table in _TABLES
    }
    return {table: count for table, count in counts.items() if count}


def _assert_unchanged(
    connection: Connection, record: RowMapping, changes: Iterable[NetChange], new: Mapping[str, int], last: int
) -> None:
    """Check that no row of the import was changed, or deleted, since, and that nothing builds on what was new."""
    again: Counter[str] = Counter()
    for change in changes:
        query = f"SELECT change_id FROM main.{change.table} WHERE id = ?"
        now_at = connection.exec_driver_sql(query, (change.row_id,)).scalar()
        if (now_at is None) != (change.after is None) or (now_at or 0) > last:
            raise UndoRefusedError(CHANGED_SINCE)
        again[change.table] += change.before is None
    for table, numbers in json.loads(record["payload"]).get("counts", {}).items():
        if numbers[0] != new.get(table, 0) + again[table]:
            raise UndoRefusedError(CHANGED_SINCE)
    if any(_is_built_on(connection, table, record["id"]) for table in new):
        raise UndoRefusedError(NEEDED_SINCE)


def _assert_untouched(connection: Connection, event: int, last: int) -> None:
    """Check that nothing happened since to rows of which the file brought versions only: their versions are given back too."""
    before = connection.execute(select(ExchangeFile.before).where(ExchangeFile.change_id == event)).scalar()
    touched = touched_by(before or b"")
    query = "SELECT DISTINCT entity, entity_id FROM change_records WHERE id > ? AND entity_id IS NOT NULL"
    boundary = Boundary(connection, None)
    for table, row_id in connection.exec_driver_sql(query, (last,)):
        if (table, boundary.identity(table, row_id)) in touched:
            raise UndoRefusedError(CHANGED_SINCE)
        if table in NATURAL_KEYS and any(key == table for key, _ in touched) and not boundary.knows(table, row_id):
            # Which row that was cannot be said any more.
            raise UndoRefusedError(CHANGED_SINCE)


def _is_built_on(connection: Connection, table: str, event: int) -> bool:
    for child in Base.metadata.sorted_tables:
        for column in child.columns:
            if any(key.column.table.name == table for key in column.foreign_keys):
                query = (
                    f"SELECT EXISTS (SELECT 1 FROM main.{table} t JOIN main.{child.name} x ON x.{column.name} = t.id "
                    "WHERE t.change_id = :event AND x.change_id <> :event)"
                )
                if connection.exec_driver_sql(query, {"event": event}).scalar():
                    return True
    return False


def _give_stamps_back(session: Session, event: int, now: datetime) -> None:
    connection = session.connection()
    row = session.get_one(ExchangeFile, event)
    put_stamps_back(connection, row.before or b"")
    mark_stamped(connection)
    row.before, row.taken_back_at = None, now.astimezone(UTC).replace(tzinfo=None)
