"""A new person with the first coaching, and a further coaching of someone who is known: checked as a whole, then added."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import Base, Coachee, Coaching, CoachingStaff, Measure, Staff
from bjc_desktop.services.row_editing import add_row, row_problems
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.typed_values import problem_of, show_date

TAKEN = "Diese Fallnummer gibt es schon. Bitte eine andere angeben."
NO_COACH = "Bitte angeben, wer für das Coaching zuständig ist."
STILL_RUNNING = "Es läuft noch ein Coaching seit {day}. Bitte dort zuerst den Austritt eintragen."
_LAST_NUMBER = re.compile(r"(.*?)(\d+)\D*")
# All numbers that are taken, whoever sees whose: the next one is free.
_LATEST = (
    "SELECT p.case_number FROM main.coachee_keys k JOIN main.coachees p ON p.id = k.coachee_id ORDER BY k.number DESC LIMIT 1"
)
_LIKE = "SELECT case_number FROM main.coachees WHERE case_number >= ? AND case_number < ?"
_YEAR = re.compile(r"(?<!\d)(19|20)\d\d(?!\d)")


def add_coachee(
    session: Session,
    fields: Mapping[str, Any],
    coaching_fields: Mapping[str, Any],
    coach_id: str | None,
    *,
    today: date,
    measure_kind: str | None = None,
) -> tuple[str, str]:
    """Add a coachee with a first coaching that *coach_id* is responsible for, and return the ids of both.

    The provider is that of the coach where *coaching_fields* names none. A *measure_kind* adds a measure from the entry on.

    Raises
    ------
    InvalidInputError
        with one sentence for each field of either (and ``coach_id``); nothing was added.
    """
    coaching = _with_provider(session, coaching_fields, coach_id)
    problems = _problems(session, "coachees", fields, today, frozenset())
    if "case_number" not in problems and _taken(session, fields.get("case_number")):
        problems["case_number"] = TAKEN
    problems |= _coaching_problems(session, coaching, coach_id, today)
    if problems:
        raise InvalidInputError(problems)
    coachee_id = add_row(session, Coachee, fields, today=today)
    return coachee_id, _add_coaching(session, coachee_id, coaching, coach_id or "", today, measure_kind)


def add_coaching(
    session: Session,
    coachee_id: str,
    coaching_fields: Mapping[str, Any],
    coach_id: str | None,
    *,
    today: date,
    measure_kind: str | None = None,
) -> str:
    """Add a further coaching of the coachee that *coach_id* is responsible for, and return its id.

    A *measure_kind* adds a measure from the entry on.

    Raises
    ------
    InvalidInputError
        with one sentence for each field, or where a coaching at the same provider is still running; nothing was added.
    """
    coaching = _with_provider(session, coaching_fields, coach_id)
    problems = _coaching_problems(session, coaching, coach_id, today)
    if "entry_on" not in problems:
        problems |= _still_running(session, coachee_id, coaching)
    if problems:
        raise InvalidInputError(problems)
    return _add_coaching(session, coachee_id, coaching, coach_id or "", today, measure_kind)


def _add_coaching(
    session: Session, coachee_id: str, coaching: Mapping[str, Any], coach_id: str, today: date, measure_kind: str | None
) -> str:
    coaching_id = add_row(session, Coaching, {**coaching, "coachee_id": coachee_id}, today=today)
    assignment = {"coaching_id": coaching_id, "staff_id": coach_id, "valid_from": coaching["entry_on"]}
    add_row(session, CoachingStaff, assignment, today=today)
    if measure_kind is not None:
        measure = {"coaching_id": coaching_id, "kind": measure_kind, "begin_on": coaching["entry_on"]}
        add_row(session, Measure, measure, today=today)
    return coaching_id


def _with_provider(session: Session, coaching: Mapping[str, Any], coach_id: str | None) -> dict[str, Any]:
    if coaching.get("provider_id") is not None:
        return dict(coaching)
    staff = Staff.__table__.c
    return {**coaching, "provider_id": session.execute(select(staff.provider_id).where(staff.id == coach_id)).scalar()}


def _coaching_problems(session: Session, coaching: Mapping[str, Any], coach_id: str | None, today: date) -> dict[str, str]:
    staff = Staff.__table__.c
    known = session.execute(select(staff.id).where(staff.id == coach_id)).first() is not None
    # Whom it belongs to is not typed, and where the coach is missing the provider is missing for that reason.
    left_out = frozenset({"coachee_id"} if known else {"coachee_id", "provider_id"})
    problems = _problems(session, "coachings", coaching, today, left_out)
    return problems if known else {**problems, "coach_id": NO_COACH}


def _problems(session: Session, table: str, values: Mapping[str, Any], today: date, left_out: frozenset[str]) -> dict[str, str]:
    infos, columns = fields_of(table), Base.metadata.tables[table].columns
    given = {
        name: value for name, value in values.items() if not (value is None or (isinstance(value, str) and not value.strip()))
    }
    problems = {name: problem for name, value in given.items() if (problem := problem_of(infos[name], value)) is not None}
    for name, info in infos.items():
        if name not in given and not columns[name].nullable and columns[name].default is None:
            problems[name] = f"Bitte „{info.title}“ angeben."
    if not problems.keys() - left_out:
        problems |= row_problems(session, table, None, given, given, today)
    return {name: problem for name, problem in problems.items() if name not in left_out}


def _taken(session: Session, case_number: object) -> bool:
    number = Coachee.__table__.c.case_number
    return session.execute(select(number).where(number == str(case_number).strip())).first() is not None


def _still_running(session: Session, coachee_id: str, coaching: Mapping[str, Any]) -> dict[str, str]:
    column = Coaching.__table__.c
    running = (
        select(column.entry_on)
        .where(column.coachee_id == coachee_id, column.provider_id == coaching["provider_id"], column.cancelled.is_(False))
        .where(func.coalesce(column.exit_on, "9999-12-31") >= coaching["entry_on"], column.entry_on <= coaching["entry_on"])
    )
    day = session.execute(running).scalar()
    return {} if day is None else {"entry_on": STILL_RUNNING.format(day=show_date(day))}


def next_case_number(connection: Connection, *, today: date) -> str:
    """Return the case number that follows: shaped like the latest one, counted up; a year in it is today's."""
    latest = connection.exec_driver_sql(_LATEST).scalar()
    match = _LAST_NUMBER.fullmatch(latest or "")
    if match is None:
        return f"{today.year}-0001"
    beginning, width = _YEAR.sub(str(today.year), match[1]), len(match[2])
    like = connection.exec_driver_sql(_LIKE, (beginning, beginning + "\uffff")).scalars()
    counted = [found[2] for text in like if (found := _numbered(beginning, text)) is not None]
    return f"{beginning}{max(map(int, counted), default=0) + 1:0{width}d}"


def _numbered(beginning: str, text: str) -> re.Match[str] | None:
    found = _LAST_NUMBER.fullmatch(text)
    return found if found is not None and found[1] == beginning else None
