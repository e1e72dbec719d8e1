"""The Minijob limit of each day, and what is said of a pay under it."""

import math
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from bjc_desktop.services.minijob_limits import minijob_limit, pay_warning


@pytest.mark.parametrize(
    ("day", "euro"),
    [
        ("2012-12-31", None),
        ("2013-01-01", 450),
        ("2022-09-30", 450),
        ("2022-10-01", 520),
        ("2023-12-31", 520),
        ("2024-01-01", 538),
        ("2024-12-31", 538),
        ("2025-01-01", 556),
        ("2025-12-31", 556),
        ("2026-01-01", 603),
        ("2026-12-31", 603),
        ("2027-01-01", 633),
    ],
)
def test_that_each_day_has_its_limit(day, euro):
    limit = minijob_limit(date.fromisoformat(day))
    assert (limit and limit.euro) == euro


@pytest.mark.parametrize(
    ("day", "wage"),
    [("2022-10-01", "12"), ("2024-01-01", "12.41"), ("2025-01-01", "12.82"), ("2026-01-01", "13.90"), ("2027-01-01", "14.60")],
)
def test_that_the_limit_follows_from_the_minimum_wage(day, wage):
    assert minijob_limit(date.fromisoformat(day)).euro == math.ceil(Fraction(wage) * 130 / 3)


@pytest.mark.parametrize(
    ("kind", "begin", "decided", "pay", "doubtful"),
    [
        ("employment_permanent", "2025-06-01", "2025-07-01", "556", True),
        ("employment_permanent", "2025-06-01", "2025-07-01", "556.01", False),
        ("employment_fixed_term", "2025-06-01", "2025-07-01", "300", True),
        ("employment_subsidised", "2025-06-01", "2025-07-01", "300", True),
        ("employment_permanent", "2024-12-15", "2025-01-10", "550", True),  # above 538, under 556 on the day that decides
        ("employment_permanent", "2024-12-15", "2024-12-30", "550", False),
        ("dual_training", "2025-06-01", "2025-07-01", "300", False),
        ("self_employment", "2025-06-01", "2025-07-01", "300", False),
        ("minijob", "2025-06-01", "2025-07-01", "556", False),
        ("minijob", "2025-06-01", "2025-07-01", "557", True),
        ("employment_permanent", "2012-06-01", "2012-07-01", "100", False),
    ],
)
def test_that_a_doubtful_pay_is_named(kind, begin, decided, pay, doubtful):
    outcome = {"kind": kind, "begin_on": date.fromisoformat(begin), "gross_pay": Decimal(pay)}
    assert (pay_warning(outcome, date.fromisoformat(decided)) is not None) is doubtful


def test_that_the_warning_names_amount_limit_and_day():
    outcome = {"kind": "employment_permanent", "begin_on": date(2025, 6, 1), "gross_pay": Decimal("520.5")}
    assert pay_warning(outcome, date(2025, 7, 1)) == (
        "Das Entgelt von 520,5 Euro liegt nicht über der am 01.06.2025 gültigen Minijob-Grenze von 556 Euro. "
        "Bitte die Art prüfen: ein Minijob zählt nicht für A1.1."
    )


def test_that_nothing_is_said_of_a_pay_that_is_not_known():
    assert pay_warning({"kind": "employment_permanent", "begin_on": date(2025, 6, 1)}, date(2025, 7, 1)) is None
