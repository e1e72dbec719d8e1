"""The page of the whole change record."""

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication

from bjc_desktop.models import Coachee
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.vault import Leaving
from tests.ui.typing_keys import type_text


def arrived(workspace) -> None:
    """Wait until what was asked behind the window is shown."""
    workspace.desk.background.wait()
    QCoreApplication.processEvents()


@pytest.fixture
def page(workspace):
    """Return the page, shown."""
    workspace.open_page("audit")
    arrived(workspace)
    return workspace.page("audit")


def test_that_an_opened_and_saved_file_stands_in_the_record_with_its_person(page, workspace, tmp_path) -> None:
    coaching_id, name = workspace.desk.read(
        lambda c: c.exec_driver_sql(
            "SELECT c.id, trim(coalesce(p.given_name, '') || ' ' || p.family_name) FROM coachings c "
            "JOIN coachees p ON p.id = c.coachee_id LIMIT 1"
        ).one()
    )
    for _ in range(3):
        workspace.open_page("case_file", {"coaching_id": coaching_id})
        workspace.open_page("overview")
    case = workspace.page("case_file")
    workspace.open_page("case_file", {"coaching_id": coaching_id})
    case.preview()
    dialog = case.findChild(PreviewDialog)
    dialog.save(tmp_path / "akte.pdf")
    dialog.close()
    workspace.open_page("audit")
    arrived(workspace)
    shown = [(row.text, row.person) for row in page.table.rows_model.rows]
    assert shown.count(("Fallakte geöffnet", name)) == 1
    assert shown.count(("Als Datei gespeichert: Fallakte", name)) == 1
    assert "Einträge" in page.subtitle.text()


def test_that_a_document_that_cannot_be_recorded_is_not_saved(workspace, tmp_path, monkeypatch) -> None:
    from bjc_desktop.errors import DiskFullError

    def refuse(leaving: Leaving) -> None:
        raise DiskFullError("Der Datenträger ist voll.")

    coaching_id = workspace.desk.read(lambda c: c.exec_driver_sql("SELECT id FROM coachings LIMIT 1").scalar())
    workspace.open_page("case_file", {"coaching_id": coaching_id})
    case = workspace.page("case_file")
    case.preview()
    dialog = case.findChild(PreviewDialog)
    monkeypatch.setattr(dialog, "_leaves", refuse)
    dialog.save(tmp_path / "akte.pdf")
    assert "nicht ausgegeben" in dialog.banner.text()
    assert not (tmp_path / "akte.pdf").exists()
    dialog.close()


def test_that_a_record_is_found_opened_and_the_whole_verified_by_keys(page, workspace, qtbot) -> None:
    desk = workspace.desk
    assert page._state.text().startswith("Noch nicht geprüft")
    person = desk.read(lambda c: c.exec_driver_sql("SELECT id FROM coachees LIMIT 1").scalar())
    desk.write(lambda session: setattr(session.get_one(Coachee, person), "phone", "030 4711"))
    page.text.setText("Telefon")
    qtbot.keyClick(page.text, Qt.Key.Key_Return)
    arrived(workspace)
    (row,) = page.table.rows_model.rows
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    dialog = QApplication.activeModalWidget()
    assert "030 4711" in [made.text() for made in dialog.findChildren(type(page.subtitle))]
    dialog.close()
    qtbot.mouseClick(page.verify_button, Qt.MouseButton.LeftButton)
    arrived(workspace)
    assert "lückenlos" in page.banner.text()
    assert page._state.text().startswith("Lückenlos geprüft bis zum Eintrag")


def test_that_a_broken_record_is_said_on_the_page(page, workspace, qtbot) -> None:
    with workspace.desk.vault.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER change_records_no_update")
        connection.exec_driver_sql("UPDATE change_records SET role = 'administration' WHERE id = 2")
    page.verify()
    arrived(workspace)
    assert "der Eintrag 2" in page.banner.text()
    assert page.verify_button.isEnabled()


def test_that_an_empty_choice_says_what_belongs_here(page, workspace) -> None:
    page.text.setText("gibt es nicht")
    page.refresh()
    arrived(workspace)
    assert page._empty.isVisibleTo(page)
    assert not page.table.isVisibleTo(page)
    assert "gibt es nichts" in page._empty.text()


def choose_free_span(page, qtbot) -> None:
    """Choose the span whose days are typed, by keys."""
    page.span.setFocus()
    qtbot.keyClick(page.span, Qt.Key.Key_End)
    page.span.activated.emit(page.span.currentIndex())


def test_that_a_free_span_of_days_is_typed_by_keys_and_checked(page, workspace, qtbot) -> None:
    assert not page.days.isVisibleTo(page)
    choose_free_span(page, qtbot)
    first, last = (field.line for field in page.days.fields.values())
    qtbot.waitUntil(lambda: first.hasFocus())
    arrived(workspace)
    every = page.table.rows_model.rowCount()
    type_text(first, "11.12.2025")
    qtbot.keyClick(first, Qt.Key.Key_Return)
    arrived(workspace)
    assert page.table.rows_model.rowCount() == 0
    assert "gibt es nichts" in page._empty.text()
    qtbot.keyClick(first, Qt.Key.Key_Tab)
    assert last.hasFocus()
    type_text(last, "10.12.2025")
    qtbot.keyClick(last, Qt.Key.Key_Return)
    assert "endet am 10.12.2025, bevor er am 11.12.2025 beginnt" in page.days.sentence.text()
    assert page.days.sentence.isVisibleTo(page)
    assert last.accessibleDescription() == page.days.sentence.text()
    last.clear()
    type_text(last, "morgens")
    qtbot.keyClick(last, Qt.Key.Key_Return)
    assert "Datum" in page.days.sentence.text()
    first.clear()
    last.clear()
    type_text(first, "heute")
    qtbot.keyClick(first, Qt.Key.Key_Return)
    arrived(workspace)
    assert not page.days.sentence.isVisibleTo(page)
    assert page.table.rows_model.rowCount() == every
    page.span.setCurrentIndex(0)
    page.span.activated.emit(0)
    assert not page.days.isVisibleTo(page)
