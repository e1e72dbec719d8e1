"""Recording a consultation in seconds, as a coach types it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from bjc_desktop.services.case_file import read_case_file
from bjc_desktop.services.drafts import draft_of
from bjc_desktop.ui.consultation.consultation_dialog import DRAFT, ConsultationDialog
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def dialog(workspace, qtbot):
    """Return the dialog as Strg+Umschalt+K opens it."""
    workspace.open_page("overview")
    workspace.record()
    made = open_dialog(workspace)
    with qtbot.waitActive(made):
        made.activateWindow()
    return made


def open_dialog(workspace) -> ConsultationDialog:
    """Return the dialog that is shown."""
    return next(made for made in workspace.findChildren(ConsultationDialog) if made.isVisible())


def case_of(desk, coaching_id):
    """Return the case file of a coaching."""
    return read_case_file(desk.vault, coaching_id, today=TODAY)


def test_that_the_usual_consultation_takes_under_fifteen_keys_besides_the_note(dialog, desk, qtbot) -> None:
    person = next(p for p in dialog._known if p.own and not p.ended)
    before = len(case_of(desk, person.coaching_id).consultations)
    keys = 1  # Strg+Umschalt+K
    for letter in person.family_name:
        type_text(dialog.line.line, letter)
        keys += 1
        offered = dialog.line.list
        if not offered.isHidden() and offered.item(0).data(Qt.ItemDataRole.UserRole) == person:
            break
    qtbot.keyClick(dialog.line.line, Qt.Key.Key_Return)
    keys += 1
    type_text(dialog.note, "Bewerbung an die Gärtnerei geschickt")
    qtbot.keyClick(dialog.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    keys += 1
    assert not dialog.isVisible()
    case = case_of(desk, person.coaching_id)
    assert len(case.consultations) == before + 1
    assert "Gärtnerei" in "".join(entry.note or "" for entry in case.consultations)
    assert keys < 15


def test_that_a_typed_line_fills_the_form(dialog) -> None:
    type_text(dialog.line.line, "gestern 45 telefon bewerbung")
    fields = dialog.form.fields
    assert fields["held_on"].text() == "09.12.2025"
    assert fields["duration_min"].text() == "45"
    assert fields["channel"].text() == "phone"
    assert fields["kind"].text() == "application"


def test_that_what_was_chosen_by_hand_stays_when_the_line_goes_on(dialog) -> None:
    box = dialog.form.fields["channel"].box
    box.setCurrentIndex(box.findData("video"))
    box.activated.emit(box.currentIndex())
    type_text(dialog.line.line, "telefon")
    assert dialog.form.fields["channel"].text() == "video"


def test_that_nobody_chosen_is_said_and_nothing_is_saved(dialog) -> None:
    dialog.note.setPlainText("eine Notiz")
    dialog.save()
    assert dialog.isVisible()
    assert "Person" in dialog.banner.text()
    assert dialog.note.toPlainText() == "eine Notiz"


def test_that_a_group_is_one_session_with_a_note_each(dialog, desk) -> None:
    for person in [p for p in dialog._known if p.own and not p.ended][:2]:
        dialog.take(person)
    assert dialog.own_notes.isVisible()
    dialog.own_notes.setChecked(True)
    for number, edit in enumerate(dialog._person_notes.values()):
        edit.setPlainText(f"Notiz {number}")
    people = list(dialog.people)
    dialog.save()
    rows = [case_of(desk, person.coaching_id).consultations for person in people]
    newest = [max(entries, key=lambda entry: entry.row["held_on"]) for entries in rows]
    groups = {entry.row["group_id"] for entries in rows for entry in entries if entry.note in {"Notiz 0", "Notiz 1"}}
    assert newest
    assert len(groups) == 1
    assert None not in groups


def test_that_escape_keeps_what_was_typed_and_offers_it_again(dialog, desk, workspace, qtbot) -> None:
    dialog.note.setPlainText("halb getippt")
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert desk.read(lambda c: draft_of(c, desk.vault.user.id, DRAFT))["note"] == "halb getippt"
    workspace.record()
    again = open_dialog(workspace)
    assert again.note.toPlainText() == "halb getippt"
    again.discard()
    assert desk.read(lambda c: draft_of(c, desk.vault.user.id, DRAFT)) is None


def test_that_a_number_that_means_nothing_is_said_at_its_field(dialog) -> None:
    dialog.form.fields["duration_min"].line.setText("viel")
    dialog.save()
    assert dialog.form.fields["duration_min"].inner.property("state") == "error"


def test_that_the_form_is_there_before_the_next_key_is_typed(workspace, qtbot) -> None:
    workspace.activateWindow()
    qtbot.keyClick(workspace, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert isinstance(QApplication.activeModalWidget(), ConsultationDialog)
    QApplication.activeModalWidget().close()
