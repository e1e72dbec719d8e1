"""What reports say of the sample packages, and the same driven to extremes."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from bjc_desktop.exchange.pseudonyms import Pseudonyms
from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.indicators.results import Caseload, Rating
from bjc_desktop.reports.content import QualityLine, ReportContent, StatisticContent, VersionChange
from bjc_desktop.reports.indicators_json import indicators_json
from bjc_desktop.services.findings import find, quality_lines
from bjc_desktop.services.hours_statistic import statistic_content
from bjc_desktop.services.report_content import read_cases, report_content, trends
from bjc_desktop.services.signals_in_words import finished_years
from bjc_desktop.services.targets import read_settings
from bjc_desktop.vault import Vault

AS_OF = date(2026, 3, 1)
HOSTILE = "=1+1 <b>&amp;</b> „Träger“ & Söhne "
"""A name that is neither markup nor formula."""


def scopes(vault: Vault, quarter: str = "2025-Q3") -> list[str]:
    """Return the ids of the scopes of *vault*."""
    with vault.reading() as connection:
        return [*compute(connection, parse_quarter(quarter), read_settings(connection), as_of=AS_OF).providers, "all"]


def content_of(
    vault: Vault, scope_id: str = "all", *, quarter: str = "2025-Q3", version: int | None = 1, as_of: date = AS_OF
) -> ReportContent:
    """Return what the report of the scope says."""
    with vault.reading() as connection:
        period, settings = parse_quarter(quarter), read_settings(connection)
        figures = compute(connection, period, settings, as_of=as_of)
        scope = figures.scope(scope_id)
        return report_content(
            connection,
            figures,
            scope,
            read_cases(connection, figures, scope),
            Pseudonyms(vault.fact("pseudonym_key")),
            version=version,
            quality=quality_lines(find(connection, period, settings, figures), scope_id),
            changes=(),
            trend=trends(connection, figures, [scope_id])[scope_id],
            years=finished_years(connection, figures, [scope_id]),
        )


def statistic_of(vault: Vault, scope_id: str = "all", *, quarter: str = "2025-Q3") -> StatisticContent:
    """Return what the statistic of the scope says."""
    with vault.reading() as connection:
        figures = compute(connection, parse_quarter(quarter), read_settings(connection), as_of=AS_OF)
        return statistic_content(connection, figures, figures.scope(scope_id))


def stated(content: ReportContent) -> dict:
    """Return ``indicators.json`` of the report."""
    return indicators_json(content.figures)


def named(content, name: str):
    """Return the report or statistic for a scope of that name."""
    figures = content.figures
    return replace(content, figures=replace(figures, scope=replace(figures.scope, name=name)))


def crowded(content, count: int):
    """Return the report or statistic with *count* coaches."""
    coaches = content.figures.coaches
    many = tuple(replace(coaches[index % len(coaches)], id=f"{index}", number=index + 1) for index in range(count))
    details = [{**figure.details, "missing_months": []} for figure in content.figures.figures]
    figures = tuple(
        replace(figure, details=detail) if figure.code == "consultations_per_hour" else figure
        for figure, detail in zip(content.figures.figures, details, strict=True)
    )
    return replace(content, figures=replace(content.figures, coaches=many, figures=figures))


def valued(content: ReportContent, value: Fraction | None, rating: Rating) -> ReportContent:
    """Return the report with *value* for each of its figures, in all quarters."""

    def changed(figures):
        denominator = Fraction(0) if value is None else Fraction(20)
        return tuple(
            replace(f, value=value, rating=rating, denominator=denominator, small_number=True, provisional=True) for f in figures
        )

    caseload = Caseload(None, None, None) if value is None else content.figures.caseload
    figures = replace(content.figures, figures=changed(content.figures.figures), caseload=caseload)
    return replace(content, figures=figures, trend=tuple((period, changed(row)) for period, row in content.trend))


def changed_often(content: ReportContent, count: int) -> ReportContent:
    """Return version 2 with *count* changes and as many long findings."""
    reason = "zählt nicht: " + "Donaudampfschifffahrtsgesellschaftskapitän und sehr lange Begründung, " * 8
    changes = tuple(VersionChange(f"A1.1, F-{index:08X}", reason, "zählt für A1.1") for index in range(count))
    quality = tuple(QualityLine("error", f"{HOSTILE} {index} {reason}", 9999) for index in range(count // 4))
    return replace(content, version=2, changes=changes, quality=quality)
