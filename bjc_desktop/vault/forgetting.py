"""Erasing people from the vault: rows and texts, keys of their change records, drafts, search keys, and every trace in the file."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import DiskFullError, VaultError
from bjc_desktop.models import Base
from bjc_desktop.models.base import Exposure, FieldInfo, Kind, field_of
from bjc_desktop.models.coachee_keys import write_keys
from bjc_desktop.vault.change_chain import Actor
from bjc_desktop.vault.changes import OF_TWO, concerns_people, link_to_owner, record_event
from bjc_desktop.vault.driver import clear_errors, connect
from bjc_desktop.vault.erasure_registry import keep_registries
from bjc_desktop.vault.forgetting_staff import erase_staff
from bjc_desktop.vault.tombstones import Tombstone, kept_tombstones, marks_of, put_beside, settled, sound, tombstones_beside
from bjc_desktop.vault.vault import Vault
from bjc_desktop.vocabulary import HEALTH_AREAS, ErasureDepth, ErasureOccasion

ERASED = "(gelöscht)"
"""What stands where a text was that a row cannot do without."""
TRACES_LEFT = "Gelöscht ist die Person, aber für das Aufräumen der Datei fehlt Platz. Bitte Platz schaffen und den Tresor noch einmal öffnen."
_TRACES_DUE = "traces_due"
"""The fact of a vault whose file is still to be cleaned after an erasure: a kill in between does not leave it so."""
_ERASURES = Base.metadata.tables["erasures"]
_TABLES: tuple[Table, ...] = tuple(table for table in reversed(Base.metadata.sorted_tables) if concerns_people(table.name))
"""All that belongs to people, children before parents."""
_OF_THE_ERASING = {"legal_holds", "privacy_requests"}
"""What people asked for and what is held outlives the texts of the case."""
_PLACES = {"observations": {"workplace", "task"}}
"""Short texts that belong to an observation's text."""
_ATTRIBUTES = {"coachees": {"gender", "german_level"}, "outcomes": {"gross_pay"}}
"""What says more about the person than about the coaching, and no figure rests on."""
_HEALTH_AREAS = "('" + "', '".join(sorted(HEALTH_AREAS)) + "')"
_CONTACT = {"coachees": {"phone", "email"}}


@dataclass(frozen=True, slots=True)
class Erased:
    """What was erased of a person: the id, how the person is called in reports, and how many rows of which table."""

    person_id: str
    pseudonym: str
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why something is erased, how much of it, who does it and when."""

    depth: ErasureDepth
    occasion: ErasureOccasion
    reason: str
    actor: Actor
    now: datetime


def erase_people(session: Session, people: Mapping[str, str], occasion: Occasion) -> list[Erased]:
    """Erase each of *people* (id → pseudonym; of the staff where the depth says so), and write protocol and change record, in the session's transaction.

    What stays in the file of the deleted rows is removed by :func:`leave_no_trace` after the commit.
    """
    session.flush()
    connection = session.connection()
    marks = marks_of(connection, people)
    found = []
    for person_id, pseudonym in people.items():
        _mark_given_up(connection, person_id, pseudonym, occasion)
        counts = _erase(connection, occasion.depth, person_id, pseudonym)
        payload = {"depth": occasion.depth.value, "occasion": occasion.occasion.value, "counts": counts}
        entity = _entity(occasion.depth)
        record_event(session, occasion.actor, "erase", payload, entity=entity, entity_id=person_id, now=occasion.now)
        _keep_protocol(connection, marks[person_id], pseudonym, occasion, counts)
        found.append(Erased(person_id, pseudonym, counts))
    connection.exec_driver_sql("INSERT OR REPLACE INTO vault_facts (key, value) VALUES (?, x'01')", (_TRACES_DUE,))
    session.expire_all()
    return found


def _entity(depth: ErasureDepth) -> str:
    return "staff" if depth is ErasureDepth.STAFF else "coachees"


def _mark_given_up(connection: Connection, person_id: str, pseudonym: str, occasion: Occasion) -> None:
    """Keep a tombstone for each file that was joined to the person's: an older backup still holds it as somebody of their own."""
    for mark in marks_of(connection, _given_up(connection, person_id)).values():
        _keep_protocol(connection, mark, pseudonym, occasion, {"joined_people": 1})


def _given_up(connection: Connection, person_id: str) -> list[str]:
    query = "SELECT id FROM joined_people WHERE kept_id = :person"
    return list(connection.exec_driver_sql(query, {"person": person_id}).scalars())


def _keep_protocol(connection: Connection, mark: str, pseudonym: str, occasion: Occasion, counts: Mapping[str, int]) -> None:
    values = {
        "mark": mark,
        "depth": occasion.depth.value,
        "pseudonym": pseudonym,
        "at": occasion.now.astimezone(UTC).replace(tzinfo=None),
        "user_id": occasion.actor.user_id,
        "occasion": occasion.occasion.value,
        "reason": occasion.reason,
        "counts": json.dumps(counts, sort_keys=True),
    }
    connection.execute(insert(_ERASURES), [values])


def _erase(connection: Connection, depth: ErasureDepth, person_id: str, pseudonym: str) -> dict[str, int]:
    # What would undo a file that was taken in holds values too. All of it goes: a file cannot be taken back before a later one.
    connection.exec_driver_sql("UPDATE exchange_files SET before = NULL WHERE before IS NOT NULL")
    if depth is ErasureDepth.STAFF:
        return erase_staff(connection, person_id, pseudonym, ERASED)
    if depth is ErasureDepth.HEALTH:
        return _erase_health(connection, person_id)
    counts = {"drafts": _drop_drafts(connection, person_id)}
    given_up = _given_up(connection, person_id)
    if depth is ErasureDepth.PERSON:
        for table in _TABLES:
            counts[table.name] = _run(connection, f"DELETE FROM {table.name} WHERE {condition(table.name)}", person_id)
    else:
        for name, columns in blanked(depth).items():
            counts[name] = _blank(connection, name, columns, person_id)
        if depth is ErasureDepth.FACTS:
            counts["coachees"] = _rename(connection, person_id, pseudonym)
    counts["person_keys"] = _drop_keys(connection, [person_id, *given_up])
    return {name: count for name, count in counts.items() if count}


def _erase_health(connection: Connection, person_id: str) -> dict[str, int]:
    """Delete what is noted in the areas of health; the keys go with it, for the record says which area a row was of."""
    where = f"area IN {_HEALTH_AREAS} AND {condition('barriers')}"
    counts = {
        "barriers": _run(connection, f"DELETE FROM barriers WHERE {where}", person_id),
        "person_keys": _drop_keys(connection, [person_id, *_given_up(connection, person_id)]),
    }
    return {name: count for name, count in counts.items() if count}


def _drop_keys(connection: Connection, owners: Iterable[str]) -> int:
    return sum(_run(connection, "DELETE FROM person_keys WHERE coachee_id = :person", owner) for owner in owners)


def _run(connection: Connection, statement: str, person_id: str) -> int:
    return connection.exec_driver_sql(statement, {"person": person_id}).rowcount


def condition(table: str) -> str:
    """Return the condition that a row of *table* belongs to the person ``:person``."""
    link = link_to_owner(table)
    if link is None:
        return "id = :person"
    column, parent = link
    if table in OF_TWO:
        # What belongs to two people is forgotten with either.
        return f":person IN ({column}, {OF_TWO[table]})"
    if parent == "coachees":
        return f"{column} = :person"
    return f"{column} IN (SELECT id FROM {parent} WHERE {condition(parent)})"


def blanked(depth: ErasureDepth) -> dict[str, dict[str, str]]:
    """Return what stands afterwards in which column of which table, as SQL, where *depth* keeps the rows."""
    found: dict[str, dict[str, str]] = {}
    for table in _TABLES:
        columns = {name: after for name, info, after in _afters(table) if _is_blanked(depth, table.name, name, info)}
        if columns:
            found[table.name] = columns
    return found


def _afters(table: Table) -> Iterator[tuple[str, FieldInfo, str]]:
    for column in table.columns:
        info = field_of(column)
        if info is None:
            continue
        # A reason that was given decides a figure; what it says does not.
        keeps_place = info.kind is Kind.LONG_TEXT or not column.nullable
        yield column.name, info, f"CASE WHEN {column.name} IS NOT NULL THEN '{ERASED}' END" if keeps_place else "NULL"


def _is_blanked(depth: ErasureDepth, table: str, name: str, info: FieldInfo) -> bool:
    if depth is ErasureDepth.CONTACT:
        return name in _CONTACT.get(table, ())
    is_text = info.kind in {Kind.LONG_TEXT, Kind.NOTE} or name in _PLACES.get(table, ())
    if depth is ErasureDepth.TEXTS:
        return is_text and table not in _OF_THE_ERASING
    return is_text or info.exposure is not Exposure.OPEN or name in _ATTRIBUTES.get(table, ())


def _blank(connection: Connection, table: str, columns: Mapping[str, str], person_id: str) -> int:
    settings = ", ".join(f"{name} = {after}" for name, after in columns.items())
    anything = " OR ".join(f"({name} IS NOT NULL AND {name} IS NOT '{ERASED}')" for name in columns)
    statement = f"UPDATE {table} SET {settings}, row_version = row_version + 1 WHERE {condition(table)} AND ({anything})"
    return _run(connection, statement, person_id)


def _rename(connection: Connection, person_id: str, pseudonym: str) -> int:
    """Give the row that stays the pseudonym instead of name and case number, also where it is searched for."""
    changed = connection.exec_driver_sql(
        "UPDATE coachees SET case_number = :number, family_name = :name WHERE id = :person",
        {"number": pseudonym, "name": ERASED, "person": person_id},
    )
    write_keys(connection, [(person_id, pseudonym, ERASED, None)])
    return changed.rowcount


def people_with_something(connection: Connection, depth: ErasureDepth) -> frozenset[str]:
    """Return the people of whom there is something that an erasure to *depth* would take."""
    found: set[str] = set()
    for table, columns in blanked(depth).items():
        anything = " OR ".join(f"({name} IS NOT NULL AND {name} IS NOT '{ERASED}')" for name in columns)
        query = f"SELECT DISTINCT {_owner(table, table)} FROM {table} WHERE {anything}"
        found.update(connection.exec_driver_sql(query).scalars())
    return frozenset(found)


def _owner(table: str, key: str) -> str:
    """Return the expression for the person of a row of *table*, whose row is called *key*."""
    link = link_to_owner(table)
    if link is None:
        return f"{key}.id"
    column, parent = link
    if parent == "coachees":
        return f"{key}.{column}"
    return f"(SELECT {_owner(parent, f'of_{key}')} FROM {parent} of_{key} WHERE of_{key}.id = {key}.{column})"


def _drop_drafts(connection: Connection, person_id: str) -> int:
    """Delete what is typed and not saved about the person, whoever typed it."""
    ids = list(connection.exec_driver_sql("SELECT id FROM coachings WHERE coachee_id = :person", {"person": person_id}).scalars())
    query = "SELECT case_number, given_name, family_name FROM coachees WHERE id = :person"
    row = connection.exec_driver_sql(query, {"person": person_id}).one_or_none()
    words = [person_id, *ids, *([] if row is None else [row.case_number])]
    names = [] if row is None else [name.casefold() for name in (row.given_name, row.family_name) if name]
    doomed = [
        (draft.user_id, draft.key)
        for draft in connection.exec_driver_sql("SELECT user_id, key, content FROM drafts")
        if _is_about(f"{draft.key} {draft.content}".casefold(), [word.casefold() for word in words], names)
    ]
    if doomed:
        connection.exec_driver_sql("DELETE FROM drafts WHERE user_id = ? AND key = ?", doomed)
    return len(doomed)


def _is_about(text: str, words: Collection[str], names: Collection[str]) -> bool:
    return any(word in text for word in words) or (len(names) > 1 and all(name in text for name in names))


# --- after the commit ---------------------------------------------------------------------------------------------------------


def leave_no_trace(vault: Vault) -> None:
    """Remove from the vault's file whatever is left of what was deleted, and put the tombstones beside it.

    Statistics of the indexes hold names (sqlite_stat4), so they are made anew; the write-ahead log is emptied.

    Raises
    ------
    VaultError
        where there is no room to write the file anew; what was erased stays erased, and the next opening makes up for it.
    """
    try:
        keep_beside(vault)
        vault.anchor_changes()
        vault.engine.dispose()
        with closing(connect(vault.database, vault.secrets.cipher_key)) as raw, clear_errors():
            if raw.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'").fetchone()[0]:
                raw.execute("ANALYZE")
            raw.execute("VACUUM")
            raw.execute("DELETE FROM vault_facts WHERE key = ?", (_TRACES_DUE,))
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except DiskFullError as error:
        raise VaultError(TRACES_LEFT) from error


def keep_beside(vault: Vault, now: datetime | None = None) -> None:
    """Put the tombstones into the file beside the vault and into the registries away from it, where those do not hold them all."""
    beside = tombstones_beside(vault.folder)
    with vault.reading() as connection:
        known = kept_tombstones(connection)
        whole = settled(sound(connection, beside) | known)
    if whole != beside:
        put_beside(vault.folder, whole)
    keep_registries(vault.id, whole, now or vault.clock())


def erase_again(vault: Vault, now: datetime) -> int:
    """Erase whom a restored backup brought back; return how many. Costs one look where there is nothing to do.

    What an erasure that was interrupted left in the file is removed as well, as soon as there is room.
    """
    with vault.reading() as connection:
        due = connection.exec_driver_sql("SELECT count(*) FROM vault_facts WHERE key = ?", (_TRACES_DUE,)).scalar()
        kept, stones = kept_tombstones(connection), sound(connection, tombstones_beside(vault.folder))
    missing = settled(stones | kept) - kept
    if not missing and not due:
        if kept:
            keep_beside(vault, now)
        else:
            keep_registries(vault.id, kept, now)
        return 0
    count = 0
    if missing:
        with vault.writing(now=now) as session:
            count = _replay(session, vault.actor(), missing, now)
    with suppress(VaultError):
        leave_no_trace(vault)
    return count


def _replay(session: Session, actor: Actor, missing: Iterable[Tombstone], now: datetime) -> int:
    connection = session.connection()
    ids = connection.exec_driver_sql("SELECT id FROM coachees UNION SELECT id FROM staff").scalars().all()
    people = {mark: person_id for person_id, mark in marks_of(connection, ids).items()}
    count = 0
    for stone in sorted(missing, key=lambda stone: stone.at):
        depth = next((depth for depth in ErasureDepth if depth.value == stone.depth), None)
        if depth is None:
            continue
        _keep(connection, stone)
        person_id = people.get(stone.mark)
        if person_id is not None and not stone.taken_back:
            _erase_once_more(session, person_id, stone, depth, actor, now)
            count += 1
    connection.exec_driver_sql("INSERT OR REPLACE INTO vault_facts (key, value) VALUES (?, x'01')", (_TRACES_DUE,))
    return count


def _keep(connection: Connection, stone: Tombstone) -> None:
    known = select(_ERASURES.c.id).where(
        _ERASURES.c.mark == stone.mark, _ERASURES.c.depth == stone.depth, _ERASURES.c.at == datetime.fromisoformat(stone.at)
    )
    back = datetime.fromisoformat(stone.taken_back) if stone.taken_back else None
    found = connection.execute(known).scalar()
    if found is not None:
        connection.execute(_ERASURES.update().where(_ERASURES.c.id == found).values(taken_back_at=back))
        return
    values = {
        "mark": stone.mark,
        "depth": stone.depth,
        "pseudonym": stone.pseudonym,
        "at": datetime.fromisoformat(stone.at),
        "user_id": "",
        "occasion": ErasureOccasion.RESTORE.value,
        "reason": "",
        "counts": "{}",
        "taken_back_at": back,
    }
    connection.execute(insert(_ERASURES), [values])


def _erase_once_more(
    session: Session, person_id: str, stone: Tombstone, depth: ErasureDepth, actor: Actor, now: datetime
) -> None:
    counts = _erase(session.connection(), depth, person_id, stone.pseudonym)
    payload = {"depth": depth.value, "occasion": ErasureOccasion.RESTORE.value, "counts": counts}
    record_event(session, actor, "erase", payload, entity=_entity(depth), entity_id=person_id, now=now)
    _ = session.connection().execute(
        _ERASURES.update()
        .where(_ERASURES.c.mark == stone.mark, _ERASURES.c.depth == stone.depth, _ERASURES.c.counts == "{}")
        .values(counts=json.dumps(counts, sort_keys=True))
    )
