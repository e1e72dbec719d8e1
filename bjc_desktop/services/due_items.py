"""What is due in the cases, with its day: one definition for the overview, the list of coachees and the preview."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Date, text

from bjc_desktop.indicators.period import add_months
from bjc_desktop.models.coachings import ASSIGNED
from bjc_desktop.services.consent_effects import WITHDRAWN
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.vault.role_rights import HIDDEN
from bjc_desktop.vocabulary import GOAL_END_STATUSES, Channel, ConsentPurpose, ConsultationKind, SuggestionKind, Vocabulary

CONTACT_DAYS = 60
"""A coaching without contact for so many days is named."""
SURVEY_GRACE_DAYS = 30
"""How long after the six-month date a survey may still come in (docs/indicators.md)."""
ANSWER_DAYS = 7
"""Within so many days a trainer's suggestion is to be answered."""
_SURVEY_OVERDUE_MONTHS = 12
_PLANNED_DAYS = 90
"""So long a planned consultation whose day has passed is asked about."""


class DueKind(Vocabulary):
    """What is due."""

    CONSULTATION = "consultation", "Termin"
    FOLLOW_UP = "follow_up", "Nachbefragung"
    CLOSING = "closing", "Akte schließen"
    PLAN_REVIEW = "plan_review", "Plan überprüfen"
    GOAL = "goal", "Ziel"
    TASK = "task", "Aufgabe"
    SUGGESTION = "suggestion", "Vorschlag"
    NO_CONTACT = "no_contact", "kein Kontakt"
    HOURS = "hours", "Arbeitszeit"
    PROOF_OF_USE = "proof_of_use", "Verwendungsnachweis"
    REQUEST = "request", "Anfrage"
    WITHDRAWAL = "withdrawal", "Widerruf"


class CaseSection(Vocabulary):
    """The section of the case file (or the page) where something due is done."""

    CONSULTATIONS = "consultations", "Konsultationen"
    FOLLOW_UP = "follow_up", "Nachbefragung"
    EXIT = "exit", "Austritt"
    PLAN = "plan", "Entwicklungsplan"
    SUGGESTIONS = "suggestions", "Vorschläge"
    HOURS = "hours", "Arbeitszeiten"
    DECISIONS = "decisions", "Zuwendungsbescheide"
    PRIVACY = "privacy", "Datenschutz"


_SECTIONS = {
    DueKind.CONSULTATION: CaseSection.CONSULTATIONS,
    DueKind.FOLLOW_UP: CaseSection.FOLLOW_UP,
    DueKind.CLOSING: CaseSection.EXIT,
    DueKind.PLAN_REVIEW: CaseSection.PLAN,
    DueKind.GOAL: CaseSection.PLAN,
    DueKind.TASK: CaseSection.PLAN,
    DueKind.SUGGESTION: CaseSection.SUGGESTIONS,
    DueKind.NO_CONTACT: CaseSection.CONSULTATIONS,
    DueKind.HOURS: CaseSection.HOURS,
    DueKind.REQUEST: CaseSection.PRIVACY,
    DueKind.WITHDRAWAL: CaseSection.EXIT,
}


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something due: what, when, in whose case, and where it is done. Working time and a request belong to no coaching."""

    kind: DueKind
    day: date
    overdue: bool
    """Whether the day has passed."""
    name: str
    """The coachee's, as typed; for working time that of the member of staff."""
    coachee_id: str | None
    coaching_id: str | None
    row_id: str
    """The goal, task, plan or consultation; otherwise the coaching, or the member of staff."""
    section: CaseSection
    text: str


_COLUMNS = "SELECT DISTINCT c.id, c.coachee_id, c.entry_on, c.exit_on, c.file_closed_on"
_RELEVANT = "c.cancelled = 0 AND coalesce(c.exit_on, '9999-12-31') >= :since"
_CASES = {
    "all": f"{_COLUMNS} FROM coachings c WHERE {_RELEVANT}",
    "staff": f"{_COLUMNS} FROM coaching_staff a CROSS JOIN coachings c ON c.id = a.coaching_id "
    f"WHERE a.staff_id = :staff_id AND {_RELEVANT} AND {ASSIGNED}",
    "people": f"{_COLUMNS} FROM json_each(:ids) j CROSS JOIN coachings c ON c.coachee_id = j.value WHERE {_RELEVANT}",
}
_ENDED = ", ".join(f"'{status.value}'" for status in GOAL_END_STATUSES)
_SHOWN = f"g.description <> '{HIDDEN}'"
_PARTICIPATION = f"'{ConsentPurpose.PARTICIPATION.value}'"
_FOLLOW_UP = f"'{ConsentPurpose.FOLLOW_UP.value}'"
_SIX_MONTHS = "date(exit_on, '+6 months', 'floor')"
_WITH = """WITH cases AS MATERIALIZED ({cases}),
running AS MATERIALIZED (SELECT * FROM cases WHERE exit_on IS NULL OR exit_on >= :today),
plans AS MATERIALIZED (SELECT running.id AS coaching_id, coachee_id, (SELECT p.id FROM development_plans p
    WHERE p.coaching_id = running.id ORDER BY p.version DESC LIMIT 1) AS plan_id FROM running)
"""
_PARTS = {
    DueKind.CONSULTATION: "SELECT 'consultation' AS kind, u.held_on AS day, cases.coachee_id AS coachee_id, cases.id AS coaching_id, "
    "u.id AS row_id, u.kind || ' ' || u.channel AS words FROM cases CROSS JOIN consultations u ON u.coaching_id = cases.id "
    "AND u.held_on >= :planned_since AND u.status = 'planned'",
    DueKind.FOLLOW_UP: f"SELECT 'follow_up', {_SIX_MONTHS}, coachee_id, id, id, NULL FROM cases WHERE exit_on < :today "
    f"AND {_SIX_MONTHS} >= :survey_since AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.coaching_id = cases.id) "
    f"AND NOT {WITHDRAWN.format(person='cases.coachee_id', purpose=_FOLLOW_UP)}",
    DueKind.CLOSING: "SELECT 'closing', date(exit_on, '+1 month', 'floor'), coachee_id, id, id, exit_on FROM cases "
    "WHERE exit_on <= :today AND file_closed_on IS NULL",
    DueKind.PLAN_REVIEW: "SELECT 'plan_review', p.review_on, coachee_id, plans.coaching_id, p.id, NULL FROM plans "
    "CROSS JOIN development_plans p ON p.id = plans.plan_id WHERE p.review_on IS NOT NULL",
    DueKind.GOAL: "SELECT 'goal', g.due_on, coachee_id, coaching_id, g.id, g.description FROM plans CROSS JOIN goals g "
    f"ON g.plan_id = plans.plan_id WHERE g.due_on IS NOT NULL AND g.status NOT IN ({_ENDED}) AND {_SHOWN}",
    DueKind.TASK: "SELECT 'task', t.due_on, coachee_id, coaching_id, t.id, t.description FROM plans CROSS JOIN goals g "
    f"ON g.plan_id = plans.plan_id AND g.status NOT IN ({_ENDED}) AND {_SHOWN} CROSS JOIN tasks t ON t.goal_id = g.id "
    "WHERE t.due_on IS NOT NULL AND t.done_on IS NULL",
    DueKind.SUGGESTION: f"SELECT 'suggestion', date(s.made_on, '+{ANSWER_DAYS} days'), cases.coachee_id, cases.id, s.id, "
    "s.kind || ' ' || s.description FROM cases CROSS JOIN suggestions s ON s.coaching_id = cases.id AND s.state = 'open'",
    DueKind.WITHDRAWAL: "SELECT 'withdrawal', max(w.withdrawn_on), running.coachee_id, running.id, running.id, NULL FROM running "
    f"CROSS JOIN consents w ON w.coachee_id = running.coachee_id AND w.purpose = {_PARTICIPATION} AND w.withdrawn_on <= :today "
    f"WHERE exit_on IS NULL AND {WITHDRAWN.format(person='running.coachee_id', purpose=_PARTICIPATION)} GROUP BY running.id",
    DueKind.NO_CONTACT: "SELECT 'no_contact', date(last, :contact_days), coachee_id, id, id, last FROM (SELECT coachee_id, id, "
    "max(entry_on, coalesce((SELECT u.held_on FROM consultations u WHERE u.coaching_id = running.id AND u.status = 'held' "
    "AND u.held_on <= :today ORDER BY u.held_on DESC LIMIT 1), '')) AS last FROM running) WHERE last <= :silent_since",
}
PLANNED_KINDS = tuple(kind for kind in _PARTS if kind is not DueKind.NO_CONTACT)
"""What a case waits for; that nobody was in touch is no appointment."""
ALL_KINDS = tuple(_PARTS)


@dataclass(frozen=True, slots=True)
class Cases:
    """Whose cases: those of a member of staff, of some coachees, or all."""

    staff_id: str | None = None
    coachee_ids: Sequence[str] | None = None

    @property
    def statement(self) -> str:
        """The SELECT of these coachings."""
        if self.coachee_ids is not None:
            return _CASES["people"]
        return _CASES["all" if self.staff_id is None else "staff"]

    @property
    def parameters(self) -> dict[str, Any]:
        """What the statement needs to know."""
        if self.coachee_ids is not None:
            return {"ids": json.dumps(list(self.coachee_ids))}
        return {} if self.staff_id is None else {"staff_id": self.staff_id}


def due_statement(cases: Cases, kinds: Iterable[DueKind] = PLANNED_KINDS) -> str:
    """Return the common tables ``cases``, ``running``, ``plans`` and ``due`` (kind, day, coachee_id, coaching_id, row_id, words)."""
    parts = " UNION ALL ".join(_PARTS[kind] for kind in _PARTS if kind is DueKind.CONSULTATION or kind in set(kinds))
    return _WITH.format(cases=cases.statement) + f", due AS ({parts})"


def due_parameters(cases: Cases, *, today: date) -> dict[str, Any]:
    """Return the parameters of :func:`due_statement`."""
    survey_since = add_months(today, -_SURVEY_OVERDUE_MONTHS)
    return {
        **cases.parameters,
        "today": today.isoformat(),
        "since": add_months(survey_since, -6).isoformat(),
        "survey_since": survey_since.isoformat(),
        "planned_since": (today - timedelta(days=_PLANNED_DAYS)).isoformat(),
        "contact_days": f"+{CONTACT_DAYS} days",
        "silent_since": (today - timedelta(days=CONTACT_DAYS)).isoformat(),
    }


def read_due(
    connection: Connection,
    cases: Cases,
    *,
    today: date,
    until: date | None = None,
    kinds: Sequence[DueKind] = PLANNED_KINDS,
) -> tuple[DueItem, ...]:
    """Return what is due in *cases* up to and including the day *until* (None: whenever), the earliest first."""
    statement = text(
        due_statement(cases, kinds)
        + " SELECT due.*, p.given_name, p.family_name FROM due CROSS JOIN coachees p ON p.id = due.coachee_id "
        "WHERE day <= :until ORDER BY day, kind, p.family_name, row_id"
    ).columns(day=Date)
    parameters = due_parameters(cases, today=today) | {"until": (until or date.max).isoformat()}
    rows = connection.execute(statement, parameters)
    wanted = set(kinds)
    return tuple(_due_item(row, today) for row in rows if DueKind(row.kind) in wanted)


def full_name(given: str | None, family: str) -> str:
    """Return the name as people say it."""
    return f"{given} {family}" if given else family


def _due_item(row: Any, today: date) -> DueItem:
    kind = DueKind(row.kind)
    words = _words(kind, row.day, row.words, today)
    name = full_name(row.given_name, row.family_name)
    return DueItem(kind, row.day, row.day < today, name, row.coachee_id, row.coaching_id, row.row_id, _SECTIONS[kind], words)


def _words(kind: DueKind, day: date, words: str | None, today: date) -> str:
    said = words or ""
    match kind:
        case DueKind.CONSULTATION:
            text = _appointment(said, past=day < today)
        case DueKind.FOLLOW_UP:
            text = f"Nachbefragung zum Stichtag {show_date(day)}"
        case DueKind.CLOSING:
            text = f"Akte schließen, Austritt war am {show_date(date.fromisoformat(said))}"
        case DueKind.PLAN_REVIEW:
            text = "Entwicklungsplan überprüfen"
        case DueKind.SUGGESTION:
            about, _, suggested = said.partition(" ")
            text = f"Vorschlag ({SuggestionKind(about).label}): {suggested}"
        case DueKind.WITHDRAWAL:
            text = "Teilnahme widerrufen: Austritt klären"
        case DueKind.NO_CONTACT:
            text = f"kein Kontakt seit {(today - date.fromisoformat(said)).days} Tagen"
        case _:
            text = f"{kind.label}: {said}"
    return text


def _appointment(words: str, *, past: bool) -> str:
    kind, _, channel = words.partition(" ")
    named = f"{ConsultationKind(kind).label}, {Channel(channel).label}"
    return f"{named}: Hat der Termin stattgefunden?" if past else named
