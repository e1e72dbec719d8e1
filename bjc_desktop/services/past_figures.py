"""The figures of all past quarters, for comparing them before and after something that must not change them unseen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection, text

from bjc_desktop.indicators.figures import compute_indicators
from bjc_desktop.indicators.period import Period, previous_quarter, quarter_of
from bjc_desktop.indicators.results import Figure
from bjc_desktop.services.targets import read_settings

EVERYTHING = "all"
_FIRST_ENTRY = text("SELECT min(entry_on) FROM coachings")
_PROVIDERS = text("SELECT id FROM providers")
_FROZEN = text("SELECT DISTINCT scope, period_label FROM released_reports")

FigureKey = tuple[str, str, str]
"""Quarter, provider (or ``all``) and indicator."""


@dataclass(frozen=True, slots=True)
class PastFigure:
    """One figure of a past quarter, exact; *frozen* where a released report holds it."""

    label: str
    numerator: int
    denominator: Fraction
    frozen: bool


@dataclass(frozen=True, slots=True)
class FigureEffect:
    """A figure of a quarter without a released report that changes: what it is, before and after as ``numerator/denominator``."""

    quarter: str
    label: str
    before: str
    after: str


def read_past_figures(
    connection: Connection, *, today: date, quarters: Sequence[Period] | None = None
) -> Mapping[FigureKey, PastFigure]:
    """Return the six figures of every provider and of all together, in *quarters* or from the first entry to *today*."""
    settings = read_settings(connection)
    scopes = [*connection.execute(_PROVIDERS).scalars(), EVERYTHING]
    frozen = read_frozen(connection)
    found: dict[FigureKey, PastFigure] = {}
    for period in quarters or past_quarters(connection, today=today):
        figures = compute_indicators(connection, period, settings, as_of=today)
        for scope in scopes:
            held = (scope, period.label) in frozen
            found.update(((period.label, scope, figure.code), _past(figure, held)) for figure in figures.figures_of(scope))
    return found


def _past(figure: Figure, held: bool) -> PastFigure:  # noqa: FBT001 - a field of the result
    return PastFigure(figure.label, figure.numerator, figure.denominator, held)


def read_frozen(connection: Connection) -> frozenset[tuple[str, str]]:
    """Return the scopes and quarters whose figures stand in a released report.

    The figures of all providers together do so too where each provider's own do, and each provider's where those of all do.
    """
    released = {(row.scope, row.period_label) for row in connection.execute(_FROZEN)}
    providers = list(connection.execute(_PROVIDERS).scalars())
    found = set(released)
    for label in {label for _, label in released}:
        if providers and all((provider, label) in released for provider in providers):
            found.add((EVERYTHING, label))
        if (EVERYTHING, label) in released:
            found.update((provider, label) for provider in providers)
    return frozenset(found)


def past_quarters(connection: Connection, *, today: date) -> list[Period]:
    """Return the quarters from the first entry to the one of *today*, the newest first."""
    first = connection.execute(_FIRST_ENTRY).scalar()
    quarters = [quarter_of(today)]
    while first is not None and quarters[-1].first > date.fromisoformat(first):
        quarters.append(previous_quarter(quarters[-1]))
    return quarters


def changed_figures(before: Mapping[FigureKey, PastFigure], after: Mapping[FigureKey, PastFigure]) -> tuple[FigureEffect, ...]:
    """Return the figures that are not frozen and differ, the newest quarter first; a provider's only where all's stay."""
    found = []
    for key, was in before.items():
        now = after[key]
        if not was.frozen and (was.numerator, was.denominator) != (now.numerator, now.denominator):
            found.append((key, FigureEffect(key[0], was.label, _ratio(was), _ratio(now))))
    overall = {(key[0], key[2]) for key, _ in found if key[1] == EVERYTHING}
    return tuple(effect for key, effect in found if key[1] == EVERYTHING or (key[0], key[2]) not in overall)


def _ratio(figure: PastFigure) -> str:
    whole = figure.denominator
    return f"{figure.numerator}/{whole.numerator if whole.denominator == 1 else f'{float(whole):.2f}'.replace('.', ',')}"
