"""The case file, as a coach keeps it."""

import time

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import select

from bjc_desktop.models import Consent
from bjc_desktop.services.case_file import read_case_file
from bjc_desktop.ui.case_book.case_page import SECTIONS
from tests.ui.conftest import NOW, TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def page(workspace):
    """Return the case file of a running coaching."""
    page = workspace.page("case_file")
    workspace.open_page("case_file", {"coaching_id": page.sample_places()["case-plan"]["coaching_id"]})
    return page


def case_of(page):
    """Return what the vault holds."""
    return read_case_file(page.desk.vault, page.coaching_id, today=TODAY)


def section(page, key):
    """Show a section and return its view."""
    page.show_section(key)
    return page._views[key]


@pytest.mark.parametrize("key", [entry.key for entry in SECTIONS])
def test_that_every_section_shows_and_survives_a_refresh(page, key) -> None:
    view = section(page, key)
    page.refresh()
    assert view.isVisible()


def test_that_a_field_saves_itself_when_it_is_left_and_says_who_changed_it(page, qtbot) -> None:
    person = section(page, "coaching").person
    field = person.form.fields["phone"]
    field.line.setFocus()
    field.line.clear()
    type_text(field.line, "030 12345")
    field._before = "anders"
    field.left.emit()
    assert case_of(page).person["phone"] == "030 12345"
    person.show_history()
    assert person._history.count() > 0


def test_that_a_wrong_day_is_said_at_its_field_and_not_saved(page) -> None:
    person = section(page, "coaching").person
    before = case_of(page).person["birth_date"]
    person.form.fields["birth_date"].line.setText("31.2.1990")
    person.form._left("birth_date")
    assert person.form.fields["birth_date"].inner.property("state") == "error"
    assert case_of(page).person["birth_date"] == before


def test_that_a_row_is_added_changed_deleted_and_comes_back(page, workspace, qtbot) -> None:
    measures = section(page, "measures").list
    before = len(case_of(page).measures)
    measures.begin_new()
    box = measures.form.fields["kind"].box
    box.setCurrentIndex(1)
    box.activated.emit(1)
    type_text(measures.form.fields["begin_on"].line, "heute")
    qtbot.mouseClick(measures.save_button, Qt.MouseButton.LeftButton)
    assert len(case_of(page).measures) == before + 1
    measures.delete()
    assert len(case_of(page).measures) == before
    workspace.undo()
    assert len(case_of(page).measures) == before + 1


def test_that_a_new_plan_version_takes_the_open_goals_along(page) -> None:
    plans = section(page, "plan")
    before = case_of(page)
    still_open = sum(
        goal.row["status"] in {"open", "in_progress"} for goal in max(before.plans, key=lambda p: p.row["version"]).goals
    )
    plans.add_version()
    after = max(case_of(page).plans, key=lambda plan: plan.row["version"])
    assert after.row["version"] == max(plan.row["version"] for plan in before.plans) + 1
    assert len(after.goals) == still_open


def test_that_a_note_is_shown_and_can_be_changed(page, qtbot) -> None:
    talks = section(page, "consultations").list
    talks.form.fields["note"].edit.setPlainText("Neu: <b>kein Markup</b>")
    qtbot.mouseClick(talks.save_button, Qt.MouseButton.LeftButton)
    assert "Neu: <b>kein Markup</b>" in {entry.note for entry in case_of(page).consultations}


def test_that_a_half_typed_row_is_offered_again_after_the_page_was_left(page, workspace) -> None:
    talks = section(page, "consultations").list
    talks.form.fields["note"].edit.setPlainText("halb getippt")
    workspace.open_page("overview")
    page._forget_views()
    page.coaching_id, coaching_id = "", page.coaching_id
    workspace.open_page("case_file", {"coaching_id": coaching_id, "section": "consultations"})
    assert page._views["consultations"].list.form.fields["note"].edit.toPlainText() == "halb getippt"


def test_that_what_is_typed_survives_a_refresh(page) -> None:
    talks = section(page, "consultations").list
    talks.form.fields["note"].edit.setPlainText("halb getippt")
    page.refresh()
    assert talks.form.fields["note"].edit.toPlainText() == "halb getippt"


def test_that_opening_a_case_file_shows_the_person_and_is_quick(page, workspace) -> None:
    other = page.coachings.itemData(0)
    began = time.perf_counter()
    workspace.open_page("case_file", {"coaching_id": other, "section": "timeline"})
    assert time.perf_counter() - began < 5
    assert page.title.text()


def test_that_the_space_bar_ticks_a_task_and_takes_it_back(page, qtbot) -> None:
    plans = section(page, "plan")
    plans.add_version()
    plans.goals.begin_new()
    type_text(plans.goals.form.fields["description"].edit, "Wohnung finden")
    plans.goals.save()
    plans.tasks.begin_new()
    type_text(plans.tasks.form.fields["description"].edit, "Antrag stellen")
    plans.tasks.save()

    def task():
        goals = [goal for goal in case_of(page).plan.goals if goal.row["description"] == "Wohnung finden"]
        return goals[0].tasks[0]

    plans.tasks.table.selectRow(0)
    plans.tasks.table.setFocus()
    qtbot.keyClick(plans.tasks.table, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: task()["done_on"] == TODAY)
    plans.tasks.tick_button.click()
    assert task()["done_on"] is None
    plans.goals.tick_button.click()
    [goal] = [goal for goal in case_of(page).plan.goals if goal.row["description"] == "Wohnung finden"]
    assert (goal.row["status"], goal.row["closed_on"]) == ("achieved", TODAY)


def test_that_one_tab_leads_from_the_sections_into_the_section_and_arrows_between_them(page, qtbot) -> None:
    page.show_section("plan")
    before = page._buttons["plan"]
    before.setFocus()
    assert before.nextInFocusChain() is not None
    tabbed = [key for key, made in page._buttons.items() if made.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert tabbed == ["plan"]
    qtbot.keyClick(before, Qt.Key.Key_Down)
    assert page._section == "consultations"


def test_that_a_section_says_how_many_rows_it_has(page) -> None:
    count = len(case_of(page).consultations)
    assert page._buttons["consultations"].text() == f"Konsultationen ({count})"


def test_that_the_palette_offers_what_can_be_done_with_the_case(page, workspace) -> None:
    titles = {title: action for title, _, action in page.offers()}
    titles["Fallakte: Ergebnisse"]()
    assert page._section == "outcomes"
    titles["Coaching abschließen"]()
    assert workspace.place() == ("closing", {"coaching_id": page.coaching_id})


def test_that_a_field_says_who_changed_it_last(page, qtbot) -> None:
    person = section(page, "coaching").person
    field = person.form.fields["phone"]
    before = case_of(page).person["phone"]
    field.entered.emit()
    assert "Telefon: " in person._last.line.text()
    field.line.setFocus()
    field.line.clear()
    type_text(field.line, "030 98765")
    field._before = "anders"
    field.left.emit()
    field.entered.emit()
    told = person._last.line.text()
    assert "zuletzt geändert am" in told
    assert (before or "–") in told
    assert "030 98765" not in told


def test_that_an_opened_case_file_has_the_keyboard_at_its_section(page, workspace, qtbot) -> None:
    workspace.open_page("overview")
    workspace.open_page("case_file", {"coaching_id": page.coaching_id, "section": "plan"})
    assert workspace.focusWidget().text() == page._buttons["plan"].text()


def test_that_several_rows_are_added_without_a_look_back(page, qtbot) -> None:
    goals = section(page, "plan").goals
    goals.begin_new()
    for text in ("Drei Bewerbungen schreiben", "Einen Lebenslauf haben"):
        type_text(goals.form.fields["description"].edit, text)
        qtbot.keyClick(goals.form.fields["description"].edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert goals.table.current().row["description"] == text
        assert page.focusWidget() is goals.table
        qtbot.keyClick(goals.table, Qt.Key.Key_Insert)
    assert page.focusWidget() is goals.form.fields["description"].edit


def test_that_saving_leaves_the_section_where_it_is_scrolled_to(page, workspace, qtbot) -> None:
    workspace.resize(1366, 560)
    tasks = section(page, "plan").tasks
    bar = page._scroller.verticalScrollBar()
    tasks.begin_new()
    type_text(tasks.form.fields["description"].edit, "Anrufen")
    qtbot.waitUntil(lambda: bar.value() > 100, timeout=2000)
    tasks.save()
    qtbot.wait(50)
    assert bar.value() > 100


def test_that_a_field_for_free_text_grows_with_what_is_typed(page, qtbot) -> None:
    edit = section(page, "plan").goals.form.fields["description"].edit
    edit.setPlainText("eine Zeile")
    small = edit.height()
    edit.setPlainText("\n".join("Zeile" for _ in range(8)))
    qtbot.waitUntil(lambda: edit.height() > small * 1.5, timeout=1000)
    edit.setPlainText("\n".join("Zeile" for _ in range(80)))
    qtbot.wait(20)
    assert edit.height() < small * 5


def test_that_the_head_of_the_file_says_that_the_participation_was_withdrawn(page) -> None:
    case = case_of(page)
    assert page._chip.text() == "aktiv"
    with page.desk.vault.writing(now=NOW) as session:
        for consent in session.scalars(select(Consent).where(Consent.coachee_id == case.person.id)):
            if consent.purpose == "participation":
                consent.withdrawn_on = max(consent.given_on, TODAY)
    page.refresh()
    assert page._chip.text() == "Teilnahme widerrufen"
