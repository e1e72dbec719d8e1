"""The main lists of the window for the command line: the same columns, of one's own cases or, where the role sees them, of all."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bjc_desktop.reports.shown_list import Row, ShownList
from bjc_desktop.services.case_findings import CaseFinding, read_case_findings, recent_quarters
from bjc_desktop.services.coachee_list import CoacheeFilter, CoacheeRow, find_coachees
from bjc_desktop.services.due_items import ALL_KINDS, DueItem
from bjc_desktop.services.findings import SEVERITIES
from bjc_desktop.services.follow_up_desk import OPEN_STATES, SurveyRow, read_follow_up_desk
from bjc_desktop.services.overview import DAYS_AHEAD, TRAINER_KINDS, read_overview_due
from bjc_desktop.services.team import staff_of_user
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.vault import Vault
from bjc_desktop.vault.role_rights import keeps_cases, sees_all_cases

_EVERYBODY = 1_000_000
_Found = tuple[Sequence[Any], int, str]
"""Rows, how many there are without the filter, and the filter in words."""


def read_main_list(vault: Vault, name: str, *, today: date, now: datetime) -> tuple[ShownList, list[str]]:
    """Return the list *name* of :data:`MAIN_LISTS`, and the coachings that its rows are about."""
    title, headings, read, cells = MAIN_LISTS[name]
    whose = whose_cases(vault)
    with vault.reading() as connection:
        rows, total, words = read(connection, vault, whose, today)
    moment = now.astimezone().replace(tzinfo=None)
    shown = ShownList(title, words, headings, tuple(cells(row) for row in rows), total, moment, vault.user.name)
    return shown, [found for row in rows if (found := row.coaching_id) is not None]


def whose_cases(vault: Vault) -> str | None:
    """Return the member of staff whose cases are listed: one's own, or None for all; nobody's is the empty id."""
    if sees_all_cases(vault.user.roles):
        return None
    with vault.reading() as connection:
        return staff_of_user(connection, vault.user.id) or ""


def _coachees(connection: Connection, vault: Vault, staff_id: str | None, today: date) -> _Found:
    _ = vault
    page = find_coachees(connection, CoacheeFilter(coach_id=staff_id), limit=_EVERYBODY, today=today)
    return page.rows, page.total_all, _words(staff_id)


def _coachee(row: CoacheeRow) -> Row:
    name = f"{row.family_name}, {row.given_name}" if row.given_name else row.family_name
    due = row.next_due
    since = "seit " if due is not None and due.overdue else ""
    following = None if due is None else f"{due.kind.label} {since}{show_date(due.day)}"
    return (name, row.status.label, following, row.last_contact, row.entry_on, row.case_number)


def _due(connection: Connection, vault: Vault, staff_id: str | None, today: date) -> _Found:
    kinds = ALL_KINDS if keeps_cases(vault.user.roles) else TRAINER_KINDS
    items = read_overview_due(connection, staff_id=staff_id, today=today, kinds=kinds)
    return items, len(items), f"fällig in den nächsten {DAYS_AHEAD} Tagen oder überfällig; {_words(staff_id)}"


def _due_item(item: DueItem) -> Row:
    return (item.day, item.name, item.text)


def _findings(connection: Connection, vault: Vault, staff_id: str | None, today: date) -> _Found:
    _ = vault
    every = [finding for group in read_case_findings(connection, staff_id=staff_id, today=today) for finding in group.findings]
    shown = [finding for finding in every if finding.reason is None]
    return shown, len(every), f"{recent_quarters(today).label}; {_words(staff_id)}"


def _finding(finding: CaseFinding) -> Row:
    return (SEVERITIES[finding.severity], finding.name, finding.coach, finding.text, finding.subject)


def _follow_ups(connection: Connection, vault: Vault, staff_id: str | None, today: date) -> _Found:
    _ = vault
    rows = read_follow_up_desk(connection, staff_id=staff_id, today=today).rows
    return [row for row in rows if row.state in OPEN_STATES], len(rows), f"Stand: Offene; {_words(staff_id)}"


def _follow_up(row: SurveyRow) -> Row:
    counts = "zählt" if row.verdict == "counts" else "noch offen" if row.follow_up_state is None else "zählt nicht"
    return (row.due_on, row.name, row.words, len(row.attempts), counts)


def _words(staff_id: str | None) -> str:
    return "alle Fälle" if staff_id is None else "eigene Fälle"


MAIN_LISTS: Mapping[
    str, tuple[str, tuple[str, ...], Callable[[Connection, Vault, str | None, date], _Found], Callable[[Any], Row]]
] = {
    "coachees": (
        "Coachees",
        ("Name", "Status", "Als Nächstes", "Letzter Kontakt", "Eintritt", "Fallnummer"),
        _coachees,
        _coachee,
    ),
    "due": ("Fällig", ("Tag", "Wer", "Was"), _due, _due_item),
    "findings": ("Befunde", ("Schwere", "Wer", "JobCoach", "Was zu tun ist", "Fallnummer"), _findings, _finding),
    "follow-ups": ("Nachbefragungen", ("Stichtag", "Wer", "Stand", "Versuche", "A1.2"), _follow_ups, _follow_up),
}
"""By its name on the command line: title, headings, what reads the rows, and the cells of one."""
