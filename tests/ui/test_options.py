"""The settings page: nobody becomes somebody else by an arrow key, and the keyboard stays where it was."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from bjc_desktop.preferences import Settings
from bjc_desktop.services.team import staff_of_user
from bjc_desktop.ui.frame import Frame
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vocabulary import Role


@pytest.fixture
def page(workspace):
    """Return the page, shown."""
    workspace.open_page("settings")
    return workspace.page("settings")


def _saved(desk):
    return desk.read(lambda connection: staff_of_user(connection, desk.vault.user.id))


def test_that_arrow_keys_only_look_and_the_button_says_who_one_is(page, desk, qtbot) -> None:
    before = _saved(desk)
    for _ in range(2):
        qtbot.keyClick(page.staff, Qt.Key.Key_Down)
    assert _saved(desk) == before == desk.staff_id
    chosen = page.staff.currentData()
    assert chosen != before
    page.staff_button.click()
    assert _saved(desk) == desk.staff_id == page.staff.currentData() == chosen
    assert not page.staff_button.isEnabled()
    with desk.vault.reading() as connection:
        assert connection.exec_driver_sql("SELECT action FROM change_records ORDER BY id DESC LIMIT 1").scalar() == "set_staff"


def test_that_whose_sight_follows_from_it_is_told_who_says_who_they_are(desk, qtbot) -> None:
    user = desk.vault.user
    desk.vault.user = UserIdentity(user.id, user.name, frozenset({Role.EMPLOYMENT_TRAINER}))
    made = Workspace(desk)
    qtbot.addWidget(made)
    made.show()
    made.open_page("settings")
    assert not made.page("settings").staff.isEnabled()
    assert made.page("settings").first_field() is made.page("settings").scheme
    desk.vault.user = user


@pytest.fixture
def frame(desk, tmp_path, qtbot):
    """Yield the window with the settings shown."""
    made = Frame(tmp_path / "config", Settings())
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    made.workspace = made._workspace(desk)
    made.workspace.begin(("settings", {}))
    yield made
    made.workspace = None


def test_that_pages_that_are_open_offer_the_cases_of_who_one_is_now(frame, desk) -> None:
    frame.workspace.open_page("coachees")
    before = frame.workspace.page("coachees").cases.itemData(0)
    assert before == desk.staff_id
    frame.workspace.open_page("settings")
    page = frame.workspace.page("settings")
    page.staff.setCurrentIndex(next(at for at in range(1, page.staff.count()) if page.staff.itemData(at) != before))
    page._offer_staff()
    page.staff_button.click()
    cases = frame.workspace.page("coachees").cases
    offered = {cases.itemText(at): cases.itemData(at) for at in range(cases.count())}
    assert offered["Meine Fälle"] == desk.staff_id != before
    assert frame.workspace.shown_page.key == "settings"


def test_that_the_keyboard_stays_at_the_text_size(frame, qtbot) -> None:
    page = frame.workspace.page("settings")
    page.scale.setFocus()
    before = theme().scale
    try:
        qtbot.keyClick(page.scale, Qt.Key.Key_Down)
        again = frame.workspace.page("settings")
        assert again is not page
        assert again.scale.hasFocus()
        assert QApplication.focusWidget() is again.scale
        assert again.scale.currentData() == page.scale.currentData()
    finally:
        theme().apply("light", before)
