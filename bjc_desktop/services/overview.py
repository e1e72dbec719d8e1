"""Today: what is due and overdue, this week's consultations, the running quarter's indicators and the caseload.

Every number stands beside its list: the items themselves, or a filter that shows the same people in the list of coachees.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, Date, text

from bjc_desktop.indicators.caseload import KEY_LONG, KEY_SHORT, StaffMember, read_staff
from bjc_desktop.indicators.figures import VaultFigures, compute, counted_months
from bjc_desktop.indicators.period import Period, add_months, quarter_of
from bjc_desktop.indicators.results import Figure
from bjc_desktop.models.coachings import ASSIGNED
from bjc_desktop.services.coachee_list import CoacheeFilter
from bjc_desktop.services.covers import Cover, read_covers
from bjc_desktop.services.due_items import (
    ALL_KINDS,
    Cases,
    CaseSection,
    DueItem,
    DueKind,
    full_name,
    read_due,
)
from bjc_desktop.services.hand_over import Capacity
from bjc_desktop.services.privacy_requests import read_requests
from bjc_desktop.services.targets import read_settings
from bjc_desktop.vocabulary import Channel, ConsultationKind, ConsultationStatus, Role

DAYS_AHEAD = 14
"""How far the overview looks ahead."""
_HOURS_MONTHS = 12
_EVERYTHING = "all"


@dataclass(frozen=True, slots=True)
class DueCount:
    """How many things of one kind are due, and how many of them overdue; the items are the list behind the number."""

    kind: DueKind
    items: tuple[DueItem, ...]

    @property
    def overdue(self) -> int:
        """How many are overdue."""
        return sum(item.overdue for item in self.items)


@dataclass(frozen=True, slots=True)
class WeekConsultation:
    """A consultation of this week."""

    id: str
    day: date
    kind: ConsultationKind
    channel: Channel
    status: ConsultationStatus
    name: str
    """The coachee's, as typed."""
    coachee_id: str
    coaching_id: str
    staff_id: str
    staff_name: str
    group_id: str | None


@dataclass(frozen=True, slots=True)
class CoachLoad:
    """How many coachings a coach has today, against the caseload key (1:40, after two years without work 1:30)."""

    staff_id: str
    name: str
    stock: int
    long_term: int
    load: Fraction | None
    """Per full-time equivalent, 1 is full; None where the weekly hours are not known."""
    people: CoacheeFilter
    capacity: Capacity
    """For what is to be handed over; without weekly hours as for a full-time position."""
    covers: tuple[Cover, ...] = ()
    """For whom they stand in today; those coachings are in the stock."""


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """The six indicators of the running quarter: the coach's own and the provider's, each with target, band and rating."""

    period: Period
    as_of: date
    scope_id: str
    """The provider, or ``all``."""
    scope_name: str
    provider: tuple[Figure, ...]
    own: tuple[Figure, ...]
    """In the same order; empty for who is no job coach."""


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the page of today shows."""

    staff_id: str | None
    today: date
    due: tuple[DueItem, ...]
    """What is overdue or due within two weeks, the earliest first."""
    week: tuple[date, date]
    consultations: tuple[WeekConsultation, ...]
    figures: LiveFigures | None
    caseload: tuple[CoachLoad, ...]

    @property
    def counts(self) -> tuple[DueCount, ...]:
        """What is due by kind, without the kinds of which nothing is."""
        found = [DueCount(kind, tuple(item for item in self.due if item.kind is kind)) for kind in DueKind]
        return tuple(count for count in found if count.items)


def read_overview(
    connection: Connection,
    *,
    staff_id: str | None,
    today: date,
    with_figures: bool = True,
    kinds: Sequence[DueKind] = ALL_KINDS,
) -> Overview:
    """Return the overview of the member of staff, or of all cases where *staff_id* is None.

    The figures cost most; a page can leave them out and ask for :func:`read_live_figures` in the background.
    """
    monday = today - timedelta(days=today.weekday())
    week = (monday, monday + timedelta(days=6))
    return Overview(
        staff_id,
        today,
        read_overview_due(connection, staff_id=staff_id, today=today, kinds=kinds),
        week,
        _consultations(connection, staff_id, week),
        read_live_figures(connection, staff_id=staff_id, today=today) if with_figures else None,
        read_caseload(connection, staff_id, today),
    )


# --- due ----------------------------------------------------------------------------------------------------------------------


TRAINER_KINDS = (DueKind.GOAL, DueKind.TASK, DueKind.SUGGESTION)
"""What a trainer follows up; appointments, closing and surveys are the coach's."""


def read_overview_due(
    connection: Connection, *, staff_id: str | None, today: date, kinds: Sequence[DueKind] = ALL_KINDS
) -> tuple[DueItem, ...]:
    """Return what is overdue or due within two weeks, with the working time that is missing; the earliest first.

    What people asked for about their own data is due for who keeps their cases.
    """
    until = today + timedelta(days=DAYS_AHEAD)
    items = read_due(connection, Cases(staff_id), today=today, until=until, kinds=kinds)
    hours = missing_hours(connection, staff_id, today)
    proofs = _proofs_of_use(connection, today) if staff_id is None else []
    requests = open_requests(connection, today) if kinds == ALL_KINDS else []
    return tuple(sorted((*items, *hours, *proofs, *requests), key=lambda item: (item.day, item.kind, item.name)))


def open_requests(connection: Connection, today: date) -> list[DueItem]:
    """Return what people asked for about their own data and is to be answered within two weeks."""
    until = today + timedelta(days=DAYS_AHEAD)
    return [
        DueItem(
            DueKind.REQUEST,
            request.due_on,
            request.overdue,
            request.name,
            request.row["coachee_id"],
            None,
            request.row.id,
            CaseSection.PRIVACY,
            f"Anfrage beantworten: {request.row.text('kind')}",
        )
        for request in read_requests(connection, today=today)
        if not request.answered and request.due_on <= until
    ]


def missing_hours(connection: Connection, staff_id: str | None, today: date) -> list[DueItem]:
    """Return the finished months of the last year in which a job coach was employed and has no working time."""
    last = today.replace(day=1) - timedelta(days=1)
    period = Period("", add_months(today.replace(day=1), -_HOURS_MONTHS), last)
    months = list(period.months())
    statement = text("SELECT staff_id, month FROM working_time WHERE month BETWEEN :first AND :last")
    there = {tuple(row) for row in connection.execute(statement, {"first": months[0], "last": months[-1]})}
    names = _staff_names(connection)
    return [
        _hours_item(member, names[member.id], month, last)
        for member in read_staff(connection).values()
        if member.role == Role.JOB_COACH.value and staff_id in {None, member.id}
        for month, last in counted_months(member, period)
        if (member.id, month) not in there
    ]


def _hours_item(member: StaffMember, name: str, month: str, last: date) -> DueItem:
    words = f"Arbeitszeit {month[5:]}.{month[:4]} eintragen"
    return DueItem(DueKind.HOURS, last, True, name, None, None, member.id, CaseSection.HOURS, words)  # noqa: FBT003 - a finished month


_PROOFS = text(
    "SELECT id, provider_id, reference, proof_of_use_on FROM funding_decisions WHERE proof_of_use_on BETWEEN :first AND :last"
).columns(proof_of_use_on=Date)


def _proofs_of_use(connection: Connection, today: date) -> list[DueItem]:
    """Return the proofs of use that are due within a month, or were within the last one."""
    near = {"first": add_months(today, -1).isoformat(), "last": add_months(today, 1).isoformat()}
    names = {name: row for row, name in connection.execute(text("SELECT name, id FROM providers"))}
    return [
        DueItem(
            DueKind.PROOF_OF_USE,
            row.proof_of_use_on,
            row.proof_of_use_on < today,
            names[row.provider_id],
            None,
            None,
            row.id,
            CaseSection.DECISIONS,
            f"Verwendungsnachweis zum Bescheid {row.reference}",
        )
        for row in connection.execute(_PROOFS, near)
    ]


def _staff_names(connection: Connection) -> Mapping[str, str]:
    rows = connection.execute(text("SELECT id, given_name, family_name FROM staff"))
    return {row.id: full_name(row.given_name, row.family_name) for row in rows}


# --- this week ----------------------------------------------------------------------------------------------------------------

_WEEK = text(
    "SELECT u.id, u.held_on, u.kind, u.channel, u.status, p.given_name, p.family_name, c.coachee_id, u.coaching_id, u.staff_id, "
    "s.given_name AS staff_given, s.family_name AS staff_family, u.group_id FROM staff s CROSS JOIN consultations u ON "
    "u.staff_id = s.id AND u.held_on BETWEEN :first AND :last AND u.status IN ('planned', 'held') "
    "CROSS JOIN coachings c ON c.id = u.coaching_id AND c.cancelled = 0 CROSS JOIN coachees p ON p.id = c.coachee_id "
    "WHERE :staff_id IS NULL OR s.id = :staff_id ORDER BY u.held_on, p.family_name, u.id"
).columns(held_on=Date)


def _consultations(connection: Connection, staff_id: str | None, week: tuple[date, date]) -> tuple[WeekConsultation, ...]:
    parameters = {"staff_id": staff_id, "first": week[0].isoformat(), "last": week[1].isoformat()}
    return tuple(_consultation(row) for row in connection.execute(_WEEK, parameters))


def _consultation(row: Any) -> WeekConsultation:
    return WeekConsultation(
        row.id,
        row.held_on,
        ConsultationKind(row.kind),
        Channel(row.channel),
        ConsultationStatus(row.status),
        full_name(row.given_name, row.family_name),
        row.coachee_id,
        row.coaching_id,
        row.staff_id,
        full_name(row.staff_given, row.staff_family),
        row.group_id,
    )


# --- caseload -----------------------------------------------------------------------------------------------------------------

_STOCK = text(
    "SELECT a.staff_id, c.coachee_id, coalesce(date(c.unemployed_since, '+24 months', 'floor') < c.entry_on, 0) AS long_term "
    "FROM coachings c CROSS JOIN coaching_staff a ON a.coaching_id = c.id "
    "WHERE c.cancelled = 0 AND coalesce(c.exit_on, '9999-12-31') >= :today AND c.entry_on <= :today "
    f"AND {ASSIGNED} AND (:staff_id IS NULL OR a.staff_id = :staff_id)"
)


def read_caseload(
    connection: Connection, staff_id: str | None, today: date, roles: Collection[Role] = (Role.JOB_COACH,)
) -> tuple[CoachLoad, ...]:
    """Return the loads of today by name: of the member of staff, or of everybody of *roles* who is employed."""
    stocks: dict[str, list[tuple[str, int]]] = {}
    for row in connection.execute(_STOCK, {"today": today.isoformat(), "staff_id": staff_id}):
        stocks.setdefault(row.staff_id, []).append((row.coachee_id, row.long_term))
    names = _staff_names(connection)
    members = [
        member
        for member in read_staff(connection).values()
        if member.id == staff_id or (staff_id is None and member.role in set(roles) and member.employed_on(today))
    ]
    covers = read_covers(connection, today=today)
    loads = [_coach_load(member, names[member.id], stocks.get(member.id, []), covers) for member in members]
    return tuple(sorted(loads, key=lambda load: load.name))


def _coach_load(member: StaffMember, name: str, stock: Sequence[tuple[str, int]], covers: Sequence[Cover]) -> CoachLoad:
    long_term = sum(long for _, long in stock)
    people = CoacheeFilter(coachee_ids=tuple(dict.fromkeys(coachee_id for coachee_id, _ in stock)))
    own = tuple(cover for cover in covers if cover.deputy_id == member.id)
    capacity = _capacity(member, len(stock), long_term)
    known = member.role == Role.EMPLOYMENT_TRAINER.value or bool(member.full_time_equivalent())
    return CoachLoad(member.id, name, len(stock), long_term, capacity.load if known else None, people, capacity, own)


def _capacity(member: StaffMember, stock: int, long_term: int) -> Capacity:
    if member.role == Role.EMPLOYMENT_TRAINER.value:
        return Capacity(Fraction(stock, KEY_SHORT), Fraction(1), (KEY_SHORT, KEY_SHORT))
    share = member.full_time_equivalent() or Fraction(1)
    return Capacity((Fraction(stock - long_term, KEY_SHORT) + Fraction(long_term, KEY_LONG)) / share, share)


# --- figures ------------------------------------------------------------------------------------------------------------------


def read_live_figures(connection: Connection, *, staff_id: str | None, today: date) -> LiveFigures:
    """Return the indicators of the quarter in which *today* lies, with data as of today."""
    figures = compute(connection, quarter_of(today), read_settings(connection), as_of=today)
    scope_id = _scope_of(figures, staff_id)
    scope = figures.scope(scope_id)
    member = figures.staff.get(staff_id or "")
    coach = member is not None and member.role == Role.JOB_COACH.value
    own = figures.coach(member.id).figures if coach and member is not None else ()
    return LiveFigures(figures.period, today, scope_id, scope.scope.name, scope.figures, own)


def _scope_of(figures: VaultFigures, staff_id: str | None) -> str:
    member = figures.staff.get(staff_id or "")
    if member is not None:
        return member.provider_id
    return next(iter(figures.providers)) if len(figures.providers) == 1 else _EVERYTHING
