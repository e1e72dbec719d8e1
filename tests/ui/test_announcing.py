"""What is wrong is said to a screen reader once, with the field that it is about; asked for again, it is said again."""

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QApplication

from bjc_desktop.ui.coachees.new_coachee_dialog import NewCoacheeDialog
from bjc_desktop.ui.shared import labels
from bjc_desktop.ui.shared.labels import button
from bjc_desktop.ui.team.member_dialog import MemberDialog
from tests.ui.typing_keys import type_text


@pytest.fixture
def heard(monkeypatch) -> list[str]:
    """Return what a screen reader hears."""
    said: list[str] = []

    class Listening(labels.QAccessible):
        @staticmethod
        def isActive() -> bool:  # noqa: N802 - Qt's
            return True

        @staticmethod
        def updateAccessibility(event) -> None:  # noqa: N802 - Qt's
            said.append(event.message())

    monkeypatch.setattr(labels, "QAccessible", Listening)
    return said


def shown(made, qtbot):
    """Show a dialog in front, with the keyboard."""
    qtbot.addWidget(made)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    return made


@pytest.fixture
def member(desk, qtbot, heard) -> MemberDialog:
    return shown(MemberDialog(desk), qtbot)


def test_that_what_is_missing_is_said_once_for_each_field_with_its_name(member, heard) -> None:
    member.save_button.click()
    assert heard == ["Nachname: Bitte angeben.", "Funktion: Bitte angeben."]


def test_that_what_means_nothing_is_said_once_though_it_is_left_and_saved(member, heard, qtbot) -> None:
    type_text(member.form.fields["weekly_hours"].inner, "viele")
    qtbot.mouseClick(member.save_button, Qt.MouseButton.LeftButton)
    assert len(heard) == 1
    assert heard[0].startswith("Wochenstunden: ")


def test_that_saving_the_same_again_says_it_again(member, heard, qtbot) -> None:
    type_text(member.form.fields["weekly_hours"].inner, "viele")
    member.save_button.click()
    QCoreApplication.processEvents()
    assert QApplication.focusWidget() is member.form.fields["weekly_hours"].inner
    first = [*heard]
    member.save_button.click()
    assert heard == first * 2


def test_that_what_two_forms_refuse_is_said_once(desk, qtbot, heard) -> None:
    made = shown(NewCoacheeDialog(desk), qtbot)
    heard.clear()
    type_text(made.coaching.fields["planned_end_on"].inner, "irgendwann")
    made.save()
    assert len(heard) == len(set(heard)) == 1


def test_that_a_question_at_a_field_is_not_repeated_when_the_row_is_read_again(desk, qtbot, heard) -> None:
    from bjc_desktop.ui.shared.form import Form

    form = Form("coachees", ("phone",), today=desk.today, warn=lambda _: {"phone": "Stimmt das?"})
    shown(form, qtbot)
    form.show_row({"phone": "030"})
    QCoreApplication.processEvents()
    form.show_row({"phone": "030"})
    assert heard == ["Telefon: Stimmt das?"]


def test_that_what_is_saved_by_leaving_its_field_is_said(workspace, heard, qtbot) -> None:
    workspace.desk.saved.emit("Stammdaten geändert")
    qtbot.waitUntil(lambda: heard == ["Stammdaten geändert"])


def test_that_what_the_page_says_of_the_same_deed_is_enough(workspace, heard, qtbot) -> None:
    workspace.desk.saved.emit("Beobachtungen gespeichert")
    workspace.banner.tell("Beobachtungen von 8 Personen gespeichert.", "good")
    qtbot.wait(50)
    assert heard == ["Beobachtungen von 8 Personen gespeichert."]


def test_that_a_search_says_how_much_it_found(workspace, heard, qtbot) -> None:
    workspace.open_page("coachees")
    page = workspace.page("coachees")
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    page.search.setFocus()
    type_text(page.search, "xyzzy")
    qtbot.waitUntil(lambda: any(said.startswith("0 von ") for said in heard), timeout=5000)
    workspace.open_palette()
    type_text(QApplication.activeModalWidget().line, "xyzzy")
    assert heard[-1] == "Kein Treffer"
    QApplication.activeModalWidget().close()


@pytest.mark.parametrize(("keys", "words"), [("Ctrl+Return", "Strg+Enter"), ("Ctrl+Shift+E", "Strg+Umschalt+E")])
def test_that_keys_are_named_as_on_a_german_keyboard(look, qtbot, keys, words) -> None:
    made = button("&Anlegen", shortcut=keys)
    qtbot.addWidget(made)
    assert made.toolTip() == f"Anlegen ({words})"
