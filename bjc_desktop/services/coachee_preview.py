"""A coachee at a glance, beside the list: the facts, what comes next, the last contacts, the open goals. Notes stay closed."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, text

from bjc_desktop.errors import NotFoundError
from bjc_desktop.services.coachee_list import CoacheeRow, read_rows
from bjc_desktop.services.consent_effects import SwitchedOff, read_switched_off
from bjc_desktop.services.due_items import Cases, DueItem, full_name, read_due
from bjc_desktop.services.row_editing import GONE
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.vocabulary import GOAL_END_STATUSES, Channel, ConsultationKind, ConsultationStatus, GoalStatus

_NEXT = 3


@dataclass(frozen=True, slots=True)
class PreviewConsultation:
    """A consultation that is over; its note is read in the case file alone."""

    id: str
    held_on: date
    kind: ConsultationKind
    channel: Channel
    status: ConsultationStatus
    duration_min: int | None
    staff_name: str


@dataclass(frozen=True, slots=True)
class PreviewGoal:
    """A goal of the current plan that is not reached yet."""

    id: str
    description: str
    due_on: date | None
    status: GoalStatus
    overdue: bool


@dataclass(frozen=True, slots=True)
class CoacheePreview:
    """A coachee at a glance."""

    row: CoacheeRow
    facts: tuple[tuple[str, str], ...]
    """Title and text, in the order in which they are shown; what is not known is left out."""
    next_due: tuple[DueItem, ...]
    consultations: tuple[PreviewConsultation, ...]
    """The last three, the latest first."""
    open_goals: tuple[PreviewGoal, ...]


def coachee_preview(connection: Connection, coachee_id: str, *, today: date) -> CoacheePreview:
    """Return the coachee at a glance.

    Raises
    ------
    NotFoundError
        where there is no such coachee.
    """
    rows = read_rows(connection, [coachee_id], today=today)
    if not rows:
        raise NotFoundError(GONE)
    due = read_due(connection, Cases(coachee_ids=[coachee_id]), today=today)
    return CoacheePreview(
        rows[0],
        tuple(_facts(connection, rows[0], today)),
        due[:_NEXT],
        _consultations(connection, coachee_id, today),
        _goals(connection, rows[0].coaching_id, today),
    )


_CONTACT = text(
    "SELECT p.phone, p.email, (SELECT count(*) FROM coachings c WHERE c.coachee_id = p.id AND c.cancelled = 0) AS coachings, "
    "(SELECT c.planned_end_on FROM coachings c WHERE c.id = :coaching_id) AS planned_end_on "
    "FROM coachees p WHERE p.id = :coachee_id"
).columns(planned_end_on=Date)


def _facts(connection: Connection, row: CoacheeRow, today: date) -> list[tuple[str, str]]:
    contact = connection.execute(_CONTACT, {"coachee_id": row.coachee_id, "coaching_id": row.coaching_id}).one()
    known = (
        ("Status", row.status.label),
        ("Fallnummer", row.case_number),
        (
            "Geburtsdatum",
            None if row.birth_date is None else f"{show_date(row.birth_date)} ({_age(row.birth_date, today)} Jahre)",
        ),
        ("JobCoach", row.coach_name),
        ("Eintritt", _day(row.entry_on)),
        ("Austritt", _day(row.exit_on)),
        ("geplantes Ende", None if row.exit_on else _day(contact.planned_end_on)),
        ("Zielgruppe", None if row.target_group is None else row.target_group.label),
        ("letzter Kontakt", _day(row.last_contact)),
        ("Telefon", contact.phone),
        ("E-Mail", contact.email),
        ("Coachings", str(contact.coachings) if contact.coachings > 1 else None),
        *(("Widerrufen", f"{off.purpose.label}: {off.effect}") for off in _switched_off(connection, row.coachee_id, today)),
    )
    return [(title, words) for title, words in known if words]


def _switched_off(connection: Connection, coachee_id: str, today: date) -> tuple[SwitchedOff, ...]:
    return read_switched_off(connection, [coachee_id], today=today).get(coachee_id, ())


def _day(day: date | None) -> str | None:
    return None if day is None else show_date(day)


def _age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


_LAST_CONSULTATIONS = text(
    "SELECT u.id, u.held_on, u.kind, u.channel, u.status, u.duration_min, s.given_name, s.family_name FROM coachings c "
    "CROSS JOIN consultations u ON u.coaching_id = c.id CROSS JOIN staff s ON s.id = u.staff_id "
    "WHERE c.coachee_id = :coachee_id AND u.status <> 'planned' AND u.held_on <= :today ORDER BY u.held_on DESC, u.id LIMIT :limit"
).columns(held_on=Date)


def _consultations(connection: Connection, coachee_id: str, today: date) -> tuple[PreviewConsultation, ...]:
    parameters = {"coachee_id": coachee_id, "today": today.isoformat(), "limit": _NEXT}
    return tuple(_consultation(row) for row in connection.execute(_LAST_CONSULTATIONS, parameters))


def _consultation(row: Any) -> PreviewConsultation:
    kind, channel, status = ConsultationKind(row.kind), Channel(row.channel), ConsultationStatus(row.status)
    name = full_name(row.given_name, row.family_name)
    return PreviewConsultation(row.id, row.held_on, kind, channel, status, row.duration_min, name)


_ENDED = ", ".join(f"'{status.value}'" for status in GOAL_END_STATUSES)
_OPEN_GOALS = text(
    "SELECT g.id, g.description, g.due_on, g.status FROM goals g WHERE g.plan_id = (SELECT p.id FROM development_plans p "
    f"WHERE p.coaching_id = :coaching_id ORDER BY p.version DESC LIMIT 1) AND g.status NOT IN ({_ENDED}) "
    "ORDER BY g.due_on NULLS LAST, g.id"
).columns(due_on=Date)


def _goals(connection: Connection, coaching_id: str | None, today: date) -> tuple[PreviewGoal, ...]:
    rows = connection.execute(_OPEN_GOALS, {"coaching_id": coaching_id})
    return tuple(
        PreviewGoal(row.id, row.description, row.due_on, GoalStatus(row.status), row.due_on is not None and row.due_on < today)
        for row in rows
    )
