"""The list of coachees and the form for a new one, as a coach uses them."""

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from bjc_desktop.services.coachee_list import CaseStatus
from bjc_desktop.services.team import list_staff
from bjc_desktop.ui.palette import Palette
from bjc_desktop.vocabulary import Role
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def page(workspace):
    """Return the page, shown."""
    workspace.open_page("coachees")
    return workspace.page("coachees")


def test_that_the_subtitle_counts_what_the_list_shows(page) -> None:
    assert page.subtitle.text() == f"{len(page.table.rows_model.rows)} von {len(page.table.rows_model.rows)} angezeigt"


def test_that_a_name_is_found_in_another_spelling(page) -> None:
    page.show_everybody()
    type_text(page.search, "boehm")
    assert {row.family_name for row in page.table.rows_model.rows} == {"Böhm"}


def test_that_a_filter_that_hides_everything_says_so_and_can_be_reset(page, qtbot) -> None:
    page.show_everybody()
    type_text(page.search, "xyzxyz")
    assert "entspricht" in page._empty_text.text()
    qtbot.mouseClick(page._empty_button, Qt.MouseButton.LeftButton)
    assert page.table.rows_model.rows


def test_that_the_status_filter_shows_only_that_status(page) -> None:
    page.open_at({"status": CaseStatus.ACTIVE})
    page.refresh()
    assert {row.status for row in page.table.rows_model.rows} == {CaseStatus.ACTIVE}


def test_that_names_are_sorted_as_din_5007_and_back(page) -> None:
    names = [row.family_name for row in page.table.rows_model.rows]
    page._sort(0)
    assert [row.family_name for row in page.table.rows_model.rows] == names[::-1] or len(set(names)) < len(names)


def test_that_enter_in_the_search_opens_the_first_case_file(page, qtbot) -> None:
    first = page.table.current()
    page.search.setFocus()
    with qtbot.waitSignal(page.wanted) as asked:
        qtbot.keyClick(page.search, Qt.Key.Key_Return)
    assert asked.args == ["case_file", {"coaching_id": first.coaching_id}]


def test_that_the_model_behaves(page) -> None:
    QAbstractItemModelTester(page.table.rows_model, QAbstractItemModelTester.FailureReportingMode.Warning)
    page.refresh()


def test_that_the_preview_follows_the_row(page, qtbot) -> None:
    page.table.selectRow(3)
    qtbot.waitUntil(lambda: page.preview._name.text() == page.table.current().name, timeout=2000)


@pytest.fixture
def dialog(page):
    """Return the form for a new coachee."""
    page.add_coachee()
    return page.findChild(QDialog)


def test_that_a_similar_person_is_offered_while_typing_and_opens(dialog, page, qtbot) -> None:
    type_text(dialog.person.fields["family_name"].line, "Boehm")
    type_text(dialog.person.fields["given_name"].line, "Uwe")
    qtbot.waitUntil(lambda: dialog._similar.count() > 0, timeout=3000)
    same = next(made for made in dialog.findChildren(QPushButton) if made.text() == "Das ist dieselbe Person")
    with qtbot.waitSignal(page.wanted) as asked:
        qtbot.mouseClick(same, Qt.MouseButton.LeftButton)
    assert asked.args[0] == "case_file"


def test_that_a_new_coachee_is_added_with_a_hostile_name_and_found_again(dialog, page, qtbot) -> None:
    type_text(dialog.person.fields["family_name"].line, "<b>&amp;Müller</b>")
    type_text(dialog.person.fields["birth_date"].line, "5.3.1980")
    with qtbot.waitSignal(page.wanted) as asked:
        dialog.save()
    assert asked.args[0] == "case_file"
    page.show_everybody()
    page.search.setText("Müller")
    assert any(row.family_name == "<b>&amp;Müller</b>" for row in page.table.rows_model.rows)


def test_that_what_is_missing_is_said_at_its_field_and_nothing_is_added(dialog, page) -> None:
    before = page.desk.read(page._question()).total_all
    dialog.person.fields["case_number"].line.clear()
    dialog.save()
    assert dialog.person.fields["family_name"].inner.property("state") == "error"
    assert dialog.isVisible()
    assert page.desk.read(page._question()).total_all == before


def test_that_the_guard_names_both_readings_of_the_target(dialog) -> None:
    assert "Über 50 %" in dialog.effect.text()
    assert "mindestens 51 %" in dialog.effect.text()


def test_that_a_weighty_question_over_everybody_is_asked_behind_the_window_and_the_newest_answer_shows(page, qtbot) -> None:
    page.cases.setCurrentIndex(page.cases.findData(None))
    page.due.setCurrentIndex(1)
    page.refresh()
    assert page.subtitle.text() == "Wird gelesen …"
    page.due.setCurrentIndex(0)
    page.refresh()
    everybody = page.subtitle.text()
    page.desk.background.wait()
    qtbot.wait(50)
    assert page.subtitle.text() == everybody
    page.due.setCurrentIndex(1)
    page.refresh()
    qtbot.waitUntil(lambda: "angezeigt" in page.subtitle.text(), timeout=10_000)
    assert page.subtitle.text() != everybody


def test_that_the_own_list_begins_with_the_coachings_that_run(workspace) -> None:
    workspace.open_page("coachees")
    page = workspace.page("coachees")
    ranks = [list(CaseStatus).index(row.status) for row in page.table.rows_model.rows]
    assert ranks == sorted(ranks)
    assert page.table.horizontalHeader().sortIndicatorSection() == 1
    assert ranks[0] == 0


def test_that_a_name_among_others_cases_is_one_key_away(page, desk, qtbot) -> None:
    own = {row.coachee_id for row in page.table.rows_model.rows}
    page.show_everybody()
    other = next(row for row in page.table.rows_model.rows if row.coachee_id not in own)
    page.cases.setCurrentIndex(0)
    type_text(page.search, other.case_number)
    assert "niemand" in page._empty_text.text()
    qtbot.keyClick(page._empty_button, Qt.Key.Key_Return)
    assert [row.coachee_id for row in page.table.rows_model.rows] == [other.coachee_id]
    qtbot.keyClick(page.search, Qt.Key.Key_Escape)
    assert page.search.text() == ""
    assert len(page.table.rows_model.rows) > len(own)


def test_that_a_measure_chosen_for_a_new_coachee_is_in_the_file_and_in_the_guard(page, workspace, desk, qtbot) -> None:
    qtbot.mouseClick(page.new_button, Qt.MouseButton.LeftButton)
    dialog = QApplication.activeModalWidget()
    without = dialog.effect.text()
    type_text(dialog.person.fields["family_name"].line, "Okonkwo")
    dialog.measure.setCurrentIndex(dialog.measure.findData("agh_16d"))
    dialog.measure.activated.emit(dialog.measure.currentIndex())
    assert dialog.effect.text() != without
    dialog.save()
    case = workspace.page("case_file").case
    assert [measure["kind"] for measure in case.measures] == ["agh_16d"]
    assert case.measures[0]["begin_on"] == case.coaching["entry_on"]


def test_that_the_search_for_anything_names_ones_own_running_cases_first(workspace, desk) -> None:
    page = workspace.page("coachees")
    workspace.open_page("coachees")
    own = [row for row in page.table.rows_model.rows if row.status is CaseStatus.ACTIVE]
    initial = own[0].family_name[0]
    workspace.open_palette()
    palette = workspace.findChild(Palette)
    first = palette._people(initial)[0]
    assert first.coachee_id in {row.coachee_id for row in own}


def test_that_typing_replaces_the_day_that_a_page_opens_at(workspace, desk, qtbot) -> None:
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    closing = workspace.page("closing")
    workspace.open_page("closing", closing.sample_places()["closing"])
    line = closing.form.fields["exit_on"].line
    line.setText("01.12.2025")
    workspace.open_page("overview")
    workspace.open_page("closing", {})
    type_text(line, "9.12.")
    assert line.text() == "9.12."


def test_that_the_cases_of_any_coach_can_be_shown(page, desk) -> None:
    texts = [page.cases.itemText(at) for at in range(page.cases.count())]
    assert texts[:2] == ["Meine Fälle", "Alle Fälle"]
    assert len(texts) > 3
    for at in range(2, page.cases.count()):
        page.cases.setCurrentIndex(at)
        page.refresh()
        rows = page.table.rows_model.rows
        staff = {member.id: member for member in desk.read(lambda c: list_staff(c, today=TODAY))}
        if staff[page.cases.itemData(at)].role is Role.JOB_COACH:
            running = [row.coach_id for row in rows if row.status is CaseStatus.ACTIVE]
            assert set(running) <= {page.cases.itemData(at)}


@pytest.mark.parametrize("width", [900, 1100, 1240, 1366, 1600, 1920])
def test_that_the_names_keep_their_room_at_every_width(workspace, page, qtbot, width) -> None:
    workspace.resize(width, 768)
    QCoreApplication.processEvents()
    assert page.table.columnWidth(0) >= 150
    assert page.table.horizontalScrollBar().maximum() == 0


def test_that_the_list_behind_a_number_says_whose_cases_they_are(workspace, page, qtbot) -> None:
    assert page.cases.isVisible()
    workspace.open_page(
        "coachees", {"coachee_ids": (page.table.rows_model.rows[0].coachee_id,), "why": "Betreuungsstand von Thomas Kuhn"}
    )
    assert "Thomas Kuhn" in page.banner.text()
    assert not page.cases.isVisible()
    page.show_everybody()
    assert page.cases.isVisible()
