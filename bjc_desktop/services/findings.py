"""What is missing or contradictory, case by case: one list of rules for the report, the command line and the window.

A finding never refuses anything; it tells a coach what to do. Source: the indicators' rules and the data package's consistency.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from bjc_desktop.indicators.cases import ITEM_COLUMNS, exit_cases
from bjc_desktop.indicators.figures import VaultFigures
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.settings import IndicatorSettings
from bjc_desktop.models import Coachee
from bjc_desktop.reports.content import QualityLine

TO_DO = {
    "consent": "Einwilligung in die Teilnahme eintragen (bis zum Austritt erteilt, nicht widerrufen)",
    "master_data": "Zielgruppe, Rechtskreis und „arbeitslos seit“ ausfüllen",
    "initial_interview": "Datum des Erstgesprächs eintragen",
    "competence_profile": "Kompetenzprofil erfassen (bis zum Austritt)",
    "development_plan": "in der letzten Fassung des Entwicklungsplans jedes Ziel abschließen",
    "consultation": "mindestens eine durchgeführte Konsultation zwischen Eintritt und Austritt eintragen",
    "exit_data": "Austrittsgrund und Status bei Austritt ausfüllen",
    "evidence": "Nachweis zum zählenden Ergebnis eintragen",
    "closing": "Abschlussgespräch, Abschlussbericht oder die Begründung eintragen",
    "on_time": "Akte innerhalb eines Monats nach dem Austritt schließen",
}
"""What to do about each item of the checklist, in words that a coach can act on."""

HOURS_MISSING = "Arbeitszeit eintragen"
HOURS_OUTSIDE = "Arbeitszeit außerhalb der Beschäftigung prüfen"
PLACES = {
    "consent": ("consents", "given_on"),
    "master_data": ("coaching", "target_group"),
    "initial_interview": ("coaching", "initial_interview_on"),
    "competence_profile": ("profile", "recorded_on"),
    "development_plan": ("plan", "status"),
    "consultation": ("consultations", "held_on"),
    "exit_data": ("exit", "exit_reason"),
    "evidence": ("outcomes", "evidence_kind"),
    "closing": ("exit", "closing_interview_on"),
    "on_time": ("exit", "file_closed_on"),
    "no_coach": ("staff", "staff_id"),
    "follow_up_due": ("follow_up", "state"),
    "open_master_data": ("coaching", "target_group"),
    "consultation_outside": ("consultations", "held_on"),
    "assignment_before_employment": ("staff", "valid_from"),
    "session_of_several_days": ("consultations", "held_on"),
    "outcome_after_exit_status": ("outcomes", "kind"),
    "planned_end_passed": ("coaching", "planned_end_on"),
    "hours_missing": ("hours", "worked_hours"),
    "hours_outside": ("hours", "month"),
}
"""Where each finding is mended: the section of the case file (``hours``: the working time) and the field."""

_CASE = "SELECT c.id AS coaching_id, p.case_number, c.provider_id FROM coachings c JOIN coachees p ON p.id = c.coachee_id "
_OPEN = "c.cancelled = 0 AND c.exit_on IS NULL AND c.entry_on <= :last"
"""A coaching that runs, and ran in the period: what began later is not the period's."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule whose statement yields the cases that break it, with the parameters ``first``, ``last`` and ``as_of``."""

    key: str
    severity: str
    text: str
    statement: str


RULES = (
    Rule(
        "no_coach",
        "error",
        "laufendem Coaching eine*n JobCoach zuordnen",
        _CASE
        + f"WHERE {_OPEN} AND c.entry_on <= :as_of AND NOT EXISTS (SELECT 1 FROM coaching_staff a JOIN staff s ON s.id = a.staff_id "
        "WHERE a.coaching_id = c.id AND s.role = 'job_coach' AND a.valid_from <= :as_of AND coalesce(a.valid_to, '9999') >= :as_of)",
    ),
    Rule(
        "follow_up_due",
        "error",
        "Nachbefragung eintragen: der Stichtag ist vorbei",
        _CASE + "LEFT JOIN follow_ups f ON f.coaching_id = c.id WHERE c.cancelled = 0 AND f.id IS NULL "
        "AND date(c.exit_on, '+6 months', 'floor') < :as_of AND date(c.exit_on, '+6 months', 'floor') >= :first "
        "AND date(c.exit_on, '+6 months', 'floor') <= :last",
    ),
    Rule(
        "open_master_data",
        "warning",
        "im laufenden Coaching Zielgruppe, Rechtskreis und „arbeitslos seit“ ausfüllen",
        _CASE + f"WHERE {_OPEN} AND (c.target_group IS NULL OR c.legal_circle IS NULL OR c.unemployed_since IS NULL)",
    ),
    Rule(
        "consultation_outside",
        "warning",
        "Konsultation vor dem Eintritt prüfen",
        _CASE
        + "WHERE c.cancelled = 0 AND EXISTS (SELECT 1 FROM consultations u WHERE u.coaching_id = c.id AND u.held_on < c.entry_on "
        "AND u.kind <> 'initial_interview' AND u.held_on BETWEEN :first AND :last)",
    ),
    Rule(
        "assignment_before_employment",
        "warning",
        "Zuordnung vor der Beschäftigung der zugeordneten Person prüfen",
        _CASE
        + "WHERE c.cancelled = 0 AND coalesce(c.exit_on, '9999') >= :first AND c.entry_on <= :last AND EXISTS (SELECT 1 FROM "
        "coaching_staff a JOIN staff s ON s.id = a.staff_id WHERE a.coaching_id = c.id AND a.valid_from < s.employed_from)",
    ),
    Rule(
        "session_of_several_days",
        "warning",
        "Gruppentermin prüfen: er erstreckt sich über mehrere Tage",
        _CASE + "WHERE c.id IN (SELECT min(u.coaching_id) FROM consultations u WHERE u.group_id IS NOT NULL "
        "AND u.held_on BETWEEN :first AND :last GROUP BY u.staff_id, u.group_id HAVING min(u.held_on) < max(u.held_on))",
    ),
    Rule(
        "outcome_after_exit_status",
        "hint",
        "Austritt mit Ziel Beschäftigung, aber kein Ergebnis erfasst: Ergebnis eintragen oder Grund prüfen",
        _CASE + "WHERE c.cancelled = 0 AND c.exit_on BETWEEN :first AND :last AND c.exit_reason = 'goal_employment' "
        "AND NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.coaching_id = c.id)",
    ),
    Rule(
        "planned_end_passed",
        "hint",
        "geplantes Ende ist vorbei: Austritt eintragen oder Ende verschieben",
        _CASE + f"WHERE {_OPEN} AND c.planned_end_on < :as_of",
    ),
)
_HOURS_OUTSIDE = """
SELECT t.staff_id, t.month, s.provider_id FROM working_time t JOIN staff s ON s.id = t.staff_id
WHERE t.month BETWEEN :first_month AND :last_month
AND (t.month < substr(s.employed_from, 1, 7) OR t.month > coalesce(substr(s.employed_to, 1, 7), '9999'))
ORDER BY t.staff_id, t.month
"""
SEVERITIES = {"error": "Fehler", "warning": "Warnung", "hint": "Hinweis"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: its rule, how grave it is, what it concerns, and what to do."""

    rule: str
    severity: str
    subject: str
    """Case number, or member of staff and month."""
    text: str
    provider_id: str
    coaching_id: str | None = None
    staff_id: str | None = None
    """Set where it concerns working time instead of a coaching."""


def find(connection: Connection, period: Period, settings: IndicatorSettings, figures: VaultFigures) -> list[Finding]:
    """Return everything that is missing or contradictory in the cases and hours of *period*, errors first."""
    findings = _checklist(connection, period, settings)
    parameters = {"first": period.first.isoformat(), "last": period.last.isoformat(), "as_of": figures.as_of.isoformat()}
    for rule in RULES:
        for row in connection.execute(text(rule.statement), parameters):
            findings.append(Finding(rule.key, rule.severity, row.case_number, rule.text, row.provider_id, row.coaching_id))
    findings += _hours(connection, period, figures)
    order = list(SEVERITIES)
    return sorted(findings, key=lambda finding: (order.index(finding.severity), finding.rule, finding.subject))


def _checklist(connection: Connection, period: Period, settings: IndicatorSettings) -> list[Finding]:
    cases, coachee = exit_cases(settings), Coachee.__table__.c
    statement = select(cases, coachee.case_number).join_from(cases, Coachee.__table__, coachee.id == cases.c.coachee_id)
    findings = []
    for row in connection.execute(statement, {"first": period.first, "last": period.last}):
        for name in ITEM_COLUMNS:
            item = name.removeprefix("item_")
            if item in settings.checklist and not getattr(row, name):
                findings.append(Finding(item, "error", row.case_number, TO_DO[item], row.provider_id, row.id))
    return findings


def _hours(connection: Connection, period: Period, figures: VaultFigures) -> Iterable[Finding]:
    counts = figures.counts.get("all")
    for staff_id, month in sorted(counts.missing_months) if counts else []:
        subject = f"Person {staff_id[:8]}, {month}"
        provider_id = figures.staff[staff_id].provider_id
        yield Finding("hours_missing", "error", subject, HOURS_MISSING, provider_id, staff_id=staff_id)
    months = list(period.months())
    for row in connection.execute(text(_HOURS_OUTSIDE), {"first_month": months[0], "last_month": months[-1]}):
        subject = f"Person {row.staff_id[:8]}, {row.month}"
        yield Finding("hours_outside", "warning", subject, HOURS_OUTSIDE, row.provider_id, staff_id=row.staff_id)


def quality_lines(findings: Iterable[Finding], provider_id: str) -> list[QualityLine]:
    """Return how often each finding occurs at the provider (or ``all``): no cases, no names."""
    counts: dict[tuple[str, str], int] = {}
    for finding in findings:
        if provider_id in {"all", finding.provider_id}:
            key = (finding.severity, finding.text)
            counts[key] = counts.get(key, 0) + 1
    return [QualityLine(severity, line, count) for (severity, line), count in counts.items()]


def title_of(rule: str) -> str:
    """Return what a rule asks for, for all its findings together."""
    return _TITLES[rule]


_TITLES = {
    **TO_DO,
    **{rule.key: rule.text for rule in RULES},
    "hours_missing": HOURS_MISSING,
    "hours_outside": HOURS_OUTSIDE,
}
