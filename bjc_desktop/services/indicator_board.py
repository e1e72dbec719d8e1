"""The indicators of any scope and period as they stand today: the six, their trend, each coach's, and the signals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection, text

from bjc_desktop.indicators.figures import VaultFigures, compute
from bjc_desktop.indicators.period import Period, calendar_year, quarter_of, quarters_up_to, rolling_year, year_to_date
from bjc_desktop.indicators.results import Figure, Scope, ScopeKind
from bjc_desktop.models import FeedbackTalk
from bjc_desktop.services.case_file import CaseRow, read_rows
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.report_content import trends
from bjc_desktop.services.signals_in_words import SignalLine, finished_years, persons_line, signal_lines, talks_about
from bjc_desktop.services.targets import read_settings
from bjc_desktop.vocabulary import Role

QUARTERS_OFFERED = 12
YEARS_OFFERED = 3


@dataclass(frozen=True, slots=True)
class CoachRow:
    """A job coach's six figures beside each other."""

    staff_id: str
    name: str
    figures: tuple[Figure, ...]
    caseload: Fraction | None
    load: Fraction | None
    """1 is full."""


@dataclass(frozen=True, slots=True)
class IndicatorBoard:
    """What the page of the indicators shows for one scope and period."""

    period: Period
    as_of: date
    scope: Scope
    figures: tuple[Figure, ...]
    trend: Sequence[tuple[Period, tuple[Figure, ...]]]
    """The last quarters up to the period's end, the oldest first."""
    coaches: tuple[CoachRow, ...]
    """The job coaches of the scope who were there in the period; none where the scope is a coach."""
    signals: tuple["BoardSignal", ...]
    persons: str
    """How many persons were coached in the year, in words; empty where the scope is a coach."""


@dataclass(frozen=True, slots=True)
class BoardSignal:
    """A signal with the feedback talks that were recorded against it, the newest first."""

    line: SignalLine
    talks: tuple[CaseRow, ...]


def offered_periods(today: date) -> tuple[Period, ...]:
    """Return the periods to choose from: the running quarter and those before it, the year so far, past years, the last four quarters."""
    quarters = quarters_up_to(quarter_of(today), QUARTERS_OFFERED)
    years = [calendar_year(today.year - back) for back in range(1, YEARS_OFFERED + 1)]
    return (*quarters[::-1], year_to_date(today), *years, rolling_year(quarters[-2]))


def offered_scopes(connection: Connection, *, staff_id: str | None) -> tuple[Scope, ...]:
    """Return the scopes to choose from: oneself (a job coach) first, then the providers, all of them, and the job coaches by name."""
    coaches = [
        Scope(ScopeKind.COACH, row.id, full_name(row.given_name, row.family_name))
        for row in connection.execute(_COACHES, {"role": Role.JOB_COACH.value})
    ]
    providers = [Scope(ScopeKind.PROVIDER, row.id, row.name) for row in connection.execute(_PROVIDERS)]
    if len(providers) != 1:
        providers.append(Scope(ScopeKind.ALL, "all", "alle Träger"))
    own = [scope for scope in coaches if scope.id == staff_id]
    return (*own, *providers, *(scope for scope in coaches if scope.id != staff_id))


_COACHES = text("SELECT id, given_name, family_name FROM staff WHERE role = :role ORDER BY family_name, given_name, id")
_PROVIDERS = text("SELECT id, name FROM providers ORDER BY name, id")


def read_indicator_board(connection: Connection, scope: Scope, period: Period, *, as_of: date) -> IndicatorBoard:
    """Return the figures of *scope* in *period* with data as of *as_of*, their trend, each coach's and the signals."""
    figures = compute(connection, period, read_settings(connection), as_of=as_of)
    history = trends(connection, figures, [scope.id])[scope.id]
    signals: tuple[BoardSignal, ...] = ()
    if scope.kind is ScopeKind.PROVIDER:
        lines = signal_lines(
            connection, figures, figures.scope(scope.id), history, finished_years(connection, figures, [scope.id])
        )
        signals = tuple(BoardSignal(line, _talks(connection, scope.id, line)) for line in lines)
    persons = "" if scope.kind is ScopeKind.COACH else persons_line(connection, figures, scope.id)
    return IndicatorBoard(
        period, as_of, scope, figures.figures_of(scope.id), history, _coach_rows(connection, figures, scope), signals, persons
    )


def _talks(connection: Connection, provider_id: str, line: SignalLine) -> tuple[CaseRow, ...]:
    """Return the feedback talks with the provider about what the signal is about, since it stands."""
    return read_rows(connection, FeedbackTalk, talks_about(provider_id, line), FeedbackTalk.held_on.desc())


def _coach_rows(connection: Connection, figures: VaultFigures, scope: Scope) -> tuple[CoachRow, ...]:
    if scope.kind is ScopeKind.COACH:
        return ()
    names = {other.id: other.name for other in offered_scopes(connection, staff_id=None)}
    rows = [
        CoachRow(coach.id, names[coach.id], coach.figures, coach.caseload, coach.load)
        for coach in figures.scope(scope.id).listed_coaches
    ]
    return tuple(sorted(rows, key=lambda row: row.name))
