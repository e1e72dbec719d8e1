"""The team as the provider sees it: who works how much, with which caseload, against which key, and what lies ahead."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection, text, true

from bjc_desktop.indicators.caseload import FULL_TIME_HOURS, KEY_LONG, KEY_SHORT, read_staff, staff_loads
from bjc_desktop.indicators.period import Period, add_months, month_end
from bjc_desktop.indicators.settings import IndicatorSettings
from bjc_desktop.models import Staff, StaffQualification
from bjc_desktop.services.case_file import CaseRow, full_name, read_rows
from bjc_desktop.services.covers import Cover, read_covers
from bjc_desktop.services.overview import CoachLoad, read_caseload
from bjc_desktop.services.requirement_profile import Requirement, RequirementState, read_requirements
from bjc_desktop.services.targets import read_settings
from bjc_desktop.vocabulary import QualificationKind, Role

MONTHS_BACK, MONTHS_AHEAD = 6, 3
_WITH_CASES = (Role.JOB_COACH, Role.EMPLOYMENT_TRAINER)
OVERLOAD = Fraction(13, 10)
"""From here on a caseload is an overload."""


@dataclass(frozen=True, slots=True)
class MonthLoad:
    """Stock and load on a month end."""

    day: date
    stock: Fraction | None
    load: Fraction | None


@dataclass(frozen=True, slots=True)
class TeamMember:
    """A member of staff."""

    row: CaseRow
    name: str
    role: Role
    employed: bool
    """Today."""
    load: CoachLoad | None
    """The caseload today; None for who has none."""
    months: tuple[MonthLoad, ...]
    """The last month ends, the oldest first; only for coaches and trainers."""
    requirements: tuple[Requirement, ...]
    qualifications: tuple[CaseRow, ...]
    covered: tuple[Cover, ...] = ()
    """Who stands in for them today, the first to end first."""

    def further_training(self, year: int) -> tuple[int, int]:
        """Return the hours of further training: in *year*, and in all."""
        hours = [
            (row["obtained_on"], row["hours"] or 0)
            for row in self.qualifications
            if row["kind"] == QualificationKind.FURTHER_TRAINING.value
        ]
        return sum(n for day, n in hours if day is not None and day.year == year), sum(n for _, n in hours)

    @property
    def missing(self) -> int:
        """How many items of the requirement profile are missing."""
        return sum(item.state is RequirementState.MISSING for item in self.requirements)


@dataclass(frozen=True, slots=True)
class Positions:
    """Funded positions of a role under the decisions in force, and how many of them are filled (full-time equivalents)."""

    role: Role
    funded: int | None
    filled: Fraction


@dataclass(frozen=True, slots=True)
class Ahead:
    """How many coachings run on a day to come, as far as entries and planned ends are known."""

    day: date
    running: int


@dataclass(frozen=True, slots=True)
class TeamWarning:
    """What is to be looked after, and about whom."""

    title: str
    people: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return it in one line, with the name where it is one person."""
        return f"{self.title}: {self.people[0] if len(self.people) == 1 else f'{len(self.people)} Personen'}"


@dataclass(frozen=True, slots=True)
class TeamBoard:
    """Everybody of the staff (who is employed first, by name), the caseloads together, the positions, and what lies ahead."""

    members: tuple[TeamMember, ...]
    smallest: int | None
    largest: int | None
    median: Fraction | None
    """Of the stocks of the job coaches today."""
    positions: tuple[Positions, ...]
    ahead: tuple[Ahead, ...]
    warnings: tuple[TeamWarning, ...]


def read_team_board(connection: Connection, *, today: date) -> TeamBoard:
    """Return the team with its caseloads of today and of the last month ends."""
    settings = read_settings(connection)
    rows = read_rows(connection, Staff, true(), Staff.family_name, Staff.given_name)
    requirements = read_requirements(connection, {row.id: Role(row["role"]) for row in rows}, today=today)
    loads = {load.staff_id: load for load in read_caseload(connection, None, today, _WITH_CASES)}
    months, covers = _months(connection, today), read_covers(connection, today=today)
    qualifications: dict[str, list[CaseRow]] = {}
    for row in read_rows(connection, StaffQualification, true(), StaffQualification.obtained_on):
        qualifications.setdefault(row["staff_id"], []).append(row)
    members = [
        TeamMember(
            row,
            full_name(row.values),
            Role(row["role"]),
            row["employed_from"] <= today and (row["employed_to"] is None or row["employed_to"] >= today),
            loads.get(row.id),
            months.get(row.id, ()),
            requirements[row.id],
            tuple(qualifications.get(row.id, ())),
            tuple(cover for cover in covers if cover.absent_id == row.id),
        )
        for row in rows
    ]
    members.sort(key=lambda member: (not member.employed, list(Role).index(member.role)))
    stocks = sorted(member.load.stock for member in members if member.load is not None and member.role is Role.JOB_COACH)
    return TeamBoard(
        tuple(members),
        stocks[0] if stocks else None,
        stocks[-1] if stocks else None,
        _median(stocks),
        _positions(connection, members, today),
        _ahead(connection, today),
        _warnings(members, settings),
    )


def _median(stocks: list[int]) -> Fraction | None:
    if not stocks:
        return None
    middle = len(stocks) // 2
    return Fraction(stocks[middle]) if len(stocks) % 2 else Fraction(stocks[middle - 1] + stocks[middle], 2)


def _months(connection: Connection, today: date) -> Mapping[str, tuple[MonthLoad, ...]]:
    staff, found = read_staff(connection), {}
    first = add_months(today.replace(day=1), -MONTHS_BACK)
    ends = [month_end(add_months(first, number)) for number in range(MONTHS_BACK)]
    by_day = {day: staff_loads(connection, Period("", day.replace(day=1), day), staff) for day in ends}
    for staff_id in staff:
        found[staff_id] = tuple(MonthLoad(day, by_day[day][staff_id].caseload, by_day[day][staff_id].load) for day in ends)
    return found


_CHANGED = (
    "coalesce((SELECT f.{0} FROM funding_changes f WHERE f.funding_decision_id = d.id AND f.valid_from <= :today "
    "AND f.{0} IS NOT NULL ORDER BY f.valid_from DESC, f.id DESC LIMIT 1), d.{0})"
)
_FUNDED = text(
    f"SELECT sum({_CHANGED.format('coach_positions')}) AS coaches, sum({_CHANGED.format('trainer_positions')}) AS trainers "
    "FROM funding_decisions d WHERE d.valid_from <= :today AND d.valid_to >= :today"
)


def _positions(connection: Connection, members: list[TeamMember], today: date) -> tuple[Positions, ...]:
    row = connection.execute(_FUNDED, {"today": today.isoformat()}).one()
    funded = {Role.JOB_COACH: row.coaches, Role.EMPLOYMENT_TRAINER: row.trainers}
    return tuple(
        Positions(role, number, sum((_filled(m) for m in members if m.employed and m.role is role), Fraction(0)))
        for role, number in funded.items()
    )


def _filled(member: TeamMember) -> Fraction:
    """Return the funded full-time equivalent; without weekly hours a whole position."""
    hours, share = member.row["weekly_hours"], member.row["funded_share"]
    time = Fraction(1) if hours is None else Fraction(hours) / Fraction(FULL_TIME_HOURS)
    return time * (Fraction(1) if share is None else Fraction(share))


_RUNNING = text(
    "SELECT count(*) FROM coachings WHERE cancelled = 0 AND entry_on <= :day AND coalesce(exit_on, '9999-12-31') >= :day "
    "AND (exit_on IS NOT NULL OR planned_end_on IS NULL OR planned_end_on >= :day)"
)


def _ahead(connection: Connection, today: date) -> tuple[Ahead, ...]:
    days = [today, *(month_end(add_months(today.replace(day=1), number)) for number in range(1, MONTHS_AHEAD + 1))]
    return tuple(Ahead(day, connection.execute(_RUNNING, {"day": day.isoformat()}).scalar_one()) for day in days)


def _warnings(members: list[TeamMember], settings: IndicatorSettings) -> tuple[TeamWarning, ...]:
    """Return whose caseload is far from the key of their role, and whose profile is incomplete."""
    found: dict[str, list[str]] = {}
    for member in members:
        if not member.employed:
            continue
        title = _far_from_key(member, settings)
        if title is not None:
            found.setdefault(title, []).append(member.name)
        if member.missing:
            found.setdefault("Anforderungsprofil unvollständig", []).append(f"{member.name} ({member.missing})")
    return tuple(TeamWarning(title, tuple(people)) for title, people in found.items())


def _far_from_key(member: TeamMember, settings: IndicatorSettings) -> str | None:
    load = None if member.load is None else member.load.load
    if load is None:
        return None
    trainer = member.role is Role.EMPLOYMENT_TRAINER
    key = f"1:{KEY_SHORT}" if trainer else f"1:{KEY_LONG} und 1:{KEY_SHORT}"
    if load >= OVERLOAD:
        return f"deutlich über dem Schlüssel ({key})"
    if not trainer and not member.covered and load < Fraction(settings.caseload_floor):
        return f"deutlich unter dem Schlüssel ({key})"
    return None
