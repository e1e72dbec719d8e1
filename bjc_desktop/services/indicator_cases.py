"""The cases behind a figure, each with its verdict: the rows of the report's own statements, of any scope and period."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from bjc_desktop.indicators.caseload import read_staff
from bjc_desktop.indicators.cases import exit_verdicts, follow_up_cases, link_cases, link_verdicts
from bjc_desktop.indicators.catalogue import COUNTS, verdict_label
from bjc_desktop.indicators.period import FOLLOW_UP_MONTHS, Period, add_months, cohort_before
from bjc_desktop.indicators.settings import IndicatorSettings
from bjc_desktop.services.consultation_sessions import counted_consultations
from bjc_desktop.services.due_items import full_name
from bjc_desktop.vocabulary import Role

EVERYTHING = "all"
_VERDICT_COLUMNS = {"a1_1": "a1_1_verdict", "a4": "a4_verdict", "correctly_closed": "correct_verdict"}


@dataclass(frozen=True, slots=True)
class IndicatorCase:
    """A case of a denominator (for the consultations per hour: of the numerator): it counts, or the first reason why not."""

    row_id: str
    """The coaching, or the consultation."""
    coaching_id: str
    coachee_id: str
    name: str
    """As people say it."""
    case_number: str
    coach: str | None
    """The name of who answers for it: the coach on the exit day, or whoever held the consultation."""
    day: date
    """The exit, the six-month date, the consultation's day, or the entry for the measure link."""
    counts: bool
    verdict: str
    label: str
    """The verdict in words."""


def read_indicator_cases(
    connection: Connection, code: str, period: Period, scope_id: str, settings: IndicatorSettings
) -> tuple[IndicatorCase, ...]:
    """Return the cases of the indicator *code* for a coach, a provider or ``all``, by day; their counts are the figure's."""
    found = _READERS.get(code, _ended)(connection, code, period, scope_id, settings)
    people = _people(connection, {coaching_id for _, coaching_id, *_ in found})
    staff = {row.id: full_name(row.given_name, row.family_name) for row in connection.execute(_STAFF)}
    cases = [
        IndicatorCase(
            row_id,
            coaching_id,
            people[coaching_id].coachee_id,
            full_name(people[coaching_id].given_name, people[coaching_id].family_name),
            people[coaching_id].case_number,
            staff.get(coach_id or ""),
            day,
            verdict == COUNTS,
            verdict,
            verdict_label(code, verdict),
        )
        for row_id, coaching_id, coach_id, day, verdict in found
    ]
    return tuple(sorted(cases, key=lambda case: (case.day, case.case_number, case.row_id)))


_STAFF = text("SELECT id, given_name, family_name FROM staff")
_PEOPLE = text(
    "SELECT c.id, c.coachee_id, p.given_name, p.family_name, p.case_number FROM json_each(:ids) j "
    "CROSS JOIN coachings c ON c.id = j.value CROSS JOIN coachees p ON p.id = c.coachee_id"
)
_Found = list[tuple[str, str, str | None, date, str]]
"""Rows of: id, coaching, coach, day, verdict."""


def _people(connection: Connection, coaching_ids: Iterable[str]) -> Mapping[str, Any]:
    return {row.id: row for row in connection.execute(_PEOPLE, {"ids": json.dumps(list(coaching_ids))})}


def _ended(connection: Connection, code: str, period: Period, scope_id: str, settings: IndicatorSettings) -> _Found:
    column = _VERDICT_COLUMNS[code]
    rows = connection.execute(exit_verdicts(settings), {"first": period.first, "last": period.last})
    return [(row.id, row.id, row.coach_id, row.exit_on, getattr(row, column)) for row in rows if _in_scope(row, scope_id)]


def _surveyed(connection: Connection, code: str, period: Period, scope_id: str, settings: IndicatorSettings) -> _Found:
    _ = code
    cohort = cohort_before(period)
    if cohort is None:
        return []
    rows = connection.execute(follow_up_cases(settings), {"first": cohort[0], "last": cohort[1]})
    return [
        (row.id, row.id, row.coach_id, add_months(row.exit_on, FOLLOW_UP_MONTHS), row.verdict)
        for row in rows
        if _in_scope(row, scope_id)
    ]


def _in_scope(row: Any, scope_id: str) -> bool:
    return scope_id in {EVERYTHING, row.provider_id, row.coach_id}


def _linked(connection: Connection, code: str, period: Period, scope_id: str, settings: IndicatorSettings) -> _Found:
    _ = code
    bounds = {"first": period.first, "last": period.last}
    verdicts = {row.id: row for row in connection.execute(link_verdicts(settings), bounds)}
    kinds = [EVERYTHING] if scope_id == EVERYTHING else ["provider", "coach"]
    deciding = [
        row.coaching_id for kind in kinds for row in connection.execute(link_cases(settings, kind), bounds) if row.key == scope_id
    ]
    return [(key, key, None, verdicts[key].entry_on, verdicts[key].verdict) for key in deciding]


def _consulted(connection: Connection, code: str, period: Period, scope_id: str, settings: IndicatorSettings) -> _Found:
    _ = code
    coaches = [
        member.id
        for member in read_staff(connection).values()
        if member.role == Role.JOB_COACH.value and scope_id in {EVERYTHING, member.provider_id, member.id}
    ]
    rows = counted_consultations(connection, period, settings, coaches)
    return [(row.id, row.coaching_id, row.staff_id, row.held_on, row.verdict) for row in rows]


_READERS = {"a1_2": _surveyed, "measure_link": _linked, "consultations_per_hour": _consulted}
