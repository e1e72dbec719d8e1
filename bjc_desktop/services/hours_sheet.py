"""The hours of a quarter, staff by months: what is there, what is missing, and what the consultations per hour become.

Contract hours are proposed from the weekly hours and the working days of the month in Berlin (Monday to Friday without public
holidays). The figure beside each row is the report's own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, select, text
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.indicators.caseload import StaffMember, read_staff
from bjc_desktop.indicators.figures import compute_indicators, counted_months
from bjc_desktop.indicators.period import Period, month_end
from bjc_desktop.indicators.results import Figure
from bjc_desktop.models import WorkingTime
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.row_editing import add_row, change_row, delete_row
from bjc_desktop.services.row_titles import fields_of
from bjc_desktop.services.targets import read_settings
from bjc_desktop.services.typed_values import parse_decimal, problem_of
from bjc_desktop.vocabulary import Role

HALF = "Bitte Sollstunden und Arbeitsstunden angeben."
NO_HOURS = "Das ist keine Zahl. Bitte zum Beispiel 132,5 angeben."
_POINT = re.compile(r"\s*(\d{1,4})\.(\d{1,2})\s*")
_RATIO = 3
"""The place of the consultations per hour among the six figures."""
_WORKING_DAYS_PER_WEEK = 5
_HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class HoursCell:
    """A month of a member of staff; hours are None where nothing is recorded."""

    employed: bool
    contract: Decimal | None
    worked: Decimal | None
    missing: bool
    """A job coach's finished month without hours: the quarter has no value until it is filled in."""
    proposed: Decimal | None
    """Contract hours from the weekly hours and the working days; None where the weekly hours are not known."""


@dataclass(frozen=True, slots=True)
class HoursRow:
    """A member of staff with the months of the quarter."""

    staff_id: str
    name: str
    role: Role
    cells: Mapping[str, HoursCell]
    figure: Figure | None
    """The consultations per hour of a job coach; None for trainers, whose hours are recorded and not counted."""


@dataclass(frozen=True, slots=True)
class HoursSheet:
    """Everybody who was employed on a day of the quarter: job coaches first, then trainers, by name."""

    period: Period
    as_of: date
    months: tuple[str, ...]
    rows: tuple[HoursRow, ...]
    totals: tuple[tuple[str, Figure], ...]
    """Each provider's name and figure."""

    @property
    def missing(self) -> int:
        """How many months of job coaches are missing."""
        return sum(cell.missing for row in self.rows for cell in row.cells.values())


@dataclass(frozen=True, slots=True)
class HoursEntry:
    """What is to be saved for a month: both hours, or None for both to delete what is there."""

    staff_id: str
    month: str
    contract: Decimal | None
    worked: Decimal | None


def read_hours_sheet(connection: Connection, period: Period, *, as_of: date) -> HoursSheet:
    """Return the sheet of *period* with data as of *as_of*."""
    figures = compute_indicators(connection, period, read_settings(connection), as_of=as_of)
    saved = {(row.staff_id, row.month): row for row in connection.execute(_saved(period))}
    rows = []
    names = {row.id: full_name(row.given_name, row.family_name) for row in connection.execute(_NAMES)}
    for member in read_staff(connection).values():
        employed = dict(counted_months(member, period))
        if not employed:
            continue
        coach = member.role == Role.JOB_COACH.value
        cells = {
            month: _cell(member, month, employed.get(month), saved.get((member.id, month)), as_of, coach=coach)
            for month in period.months()
        }
        figure = figures.figures_of(member.id)[_RATIO] if coach else None
        rows.append(HoursRow(member.id, names[member.id], Role(member.role), cells, figure))
    roles, places = list(Role), {staff_id: place for place, staff_id in enumerate(names)}
    rows.sort(key=lambda row: (roles.index(row.role), places[row.staff_id]))
    totals = tuple((name, figures.figures_of(key)[_RATIO]) for key, name in figures.providers.items())
    return HoursSheet(period, as_of, tuple(period.months()), tuple(rows), totals)


_NAMES = text("SELECT id, given_name, family_name FROM staff ORDER BY family_name, given_name, id")


def _saved(period: Period) -> Select[Any]:
    time = WorkingTime.__table__.c
    columns = (time.staff_id, time.month, time.contract_hours, time.worked_hours)
    return select(*columns).where(time.month.in_(list(period.months())))


def _cell(member: StaffMember, month: str, last: date | None, row: Any, as_of: date, *, coach: bool) -> HoursCell:
    contract, worked = (None, None) if row is None else (row.contract_hours, row.worked_hours)
    missing = coach and row is None and last is not None and last <= as_of
    proposed = None if last is None else proposed_contract_hours(member, month)
    return HoursCell(last is not None, contract, worked, missing, proposed)


# --- the proposal ---------------------------------------------------------------------------------------------------------------


def proposed_contract_hours(member: StaffMember, month: str) -> Decimal | None:
    """Return the weekly hours over the month's working days on which *member* was employed, or None without weekly hours."""
    if member.weekly_hours is None:
        return None
    days = sum(member.employed_on(day) for day in working_days(month))
    hours = member.weekly_hours / _WORKING_DAYS_PER_WEEK * days
    return hours.quantize(_HUNDREDTH, ROUND_HALF_UP)


@lru_cache(maxsize=64)
def working_days(month: str) -> tuple[date, ...]:
    """Return the working days of *month* (``YYYY-MM``) in Berlin: Monday to Friday without public holidays."""
    from holidays.countries.germany import Germany  # noqa: PLC0415 - takes a while, and only this asks

    first = date.fromisoformat(f"{month}-01")
    free = Germany(subdiv="BE", years=first.year)
    days = (first + timedelta(days=number) for number in range(month_end(first).day))
    return tuple(day for day in days if day.weekday() < _WORKING_DAYS_PER_WEEK and day not in free)


# --- saving ---------------------------------------------------------------------------------------------------------------------


def parse_hours(text: str) -> Decimal | None:
    """Return the hours that *text* says, or None for an empty text; a point before one or two digits can only be a comma here.

    Raises
    ------
    InvalidInputError
        where the text is no number.
    """
    point = _POINT.fullmatch(text)
    try:
        return parse_decimal(text if point is None else f"{point[1]},{point[2]}")
    except InvalidInputError as error:
        raise InvalidInputError({"value": NO_HOURS}) from error


def problem_of_hours(field: str, value: Decimal | None) -> str | None:
    """Return what is wrong with *value* in the field *field* (``contract_hours`` or ``worked_hours``), or None."""
    return None if value is None else problem_of(fields_of("working_time")[field], value)


def save_hours(session: Session, entries: Iterable[HoursEntry], *, today: date) -> int:
    """Save, change or delete the hours of months, in one transaction; return how many months differ from before.

    Raises
    ------
    InvalidInputError
        where one of both hours is missing or a value is none; nothing was saved.
    """
    changed = 0
    time = WorkingTime.__table__.c
    for entry in entries:
        if (entry.contract is None) is not (entry.worked is None):
            raise InvalidInputError({"worked_hours": HALF})
        query = select(time.id, time.contract_hours, time.worked_hours)
        row = session.execute(query.where(time.staff_id == entry.staff_id, time.month == entry.month)).one_or_none()
        values = {"contract_hours": entry.contract, "worked_hours": entry.worked}
        if entry.contract is None:
            if row is not None:
                delete_row(session, WorkingTime, row.id)
        elif row is None:
            add_row(session, WorkingTime, {"staff_id": entry.staff_id, "month": entry.month, **values}, today=today)
        else:
            change_row(session, WorkingTime, row.id, values, today=today)
        before = (None, None) if row is None else (row.contract_hours, row.worked_hours)
        changed += before != (entry.contract, entry.worked)
    return changed
