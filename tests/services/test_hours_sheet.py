"""The sheet of hours: what is there, what is proposed, and the report's own figure beside it."""

from datetime import date
from decimal import Decimal

import pytest

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.indicators.caseload import StaffMember
from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.services.hours_sheet import (
    HoursEntry,
    HoursSheet,
    parse_hours,
    proposed_contract_hours,
    read_hours_sheet,
    save_hours,
    working_days,
)
from bjc_desktop.services.targets import read_settings
from bjc_desktop.vault import Vault
from bjc_desktop.vocabulary import Role
from tests.conftest import NOW
from tests.samples import filled

TODAY = date(2025, 12, 31)
QUARTER = parse_quarter("2025-Q3")


@pytest.fixture
def sample(vault: Vault) -> Vault:
    return filled(vault, "package")


def sheet(vault: Vault) -> HoursSheet:
    with vault.reading() as connection:
        return read_hours_sheet(connection, QUARTER, as_of=TODAY)


def save(vault: Vault, *entries: HoursEntry) -> int:
    with vault.writing(now=NOW) as session:
        return save_hours(session, entries, today=TODAY)


def coach_row(vault: Vault):
    return next(row for row in sheet(vault).rows if row.role is Role.JOB_COACH and all(c.worked for c in row.cells.values()))


def test_that_the_figure_beside_a_row_is_the_reports(sample: Vault) -> None:
    with sample.reading() as connection:
        figures = compute(connection, QUARTER, read_settings(connection), as_of=TODAY)
    for row in sheet(sample).rows:
        if row.role is Role.JOB_COACH:
            assert row.figure == figures.coach(row.staff_id).figures[3]
        else:
            assert row.figure is None
    assert dict(sheet(sample).totals) == {name: figures.scope(key).figures[3] for key, name in figures.providers.items()}


def test_that_a_deleted_month_is_missing_and_takes_the_value_away(sample: Vault) -> None:
    row = coach_row(sample)
    before = sheet(sample).missing
    assert save(sample, HoursEntry(row.staff_id, "2025-08", None, None)) == 1
    changed = next(other for other in sheet(sample).rows if other.staff_id == row.staff_id)
    assert changed.cells["2025-08"].missing
    assert changed.figure.value is None
    assert sheet(sample).missing == before + 1
    cell = row.cells["2025-08"]
    assert save(sample, HoursEntry(row.staff_id, "2025-08", cell.contract, cell.worked)) == 1
    assert next(other for other in sheet(sample).rows if other.staff_id == row.staff_id).figure == row.figure


def test_that_twice_the_hours_are_half_the_ratio(sample: Vault) -> None:
    row = coach_row(sample)
    entries = [HoursEntry(row.staff_id, month, cell.contract, 2 * cell.worked) for month, cell in row.cells.items()]
    assert save(sample, *entries) == 3
    changed = next(other for other in sheet(sample).rows if other.staff_id == row.staff_id)
    assert changed.figure.value == row.figure.value / 2
    assert save(sample, *entries) == 0


@pytest.mark.parametrize(("contract", "worked"), [(Decimal(100), None), (None, Decimal(100)), (Decimal(100), Decimal(745))])
def test_that_half_or_impossible_hours_are_refused_and_nothing_is_saved(sample: Vault, contract, worked) -> None:
    row = coach_row(sample)
    with pytest.raises(InvalidInputError):
        save(
            sample,
            HoursEntry(row.staff_id, "2025-07", Decimal(1), Decimal(1)),
            HoursEntry(row.staff_id, "2025-08", contract, worked),
        )
    assert next(other for other in sheet(sample).rows if other.staff_id == row.staff_id) == row


@pytest.mark.parametrize(
    ("month", "days"),
    [
        ("2025-05", 19),  # 1 May, the 80th anniversary of 8 May (Berlin, that year only), Ascension
        ("2026-05", 18),  # 1 May, Ascension, Whit Monday
        ("2026-03", 22),  # Women's Day on a Sunday
        ("2027-03", 20),  # Women's Day on a Monday, Good Friday, Easter Monday
        ("2025-10", 22),  # German Unity Day on a Friday; Reformation Day is none in Berlin
        ("2025-12", 21),
    ],
)
def test_that_berlins_public_holidays_are_no_working_days(month: str, days: int) -> None:
    assert len(working_days(month)) == days


def test_that_the_proposal_follows_weekly_hours_and_employment() -> None:
    member = StaffMember("1", "p", "job_coach", Decimal("39.4"), Decimal(1), date(2025, 10, 13), None)
    assert proposed_contract_hours(member, "2025-09") == 0
    assert proposed_contract_hours(member, "2025-10") == Decimal("118.20")  # 15 working days from the 13th
    assert proposed_contract_hours(member, "2025-11") == Decimal("157.60")
    unknown = StaffMember("1", "p", "job_coach", None, Decimal(1), date(2025, 10, 13), None)
    assert proposed_contract_hours(unknown, "2025-11") is None


@pytest.mark.parametrize(
    ("text", "value"), [("132.5", "132.5"), (" 132.25 ", "132.25"), ("1.234", "1234"), ("1.234,5", "1234.5"), ("98", "98")]
)
def test_that_a_point_is_a_comma_where_it_can_be_nothing_else(text: str, value: str) -> None:
    assert parse_hours(text) == Decimal(value)


@pytest.mark.parametrize("text", ["viel", "1.2.3", "132.", "1..5"])
def test_that_what_is_no_number_is_refused_with_an_example_that_fits(text: str) -> None:
    with pytest.raises(InvalidInputError, match=r"zum Beispiel 132,5 angeben"):
        parse_hours(text)
