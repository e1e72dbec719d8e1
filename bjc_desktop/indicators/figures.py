"""The six indicators of every scope of a vault: one pass of a few statements, from which each scope's figures are taken.

A coach's, a provider's and the programme's figures come from the same rows, so a figure is the same wherever it is shown.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import Connection, select

from bjc_desktop.indicators.caseload import (
    StaffLoad,
    StaffMember,
    caseload_of,
    read_staff,
    staff_loads,
    unknown_unemployment,
)
from bjc_desktop.indicators.cases import (
    ITEM_COLUMNS,
    consultation_figures,
    exit_figures,
    follow_up_figures,
    link_figures,
    window_end,
)
from bjc_desktop.indicators.catalogue import CATALOGUE
from bjc_desktop.indicators.period import FOLLOW_UP_MONTHS, Period, add_months, cohort_before, month_end
from bjc_desktop.indicators.rating import rate, targets_in_force
from bjc_desktop.indicators.results import CoachFigures, Figure, Scope, ScopeFigures, ScopeKind, TargetRow
from bjc_desktop.indicators.settings import HoursBasis, IndicatorSettings, NonResponse, WindowRule
from bjc_desktop.models import Provider, Target, WorkingTime
from bjc_desktop.vocabulary import Role

SMALL_NUMBER = 10
"""A denominator under this is marked as a small number."""
SURVEY_GRACE = timedelta(days=30)
"""How long after the six-month date a survey may still come in."""
AT_LEAST_SHARE = Fraction(51, 100)
"""The seed's other reading of the measure link: "mindestens 51 Prozent"."""

_PLAIN_COLUMNS = ("n", "a1_1", "a4", "overlap", "correct", *ITEM_COLUMNS)


@dataclass
class _Counts:
    """Additive counts of one scope."""

    exits: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_PLAIN_COLUMNS, 0))
    cohort: int = 0
    surveyed: int = 0
    integrated: int = 0
    missing_exit_on: date | None = None
    consultations: int = 0
    hours: Decimal = Decimal(0)
    missing_months: list[tuple[str, str]] = field(default_factory=list)
    persons: int = 0
    linked: int = 0

    def add_exits(self, numbers: Iterable[int]) -> None:
        for name, number in zip(_PLAIN_COLUMNS, numbers, strict=True):
            self.exits[name] += number

    def add_follow_ups(self, row: Any) -> None:
        self.cohort += row.n
        self.surveyed += row.surveyed
        self.integrated += row.counts
        if row.missing_exit_on and (self.missing_exit_on is None or row.missing_exit_on > self.missing_exit_on):
            self.missing_exit_on = row.missing_exit_on


@dataclass(frozen=True)
class VaultFigures:
    """Everything that the figures of one period need, for every scope of the vault."""

    period: Period
    as_of: date
    settings: IndicatorSettings
    targets: Mapping[str, TargetRow]
    staff: Mapping[str, StaffMember]
    providers: Mapping[str, str]
    """Provider id → name, in the order of the ids."""
    loads: Mapping[str, StaffLoad]
    unknown_unemployment: Mapping[str, int]
    counts: Mapping[str, _Counts]
    """Scope id (coach, provider, ``all``) → its counts."""

    def scope(self, scope_id: str) -> ScopeFigures:
        """Return the figures of the provider *scope_id*, or of ``all``, with every job coach of the scope."""
        coaches = [m for m in self.staff.values() if m.role == Role.JOB_COACH.value]
        if scope_id == "all":
            scope = Scope(ScopeKind.ALL, "all", "alle Träger")
        else:
            scope = Scope(ScopeKind.PROVIDER, scope_id, self.providers[scope_id])
            coaches = [member for member in coaches if member.provider_id == scope_id]
        rows = tuple(self.coach(member.id, number) for number, member in enumerate(coaches, 1))
        unknown = self.unknown_unemployment
        return ScopeFigures(
            scope,
            self.period,
            self.as_of,
            self.figures_of(scope_id),
            caseload_of(row.caseload for row in rows),
            rows,
            sum(unknown.values()) if scope_id == "all" else unknown.get(scope_id, 0),
        )

    def coach(self, coach_id: str, number: int = 1) -> CoachFigures:
        """Return the figures of the job coach *coach_id*."""
        load, employed = self.loads[coach_id], self.staff[coach_id].employed_between(self.period.first, self.period.last)
        return CoachFigures(coach_id, number, self.figures_of(coach_id), load.caseload, load.load, employed)

    def figures_of(self, scope_id: str) -> tuple[Figure, ...]:
        """Return the six indicators of a coach, a provider or ``all``, in the report's order."""
        counts = self.counts.get(scope_id) or _Counts()
        exits, cohort = counts.exits, self._cohort
        n = exits["n"]
        own = (self.period.first, self.period.last)
        surveyed_only = self.settings.non_response is NonResponse.LEAVE_OUT
        base = counts.surveyed if surveyed_only else counts.cohort
        running = self.as_of <= self.period.last
        window_open = running or self.as_of < self._window_end
        survey_open = running or self._survey_open(counts)
        failed = {name.removeprefix("item_"): exits[name] for name in ITEM_COLUMNS if self._active(name) and exits[name]}
        numbers: tuple[tuple[int, Fraction, bool, tuple[date, date] | None, dict[str, Any]], ...] = (
            (exits["a1_1"], Fraction(n), window_open, own, {}),
            (counts.integrated, Fraction(base), survey_open, cohort, {"surveyed": counts.surveyed, "cohort_size": counts.cohort}),
            (exits["a4"], Fraction(n), window_open, own, {"overlap_a1_a4": exits["overlap"]}),
            (counts.consultations, Fraction(counts.hours), running, own, {"missing_months": _months(counts)}),
            (exits["correct"], Fraction(n), window_open, own, {"failed_items": failed}),
            (counts.linked, Fraction(counts.persons), running, own, _at_least(counts)),
        )
        return tuple(
            self._figure(indicator.code, indicator.label, *row) for indicator, row in zip(CATALOGUE, numbers, strict=True)
        )

    @cached_property
    def _cohort(self) -> tuple[date, date] | None:
        return cohort_before(self.period)

    @cached_property
    def _window_end(self) -> date:
        return _window_end(self.settings, self.period.last)

    def _active(self, item_column: str) -> bool:
        return item_column.removeprefix("item_") in self.settings.checklist

    def _survey_open(self, counts: _Counts) -> bool:
        if counts.missing_exit_on is None:
            return False
        return self.as_of < add_months(counts.missing_exit_on, FOLLOW_UP_MONTHS) + SURVEY_GRACE

    def _figure(
        self,
        code: str,
        label: str,
        numerator: int,
        denominator: Fraction,
        provisional: bool,  # noqa: FBT001 - one column of the table above
        cohort: tuple[date, date] | None,
        details: dict[str, Any],
    ) -> Figure:
        hours = code == "consultations_per_hour"
        no_value = denominator == 0 or bool(hours and details["missing_months"])
        value = None if no_value else numerator / denominator
        target = self.targets[code]
        return Figure(
            code,
            label,
            numerator,
            denominator,
            value,
            target,
            rate(code, value, target, self.settings.rating),
            provisional,
            not hours and denominator < SMALL_NUMBER,
            cohort,
            details,
        )


def compute(connection: Connection, period: Period, settings: IndicatorSettings, *, as_of: date) -> VaultFigures:
    """Return the figures of *period* for every scope of the vault, with data as of *as_of*."""
    figures = compute_indicators(connection, period, settings, as_of=as_of)
    loads = staff_loads(connection, period, figures.staff)
    unknown = unknown_unemployment(connection, period)
    return VaultFigures(
        period,
        as_of,
        settings,
        figures.targets,
        figures.staff,
        figures.providers,
        loads,
        unknown,
        figures.counts,
    )


def compute_indicators(connection: Connection, period: Period, settings: IndicatorSettings, *, as_of: date) -> VaultFigures:
    """Return the six indicators of *period* for every scope, without the caseloads."""
    staff = read_staff(connection)
    counts: dict[str, _Counts] = defaultdict(_Counts)
    bounds = {"first": period.first, "last": period.last}
    _count_exits(connection.execute(exit_figures(settings), bounds), counts)
    cohort = cohort_before(period)
    if cohort is not None:
        rows = connection.execute(follow_up_figures(settings), {"first": cohort[0], "last": cohort[1]})
        _count_follow_ups(rows, counts)
    _count_consultations(connection.execute(consultation_figures(settings), bounds), counts, staff)
    _count_hours(_working_time(connection, period), counts, staff, period, settings, as_of)
    _count_links(connection.execute(link_figures(settings), bounds), counts)
    targets = targets_in_force(read_targets(connection), period.last.year)
    idle = dict.fromkeys(staff, StaffLoad(None, None))
    return VaultFigures(period, as_of, settings, targets, staff, _providers(connection), idle, {}, counts)


def read_targets(connection: Connection) -> list[TargetRow]:
    """Return the targets of all years."""
    target = Target.__table__.c
    columns = (target.code, target.year, target.target, target.tolerance_low, target.programme, target.source)
    return [TargetRow(*row, substitute=False) for row in connection.execute(select(*columns))]


def _window_end(settings: IndicatorSettings, day: date) -> date:
    return day + timedelta(days=28) if settings.window is WindowRule.DAYS_28 else add_months(day, 1)


def _months(counts: _Counts) -> list[dict[str, str]]:
    return [{"staff_id": staff_id, "month": month} for staff_id, month in sorted(counts.missing_months)]


def _at_least(counts: _Counts) -> dict[str, Any]:
    met = counts.persons > 0 and Fraction(counts.linked, counts.persons) >= AT_LEAST_SHARE
    return {"at_least_51_percent": met}


def _providers(connection: Connection) -> Mapping[str, str]:
    provider = Provider.__table__.c
    return {row.id: row.name for row in connection.execute(select(provider.id, provider.name).order_by(provider.id))}


def _count_exits(rows: Iterable[Any], counts: dict[str, _Counts]) -> None:
    for row in rows:
        for scope in ("all", row.provider_id, row.coach_id):
            if scope is not None:
                counts[scope].add_exits(row[2:])


def _count_follow_ups(rows: Iterable[Any], counts: dict[str, _Counts]) -> None:
    for row in rows:
        for scope in ("all", row.provider_id, row.coach_id):
            if scope is not None:
                counts[scope].add_follow_ups(row)


def _count_consultations(rows: Iterable[Any], counts: dict[str, _Counts], staff: Mapping[str, StaffMember]) -> None:
    for row in rows:
        for scope in ("all", staff[row.coach_id].provider_id, row.coach_id):
            counts[scope].consultations += row.n


def _count_links(rows: Iterable[Any], counts: dict[str, _Counts]) -> None:
    for row in rows:
        counts[row.key].persons = row.n
        counts[row.key].linked = row.linked


def _working_time(connection: Connection, period: Period) -> Mapping[tuple[str, str], tuple[Decimal, Decimal]]:
    time = WorkingTime.__table__.c
    months = list(period.months())
    rows = connection.execute(
        select(time.staff_id, time.month, time.worked_hours, time.contract_hours).where(
            time.month >= months[0], time.month <= months[-1]
        )
    )
    return {(row.staff_id, row.month): (row.worked_hours, row.contract_hours) for row in rows}


def counted_months(member: StaffMember, period: Period) -> Sequence[tuple[str, date]]:
    """Return the months that *period* touches and in which *member* was employed on at least one day, with their last days."""
    return [(month, last) for month, first, last in _months_of(period) if member.employed_between(first, last)]


@lru_cache(maxsize=16)
def _months_of(period: Period) -> Sequence[tuple[str, date, date]]:
    """Return the months that *period* touches with their first and last days."""
    firsts = [(month, date.fromisoformat(f"{month}-01")) for month in period.months()]
    return [(month, first, month_end(first)) for month, first in firsts]


def _count_hours(
    hours: Mapping[tuple[str, str], tuple[Decimal, Decimal]],
    counts: dict[str, _Counts],
    staff: Mapping[str, StaffMember],
    period: Period,
    settings: IndicatorSettings,
    as_of: date,
) -> None:
    column = 0 if settings.hours is HoursBasis.WORKED else 1
    for member in staff.values():
        if member.role != Role.JOB_COACH.value:
            continue
        scopes = [counts[scope] for scope in ("all", member.provider_id, member.id)]
        for month, last in counted_months(member, period):
            row = hours.get((member.id, month))
            for scope in scopes:
                if row is not None:
                    scope.hours += row[column] * member.funded_share
                elif last <= as_of:
                    scope.missing_months.append((member.id, month))


__all__ = ["VaultFigures", "compute", "compute_indicators", "counted_months", "read_targets", "window_end"]
