"""What the figures rest on, changed in the window: targets with their source, settings with their reason, decisions, talks."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.indicators.settings import IndicatorSettings, WindowRule
from bjc_desktop.services.foundations import read_foundations
from bjc_desktop.services.targets import read_settings
from bjc_desktop.ui.foundations.foundations_page import DECISIONS, SETTINGS, TALKS, TARGETS
from bjc_desktop.ui.foundations.setting_dialog import SettingDialog
from bjc_desktop.ui.workspace import Workspace
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def page(workspace):
    """Return the page, shown."""
    workspace.open_page("foundations", {"section": TARGETS})
    return workspace.page("foundations")


def target_of(desk, code):
    """Return the target by which the window rates the quarter."""
    quarter = parse_quarter("2025-Q3")
    figures = desk.read(lambda c: compute(c, quarter, read_settings(c), as_of=TODAY)).figures_of("all")
    return next(figure.target for figure in figures if figure.code == code)


def fill(page, code, target, low):
    """Type a target."""
    for field, text in zip(page.lines[code], (target, low), strict=True):
        field.clear()
        type_text(field, text)


def test_that_a_target_needs_its_source_and_then_rates_the_quarter(page, desk) -> None:
    assert target_of(desk, "a1_1").substitute
    fill(page, "a1_1", "23,5", "20")
    page.save_targets()
    assert "woher" in page.source_entry._message.text()
    assert target_of(desk, "a1_1").substitute
    type_text(page.source, "Bescheid II-2025-001")
    page.save_targets()
    target = target_of(desk, "a1_1")
    assert (target.target, target.tolerance_low, target.substitute) == (Decimal("0.235"), Decimal("0.2"), False)
    assert page.lines["a1_1"][0].text() == "23,5"


@pytest.mark.parametrize(("target", "low"), [("20", "25"), ("120", "10"), ("viel", "10"), ("20", "")])
def test_that_a_target_that_cannot_be_is_refused_and_stays_typed(page, desk, target, low) -> None:
    type_text(page.source, "Quelle")
    fill(page, "a4", target, low)
    page.save_targets()
    assert page._target_banner.isVisible()
    assert target_of(desk, "a4").substitute
    assert page.lines["a4"][0].text() == target
    page.refresh()
    assert page.lines["a4"][0].text() == target


def test_that_a_typed_target_outlives_the_page(page, desk, qtbot) -> None:
    fill(page, "measure_link", "55", "50")
    page.keep_drafts()
    again = Workspace(desk)
    qtbot.addWidget(again)
    again.open_page("foundations", {"section": TARGETS})
    assert [field.text() for field in again.page("foundations").lines["measure_link"]] == ["55", "50"]


def test_that_a_setting_is_changed_with_a_reason_and_says_so(page, desk) -> None:
    page.show_section(SETTINGS)
    line = next(line for line in page.foundations.settings if line.key == "window")
    page.change(line)
    dialog = QApplication.activeModalWidget()
    dialog.choice.setCurrentIndex(dialog.choice.findData("days_28"))
    dialog._accept()
    assert dialog.isVisible()
    type_text(dialog.reason, "Der Bescheid rechnet mit 28 Tagen")
    dialog._accept()
    assert desk.read(read_settings) == IndicatorSettings(window=WindowRule.DAYS_28)
    changed = next(line for line in page.foundations.settings if line.key == "window")
    assert (changed.default, changed.reason) == (False, "Der Bescheid rechnet mit 28 Tagen")


@pytest.mark.parametrize("key", ["subsidised_counts", "excluded_kinds", "checklist", "caseload_floor", "rating"])
def test_that_every_kind_of_setting_opens_with_its_value_and_saves_it_again(page, desk, key) -> None:
    before = desk.read(read_settings)
    page.change(next(line for line in page.foundations.settings if line.key == key))
    dialog = QApplication.activeModalWidget()
    type_text(dialog.reason, "Probe")
    dialog._accept()
    assert desk.read(read_settings) == before


def test_that_decisions_and_talks_are_kept(page, desk, workspace) -> None:
    def held():
        return desk.read(lambda c: read_foundations(c, year=2025))

    page.show_section(DECISIONS)
    before = len(held().decisions)
    page.decisions.begin_new()
    for name, text in (("reference", "II-2027-001"), ("valid_from", "1.1.2027"), ("valid_to", "31.12.2028")):
        page.decisions.form.fields[name].type_text(text)
    page.decisions.save()
    assert len(held().decisions) == before + 1
    page.show_section(TALKS)
    page.talks.begin_new()
    page.talks.form.fields["agreed"].type_text("Fallbesprechung alle zwei Wochen")
    page.talks.form.fields["held_on"].type_text("1.12.2025")
    page.talks.save()
    assert [talk["agreed"] for talk in held().talks] == ["Fallbesprechung alle zwei Wochen"]
    workspace.undo()
    assert held().talks == ()


def test_that_a_change_of_a_decision_is_kept_with_it(page, desk, qtbot) -> None:
    page.show_section(DECISIONS)
    page.decisions.table.selectRow(0)
    decision = page.decisions.table.current()
    page.changes.begin_new()
    type_text(page.changes.form.fields["valid_from"].line, "1.11.2025")
    type_text(page.changes.form.fields["coach_positions"].inner, "5")
    page.changes.save()
    kept = [
        row for row in desk.read(lambda c: read_foundations(c, year=2025)).changes if row["funding_decision_id"] == decision.id
    ]
    assert [row["coach_positions"] for row in kept] == [5]
    assert [row.id for row in page.changes.table.rows_model.rows] == [kept[0].id]
    page.decisions.table.selectRow(1)
    assert kept[0].id not in {row.id for row in page.changes.table.rows_model.rows}


def test_that_a_talk_and_a_change_half_typed_are_there_after_a_new_start(page, workspace, desk, qtbot) -> None:
    page.show_section(DECISIONS)
    page.changes.begin_new()
    type_text(page.changes.form.fields["reference"].line, "ÄB-1")
    page.show_section(TALKS)
    page.talks.begin_new()
    type_text(page.talks.form.fields["agreed"].inner, "Vertretung ab Januar")
    page.decisions.table.selectRow(1)
    assert page.changes.form.fields["reference"].text() != "ÄB-1"
    page.decisions.table.selectRow(0)
    workspace.keep_drafts()
    again = Workspace(desk)
    qtbot.addWidget(again)
    again.open_page("foundations", {"section": TALKS})
    assert again.page("foundations").talks.form.fields["agreed"].text() == "Vertretung ab Januar"
    assert again.page("foundations").changes.form.fields["reference"].text() == "ÄB-1"


def test_that_tab_leads_from_the_year_over_the_targets_to_their_source(page, workspace, qtbot) -> None:
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    page.year.setFocus()
    expected = [*(field for fields in page.lines.values() for field in fields), page.source, page.save_button]
    for field in expected:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is field


def test_that_the_keyboard_comes_back_to_the_setting_that_was_changed(page, workspace, qtbot) -> None:
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    page.show_section(SETTINGS)
    line = page.foundations.settings[0]
    page.change(line)
    dialog = page.findChild(SettingDialog)
    dialog.choice.setCurrentIndex(1)
    type_text(dialog.reason, "Prüfung des ESF")
    dialog._accept()
    assert not dialog.isVisible()
    workspace.activateWindow()
    qtbot.waitUntil(lambda: getattr(QApplication.focusWidget(), "text", str)() == "Ändern …", timeout=5000)
    assert QApplication.focusWidget().accessibleName() == f"{line.title}: ändern"
