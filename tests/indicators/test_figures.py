"""Every figure of the samples equals the expected one, at every scope."""

from datetime import date
from fractions import Fraction

import pytest

from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.indicators.rating import decimal_text
from bjc_desktop.indicators.settings import IndicatorSettings, WindowRule
from bjc_desktop.vault import open_with_key
from tests.samples import expected, filled

AS_OF = date(2026, 3, 1)
CASES = [
    ("worked", "2025-Q3", "worked-expected-2025-Q3.json"),
    ("edges", "2025-Q3", "edges-expected-2025-Q3.json"),
    ("package", "2024-Q2", "expected-2024-Q2.json"),
    ("package", "2024-Q4", "expected-2024-Q4.json"),
    ("package", "2025-Q1", "expected-2025-Q1.json"),
    ("package", "2025-Q3", "expected-2025-Q3.json"),
]


@pytest.fixture(scope="module")
def sample_vaults(template_vault, tmp_path_factory):
    vaults = {}
    for package in ("worked", "edges", "package"):
        folder = template_vault.copy_to(tmp_path_factory.mktemp(package) / "tresor")
        vaults[package] = filled(open_with_key(folder, template_vault.secrets), package)
    yield vaults
    for vault in vaults.values():
        vault.close()


def compare(figure, wanted):
    assert figure.numerator == wanted["numerator"]
    assert figure.denominator == Fraction(str(wanted["denominator"]))
    value = None if figure.value is None else decimal_text(figure.value)
    assert value == (None if wanted["value"] is None else f"{wanted['value']:.6f}")
    assert figure.rating.value == wanted["rating"]
    if "surveyed" in wanted:
        assert figure.details["surveyed"] == wanted["surveyed"]
    if "missing_months" in wanted:
        assert len(figure.details["missing_months"]) == wanted["missing_months"]


@pytest.mark.parametrize(("package", "quarter", "file"), CASES)
def test_that_every_figure_equals_the_expected_one(sample_vaults, package, quarter, file):
    with sample_vaults[package].reading() as connection:
        figures = compute(connection, parse_quarter(quarter), IndicatorSettings(), as_of=AS_OF)
    for scope_id, wanted in expected(file).items():
        scope = figures.scope(scope_id)
        assert [figure.code for figure in scope.figures] == list(wanted["indicators"])
        for figure in scope.figures:
            compare(figure, wanted["indicators"][figure.code])
        caseload = scope.caseload
        values = [caseload.minimum, caseload.maximum, caseload.median]
        if wanted["caseload"] is None:
            assert values == [None, None, None]
        else:
            assert [decimal_text(value) for value in values] == [
                f"{wanted['caseload'][key]:.6f}" for key in ("min", "max", "median")
            ]
        coaches = {coach.id: coach for coach in scope.coaches}
        for coach_id, rows in wanted.get("coaches", {}).items():
            for figure in coaches[coach_id].figures:
                compare(figure, rows[figure.code])


def test_that_a_job_on_the_last_day_of_the_month_does_not_count_within_28_days(sample_vaults):
    with sample_vaults["worked"].reading() as connection:
        settings = IndicatorSettings(window=WindowRule.DAYS_28)
        figures = compute(connection, parse_quarter("2025-Q3"), settings, as_of=AS_OF).scope("all").figures
    assert (figures[0].numerator, figures[0].denominator) == (1, 6)


def test_that_an_empty_quarter_has_no_values(sample_vaults):
    with sample_vaults["worked"].reading() as connection:
        figures = compute(connection, parse_quarter("2019-Q1"), IndicatorSettings(), as_of=AS_OF).scope("all").figures
    assert {figure.value for figure in figures} == {None}
    assert {figure.rating.value for figure in figures} == {"none"}


@pytest.mark.parametrize(
    ("as_of", "provisional"),
    [
        (date(2025, 9, 30), [True] * 6),
        (date(2025, 10, 1), [True, False, True, False, True, False]),
        (date(2025, 10, 29), [True, False, True, False, True, False]),
        (date(2025, 10, 30), [False] * 6),
    ],
)
def test_that_a_value_is_provisional_while_it_can_change(sample_vaults, as_of, provisional):
    with sample_vaults["worked"].reading() as connection:
        figures = compute(connection, parse_quarter("2025-Q3"), IndicatorSettings(), as_of=as_of).scope("all").figures
    assert [figure.provisional for figure in figures] == provisional
