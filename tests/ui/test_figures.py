"""The indicators page: the same figure as everywhere, down to the case and its verdict."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from bjc_desktop.indicators.results import Rating, ScopeKind
from bjc_desktop.services.foundations import save_target
from bjc_desktop.services.indicator_board import offered_scopes
from bjc_desktop.ui.figures.figures_page import COACHES, TREND
from bjc_desktop.ui.shared.figure_grid import FigureGrid, figure_words
from bjc_desktop.ui.shared.indicator_bar import IndicatorBar
from bjc_desktop.ui.shared.labels import Banner
from bjc_desktop.ui.shared.theme import theme
from tests.ui.typing_keys import type_text


@pytest.fixture
def page(workspace, qtbot):
    """Return the page, read."""
    workspace.open_page("figures")
    page = workspace.page("figures")
    wait(page, qtbot)
    return page


def wait(page, qtbot):
    """Wait for what is read behind the window."""
    qtbot.waitUntil(lambda: "Stand" in page.subtitle.text(), timeout=10_000)


def test_that_a_figure_of_the_overview_opens_its_cases(workspace, qtbot) -> None:
    overview = workspace.page("overview")
    qtbot.waitUntil(lambda: bool(overview.findChildren(FigureGrid)), timeout=10_000)
    own = overview.findChildren(FigureGrid)[0]
    words = own.buttons["correctly_closed"].accessibleName()
    qtbot.keyClick(own.buttons["correctly_closed"], Qt.Key.Key_Return)
    page = workspace.page("figures")
    assert workspace.stack.currentWidget() is page
    wait(page, qtbot)
    figure = page._figure(page.board.figures)
    assert words == f"{figure.label}: {figure_words(figure)}"
    assert len(page.table.rows_model.rows) == figure.denominator
    assert sum(case.counts for case in page.table.rows_model.rows) == figure.numerator


@pytest.mark.parametrize("code", ["a1_1", "a1_2", "a4", "consultations_per_hour", "correctly_closed", "measure_link"])
def test_that_every_figure_of_every_scope_opens_down_to_a_case_file(page, workspace, qtbot, code) -> None:
    for scope in page.desk.read(lambda connection: offered_scopes(connection, staff_id=None)):
        page.open_at({"scope_id": scope.id, "code": code, "period": "2025-Q3"})
        page.subtitle.clear()
        page.refresh()
        wait(page, qtbot)
        figure = page._figure(page.board.figures)
        assert sum(case.counts for case in page.cases) == figure.numerator
        assert page._words.text() == figure_words(figure)
    assert page.table.rows_model.rows
    page.open_case(page.table.rows_model.rows[0])
    assert workspace.place()[0] in {"closing", "follow_ups", "case_file"}


def test_that_the_reasons_add_up_to_all_cases(page, qtbot) -> None:
    page.open_at({"scope_id": page.scope.itemData(1).id, "code": "a1_1", "period": "2025-Q3"})
    page.subtitle.clear()
    page.refresh()
    wait(page, qtbot)
    shown = 0
    for at in range(1, page.verdicts.count()):
        page.verdicts.setCurrentIndex(at)
        page.verdicts.activated.emit(at)
        shown += len(page.table.rows_model.rows)
    assert shown == len(page.cases) > 0


def test_that_trend_and_coaches_show_the_same_figure(page, workspace, qtbot) -> None:
    page.open_at({"scope_id": page.scope.itemData(1).id, "code": "measure_link", "period": "2025-Q3"})
    page.subtitle.clear()
    page.refresh()
    wait(page, qtbot)
    figure = page._figure(page.board.figures)
    page.show_view(TREND)
    assert figure_words(figure) in page.trend.accessibleDescription()
    page.show_view(COACHES)
    rows = page.coaches.rows_model.rows
    assert rows
    page._open_coach(rows[0])
    qtbot.waitUntil(lambda: page.board.scope.id == rows[0].staff_id, timeout=10_000)
    assert page.board.figures == rows[0].figures


def test_that_a_talk_is_recorded_against_its_signal(page, workspace, desk, qtbot) -> None:
    def show():
        provider = next(
            scope for scope in desk.read(lambda c: offered_scopes(c, staff_id=None)) if scope.kind is ScopeKind.PROVIDER
        )
        page.open_at({"scope_id": provider.id, "code": "a1_1", "period": "2025-Q3"})
        page.subtitle.clear()
        page.refresh()
        wait(page, qtbot)
        return next(signal for signal in page.board.signals if signal.line.code is not None)

    for year in (2024, 2025):  # a target that nobody reaches, so that there is a signal
        desk.write(
            lambda s, year=year: save_target(s, year, "a1_1", target=Decimal(99), tolerance_low=Decimal(98), source="Test")
        )
    signal = show()
    assert signal.talks == ()
    banner = next(made for made in page.findChildren(Banner) if made.text() == signal.line.text)
    banner.findChild(QPushButton).click()
    talks = workspace.page("foundations").talks
    assert workspace.place()[0] == "foundations"
    assert talks.form.value("code") == signal.line.code
    type_text(talks.form.fields["agreed"].inner, "Zwei Veranstaltungen mit Betrieben")
    talks.save()
    workspace.open_page("figures")
    signal = show()
    assert [talk["agreed"] for talk in signal.talks] == ["Zwei Veranstaltungen mit Betrieben"]
    assert any("Zwei Veranstaltungen" in made.text() for made in page.findChildren(Banner))


def test_that_coming_back_leads_to_the_reason_and_the_row(page, workspace, qtbot) -> None:
    page.open_at({"scope_id": page.scope.itemData(1).id, "code": "correctly_closed", "period": "2025-Q3"})
    page.subtitle.clear()
    page.refresh()
    wait(page, qtbot)
    page.verdicts.setCurrentIndex(1)
    page.verdicts.activated.emit(1)
    reason, last = page.verdicts.currentData(), page.table.rows_model.rows[-1]
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_End)
    assert page.table.current() == last
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    assert workspace.place()[0] == "closing"
    page.subtitle.clear()
    workspace.go_back()
    wait(page, qtbot)
    assert workspace.stack.currentWidget() is page
    assert page.verdicts.currentData() == reason
    assert page.table.current() == last
    assert page._code == "correctly_closed"


def test_that_tab_goes_from_the_figures_to_their_cases(page, workspace, qtbot) -> None:
    page.open_at({"scope_id": page.scope.itemData(1).id, "code": "a1_2", "period": "2025-Q3"})
    page.subtitle.clear()
    page.refresh()
    wait(page, qtbot)
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    page.grid.buttons["measure_link"].setFocus()
    reached = []
    while QApplication.focusWidget() is not page.table and len(reached) < 6:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        reached.append(QApplication.focusWidget())
    assert reached[-1] is page.table


def test_that_a_chosen_row_keeps_the_colour_of_its_verdict(page, qtbot) -> None:
    page.open_at({"scope_id": page.scope.itemData(1).id, "code": "a1_1", "period": "2025-Q3"})
    page.subtitle.clear()
    page.refresh()
    wait(page, qtbot)
    at = next(n for n, case in enumerate(page.table.rows_model.rows) if case.counts)
    page.table.selectRow(at)
    cell = page.table.visualRect(page.table.rows_model.index(at, 2))
    picture = page.table.viewport().grab(cell).toImage()
    good = theme().colour("good")
    near = [
        (x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if max(abs(a - b) for a, b in zip(picture.pixelColor(x, y).getRgb()[:3], good.getRgb()[:3], strict=True)) < 12
    ]
    assert near


@pytest.mark.parametrize("code", ["a1_1", "a1_2", "correctly_closed", "measure_link"])
def test_that_the_list_of_cases_scrolls_and_not_the_page_around_it(page, workspace, qtbot, code) -> None:
    page.open_at({"scope_id": page.scope.itemData(1).id, "code": code, "period": "2025-Q3"})
    page.subtitle.clear()
    page.refresh()
    wait(page, qtbot)
    QCoreApplication.processEvents()
    assert page._scroller.verticalScrollBar().maximum() == 0
    assert page.table.rows_within(page.table.height()) >= 4


def test_that_a_target_that_must_be_exceeded_says_so(page, qtbot) -> None:
    words = {figure.code: figure_words(figure) for figure in page.board.figures}
    assert "Soll > 50,0" in words["measure_link"]
    assert not any(">" in text for code, text in words.items() if code != "measure_link")


def test_that_the_chosen_case_is_said_in_full(page, qtbot) -> None:
    page.open_at({"scope_id": page.scope.itemData(1).id, "code": "a1_2", "period": "2025-Q3"})
    page.subtitle.clear()
    page.refresh()
    wait(page, qtbot)
    at, case = next((at, case) for at, case in enumerate(page.table.rows_model.rows) if not case.counts)
    page.table.selectRow(at)
    assert page._case.text() == f"{case.name} (JobCoach {case.coach}): {case.label.removeprefix('zählt nicht: ')}"


def test_that_two_groups_of_figures_have_bars_of_one_width_whatever_they_show(page, qtbot) -> None:
    widths = []
    for rating, value in ((Rating.NONE, None), (Rating.TOLERANCE, 1)):
        grid = FigureGrid(
            [replace(figure, rating=rating, value=value) for figure in page.board.figures], page.board.period, lambda _: None
        )
        qtbot.addWidget(grid)
        grid.resize(480, 300)
        grid.show()
        widths += [bar.width() for bar in grid.findChildren(IndicatorBar)]
    assert len(set(widths)) == 1


def test_that_the_page_says_whose_targets_serve_and_what_stands_with_a_figure(page, desk, qtbot) -> None:
    page.open_at({"period": "2025-Q3", "code": "a1_2", "scope_id": page.board.scope.id})
    page.refresh()
    wait(page, qtbot)
    grid = " ".join(shown.text() for shown in page.grid.findChildren(QLabel))
    assert "Für 2025 sind keine eigenen Sollwerte hinterlegt; es gelten die von 2024." in grid
    about = page._definition.text().partition("\n")[0]
    assert about.startswith("Austritte 01.01.2025–31.03.2025. Rücklauf ")


def test_that_the_persons_of_the_year_stand_below_the_figures_of_a_provider(page, qtbot) -> None:
    provider = next(
        page.scope.itemData(at).id for at in range(page.scope.count()) if page.scope.itemData(at).kind is ScopeKind.PROVIDER
    )
    page.open_at({"period": "2024", "code": "a1_1", "scope_id": provider})
    page.refresh()
    wait(page, qtbot)
    assert re.fullmatch(r"Gecoachte Personen 2024: \d+\.", page.board.persons)
    assert page.board.persons in [shown.text() for shown in page.findChildren(QLabel)]


def test_that_who_had_left_before_the_period_has_no_line(page, desk, qtbot) -> None:
    provider = next(
        page.scope.itemData(at) for at in range(page.scope.count()) if page.scope.itemData(at).kind is ScopeKind.PROVIDER
    )
    page.open_at({"period": "2025-Q3", "code": "a1_1", "scope_id": provider.id, "view": COACHES})
    page.refresh()
    wait(page, qtbot)
    left = {
        row.id for row in desk.read(lambda c: c.exec_driver_sql("SELECT id FROM staff WHERE employed_to < '2025-07-01'").all())
    }
    assert left
    assert not left & {row.staff_id for row in page.coaches.rows_model.rows}


def test_that_any_span_of_days_can_be_counted(page, desk, qtbot) -> None:
    assert page.free_period.isHidden()
    page.scope.setCurrentIndex(page.scope.count() - 1)
    page.period.setFocus()
    qtbot.keyClick(page.period, Qt.Key.Key_End)
    wait(page, qtbot)
    assert page.free_period.isVisible()
    for name, day in (("first", "15.3.2025"), ("last", "20.5.2025")):
        page.free_period.fields[name].line.clear()
        type_text(page.free_period.fields[name].line, day)
    page.subtitle.clear()
    qtbot.keyClick(page.free_period.fields["last"].line, Qt.Key.Key_Return)
    wait(page, qtbot)
    assert "15.03.2025 bis 20.05.2025" in page.subtitle.text()
    assert (page.board.period.first, page.board.period.last) == (date(2025, 3, 15), date(2025, 5, 20))
    assert all(date(2025, 3, 15) <= case.day <= date(2025, 5, 20) for case in page.cases)
    assert sum(case.counts for case in page.cases) == page._figure(page.board.figures).numerator
    qtbot.keyClick(page.period, Qt.Key.Key_Home)
    assert page.free_period.isHidden()
