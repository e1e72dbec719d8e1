"""What goes into a calendar outside: planned consultations and what is due, each as a day, by case number and without notes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Date, text

from bjc_desktop.errors import InvalidInputError, NotFoundError
from bjc_desktop.models import Consultation
from bjc_desktop.reports.calendar_file import CalendarEntry, calendar_ics
from bjc_desktop.services.due_items import PLANNED_KINDS, Cases, DueKind, due_parameters, due_statement, full_name, read_due
from bjc_desktop.services.leaving_files import write_leaving
from bjc_desktop.services.overview import TRAINER_KINDS
from bjc_desktop.services.privacy_requests import read_requests
from bjc_desktop.vault import Vault
from bjc_desktop.vault.role_rights import assert_may_hand_out, keeps_cases, visible_people

WHAT = "calendar"
DAYS = 90
"""So far a calendar file reaches where nobody says otherwise."""
NOTHING = "In diesem Zeitraum steht nichts an; es wurde keine Datei geschrieben. Bitte einen anderen Zeitraum wählen."
NO_SPAN = "Das Ende liegt vor dem Anfang; bitte die beiden Tage prüfen."
NO_NAME = "Eine Kalenderdatei endet auf .ics. Bitte den Namen so angeben."
_NEVER = datetime(2020, 1, 1, tzinfo=UTC)
"""Stands for the last change of a row that was never changed since it was read in."""
_PLANNED_END = "planned_end"
_WORDS = {
    DueKind.CONSULTATION.value: "Termin",
    DueKind.FOLLOW_UP.value: "Nachbefragung",
    DueKind.CLOSING.value: "Akte schließen",
    DueKind.PLAN_REVIEW.value: "Plan überprüfen",
    DueKind.GOAL.value: "Ziel fällig",
    DueKind.TASK.value: "Aufgabe fällig",
    DueKind.SUGGESTION.value: "Vorschlag beantworten",
    DueKind.REQUEST.value: "Anfrage beantworten",
    DueKind.WITHDRAWAL.value: "Austritt klären",
    DueKind.PROOF_OF_USE.value: "Verwendungsnachweis",
    _PLANNED_END: "Geplantes Ende",
}
_TABLES = {
    DueKind.CONSULTATION.value: "consultations",
    DueKind.PLAN_REVIEW.value: "development_plans",
    DueKind.GOAL.value: "goals",
    DueKind.TASK.value: "tasks",
    DueKind.SUGGESTION.value: "suggestions",
    DueKind.REQUEST.value: "privacy_requests",
    DueKind.PROOF_OF_USE.value: "funding_decisions",
}
"""The table of the row behind an entry; for the others it is the coaching."""


@dataclass(frozen=True, slots=True)
class CalendarWish:
    """Whose cases (None: all), from when to when, and whether people are named: by default they are not."""

    staff_id: str | None
    first: date
    last: date
    names: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """The entries, and the coachings that they are about."""

    entries: tuple[CalendarEntry, ...]
    coaching_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """Something on a day, before it is put into words."""

    kind: str
    day: date
    row_id: str
    coachee_id: str | None
    coaching_id: str | None
    cancelled: bool = False
    reference: str = ""


def next_days(today: date, staff_id: str | None) -> CalendarWish:
    """Return the wish that is offered first: from *today* on for a quarter, without names."""
    return CalendarWish(staff_id, today, today + timedelta(days=DAYS))


def save_calendar(vault: Vault, wish: CalendarWish, path: Path, *, today: date, now: datetime) -> int:
    """Record that the entries leave, and write them to *path*; return how many there are.

    Raises
    ------
    InvalidInputError
        where the days are the wrong way round, the name is none of a calendar file, or the place takes no file.
    NotFoundError
        where nothing is due in these days.
    VaultError
        where it cannot be recorded or there is no room; nothing is written then.
    """
    if wish.last < wish.first:
        raise InvalidInputError({"last": NO_SPAN})
    if path.suffix.lower() != ".ics":
        raise InvalidInputError({"path": NO_NAME})
    assert_may_hand_out(vault.user.roles, Consultation.__tablename__)
    kinds = PLANNED_KINDS if keeps_cases(vault.user.roles) else TRAINER_KINDS
    with vault.reading() as connection:
        calendar = read_calendar(connection, wish, kinds=kinds, today=today)
    if not calendar.entries:
        raise NotFoundError(NOTHING)
    details = {"names": wish.names, "rows": len(calendar.entries)}
    content = calendar_ics(calendar.entries)
    write_leaving(vault, path, content, WHAT, details, coaching_ids=calendar.coaching_ids, now=now)
    return len(calendar.entries)


def read_calendar(
    connection: Connection, wish: CalendarWish, *, kinds: Sequence[DueKind] = PLANNED_KINDS, today: date
) -> Calendar:
    """Return what *wish* asks for of the people whom the user sees, by its day; what was called off is there as cancelled."""
    found = [*_due(connection, wish, kinds, today), *_superseded(connection, wish, kinds, today)]
    if DueKind.CONSULTATION in kinds:
        found += [
            *_called_off(connection, wish, today),
            *_planned_ends(connection, wish, today),
            *_requests(connection, wish, today),
            *_proofs(connection, wish),
        ]
    seen = visible_people(connection)
    found = [item for item in found if seen is None or item.coachee_id in seen]
    cases, versions = _cases_of(connection, found), _versions(connection, found)
    entries = [
        CalendarEntry(
            f"{item.kind}-{item.row_id}",
            item.day,
            _title(item, cases.get(item.coachee_id or ""), names=wish.names),
            *versions.get((_table(item), _row(item)), (1, _NEVER)),
            item.cancelled,
        )
        for item in found
    ]
    entries.sort(key=lambda entry: (entry.day, entry.key))
    return Calendar(tuple(entries), tuple(dict.fromkeys(item.coaching_id for item in found if item.coaching_id)))


# --- what there is --------------------------------------------------------------------------------------------------------------


def _due(connection: Connection, wish: CalendarWish, kinds: Sequence[DueKind], today: date) -> list[_Found]:
    items = read_due(connection, Cases(wish.staff_id), today=today, until=wish.last, kinds=kinds)
    return [
        _Found(item.kind.value, item.day, item.row_id, item.coachee_id, item.coaching_id)
        for item in items
        if item.day >= wish.first
    ]


_CALLED_OFF = (
    "SELECT u.id, u.held_on AS day, cases.coachee_id, cases.id AS coaching_id FROM cases CROSS JOIN consultations u "
    "ON u.coaching_id = cases.id AND u.held_on BETWEEN :first AND :last "
    "AND u.status IN ('cancelled_by_coachee', 'cancelled_by_provider')"
)
_PLANNED = (
    "SELECT c.id, c.planned_end_on AS day, c.coachee_id, c.id AS coaching_id FROM cases CROSS JOIN coachings c ON c.id = cases.id "
    "WHERE c.exit_on IS NULL AND c.planned_end_on BETWEEN :first AND :last"
)
_OLDER = "FROM plans CROSS JOIN development_plans p ON p.coaching_id = plans.coaching_id AND p.id <> plans.plan_id"
_SUPERSEDED = {
    DueKind.PLAN_REVIEW: f"SELECT p.id, p.review_on AS day, coachee_id, plans.coaching_id {_OLDER} "
    "WHERE p.review_on BETWEEN :first AND :last",
    DueKind.GOAL: f"SELECT g.id, g.due_on AS day, coachee_id, plans.coaching_id {_OLDER} "
    "CROSS JOIN goals g ON g.plan_id = p.id WHERE g.due_on BETWEEN :first AND :last",
    DueKind.TASK: f"SELECT t.id, t.due_on AS day, coachee_id, plans.coaching_id {_OLDER} CROSS JOIN goals g ON g.plan_id = p.id "
    "CROSS JOIN tasks t ON t.goal_id = g.id WHERE t.due_on BETWEEN :first AND :last AND t.done_on IS NULL",
}


def _called_off(connection: Connection, wish: CalendarWish, today: date) -> list[_Found]:
    return _rows(connection, wish, today, DueKind.CONSULTATION.value, _CALLED_OFF, cancelled=True)


def _planned_ends(connection: Connection, wish: CalendarWish, today: date) -> list[_Found]:
    return _rows(connection, wish, today, _PLANNED_END, _PLANNED)


def _superseded(connection: Connection, wish: CalendarWish, kinds: Sequence[DueKind], today: date) -> list[_Found]:
    """Return what an older version of a plan asked for: the newest has rows of its own, and would stand beside them."""
    parts = [
        _rows(connection, wish, today, kind.value, query, cancelled=True) for kind, query in _SUPERSEDED.items() if kind in kinds
    ]
    return [item for part in parts for item in part]


def _rows(
    connection: Connection, wish: CalendarWish, today: date, kind: str, query: str, *, cancelled: bool = False
) -> list[_Found]:
    cases = Cases(wish.staff_id)
    parameters = due_parameters(cases, today=today) | {"first": wish.first.isoformat(), "last": wish.last.isoformat()}
    statement = text(f"{due_statement(cases)} {query}").columns(day=Date)
    rows = connection.execute(statement, parameters)
    return [_Found(kind, row.day, row.id, row.coachee_id, row.coaching_id, cancelled) for row in rows]


def _requests(connection: Connection, wish: CalendarWish, today: date) -> list[_Found]:
    """Return until when people are to be answered about their own data, of the cases that are asked for."""
    people = None
    if wish.staff_id is not None:
        cases = Cases(wish.staff_id)
        rows = connection.execute(
            text(f"{due_statement(cases)} SELECT coachee_id FROM cases"), due_parameters(cases, today=today)
        )
        people = {row.coachee_id for row in rows}
    return [
        _Found(DueKind.REQUEST.value, request.due_on, request.row.id, request.row["coachee_id"], None)
        for request in read_requests(connection, today=today)
        if not request.answered
        and wish.first <= request.due_on <= wish.last
        and (people is None or request.row["coachee_id"] in people)
    ]


_PROOFS = text(
    "SELECT id, reference, proof_of_use_on FROM funding_decisions WHERE proof_of_use_on BETWEEN :first AND :last"
).columns(proof_of_use_on=Date)


def _proofs(connection: Connection, wish: CalendarWish) -> list[_Found]:
    """Return when proofs of use are due: the provider's business, so only where all cases are asked for."""
    if wish.staff_id is not None:
        return []
    rows = connection.execute(_PROOFS, {"first": wish.first.isoformat(), "last": wish.last.isoformat()})
    return [
        _Found(DueKind.PROOF_OF_USE.value, row.proof_of_use_on, row.id, None, None, reference=f"Bescheid {row.reference}")
        for row in rows
    ]


# --- in words, and as versions ----------------------------------------------------------------------------------------------------


def _title(item: _Found, person: tuple[str, str] | None, *, names: bool) -> str:
    if person is None:
        return f"{_WORDS[item.kind]} BJC" + (f", {item.reference}" if item.reference else "")
    case_number, name = person
    who = f"{name} (Fall {case_number})" if names else f"Fall {case_number}"
    return f"{_WORDS[item.kind]} BJC, {who}"


def _cases_of(connection: Connection, found: Iterable[_Found]) -> Mapping[str, tuple[str, str]]:
    """Return case number and name by person."""
    ids = sorted({item.coachee_id for item in found if item.coachee_id is not None})
    query = text(
        "SELECT p.id, p.case_number, p.given_name, p.family_name FROM json_each(:ids) j CROSS JOIN coachees p ON p.id = j.value"
    )
    rows = connection.execute(query, {"ids": json.dumps(ids)})
    return {row.id: (row.case_number, full_name(row.given_name, row.family_name)) for row in rows}


def _table(item: _Found) -> str:
    return _TABLES.get(item.kind, "coachings")


def _row(item: _Found) -> str:
    return item.row_id if item.kind in _TABLES else item.coaching_id or item.row_id


def _versions(connection: Connection, found: Iterable[_Found]) -> dict[tuple[str, str], tuple[int, datetime]]:
    """Return by table and id how often a row was changed, and when it was last."""
    wanted: dict[str, set[str]] = {}
    for item in found:
        wanted.setdefault(_table(item), set()).add(_row(item))
    versions = {}
    for table, ids in wanted.items():
        query = text(
            f"SELECT t.id, t.row_version, r.at FROM json_each(:ids) j CROSS JOIN {table} t ON t.id = j.value "
            "LEFT JOIN change_records r ON r.id = t.change_id"
        )
        for row in connection.execute(query, {"ids": json.dumps(sorted(ids))}):
            versions[table, row.id] = (row.row_version, _moment(row.at))
    return versions


def _moment(recorded: Any) -> datetime:
    return _NEVER if recorded is None else datetime.fromisoformat(recorded).astimezone(UTC).replace(microsecond=0)
