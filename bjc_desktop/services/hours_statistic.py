"""The consultations-per-hour statistic of a quarter: per coach and month, the trainers apart, with its trend."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from sqlalchemy import Connection, text

from bjc_desktop import __version__
from bjc_desktop.indicators.catalogue import COUNTS
from bjc_desktop.indicators.figures import VaultFigures, compute
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.results import Figure, Rating, ScopeFigures
from bjc_desktop.models import WorkingTime
from bjc_desktop.reports.content import HoursRow, StatisticContent, StatisticMonth, StatisticPerson
from bjc_desktop.services.consultation_sessions import CountedConsultation, counted_consultations
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.report_content import hours_rows, rating_places, setting_texts, trends
from bjc_desktop.services.reports import file_part, prepare_folder, write_together
from bjc_desktop.services.targets import read_settings
from bjc_desktop.vault import Leaving, Vault, account_for
from bjc_desktop.vault.role_rights import assert_may_hand_out
from bjc_desktop.vocabulary import Channel, ConsultationKind, Role

_RATIO = 3
"""The ratio's place among the six figures."""
_SETTINGS = ("excluded_kinds", "excluded_channels", "hours", "rating")
"""The settings that decide about the ratio."""


def write_statistic(vault: Vault, period: Period, out: Path, *, as_of: date) -> list[Path]:
    """Write the statistic of *period* over all providers to the folder *out* as PDF, XLSX and CSV; return the paths."""
    from bjc_desktop.reports.statistic import (  # noqa: PLC0415 - ReportLab and XlsxWriter take long to import
        statistic_csv,
        statistic_pdf,
        statistic_xlsx,
    )

    assert_may_hand_out(vault.user.roles, WorkingTime.__tablename__)
    prepare_folder(vault, out)
    with vault.reading() as connection:
        content = read_statistic(connection, period, as_of=as_of).content
    stem = f"BJC_{file_part(content.figures.scope.id, content.figures.scope.name)}_{period.label}_Konsultationen-je-Stunde"
    writers = {"pdf": statistic_pdf, "xlsx": statistic_xlsx, "csv": statistic_csv}
    paths = [out / f"{stem}.{ending}" for ending in writers]
    write_together(
        vault,
        paths,
        [write(content) for write in writers.values()],
        lambda: account_for(vault, Leaving.EXPORT, "statistic", {"period": period.label}),
    )
    return paths


@dataclass(frozen=True, slots=True)
class NamedStatistic:
    """The statistic, and whom the numbers in it stand for: for the window, never for a document."""

    content: StatisticContent
    coaches: Mapping[int, str]
    trainers: Mapping[int, str]


def read_statistic(connection: Connection, period: Period, *, as_of: date) -> NamedStatistic:
    """Return the statistic of *period* over the vault's only provider, or over all."""
    figures = compute(connection, period, read_settings(connection), as_of=as_of)
    scope = figures.scope(next(iter(figures.providers)) if len(figures.providers) == 1 else "all")
    names = {row.id: full_name(row.given_name, row.family_name) for row in connection.execute(_NAMES)}
    trainers = {number: names[key] for key, number in _trainers(figures, scope).items()}
    coaches = {coach.number: names[coach.id] for coach in scope.coaches}
    return NamedStatistic(statistic_content(connection, figures, scope), coaches, trainers)


_NAMES = text("SELECT id, given_name, family_name FROM staff")


def statistic_content(connection: Connection, figures: VaultFigures, scope: ScopeFigures) -> StatisticContent:
    """Return everything that the statistic of *scope* says."""
    period = figures.period
    coaches = {coach.id: coach.number for coach in scope.coaches}
    trainers = _trainers(figures, scope)
    hours = hours_rows(connection, figures, scope)
    held = _held(connection, figures, coaches)
    apart = _held(connection, figures, trainers)
    history = trends(connection, figures, [scope.scope.id])[scope.scope.id]
    return StatisticContent(
        scope,
        scope.figures[_RATIO],
        tuple(
            _person(coach.number, period, held[coach.id], hours, coach.figures[_RATIO])
            for coach in scope.coaches
            if coach.listed or held[coach.id]
        ),
        tuple(
            _person(number, period, apart[key], (), None)
            for key, number in trainers.items()
            if figures.staff[key].employed_between(period.first, period.last) or apart[key]
        ),
        tuple((quarter, row[_RATIO]) for quarter, row in history),
        tuple(kind.label for kind in ConsultationKind),
        tuple(channel.label for channel in Channel),
        setting_texts(figures.settings, _SETTINGS),
        rating_places(figures.settings),
        __version__,
    )


def _trainers(figures: VaultFigures, scope: ScopeFigures) -> dict[str, int]:
    role = Role.EMPLOYMENT_TRAINER.value
    members = [m for m in figures.staff.values() if m.role == role and scope.scope.id in {"all", m.provider_id}]
    return {member.id: number for number, member in enumerate(members, 1)}


def _held(connection: Connection, figures: VaultFigures, people: Mapping[str, int]) -> dict[str, list[CountedConsultation]]:
    rows = counted_consultations(connection, figures.period, figures.settings, people)
    held: dict[str, list[CountedConsultation]] = {key: [] for key in people}
    for row in rows:
        if row.verdict not in {"not_held", "cancelled"}:
            held[row.staff_id].append(row)
    return held


def _person(
    number: int, period: Period, rows: list[CountedConsultation], hours: Iterable[HoursRow], figure: Figure | None
) -> StatisticPerson:
    own = {row.month: row for row in hours if row.coach_number == number}
    months = tuple(_month(month, rows, own.get(month)) for month in period.months())
    counted = sum(month.counted for month in months)
    total = sum((row.counted_hours for row in own.values()), Decimal(0))
    missing = tuple(month for month, row in own.items() if row.missing)
    if figure is None:
        return StatisticPerson(number, months, counted, total, None, Rating.NONE, missing)
    return StatisticPerson(number, months, counted, total, figure.value, figure.rating, missing)


def _month(month: str, rows: list[CountedConsultation], hours: HoursRow | None) -> StatisticMonth:
    mine = [row for row in rows if f"{row.held_on:%Y-%m}" == month]
    counted = sum(row.verdict == COUNTS for row in mine)
    known = None if hours is None or hours.worked_hours is None else hours.counted_hours
    return StatisticMonth(
        month,
        Counter(ConsultationKind(row.kind).label for row in mine),
        Counter(Channel(row.channel).label for row in mine),
        len({row.group_id for row in mine if row.group_id is not None}),
        counted,
        known,
        Fraction(counted) / Fraction(known) if known else None,
    )
