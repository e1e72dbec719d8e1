"""Closing a coaching in the window, and what the desk of the surveys and the data quality make of it."""

import pytest
from PySide6.QtCore import Qt

from bjc_desktop.services.closing import prepare_closing
from bjc_desktop.services.targets import read_settings
from bjc_desktop.ui.shared.reason_dialog import ReasonDialog
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def page(workspace):
    """Return the closing of a running coaching."""
    page = workspace.page("closing")
    workspace.open_page("closing", page.sample_places()["closing"])
    return page


def choose(field, value):
    """Choose *value* as a user does."""
    field.box.setCurrentIndex(field.box.findData(value))
    field.box.activated.emit(field.box.currentIndex())


def test_that_what_the_exit_counts_for_follows_what_is_typed(page, qtbot) -> None:
    type_text(page.form.fields["exit_on"].line, "heute")
    page.add_outcome.setChecked(True)
    choose(page.outcome.fields["kind"], "minijob")
    type_text(page.outcome.fields["begin_on"].line, "heute")
    qtbot.waitUntil(lambda: any(v.verdict == "minijob" for v in page.state.verdicts), timeout=3000)
    choose(page.outcome.fields["kind"], "employment_permanent")
    qtbot.waitUntil(lambda: page.state.verdicts[0].counts, timeout=3000)


def test_that_a_pay_under_the_limit_of_that_day_is_questioned(page, qtbot) -> None:
    type_text(page.form.fields["exit_on"].line, "heute")
    page.add_outcome.setChecked(True)
    choose(page.outcome.fields["kind"], "employment_permanent")
    type_text(page.outcome.fields["begin_on"].line, "heute")
    type_text(page.outcome.fields["gross_pay"].line, "500")
    qtbot.waitUntil(lambda: "556" in page.pay.text(), timeout=3000)


def test_that_an_exit_is_saved_says_the_six_month_date_and_can_be_taken_back(page, desk, qtbot) -> None:
    type_text(page.form.fields["exit_on"].line, "9.12.2025")
    choose(page.form.fields["exit_reason"], "planned_end")
    choose(page.form.fields["status_at_exit"], "unemployed")
    qtbot.waitUntil(page.save_button.isEnabled, timeout=3000)
    qtbot.mouseClick(page.save_button, Qt.MouseButton.LeftButton)
    assert "09.06.2026" in page.banner.text()
    assert page.focusWidget() in {*page._missing.values(), page.save_button}

    def exit_on():
        return desk.read(lambda c: prepare_closing(c, page.coaching_id, today=TODAY, settings=read_settings(c)).values["exit_on"])

    assert exit_on() is not None
    qtbot.mouseClick(page.reopen_button, Qt.MouseButton.LeftButton)
    assert exit_on() is None


def test_that_an_exit_before_the_entry_is_said_at_its_field(page) -> None:
    type_text(page.form.fields["exit_on"].line, "1.1.2000")
    page.save()
    assert page.form.fields["exit_on"].inner.property("state") == "error"


def test_that_an_exit_before_the_entry_is_questioned_while_it_is_typed(page, qtbot) -> None:
    type_text(page.form.fields["exit_on"].line, "1.1.2000")
    qtbot.waitUntil(lambda: "vor dem Eintritt" in page.form._messages["exit_on"].text(), timeout=3000)
    assert page.form.fields["exit_on"].line.hasFocus() or page.focusWidget() is page.form.fields["exit_on"].line


def test_that_the_keyboard_stays_in_the_checklist_when_it_is_shown_anew(page, workspace, qtbot) -> None:
    missing = next(iter(page._missing.values()))
    missing.setFocus()
    type_text(page.form.fields["exit_on"].line, "heute")
    qtbot.waitUntil(lambda: page._missing.get("exit_data") is not missing, timeout=3000)
    page._missing["exit_data"].setFocus()
    before = page._missing["exit_data"]
    page._look()
    assert page._missing["exit_data"] is not before
    assert page.focusWidget() is page._missing["exit_data"]
    choose(page.form.fields["exit_reason"], "planned_end")
    choose(page.form.fields["status_at_exit"], "unemployed")
    page._look()
    assert page.focusWidget() in page._missing.values()


def test_that_a_missing_item_leads_to_its_field(page, workspace, qtbot) -> None:
    page._go_to("exit", "exit_reason")
    assert page.form.fields["exit_reason"].inner.hasFocus() or page.focusWidget() is page.form.fields["exit_reason"].inner


def surveys(workspace, qtbot):
    """Return the desk of the surveys, read."""
    workspace.open_page("follow_ups")
    page = workspace.page("follow_ups")
    settle(page, qtbot)
    return page


def settle(page, qtbot):
    """Wait for what is read behind the window."""
    qtbot.waitUntil(lambda: "angezeigt" in page.subtitle.text(), timeout=10_000)


def test_that_an_answer_takes_three_keystrokes(workspace, desk, qtbot) -> None:
    page = surveys(workspace, qtbot)
    row = page.table.current()
    keys = 0
    for widget, key in (
        (page.table, Qt.Key.Key_Return),
        (page.panel.answers, Qt.Key.Key_Down),
        (page.panel.answers, Qt.Key.Key_Return),
    ):
        qtbot.keyClick(widget, key)
        keys += 1
    assert keys == 3
    settle(page, qtbot)
    saved = next(other for other in page.survey_desk.rows if other.coaching_id == row.coaching_id)
    assert saved.follow_up_state == "surveyed"
    assert saved.status_on_due_date is not None


def test_that_the_keyboard_stays_on_the_desk_after_its_last_answer(workspace, desk, qtbot) -> None:
    page = surveys(workspace, qtbot)
    for _ in range(len(page.table.rows_model.rows)):
        page.table.setFocus()
        qtbot.keyClick(page.table, Qt.Key.Key_Return)
        qtbot.keyClick(page.panel.answers, Qt.Key.Key_Return)
        settle(page, qtbot)
    assert not page.table.rows_model.rows
    assert page.focusWidget() is page.states


def test_that_a_contact_attempt_is_counted(workspace, qtbot) -> None:
    page = surveys(workspace, qtbot)
    row = page.table.current()
    from bjc_desktop.vocabulary import Channel

    page.panel._try(Channel.PHONE)
    settle(page, qtbot)
    again = next(other for other in page.survey_desk.rows if other.coaching_id == row.coaching_id)
    assert len(again.attempts) == len(row.attempts) + 1


def test_that_the_findings_are_counted_as_they_are_listed(workspace, desk, qtbot) -> None:
    workspace.open_page("quality")
    page = workspace.page("quality")
    qtbot.waitUntil(lambda: " · " in page.subtitle.text(), timeout=10_000)
    listed = page.table.rows_model.rowCount()
    assert sum(int(part.split()[0]) for part in page.subtitle.text().split(" · ")[1].split(", ")) == listed


def test_that_a_finding_stands_with_a_reason_and_can_be_shown_again(workspace, desk, qtbot) -> None:
    workspace.open_page("quality")
    page = workspace.page("quality")
    qtbot.waitUntil(lambda: bool(page.table.rows_model.rows), timeout=10_000)
    row = next(n for n, finding in enumerate(page.table.rows_model.rows) if finding.coaching_id)
    finding = page.table.rows_model.rows[row]
    page.table.selectRow(row)
    page.stand_button.click()
    dialog = next(d for d in workspace.findChildren(ReasonDialog) if d.isVisible())
    dialog.save()
    assert dialog.isVisible()
    type_text(dialog.reason, "Liegt beim Jobcenter")
    dialog.save()

    def shown():
        return {(f.rule, f.coaching_id): f for f in page.table.rows_model.rows}

    qtbot.waitUntil(lambda: (finding.rule, finding.coaching_id) not in shown(), timeout=10_000)
    page._choose("standing")
    assert shown()[finding.rule, finding.coaching_id].reason == "Liegt beim Jobcenter"
    page.table.selectRow(0)
    assert page.stand_button.text() == "Wieder zeigen"
    page.stand_button.click()
    qtbot.waitUntil(lambda: (finding.rule, finding.coaching_id) in shown(), timeout=10_000)


def test_that_a_finding_about_the_exit_leads_to_the_very_field(workspace, qtbot) -> None:
    workspace.open_page("quality")
    page = workspace.page("quality")
    qtbot.waitUntil(lambda: bool(page.table.rows_model.rows), timeout=10_000)
    closing = workspace.page("closing")
    of_exit = [finding for finding in page.table.rows_model.rows if finding.section == "exit" and finding.coaching_id]
    assert of_exit
    for finding in of_exit:
        page.open_finding(finding)
        if finding.field in closing.form.fields:
            assert closing.focusWidget() is closing.form.fields[finding.field].inner
    assert any(finding.field in closing.form.fields for finding in of_exit)
