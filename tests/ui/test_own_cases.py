"""The window of a job coach who is nothing beside it: the own cases, and nobody else's name on any page."""

import pytest
from PySide6.QtCore import QAbstractTableModel
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLabel, QLineEdit, QPlainTextEdit

from bjc_desktop.services.coachee_list import CoacheeFilter, find_coachees
from bjc_desktop.ui.coachees.new_coachee_dialog import ELSEWHERE, NewCoacheeDialog
from bjc_desktop.ui.page_list import PAGES
from bjc_desktop.ui.palette import Palette
from bjc_desktop.ui.shared.page import Page
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vault.role_rights import HIDDEN, NOT_ASSIGNED, visible_people
from bjc_desktop.vocabulary import Role
from tests.ui.conftest import NOW, TODAY
from tests.ui.typing_keys import type_text

_MOST = "SELECT staff_id FROM user_staff"


@pytest.fixture
def other(desk):
    """Return somebody whom a colleague looks after, read before the sight is narrowed."""
    own = {row.coachee_id for row in _rows(desk, desk.read(lambda connection: connection.exec_driver_sql(_MOST).scalar()))}
    return next(row for row in _rows(desk, None) if row.coachee_id not in own and row.exit_on is None and row.coach_id)


def _rows(desk, coach_id):
    return desk.read(lambda connection: find_coachees(connection, CoacheeFilter(coach_id=coach_id), limit=1000, today=TODAY)).rows


@pytest.fixture
def coach(desk, other, qtbot):
    """Return the workspace of somebody who is a job coach only."""
    desk.vault.clock = lambda: NOW
    desk.vault.user = UserIdentity(desk.vault.user.id, desk.vault.user.name, frozenset({Role.JOB_COACH}))
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    workspace.resize(1366, 768)
    workspace.begin()
    workspace.show()
    yield workspace
    desk.background.wait()


def shown_texts(page: Page) -> list[str]:
    """Return what stands on *page*."""
    texts = [made.text() for kind in (QLabel, QAbstractButton, QLineEdit) for made in page.findChildren(kind)]
    texts += [made.toPlainText() for made in page.findChildren(QPlainTextEdit)]
    texts += [made.itemText(i) for made in page.findChildren(QComboBox) for i in range(made.count())]
    for view in page.findChildren(QAbstractItemView):
        model = view.model()
        if isinstance(model, QAbstractTableModel):
            cells = ((row, column) for row in range(model.rowCount()) for column in range(model.columnCount()))
            texts += [str(model.index(*cell).data() or "") for cell in cells]
    return texts


def test_that_no_page_names_anybody_but_the_own_cases(coach, other, qtbot) -> None:
    seen = set(coach.desk.read(visible_people))
    assert other.coachee_id not in seen
    for entry in coach.shown_pages():
        coach.open_page(entry.key)
        coach.desk.background.wait()
        qtbot.wait(20)
        told = shown_texts(coach.page(entry.key))
        assert not [text for text in told if other.family_name in text and (other.given_name or "") in text], entry.key
        if entry.key not in {"figures", "settings"}:
            assert HIDDEN not in " ".join(told), entry.key
    listed = {row.coachee_id for row in _rows(coach.desk, None)}
    assert listed == seen


def test_that_a_colleague_s_case_does_not_open(coach, other) -> None:
    before = coach.place()
    for key in ("case_file", "closing", "follow_ups"):
        coach.open_page(key, {"coaching_id": other.coaching_id})
        assert coach.banner.text() == NOT_ASSIGNED
        assert coach.place() == before


def test_that_the_search_for_actions_finds_the_own_people_only(coach, other) -> None:
    palette = Palette(coach.desk, [], lambda *_: None, coach)
    palette.line.setText(other.case_number)
    assert palette.list.count() == 0
    mine = _rows(coach.desk, None)[0]
    palette.line.setText(mine.case_number)
    assert mine.case_number in palette.list.item(0).text()
    palette.close()


def test_that_a_case_that_is_handed_over_while_it_is_open_says_so(coach, desk) -> None:
    mine = next(row for row in _rows(desk, None) if row.exit_on is None)
    coach.open_page("case_file", {"coaching_id": mine.coaching_id})
    page = coach.page("case_file")
    assert page.title.text() == mine.name
    with desk.vault.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM coaching_staff WHERE coaching_id = ?", (mine.coaching_id,))
    page.refresh()
    assert (page.title.text(), page.subtitle.text()) == ("Fallakte", NOT_ASSIGNED)
    coach.open_page("coachees")
    assert mine.coachee_id not in {row.coachee_id for row in _rows(desk, None)}


def test_that_a_new_person_who_is_at_a_colleague_s_is_named_with_the_colleague(coach, other, qtbot) -> None:
    coach.open_page("coachees", {"new": True})
    dialog = coach.findChild(NewCoacheeDialog)
    for name in ("given_name", "family_name"):
        type_text(dialog.person.fields[name].line, getattr(other, name) or "")
    qtbot.waitUntil(lambda: any(ELSEWHERE in made.text() for made in dialog.findChildren(QLabel)))
    told = next(made.text() for made in dialog.findChildren(QLabel) if ELSEWHERE in made.text() and other.name in made.text())
    assert f"zuständig: {other.coach_name}" in told
    assert other.case_number not in told
    dialog.close()


def test_that_every_page_of_a_coach_is_in_the_table() -> None:
    own = {entry.key for entry in PAGES if entry.open_to(frozenset({Role.JOB_COACH})) and entry.in_sidebar}
    assert own == {
        "overview",
        "coachees",
        "follow_ups",
        "figures",
        "quality",
        "exchange",
        "history",
        "duplicates",
        "privacy",
        "backups",
        "settings",
    }
