"""Recording a consultation in seconds: what is offered, saved, questioned and changed.

A session with several people is one consultation: its rows share a group key and count once for each coach.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, literal_column, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError, NotFoundError
from bjc_desktop.models import Coaching, CoachingStaff, Consultation
from bjc_desktop.services.consent_effects import consultation_questions
from bjc_desktop.services.input_warnings import read_entry_context, warnings_for
from bjc_desktop.services.person_picks import PersonPick, people_for, pick_people, read_people
from bjc_desktop.services.row_editing import GONE, add_row, change_row
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.vault import NoteCipher, Vault
from bjc_desktop.vocabulary import Channel, ConsultationKind, ConsultationSetting, ConsultationStatus

__all__ = [
    "ConsultationForm",
    "PersonPick",
    "RecordedConsultation",
    "StoredConsultation",
    "TakenOver",
    "change_consultation",
    "people_for",
    "pick_people",
    "prepare_consultation",
    "read_consultation",
    "read_people",
    "record_consultation",
    "warnings",
]

NOBODY = "Bitte eine Person wählen."
FOR_NOBODY = "Eine Notiz gehört zu keiner der gewählten Personen. Bitte die Personen oder die Notiz ändern."
ALREADY_RECORDED = "Für diesen Tag steht mit dieser Person schon eine Konsultation in der Akte. Noch eine?"
ALREADY_PLANNED = "Für diesen Tag ist mit dieser Person schon ein Termin geplant. Soll er geändert werden?"
CANCELLED_COACHING = "Dieses Coaching ist storniert: die Konsultation zählt nicht. Stimmt das?"
NOT_ASSIGNED = "An diesem Tag sind Sie diesem Coaching nicht zugeordnet. Stimmt das?"
_ONCE = {
    ConsultationKind.INITIAL_INTERVIEW.value,
    ConsultationKind.CLOSING.value,
    ConsultationKind.INTERIM_REVIEW.value,
    ConsultationKind.FOLLOW_UP_SURVEY.value,
}
"""Kinds that are not offered again because the last consultation was of that kind."""
_DATES = {
    ConsultationKind.INITIAL_INTERVIEW.value: "initial_interview_on",
    ConsultationKind.CLOSING.value: "closing_interview_on",
}
"""The coaching's day that a held consultation of a kind answers, so that nobody types it twice."""
_SHARED = ("held_on", "duration_min", "channel", "setting", "kind", "status")


@dataclass(frozen=True, slots=True)
class ConsultationForm:
    """A consultation before it is saved; several coachings are one session."""

    staff_id: str
    coaching_ids: tuple[str, ...]
    held_on: date
    duration_min: int | None = None
    channel: str = Channel.IN_PERSON.value
    setting: str | None = ConsultationSetting.SINGLE.value
    kind: str = ConsultationKind.COACHING.value
    status: str = ConsultationStatus.HELD.value


@dataclass(frozen=True, slots=True)
class TakenOver:
    """A day of the coaching that was filled in from the consultation: „Erstgespräch am“."""

    coaching_id: str
    field: str
    title: str
    day: date


@dataclass(frozen=True, slots=True)
class RecordedConsultation:
    """What was saved: the ids in the order of the form's coachings, and what the case files took over from it."""

    ids: tuple[str, ...]
    group_id: str | None
    taken_over: tuple[TakenOver, ...]


@dataclass(frozen=True, slots=True)
class StoredConsultation:
    """A consultation as it stands in the vault; *session_ids* are all rows of its session, its own included."""

    id: str
    form: ConsultationForm
    note: str | None
    has_note: bool
    """True also for a note that this user cannot read."""
    group_id: str | None
    session_ids: tuple[str, ...]
    row_version: int


# --- offering ----------------------------------------------------------------------------------------------------------------


def prepare_consultation(connection: Connection, *, staff_id: str, coaching_id: str | None, today: date) -> ConsultationForm:
    """Return a form with what the usual case needs: today, and length, channel and kind as last time.

    Last time is this coach's last consultation with this coachee, or with anybody.
    """
    chosen = () if coaching_id is None else (coaching_id,)
    with_person = None if coaching_id is None else _last_held(connection, staff_id, coaching_id)
    last = with_person or _last_held(connection, staff_id)
    kind = _offered_kind(connection, coaching_id, None if with_person is None else with_person.kind, today)
    if last is None:
        return ConsultationForm(staff_id, chosen, today, kind=kind)
    single = ConsultationSetting.SINGLE.value
    setting = single if last.setting == ConsultationSetting.GROUP.value else last.setting
    return ConsultationForm(staff_id, chosen, today, last.duration_min, last.channel, setting or single, kind)


def _last_held(connection: Connection, staff_id: str, coaching_id: str | None = None) -> Any:
    consultation = Consultation.__table__.c
    statement = (
        select(consultation.duration_min, consultation.channel, consultation.setting, consultation.kind)
        .where(consultation.staff_id == staff_id, consultation.status == ConsultationStatus.HELD.value)
        .order_by(consultation.held_on.desc(), consultation.change_id.desc(), consultation.id)
        .limit(1)
    )
    if coaching_id is not None:
        statement = statement.where(consultation.coaching_id == coaching_id)
    return connection.execute(statement).one_or_none()


def _offered_kind(connection: Connection, coaching_id: str | None, last: str | None, today: date) -> str:
    coaching = Coaching.__table__.c
    query = select(coaching.exit_on, coaching.initial_interview_on).where(coaching.id == coaching_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return ConsultationKind.COACHING.value
    if row.exit_on is not None and row.exit_on < today:
        return ConsultationKind.AFTERCARE.value
    if last is None and row.initial_interview_on is None:
        return ConsultationKind.INITIAL_INTERVIEW.value
    return ConsultationKind.COACHING.value if last is None or last in _ONCE else last


# --- questioning -------------------------------------------------------------------------------------------------------------


def warnings(connection: Connection, form: ConsultationForm, *, today: date) -> dict[str, str]:
    """Return one sentence for each field that looks unlikely; nothing of it keeps the form from being saved."""
    found: dict[str, str] = {}
    for coaching_id in form.coaching_ids:
        context = read_entry_context(connection, coaching_id, today=today)
        found |= _beside_others(connection, form, coaching_id) | warnings_for(Consultation, _shared(form), context)
        found |= consultation_questions(connection, coaching_id, form.setting, today=today)
    return found


def _beside_others(connection: Connection, form: ConsultationForm, coaching_id: str) -> dict[str, str]:
    consultation, coaching = Consultation.__table__.c, Coaching.__table__.c
    assignment = CoachingStaff.__table__.c
    if connection.execute(select(coaching.cancelled).where(coaching.id == coaching_id)).scalar():
        return {"coaching_ids": CANCELLED_COACHING}
    same_day = connection.execute(
        select(consultation.status).where(
            consultation.coaching_id == coaching_id,
            consultation.staff_id == form.staff_id,
            consultation.held_on == form.held_on,
        )
    ).scalars()
    statuses = set(same_day)
    if statuses:
        planned = statuses == {ConsultationStatus.PLANNED.value}
        return {"coaching_ids": ALREADY_PLANNED if planned else ALREADY_RECORDED}
    assigned = connection.execute(
        select(assignment.id).where(
            assignment.coaching_id == coaching_id,
            assignment.staff_id == form.staff_id,
            assignment.valid_from <= form.held_on,
            literal_column("coalesce(coaching_staff.valid_to, '9999-12-31')", Date) >= form.held_on,
        )
    ).first()
    ended = select(coaching.id).where(coaching.id == coaching_id, coaching.exit_on < form.held_on)
    if assigned is None and connection.execute(ended).first() is None:
        return {"coaching_ids": NOT_ASSIGNED}
    return {}


def _shared(form: ConsultationForm) -> dict[str, Any]:
    return {name: getattr(form, name) for name in _SHARED}


# --- saving ------------------------------------------------------------------------------------------------------------------


def record_consultation(
    session: Session,
    vault: Vault,
    form: ConsultationForm,
    note: str | Mapping[str, str] | None = None,
    *,
    today: date,
) -> RecordedConsultation:
    """Save *form*: one row for each coaching, with one *note* for all or, by coaching id, one for each.

    A held initial or closing interview fills in the coaching's day where it is empty.

    Raises
    ------
    InvalidInputError
        with one sentence for each field that cannot be saved; nothing was saved.
    MissingNoteKeyError
        where there is a note and the user does not hold the key of the notes.
    """
    coaching_ids = tuple(dict.fromkeys(form.coaching_ids))
    if not coaching_ids:
        raise InvalidInputError({"coaching_ids": NOBODY})
    notes = _notes_by_coaching(coaching_ids, note)
    group_id = str(uuid.uuid4()) if len(coaching_ids) > 1 else None
    values = {**_shared(form), "staff_id": form.staff_id, "group_id": group_id}
    if group_id is not None:
        values["setting"] = ConsultationSetting.GROUP.value
    ids = []
    for coaching_id in coaching_ids:
        row = {**values, "coaching_id": coaching_id, "note": notes.get(coaching_id)}
        ids.append(add_row(session, Consultation, row, today=today, notes=vault.notes))
    taken = [day for coaching_id in coaching_ids for day in _take_over(session, coaching_id, form, None)]
    return RecordedConsultation(tuple(ids), group_id, tuple(taken))


def _notes_by_coaching(coaching_ids: tuple[str, ...], note: str | Mapping[str, str] | None) -> Mapping[str, str]:
    if not isinstance(note, Mapping):
        return {} if not note else dict.fromkeys(coaching_ids, note)
    if set(note) - set(coaching_ids):
        raise InvalidInputError({"note": FOR_NOBODY})
    return note


def _take_over(session: Session, coaching_id: str, form: ConsultationForm, before: ConsultationForm | None) -> list[TakenOver]:
    """Fill in the coaching's day that the held consultation answers; follow it where its own day was corrected."""
    name = _DATES.get(form.kind)
    if name is None or form.status != ConsultationStatus.HELD.value:
        return []
    coaching = session.get(Coaching, coaching_id)
    if coaching is None or coaching.cancelled:
        return []
    held = getattr(coaching, name)
    same = before is not None and before.kind == form.kind and before.held_on == held
    if held == form.held_on or not (held is None or same):
        return []
    setattr(coaching, name, form.held_on)
    session.flush()
    return [TakenOver(coaching_id, name, fields_of("coachings")[name].title, form.held_on)]


def read_consultation(connection: Connection, consultation_id: str, *, notes: NoteCipher | None) -> StoredConsultation:
    """Return a consultation to be changed, its note readable where the user holds the key.

    Raises
    ------
    NotFoundError
        where there is no such consultation.
    """
    table = Consultation.__table__
    row = connection.execute(select(table).where(table.c.id == consultation_id)).one_or_none()
    if row is None:
        raise NotFoundError(GONE)
    form = ConsultationForm(row.staff_id, (row.coaching_id,), *(getattr(row, name) for name in _SHARED))
    note = None if notes is None or row.note is None else notes.decrypt(row.id, row.note)
    session_ids = tuple(_session_ids(connection, row.id, row.staff_id, row.group_id))
    return StoredConsultation(row.id, form, note, row.note is not None, row.group_id, session_ids, row.row_version)


def _session_ids(reader: Connection | Session, row_id: str, staff_id: str, group_id: str | None) -> list[str]:
    """Return the rows of the session, the one asked for first."""
    if group_id is None:
        return [row_id]
    table = Consultation.__table__.c
    statement = select(table.id).where(table.group_id == group_id, table.staff_id == staff_id).order_by(table.id)
    return [row_id, *(other for other in reader.execute(statement).scalars() if other != row_id)]


def change_consultation(
    session: Session,
    vault: Vault,
    consultation_id: str,
    values: Mapping[str, Any],
    *,
    today: date,
    expected_version: int | None = None,
    whole_session: bool = False,
) -> RecordedConsultation:
    """Set *values* of a consultation, with *whole_session* also in the other rows of its session; a note stays the one's own.

    Raises
    ------
    InvalidInputError
        with one sentence for each field that cannot be saved, or where the row has another version than *expected_version*.
    NotFoundError
        where there is no such consultation.
    """
    row = session.get(Consultation, consultation_id)
    if row is None:
        raise NotFoundError(GONE)
    ids = _session_ids(session, row.id, row.staff_id, row.group_id) if whole_session else [row.id]
    taken: list[TakenOver] = []
    for row_id in ids:
        own = row_id == consultation_id
        changed = dict(values) if own else {name: value for name, value in values.items() if name in _SHARED}
        held = session.get_one(Consultation, row_id)
        before = _form_of(held)
        version = expected_version if own else None
        change_row(session, Consultation, row_id, changed, today=today, expected_version=version, notes=vault.notes)
        taken += _take_over(session, held.coaching_id, _form_of(held), before)
    return RecordedConsultation(tuple(ids), row.group_id, tuple(taken))


def _form_of(row: Consultation) -> ConsultationForm:
    return ConsultationForm(row.staff_id, (row.coaching_id,), *(getattr(row, name) for name in _SHARED))
