"""The signals of a provider as German sentences with their figures, for the page of the figures, the report and ``check``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, and_, func, select

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.figures import VaultFigures, compute_indicators
from bjc_desktop.indicators.period import Period, calendar_year
from bjc_desktop.indicators.results import Figure, ScopeFigures, ScopeKind
from bjc_desktop.indicators.signals import Funding, below_tolerance, caseload_under_key, persons_in, renewal_at_risk
from bjc_desktop.models import FeedbackTalk, FundingDecision
from bjc_desktop.reports.german import day, figure_value, number, per_cent, quarter

_YEAR_END = (12, 31)


@dataclass(frozen=True, slots=True)
class SignalLine:
    """A signal as a sentence: the indicator it is about (None: several, or the caseload), and the day since when it stands."""

    text: str
    code: str | None
    since: date


def finished_years(connection: Connection, figures: VaultFigures, scope_ids: Iterable[str]) -> dict[int, VaultFigures]:
    """Return the figures of the last two finished years, which a renewal is judged by, once for all scopes; none where no provider is."""
    if not figures.providers.keys() & set(scope_ids):
        return {}
    last = figures.period.last
    newest = last.year if (last.month, last.day) == _YEAR_END else last.year - 1
    return {
        year: compute_indicators(connection, calendar_year(year), figures.settings, as_of=figures.as_of)
        for year in (newest - 1, newest)
    }


def signal_lines(
    connection: Connection,
    figures: VaultFigures,
    scope: ScopeFigures,
    history: Sequence[tuple[Period, tuple[Figure, ...]]],
    years: Mapping[int, VaultFigures],
) -> tuple[SignalLine, ...]:
    """Return each signal of *scope*; signals are a provider's, so there are none for all of them together."""
    if scope.scope.kind is not ScopeKind.PROVIDER:
        return ()
    lines: list[SignalLine] = []
    for signal in below_tolerance(history, _fundings(connection, scope.scope.id), figures.period.last):
        values = ", ".join(f"{quarter(period)}: {figure_value(figure, figure.value)}" for period, figure in signal.quarters)
        sentence = (
            f"{BY_CODE[signal.code].short} lag in {len(signal.quarters)} Quartalen des Bescheids {signal.funding.reference} unter der "
            f"Toleranz ({values})."
        )
        line = SignalLine(sentence, signal.code, signal.quarters[0][0].first)
        lines.append(replace(line, text=f"{sentence} {_talk(connection, scope.scope.id, line, figures.as_of)}"))
    renewal = renewal_at_risk({year: found.figures_of(scope.scope.id) for year, found in years.items()})
    if renewal is not None:
        first, second = renewal.years
        sentence = (
            f"A1.1 und A4 lagen {first} und {second} unter 3 %, ohne Besserung (A1.1: {per_cent(renewal.a1_1[0])}, "
            f"{per_cent(renewal.a1_1[1])}; A4: {per_cent(renewal.a4[0])}, {per_cent(renewal.a4[1])}). Die Verlängerung ist gefährdet."
        )
        lines.append(SignalLine(sentence, None, date(first, 1, 1)))
    caseload = caseload_under_key(scope.coaches, figures.settings.caseload_floor)
    if caseload is not None:
        sentence = (
            f"Die JobCoaches sind im Mittel zu {per_cent(caseload.load)} des Betreuungsschlüssels ausgelastet, unter "
            f"{per_cent(caseload.floor, 0)}. Geförderte Stellen können gekürzt werden."
        )
        lines.append(SignalLine(sentence, None, figures.period.first))
    return tuple(lines)


def talks_about(provider_id: str, line: SignalLine) -> ColumnElement[bool]:
    """Return which feedback talks were held with the provider about what the signal is about, since it stands."""
    about = FeedbackTalk.code.is_(None) if line.code is None else FeedbackTalk.code == line.code
    return and_(FeedbackTalk.provider_id == provider_id, FeedbackTalk.held_on >= line.since, about)


def _talk(connection: Connection, provider_id: str, line: SignalLine, as_of: date) -> str:
    """Return that a feedback talk about the signal is due, or when the last one was held."""
    query = select(func.max(FeedbackTalk.held_on)).where(talks_about(provider_id, line), FeedbackTalk.held_on <= as_of)
    last = connection.execute(query).scalar_one()
    if last is None:
        return "Ein Rückmeldegespräch mit Gründen und vereinbarten Schritten ist fällig."
    return f"Ein Rückmeldegespräch dazu wurde geführt, zuletzt am {day(last)}."


def persons_line(connection: Connection, figures: VaultFigures, scope_id: str) -> str:
    """Return how many persons were coached in the year in which the period ends, up to its end."""
    year = calendar_year(figures.period.last.year)
    count = persons_in(connection, Period(year.label, year.first, figures.period.last)).get(scope_id, 0)
    until = "" if figures.period.last == year.last else f" bis {figures.period.last:%d.%m.}"
    return f"Gecoachte Personen {year.label}{until}: {number(Decimal(count), 0)}."


def _fundings(connection: Connection, provider_id: str) -> list[Funding]:
    decision = FundingDecision.__table__.c
    columns = (decision.reference, decision.valid_from, decision.valid_to)
    statement = select(*columns).where(decision.provider_id == provider_id).order_by(decision.valid_from, decision.reference)
    return [Funding(*row) for row in connection.execute(statement)]
