"""What looks unlikely in typed values: asked about at the field, never a refusal."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from bjc_desktop.models import Base, Coachee, Coaching
from bjc_desktop.models.base import Kind, Recorded
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.vocabulary import GOAL_END_STATUSES, ConsultationKind, ConsultationStatus, FollowUpState

LONG = "Die Dauer liegt über vier Stunden. Stimmt das?"
NO_TIME = "Die Dauer ist null. Stimmt das?"
LATER = "Das Datum liegt in der Zukunft. Stimmt das?"
WEEKEND = "Das ist ein {day}. Stimmt das?"
PLANNED_BEFORE = "Der Termin ist vorbei. Hat er stattgefunden?"
_LONG_MINUTES = 240
_SATURDAY = 5
_WEEKEND = {5: "Samstag", 6: "Sonntag"}
_OLD, _YOUNG = 99, 14
_AHEAD = {"planned_end_on", "review_on", "due_on", "valid_to", "end_on", "begin_on", "employed_to", "valid_from", "employed_from"}
"""Days that may well lie ahead."""
_AFTER_EXIT = {ConsultationKind.AFTERCARE.value, ConsultationKind.FOLLOW_UP_SURVEY.value, ConsultationKind.CLOSING.value}
_POSTCODE = re.compile(r"\d{5}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
_PHONE = re.compile(r"[\d\s()/+\-–.]{4,}")

_SHAPES = (
    ("postcode", _POSTCODE, "Eine deutsche Postleitzahl hat fünf Ziffern. Stimmt das?"),
    ("email", _EMAIL, "Das sieht nicht nach einer E-Mail-Adresse aus. Stimmt das?"),
    ("phone", _PHONE, "Das sieht nicht nach einer Telefonnummer aus. Stimmt das?"),
)
_BEFORE_ENTRY = {
    "exit_on": "Der Austritt liegt vor dem Eintritt. Bitte das Datum prüfen.",
    "planned_end_on": "Das geplante Ende liegt vor dem Eintritt. Stimmt das?",
    "closing_interview_on": "Das Abschlussgespräch liegt vor dem Eintritt. Stimmt das?",
    "file_closed_on": "Die Akte wird vor dem Eintritt geschlossen. Stimmt das?",
}


@dataclass(frozen=True, slots=True)
class EntryContext:
    """What a warning needs to know beside the typed values."""

    today: date
    entry_on: date | None = None
    exit_on: date | None = None
    birth_date: date | None = None


def read_entry_context(connection: Connection, coaching_id: str | None, *, today: date) -> EntryContext:
    """Return what warnings need to know about the coaching (None: about none)."""
    coaching, coachee = Coaching.__table__.c, Coachee.__table__.c
    query = (
        select(coaching.entry_on, coaching.exit_on, coachee.birth_date)
        .join_from(Coaching.__table__, Coachee.__table__, coachee.id == coaching.coachee_id)
        .where(coaching.id == coaching_id)
    )
    row = connection.execute(query).one_or_none()
    return EntryContext(today) if row is None else EntryContext(today, *row)


def warnings_for(entity: type[Recorded], values: Mapping[str, Any], context: EntryContext) -> dict[str, str]:
    """Return one sentence for each field of *values* that looks unlikely; fast enough for every keystroke."""
    table: str = entity.__table__.name  # type: ignore[attr-defined]
    present = {name: value for name, value in values.items() if value is not None}
    return {**_days_ahead(table, present, context), **_RULES.get(table, _nothing)(present, context)}


def _nothing(values: Mapping[str, Any], context: EntryContext) -> dict[str, str]:
    _ = values, context
    return {}


def _days_ahead(table: str, values: Mapping[str, Any], context: EntryContext) -> dict[str, str]:
    infos = fields_of(table) if table in Base.metadata.tables else {}
    planned = values.get("status") == ConsultationStatus.PLANNED.value
    return {
        name: LATER
        for name, info in infos.items()
        if info.kind is Kind.DATE and name not in _AHEAD and not planned and name in values and values[name] > context.today
    }


def _consultation(values: Mapping[str, Any], context: EntryContext) -> dict[str, str]:
    held, kind, found = values.get("held_on"), values.get("kind"), {}
    minutes = values.get("duration_min")
    if minutes is not None and (minutes > _LONG_MINUTES or minutes == 0):
        found["duration_min"] = LONG if minutes else NO_TIME
    if held is None:
        return found
    if held.weekday() >= _SATURDAY:
        found["held_on"] = WEEKEND.format(day=_WEEKEND[held.weekday()])
    if context.entry_on is not None and held < context.entry_on and kind != ConsultationKind.INITIAL_INTERVIEW.value:
        found["held_on"] = f"Das Datum liegt vor dem Eintritt am {show_date(context.entry_on)}. Stimmt das?"
    if context.exit_on is not None and held > context.exit_on and kind not in _AFTER_EXIT:
        found["held_on"] = f"Das Datum liegt nach dem Austritt am {show_date(context.exit_on)}. Stimmt das?"
    if values.get("status") == ConsultationStatus.PLANNED.value and held < context.today:
        found["status"] = PLANNED_BEFORE
    return found


def _coachee(values: Mapping[str, Any], context: EntryContext) -> dict[str, str]:
    found = {}
    born = values.get("birth_date")
    if born is not None and not _YOUNG <= context.today.year - born.year <= _OLD:
        found["birth_date"] = f"Das ergibt ein Alter von etwa {context.today.year - born.year} Jahren. Stimmt das?"
    return found | {
        name: sentence for name, pattern, sentence in _SHAPES if name in values and not pattern.fullmatch(values[name])
    }


def _coaching(values: Mapping[str, Any], context: EntryContext) -> dict[str, str]:
    _ = context
    entry, leave = values.get("entry_on"), values.get("exit_on")
    found = (
        {} if entry is None else {name: text for name, text in _BEFORE_ENTRY.items() if name in values and values[name] < entry}
    )
    if entry is not None and "unemployed_since" in values and values["unemployed_since"] > entry:
        found["unemployed_since"] = "Die Arbeitslosigkeit beginnt nach dem Eintritt. Stimmt das?"
    for name in ("exit_reason", "status_at_exit", "file_closed_on"):
        if leave is None and name in values:
            found[name] = "Das Datum des Austritts fehlt noch. Bitte eintragen."
    return found


def _follow_up(values: Mapping[str, Any], context: EntryContext) -> dict[str, str]:
    contacted = values.get("contacted_on")
    if context.exit_on is None:
        return {"state": "Das Coaching hat noch keinen Austritt. Stimmt das?"}
    if contacted is not None and contacted < context.exit_on:
        return {"contacted_on": f"Das Datum liegt vor dem Austritt am {show_date(context.exit_on)}. Stimmt das?"}
    if values.get("state") == FollowUpState.SURVEYED.value and "status_on_due_date" not in values:
        return {"status_on_due_date": "Der Status am Stichtag fehlt noch. Bitte eintragen."}
    return {}


def _goal(values: Mapping[str, Any], context: EntryContext) -> dict[str, str]:
    _ = context
    ended = values.get("status") in {status.value for status in GOAL_END_STATUSES}
    if ended and "closed_on" not in values:
        return {"closed_on": "Das Ziel ist abgeschlossen. Seit wann?"}
    if not ended and "closed_on" in values:
        return {"status": "Das Ziel hat ein Datum des Abschlusses, steht aber noch offen. Stimmt das?"}
    return {}


def _barrier(values: Mapping[str, Any], context: EntryContext) -> dict[str, str]:
    _ = context
    if "severity_now" in values and "assessed_on" not in values:
        return {"assessed_on": "Wann wurde die Ausprägung jetzt eingeschätzt? Bitte eintragen."}
    return {}


def _outcome(values: Mapping[str, Any], context: EntryContext) -> dict[str, str]:
    begin, found = values.get("begin_on"), {}
    if begin is not None and context.entry_on is not None and begin < context.entry_on:
        found["begin_on"] = f"Das Ergebnis beginnt vor dem Eintritt am {show_date(context.entry_on)}. Stimmt das?"
    if "evidence_seen_on" in values and "evidence_kind" not in values:
        found["evidence_kind"] = "Welcher Nachweis wurde gesehen? Bitte eintragen."
    return found


_RULES: dict[str, Callable[[Mapping[str, Any], EntryContext], dict[str, str]]] = {
    "barriers": _barrier,
    "coachees": _coachee,
    "coachings": _coaching,
    "consultations": _consultation,
    "follow_ups": _follow_up,
    "goals": _goal,
    "outcomes": _outcome,
}
