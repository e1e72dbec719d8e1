"""The lists of the case file: what each shows and asks. The titles come from the model."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from bjc_desktop.services.case_file import CaseFile, CaseRow, ConsultationEntry
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.typed_values import show_date, show_duration
from bjc_desktop.ui.shared.labels import NO_VALUE
from bjc_desktop.ui.shared.row_list import ListShape
from bjc_desktop.ui.shared.row_table import Column
from bjc_desktop.vocabulary import GOAL_END_STATUSES, GoalStatus, Role, SuggestionState

_DAY = 120


def _column(table: str, name: str, *, width: int = 0, stretch: bool = False) -> Column:
    return Column(fields_of(table)[name].title, lambda row: row.text(name) or NO_VALUE, stretch=stretch, width=width)


def _days(table: str, *names: str) -> tuple[Column, ...]:
    return tuple(_column(table, name, width=_DAY) for name in names)


def staff_choices(case: CaseFile, roles: Sequence[Role] | None = None) -> list[tuple[str, object]]:
    """Return the staff that a row may refer to, with their ids."""
    members = [member for member in case.staff.values() if roles is None or member.role in roles]
    return [(member.name, member.id) for member in sorted(members, key=lambda member: member.name)]


def consents() -> ListShape:
    """Return the list of consents."""
    table = "consents"
    columns = (Column("Zweck", _purpose, stretch=True), *_days(table, "given_on", "withdrawn_on"))
    empty = "Hier stehen die Einwilligungen, jede zu einem Zweck. Die in die Teilnahme gehört zum korrekten Abschluss."
    fields = ("purpose", "given_on", "withdrawn_on", "form_version")
    return ListShape(table, columns, fields, ("purpose", "given_on"), empty, "Einwilligung")


def _purpose(shown: CaseRow) -> str:
    version = shown.text("form_version")
    return f"{shown.text('purpose')} ({version})" if version else shown.text("purpose")


def assignments(case: CaseFile) -> ListShape:
    """Return the list of who is responsible."""
    table = "coaching_staff"
    columns = (
        Column("Wer", lambda shown: f"{shown.name} ({Role(shown.role).label})", stretch=True),
        Column("von", lambda shown: shown.row.text("valid_from"), width=_DAY),
        Column("bis", lambda shown: shown.row.text("valid_to") or NO_VALUE, width=_DAY),
    )
    fields, required = ("staff_id", "valid_from", "valid_to"), ("staff_id", "valid_from")
    empty = "Noch ist niemand zuständig. Zu einer Zeit gibt es eine*n JobCoach; Beschäftigungstrainer*innen können dabei sein."
    return ListShape(table, columns, fields, required, empty, "Zuordnung", {"staff_id": staff_choices(case)})


def measures() -> ListShape:
    """Return the list of measures."""
    table = "measures"
    columns = (_column(table, "kind", width=220), _column(table, "name", stretch=True), *_days(table, "begin_on", "end_on"))
    fields, required = ("kind", "name", "own_provider", "begin_on", "end_on"), ("kind", "begin_on")
    return ListShape(
        table, columns, fields, required, "Hier stehen die Maßnahmen; sie stellen den Maßnahmebezug her.", "Maßnahme"
    )


def profiles(case: CaseFile) -> ListShape:
    """Return the versions of the competence profile."""
    table = "competence_profiles"
    columns = (*_days(table, "recorded_on"), _column(table, "summary", stretch=True))
    fields, required = ("recorded_on", "staff_id", "summary"), ("recorded_on",)
    empty = "Was kann und will die Person? Jede Fassung des Kompetenzprofils bleibt erhalten."
    return ListShape(table, columns, fields, required, empty, "Neue Fassung", {"staff_id": staff_choices(case)})


def barriers() -> ListShape:
    """Return the barriers with their change."""
    table = "barriers"
    columns = (
        Column("Bereich", lambda shown: shown.row.text("area"), stretch=True),
        Column("bei Eintritt", lambda shown: shown.row.text("severity_at_entry") or NO_VALUE, number=True, width=110),
        Column("jetzt", lambda shown: shown.row.text("severity_now") or NO_VALUE, number=True, width=90),
        Column("Veränderung", lambda shown: shown.text or NO_VALUE, width=180),
    )
    fields = ("area", "severity_at_entry", "recorded_on", "severity_now", "assessed_on")
    empty = "Was steht zwischen der Person und der Arbeit? Ausprägung von 0 (keine) bis 3 (stark), bei Eintritt und heute."
    return ListShape(table, columns, fields, ("area", "recorded_on"), empty, "Hemmnis")


def goals() -> ListShape:
    """Return the goals of a plan."""
    columns = (
        Column("Ziel", lambda shown: shown.row.text("description"), stretch=True),
        Column("Stand", lambda shown: shown.row.text("status"), width=150),
        Column("fällig am", lambda shown: shown.row.text("due_on") or NO_VALUE, width=_DAY),
        Column(
            "Aufgaben",
            lambda shown: f"{sum(t['done_on'] is not None for t in shown.tasks)} von {len(shown.tasks)}",
            number=True,
            width=100,
        ),
    )
    fields = ("description", "area", "status", "due_on", "closed_on")
    empty = "Noch kein Ziel in dieser Fassung."
    return ListShape("goals", columns, fields, ("description", "status"), empty, "Ziel", tick=("Erreicht", _reached))


def _reached(row: CaseRow, today: date) -> dict[str, object]:
    if row["status"] in GOAL_END_STATUSES:
        return {"status": GoalStatus.OPEN.value, "closed_on": None}
    return {"status": GoalStatus.ACHIEVED.value, "closed_on": today}


def tasks() -> ListShape:
    """Return the tasks agreed on for a goal."""
    table = "tasks"
    columns = (
        _column(table, "description", stretch=True),
        _column(table, "responsible", width=150),
        *_days(table, "due_on", "done_on"),
    )
    fields = ("description", "responsible", "due_on", "done_on")
    empty = "Noch keine Aufgabe zu diesem Ziel."
    return ListShape(table, columns, fields, ("description",), empty, "Aufgabe", tick=("Erledigt", _done))


def _done(row: CaseRow, today: date) -> dict[str, object]:
    return {"done_on": None if row["done_on"] else today}


def consultations(case: CaseFile) -> ListShape:
    """Return the consultations."""
    columns = (
        Column("Datum", lambda shown: show_date(shown.row["held_on"]), width=110),
        Column("Art", lambda shown: shown.row.text("kind"), width=150),
        Column("Form", lambda shown: shown.row.text("channel"), width=120),
        Column("Dauer", lambda shown: show_duration(shown.row["duration_min"]) or NO_VALUE, number=True, width=90),
        Column("Stand", lambda shown: shown.row.text("status"), width=140),
        Column("Notiz", lambda shown: (shown.note or shown.note_problem or "").replace("\n", " "), stretch=True, notes=True),
    )
    fields = ("held_on", "duration_min", "channel", "kind", "setting", "status", "staff_id", "note")
    required = ("held_on", "channel", "kind", "status", "staff_id")
    empty = "Noch keine Konsultation. Strg+Umschalt+K erfasst eine von überall."
    return ListShape("consultations", columns, fields, required, empty, "Nachtragen", {"staff_id": staff_choices(case)})


def suggestions(*, answering: bool) -> ListShape:
    """Return what trainers suggest; with *answering* also what the coach makes of it."""
    table = "suggestions"
    columns = (
        *_days(table, "made_on"),
        _column(table, "kind", width=200),
        Column("Vorschlag", lambda row: row.text("description").replace("\n", " "), stretch=True),
        _column(table, "state", width=140),
    )
    fields = ("kind", "description", *(("state", "answered_on", "answer") if answering else ()))
    empty = "Hier stehen Vorschläge der Beschäftigungstrainer*innen zu Plan, Profil und passender Arbeit."
    tick = ("Übernommen", _taken) if answering else None
    columns_of_editor = 3 if answering else 2
    return ListShape(table, columns, fields, fields[:2], empty, "Vorschlag", editor_columns=columns_of_editor, tick=tick)


def _taken(row: CaseRow, today: date) -> dict[str, object]:
    if row["state"] == SuggestionState.ACCEPTED.value:
        return {"state": SuggestionState.OPEN.value, "answered_on": None}
    return {"state": SuggestionState.ACCEPTED.value, "answered_on": today}


def consultation_values(shown: ConsultationEntry) -> Mapping[str, Any]:
    """Return the editor's values of a consultation, its note as it can be read."""
    return {**shown.row.values, "note": shown.note}


def outcomes() -> ListShape:
    """Return the outcomes."""
    table = "outcomes"
    columns = (
        _column(table, "kind", stretch=True),
        *_days(table, "begin_on", "end_on"),
        _column(table, "employer", width=170),
        _column(table, "evidence_kind", width=170),
    )
    fields = (
        "kind", "begin_on", "end_on", "employer", "weekly_hours", "gross_pay", "completed", "evidence_kind", "evidence_seen_on",
        "found_through",
    )  # fmt: skip
    empty = "Beschäftigung, Ausbildung oder Qualifizierung, mit Nachweis und dem Weg, auf dem sie gefunden wurde."
    return ListShape(table, columns, fields, ("kind", "begin_on"), empty, "Ergebnis")


def row_of(shown: Any) -> CaseRow:
    """Return the vault's row behind a shown one."""
    row: CaseRow = shown.row
    return row


def values_of(shown: Any) -> Mapping[str, Any]:
    """Return the values of the vault's row behind a shown one."""
    return row_of(shown).values
