"""A figure is the same on every page and can be opened down to its cases: every scope, every indicator, every quarter."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import Connection

from bjc_desktop.indicators.catalogue import CATALOGUE
from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import calendar_year, parse_quarter, quarter
from bjc_desktop.indicators.results import ScopeKind
from bjc_desktop.services.indicator_board import offered_periods, offered_scopes, read_indicator_board
from bjc_desktop.services.indicator_cases import read_indicator_cases
from bjc_desktop.services.overview import read_live_figures
from bjc_desktop.services.targets import read_settings
from bjc_desktop.vault import Vault, open_with_key
from tests.conftest import TemplateVault
from tests.samples import filled

TODAY = date(2025, 12, 31)
PERIODS = [quarter(year, number) for year in (2024, 2025) for number in range(1, 5)] + [calendar_year(2025)]


@pytest.fixture(scope="module")
def sample(template_vault: TemplateVault, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    folder = template_vault.copy_to(tmp_path_factory.mktemp("board") / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        yield filled(vault, "package")


@pytest.fixture
def connection(sample: Vault) -> Iterator[Connection]:
    with sample.reading() as reading:
        yield reading


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.label)
@pytest.mark.parametrize("code", [indicator.code for indicator in CATALOGUE])
def test_that_the_cases_behind_every_figure_are_as_many_as_it_counts(connection: Connection, code: str, period) -> None:
    settings = read_settings(connection)
    figures = compute(connection, period, settings, as_of=TODAY)
    scopes = offered_scopes(connection, staff_id=None)
    assert {scope.kind for scope in scopes} >= {ScopeKind.COACH, ScopeKind.PROVIDER}
    for scope_id in {"all", *(scope.id for scope in scopes)}:
        figure = next(figure for figure in figures.figures_of(scope_id) if figure.code == code)
        cases = read_indicator_cases(connection, code, period, scope_id, settings)
        assert sum(case.counts for case in cases) == figure.numerator
        if code != "consultations_per_hour":
            assert len(cases) == figure.denominator
        assert all(case.name and case.label.startswith("zählt") for case in cases)
        assert all(case.label.startswith("zählt nicht") is not case.counts for case in cases)


def test_that_the_board_shows_what_overview_and_report_show(connection: Connection) -> None:
    period = parse_quarter("2025-Q4")
    figures = compute(connection, period, read_settings(connection), as_of=TODAY)
    for scope in offered_scopes(connection, staff_id=None):
        board = read_indicator_board(connection, scope, period, as_of=TODAY)
        assert board.trend[-1] == (period, board.figures)
        if scope.kind is ScopeKind.COACH:
            live = read_live_figures(connection, staff_id=scope.id, today=TODAY)
            assert live.own == board.figures == figures.coach(scope.id).figures
        else:
            assert board.figures == figures.scope(scope.id).figures
            assert {row.staff_id: row.figures for row in board.coaches} == {
                coach.id: coach.figures for coach in figures.scope(scope.id).coaches
            }


def test_that_ones_own_cases_come_first(connection: Connection) -> None:
    coach = next(scope for scope in offered_scopes(connection, staff_id=None) if scope.kind is ScopeKind.COACH)
    scopes = offered_scopes(connection, staff_id=coach.id)
    assert scopes[0] == coach
    assert len(scopes) == len(set(scopes)) == len(offered_scopes(connection, staff_id=None))


def test_that_the_running_quarter_is_the_first_period_offered() -> None:
    labels = [period.label for period in offered_periods(date(2026, 5, 2))]
    assert labels[:2] == ["2026-Q2", "2026-Q1"]
    assert len(labels) == len(set(labels))
    assert "2025" in labels
