"""The sheet of hours, typed like a spreadsheet."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLineEdit

from bjc_desktop.services.hours_sheet import HoursEntry, read_hours_sheet, save_hours
from bjc_desktop.ui.workspace import Workspace
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def page(workspace, qtbot):
    """Return the sheet of a finished quarter, read."""
    workspace.open_page("hours", {"period": "2025-Q3"})
    page = workspace.page("hours")
    settle(page, qtbot)
    return page


def settle(page, qtbot):
    """Wait for what is read behind the window."""
    qtbot.waitUntil(lambda: "Personen" in page.subtitle.text(), timeout=10_000)


def saved(page):
    """Return what the vault holds."""
    return page.desk.read(lambda c: read_hours_sheet(c, page.period.currentData(), as_of=TODAY))


def emptied(page, qtbot, months=("2025-07", "2025-08", "2025-09")):
    """Delete the first row's hours and show the sheet."""
    staff_id = page.sheet_model.sheet.rows[0].staff_id
    page.desk.write(lambda s: save_hours(s, [HoursEntry(staff_id, month, None, None) for month in months], today=TODAY))
    page.subtitle.clear()
    page.refresh()
    settle(page, qtbot)
    return staff_id


def test_that_the_model_is_sound(page) -> None:
    QAbstractItemModelTester(page.sheet_model, QAbstractItemModelTester.FailureReportingMode.Fatal)


def test_that_no_number_is_cut(page) -> None:
    table = page.table
    cut = []
    for column in range(1, table.model().columnCount()):
        for row in range(table.model().rowCount()):
            cell = table.visualRect(table.model().index(row, column))
            inside = cell.adjusted(4, 4, -4, -4)
            seen = table.viewport().grab(inside).toImage()
            width = table.columnWidth(column)
            table.setColumnWidth(column, width + 40)
            wider = table.visualRect(table.model().index(row, column)).adjusted(4, 4, -4, -4)
            wider.setLeft(wider.right() - inside.width() + 1)
            if table.viewport().grab(wider).toImage() != seen:
                cut.append(table.model().index(row, column).data())
            table.setColumnWidth(column, width)
    assert not cut


def test_that_typing_both_hours_saves_the_month_and_changes_the_figure(page, qtbot) -> None:
    emptied(page, qtbot)
    assert page.sheet_model.sheet.rows[0].figure.value is None
    assert "3 Monate fehlen" in page.subtitle.text()
    page.table.go_to_first_gap()
    for _ in range(3):
        contract = page.table.currentIndex()
        assert page.sheet_model.data(contract) == "fehlt"
        for column, text in ((contract.column(), "160"), (contract.column() + 1, "120,5")):
            index = page.sheet_model.index(0, column)
            page.table.setCurrentIndex(index)
            page.sheet_model.setData(index, text)
        page.subtitle.clear()
        page.refresh()
        settle(page, qtbot)
        page.table.go_to_first_gap()
    row = saved(page).rows[0]
    assert [str(cell.worked) for cell in row.cells.values()] == ["120.5"] * 3
    assert row.figure.value is not None
    assert "vollständig" in page.subtitle.text()


def test_that_keys_work_as_in_a_spreadsheet(page, qtbot) -> None:
    emptied(page, qtbot)
    page.table.setCurrentIndex(page.sheet_model.index(0, 2))
    qtbot.keyClick(page.table, Qt.Key.Key_1)
    editor = page.table.viewport().findChild(QLineEdit)
    type_text(editor, "20,25")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table.currentIndex().row() == 1, timeout=2000)
    assert page.table.currentIndex().column() == 2
    qtbot.waitUntil(lambda: saved(page).rows[0].cells["2025-07"].worked is not None, timeout=5000)
    cell = saved(page).rows[0].cells["2025-07"]
    assert str(cell.worked) == "120.25"
    assert cell.contract == cell.proposed  # proposed from the weekly hours, because none was typed


def test_that_a_block_of_a_spreadsheet_is_pasted_and_copied(page, qtbot) -> None:
    page.table.setCurrentIndex(page.sheet_model.index(0, 1))
    page.table.paste("150,5\t140,25\t160\t150\r\n151\t141\t161\t151\r\n")
    qtbot.waitUntil(lambda: str(saved(page).rows[1].cells["2025-08"].worked) == "151", timeout=5000)
    first = saved(page).rows[0].cells
    assert [str(first[month].contract) for month in ("2025-07", "2025-08")] == ["150.5", "160"]
    page.table.setCurrentIndex(page.sheet_model.index(0, 1))
    page.table.selectionModel().select(page.sheet_model.index(1, 2), page.table.selectionModel().SelectionFlag.Select)
    qtbot.waitUntil(lambda: not page.sheet_model.typed, timeout=5000)
    assert page.table.selected_text().splitlines()[0].split("\t") == ["150,5", "140,25"]


def test_that_what_is_no_number_stays_with_its_sentence_and_the_rest_is_saved(page, qtbot) -> None:
    before = saved(page).rows[0].cells["2025-07"]
    page.table.setCurrentIndex(page.sheet_model.index(0, 1))
    page.table.paste("viel\t140,25\t160\t150")
    qtbot.waitUntil(lambda: str(saved(page).rows[0].cells["2025-08"].worked) == "150", timeout=5000)
    cell = saved(page).rows[0].cells["2025-07"]
    assert (cell.contract, str(cell.worked)) == (before.contract, "140.25")
    assert page.sheet_model.data(page.sheet_model.index(0, 1)) == "viel"
    assert "keine Zahl" in page._hint.text()


def test_that_half_a_month_outlives_the_page(page, workspace, desk, qtbot) -> None:
    emptied(page, qtbot)
    page.sheet_model.setData(page.sheet_model.index(0, 1), "160")
    page.keep_drafts()
    again = Workspace(desk)
    qtbot.addWidget(again)
    again.open_page("hours", {"period": "2025-Q3"})
    other = again.page("hours")
    qtbot.waitUntil(lambda: other.sheet_model.sheet is not None, timeout=10_000)
    assert other.sheet_model.data(other.sheet_model.index(0, 1)) == "160"


def test_that_the_delete_key_empties_a_month_and_it_can_be_taken_back(page, workspace, qtbot) -> None:
    page.table.setCurrentIndex(page.sheet_model.index(0, 1))
    page.table.selectionModel().select(page.sheet_model.index(0, 2), page.table.selectionModel().SelectionFlag.Select)
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: saved(page).rows[0].cells["2025-07"].missing, timeout=5000)
    workspace.undo()
    assert not saved(page).rows[0].cells["2025-07"].missing


def test_that_the_statistic_shows_the_figure_of_the_sheet_and_writes_its_files(workspace, qtbot, tmp_path) -> None:
    workspace.open_page("hours", {"period": "2025-Q3"})
    hours = workspace.page("hours")
    settle(hours, qtbot)
    figures = {row.name: row.figure for row in hours.sheet_model.sheet.rows if row.figure is not None}
    workspace.open_page("statistic")
    page = workspace.page("statistic")
    qtbot.waitUntil(lambda: "Stand" in page.subtitle.text(), timeout=10_000)
    assert page.period.currentData().label == "2025-Q3"
    shown = {name: (person.counted, person.ratio) for name, person in page.table.rows_model.rows if name in figures}
    assert shown == {name: (figure.numerator, figure.value) for name, figure in figures.items()}
    words = page._facts.words()
    assert (
        "Konsultationen je Stunde: 0,38, Soll erreicht; Konsultationen: 541; Stunden: 1.429; Soll, Toleranz ab: 0,35, 0,27"
        in words
    )
    assert "Unter dem Soll: Anna Lena Weiß 0,34; Training, zählt nicht mit: " in words
    page.save_to(tmp_path / "neu")
    qtbot.waitUntil(lambda: "Gespeichert" in page.banner.text(), timeout=15_000)
    assert sorted(path.suffix for path in (tmp_path / "neu").iterdir()) == [".csv", ".pdf", ".xlsx"]


def test_that_a_sheet_read_again_leaves_what_is_being_typed(page, qtbot) -> None:
    page.table.setCurrentIndex(page.sheet_model.index(0, 2))
    for key in "98":
        qtbot.keyClick(page.table.viewport().findChild(QLineEdit) or page.table, key)
    editor = page.table.viewport().findChild(QLineEdit)
    assert editor.text() == "98"
    page.sheet_model.show_sheet(saved(page))
    assert page.table.viewport().findChild(QLineEdit) is editor
    assert editor.text() == "98"
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: str(saved(page).rows[0].cells["2025-07"].worked) == "98", timeout=5000)


def typed_in(page, qtbot, row, column, text):
    """Begin a cell by typing and return its editor."""
    page.table.setCurrentIndex(page.sheet_model.index(row, column))
    for key in text:
        qtbot.keyClick(page.table.viewport().findChild(QLineEdit) or page.table, key)
    return page.table.viewport().findChild(QLineEdit)


@pytest.mark.parametrize(
    ("key", "row", "column"), [(Qt.Key.Key_Right, 1, 3), (Qt.Key.Key_Left, 1, 1), (Qt.Key.Key_Up, 0, 2), (Qt.Key.Key_Down, 2, 2)]
)
def test_that_an_arrow_leaves_a_cell_that_was_begun_by_typing(page, qtbot, key, row, column) -> None:
    editor = typed_in(page, qtbot, 1, 2, "97,5")
    qtbot.keyClick(editor, key)
    assert (page.table.currentIndex().row(), page.table.currentIndex().column()) == (row, column)
    assert str(saved(page).rows[1].cells["2025-07"].worked) == "97.5"


def test_that_an_arrow_moves_within_a_cell_that_was_opened_to_be_corrected(page, qtbot) -> None:
    page.table.setCurrentIndex(page.sheet_model.index(1, 2))
    qtbot.keyClick(page.table, Qt.Key.Key_F2)
    editor = page.table.viewport().findChild(QLineEdit)
    qtbot.keyClick(editor, Qt.Key.Key_End)
    qtbot.keyClick(editor, Qt.Key.Key_Left)
    assert page.table.viewport().findChild(QLineEdit) is editor
    assert page.table.currentIndex().column() == 2


def test_that_a_refused_value_is_counted_in_the_head_and_escape_brings_the_saved_one_back(page, qtbot) -> None:
    before = page.sheet_model.data(page.sheet_model.index(1, 2))
    qtbot.keyClick(typed_in(page, qtbot, 1, 2, "1234"), Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.table.currentIndex().row() == 2, timeout=2000)
    assert page.subtitle.text().startswith("1 Zelle nicht gespeichert: Erlaubt ist 0 bis 744.")
    assert page.subtitle.property("tone") == "error"
    page.table.setCurrentIndex(page.sheet_model.index(1, 2))
    assert "Erlaubt ist 0 bis 744." in page._hint.text()
    assert page._hint.property("tone") == "error"
    qtbot.keyClick(page.table, Qt.Key.Key_Escape)
    assert page.sheet_model.data(page.sheet_model.index(1, 2)) == before
    assert "nicht gespeichert" not in page.subtitle.text()


def test_that_the_good_cells_beside_a_refused_one_are_saved_and_undo_shows_what_is_saved(page, qtbot) -> None:
    rows = saved(page).rows
    shown = [page.sheet_model.data(page.sheet_model.index(0, column)) for column in (1, 2, 3, 4)]
    page.table.setCurrentIndex(page.sheet_model.index(0, 1))
    page.table.paste("viel\t140\t160\t1234")
    cells = saved(page).rows[0].cells
    assert (cells["2025-07"].contract, str(cells["2025-07"].worked)) == (rows[0].cells["2025-07"].contract, "140")
    assert (str(cells["2025-08"].contract), cells["2025-08"].worked) == ("160", rows[0].cells["2025-08"].worked)
    settle(page, qtbot)
    assert "2 Zellen nicht gespeichert: Das ist keine Zahl." in page.subtitle.text()
    qtbot.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "Personen" in page.subtitle.text(), timeout=10_000)
    assert saved(page).rows[0] == rows[0]
    assert [page.sheet_model.data(page.sheet_model.index(0, column)) for column in (1, 2, 3, 4)] == shown
    assert "nicht gespeichert" not in page.subtitle.text()


def test_that_undo_first_forgets_a_refused_value_and_keeps_what_was_saved_before(page, qtbot) -> None:
    qtbot.keyClick(typed_in(page, qtbot, 1, 2, "97,5"), Qt.Key.Key_Right)
    settle(page, qtbot)
    qtbot.keyClick(typed_in(page, qtbot, 2, 2, "1234"), Qt.Key.Key_Right)
    qtbot.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert page.sheet_model.typed == {}
    assert str(saved(page).rows[1].cells["2025-07"].worked) == "97.5"


def test_that_hours_have_two_decimals_below_one_another_and_a_missing_cell_is_copied_empty(page, qtbot) -> None:
    emptied(page, qtbot)
    index = page.sheet_model.index(1, 2)
    page.sheet_model.setData(index, "132.5")
    assert str(saved(page).rows[1].cells["2025-07"].worked) == "132.5"
    qtbot.waitUntil(lambda: not page.sheet_model.typed, timeout=5000)
    assert page.sheet_model.data(index) == "132,50"
    page.table.setCurrentIndex(page.sheet_model.index(0, 1))
    assert page.sheet_model.data(page.sheet_model.index(0, 1)) == "fehlt"
    assert page.table.selected_text() == ""


def test_that_a_figure_says_of_which_hours_it_is(page, qtbot) -> None:
    at, row = next((n, row) for n, row in enumerate(page.sheet_model.sheet.rows) if row.figure is not None)
    page.table.choose(at, page.sheet_model.columnCount() - 1)
    assert page._hint.text().startswith(f"{row.name}: {row.figure.numerator} Konsultationen in ")
    assert page._hint.text().endswith(" geförderten Arbeitsstunden")


def test_that_a_missing_month_is_told_in_another_colour(page, qtbot) -> None:
    assert page.subtitle.property("tone") == "muted"
    emptied(page, qtbot, months=("2025-08",))
    assert page.subtitle.property("tone") == "question"
