"""Everything that happened in a coaching, day by day: the timeline of the case file."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from bjc_desktop.services.case_file import CaseFile, CaseRow
from bjc_desktop.services.typed_values import show_duration


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event: its day, what kind it is, a title and a line of text, and where in the case file it stands."""

    day: date
    kind: str
    title: str
    text: str
    section: str
    row_id: str
    ahead: bool = False
    """Whether it lies after the day on which the file was read."""


def timeline(case_file: CaseFile) -> tuple[TimelineEntry, ...]:
    """Return the events of the case file, newest first."""
    found = [entry for part in _PARTS for entry in part(case_file)]
    ordered = sorted(found, key=lambda entry: (entry.day, _RANK.get(entry.kind, 1)), reverse=True)
    return tuple(_marked(entry, case_file.today) for entry in ordered)


_RANK = {"entry": 0, "exit": 2, "follow_up_due": 2}
"""On the same day the entry comes before everything, the exit after it."""


def _marked(entry: TimelineEntry, today: date) -> TimelineEntry:
    values = (entry.day, entry.kind, entry.title, entry.text, entry.section, entry.row_id)
    return TimelineEntry(*values, entry.day > today)


def _at(row: CaseRow, name: str, kind: str, title: str, text: str, section: str) -> Iterable[TimelineEntry]:
    if row[name] is not None:
        yield TimelineEntry(row[name], kind, title, text, section, row.id)


def _coaching(case_file: CaseFile) -> Iterable[TimelineEntry]:
    row = case_file.coaching
    yield from _at(row, "initial_interview_on", "initial_interview", "Erstgespräch", "", "coaching")
    yield from _at(row, "entry_on", "entry", "Eintritt", row.text("access_route"), "coaching")
    yield from _at(row, "planned_end_on", "planned_end", "geplantes Ende", "", "coaching")
    reason = " · ".join(filter(None, (row.text("exit_reason"), row.text("status_at_exit"))))
    yield from _at(row, "exit_on", "exit", "Austritt", reason, "exit")
    yield from _at(row, "closing_interview_on", "closing", "Abschlussgespräch", "", "exit")
    yield from _at(row, "closing_report_on", "closing", "Abschlussbericht", "", "exit")
    yield from _at(row, "file_closed_on", "closing", "Akte geschlossen", "", "exit")


def _consents(case_file: CaseFile) -> Iterable[TimelineEntry]:
    for row in case_file.consents:
        yield from _at(row, "given_on", "consent", "Einwilligung erteilt", row.text("purpose"), "consents")
        yield from _at(row, "withdrawn_on", "consent", "Einwilligung widerrufen", row.text("purpose"), "consents")


def _assignments(case_file: CaseFile) -> Iterable[TimelineEntry]:
    for entry in case_file.assignments:
        yield from _at(entry.row, "valid_from", "assignment", "Zuordnung", entry.name, "staff")


def _measures(case_file: CaseFile) -> Iterable[TimelineEntry]:
    for row in case_file.measures:
        text = " · ".join(filter(None, (row.text("kind"), row["name"])))
        yield from _at(row, "begin_on", "measure", "Maßnahme beginnt", text, "measures")
        yield from _at(row, "end_on", "measure", "Maßnahme endet", text, "measures")


def _development(case_file: CaseFile) -> Iterable[TimelineEntry]:
    for row in case_file.profiles:
        yield from _at(row, "recorded_on", "profile", "Kompetenzprofil", _line(row["summary"]), "profile")
    for barrier in case_file.barriers:
        area = barrier.row.text("area")
        yield from _at(barrier.row, "recorded_on", "barrier", "Vermittlungshemmnis erhoben", area, "barriers")
        yield from _at(
            barrier.row, "assessed_on", "barrier", "Vermittlungshemmnis eingeschätzt", _joined(area, barrier.text), "barriers"
        )
    for plan in case_file.plans:
        title = f"Entwicklungsplan, Fassung {plan.row['version']}"
        yield from _at(plan.row, "agreed_on", "plan", title, plan.row.text("overall_goal"), "plan")
        for goal in plan.goals:
            text = _joined(_line(goal.row["description"]), goal.row.text("status"))
            yield from _at(goal.row, "closed_on", "goal", "Ziel abgeschlossen", text, "plan")
            for task in goal.tasks:
                yield from _at(task, "done_on", "task", "Aufgabe erledigt", _line(task["description"]), "plan")


def _consultations(case_file: CaseFile) -> Iterable[TimelineEntry]:
    for entry in case_file.consultations:
        row = entry.row
        text = _joined(row.text("status"), row.text("channel"), show_duration(row["duration_min"]), entry.coach)
        yield from _at(row, "held_on", "consultation", row.text("kind"), text, "consultations")


def _observations(case_file: CaseFile) -> Iterable[TimelineEntry]:
    for row in case_file.observations:
        member = case_file.staff[row["staff_id"]].name
        yield from _at(row, "observed_on", "observation", "Beobachtung", _joined(member, row["workplace"]), "observations")


def _suggestions(case_file: CaseFile) -> Iterable[TimelineEntry]:
    for row in case_file.suggestions:
        text = _joined(row.text("kind"), _line(row["description"]), row.text("state"))
        yield from _at(row, "made_on", "suggestion", "Vorschlag", text, "suggestions")


def _results(case_file: CaseFile) -> Iterable[TimelineEntry]:
    for row in case_file.outcomes:
        text = _joined(row.text("kind"), row["employer"])
        yield from _at(row, "begin_on", "outcome", "Ergebnis beginnt", text, "outcomes")
        yield from _at(row, "end_on", "outcome", "Ergebnis endet", text, "outcomes")
    follow_up = case_file.follow_up
    if follow_up is not None:
        text = _joined(follow_up.text("state"), follow_up.text("status_on_due_date"))
        yield from _at(follow_up, "contacted_on", "follow_up", "Nachbefragung", text, "follow_up")
    if case_file.follow_up_due_on is not None:
        row_id = case_file.coaching.id if follow_up is None else follow_up.id
        yield TimelineEntry(case_file.follow_up_due_on, "follow_up_due", "Stichtag der Nachbefragung", "", "follow_up", row_id)


def _joined(*parts: str | None) -> str:
    return " · ".join(filter(None, parts))


def _line(text: str | None) -> str:
    """Return the first line of *text*."""
    return (text or "").strip().partition("\n")[0]


_PARTS: tuple[Callable[[CaseFile], Iterable[TimelineEntry]], ...] = (
    _coaching,
    _consents,
    _assignments,
    _measures,
    _development,
    _consultations,
    _observations,
    _suggestions,
    _results,
)
