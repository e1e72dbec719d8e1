"""A value and its target: both sides of each edge, rounding, and which year's targets are in force."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bjc_desktop.indicators.rating import decimal_text, rate, rounded, targets_in_force
from bjc_desktop.indicators.results import Rating, TargetRow
from bjc_desktop.indicators.settings import RatingRule

REACHED, TOLERANCE, BELOW, NONE = Rating.REACHED, Rating.TOLERANCE, Rating.BELOW, Rating.NONE
TARGETS = {
    code: TargetRow(code, 2024, Decimal(target), Decimal(low), None, "", substitute=False)
    for code, target, low in [
        ("a1_1", "0.22", "0.19"),
        ("consultations_per_hour", "0.35", "0.27"),
        ("correctly_closed", "1", "0.9"),
        ("measure_link", "0.5", "0.45"),
    ]
}
values = st.fractions(min_value=0, max_value=2, max_denominator=10_000)


@pytest.mark.parametrize(
    ("code", "value", "exact", "rounded_first"),
    [
        ("a1_1", "22/100", REACHED, REACHED),
        ("a1_1", "219/1000", TOLERANCE, REACHED),
        ("a1_1", "2149/10000", TOLERANCE, TOLERANCE),
        ("a1_1", "215/1000", TOLERANCE, REACHED),
        ("a1_1", "19/100", TOLERANCE, TOLERANCE),
        ("a1_1", "189/1000", BELOW, TOLERANCE),
        ("a1_1", "184/1000", BELOW, BELOW),
        ("a1_1", "0", BELOW, BELOW),
        ("a1_1", None, NONE, NONE),
        ("consultations_per_hour", "35/100", REACHED, REACHED),
        ("consultations_per_hour", "345/1000", TOLERANCE, REACHED),
        ("consultations_per_hour", "265/1000", BELOW, TOLERANCE),
        ("correctly_closed", "1", REACHED, REACHED),
        ("correctly_closed", "199/200", TOLERANCE, REACHED),
        ("correctly_closed", "9/10", TOLERANCE, TOLERANCE),
        ("measure_link", "1/2", TOLERANCE, TOLERANCE),
        ("measure_link", "501/1000", REACHED, TOLERANCE),
        ("measure_link", "505/1000", REACHED, REACHED),
        ("measure_link", "45/100", TOLERANCE, TOLERANCE),
        ("measure_link", "44/100", BELOW, BELOW),
    ],
)
def test_how_a_value_is_rated(code, value, exact, rounded_first):
    number = None if value is None else Fraction(value)
    assert rate(code, number, TARGETS[code]) is exact
    assert rate(code, number, TARGETS[code], RatingRule.ROUNDED) is rounded_first


@given(values, values, st.sampled_from(sorted(TARGETS)))
def test_that_a_greater_value_is_never_rated_worse(one, other, code):
    order = [BELOW, TOLERANCE, REACHED]
    low, high = sorted((one, other))
    for rule in RatingRule:
        assert order.index(rate(code, low, TARGETS[code], rule)) <= order.index(rate(code, high, TARGETS[code], rule))


@given(values)
def test_that_rounding_goes_half_up_and_the_text_says_the_same(value):
    assert abs(rounded(value) - value) <= Fraction(1, 200)
    assert rounded(Fraction(int(value * 100), 100) + Fraction(5, 1000)) == Fraction(int(value * 100) + 1, 100)
    assert Fraction(decimal_text(value)) == rounded(value, 6)


@pytest.mark.parametrize(
    ("years", "wanted", "used"),
    [
        ([2024], 2024, (2024, False)),
        ([2024], 2026, (2024, True)),
        ([2024], 2020, (2024, True)),
        ([2022, 2024, 2026], 2025, (2024, True)),
        ([2022, 2026], 2024, (2022, True)),
        ([2026, 2028], 2024, (2026, True)),
        ([2024, 2025], 2025, (2025, False)),
    ],
)
def test_which_years_targets_are_in_force(years, wanted, used):
    rows = [replace(TARGETS["a1_1"], year=year) for year in years]
    for order in (rows, rows[::-1]):
        found = targets_in_force(order, wanted)["a1_1"]
        assert (found.year, found.substitute) == used
