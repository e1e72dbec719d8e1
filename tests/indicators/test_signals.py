"""Signals over several quarters, on both sides of each edge; persons per year."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from bjc_desktop.indicators.catalogue import CATALOGUE
from bjc_desktop.indicators.period import calendar_year, quarter
from bjc_desktop.indicators.results import CoachFigures, Figure, Rating, TargetRow
from bjc_desktop.indicators.signals import Funding, below_tolerance, caseload_under_key, persons_in, renewal_at_risk
from tests.samples import filled

TARGET = TargetRow("", 2024, Decimal("0.22"), Decimal("0.18"), None, "", substitute=False)
DECISION = Funding("II-2025", date(2025, 1, 1), date(2025, 12, 31))


def figures(**values) -> tuple[Figure, ...]:
    """Return six figures: those named are below tolerance with the value given (a Rating instead sets that rating)."""
    found = []
    for indicator in CATALOGUE:
        value = values.get(indicator.code)
        rating = value if isinstance(value, Rating) else Rating.BELOW if value is not None else Rating.REACHED
        number = value if isinstance(value, Fraction) else Fraction(1, 4)
        found.append(Figure(indicator.code, indicator.label, 1, Fraction(4), number, TARGET, rating, False, False, None))
    return tuple(found)


LOW = Fraction(1, 10)


@pytest.mark.parametrize(
    ("what", "history", "signalled"),
    [
        ("one quarter is not enough", [(quarter(2025, 1), figures(a1_1=LOW)), (quarter(2025, 2), figures())], []),
        ("two quarters", [(quarter(2025, 1), figures(a1_1=LOW)), (quarter(2025, 3), figures(a1_1=LOW))], ["a1_1"]),
        ("in tolerance is not below", [(quarter(2025, n), figures(a1_1=Rating.TOLERANCE)) for n in (1, 2)], []),
        ("without a value", [(quarter(2025, n), figures(a1_1=Rating.NONE)) for n in (1, 2)], []),
        ("one of them before the decision", [(quarter(2024, 4), figures(a4=LOW)), (quarter(2025, 1), figures(a4=LOW))], []),
        ("two indicators", [(quarter(2025, n), figures(a4=LOW, a1_2=LOW)) for n in (1, 2)], ["a1_2", "a4"]),
        ("each in another quarter", [(quarter(2025, 1), figures(a4=LOW)), (quarter(2025, 2), figures(a1_2=LOW))], []),
    ],
)
def test_that_two_quarters_below_tolerance_in_one_funding_period_are_a_signal(what, history, signalled) -> None:
    found = below_tolerance(history, [DECISION], history[-1][0].last)
    assert [signal.code for signal in found] == signalled, what


def test_that_a_funding_period_that_is_over_gives_no_signal() -> None:
    history = [(quarter(2025, n), figures(a1_1=LOW)) for n in (1, 2)]
    assert below_tolerance(history, [DECISION], date(2026, 3, 31)) == ()


@pytest.mark.parametrize(
    ("what", "before", "after", "signalled"),
    [
        ("both under and falling", ("0.02", "0.02"), ("0.01", "0.01"), True),
        ("unchanged is no improvement", ("0.02", "0.02"), ("0.02", "0.02"), True),
        ("one is higher in the second year", ("0.02", "0.02"), ("0.021", "0.01"), False),
        ("exactly three per cent", ("0.03", "0.02"), ("0.02", "0.02"), False),
        ("one of them above", ("0.02", "0.10"), ("0.02", "0.09"), False),
    ],
)
def test_that_two_years_under_three_per_cent_without_improvement_are_a_signal(what, before, after, signalled) -> None:
    years = {year: figures(a1_1=Fraction(a1_1), a4=Fraction(a4)) for year, (a1_1, a4) in {2024: before, 2025: after}.items()}
    assert (renewal_at_risk(years) is not None) is signalled, what


def test_that_a_year_without_a_value_is_no_signal() -> None:
    years = {year: figures(a1_1=Fraction(0), a4=Fraction(0)) for year in (2024, 2025)}
    years[2024] = tuple(replace(figure, value=None) for figure in years[2024])
    assert renewal_at_risk(years) is None


@pytest.mark.parametrize(
    ("loads", "signalled"), [(["0.7", "0.7"], False), (["0.69", "0.7"], True), ([None, "0.9"], False), ([None], False)]
)
def test_that_a_mean_load_under_the_floor_is_a_signal(loads, signalled) -> None:
    coaches = [
        CoachFigures(str(n), n, (), None, None if load is None else Fraction(load), employed=True) for n, load in enumerate(loads)
    ]
    assert (caseload_under_key(coaches, Decimal("0.7")) is not None) is signalled


def test_that_persons_are_counted_once_however_many_coachings_they_have(vault) -> None:
    filled(vault, "package")
    with vault.reading() as connection:
        counted = persons_in(connection, calendar_year(2024))
        raw = connection.exec_driver_sql(
            "SELECT coachee_id, provider_id, entry_on, exit_on FROM coachings WHERE cancelled = 0"
        ).fetchall()
    people = {row[0] for row in raw if row[2] <= "2024-12-31" and (row[3] is None or row[3] >= "2024-01-01")}
    assert counted["all"] == len(people)
    assert sum(n for key, n in counted.items() if key != "all") >= counted["all"]
