"""The demo looks like a provider of the programme, with the faults that the program is to find."""

from collections import Counter
from datetime import date
from statistics import mean

import pytest

from bjc_desktop.indicators.period import calendar_year, parse_quarter, quarter, quarters_up_to
from bjc_desktop.sample import DEMO
from tests.sample.figures import ENDED, FAR, Calculator, Figures, Record

_SATURDAY = 5


def _share(pair: tuple[int, float]) -> float:
    return pair[0] / pair[1]


def _years(calculator: Calculator) -> list[Figures]:
    return [calculator.of(calendar_year(year)) for year in (2024, 2025)]


def test_the_years_lie_near_the_programme(demo_calculator: Calculator) -> None:
    for year in _years(demo_calculator):
        assert _share(year.a1_1) == pytest.approx(0.27, abs=0.04)
        assert _share(year.a1_2) == pytest.approx(0.26, abs=0.03)
        assert _share(year.a4) == pytest.approx(0.14, abs=0.03)
        assert _share(year.consultations) == pytest.approx(0.35, abs=0.03)
        assert 0.9 <= _share(year.correctly_closed) <= 0.97
        assert 0.6 <= _share(year.measure_link) <= 0.72


def test_weak_quarters_lie_below_the_tolerance(demo_calculator: Calculator) -> None:
    figures = {period.label: demo_calculator.of(period) for period in quarters_up_to(quarter(2025, 4), 8)}
    assert _share(figures[DEMO.weak_integration].a1_1) < 0.19
    assert _share(figures[DEMO.weak_consultations].consultations) < 0.27
    assert _share(figures[DEMO.weak_closing].correctly_closed) < 0.9
    others = [value for label, value in figures.items() if label != DEMO.weak_integration]
    assert all(_share(value.a1_1) >= 0.19 for value in others)
    assert len({round(_share(value.a1_1), 2) for value in figures.values()}) > 4


def test_one_month_of_hours_is_missing(demo_calculator: Calculator) -> None:
    periods = quarters_up_to(quarter(2025, 4), 12)
    assert [p.label for p in periods if demo_calculator.of(p).missing_months] == ["2025-Q2"]
    assert demo_calculator.of(parse_quarter("2025-Q2")).missing_months == 1


def test_trainers_hours_are_complete(demo_calculator: Calculator) -> None:
    tables = demo_calculator.tables
    months = Counter(row["staff_id"] for row in tables["working_time"])
    trainers = [row for row in tables["staff"] if row["role"] == "employment_trainer"]
    assert [months[row["id"]] for row in trainers] == [36, 34]


def test_caseloads(demo_calculator: Calculator) -> None:
    tables = demo_calculator.tables
    active = {row["id"] for row in demo_calculator.coachings}
    for coach in (row for row in tables["staff"] if row["role"] == "job_coach"):
        for day in ("2023-09-30", "2024-03-31", "2024-12-31", "2025-06-30", "2025-12-31"):
            stock = sum(
                row["staff_id"] == coach["id"]
                and row["coaching_id"] in active
                and row["valid_from"] <= day <= (row["valid_to"] or FAR)
                for row in tables["coaching_staff"]
            )
            employed = coach["employed_from"] <= day <= (coach["employed_to"] or FAR)
            assert 22 <= stock <= 40 if employed else stock == 0


def test_worked_hours_of_a_full_position(demo_calculator: Calculator) -> None:
    tables = demo_calculator.tables
    full = {row["id"] for row in tables["staff"] if row["weekly_hours"] == "39.4" and row["role"] == "job_coach"}
    assert 130 <= mean(float(row["worked_hours"]) for row in tables["working_time"] if row["staff_id"] in full) <= 150


def test_staff_changes(demo_calculator: Calculator) -> None:
    coaches = [row for row in demo_calculator.tables["staff"] if row["role"] == "job_coach"]
    assert sum(bool(row["employed_to"]) for row in coaches) == 1
    assert sum(row["employed_from"] > "2023-01-01" for row in coaches) == 1
    assert sum(row["weekly_hours"] != "39.4" for row in coaches) == 1
    assert sum(float(row["funded_share"]) < 1 for row in coaches) == 1
    decisions = [(row["valid_from"], row["valid_to"]) for row in demo_calculator.tables["funding_decisions"]]
    assert decisions == [("2023-01-01", "2024-12-31"), ("2025-01-01", "2026-12-31")]


def _open(calculator: Calculator) -> list[Record]:
    return [row for row in calculator.coachings if not row["exit_on"]]


def test_faults_that_hang_on_the_exit(demo_calculator: Calculator) -> None:
    failed = Counter(item for row in demo_calculator.coachings if row["exit_on"] for item in demo_calculator.failed_items(row))
    assert {"consent", "master_data", "development_plan", "evidence", "closing", "on_time"} <= failed.keys()


def test_other_faults(demo_calculator: Calculator) -> None:
    tables = demo_calculator.tables
    entry = {row["id"]: row["entry_on"] for row in tables["coachings"]}
    employed = {row["id"]: row["employed_from"] for row in tables["staff"]}
    surveyed = {row["coaching_id"] for row in tables["follow_ups"]}
    assert any(not row["target_group"] for row in _open(demo_calculator))
    assert any(not row["unemployed_since"] for row in _open(demo_calculator))
    assert 1 <= sum(row["held_on"] < entry[row["coaching_id"]] for row in tables["consultations"]) <= 8
    assert sum(row["valid_from"] < employed[row["staff_id"]] for row in tables["coaching_staff"]) == 1
    due = [row["id"] for row in demo_calculator.coachings if "" < row["exit_on"] <= "2025-06-30"]
    assert 1 <= sum(id_ not in surveyed for id_ in due) <= 0.1 * len(due)
    assert any(row["status"] not in ENDED for row in tables["goals"])
    assert any(row["cancelled"] == "true" for row in tables["coachings"])


def test_life_as_it_is(demo_calculator: Calculator) -> None:
    tables = demo_calculator.tables
    people = Counter(row["coachee_id"] for row in tables["coachings"])
    assert sum(count > 1 for count in people.values()) >= 10
    assert sum(bool(row["withdrawn_on"]) for row in tables["consents"]) >= 10
    statuses = Counter(row["status"] for row in tables["consultations"])
    assert statuses.keys() == {"planned", "held", "no_show", "cancelled_by_coachee", "cancelled_by_provider"}
    groups = Counter(row["group_id"] for row in tables["consultations"] if row["group_id"])
    assert max(groups.values()) > 2
    weekends = sum(date.fromisoformat(row["held_on"]).weekday() >= _SATURDAY for row in tables["consultations"])
    assert weekends < 0.02 * len(tables["consultations"])


def test_free_text_is_varied(demo_calculator: Calculator) -> None:
    tables = demo_calculator.tables
    notes = [row["note"] for row in tables["consultations"] if row["note"]]
    assert 0.2 < len(notes) / len(tables["consultations"]) < 0.5
    assert len(set(notes)) > 0.3 * len(notes)
    assert len({row["description"] for row in tables["goals"]}) > 30
    assert len({row["evidence"] for row in tables["observations"]}) > 30
