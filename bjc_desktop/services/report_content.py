"""From the vault to what a report says: the cases behind every figure, under their pseudonyms."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from bjc_desktop import __version__
from bjc_desktop.exchange.pseudonyms import Pseudonyms
from bjc_desktop.indicators.cases import (
    ITEM_COLUMNS,
    active_cases,
    exit_verdicts,
    follow_up_cases,
    link_cases,
    link_verdicts,
)
from bjc_desktop.indicators.catalogue import CATALOGUE, COUNTS, DEFINITIONS_VERSION, verdict_label
from bjc_desktop.indicators.figures import VaultFigures, compute, compute_indicators, counted_months
from bjc_desktop.indicators.period import FOLLOW_UP_MONTHS, Period, add_months, cohort_before, quarters_up_to
from bjc_desktop.indicators.results import Figure, ScopeFigures
from bjc_desktop.indicators.settings import (
    ChecklistItem,
    HoursBasis,
    IndicatorSettings,
    NonResponse,
    RatingRule,
    settings_in_words,
)
from bjc_desktop.models import CoachingStaff, WorkingTime
from bjc_desktop.reports.content import (
    ConsultationRow,
    DefinitionText,
    ExitCase,
    FollowUpCase,
    HoursRow,
    LinkCase,
    QualityLine,
    ReportContent,
    SettingText,
    VersionChange,
)
from bjc_desktop.services.consultation_sessions import CountedConsultation, counted_consultations
from bjc_desktop.services.report_statements import statement_texts
from bjc_desktop.services.signals_in_words import finished_years, persons_line, signal_lines
from bjc_desktop.vocabulary import Channel, ConsultationKind

TREND_QUARTERS = 8
"""Quarters shown in the trend, this one included."""
RATING_PLACES = 2
"""Decimals of a value that is rounded before it is rated: whole per cent, or a ratio with two."""


@dataclass(frozen=True)
class ScopeCases:
    """The rows behind the figures of one scope, with the vault's ids."""

    exits: Sequence[Any]
    follow_ups: Sequence[Any]
    foreign_exits: Sequence[Any]
    foreign_follow_ups: Sequence[Any]
    """Other providers' coachings: they count for a coach of the scope who was assigned to them, never for the scope itself."""
    links: Sequence[Any]
    consultations: Sequence[CountedConsultation]
    coaching_ids: frozenset[str]
    """Every coaching that any figure of the scope looked at."""
    consultation_ids: frozenset[str]
    """The consultations of the ratio, and one for each exit that shows that there was one."""

    def verdicts(self) -> dict[str, list[list[str]]]:
        """Return every case with its verdict by indicator, for freezing."""
        return {
            "a1_1": [[row.id, row.a1_1_verdict] for row in self.exits],
            "a1_2": [[row.id, row.verdict] for row in self.follow_ups],
            "a4": [[row.id, row.a4_verdict] for row in self.exits],
            "consultations_per_hour": [[row.id, row.verdict] for row in self.consultations],
            "correctly_closed": [[row.id, row.correct_verdict] for row in self.exits],
            "measure_link": [[row.coaching_id, COUNTS if row.linked else "no_link"] for row in self.links if row.own],
        }


@dataclass(frozen=True, slots=True)
class _Link:
    coachee_id: str
    coaching_id: str
    key: str
    linked: bool
    own: bool
    """Whether the row is of the scope itself rather than of one of its coaches."""


def read_cases(connection: Connection, figures: VaultFigures, scope: ScopeFigures) -> ScopeCases:
    """Return the cases behind the figures of *scope*."""
    settings, period = figures.settings, figures.period
    bounds = {"first": period.first, "last": period.last}
    coaches = {coach.id for coach in scope.coaches}
    exits = connection.execute(exit_verdicts(settings), bounds).all()
    cohort = cohort_before(period)
    follow_ups: Sequence[Any] = ()
    if cohort is not None:
        follow_ups = connection.execute(follow_up_cases(settings), {"first": cohort[0], "last": cohort[1]}).all()
    links = _links(connection, settings, bounds, scope, coaches)
    consultations = counted_consultations(connection, period, settings, coaches)
    touched = {row.id for row in (*exits, *follow_ups) if _touches(row, scope, coaches)}
    touched |= {link.coaching_id for link in links} | {row.coaching_id for row in consultations}
    touched |= _active_ids(connection, settings, bounds, scope, coaches)
    follow_ups = sorted(follow_ups, key=lambda row: (row.exit_on, row.id))
    own_exits, foreign_exits = _parted(exits, scope, coaches)
    own_follow_ups, foreign_follow_ups = _parted(follow_ups, scope, coaches)
    proofs = _proving_consultations(connection, [row.id for row in exits if row.id in touched])
    return ScopeCases(
        own_exits,
        own_follow_ups,
        foreign_exits,
        foreign_follow_ups,
        links,
        consultations,
        frozenset(touched),
        frozenset({row.id for row in consultations} | proofs),
    )


def _own(row: Any, scope: ScopeFigures) -> bool:
    return scope.scope.id in {"all", row.provider_id}


def _parted(rows: Sequence[Any], scope: ScopeFigures, coaches: set[str]) -> tuple[list[Any], list[Any]]:
    """Return the rows of the scope, and those of others that a coach of the scope answers for."""
    own = [row for row in rows if _own(row, scope)]
    return own, [row for row in rows if not _own(row, scope) and row.coach_id in coaches]


def _touches(row: Any, scope: ScopeFigures, coaches: set[str]) -> bool:
    return _own(row, scope) or row.coach_id in coaches


def _links(
    connection: Connection, settings: IndicatorSettings, bounds: dict[str, date], scope: ScopeFigures, coaches: set[str]
) -> list[_Link]:
    own = connection.execute(link_cases(settings, scope.scope.kind.value), bounds)
    rows = [
        _Link(row.coachee_id, row.coaching_id, row.key, bool(row.linked), own=True) for row in own if row.key == scope.scope.id
    ]
    for row in connection.execute(link_cases(settings, "coach"), bounds):
        if row.key in coaches:
            rows.append(_Link(row.coachee_id, row.coaching_id, row.key, bool(row.linked), own=False))
    return sorted(rows, key=lambda link: (not link.own, link.key, link.coaching_id))


def _active_ids(
    connection: Connection, settings: IndicatorSettings, bounds: dict[str, date], scope: ScopeFigures, coaches: set[str]
) -> set[str]:
    active = active_cases(settings)
    rows = connection.execute(select(active.c.id, active.c.provider_id), bounds).all()
    ids = {row.id for row in rows if scope.scope.id in {"all", row.provider_id}}
    assignment = CoachingStaff.__table__.c
    coached = connection.execute(select(assignment.coaching_id).where(assignment.staff_id.in_(coaches))).scalars().all()
    return ids | ({row.id for row in rows} & set(coached))


def _proving_consultations(connection: Connection, coaching_ids: list[str]) -> set[str]:
    """Return for each coaching one held consultation between its entry and its exit, where there is one."""
    found: set[str] = set()
    statement = (
        "SELECT min(u.id) FROM consultations u JOIN coachings c ON c.id = u.coaching_id WHERE u.status = 'held' "
        "AND u.held_on BETWEEN c.entry_on AND c.exit_on AND c.id IN ({}) GROUP BY c.id"
    )
    for start in range(0, len(coaching_ids), 500):
        chunk = tuple(coaching_ids[start : start + 500])
        found |= set(connection.exec_driver_sql(statement.format(", ".join("?" * len(chunk))), chunk).scalars())
    return found


def report_content(
    connection: Connection,
    figures: VaultFigures,
    scope: ScopeFigures,
    cases: ScopeCases,
    pseudonyms: Pseudonyms,
    *,
    version: int | None,
    quality: Iterable[QualityLine],
    changes: Iterable[VersionChange],
    trend: Sequence[tuple[Period, tuple[Figure, ...]]],
    years: Mapping[int, VaultFigures],
) -> ReportContent:
    """Return everything that the report of *scope* says; *years* are the finished ones that its signals look back to."""
    numbers = {coach.id: coach.number for coach in scope.coaches}
    exits = [(row, True) for row in cases.exits] + [(row, False) for row in cases.foreign_exits]
    follow_ups = [(row, True) for row in cases.follow_ups] + [(row, False) for row in cases.foreign_follow_ups]
    return ReportContent(
        scope,
        DEFINITIONS_VERSION,
        __version__,
        version,
        tuple(trend),
        tuple(_exit_case(row, pseudonyms, numbers, own=own) for row, own in exits),
        tuple(_follow_up_case(row, figures.settings, pseudonyms, numbers, own=own) for row, own in follow_ups),
        _link_cases(connection, cases, figures, pseudonyms, numbers),
        tuple(_consultation_row(row, pseudonyms, numbers) for row in cases.consultations),
        hours_rows(connection, figures, scope),
        tuple(item.label for item in ChecklistItem),
        tuple(item.value in figures.settings.checklist for item in ChecklistItem),
        tuple(DefinitionText(i.code, i.label, i.denominator, i.numerator, i.source) for i in CATALOGUE),
        setting_texts(figures.settings),
        rating_places(figures.settings),
        tuple(quality),
        tuple(line.text for line in signal_lines(connection, figures, scope, trend, years)),
        statement_texts(connection, scope.scope.id, figures.period, version=version),
        persons_line(connection, figures, scope.scope.id),
        tuple(changes),
    )


def setting_texts(settings: IndicatorSettings, keys: Collection[str] = ()) -> tuple[SettingText, ...]:
    """Return the settings in force in words: all of them, or those of *keys*."""
    rows = settings_in_words(settings)
    return tuple(SettingText(d.title, value, default, d.reason) for d, value, default in rows if not keys or d.key in keys)


def rating_places(settings: IndicatorSettings) -> int | None:
    """Return the decimals to which a value is rounded before it is rated, or None."""
    return RATING_PLACES if settings.rating is RatingRule.ROUNDED else None


def trends(
    connection: Connection, figures: VaultFigures, scope_ids: Iterable[str]
) -> Mapping[str, list[tuple[Period, tuple[Figure, ...]]]]:
    """Return, for each scope, the figures of the last quarters up to the report's, the oldest first."""
    result: dict[str, list[tuple[Period, tuple[Figure, ...]]]] = {scope_id: [] for scope_id in scope_ids}
    for period in quarters_up_to(figures.period, TREND_QUARTERS):
        quarter = compute_indicators(connection, period, figures.settings, as_of=figures.as_of)
        for scope_id, rows in result.items():
            rows.append((period, quarter.figures_of(scope_id)))
    return result


def read_signals(connection: Connection, period: Period, settings: IndicatorSettings, *, as_of: date) -> tuple[str, ...]:
    """Return the signals of every provider up to *period*, each sentence with the provider's name before it where there are several."""
    figures = compute(connection, period, settings, as_of=as_of)
    history, years = trends(connection, figures, figures.providers), finished_years(connection, figures, figures.providers)
    found = []
    for provider_id, name in figures.providers.items():
        lines = signal_lines(connection, figures, figures.scope(provider_id), history[provider_id], years)
        found += [line.text if len(figures.providers) == 1 else f"{name}: {line.text}" for line in lines]
    return tuple(found)


def _exit_case(row: Any, pseudonyms: Pseudonyms, numbers: Mapping[str, int], *, own: bool) -> ExitCase:
    items = tuple(bool(getattr(row, name)) for name in ITEM_COLUMNS)
    return ExitCase(
        pseudonyms.case(row.id),
        own,
        numbers.get(row.coach_id),
        row.entry_on,
        row.exit_on,
        bool(row.a1_1),
        verdict_label("a1_1", row.a1_1_verdict),
        bool(row.a4),
        verdict_label("a4", row.a4_verdict),
        items,
        row.correct_verdict == COUNTS,
    )


def _follow_up_case(
    row: Any, settings: IndicatorSettings, pseudonyms: Pseudonyms, numbers: Mapping[str, int], *, own: bool
) -> FollowUpCase:
    return FollowUpCase(
        pseudonyms.case(row.id),
        own,
        numbers.get(row.coach_id),
        row.exit_on,
        add_months(row.exit_on, FOLLOW_UP_MONTHS),
        bool(row.surveyed),
        bool(row.surveyed) or settings.non_response is NonResponse.KEEP,
        row.verdict == COUNTS,
        verdict_label("a1_2", row.verdict),
    )


def _link_cases(
    connection: Connection, cases: ScopeCases, figures: VaultFigures, pseudonyms: Pseudonyms, numbers: Mapping[str, int]
) -> tuple[LinkCase, ...]:
    bounds = {"first": figures.period.first, "last": figures.period.last}
    active = {row.id: row for row in connection.execute(link_verdicts(figures.settings), bounds)}
    return tuple(
        LinkCase(
            pseudonyms.person(link.coachee_id),
            pseudonyms.case(link.coaching_id),
            None if link.own else numbers[link.key],
            active[link.coaching_id].entry_on,
            _last_day(active[link.coaching_id].last_day),
            link.linked,
            verdict_label("measure_link", active[link.coaching_id].verdict),
        )
        for link in cases.links
    )


def _last_day(text: str) -> date | None:
    return None if text.startswith("9999") else date.fromisoformat(text)


def _consultation_row(row: CountedConsultation, pseudonyms: Pseudonyms, numbers: Mapping[str, int]) -> ConsultationRow:
    return ConsultationRow(
        numbers[row.staff_id],
        row.held_on,
        ConsultationKind(row.kind).label,
        Channel(row.channel).label,
        "" if row.group_id is None else "G-" + pseudonyms.of(row.group_id)[:8].upper(),
        int(row.verdict == COUNTS),
        verdict_label("consultations_per_hour", row.verdict),
    )


def hours_rows(connection: Connection, figures: VaultFigures, scope: ScopeFigures) -> tuple[HoursRow, ...]:
    """Return the months of the denominator of the consultations per hour, coach by coach."""
    time = WorkingTime.__table__.c
    months = list(figures.period.months())
    rows = {
        (row.staff_id, row.month): row
        for row in connection.execute(
            select(time.staff_id, time.month, time.contract_hours, time.worked_hours).where(time.month.in_(months))
        )
    }
    result = []
    for coach in scope.coaches:
        member = figures.staff[coach.id]
        for month, last in counted_months(member, figures.period):
            row = rows.get((coach.id, month))
            basis = (
                None if row is None else (row.worked_hours if figures.settings.hours is HoursBasis.WORKED else row.contract_hours)
            )
            counted = Decimal(0) if basis is None else basis * member.funded_share
            contract, worked = (None, None) if row is None else (row.contract_hours, row.worked_hours)
            missing = row is None and last <= figures.as_of
            result.append(HoursRow(coach.number, month, contract, worked, member.funded_share, counted, missing))
    return tuple(result)
