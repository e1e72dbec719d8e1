"""The six indicators of a quarter as SQL written by hand: what the program's figures are measured against.

Nothing but the driver and the default settings written out: one statement per kind of case, each one pass over the fitting index,
with the same details (failed items, missing months, surveyed, overlap) and without verdicts, ratings and caseloads.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bjc_desktop.indicators.figures import VaultFigures
from bjc_desktop.indicators.results import Figure

_A1 = "('employment_permanent','employment_fixed_term','employment_subsidised','self_employment','dual_training')"
_A4 = (
    "('retraining','certified_further_training','partial_qualification','external_exam_preparation','school_based_training',"
    "'school_leaving_certificate','university_studies')"
)
_LINKING = (
    "('agh_16d','employment_16e','employment_16i','employment_16i_bib','further_training_81','voluntary_bfd','voluntary_fsj',"
    "'voluntary_foej','state_programme','esf_project')"
)
_ITEMS = (
    "consent",
    "master_data",
    "initial_interview",
    "competence_profile",
    "development_plan",
    "consultation",
    "exit_data",
    "evidence",
    "closing",
    "on_time",
)
_COACH = """
(SELECT a.staff_id FROM coaching_staff a JOIN staff s ON s.id = a.staff_id AND s.role = 'job_coach'
 WHERE a.coaching_id = c.id AND a.valid_from <= c.exit_on AND coalesce(a.valid_to, '9999-12-31') >= c.exit_on
 ORDER BY a.valid_from DESC, a.id LIMIT 1)"""
_A1_RUNNING = f"o.kind IN {_A1} AND o.begin_on <= w AND coalesce(o.end_on, '9999-12-31') >= w"
_A4_KEPT = (
    f"o.kind IN {_A4} AND o.begin_on BETWEEN entry_on AND w AND (coalesce(o.end_on, '9999-12-31') >= exit_on OR o.completed = 1)"
)

EXITS = f"""
WITH e AS MATERIALIZED (
  SELECT c.id, c.coachee_id, c.provider_id, c.entry_on, c.exit_on, date(c.exit_on, '+1 month', 'floor') AS w, {_COACH} AS coach_id,
    c.target_group IS NOT NULL AND c.legal_circle IS NOT NULL AND c.unemployed_since IS NOT NULL AS master_data,
    c.initial_interview_on IS NOT NULL AS initial_interview,
    c.exit_reason IS NOT NULL AND c.status_at_exit IS NOT NULL AS exit_data,
    coalesce(c.closing_interview_on, c.closing_report_on, c.closing_waived_reason) IS NOT NULL AS closing,
    c.file_closed_on
  FROM coachings c WHERE c.cancelled = 0 AND c.exit_on BETWEEN ?1 AND ?2
), f AS MATERIALIZED (
  SELECT provider_id, coach_id, master_data, initial_interview, exit_data, closing,
    EXISTS (SELECT 1 FROM outcomes o WHERE o.coaching_id = e.id AND {_A1_RUNNING}) AS a1,
    EXISTS (SELECT 1 FROM outcomes o WHERE o.coaching_id = e.id AND {_A4_KEPT}) AS a4,
    NOT EXISTS (SELECT 1 FROM outcomes o WHERE o.coaching_id = e.id AND o.evidence_kind IS NULL
                AND (({_A1_RUNNING}) OR ({_A4_KEPT}))) AS evidence,
    EXISTS (SELECT 1 FROM consents n WHERE n.coachee_id = e.coachee_id AND n.purpose = 'participation'
            AND n.given_on <= exit_on AND coalesce(n.withdrawn_on, '9999-12-31') > exit_on) AS consent,
    EXISTS (SELECT 1 FROM competence_profiles p WHERE p.coaching_id = e.id AND p.recorded_on <= exit_on) AS competence_profile,
    coalesce((SELECT min(g.status IN ('achieved', 'partly_achieved', 'not_achieved', 'dropped')) FROM goals g WHERE g.plan_id =
              (SELECT d.id FROM development_plans d WHERE d.coaching_id = e.id ORDER BY d.version DESC LIMIT 1)), 0)
      AS development_plan,
    EXISTS (SELECT 1 FROM consultations u WHERE u.coaching_id = e.id AND u.status = 'held'
            AND u.held_on BETWEEN entry_on AND exit_on) AS consultation,
    coalesce(file_closed_on <= w, 0) AS on_time
  FROM e
)
SELECT provider_id, coach_id, count(*), sum(a1), sum(a4), sum(a1 AND a4), sum({" AND ".join(_ITEMS)}),
  {", ".join(f"sum(NOT {item})" for item in _ITEMS)}
FROM f GROUP BY provider_id, coach_id"""

FOLLOW_UPS = f"""
SELECT provider_id, coach_id, count(*), sum(surveyed), sum(surveyed AND counts) FROM (
  SELECT c.provider_id, {_COACH} AS coach_id, ifnull(x.state = 'surveyed', 0) AS surveyed,
    ifnull(x.status_on_due_date IN {_A1}, 0) AS counts
  FROM coachings c LEFT JOIN follow_ups x ON x.coaching_id = c.id WHERE c.cancelled = 0 AND c.exit_on BETWEEN ?1 AND ?2
) GROUP BY provider_id, coach_id"""

CONSULTATIONS = """
SELECT s.provider_id, s.id, count(*) FILTER (WHERE u.group_id IS NULL) + count(DISTINCT u.group_id)
FROM staff s CROSS JOIN consultations u ON u.staff_id = s.id
WHERE s.role = 'job_coach' AND u.held_on BETWEEN ?1 AND ?2 AND u.status = 'held' AND u.kind <> 'follow_up_survey'
  AND u.rowid NOT IN (SELECT k.rowid FROM coachings c CROSS JOIN consultations k ON k.coaching_id = c.id
                      WHERE c.cancelled = 1 AND k.held_on BETWEEN ?1 AND ?2)
GROUP BY s.id"""

HOURS = """
WITH RECURSIVE m (first, last) AS (
  SELECT date(?1, 'start of month'), date(?1, 'start of month', '+1 month', '-1 day')
  UNION ALL SELECT date(first, '+1 month'), date(first, '+2 months', '-1 day') FROM m WHERE last < ?2
)
SELECT s.provider_id, s.id, substr(m.first, 1, 7), m.last <= ?3, t.worked_hours, ifnull(s.funded_share, '1')
FROM m CROSS JOIN staff s LEFT JOIN working_time t ON t.staff_id = s.id AND t.month = substr(m.first, 1, 7)
WHERE s.role = 'job_coach' AND s.employed_from <= m.last AND coalesce(s.employed_to, '9999-12-31') >= m.first"""

LINKS = f"""
WITH a AS MATERIALIZED (
  SELECT id, coachee_id, provider_id, entry_on, coalesce(exit_on, '9999-12-31') AS last_day,
    EXISTS (SELECT 1 FROM measures m WHERE m.coaching_id = c.id AND m.kind IN {_LINKING}
            AND m.begin_on <= min(coalesce(exit_on, '9999-12-31'), ?2) AND coalesce(m.end_on, '9999-12-31') >= c.entry_on) AS linked
  FROM coachings c WHERE cancelled = 0 AND coalesce(exit_on, '9999-12-31') >= ?1 AND entry_on <= ?2
)
SELECT 'all', count(*), sum(linked) FROM (SELECT linked, max(entry_on || id) AS x FROM a GROUP BY coachee_id HAVING x > '')
UNION ALL
SELECT provider_id, count(*), sum(linked)
FROM (SELECT provider_id, linked, max(entry_on || id) AS x FROM a GROUP BY provider_id, coachee_id HAVING x > '') GROUP BY 1
UNION ALL
SELECT staff_id, count(*), sum(linked) FROM (
  SELECT g.staff_id, linked, max(entry_on || a.id) AS x FROM a CROSS JOIN coaching_staff g ON g.coaching_id = a.id
    AND g.valid_from <= min(last_day, ?2) AND coalesce(g.valid_to, '9999-12-31') >= max(entry_on, ?1)
  JOIN staff s ON s.id = g.staff_id AND s.role = 'job_coach' GROUP BY g.staff_id, coachee_id HAVING x > ''
) GROUP BY 1"""


@dataclass
class ScopeNumbers:
    """Every number of one scope."""

    exits: list[int] = field(default_factory=lambda: [0] * (5 + len(_ITEMS)))
    """Cases, A1.1, A4, both, correct, and who fails each item."""
    follow_ups: list[int] = field(default_factory=lambda: [0] * 3)
    """Cohort, surveyed, integrated."""
    consultations: int = 0
    hours: Decimal = Decimal(0)
    missing: set[tuple[str, str]] = field(default_factory=set)
    links: tuple[int, int] = (0, 0)
    """Persons, linked persons."""


def hand_written(cursor: Any, own: tuple[str, str], cohort: tuple[str, str], as_of: str) -> Mapping[str, ScopeNumbers]:
    """Return the numbers of every coach, provider and of all for the period *own* with the six-month *cohort*."""
    scopes: dict[str, ScopeNumbers] = defaultdict(ScopeNumbers)
    for provider, coach, *numbers in cursor.execute(EXITS, own).fetchall():
        for scope in _scopes(scopes, provider, coach):
            scope.exits = list(map(int.__add__, scope.exits, numbers))
    for provider, coach, *numbers in cursor.execute(FOLLOW_UPS, cohort).fetchall():
        for scope in _scopes(scopes, provider, coach):
            scope.follow_ups = list(map(int.__add__, scope.follow_ups, numbers))
    for provider, coach, number in cursor.execute(CONSULTATIONS, own).fetchall():
        for scope in _scopes(scopes, provider, coach):
            scope.consultations += number
    _add_hours(scopes, cursor.execute(HOURS, (*own, as_of)).fetchall())
    for key, persons, linked in cursor.execute(LINKS, own).fetchall():
        scopes[key].links = (persons, linked)
    return scopes


def _add_hours(scopes: dict[str, ScopeNumbers], rows: Iterable[Any]) -> None:
    for provider, coach, month, over, worked, share in rows:
        for scope in _scopes(scopes, provider, coach):
            if worked is not None:
                scope.hours += Decimal(worked) * Decimal(share)
            elif over:
                scope.missing.add((coach, month))


def _scopes(scopes: dict[str, ScopeNumbers], provider: str, coach: str | None) -> Iterable[ScopeNumbers]:
    found = (scopes["all"], scopes[provider])
    return found if coach is None else (*found, scopes[coach])


def differences(figures: VaultFigures, numbers: Mapping[str, ScopeNumbers]) -> list[str]:
    """Return the scopes whose figures are not the numbers written by hand: every coach, every provider, all."""
    everything = figures.scope("all")
    rows = {"all": everything.figures} | {coach.id: coach.figures for coach in everything.coaches}
    rows |= {provider: figures.scope(provider).figures for provider in figures.providers}
    return [scope for scope, row in rows.items() if _plain(row) != _expected(numbers.get(scope) or ScopeNumbers())]


def _plain(figures: tuple[Figure, ...]) -> list[Any]:
    values = [(figure.numerator, figure.denominator) for figure in figures]
    _, a1_2, a4, ratio, correct, _ = (figure.details for figure in figures)
    missing = {(row["staff_id"], row["month"]) for row in ratio["missing_months"]}
    return [*values, a1_2["surveyed"], a4["overlap_a1_a4"], missing, dict(correct["failed_items"])]


def _expected(numbers: ScopeNumbers) -> list[Any]:
    cases, a1_1, a4, both, correct, *failed = numbers.exits
    cohort, surveyed, integrated = numbers.follow_ups
    persons, linked = numbers.links
    return [
        (a1_1, cases),
        (integrated, cohort),
        (a4, cases),
        (numbers.consultations, numbers.hours),
        (correct, cases),
        (linked, persons),
        surveyed,
        both,
        numbers.missing,
        {item: count for item, count in zip(_ITEMS, failed, strict=True) if count},
    ]
