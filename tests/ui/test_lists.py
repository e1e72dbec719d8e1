"""Taking an old list in by the window: by keyboard from the file to the rest, every problem mended at its cell."""

from datetime import date
from pathlib import Path
from time import sleep

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from bjc_desktop.exchange.lists.list_reading import read_list
from bjc_desktop.models import Coachee
from bjc_desktop.services.old_lists import list_planning
from bjc_desktop.services.provider_agenda import read_provider_agenda
from bjc_desktop.services.row_editing import add_row
from bjc_desktop.services.team import list_staff
from bjc_desktop.ui.lists import lists_page
from bjc_desktop.ui.lists.assign_panes import row_data
from bjc_desktop.ui.lists.lists_page import COLUMNS, FILE, PREVIEW, STOPPED, TAKE_IN, VALUES
from bjc_desktop.ui.shared.typing_table import REFUSED
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vocabulary import Role
from tests.exchange.lists.test_list_reading import hostile
from tests.list_files import xlsx
from tests.ui.conftest import NOW, TODAY
from tests.ui.test_everyone import focusable
from tests.ui.typing_keys import type_text

HEAD = ["Name, Vorname", "Geb.-Dat.", "m/w", "Eintritt", "Wieso", "Freude"]
EVA = ["Neumann-Test, Eva", "05.03.80", "w", "1.2.25", "", "hoch"]
ALI = ["Testfall, Ali", "31.2.79", "m", "3.2.25", "XY", "tief"]


@pytest.fixture
def page(workspace):
    """Return the page, shown."""
    workspace.open_page("lists")
    return workspace.page("lists")


def settle(page, qtbot):
    """Wait for what runs behind the window."""
    qtbot.waitUntil(lambda: page._job is None and page.busy.isHidden(), timeout=15_000)


@pytest.fixture
def opened(page, qtbot, tmp_path):
    """Return what opens a list of these rows in the page."""

    def opened(*rows, sheets=None):
        path = xlsx(tmp_path / "Alte Liste.xlsx", sheets or {"Liste": [HEAD, *rows]})
        page.open_file(path)
        settle(page, qtbot)
        return path

    return opened


def count(desk, family):
    return desk.read(lambda c: c.exec_driver_sql("SELECT count(*) FROM coachees WHERE family_name = ?", (family,)).scalar())


def press(qtbot, key, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(QApplication.focusWidget(), key, modifier)


def test_that_a_list_goes_in_by_keyboard_alone(page, workspace, qtbot, monkeypatch, tmp_path, desk) -> None:
    path = xlsx(tmp_path / "Alte Liste.xlsx", {"Liste": [["Titel"], HEAD, EVA, ALI]})
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    assert QApplication.focusWidget() is page.file.choose_button
    press(qtbot, Qt.Key.Key_Return)
    settle(page, qtbot)
    assert QApplication.focusWidget() is page.file.next_button
    press(qtbot, Qt.Key.Key_Return)
    assert (page.steps.shown, QApplication.focusWidget()) == (COLUMNS, page.columns.panes.table)
    assert page.columns.panes.table.current().heading == "Wieso"
    press(qtbot, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is page.columns.panes.choices
    for letter in "Austrittsgrund":
        press(qtbot, letter)
    press(qtbot, Qt.Key.Key_Return)
    assert page.work.mappings["Liste"].columns["Wieso"] == "coachings.exit_reason"
    page.columns.next_button.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    assert (page.steps.shown, QApplication.focusWidget()) == (VALUES, page.values.panes.table)
    assert page.values.panes.table.current().value.text == "XY"
    press(qtbot, Qt.Key.Key_Return)
    for letter in "Umzug":
        press(qtbot, letter)
    press(qtbot, Qt.Key.Key_Return)
    assert page.work.mappings["Liste"].values["coachings.exit_reason"] == {"xy": "moved"}
    page.values.next_button.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    settle(page, qtbot)
    table = page.preview.table
    assert (page.steps.shown, page.preview.cells.rowCount()) == (PREVIEW, 1)
    table.setFocus()
    press(qtbot, Qt.Key.Key_F8)
    assert table.currentIndex().data(REFUSED)
    assert "kein Datum" in page.preview.said.text()
    press(qtbot, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    editor.selectAll()
    type_text(editor, "28.2.79")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(page.work.mended))
    settle(page, qtbot)
    assert page.plan.problems == ()
    page.preview.next_button.setFocus()
    press(qtbot, Qt.Key.Key_Return)
    assert (page.steps.shown, QApplication.focusWidget()) == (TAKE_IN, page.take_in.import_button)
    press(qtbot, Qt.Key.Key_Return)
    settle(page, qtbot)
    assert "2 Zeilen eingelesen" in page.banner.text()
    assert count(desk, "Neumann-Test") == count(desk, "Testfall") == 1
    assert QApplication.focusWidget() is page.take_in.again_button
    press(qtbot, Qt.Key.Key_Return)
    assert page.steps.shown == FILE


def test_that_a_column_is_dragged_onto_its_field(page, opened) -> None:
    opened(EVA, ALI)
    page.show_step(COLUMNS)
    panes = page.columns.panes
    panes.table.selectRow(4)
    item = next(
        panes.choices.item(row) for row in range(panes.choices.count()) if panes.choices.item(row).text() == "Austrittsgrund"
    )
    panes.choices.scrollToItem(item)
    data = row_data(4)  # a drop does not own what is dropped
    place = QPointF(panes.choices.visualItemRect(item).center())
    event = QDropEvent(place, Qt.DropAction.LinkAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    panes.choices.dropEvent(event)
    assert page.work.mappings["Liste"].columns["Wieso"] == "coachings.exit_reason"
    panes.table.setFocus()
    panes.table.delete_wanted.emit(panes.table.current())
    assert page.work.mappings["Liste"].columns["Wieso"] is None


def test_that_a_file_is_dropped(page, qtbot, tmp_path) -> None:
    path = xlsx(tmp_path / "a.xlsx", {"Liste": [HEAD, EVA]})
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    page.file.dropEvent(
        QDropEvent(
            QPointF(QPoint(5, 5)), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        )
    )
    settle(page, qtbot)
    assert list(page.work.mappings) == ["Liste"]


def test_that_what_is_no_list_is_said_and_nothing_else_opens(page, qtbot, tmp_path) -> None:
    path = tmp_path / "bild.xlsx"
    path.write_bytes(b"PK\x03\x04 kaputt")
    page.open_file(path)
    settle(page, qtbot)
    assert "beschädigt" in page.banner.text()
    assert not page.steps.buttons[COLUMNS].isEnabled()
    page.show_step(TAKE_IN)
    assert page.steps.shown == FILE


def test_that_hostile_files_are_refused_in_one_sentence(page, qtbot, tmp_path) -> None:
    for path, word in hostile(tmp_path):
        page.open_file(path)
        settle(page, qtbot)
        assert word in page.banner.text(), path.name
        assert page.work is None


def test_that_sheets_are_chosen_and_shown_one_by_one(page, qtbot, opened) -> None:
    talks = [["Name", "Datum", "Dauer"], ["Neumann-Test, Eva", "3.2.25", "45"]]
    opened(sheets={"Personen": [HEAD[:4], EVA[:4]], "Konsultationen": talks, "Notizen": [["Merkzettel"], ["frei"]]})
    assert page.sheet.count() == 2
    page.show_step(COLUMNS)
    page.sheet.setCurrentIndex(1)
    page.sheet.activated.emit(1)
    assert [line.heading for line in page.columns.panes.table.rows_model.rows] == talks[0]
    page.file.boxes["Konsultationen"].setChecked(False)
    assert (list(page.work.mappings), page.sheet.isHidden()) == (["Personen"], True)


def test_that_the_row_of_the_headings_can_be_moved(page, opened) -> None:
    opened(sheets={"Liste": [["a", "b"], ["Nachname", "Eintritt"], ["Test", "1.2.25"]]})
    page.show_step(COLUMNS)
    page.columns.headings_moved.emit(1)
    assert page.work.tables["Liste"].headings == ("a", "b")
    page.columns.headings_moved.emit(3)
    assert "keine Zeilen" in page.banner.text()


def test_that_rules_and_constants_are_said(page, qtbot, opened) -> None:
    opened(sheets={"Liste": [["Nachname", "Vorname", "Eintritt", "Termine"], ["Testfall", "Eva", "ca. 2019", "3.2.25; 4.2.25"]]})
    page.show_step(VALUES)
    rule = page.values.boxes["imprecise"]
    rule.setCurrentIndex(rule.findData("first"))
    rule.activated.emit(rule.currentIndex())
    channel = page.values.boxes["consultations.channel"]
    assert channel.currentData() == "in_person"
    channel.setCurrentIndex(channel.findData("phone"))
    channel.activated.emit(channel.currentIndex())
    coach = page.values.boxes["coachings.coach"]
    coach.setCurrentIndex(1)
    coach.activated.emit(1)
    page.show_step(PREVIEW)
    settle(page, qtbot)
    assert page.plan.problems == ()
    assert page.plan.merged["consultations"].column("channel") == ["phone", "phone"]
    assert any("01.01.2019" in note.text for note in page.plan.remarks)


def test_that_doubts_are_decided(page, qtbot, opened, desk) -> None:
    known = desk.write(
        lambda s: add_row(
            s,
            Coachee,
            {"case_number": "Z-1", "family_name": "Neumann-Test", "given_name": "Eva", "birth_date": date(1980, 3, 5)},
            today=TODAY,
        )
    )
    opened(EVA)
    page.show_step(PREVIEW)
    settle(page, qtbot)
    assert page.preview.views.buttons["doubts"].text() == "Doppelte (1)"
    assert "warning" in str(page.banner.property("box"))
    page.preview.show_view("doubts")
    page.preview.same_button.click()
    settle(page, qtbot)
    assert page.plan.merged["coachings"].column("coachee_id") == [known]
    assert page.banner.text() == ""
    page.preview.doubts.assigned.emit(page.plan.doubts[0], "new")
    settle(page, qtbot)
    assert page.plan.counts["coachees"].new == 1


def test_that_a_row_is_left_out_and_the_rest_is_saved(page, qtbot, opened, monkeypatch, tmp_path) -> None:
    opened(EVA, ALI)
    page.show_step(PREVIEW)
    settle(page, qtbot)
    page.preview.every.click()
    assert page.preview.cells.rowCount() == 2
    page.preview.table.choose(0, 1)
    page.preview.leave.click()
    settle(page, qtbot)
    assert page.plan.out == {("Liste", 2), ("Liste", 3)}
    page.preview.table.choose(0, 1)
    qtbot.keyClick(page.preview.table, Qt.Key.Key_Delete, Qt.KeyboardModifier.ControlModifier)
    settle(page, qtbot)
    page.show_step(TAKE_IN)
    page.take_list_in()
    settle(page, qtbot)
    target = tmp_path / "rest.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target.with_suffix("")), ""))
    page.take_in.ask_rest()
    assert [row[0] for row in read_list(target).sheets[0].rows] == [HEAD[0], ALI[0]]
    page.save_rest(Path("/nirgends/rest.xlsx"))
    assert "nicht schreiben" in page.banner.text() or "Ort" in page.banner.text()


def test_that_what_is_being_typed_outlives_a_check_that_ends_meanwhile(page, qtbot, opened) -> None:
    opened(ALI, [*ALI[:1], "30.2.80", *ALI[2:]], ["Testfall, Zoe", "32.1.80", "w", "1.2.25", "", ""])
    page.show_step(PREVIEW)
    settle(page, qtbot)
    table = page.preview.table
    table.go_to_next()
    page._mend(2, 1, "28.2.79")
    table.choose(2, 2)
    qtbot.keyClick(table, Qt.Key.Key_F2)
    editor = table.findChild(QLineEdit)
    editor.selectAll()
    type_text(editor, "3.1.80")
    settle(page, qtbot)
    assert editor.text() == "3.1.80"
    assert page.preview.cells.rowCount() == 3
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ("Liste", 4, 1) in page.work.mended, timeout=5000)
    settle(page, qtbot)
    qtbot.waitUntil(lambda: page.preview.cells.rowCount() == 1, timeout=5000)


def test_that_stopping_changes_nothing(page, qtbot, opened, monkeypatch, desk) -> None:
    opened(EVA)
    monkeypatch.setattr(list_planning, "_EVERY", 1)
    slow = lists_page.import_list

    def stopped_at_once(vault, work, **named):
        while page._job is None:  # the thread may be faster than the window
            sleep(0.01)
        page._job.cancel()
        return slow(vault, work, **named)

    monkeypatch.setattr(lists_page, "import_list", stopped_at_once)
    page.show_step(TAKE_IN)
    settle(page, qtbot)
    page.take_list_in()
    assert not page.steps.isEnabled()
    settle(page, qtbot)
    assert page.banner.text() == STOPPED
    assert page.steps.isEnabled()
    assert count(desk, "Neumann-Test") == 0


def test_that_a_list_that_came_in_goes_again_as_a_whole(page, qtbot, opened, desk, workspace) -> None:
    opened(EVA)
    page.show_step(TAKE_IN)
    settle(page, qtbot)
    page.take_list_in()
    settle(page, qtbot)
    assert count(desk, "Neumann-Test") == 1
    next(made for made in page.banner._buttons if made.text() == "Zurücknehmen …").click()
    exchange = workspace.page("exchange")
    qtbot.waitUntil(lambda: exchange.imports.back_button.isEnabled() and exchange.imports.isVisible(), timeout=15_000)
    assert exchange.imports.table.rows_model.index(0, 1).data() == "alte Liste"
    exchange.imports.take_back(exchange.imports.table.current().event)
    qtbot.waitUntil(lambda: "Zurückgenommen" in exchange.banner.text(), timeout=15_000)
    assert count(desk, "Neumann-Test") == 0


def test_that_nothing_in_is_no_success(page, qtbot, opened, desk) -> None:
    opened(EVA)
    page.show_step(TAKE_IN)
    settle(page, qtbot)
    page.take_list_in()
    settle(page, qtbot)
    page._again()
    opened(EVA)
    page.show_step(TAKE_IN)
    settle(page, qtbot)
    assert "Es kam nichts in den Tresor" in page.banner.text()
    assert not page.take_in.import_button.isEnabled()


@pytest.mark.parametrize("role", [Role.JOB_COACH, Role.EMPLOYMENT_TRAINER, Role.ADMINISTRATION])
def test_that_only_coordination_takes_lists_in(workspace, desk, role) -> None:
    user = desk.vault.user
    desk.vault.user = UserIdentity(user.id, user.name, frozenset({role}))
    workspace.open_page("lists")
    assert workspace.place()[0] != "lists"
    desk.vault.user = user


def test_that_hostile_texts_stay_texts(page, qtbot, opened) -> None:
    head = ["<b>Name</b>, Vorname", "Geb.-Dat.", "Eintritt"]
    opened(
        sheets={
            "<img src=x>": [
                head,
                ["<a href='x'>Neumann-Test</a>, Eva", "<i>31.2.80</i>", "1.2.25"],
                ["O'Neil & Söhne, Ali", "1.2.80", "1.3.25"],
            ]
        }
    )
    page._change(
        lambda mapping: mapping.with_column(head[0], "coachees.full_name").with_column("Geb.-Dat.", "coachees.birth_date")
    )
    page.show_step(PREVIEW)
    settle(page, qtbot)
    assert page.plan.problems[0].heading == "Geb.-Dat."
    assert page.preview.cells.index(0, 1).data() == "<a href='x'>Neumann-Test</a>, Eva"


def test_that_a_coach_of_the_team_is_recognised(page, opened, desk) -> None:
    coach = next(member for member in desk.read(lambda c: list_staff(c, today=TODAY)) if member.role == Role.JOB_COACH.value)
    opened(sheets={"Liste": [["Nachname", "Eintritt", "JobCoach"], ["Testfall", "1.2.25", coach.name]]})
    page.show_step(VALUES)
    (line,) = page.values.panes.table.rows_model.rows
    assert (line.value.value, line.value.open) == (coach.id, False)
    assert NOW.year == TODAY.year


def test_that_an_empty_vault_leads_to_the_lists(workspace, desk, qtbot) -> None:
    def empty(session):
        session.connection().exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for (name,) in (
            session.connection()
            .exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%coaching_id%'")
            .all()
        ):
            session.connection().exec_driver_sql(f"DELETE FROM {name}")
        for name in ("tasks", "goals", "consents", "coachings", "coachees"):
            session.connection().exec_driver_sql(f"DELETE FROM {name}")

    desk.write(empty)
    assert desk.read(lambda c: read_provider_agenda(c, today=TODAY))[0].page == "lists"
    workspace.open_page("coachees")
    page = workspace.page("coachees")
    page.show_everybody()
    assert page._list_button.isVisible()
    page._list_button.click()
    assert workspace.place()[0] == "lists"


@pytest.mark.parametrize("scale", [100, 200])
def test_that_every_step_has_names_for_the_keyboard_and_fits(page, workspace, opened, qtbot, look, scale) -> None:
    look.apply("light", scale)
    made = Workspace(workspace.desk)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.open_page("lists")
    own = made.page("lists")
    own.open_file(opened(EVA, ALI))
    settle(own, qtbot)
    for step in (FILE, COLUMNS, VALUES, PREVIEW, TAKE_IN):
        own.show_step(step)
        settle(own, qtbot)
        assert [repr(w) for w in focusable(own) if not (w.accessibleName() or getattr(w, "text", lambda: "")())] == []
        assert own.minimumSizeHint().width() <= 1366, step
    assert made.minimumSizeHint().width() <= 1366
    made.close()
    look.apply("light", 100)
