"""The desk of the six-month surveys: which are due, who was tried, what each answer makes of the indicator A1.2.

A survey asks for the status on the due date (exit plus six months): it may be held from that day on, and for thirty days the
figure waits for it. The verdicts are the report's own, also those of answers that nobody has given yet.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Select, literal_column, select, text
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError, NotFoundError
from bjc_desktop.indicators.cases import follow_up_cases
from bjc_desktop.indicators.catalogue import COUNTS, verdict_label
from bjc_desktop.indicators.figures import SURVEY_GRACE
from bjc_desktop.indicators.period import FOLLOW_UP_MONTHS, Period, add_months, cohort_before, quarter_of
from bjc_desktop.indicators.settings import IndicatorSettings, NonResponse
from bjc_desktop.models import Coachee, Coaching, Consent, Consultation, FollowUp
from bjc_desktop.services.consent_effects import read_switched_off
from bjc_desktop.services.consultation_recording import ConsultationForm, RecordedConsultation, record_consultation
from bjc_desktop.services.input_warnings import EntryContext, warnings_for
from bjc_desktop.services.row_editing import GONE, add_row, change_row
from bjc_desktop.services.targets import read_settings
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.services.unsaved_values import put_in_place, rolled_back
from bjc_desktop.vault import Vault
from bjc_desktop.vocabulary import (
    Channel,
    ConsentPurpose,
    ConsultationKind,
    ConsultationStatus,
    FollowUpState,
    StatusOnDueDate,
    Vocabulary,
)

NO_EXIT = "Das Coaching hat noch keinen Austritt. Bitte zuerst den Austritt eintragen."
CANCELLED = "Das Coaching ist storniert und wird nicht nachbefragt."
STATUS_MISSING = "Bitte den Status am Stichtag angeben; „unbekannt“ ist möglich."
WITHDRAWN_CONSENT = "Die Einwilligung in die Nachbefragung ist widerrufen. Bitte nicht befragen, sondern „Auskunft verweigert“ oder „entfällt“ wählen."
STATUS_WITHOUT_SURVEY = "Ohne Befragung gibt es keinen Status am Stichtag. Bitte leer lassen oder „befragt“ wählen."


_WANTED: ColumnElement[bool] = literal_column("coachings.id").in_(text("SELECT value FROM json_each(:ids)"))
"""The condition that a coaching is one of those whose ids are given as JSON."""


class DeskState(Vocabulary):
    """How a survey stands."""

    LATER = "later", "noch nicht fällig"
    IN_WINDOW = "in_window", "im Fenster"
    OVERDUE = "overdue", "überfällig"
    SURVEYED = "surveyed", "befragt"
    NOT_REACHED = "not_reached", "nicht erreicht"
    REFUSED = "refused", "Auskunft verweigert"
    NOT_APPLICABLE = "not_applicable", "entfällt"
    WITHDRAWN = "withdrawn", "nicht befragen: Einwilligung widerrufen"


OPEN_STATES = (DeskState.OVERDUE, DeskState.IN_WINDOW, DeskState.LATER)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A contact for the survey, held or not."""

    consultation_id: str
    day: date
    channel: str
    status: str


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """The survey of one coaching."""

    coaching_id: str
    coachee_id: str
    name: str
    case_number: str
    phone: str | None
    email: str | None
    exit_on: date
    due_on: date
    window_until: date
    """The last day on which the figure still waits for the survey."""
    quarter: str
    """The quarter whose A1.2 it belongs to."""
    state: DeskState
    words: str
    """The state with its days: „fällig in 12 Tagen“."""
    consented: bool
    """Whether the coachee consents to the survey today."""
    attempts: tuple[Attempt, ...]
    follow_up_state: str | None
    contacted_on: date | None
    status_on_due_date: str | None
    same_employer: bool | None
    evidence_kind: str | None
    verdict: str
    label: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that a survey may have, and what the report says of it."""

    state: str
    status_on_due_date: str | None
    label: str
    verdict: str
    counts: bool


@dataclass(frozen=True, slots=True)
class QuarterFigure:
    """A1.2 of a quarter with its response: counted cases, base, surveyed, and all that are due in it."""

    quarter: str
    numerator: int
    denominator: int
    surveyed: int
    cohort: int

    @property
    def value(self) -> Fraction | None:
        """The indicator, or None without a base."""
        return Fraction(self.numerator, self.denominator) if self.denominator else None

    @property
    def response(self) -> Fraction | None:
        """The response rate."""
        return Fraction(self.surveyed, self.cohort) if self.cohort else None


@dataclass(frozen=True, slots=True)
class FollowUpDesk:
    """All surveys with their due date in whole quarters around today, the earliest first."""

    rows: tuple[SurveyRow, ...]
    answers: tuple[Answer, ...]
    settings: IndicatorSettings
    today: date

    @property
    def quarters(self) -> tuple[str, ...]:
        """The quarters in which a survey is due, the earliest first."""
        return tuple(dict.fromkeys(row.quarter for row in self.rows))

    def figure(self, quarter: str) -> QuarterFigure:
        """Return A1.2 of *quarter* as it stands now."""
        return _figure(quarter, [row for row in self.rows if row.quarter == quarter], self.settings)

    def effect(self, row: SurveyRow, answer: Answer) -> QuarterFigure:
        """Return A1.2 of the row's quarter as it would be with *answer*."""
        answered = replace(row, follow_up_state=answer.state, verdict=answer.verdict)
        cohort = [answered if other.coaching_id == row.coaching_id else other for other in self.rows]
        return _figure(row.quarter, [other for other in cohort if other.quarter == row.quarter], self.settings)

    @property
    def response(self) -> Fraction | None:
        """The response rate of all that were due up to today."""
        due = [row for row in self.rows if row.due_on <= self.today]
        surveyed = sum(row.follow_up_state == FollowUpState.SURVEYED.value for row in due)
        return Fraction(surveyed, len(due)) if due else None


def _figure(quarter: str, rows: list[SurveyRow], settings: IndicatorSettings) -> QuarterFigure:
    surveyed = sum(row.follow_up_state == FollowUpState.SURVEYED.value for row in rows)
    base = surveyed if settings.non_response is NonResponse.LEAVE_OUT else len(rows)
    return QuarterFigure(quarter, sum(row.verdict == COUNTS for row in rows), base, surveyed, len(rows))


# --- reading -----------------------------------------------------------------------------------------------------------------


def read_follow_up_desk(connection: Connection, *, staff_id: str | None, today: date, months: int = 6) -> FollowUpDesk:
    """Return the surveys due in the quarters from *months* months ago to *months* months ahead.

    With *staff_id* those of the exits that count for this job coach: the coach assigned on the day of the exit.
    """
    settings = read_settings(connection)
    first, last = quarter_of(add_months(today, -months)).first, quarter_of(add_months(today, months)).last
    cohort = cohort_before(Period("", first, last))
    bounds = {} if cohort is None else {"first": cohort[0], "last": cohort[1]}
    cases = {row.id: row for row in connection.execute(follow_up_cases(settings), bounds)} if bounds else {}
    ids = json.dumps([key for key, row in cases.items() if staff_id is None or row.coach_id == staff_id])
    attempts, consented = _attempts(connection, ids), _consented(connection, ids, today)
    people = connection.execute(_people(), {"ids": ids}).all()
    withdrawn = _withdrawn(connection, {row.coachee_id for row in people}, today)
    rows = [
        _without_survey(_row(row, cases[row.id].verdict, attempts.get(row.id, ()), row.coachee_id in consented, today), withdrawn)
        for row in people
    ]
    ordered = sorted(rows, key=lambda row: (row.due_on, row.name, row.coaching_id))
    return FollowUpDesk(tuple(ordered), read_answers(connection, settings), settings, today)


def _people() -> Select[Any]:
    coaching, coachee, follow_up = Coaching.__table__.c, Coachee.__table__.c, FollowUp.__table__.c
    columns = (
        coaching.id,
        coaching.coachee_id,
        coaching.exit_on,
        coachee.given_name,
        coachee.family_name,
        coachee.case_number,
        coachee.phone,
        coachee.email,
        follow_up.state,
        follow_up.contacted_on,
        follow_up.status_on_due_date,
        follow_up.same_employer,
        follow_up.evidence_kind,
    )
    return (
        select(*columns)
        .join_from(Coaching.__table__, Coachee.__table__, coachee.id == coaching.coachee_id)
        .outerjoin(FollowUp.__table__, follow_up.coaching_id == coaching.id)
        .where(_WANTED)
    )


def _attempts(connection: Connection, ids: str) -> Mapping[str, tuple[Attempt, ...]]:
    consultation, coaching = Consultation.__table__.c, Coaching.__table__.c
    statement = (
        select(consultation.coaching_id, consultation.id, consultation.held_on, consultation.channel, consultation.status)
        .join_from(Coaching.__table__, Consultation.__table__, consultation.coaching_id == coaching.id)
        .where(_WANTED, consultation.kind == ConsultationKind.FOLLOW_UP_SURVEY.value)
        .order_by(consultation.held_on, consultation.change_id, consultation.id)
    )
    found: dict[str, list[Attempt]] = {}
    for coaching_id, *columns in connection.execute(statement, {"ids": ids}):
        found.setdefault(coaching_id, []).append(Attempt(*columns))
    return {coaching_id: tuple(attempts) for coaching_id, attempts in found.items()}


def _consented(connection: Connection, ids: str, today: date) -> set[str]:
    consent, coaching = Consent.__table__.c, Coaching.__table__.c
    statement = (
        select(consent.coachee_id)
        .join_from(Coaching.__table__, Consent.__table__, consent.coachee_id == coaching.coachee_id)
        .where(_WANTED, consent.purpose == ConsentPurpose.FOLLOW_UP.value, consent.given_on <= today)
        .where(literal_column("coalesce(consents.withdrawn_on, '9999-12-31')", Date) > today)
    )
    return set(connection.execute(statement, {"ids": ids}).scalars())


def _withdrawn(connection: Connection, coachee_ids: Iterable[str], today: date) -> set[str]:
    """Return who has withdrawn the consent to the survey."""
    found = read_switched_off(connection, coachee_ids, today=today)
    return {person for person, some in found.items() if any(off.purpose is ConsentPurpose.FOLLOW_UP for off in some)}


def _without_survey(row: SurveyRow, withdrawn: Collection[str]) -> SurveyRow:
    """Return *row* as one that is not asked, where nothing was recorded yet and the consent is withdrawn; its verdict stays."""
    if row.follow_up_state is not None or row.coachee_id not in withdrawn:
        return row
    return replace(row, state=DeskState.WITHDRAWN, words=DeskState.WITHDRAWN.label, phone=None, email=None)


def _row(row: Any, verdict: str, attempts: tuple[Attempt, ...], consented: bool, today: date) -> SurveyRow:  # noqa: FBT001 - one column
    due = add_months(row.exit_on, FOLLOW_UP_MONTHS)
    until = due + SURVEY_GRACE
    state, words = _desk_state(row.state, due, until, today)
    return SurveyRow(
        coaching_id=row.id,
        coachee_id=row.coachee_id,
        name=f"{row.given_name} {row.family_name}" if row.given_name else row.family_name,
        case_number=row.case_number,
        phone=row.phone,
        email=row.email,
        exit_on=row.exit_on,
        due_on=due,
        window_until=until,
        quarter=quarter_of(due).label,
        state=state,
        words=words,
        consented=consented,
        attempts=attempts,
        follow_up_state=row.state,
        contacted_on=row.contacted_on,
        status_on_due_date=row.status_on_due_date,
        same_employer=row.same_employer,
        evidence_kind=row.evidence_kind,
        verdict=verdict,
        label=verdict_label("a1_2", verdict),
    )


def _desk_state(recorded: str | None, due: date, until: date, today: date) -> tuple[DeskState, str]:
    if recorded is not None:
        state = DeskState(recorded)
        return state, state.label
    if today < due:
        return DeskState.LATER, f"fällig in {_days(due - today)}"
    if today <= until:
        return (
            DeskState.IN_WINDOW,
            "im Fenster, letzter Tag" if today == until else f"im Fenster, noch {_days(until - today, 'Tage')}",
        )
    return DeskState.OVERDUE, f"überfällig seit {_days(today - until)}"


def _days(span: timedelta, plural: str = "Tagen") -> str:
    return f"{span.days} {'Tag' if span.days == 1 else plural}"


def read_answers(connection: Connection, settings: IndicatorSettings) -> tuple[Answer, ...]:
    """Return every answer with the report's verdict on it: each status of a survey, then the states without one."""
    surveyed = FollowUpState.SURVEYED
    asked: list[tuple[FollowUpState, str | None, str]] = [(surveyed, status.value, status.label) for status in StatusOnDueDate]
    asked += [(state, None, state.label) for state in FollowUpState if state is not surveyed]
    day = date(2000, 1, 1)
    with rolled_back(connection):
        coachings = [
            {"id": f"{place}", "coachee_id": "", "provider_id": "", "entry_on": day, "exit_on": day}
            for place in range(len(asked))
        ]
        answers = [
            {"coaching_id": f"{place}", "state": state.value, "contacted_on": day, "status_on_due_date": status}
            for place, (state, status, _) in enumerate(asked)
        ]
        put_in_place(connection, "coachings", coachings)
        put_in_place(connection, "follow_ups", answers)
        verdicts = {row.id: row.verdict for row in connection.execute(follow_up_cases(settings), {"first": day, "last": day})}
    return tuple(
        Answer(state.value, status, label, verdicts[f"{place}"], verdicts[f"{place}"] == COUNTS)
        for place, (state, status, label) in enumerate(asked)
    )


# --- recording ---------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RecordedFollowUp:
    """What was saved, and by field what is doubtful about it."""

    follow_up_id: str
    warnings: Mapping[str, str]


def record_contact_attempt(
    session: Session,
    vault: Vault,
    coaching_id: str,
    *,
    staff_id: str,
    held_on: date,
    today: date,
    status: str = ConsultationStatus.NO_SHOW.value,
    channel: str = Channel.PHONE.value,
    duration_min: int | None = None,
    note: str | None = None,
) -> RecordedConsultation:
    """Record a contact for the survey as a consultation of its kind; not reached unless *status* says otherwise.

    Raises
    ------
    InvalidInputError
        with one sentence for each field that cannot be saved.
    """
    _assert_asked(session, coaching_id, held_on)
    kind = ConsultationKind.FOLLOW_UP_SURVEY.value
    form = ConsultationForm(staff_id, (coaching_id,), held_on, duration_min, channel, "single", kind, status)
    return record_consultation(session, vault, form, note, today=today)


def _assert_asked(session: Session, coaching_id: str, day: date) -> None:
    person = session.execute(select(Coaching.coachee_id).where(Coaching.id == coaching_id)).scalar()
    if person is not None and _withdrawn(session.connection(), [person], day):
        raise InvalidInputError({"state": WITHDRAWN_CONSENT})


def follow_up_warnings(connection: Connection, coaching_id: str, values: Mapping[str, Any], *, today: date) -> dict[str, str]:
    """Return what is doubtful about the typed *values* of a survey, by field; nothing of it keeps it from being saved."""
    coaching = Coaching.__table__.c
    row = connection.execute(select(coaching.entry_on, coaching.exit_on).where(coaching.id == coaching_id)).one_or_none()
    if row is None or row.exit_on is None:
        return {"state": NO_EXIT}
    found = {}
    contacted, due = values.get("contacted_on"), add_months(row.exit_on, FOLLOW_UP_MONTHS)
    if contacted is not None and contacted < due and values.get("state") == FollowUpState.SURVEYED.value:
        found["contacted_on"] = (
            f"Die Befragung liegt vor dem Stichtag {show_date(due)}: der Status an diesem Tag steht noch nicht fest. Stimmt das?"
        )
    return found | warnings_for(FollowUp, values, EntryContext(today, row.entry_on, row.exit_on))


def record_follow_up(
    session: Session,
    coaching_id: str,
    state: str,
    status_on_due_date: str | None = None,
    same_employer: bool | None = None,  # noqa: FBT001 - a field of the survey
    evidence_kind: str | None = None,
    contacted_on: date | None = None,
    *,
    today: date,
) -> RecordedFollowUp:
    """Save the survey of a coaching, new or changed; the contact was today unless *contacted_on* says otherwise.

    A survey before the due date is doubtful, never refused (the data package's specification, "Consistency").

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
    surveyed = state == FollowUpState.SURVEYED.value
    problem = _problem(coaching, surveyed, status_on_due_date)
    if problem:
        raise InvalidInputError(problem)
    if surveyed:
        _assert_asked(session, coaching_id, contacted_on or today)
    values = {
        "state": state,
        "status_on_due_date": status_on_due_date,
        "same_employer": same_employer if surveyed else None,
        "evidence_kind": evidence_kind if surveyed else None,
        "contacted_on": contacted_on or today,
    }
    warnings = follow_up_warnings(session.connection(), coaching_id, values, today=today)
    held = session.execute(select(FollowUp.id).where(FollowUp.coaching_id == coaching_id)).scalar()
    if held is None:
        held = add_row(session, FollowUp, {**values, "coaching_id": coaching_id}, today=today)
    else:
        change_row(session, FollowUp, held, values, today=today)
    return RecordedFollowUp(held, warnings)


def _problem(coaching: Coaching, surveyed: bool, status: str | None) -> dict[str, str]:  # noqa: FBT001 - of the line above
    if coaching.cancelled:
        return {"state": CANCELLED}
    if coaching.exit_on is None:
        return {"state": NO_EXIT}
    if surveyed and status is None:
        return {"status_on_due_date": STATUS_MISSING}
    return {} if surveyed or status is None else {"status_on_due_date": STATUS_WITHOUT_SURVEY}
