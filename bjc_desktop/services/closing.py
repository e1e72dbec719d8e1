"""Closing a coaching: what is still missing, what the exit counts for and why, and the six-month date.

Checklist and verdicts are those of the report: its own statements answer for the values as they are typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError, NotFoundError
from bjc_desktop.indicators.cases import exit_verdicts, follow_up_cases
from bjc_desktop.indicators.catalogue import COUNTS, verdict_label
from bjc_desktop.indicators.period import FOLLOW_UP_MONTHS, add_months, quarter_of
from bjc_desktop.indicators.settings import ChecklistItem, IndicatorSettings, WindowRule
from bjc_desktop.models import Coachee, Coaching, DevelopmentPlan, FollowUp, Goal, Outcome
from bjc_desktop.reports import german
from bjc_desktop.services.findings import PLACES, TO_DO
from bjc_desktop.services.input_warnings import EntryContext, warnings_for
from bjc_desktop.services.minijob_limits import pay_warning
from bjc_desktop.services.row_editing import GONE, add_row, change_row
from bjc_desktop.services.row_titles import entity_of
from bjc_desktop.services.targets import read_settings
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.services.unsaved_values import TypedCase, TypedRow, as_if_saved, owner_of, type_in
from bjc_desktop.vocabulary import GOAL_END_STATUSES

__all__ = [
    "ChecklistLine",
    "ClosedCoaching",
    "ClosingState",
    "ClosingVerdict",
    "OpenGoal",
    "PayWarning",
    "TypedCase",
    "TypedRow",
    "close_coaching",
    "prepare_closing",
    "reopen_coaching",
    "six_months_in_words",
]

NO_EXIT = "Bitte den Austritt angeben."
NOT_OPEN = "Dieses Coaching hat keinen Austritt, der zurückgenommen werden kann."
TOO_LATE = (
    "Der Austritt liegt mehr als einen Monat zurück und kann nicht mehr zurückgenommen werden. Bitte ein neues Coaching anlegen."
)
SURVEYED = "Zu diesem Austritt gibt es schon eine Nachbefragung. Bitte zuerst diese löschen."
CANCELLED = "Das Coaching ist storniert: es zählt nirgends."
REOPEN_MONTHS = 1
_EXIT_FIELDS = ("exit_on", "exit_reason", "status_at_exit", "file_closed_on")
_CLOSING_CODES = ("a1_1", "a4", "correctly_closed")
_VERDICT_COLUMNS = {"a1_1": "a1_1_verdict", "a4": "a4_verdict", "correctly_closed": "correct_verdict"}
_REQUIRED = {
    ChecklistItem.MASTER_DATA: ("target_group", "legal_circle", "unemployed_since"),
    ChecklistItem.EXIT_DATA: ("exit_reason", "status_at_exit"),
}
_ENDED = {status.value for status in GOAL_END_STATUSES}
_MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split()  # noqa: SIM905 - twelve words


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """An item of the checklist: done or not, what to do, and where."""

    item: str
    title: str
    done: bool
    active: bool
    """False where a setting has switched the item off: it decides nothing."""
    text: str
    section: str
    field: str


@dataclass(frozen=True, slots=True)
class ClosingVerdict:
    """What the exit counts for, as the report says it, with the quarter whose report that is."""

    code: str
    counts: bool
    verdict: str
    label: str
    quarter: str


@dataclass(frozen=True, slots=True)
class PayWarning:
    """A doubtful pay; a typed new outcome has the id ``neu-`` and its place among the typed rows."""

    outcome_id: str
    text: str


@dataclass(frozen=True, slots=True)
class OpenGoal:
    """A goal of the plan's latest version without an end status."""

    id: str
    description: str
    status: str


@dataclass(frozen=True, slots=True)
class ClosingState:
    """The closing page: everything as it would be if what is typed were saved now."""

    coaching_id: str
    coachee_id: str
    name: str
    case_number: str
    values: Mapping[str, Any]
    """The coaching's fields, the typed ones included."""
    exit_on: date
    exit_assumed: bool
    """True where no exit is known: then today is taken for it."""
    checklist: tuple[ChecklistLine, ...]
    verdicts: tuple[ClosingVerdict, ...]
    """A1.1, A4, correctly closed, A1.2; none for a cancelled coaching."""
    open_goals: tuple[OpenGoal, ...]
    outcomes: tuple[Mapping[str, Any], ...]
    pay_warnings: tuple[PayWarning, ...]
    warnings: Mapping[str, str]
    """By field of the coaching."""
    window_on: date
    window_in_words: str
    due_on: date
    due_in_words: str
    file_closes_on: date | None
    """The day that saving sets as „Akte geschlossen am“, because nothing else is missing."""
    complete: bool
    """Whether every active item is done."""
    reopen_until: date | None
    """Until when the exit, if it is saved, can be taken back."""
    reopen_refusal: str | None


@dataclass(frozen=True, slots=True)
class ClosedCoaching:
    """What was saved."""

    coaching_id: str
    exit_on: date
    file_closed_on: date | None
    due_on: date


# --- looking -----------------------------------------------------------------------------------------------------------------


def prepare_closing(
    connection: Connection,
    coaching_id: str,
    typed: TypedCase | None = None,
    *,
    today: date,
    settings: IndicatorSettings,
) -> ClosingState:
    """Return the closing page of a coaching with what is *typed* and not yet saved.

    Raises
    ------
    NotFoundError
        where there is no such coaching.
    """
    typed = typed or TypedCase()
    saved = _coaching(connection, coaching_id)
    exit_on = (saved | dict(typed.coaching)).get("exit_on")
    with as_if_saved(connection, coaching_id, typed):
        if exit_on is None:
            type_in(connection, coaching_id, TypedCase({"exit_on": today}))
        closes = _file_closes_on(connection, coaching_id, exit_on, settings, today)
        if closes is not None:
            type_in(connection, coaching_id, TypedCase({"file_closed_on": closes}))
        return _state(connection, saved, exit_on, closes, today, settings)


def _coaching(connection: Connection, coaching_id: str) -> dict[str, Any]:
    table = Coaching.__table__
    row = connection.execute(select(table).where(table.c.id == coaching_id)).mappings().one_or_none()
    if row is None:
        raise NotFoundError(GONE)
    return dict(row)


def _verdicts(connection: Connection, coaching_id: str, exit_on: date, settings: IndicatorSettings) -> Any:
    """Return the report's row of the coaching, or None for a cancelled one."""
    rows = connection.execute(exit_verdicts(settings), {"first": exit_on, "last": exit_on})
    return next((row for row in rows if row.id == coaching_id), None)


def _file_closes_on(
    connection: Connection, coaching_id: str, exit_on: date | None, settings: IndicatorSettings, today: date
) -> date | None:
    """Return today where the file can be closed: the exit has come, and only the closing itself is missing."""
    if exit_on is None or exit_on > today or _coaching(connection, coaching_id)["file_closed_on"] is not None:
        return None
    row = _verdicts(connection, coaching_id, exit_on, settings)
    others = [item for item in settings.checklist if item != ChecklistItem.ON_TIME.value]
    return today if row is not None and all(getattr(row, f"item_{item}") for item in others) else None


def _state(
    connection: Connection,
    saved: Mapping[str, Any],
    exit_on: date | None,
    closes: date | None,
    today: date,
    settings: IndicatorSettings,
) -> ClosingState:
    values = _coaching(connection, saved["id"])
    last_day = values["exit_on"]
    row = _verdicts(connection, saved["id"], last_day, settings)
    coachee = Coachee.__table__.c
    query = select(coachee.given_name, coachee.family_name, coachee.case_number, coachee.birth_date)
    person = connection.execute(query.where(coachee.id == saved["coachee_id"])).one()
    outcomes = _outcomes(connection, saved["id"])
    window, due = _window_end(last_day, settings), add_months(last_day, FOLLOW_UP_MONTHS)
    shown = values if exit_on is not None else values | {"exit_on": None}
    context = EntryContext(today, values["entry_on"], exit_on, person.birth_date)
    return ClosingState(
        coaching_id=saved["id"],
        coachee_id=saved["coachee_id"],
        name=f"{person.given_name} {person.family_name}" if person.given_name else person.family_name,
        case_number=person.case_number,
        values=shown,
        exit_on=last_day,
        exit_assumed=exit_on is None,
        checklist=_checklist(row, shown, settings),
        verdicts=_all_verdicts(connection, row, settings),
        open_goals=_open_goals(connection, saved["id"]),
        outcomes=outcomes,
        pay_warnings=_pay_warnings(outcomes, window),
        warnings=warnings_for(Coaching, shown, context),
        window_on=window,
        window_in_words=_window_in_words(last_day, window, settings),
        due_on=due,
        due_in_words=six_months_in_words(last_day),
        file_closes_on=closes,
        complete=row is not None and row.correct_verdict == COUNTS and exit_on is not None,
        reopen_until=None if saved["exit_on"] is None else add_months(saved["exit_on"], REOPEN_MONTHS),
        reopen_refusal=_reopen_refusal(connection, saved, today),
    )


def _checklist(row: Any, values: Mapping[str, Any], settings: IndicatorSettings) -> tuple[ChecklistLine, ...]:
    lines = []
    for item in ChecklistItem if row is not None else ():
        section, field = PLACES[item.value]
        missing = next((name for name in _REQUIRED.get(item, ()) if values[name] is None), field)
        done, active = bool(getattr(row, f"item_{item.value}")), item.value in settings.checklist
        lines.append(ChecklistLine(item.value, item.label, done, active, TO_DO[item.value], section, missing))
    return tuple(lines)


def _all_verdicts(connection: Connection, row: Any, settings: IndicatorSettings) -> tuple[ClosingVerdict, ...]:
    if row is None:
        return ()
    quarter = german.quarter(quarter_of(row.exit_on))
    found = []
    for code in _CLOSING_CODES:
        verdict = getattr(row, _VERDICT_COLUMNS[code])
        found.append(ClosingVerdict(code, verdict == COUNTS, verdict, verdict_label(code, verdict), quarter))
    return (*found, _follow_up_verdict(connection, row, settings))


def _follow_up_verdict(connection: Connection, row: Any, settings: IndicatorSettings) -> ClosingVerdict:
    """Return what A1.2 says, or what it will need while there is no survey."""
    rows = connection.execute(follow_up_cases(settings), {"first": row.exit_on, "last": row.exit_on})
    verdict = next(case.verdict for case in rows if case.id == row.id)
    due = add_months(row.exit_on, FOLLOW_UP_MONTHS)
    label = verdict_label("a1_2", verdict)
    if verdict == "missing":
        label = (
            f"zählt für A1.2, wenn die Nachbefragung zum Stichtag {show_date(due)} eine Beschäftigung des 1. Arbeitsmarkts ergibt, "
            "bei welchem Arbeitgeber auch immer"
        )
    return ClosingVerdict("a1_2", verdict == COUNTS, verdict, label, german.quarter(quarter_of(due)))


def _open_goals(connection: Connection, coaching_id: str) -> tuple[OpenGoal, ...]:
    plan, goal = DevelopmentPlan.__table__.c, Goal.__table__.c
    latest = select(plan.id).where(plan.coaching_id == coaching_id).order_by(plan.version.desc()).limit(1).scalar_subquery()
    query = select(goal.id, goal.description, goal.status).where(goal.plan_id == latest).order_by(goal.due_on, goal.id)
    return tuple(OpenGoal(*row) for row in connection.execute(query) if row.status not in _ENDED)


def _outcomes(connection: Connection, coaching_id: str) -> tuple[Mapping[str, Any], ...]:
    table = Outcome.__table__
    query = select(table).where(table.c.coaching_id == coaching_id).order_by(table.c.begin_on, table.c.id)
    return tuple(dict(row) for row in connection.execute(query).mappings())


def _pay_warnings(outcomes: tuple[Mapping[str, Any], ...], decided_on: date) -> tuple[PayWarning, ...]:
    doubts = ((outcome["id"], pay_warning(outcome, decided_on)) for outcome in outcomes)
    return tuple(PayWarning(outcome_id, text) for outcome_id, text in doubts if text is not None)


def _window_end(exit_on: date, settings: IndicatorSettings) -> date:
    return exit_on + timedelta(days=28) if settings.window is WindowRule.DAYS_28 else add_months(exit_on, 1)


def _window_in_words(exit_on: date, window: date, settings: IndicatorSettings) -> str:
    if settings.window is WindowRule.DAYS_28:
        return f"{show_date(exit_on)} + 28 Tage = {show_date(window)}"
    return months_in_words(exit_on, 1)


def six_months_in_words(exit_on: date) -> str:
    """Return the six-month date with the rule that it comes from: ``31.08.2025 + 6 Monate = 28.02.2026 (…)``."""
    return months_in_words(exit_on, FOLLOW_UP_MONTHS)


def months_in_words(day: date, months: int) -> str:
    """Return *day* plus *months* calendar months as a sum in words; a day that the month does not have becomes its last one."""
    result = add_months(day, months)
    plain = f"{show_date(day)} + {months} {'Monat' if months == 1 else 'Monate'} = {show_date(result)}"
    if result.day == day.day:
        return plain
    return f"{plain} (im {_MONTHS[result.month - 1]} {result.year} gibt es keinen {day.day}.: es gilt der letzte Tag des Monats)"


# --- saving ------------------------------------------------------------------------------------------------------------------


def close_coaching(
    session: Session, coaching_id: str, typed: TypedCase, *, today: date, close_file: bool = True
) -> ClosedCoaching:
    """Save what is *typed*; where nothing is missing, and unless *close_file* is False, close the file today.

    A day typed as „Akte geschlossen am“ stays as typed.

    Raises
    ------
    InvalidInputError
        with one sentence for each field that cannot be saved; nothing was saved.
    NotFoundError
        where there is no such coaching.
    """
    coaching = session.get(Coaching, coaching_id)
    if coaching is None:
        raise NotFoundError(GONE)
    if dict(typed.coaching).get("exit_on", coaching.exit_on) is None:
        raise InvalidInputError({"exit_on": NO_EXIT})
    change_row(session, Coaching, coaching_id, typed.coaching, today=today)
    for row in typed.rows:
        entity = entity_of(row.table)
        if row.id is None:
            add_row(session, entity, {**owner_of(row.table, coaching_id, coaching.coachee_id), **row.values}, today=today)
        else:
            change_row(session, entity, row.id, row.values, today=today)
    connection = session.connection()
    exit_on: date = _coaching(connection, coaching_id)["exit_on"]
    closes = _file_closes_on(connection, coaching_id, exit_on, read_settings(connection), today) if close_file else None
    if closes is not None:
        change_row(session, Coaching, coaching_id, {"file_closed_on": closes}, today=today)
    return ClosedCoaching(coaching_id, exit_on, coaching.file_closed_on, add_months(exit_on, FOLLOW_UP_MONTHS))


def reopen_coaching(session: Session, coaching_id: str, *, today: date) -> None:
    """Take the exit back („Austritt zurücknehmen“): within a month, and while there is no survey.

    Exit, reason, status and the closing of the file become empty; a closing interview that was held stays.

    Raises
    ------
    InvalidInputError
        with the reason why the exit cannot be taken back.
    NotFoundError
        where there is no such coaching.
    """
    connection = session.connection()
    refusal = _reopen_refusal(connection, _coaching(connection, coaching_id), today)
    if refusal is not None:
        raise InvalidInputError({"exit_on": refusal})
    change_row(session, Coaching, coaching_id, dict.fromkeys(_EXIT_FIELDS), today=today)


def _reopen_refusal(connection: Connection, saved: Mapping[str, Any], today: date) -> str | None:
    if saved["exit_on"] is None:
        return NOT_OPEN
    if saved["cancelled"]:
        return CANCELLED
    if today > add_months(saved["exit_on"], REOPEN_MONTHS):
        return TOO_LATE
    follow_up = FollowUp.__table__.c
    surveyed = connection.execute(select(follow_up.id).where(follow_up.coaching_id == saved["id"])).first()
    return None if surveyed is None else SURVEYED
