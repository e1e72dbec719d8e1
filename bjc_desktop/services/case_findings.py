"""The data-quality page: what is missing or contradictory in somebody's cases, errors before warnings before hints.

The rules are those of :mod:`bjc_desktop.services.findings`, the same as in the report and in ``check``.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, text

from bjc_desktop.indicators.figures import compute_indicators
from bjc_desktop.indicators.period import Period, quarter_of, quarters_up_to
from bjc_desktop.models import Coachee, Coaching, Staff
from bjc_desktop.models.coachings import ASSIGNED
from bjc_desktop.reports import german
from bjc_desktop.services.acknowledging import acknowledged_among
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.findings import PLACES, SEVERITIES, Finding, find
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.targets import read_settings

_QUARTERS = 4
_MINE = f"SELECT DISTINCT c.id FROM coaching_staff a CROSS JOIN coachings c ON c.id = a.coaching_id WHERE a.staff_id = :staff_id AND {ASSIGNED}"
_SLICE = 500
_COUNTED = ("target_group", "legal_circle", "unemployed_since")
_MASTER_DATA = {"master_data": "", "open_master_data": "im laufenden Coaching "}
"""The rules about these fields, and how their sentence begins: it names those that are empty, and leads to the first."""


@dataclass(frozen=True, slots=True)
class CaseFinding:
    """A finding for display: whose case, what to do, and where one click leads."""

    rule: str
    severity: str
    text: str
    subject: str
    """Case number, or the month of working time."""
    name: str
    """The coachee's, as typed; for working time that of the member of staff."""
    coaching_id: str | None
    coachee_id: str | None
    staff_id: str | None
    section: str
    field: str
    coach: str = ""
    """The coaching's job coach, or the last one; for working time the member of staff."""
    reason: str | None = None
    """Why somebody lets it stand, while the data are as they were then."""


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """The findings of one severity, by what is to be done."""

    severity: str
    title: str
    findings: tuple[CaseFinding, ...]


def read_case_findings(
    connection: Connection, *, staff_id: str | None, today: date, period: Period | None = None
) -> tuple[FindingGroup, ...]:
    """Return what is missing or contradictory in the cases of *staff_id*, or in all; a group for each severity that occurs.

    Without *period* the last four quarters are looked at, the running one included.
    """
    period = period or recent_quarters(today)
    settings = read_settings(connection)
    figures = compute_indicators(connection, period, settings, as_of=today)
    findings = find(connection, period, settings, figures)
    if staff_id is not None:
        mine = set(connection.execute(text(_MINE), {"staff_id": staff_id, "today": today.isoformat()}).scalars())
        findings = [finding for finding in findings if finding.coaching_id in mine or finding.staff_id == staff_id]
    people = _people(connection, {finding.coaching_id for finding in findings if finding.coaching_id is not None})
    staff, coaches = _staff(connection), _coaches(connection, set(people))
    concerned = {(finding.rule, finding.coaching_id) for finding in findings if finding.coaching_id is not None}
    standing = acknowledged_among(connection, concerned)
    rows = [
        _case_finding(finding, people, staff, coaches, standing.get((finding.rule, finding.coaching_id or "")))
        for finding in findings
    ]
    groups = (
        FindingGroup(severity, title, tuple(row for row in rows if row.severity == severity))
        for severity, title in SEVERITIES.items()
    )
    return tuple(group for group in groups if group.findings)


def recent_quarters(today: date) -> Period:
    """Return the last four quarters up to the end of the running one."""
    quarters = quarters_up_to(quarter_of(today), _QUARTERS)
    return Period(f"{german.quarter(quarters[0])} bis {german.quarter(quarters[-1])}", quarters[0].first, quarters[-1].last)


def _people(connection: Connection, coaching_ids: Iterable[str]) -> dict[str, Any]:
    """Return the coachee of each coaching."""
    coaching, coachee = Coaching.__table__.c, Coachee.__table__.c
    wanted, people = sorted(coaching_ids), {}
    for start in range(0, len(wanted), _SLICE):
        query = (
            select(
                coaching.id, coaching.coachee_id, coachee.given_name, coachee.family_name, *(coaching[name] for name in _COUNTED)
            )
            .join_from(Coaching.__table__, Coachee.__table__, coachee.id == coaching.coachee_id)
            .where(coaching.id.in_(wanted[start : start + _SLICE]))
        )
        people.update({row.id: row for row in connection.execute(query)})
    return people


def _staff(connection: Connection) -> dict[str, Any]:
    staff = Staff.__table__.c
    return {row.id: row for row in connection.execute(select(staff.id, staff.given_name, staff.family_name))}


_COACHES = text(
    "SELECT a.coaching_id, s.given_name, s.family_name FROM json_each(:ids) j CROSS JOIN coaching_staff a ON a.coaching_id = j.value "
    "CROSS JOIN staff s ON s.id = a.staff_id WHERE s.role = 'job_coach' ORDER BY a.valid_from"
)


def _coaches(connection: Connection, coaching_ids: Iterable[str]) -> dict[str, str]:
    """Return the name of each coaching's last job coach."""
    rows = connection.execute(_COACHES, {"ids": json.dumps(sorted(coaching_ids))})
    return {row.coaching_id: full_name(row.given_name, row.family_name) for row in rows}


def _case_finding(
    finding: Finding, people: Mapping[str, Any], staff: Mapping[str, Any], coaches: Mapping[str, str], reason: str | None
) -> CaseFinding:
    section, field = PLACES[finding.rule]
    person = staff.get(finding.staff_id or "") if finding.coaching_id is None else people.get(finding.coaching_id)
    name, words = "" if person is None else full_name(person.given_name, person.family_name), finding.text
    if finding.rule in _MASTER_DATA and person is not None:
        empty = [name for name in _COUNTED if getattr(person, name) is None]
        titles = [f"„{fields_of('coachings')[name].title}“" for name in empty]
        field, words = empty[0], f"{_MASTER_DATA[finding.rule]}{_listed(titles)} ausfüllen"
    return CaseFinding(
        rule=finding.rule,
        severity=finding.severity,
        text=words,
        subject=finding.subject if finding.staff_id is None else finding.subject.rpartition(", ")[2],
        name=name,
        coaching_id=finding.coaching_id,
        coachee_id=None if person is None or finding.coaching_id is None else person.coachee_id,
        staff_id=finding.staff_id,
        section=section,
        field=field,
        coach=coaches.get(finding.coaching_id, "") if finding.coaching_id is not None else name,
        reason=reason,
    )


def _listed(words: list[str]) -> str:
    return " und ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
