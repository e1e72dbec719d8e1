"""Adding, changing and deleting one row of any table of the case file, checked against what is known about its fields.

Errors keep a row from being saved and name their field; warnings are only asked about. Source: the data package's
specification, "Consistency": what it calls a finding is a warning here, never a refusal.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, Table, UniqueConstraint, func, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import BjcError, InvalidInputError, MissingNoteKeyError, NotFoundError
from bjc_desktop.models import Base, CoachingStaff, Staff
from bjc_desktop.models.base import FieldInfo, Kind, Recorded
from bjc_desktop.services.consent_effects import health_problems
from bjc_desktop.services.row_titles import counted, entity_of, fields_of
from bjc_desktop.services.typed_values import problem_of
from bjc_desktop.vault import NoteCipher
from bjc_desktop.vocabulary import ConsultationStatus, Role

GONE = "Diesen Eintrag gibt es nicht mehr. Bitte die Ansicht neu öffnen."
CHANGED_MEANWHILE = (
    "Dieser Eintrag wurde inzwischen geändert. Bitte die Ansicht neu öffnen und die Änderung noch einmal eingeben."
)
ALREADY_THERE = "Diese Angabe gibt es schon. Bitte den vorhandenen Eintrag ändern."
SECOND_FOLLOW_UP = "Zu diesem Coaching gibt es schon eine Nachbefragung. Bitte diese ändern."
SECOND_COACH = "In dieser Zeit ist schon ein*e JobCoach zuständig. Bitte zuerst deren Zuordnung beenden."
BORN_LATER = "Das Geburtsdatum liegt in der Zukunft. Bitte das Jahr prüfen."
HELD_LATER = "Eine durchgeführte Konsultation kann nicht in der Zukunft liegen. Bitte das Datum oder den Stand ändern."
NO_NOTE_KEY = "Sie haben keinen Zugang zu den Notizen. Bitte jemanden mit diesem Zugang fragen."
_OWNERS = {"coachee_id", "coaching_id", "plan_id", "goal_id", "funding_decision_id"}
_OWNED_BY_STAFF = {"staff_qualifications", "working_time"}
_SLICE = 500

RowKey = tuple[str, str]
"""Table and id of a row."""

Reader = Session | Connection
"""What reads only; both do."""


def add_row(
    session: Session,
    entity: type[Recorded],
    values: Mapping[str, Any],
    *,
    today: date,
    notes: NoteCipher | None = None,
    row_id: str | None = None,
) -> str:
    """Add a row of *entity* with *values* (by field, as :mod:`typed_values` reads them) and return its id.

    A note is given as text and needs the cipher *notes*. The id is a new one where no *row_id* is given.

    Raises
    ------
    InvalidInputError
        with one sentence for each field that cannot be saved; nothing was added.
    """
    table = _table(entity)
    given = _checked_types(table, values)
    _refuse({**_missing(table, given), **row_problems(session, table.name, None, given, given, today)})
    # The id is needed before the row is written: a note is encrypted for its row, and one saving is one record.
    row: Any = entity()
    row.id = str(uuid.uuid4()) if row_id is None else row_id
    for name, value in given.items():
        if name != "note":
            setattr(row, name, value)
        elif value is not None:
            row.note = _cipher(notes).encrypt(row.id, value)
    session.add(row)
    session.flush()
    return str(row.id)


def change_row(
    session: Session,
    entity: type[Recorded],
    row_id: str,
    values: Mapping[str, Any],
    *,
    today: date,
    expected_version: int | None = None,
    notes: NoteCipher | None = None,
) -> int:
    """Set the fields *values* of a row and return its version; what is not named stays, what does not differ is no change.

    Raises
    ------
    InvalidInputError
        with one sentence for each field that cannot be saved, or where the row has another version than *expected_version*.
    NotFoundError
        where there is no such row.
    """
    table = _table(entity)
    row: Any = _held(session, entity, row_id)
    if expected_version is not None and row.row_version != expected_version:
        raise InvalidInputError({"row_version": CHANGED_MEANWHILE})
    given = _checked_types(table, values)
    merged = {name: getattr(row, name) for name in fields_of(table.name) if name != "note"} | given
    _refuse({**_emptied(table, given), **row_problems(session, table.name, row_id, merged, given, today)})
    for name, value in given.items():
        if name == "note":
            _set_note(row, value, notes)
        elif getattr(row, name) != value:
            setattr(row, name, value)
    session.flush()
    return int(row.row_version)


def delete_row(session: Session, entity: type[Recorded], row_id: str) -> int:
    """Delete a row with everything that belongs to it, in one transaction; return how many rows that were.

    Raises
    ------
    BjcError
        where other rows still refer to it, such as consultations to a member of staff.
    NotFoundError
        where there is no such row.
    """
    _held(session, entity, row_id)
    keys = with_dependants(session, [(_table(entity).name, row_id)])
    used = references_to(session, keys)
    if used:
        named = ", ".join(counted(table, count) for table, count in used.items())
        raise BjcError(f"Dieser Eintrag wird noch verwendet ({named}) und kann deshalb nicht gelöscht werden.")
    delete_keys(session, keys)
    return len(keys)


def delete_keys(session: Session, keys: Iterable[RowKey]) -> None:
    """Delete the rows *keys* in one go, so that each change record still finds the person that its row belongs to."""
    rows = [row for table, row_id in keys if (row := session.get(entity_of(table), row_id)) is not None]
    for row in rows:
        session.delete(row)
    session.flush()


def _table(entity: type[Recorded]) -> Table:
    table: Table = entity.__table__  # type: ignore[attr-defined]
    return table


def _held(session: Session, entity: type[Recorded], row_id: str) -> Recorded:
    row = session.get(entity, row_id)
    if row is None:
        raise NotFoundError(GONE)
    return row


def _refuse(problems: Mapping[str, str]) -> None:
    if problems:
        raise InvalidInputError(problems)


def _cipher(notes: NoteCipher | None) -> NoteCipher:
    if notes is None:
        raise MissingNoteKeyError(NO_NOTE_KEY)
    return notes


def _set_note(row: Any, text: str | None, notes: NoteCipher | None) -> None:
    if text is None:
        row.note = None
        return
    cipher = _cipher(notes)
    # The same text encrypts to other bytes each time: only another text is a change.
    if row.note is None or cipher.decrypt(row.id, row.note) != text:
        row.note = cipher.encrypt(row.id, text)


def _checked_types(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return *values* with texts trimmed and empty ones as None; refuse what cannot stand in its field."""
    infos = fields_of(table.name)
    unknown = set(values) - set(infos)
    if unknown:
        message = f"{table.name} has no field {', '.join(sorted(unknown))}"
        raise TypeError(message)
    given = {name: _trimmed(infos[name], value) for name, value in values.items()}
    problems = {name: problem_of(infos[name], value) for name, value in given.items()}
    _refuse({name: problem for name, problem in problems.items() if problem is not None})
    return given


def _trimmed(info: FieldInfo, value: object) -> object:
    if not isinstance(value, str):
        return value
    text = value.rstrip() if info.kind in {Kind.LONG_TEXT, Kind.NOTE} else value.strip()
    return str(text) if text.strip() else None


def _needed(column: Column[Any]) -> bool:
    return not column.nullable and column.default is None


def _missing(table: Table, given: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: _please(info)
        for name, info in fields_of(table.name).items()
        if _needed(table.columns[name]) and given.get(name) is None
    } | _emptied(table, given)


def _emptied(table: Table, given: Mapping[str, Any]) -> dict[str, str]:
    infos = fields_of(table.name)
    return {name: _please(infos[name]) for name in given if given[name] is None and not table.columns[name].nullable}


def _please(info: FieldInfo) -> str:
    return f"Bitte „{info.title}“ angeben."


# --- what must hold ----------------------------------------------------------------------------------------------------------


def row_problems(
    session: Session, table: str, row_id: str | None, values: Mapping[str, Any], given: Iterable[str], today: date
) -> dict[str, str]:
    """Return what keeps the row with these *values* from standing in the vault, by field; *given* are the fields just typed."""
    return {
        **structure_problems(session, table, row_id, values, given),
        **_impossible_days(table, values, today),
        **health_problems(session.connection(), table, values, today=today),
    }


def structure_problems(
    session: Session, table: str, row_id: str | None, values: Mapping[str, Any], given: Iterable[str] = ()
) -> dict[str, str]:
    """Return what is wrong with a row beside the other rows: references, order of days, what may exist only once."""
    return {
        **_dangling(session, table, values),
        **_wrong_order(table, values, set(given)),
        **_not_unique(session, table, row_id, values),
        **_second_coach(session, table, row_id, values),
    }


def _dangling(session: Session, table: str, values: Mapping[str, Any]) -> dict[str, str]:
    problems = {}
    for column in Base.metadata.tables[table].columns:
        value = values.get(column.name)
        for key in column.foreign_keys if value is not None else ():
            target = key.column.table
            if session.execute(select(target.c.id).where(target.c.id == value)).first() is None:
                title = fields_of(table)[column.name].title
                problems[column.name] = f"„{title}“ gibt es nicht mehr. Bitte neu wählen."
    return problems


def _wrong_order(table: str, values: Mapping[str, Any], given: set[str]) -> dict[str, str]:
    problems, infos = {}, fields_of(table)
    for constraint in Base.metadata.tables[table].constraints:
        if not isinstance(constraint, CheckConstraint) or "end" not in constraint.info:
            continue
        end, begin = constraint.info["end"], constraint.info["begin"]
        if values.get(end) is not None and values.get(begin) is not None and values[end] < values[begin]:
            at = begin if begin in given and end not in given else end
            problems[at] = f"„{infos[end].title}“ liegt vor „{infos[begin].title}“. Bitte eines der beiden Daten ändern."
    return problems


def _not_unique(session: Session, table: str, row_id: str | None, values: Mapping[str, Any]) -> dict[str, str]:
    held = Base.metadata.tables[table]
    for constraint in held.constraints:
        if not isinstance(constraint, UniqueConstraint):
            continue
        names = [column.name for column in constraint.columns]
        if any(values.get(name) is None for name in names):
            continue
        same = [held.c[name] == values[name] for name in names]
        found = session.execute(select(held.c.id).where(*same, held.c.id != (row_id or ""))).first()
        if found is not None:
            return {"state": SECOND_FOLLOW_UP} if table == "follow_ups" else {names[-1]: ALREADY_THERE}
    return {}


def _second_coach(session: Session, table: str, row_id: str | None, values: Mapping[str, Any]) -> dict[str, str]:
    first, last = values.get("valid_from"), values.get("valid_to") or date.max
    if table != "coaching_staff" or first is None:
        return {}
    assignment, staff = CoachingStaff.__table__.c, Staff.__table__.c
    role = session.execute(select(staff.role).where(staff.id == values.get("staff_id"))).scalar()
    if role != Role.JOB_COACH.value:
        return {}
    overlapping = (
        select(assignment.id)
        .join_from(CoachingStaff.__table__, Staff.__table__, staff.id == assignment.staff_id)
        .where(
            assignment.coaching_id == values.get("coaching_id"),
            assignment.id != (row_id or ""),
            staff.role == Role.JOB_COACH.value,
            assignment.valid_from <= last,
            func.coalesce(assignment.valid_to, date.max) >= first,
        )
    )
    return {"valid_from": SECOND_COACH} if session.execute(overlapping).first() is not None else {}


def _impossible_days(table: str, values: Mapping[str, Any], today: date) -> dict[str, str]:
    born, held = values.get("birth_date"), values.get("held_on")
    if table == "coachees" and born is not None and born > today:
        return {"birth_date": BORN_LATER}
    if table == "consultations" and held is not None and held > today and values.get("status") == ConsultationStatus.HELD.value:
        return {"held_on": HELD_LATER}
    return {}


# --- what belongs to a row ---------------------------------------------------------------------------------------------------


def _owns(child: Table, column: Column[Any]) -> bool:
    # What may be empty only points at the row: an observation is no part of a goal.
    owned = (column.name in _OWNERS and not column.nullable) or (child.name in _OWNED_BY_STAFF and column.name == "staff_id")
    # A version that waits for a decision is about the person; which, only who takes the person's rows in knows.
    return owned or child.name == "held_versions"


def _referring(table: str) -> Iterable[tuple[Table, Column[Any]]]:
    for child in Base.metadata.sorted_tables:
        for column in child.columns:
            if any(key.column.table.name == table for key in column.foreign_keys):
                yield child, column


def with_dependants(reader: Reader, keys: Iterable[RowKey]) -> list[RowKey]:
    """Return *keys* and, after them, the keys of all rows that belong to them."""
    found = dict.fromkeys(keys)
    level = list(found)
    while level:
        level = [key for key in _children(reader, level) if key not in found]
        found.update(dict.fromkeys(level))
    return list(found)


def _children(reader: Reader, keys: Iterable[RowKey]) -> Iterable[RowKey]:
    for table, ids in _by_table(keys).items():
        for child, column in _referring(table):
            if _owns(child, column):
                for row_id, _ in _rows_with(reader, child, column, ids):
                    yield child.name, row_id


def references_to(reader: Reader, keys: Iterable[RowKey], besides: Iterable[RowKey] = ()) -> dict[str, int]:
    """Return, by table, how many rows other than *keys* and *besides* refer to one of *keys*."""
    wanted, used = list(keys), dict[str, set[str]]()
    inside = {*wanted, *besides}
    for table, ids in _by_table(wanted).items():
        for child, column in _referring(table):
            others = {row_id for row_id, _ in _rows_with(reader, child, column, ids) if (child.name, row_id) not in inside}
            if others:
                used.setdefault(child.name, set()).update(others)
    return {table: len(rows) for table, rows in used.items()}


def _by_table(keys: Iterable[RowKey]) -> dict[str, list[str]]:
    tables: dict[str, list[str]] = {}
    for table, row_id in keys:
        tables.setdefault(table, []).append(row_id)
    return tables


def _rows_with(reader: Reader, child: Table, column: Column[Any], ids: list[str]) -> Iterable[tuple[str, str]]:
    for start in range(0, len(ids), _SLICE):
        query = select(child.c.id, column).where(column.in_(ids[start : start + _SLICE])).order_by(child.c.id)
        for row in reader.execute(query):
            yield row[0], row[1]


def preview_deletion(reader: Reader, entity: type[Recorded], row_id: str) -> str:
    """Return what :func:`delete_row` would take with the row, such as ``3 Ziele, 5 Aufgaben``; empty for nothing."""
    keys = with_dependants(reader, [(_table(entity).name, row_id)])
    return ", ".join(counted(table, len(ids)) for table, ids in _by_table(keys[1:]).items())
