"""Before a report is released: what is missing, by coach, which values are provisional, and what has to be explained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, text

from bjc_desktop.indicators.figures import VaultFigures, compute
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.results import Figure, ScopeFigures
from bjc_desktop.services.case_findings import CaseFinding, read_case_findings
from bjc_desktop.services.findings import SEVERITIES
from bjc_desktop.services.report_content import trends
from bjc_desktop.services.report_statements import Statement, below_target, read_statements
from bjc_desktop.services.signals_in_words import finished_years, signal_lines
from bjc_desktop.services.targets import read_settings

_LATEST = text("SELECT max(version) FROM released_reports WHERE scope = :scope AND period_from = :first AND period_to = :last")
_PROVIDERS = text("SELECT id, provider_id FROM coachings")
_STAFF = text("SELECT id, provider_id FROM staff")


@dataclass(frozen=True, slots=True)
class PreflightFinding:
    """A finding with the name of the coach whom it concerns."""

    coach: str
    finding: CaseFinding


@dataclass(frozen=True, slots=True)
class Preflight:
    """Everything that is to be seen before the release of a report."""

    period: Period
    as_of: date
    scope: ScopeFigures
    findings: tuple[PreflightFinding, ...]
    """Errors first, then by coach."""
    provisional: tuple[Figure, ...]
    """Figures that later data can still change."""
    to_explain: tuple[Figure, ...]
    """Figures below their target."""
    statements: Mapping[str, Statement]
    signals: tuple[str, ...]
    released: int
    """The version that was released last; 0 for none."""

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(row.finding.severity == "error" for row in self.findings)

    @property
    def unexplained(self) -> tuple[Figure, ...]:
        """The figures below their target about which nothing is said."""
        return tuple(figure for figure in self.to_explain if figure.code not in self.statements)

    @property
    def nothing_to_report(self) -> bool:
        """Whether no figure has a case."""
        return not any(figure.denominator for figure in self.scope.figures)


def read_preflight(connection: Connection, period: Period, scope_id: str, *, as_of: date) -> Preflight:
    """Return what is to be seen before the report of a provider or ``all`` is released."""
    return read_preflights(connection, period, [scope_id], as_of=as_of)[scope_id]


def read_preflights(connection: Connection, period: Period, scope_ids: Sequence[str], *, as_of: date) -> dict[str, Preflight]:
    """Return the same for several scopes, by their ids: the figures of all of them are counted once."""
    figures = compute(connection, period, read_settings(connection), as_of=as_of)
    histories = trends(connection, figures, scope_ids)
    years = finished_years(connection, figures, scope_ids)
    findings = _findings(connection, period, as_of)
    return {
        scope_id: _preflight(
            connection,
            figures,
            figures.scope(scope_id),
            histories[scope_id],
            years,
            tuple(finding for owner, finding in findings if scope_id in {"all", owner}),
        )
        for scope_id in scope_ids
    }


def _preflight(
    connection: Connection,
    figures: VaultFigures,
    scope: ScopeFigures,
    history: Sequence[tuple[Period, tuple[Figure, ...]]],
    years: Mapping[int, VaultFigures],
    findings: tuple[PreflightFinding, ...],
) -> Preflight:
    period, scope_id = figures.period, scope.scope.id
    bounds = {"scope": scope_id, "first": period.first.isoformat(), "last": period.last.isoformat()}
    released = connection.execute(_LATEST, bounds).scalar() or 0
    return Preflight(
        period,
        figures.as_of,
        scope,
        findings,
        tuple(figure for figure in scope.figures if figure.provisional),
        tuple(below_target(scope.figures)),
        read_statements(connection, scope_id, period, version=released + 1),
        tuple(line.text for line in signal_lines(connection, figures, scope, history, years)),
        released,
    )


def _findings(connection: Connection, period: Period, as_of: date) -> list[tuple[str | None, PreflightFinding]]:
    """Return every finding with the provider whom it concerns, the gravest first."""
    groups = read_case_findings(connection, staff_id=None, today=as_of, period=period)
    owners = {row.id: row.provider_id for statement in (_PROVIDERS, _STAFF) for row in connection.execute(statement)}
    order = list(SEVERITIES)
    found = [finding for group in groups for finding in group.findings]
    found.sort(key=lambda finding: (order.index(finding.severity), finding.coach, finding.text, finding.name))
    return [
        (owners.get(finding.coaching_id or finding.staff_id or ""), PreflightFinding(finding.coach, finding)) for finding in found
    ]
