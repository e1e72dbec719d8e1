"""What is typed and not saved survives another page, a change from elsewhere, the lock and a new start; what is saved leaves no draft."""

import pytest
from sqlalchemy import text

from bjc_desktop.services.closing import prepare_closing
from bjc_desktop.services.targets import read_settings
from bjc_desktop.ui.coachees.new_coachee_dialog import NewCoacheeDialog
from bjc_desktop.ui.consultation.consultation_dialog import ConsultationDialog
from bjc_desktop.ui.workspace import Workspace
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def closing(workspace):
    """Return the closing of a running coaching in which a day and a Minijob are typed."""
    page = workspace.page("closing")
    workspace.open_page("closing", page.sample_places()["closing"])
    type_typed(page)
    return page


def type_typed(page):
    type_text(page.form.fields["exit_on"].line, "9.12.2025")
    page.add_outcome.setChecked(True)
    page.outcome.fields["kind"].box.setCurrentIndex(page.outcome.fields["kind"].box.findData("minijob"))
    type_text(page.outcome.fields["employer"].line, "Bäckerei Grün")
    for choice in page._goals.values():
        choice.setCurrentIndex(choice.findData("achieved"))


def drafts(desk):
    return desk.read(lambda connection: connection.execute(text("SELECT count(*) FROM drafts")).scalar())


def assert_typed(page):
    assert page.form.fields["exit_on"].text().lstrip("0") == "9.12.2025"
    assert page.add_outcome.isChecked()
    assert page.outcome.fields["kind"].box.currentData() == "minijob"
    assert page.outcome.fields["employer"].text() == "Bäckerei Grün"
    assert {choice.currentData() for choice in page._goals.values()} <= {"achieved"}


def test_that_a_closing_half_typed_is_there_after_a_new_start(closing, workspace, desk, qtbot) -> None:
    workspace.keep_drafts()
    again = Workspace(desk)
    qtbot.addWidget(again)
    again.show()
    again.open_page("closing", {"coaching_id": closing.coaching_id})
    page = again.page("closing")
    assert_typed(page)
    assert "noch nicht gespeichert" in page.banner.text()
    page.discard()
    assert page.form.fields["exit_on"].text() == ""
    assert not page.add_outcome.isChecked()
    assert drafts(desk) == 0


def test_that_a_change_from_elsewhere_leaves_what_is_typed(closing, desk) -> None:
    desk.changed.emit()
    assert_typed(closing)


def test_that_another_coaching_shows_nothing_of_it_and_the_first_all(closing, workspace) -> None:
    first = closing.coaching_id
    other = workspace.desk.read(
        lambda c: c.execute(text("SELECT id FROM coachings WHERE exit_on IS NULL AND id <> :id"), {"id": first}).scalar()
    )
    workspace.open_page("closing", {"coaching_id": other})
    assert closing.form.fields["exit_on"].text() == ""
    assert not closing.add_outcome.isChecked()
    workspace.open_page("closing", {"coaching_id": first})
    assert_typed(closing)


def test_that_a_saved_closing_leaves_no_draft(closing, workspace, desk) -> None:
    workspace.keep_drafts()
    assert drafts(desk) == 1
    type_text(closing.outcome.fields["begin_on"].line, "10.12.2025")
    closing.save()
    assert "gespeichert" in closing.banner.text()
    workspace.keep_drafts()
    assert drafts(desk) == 0
    saved = desk.read(lambda c: prepare_closing(c, closing.coaching_id, today=TODAY, settings=read_settings(c)))
    assert str(saved.values["exit_on"]) == "2025-12-09"


def new_coachee(workspace):
    workspace.open_page("coachees", {"new": True})
    return next(dialog for dialog in workspace.findChildren(NewCoacheeDialog) if dialog.isVisible())


@pytest.mark.parametrize("way", ["reject", "close", "beat"])
def test_that_a_new_coachee_half_typed_is_there_the_next_time(workspace, desk, qtbot, way) -> None:
    dialog = new_coachee(workspace)
    type_text(dialog.person.fields["family_name"].line, "Ñandú")
    dialog.coaching.fields["entry_on"].type_text("1.12.2025")
    if way == "beat":
        workspace.keep_drafts()
        dialog._finished = True
        dialog.close()
    else:
        getattr(dialog, way)()
    again = Workspace(desk)
    qtbot.addWidget(again)
    again.show()
    dialog = new_coachee(again)
    assert dialog.person.fields["family_name"].text() == "Ñandú"
    assert dialog.coaching.fields["entry_on"].text().lstrip("0") == "1.12.2025"
    dialog.discard()
    assert drafts(desk) == 0


def test_that_a_saved_coachee_leaves_no_draft(workspace, desk) -> None:
    dialog = new_coachee(workspace)
    type_text(dialog.person.fields["family_name"].line, "Ñandú")
    workspace.keep_drafts()
    assert drafts(desk) == 1
    dialog.save()
    workspace.keep_drafts()
    assert drafts(desk) == 0
    dialog = new_coachee(workspace)
    assert dialog.person.fields["family_name"].text() == ""
    dialog.reject()


def test_that_a_note_about_one_person_does_not_take_the_place_of_another(workspace, qtbot) -> None:
    page = workspace.page("case_file")
    first = page.sample_places()["case-plan"]["coaching_id"]
    second = workspace.desk.read(
        lambda c: c.execute(
            text(
                "SELECT c.id FROM coachings c JOIN coaching_staff a ON a.coaching_id = c.id AND a.valid_to IS NULL "
                "WHERE c.exit_on IS NULL AND a.staff_id = :staff AND c.id <> :id"
            ),
            {"id": first, "staff": workspace.desk.staff_id},
        ).scalar()
    )

    def note_of(coaching_id, words=""):
        workspace.record(coaching_id)
        dialog = next(d for d in workspace.findChildren(ConsultationDialog) if d.isVisible())
        found = dialog.note.toPlainText()
        if words:
            dialog.note.setPlainText(words)
        dialog.reject()
        return found

    assert [note_of(first, "Über die Erste"), note_of(second, "Über den Zweiten"), note_of(None, "Irgendwo")] == ["", "", ""]
    assert [note_of(first), note_of(second), note_of(None)] == ["Über die Erste", "Über den Zweiten", "Irgendwo"]


def test_that_a_note_typed_anywhere_is_offered_in_the_case_file_of_its_person(workspace) -> None:
    page = workspace.page("case_file")
    coaching_id = page.sample_places()["case-plan"]["coaching_id"]
    workspace.record(None)
    dialog = next(d for d in workspace.findChildren(ConsultationDialog) if d.isVisible())
    dialog.people = [person for person in dialog._known if person.coaching_id == coaching_id]
    dialog.note.setPlainText("Von überall")
    dialog.reject()
    workspace.record(coaching_id)
    dialog = next(d for d in workspace.findChildren(ConsultationDialog) if d.isVisible())
    assert dialog.note.toPlainText() == "Von überall"
    dialog.discard()
    workspace.record(None)
    dialog = next(d for d in workspace.findChildren(ConsultationDialog) if d.isVisible())
    assert dialog.note.toPlainText() == ""
    dialog.reject()
