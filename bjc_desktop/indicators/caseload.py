"""Caseload and load (Betreuungsschlüssel): stock on month ends against the keys 1:30 and 1:40.

Source: Drucksache 19/23 355, answer 8: up to two years unemployed before entry 1:40, longer 1:30, trainers 1:40.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, Integer, Select, and_, bindparam, case, func, literal_column, select

from bjc_desktop.indicators.cases import FIRST, FOREVER, LAST, outer
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.results import Caseload
from bjc_desktop.models import Coaching, CoachingStaff, Staff
from bjc_desktop.vocabulary import Role

_NOT_CANCELLED: ColumnElement[bool] = literal_column("coachings.cancelled = 0")
KEY_LONG = 30
"""Coachees per coach where unemployment before entry lasted more than two years."""
KEY_SHORT = 40
"""Coachees per coach otherwise, and per employment trainer."""
PLANNING_KEY = 35
FULL_TIME_HOURS = Decimal("39.4")
"""Weekly hours of a full-time position."""


@dataclass(frozen=True, slots=True)
class StaffMember:
    """What the figures need to know of a member of staff."""

    id: str
    provider_id: str
    role: str
    weekly_hours: Decimal | None
    funded_share: Decimal
    employed_from: date
    employed_to: date | None

    def employed_on(self, day: date) -> bool:
        """Return whether the person is employed on *day*."""
        return self.employed_from <= day and (self.employed_to is None or self.employed_to >= day)

    def employed_between(self, first: date, last: date) -> bool:
        """Return whether the person is employed on at least one day from *first* to *last*."""
        return self.employed_from <= last and (self.employed_to is None or self.employed_to >= first)

    def full_time_equivalent(self) -> Fraction | None:
        """Return the funded full-time equivalent, or None where the weekly hours are not known."""
        if self.weekly_hours is None:
            return None
        return Fraction(self.weekly_hours) / Fraction(FULL_TIME_HOURS) * Fraction(self.funded_share)


@dataclass(frozen=True, slots=True)
class StaffLoad:
    """Mean stock over the month ends of employment, and mean load per full-time equivalent (1 is full)."""

    caseload: Fraction | None
    load: Fraction | None


def read_staff(connection: Connection) -> Mapping[str, StaffMember]:
    """Return all job coaches and employment trainers by id, in the order of their ids."""
    staff = Staff.__table__.c
    columns = (
        staff.id,
        staff.provider_id,
        staff.role,
        staff.weekly_hours,
        staff.funded_share,
        staff.employed_from,
        staff.employed_to,
    )
    roles = [Role.JOB_COACH.value, Role.EMPLOYMENT_TRAINER.value]
    rows = connection.execute(select(*columns).where(staff.role.in_(roles)).order_by(staff.id))
    return {row.id: StaffMember(*row[:4], Decimal(1) if row[4] is None else row[4], *row[5:]) for row in rows}


@lru_cache(maxsize=8)
def _stock_statement(month_ends: int) -> Select[Any]:
    """Return, per member of staff, the stock of each month end in the groups 1:30 and 1:40."""
    coaching, assignment = Coaching.__table__.c, CoachingStaff.__table__.c
    last_day: ColumnElement[Any] = literal_column("coalesce(coachings.exit_on, '9999-12-31')")
    long_term = func.date(coaching.unemployed_since, "+24 months", "floor") < coaching.entry_on
    in_long_group = case((long_term, 1), else_=0)
    columns: list[Any] = [assignment.staff_id]
    for index in range(month_ends):
        day = bindparam(f"day_{index}", type_=Date)
        present = and_(
            coaching.entry_on <= day,
            last_day >= day,
            assignment.valid_from <= day,
            func.coalesce(assignment.valid_to, FOREVER) >= day,
        )
        columns += [
            func.count().filter(present).label(f"n_{index}"),
            func.count().filter(present, in_long_group == 1).label(f"long_{index}"),
        ]
    joined = Coaching.__table__.join(CoachingStaff.__table__, assignment.coaching_id == outer(coaching.id))
    active = (_NOT_CANCELLED, last_day >= FIRST, coaching.entry_on <= LAST)
    return select(*columns).select_from(joined).where(*active).group_by(assignment.staff_id)


def staff_loads(connection: Connection, period: Period, staff: Mapping[str, StaffMember]) -> Mapping[str, StaffLoad]:
    """Return caseload and load in *period* of every member of *staff*, by id."""
    days = list(period.month_ends())
    stocks: dict[str, Sequence[int]] = {}
    if days:
        parameters = {"first": period.first, "last": period.last} | {f"day_{i}": day for i, day in enumerate(days)}
        for staff_id, *stock in map(tuple, connection.execute(_stock_statement(len(days)), parameters)):
            stocks[staff_id] = stock
    empty = [0] * (2 * len(days))
    return {member.id: _staff_load(member, days, stocks.get(member.id, empty)) for member in staff.values()}


def _staff_load(member: StaffMember, days: Sequence[date], stock: Sequence[int]) -> StaffLoad:
    employed = [index for index, day in enumerate(days) if member.employed_on(day)]
    if not employed:
        return StaffLoad(None, None)
    caseload = Fraction(sum(stock[2 * index] for index in employed), len(employed))
    loads = [_load(member, stock[2 * index], stock[2 * index + 1]) for index in employed]
    known = [load for load in loads if load is not None]
    return StaffLoad(caseload, sum(known, Fraction(0)) / len(known) if known else None)


def _load(member: StaffMember, stock: int, long_term: int) -> Fraction | None:
    """Return the load of one month end per full-time equivalent; a trainer's counts every coachee 1:40."""
    if member.role == Role.EMPLOYMENT_TRAINER.value:
        return Fraction(stock, KEY_SHORT)
    equivalent = member.full_time_equivalent()
    if not equivalent:
        return None
    return (Fraction(stock - long_term, KEY_SHORT) + Fraction(long_term, KEY_LONG)) / equivalent


def caseload_of(values: Iterable[Fraction | None]) -> Caseload:
    """Return minimum, maximum and median of the caseloads that are there; of an even number the mean of the middle two."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return Caseload(None, None, None)
    middle = len(known) // 2
    median = known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2
    return Caseload(known[0], known[-1], median)


def unknown_unemployment(connection: Connection, period: Period) -> Mapping[str, int]:
    """Return, per provider, the coachings active in *period* whose start of unemployment is not known (they count 1:40)."""
    coaching = Coaching.__table__.c
    last_day: ColumnElement[Any] = literal_column("coalesce(coachings.exit_on, '9999-12-31')")
    rows = connection.execute(
        select(coaching.provider_id, func.count(type_=Integer))
        .where(_NOT_CANCELLED, last_day >= FIRST, coaching.entry_on <= LAST)
        .where(coaching.unemployed_since.is_(None))
        .group_by(outer(coaching.provider_id)),
        {"first": period.first, "last": period.last},
    )
    counts: dict[str, int] = defaultdict(int)
    counts.update({provider: count for provider, count in rows})  # noqa: C416 - a result is no iterable of pairs to mypy
    return counts
