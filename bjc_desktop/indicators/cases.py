"""The cases of the indicators in SQL: each row of a denominator with what decides whether it counts.

Every statement here is one definition: the figures count its rows, the lists behind them show the same rows with their verdicts.
The statements are made of bound parameters and the settings alone, so that each is built once per settings.

Sources: the project's indicator definitions (docs/indicators.md), Drucksache 19/23 355, answers 9 and 10.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    UnaryExpression,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy.sql.operators import custom_op

from bjc_desktop.indicators.catalogue import COUNTS
from bjc_desktop.indicators.counting import A4_KINDS, LINKING_MEASURES, NEVER_A1, a1_kinds, a4_kinds
from bjc_desktop.indicators.settings import (
    OPTIONAL_A4_COURSES,
    ChecklistItem,
    IndicatorSettings,
    LinkRule,
    WindowRule,
)
from bjc_desktop.models import (
    Coaching,
    CoachingStaff,
    CompetenceProfile,
    Consent,
    Consultation,
    DevelopmentPlan,
    FollowUp,
    Goal,
    Measure,
    Outcome,
    Staff,
)
from bjc_desktop.vocabulary import (
    GOAL_END_STATUSES,
    ConsentPurpose,
    ConsultationStatus,
    FollowUpState,
    OutcomeKind,
    Role,
    StatusOnDueDate,
)

FIRST = bindparam("first", type_=Date)
LAST = bindparam("last", type_=Date)
"""The ends of the period, or of the cohort, as bound parameters."""

FOREVER: ColumnElement[Any] = literal_column("'9999-12-31'")
_COACHINGS = Coaching.__table__.c
_NOT_CANCELLED: ColumnElement[bool] = literal_column("coachings.cancelled = 0")
"""Written out, for the partial indexes serve only a condition that reads like theirs."""
_LAST_DAY: ColumnElement[Any] = literal_column("coalesce(coachings.exit_on, '9999-12-31')")
_FILLED_IN = (
    _COACHINGS.target_group,
    _COACHINGS.legal_circle,
    _COACHINGS.unemployed_since,
    _COACHINGS.initial_interview_on,
    _COACHINGS.exit_reason,
    _COACHINGS.status_at_exit,
    _COACHINGS.closing_interview_on,
    _COACHINGS.closing_report_on,
    _COACHINGS.closing_waived_reason,
    _COACHINGS.file_closed_on,
)
"""The columns of a coaching that the checklist looks at."""


def window_end(settings: IndicatorSettings, exit_on: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return the end of the window after *exit_on*; ``floor`` clamps to the month's end as dateutil does."""
    if settings.window is WindowRule.DAYS_28:
        return func.date(exit_on, "+28 days")
    return func.date(exit_on, "+1 month", "floor")


def outer(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Return *column* so that SQLite looks up the other side of an equation by it, and not it by the other side.

    The unary plus keeps the optimiser from reading all of the other table, the history, to find the few rows of a period.
    """
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def _exists(*conditions: ColumnElement[bool], correlate: Any) -> ColumnElement[Any]:
    return select(literal_column("1")).where(*conditions).correlate(correlate).exists()


def coach_on(coaching_id: ColumnElement[Any], day: ColumnElement[Any], correlate: Any) -> ColumnElement[Any]:
    """Return the job coach assigned to the coaching on *day* (the end of an assignment belongs to it), or NULL."""
    assignment, staff = CoachingStaff.__table__.c, Staff.__table__.c
    return (
        select(assignment.staff_id)
        .join_from(
            CoachingStaff.__table__, Staff.__table__, and_(staff.id == assignment.staff_id, staff.role == Role.JOB_COACH.value)
        )
        .where(assignment.coaching_id == coaching_id, assignment.valid_from <= day)
        .where(func.coalesce(assignment.valid_to, FOREVER) >= day)
        .order_by(assignment.valid_from.desc(), assignment.id)
        .limit(1)
        .correlate(correlate)
        .scalar_subquery()
    )


def _exits(*more: ColumnElement[Any]) -> CTE:
    """Return the coachings with their exit between FIRST and LAST, whatever the reason, and the coach assigned on that day.

    Of the coaching itself only what an index holds, and the columns *more*.
    """
    coach = coach_on(_COACHINGS.id, _COACHINGS.exit_on, Coaching.__table__).label("coach_id")
    columns = (_COACHINGS.id, _COACHINGS.coachee_id, _COACHINGS.provider_id, _COACHINGS.entry_on, _COACHINGS.exit_on)
    return (
        select(*columns, *more, coach)
        .where(_NOT_CANCELLED, _COACHINGS.exit_on >= FIRST, _COACHINGS.exit_on <= LAST)
        .cte("exits")
        .prefix_with("MATERIALIZED")
    )


@dataclass(frozen=True)
class _ExitConditions:
    """What decides about a coaching that ended: the conditions of A1.1, A4 and of the ten checklist items."""

    settings: IndicatorSettings
    exits: CTE

    def window(self) -> ColumnElement[Any]:
        return self.exits.c.window_on

    def outcome(self, kinds: tuple[str, ...], *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
        outcome = Outcome.__table__.c
        return _exists(outcome.coaching_id == self.exits.c.id, outcome.kind.in_(kinds), *conditions, correlate=self.exits)

    def running_on_window_end(self) -> ColumnElement[bool]:
        outcome = Outcome.__table__.c
        return and_(outcome.begin_on <= self.window(), func.coalesce(outcome.end_on, FOREVER) >= self.window())

    def taken_up_and_kept(self) -> ColumnElement[bool]:
        outcome = Outcome.__table__.c
        kept = or_(func.coalesce(outcome.end_on, FOREVER) >= self.exits.c.exit_on, outcome.completed == literal_column("1"))
        return and_(outcome.begin_on >= self.exits.c.entry_on, outcome.begin_on <= self.window(), kept)

    def a1_1(self) -> ColumnElement[Any]:
        return self.outcome(a1_kinds(self.settings), self.running_on_window_end())

    def a4(self) -> ColumnElement[Any]:
        return self.outcome(a4_kinds(self.settings), self.taken_up_and_kept())

    def items(self) -> Mapping[str, ColumnElement[Any]]:
        exits = self.exits.c
        conditions = {
            ChecklistItem.CONSENT: self._consent(),
            ChecklistItem.MASTER_DATA: and_(
                exits.target_group.is_not(None), exits.legal_circle.is_not(None), exits.unemployed_since.is_not(None)
            ),
            ChecklistItem.INITIAL_INTERVIEW: exits.initial_interview_on.is_not(None),
            ChecklistItem.COMPETENCE_PROFILE: self._profile(),
            ChecklistItem.DEVELOPMENT_PLAN: self._plan(),
            ChecklistItem.CONSULTATION: self._consultation(),
            ChecklistItem.EXIT_DATA: and_(exits.exit_reason.is_not(None), exits.status_at_exit.is_not(None)),
            ChecklistItem.EVIDENCE: self._evidence(),
            ChecklistItem.CLOSING: or_(
                exits.closing_interview_on.is_not(None),
                exits.closing_report_on.is_not(None),
                exits.closing_waived_reason.is_not(None),
            ),
            ChecklistItem.ON_TIME: func.coalesce(
                exits.file_closed_on <= func.date(exits.exit_on, "+1 month", "floor"), literal_column("0")
            ),
        }
        return {item.value: conditions[item] for item in ChecklistItem}

    def _consent(self) -> ColumnElement[Any]:
        consent, exits = Consent.__table__.c, self.exits.c
        return _exists(
            consent.coachee_id == exits.coachee_id,
            consent.purpose == ConsentPurpose.PARTICIPATION.value,
            consent.given_on <= exits.exit_on,
            func.coalesce(consent.withdrawn_on, FOREVER) > exits.exit_on,
            correlate=self.exits,
        )

    def _profile(self) -> ColumnElement[Any]:
        profile, exits = CompetenceProfile.__table__.c, self.exits.c
        return _exists(profile.coaching_id == exits.id, profile.recorded_on <= exits.exit_on, correlate=self.exits)

    def _plan(self) -> ColumnElement[Any]:
        """Ask that the latest version has a goal, and that no goal of it is without an end status."""
        plan, goal = DevelopmentPlan.__table__.c, Goal.__table__.c
        latest = (
            select(plan.id)
            .where(plan.coaching_id == self.exits.c.id)
            .order_by(plan.version.desc())
            .limit(1)
            .correlate(self.exits)
            .scalar_subquery()
        )
        ended = goal.status.in_([status.value for status in GOAL_END_STATUSES])
        all_ended = select(func.min(ended, type_=Integer)).where(goal.plan_id == latest).correlate(self.exits).scalar_subquery()
        return func.coalesce(all_ended, literal_column("0"))

    def _consultation(self) -> ColumnElement[Any]:
        consultation, exits = Consultation.__table__.c, self.exits.c
        return _exists(
            consultation.coaching_id == exits.id,
            consultation.status == ConsultationStatus.HELD.value,
            consultation.held_on >= exits.entry_on,
            consultation.held_on <= exits.exit_on,
            correlate=self.exits,
        )

    def _evidence(self) -> ColumnElement[Any]:
        outcome = Outcome.__table__.c
        a1 = and_(outcome.kind.in_(a1_kinds(self.settings)), self.running_on_window_end())
        a4 = and_(outcome.kind.in_(a4_kinds(self.settings)), self.taken_up_and_kept())
        of_exit, missing = outcome.coaching_id == self.exits.c.id, outcome.evidence_kind.is_(None)
        return ~_exists(of_exit, missing, or_(a1, a4), correlate=self.exits)


ITEM_COLUMNS = tuple(f"item_{item.value}" for item in ChecklistItem)


@lru_cache(maxsize=8)
def exit_cases(settings: IndicatorSettings) -> CTE:
    """Return one row per coaching with its exit between FIRST and LAST: a1_1, a4, correct and item_… as 0 or 1."""
    exits = _exits(*_FILLED_IN, window_end(settings, _COACHINGS.exit_on).label("window_on"))
    conditions = _ExitConditions(settings, exits)
    items = conditions.items()
    flags = [func.coalesce(condition, literal_column("0")).label(f"item_{key}") for key, condition in items.items()]
    return (
        select(
            exits.c.id,
            exits.c.coachee_id,
            exits.c.provider_id,
            exits.c.coach_id,
            exits.c.entry_on,
            exits.c.exit_on,
            exits.c.window_on,
            conditions.a1_1().label("a1_1"),
            conditions.a4().label("a4"),
            *flags,
        )
        .cte("exit_flags")
        .prefix_with("MATERIALIZED")
    )


def correct(cases: CTE, settings: IndicatorSettings) -> ColumnElement[bool]:
    """Return the condition that a row of :func:`exit_cases` passes every active item of the checklist."""
    active = [cases.c[f"item_{key}"] == literal_column("1") for key in settings.checklist]
    return and_(*active) if active else literal_column("1 = 1")


@lru_cache(maxsize=8)
def exit_figures(settings: IndicatorSettings) -> Select[Any]:
    """Return, per provider and coach, how many coachings ended, how many count, and how many fail each item."""
    cases = exit_cases(settings)
    one: ColumnElement[Any] = literal_column("1")
    return select(
        cases.c.provider_id,
        cases.c.coach_id,
        func.count().label("n"),
        func.count().filter(cases.c.a1_1 == one).label("a1_1"),
        func.count().filter(cases.c.a4 == one).label("a4"),
        func.count().filter(cases.c.a1_1 == one, cases.c.a4 == one).label("overlap"),
        func.count().filter(correct(cases, settings)).label("correct"),
        *(func.count().filter(cases.c[name] != one).label(name) for name in ITEM_COLUMNS),
    ).group_by(cases.c.provider_id, cases.c.coach_id)


@lru_cache(maxsize=8)
def exit_verdicts(settings: IndicatorSettings) -> Select[Any]:
    """Return the rows of :func:`exit_cases` with the verdicts ``a1_1_verdict``, ``a4_verdict`` and ``correct_verdict``."""
    cases = exit_cases(settings)
    conditions = _ExitConditions(settings, cases)
    return select(
        cases,
        case((cases.c.a1_1 == 1, COUNTS), *_a1_reasons(conditions), else_="no_outcome").label("a1_1_verdict"),
        case((cases.c.a4 == 1, COUNTS), *_a4_reasons(conditions), else_="no_outcome").label("a4_verdict"),
        _checklist_verdict(cases, settings).label("correct_verdict"),
    ).order_by(cases.c.exit_on, cases.c.id)


def _checklist_verdict(cases: CTE, settings: IndicatorSettings) -> ColumnElement[Any]:
    failing = [(cases.c[f"item_{key}"] != 1, key) for key in settings.checklist]
    return case(*failing, else_=COUNTS) if failing else literal_column(f"'{COUNTS}'")


def _a1_reasons(conditions: _ExitConditions) -> list[tuple[ColumnElement[Any], str]]:
    outcome, running = Outcome.__table__.c, conditions.running_on_window_end()
    counted = a1_kinds(conditions.settings)
    optional = (OutcomeKind.EMPLOYMENT_SUBSIDISED, OutcomeKind.SELF_EMPLOYMENT, OutcomeKind.DUAL_TRAINING)
    switched_off = tuple(kind.value for kind in optional if kind.value not in counted)
    minijob, short_term = (kind.value for kind in NEVER_A1)
    any_kind = tuple(kind.value for kind in OutcomeKind)
    return [
        (conditions.outcome((minijob,), running), "minijob"),
        (conditions.outcome((short_term,), running), "short_term_employment"),
        (conditions.outcome(switched_off, running), "kind_switched_off"),
        (conditions.outcome(counted, outcome.begin_on > conditions.window()), "begins_after_window"),
        (conditions.outcome(counted, outcome.end_on < conditions.window()), "ended_before_window"),
        (conditions.outcome(any_kind), "other_kind"),
    ]


def _a4_reasons(conditions: _ExitConditions) -> list[tuple[ColumnElement[Any], str]]:
    outcome = Outcome.__table__.c
    counted = a4_kinds(conditions.settings)
    courses = tuple(kind.value for kind in (*OPTIONAL_A4_COURSES, *A4_KINDS) if kind.value not in counted)
    after = outcome.begin_on > conditions.window()
    before = outcome.begin_on < conditions.exits.c.entry_on
    return [
        (conditions.outcome(counted, ~after, ~before), "broken_off"),
        (conditions.outcome(counted, before), "begun_before_entry"),
        (conditions.outcome(counted, after), "begins_after_window"),
        (conditions.outcome(courses), "not_substantial"),
    ]


# --- six months after ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def follow_up_cases(settings: IndicatorSettings) -> Select[Any]:
    """Return one row per coaching with its exit between FIRST and LAST and what its six-month survey says."""
    exits = _exits()
    follow_up = FollowUp.__table__.c
    status, state = follow_up.status_on_due_date, follow_up.state
    surveyed = state == FollowUpState.SURVEYED.value
    return (
        select(
            exits.c.id,
            exits.c.coachee_id,
            exits.c.provider_id,
            exits.c.coach_id,
            exits.c.entry_on,
            exits.c.exit_on,
            case((surveyed, 1), else_=0).label("surveyed"),
            case((follow_up.id.is_(None), exits.c.exit_on), else_=null()).label("missing_exit_on"),
            _follow_up_verdict(settings, state, status).label("verdict"),
        )
        .select_from(exits)
        .outerjoin(FollowUp.__table__, follow_up.coaching_id == exits.c.id)
    )


def _follow_up_verdict(settings: IndicatorSettings, state: Any, status: Any) -> ColumnElement[Any]:
    minijob, short_term = (kind.value for kind in NEVER_A1)
    optional = (OutcomeKind.EMPLOYMENT_SUBSIDISED, OutcomeKind.SELF_EMPLOYMENT, OutcomeKind.DUAL_TRAINING)
    counted = a1_kinds(settings)
    switched_off = [kind.value for kind in optional if kind.value not in counted]
    idle = [StatusOnDueDate.UNEMPLOYED.value, StatusOnDueDate.INACTIVE.value]
    return case(
        (state.is_(None), "missing"),
        (state != FollowUpState.SURVEYED.value, state),
        (status.in_(counted), COUNTS),
        (status == minijob, "minijob"),
        (status == short_term, "short_term_employment"),
        (status.in_(switched_off), "kind_switched_off"),
        (status.in_(idle), "not_working"),
        (or_(status.is_(None), status == StatusOnDueDate.UNKNOWN.value), "status_unknown"),
        else_="other_kind",
    )


@lru_cache(maxsize=8)
def follow_up_figures(settings: IndicatorSettings) -> Select[Any]:
    """Return, per provider and coach, the cohort's size, those surveyed, those that count, and the last exit without a record."""
    cases = follow_up_cases(settings).cte("follow_up_cases")
    return select(
        cases.c.provider_id,
        cases.c.coach_id,
        func.count().label("n"),
        func.count().filter(cases.c.surveyed == 1).label("surveyed"),
        func.count().filter(cases.c.verdict == COUNTS).label("counts"),
        func.max(cases.c.missing_exit_on, type_=Date).label("missing_exit_on"),
    ).group_by(cases.c.provider_id, cases.c.coach_id)


# --- consultations and hours --------------------------------------------------------------------------------------------------


def _in_cancelled_coachings() -> Select[Any]:
    """Return the consultations of FIRST to LAST in cancelled coachings, by row number: integers are quickly looked up."""
    consultation = Consultation.__table__.alias("in_cancelled")
    return (
        select(literal_column("in_cancelled.rowid"))
        .join_from(Coaching.__table__, consultation, consultation.c.coaching_id == outer(_COACHINGS.id))
        .where(literal_column("coachings.cancelled = 1"), consultation.c.held_on >= FIRST, consultation.c.held_on <= LAST)
    )


def qualifies(settings: IndicatorSettings) -> ColumnElement[bool]:
    """Return the condition that a consultation qualifies: held, of a kind and in a channel that count, in no cancelled coaching."""
    consultation = Consultation.__table__.c
    row: ColumnElement[Any] = literal_column("consultations.rowid")
    conditions = [consultation.status == ConsultationStatus.HELD.value, row.not_in(_in_cancelled_coachings())]
    if settings.excluded_kinds:
        conditions.append(consultation.kind.not_in(settings.excluded_kinds))
    if settings.excluded_channels:
        conditions.append(consultation.channel.not_in(settings.excluded_channels))
    return and_(*conditions)


@lru_cache(maxsize=8)
def consultation_figures(settings: IndicatorSettings) -> Select[Any]:
    """Return, per job coach, the consultations of FIRST to LAST: a group session counts once for each coach."""
    consultation, staff = Consultation.__table__.c, Staff.__table__.c
    single = func.count().filter(consultation.group_id.is_(None))
    return (
        select(staff.id.label("coach_id"), (single + func.count(consultation.group_id.distinct())).label("n"))
        .join_from(Staff.__table__, Consultation.__table__, consultation.staff_id == staff.id)
        .where(staff.role == Role.JOB_COACH.value, consultation.held_on >= FIRST, consultation.held_on <= LAST)
        .where(qualifies(settings))
        .group_by(staff.id)
    )


# --- active participants and caseload -----------------------------------------------------------------------------------------


def _linked(settings: IndicatorSettings) -> ColumnElement[Any]:
    measure = Measure.__table__.c
    entry, last_day = _COACHINGS.entry_on, func.min(_LAST_DAY, LAST)
    end = func.coalesce(measure.end_on, FOREVER)
    conditions = [measure.coaching_id == _COACHINGS.id, measure.kind.in_([kind.value for kind in LINKING_MEASURES])]
    if settings.link is LinkRule.LAST_DAY:
        conditions += [_LAST_DAY >= LAST, measure.begin_on <= LAST, end >= LAST]
    else:
        first = func.max(entry, FIRST) if settings.link is LinkRule.PERIOD else entry
        conditions += [measure.begin_on <= last_day, end >= first]
    return _exists(*conditions, correlate=Coaching.__table__)


@lru_cache(maxsize=8)
def active_cases(settings: IndicatorSettings) -> CTE:
    """Return one row per coaching active on a day of FIRST to LAST, with its last active day and whether it is linked."""
    return (
        select(
            _COACHINGS.id,
            _COACHINGS.coachee_id,
            _COACHINGS.provider_id,
            _COACHINGS.entry_on,
            _LAST_DAY.label("last_day"),
            _linked(settings).label("linked"),
        )
        .where(_NOT_CANCELLED, _LAST_DAY >= FIRST, _COACHINGS.entry_on <= LAST)
        .cte("active")
        .prefix_with("MATERIALIZED")
    )


def _coached(active: CTE) -> Any:
    """Return *active* joined to the job coaches with a day that lies in assignment, coaching and period at once."""
    assignment, staff = CoachingStaff.__table__.c, Staff.__table__.c
    shares_day = and_(
        assignment.coaching_id == outer(active.c.id),
        assignment.valid_from <= func.min(active.c.last_day, LAST),
        func.coalesce(assignment.valid_to, FOREVER) >= func.max(active.c.entry_on, FIRST),
    )
    return active.join(CoachingStaff.__table__, shares_day).join(
        Staff.__table__, and_(staff.id == assignment.staff_id, staff.role == Role.JOB_COACH.value)
    )


def _deciding(source: Any, active: CTE, key: ColumnElement[Any], *more: ColumnElement[Any]) -> Select[Any]:
    """Return one row per person and *key*: the coaching with the greatest entry, then id, decides.

    SQLite takes the other columns of a group from the row that holds the maximum; asking for it in HAVING keeps the optimiser
    from dropping it where nobody reads it.
    """
    latest = func.max(active.c.entry_on.op("||")(active.c.id), type_=String)
    columns = (key.label("key"), *more, active.c.linked, latest.label("latest"))
    return select(*columns).select_from(source).group_by(key, active.c.coachee_id).having(latest.is_not(None))


def _deciding_of(active: CTE, scope: str, *more: ColumnElement[Any]) -> Select[Any]:
    if scope == "coach":
        return _deciding(_coached(active), active, CoachingStaff.__table__.c.staff_id, *more)
    return _deciding(active, active, active.c.provider_id if scope == "provider" else literal_column("'all'"), *more)


@lru_cache(maxsize=8)
def link_cases(settings: IndicatorSettings, scope: str) -> Select[Any]:
    """Return the persons of each scope (*scope*: coach, provider or all) with their deciding coaching and whether it links."""
    active = active_cases(settings)
    return _deciding_of(active, scope, active.c.coachee_id, active.c.id.label("coaching_id"))


@lru_cache(maxsize=8)
def link_verdicts(settings: IndicatorSettings) -> Select[Any]:
    """Return the coachings active between FIRST and LAST with their days and their verdict: id, entry_on, last_day, verdict."""
    active = active_cases(settings)
    measure = Measure.__table__.c
    of_coaching = measure.coaching_id == active.c.id
    linking = measure.kind.in_([kind.value for kind in LINKING_MEASURES])
    verdict = case(
        (active.c.linked == 1, COUNTS),
        (_exists(of_coaching, linking, correlate=active), "outside_coaching"),
        (_exists(of_coaching, correlate=active), "not_linking"),
        else_="no_measure",
    )
    return select(active.c.id, active.c.entry_on, active.c.last_day, verdict.label("verdict"))


@lru_cache(maxsize=8)
def link_figures(settings: IndicatorSettings) -> Select[Any]:
    """Return persons and linked persons of every coach, provider and of all: scope, key, n, linked."""
    active, parts = active_cases(settings), []
    for scope in ("all", "provider", "coach"):
        deciding = _deciding_of(active, scope).subquery(f"deciding_{scope}")
        parts.append(
            select(
                literal_column(f"'{scope}'").label("scope"),
                deciding.c.key,
                func.count().label("n"),
                func.count().filter(deciding.c.linked == 1).label("linked"),
            ).group_by(deciding.c.key)
        )
    return parts[0].union_all(*parts[1:])  # type: ignore[return-value]
