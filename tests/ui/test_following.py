"""Following up in the window: a trainer's keys, and what arrives on the coach's page of today."""

import pytest
from PySide6.QtCore import Qt

from bjc_desktop.models import Observation
from bjc_desktop.services.case_file import read_case_file
from bjc_desktop.services.due_items import DueKind
from bjc_desktop.services.row_editing import add_row
from bjc_desktop.services.team import list_staff
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vocabulary import Role
from tests.ui.conftest import TODAY
from tests.ui.typing_keys import type_text


@pytest.fixture
def page(workspace, desk):
    """Return the page as a trainer opens it, at somebody with tasks."""
    staff = desk.read(lambda connection: list_staff(connection, today=TODAY))
    desk.staff_id = next(member.id for member in staff if member.role is Role.EMPLOYMENT_TRAINER and member.employed)
    made = workspace.page("following")
    workspace.open_page("following", made.sample_places()["following"])
    return made


def test_that_the_space_bar_ticks_a_task_and_takes_it_back(page, qtbot) -> None:
    task = page.tasks.current()
    assert task.row["done_on"] is None
    page.people.setFocus()
    qtbot.keyClick(page.people, Qt.Key.Key_Return)
    assert page.tasks.hasFocus()
    qtbot.keyClick(page.tasks, Qt.Key.Key_Space)
    assert page.tasks.current().row.id == task.row.id
    assert page.tasks.current().row["done_on"] == TODAY
    qtbot.keyClick(page.tasks, Qt.Key.Key_Space)
    assert page.tasks.current().row["done_on"] is None


def test_that_a_suggestion_made_here_is_answered_in_the_case_file(page, workspace, desk, qtbot) -> None:
    coaching_id = page.case.coaching.id
    before = len(page.case.suggestions)
    page.suggestions.add_button.setFocus()
    qtbot.keyClick(page.suggestions.add_button, Qt.Key.Key_Insert)
    page.suggestions.form.fields["kind"].inner.setCurrentIndex(1)
    type_text(page.suggestions.form.fields["description"].inner, "Ein Ziel zur Ausdauer")
    page.suggestions.save()
    assert len(page.case.suggestions) == before + 1
    made = next(row for row in page.case.suggestions if row["description"] == "Ein Ziel zur Ausdauer")
    assert (made["staff_id"], made["made_on"], made["state"]) == (desk.staff_id, TODAY, "open")
    coach = next(entry.row["staff_id"] for entry in page.case.assignments if entry.role == Role.JOB_COACH.value and entry.current)
    desk.staff_id = coach
    workspace.open_page("overview")
    overview = workspace.page("overview")
    overview.refresh()
    item = next(item for item in overview._overview.due if item.kind is DueKind.SUGGESTION and item.row_id == made.id)
    assert "Ein Ziel zur Ausdauer" in item.text
    overview.open_item(item)
    section = workspace.page("case_file")._views["suggestions"]
    assert section.list.table.current().id == made.id
    qtbot.keyClick(section.list.table, Qt.Key.Key_Space)
    answered = next(row for row in read_case_file(desk.vault, coaching_id, today=TODAY).suggestions if row.id == made.id)
    assert (answered["state"], answered["answered_on"]) == ("accepted", TODAY)


def test_that_half_a_suggestion_outlives_the_window(page, workspace, desk, qtbot) -> None:
    page.suggestions.begin_new()
    type_text(page.suggestions.form.fields["description"].inner, "Noch nicht fertig")
    where, other = {"coaching_id": page.case.coaching.id}, page.people.currentIndex().row() - 1
    page.people.selectRow(max(other, 0))
    assert page.suggestions.texts() is None
    me = desk.staff_id
    again = Workspace(desk)
    qtbot.addWidget(again)
    again.show()
    desk.staff_id = me
    again.open_page("following", where)
    shown = again.page("following").suggestions
    assert shown.form.texts()["description"] == "Noch nicht fertig"


def test_that_who_has_nobody_is_told_so(workspace, desk) -> None:
    staff = desk.read(lambda connection: list_staff(connection, today=TODAY))
    desk.staff_id = next(member.id for member in staff if member.role is Role.COORDINATION)
    workspace.open_page("following")
    page = workspace.page("following")
    assert "niemand zugeordnet" in page._empty.text()
    assert page._empty.isVisible()
    assert not page._body.isVisible()


def test_that_what_was_observed_is_noted_as_talked_over_today(page, workspace, desk, qtbot) -> None:
    coaching_id = page.case.coaching.id
    values = {"coaching_id": coaching_id, "staff_id": desk.staff_id, "observed_on": TODAY, "resilience": 3}
    made = desk.write(lambda session: add_row(session, Observation, values, today=TODAY))
    page.discussed_button.click()
    seen = read_case_file(desk.vault, coaching_id, today=TODAY).observations
    assert next(row for row in seen if row.id == made)["discussed_on"] == TODAY
    assert not [row for row in seen if row["staff_id"] == desk.staff_id and row["discussed_on"] is None]
    assert "besprochen" in page.banner.text()
    page.discussed_button.click()
    assert "schon besprochen" in page.banner.text()
