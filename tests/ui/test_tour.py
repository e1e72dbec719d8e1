"""The walk around the window: offered once, never forced, by keys alone, and at real places."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from bjc_desktop.preferences import Settings, load_settings, save_settings
from bjc_desktop.ui.palette import Palette
from bjc_desktop.ui.tour.tour import Tour
from bjc_desktop.ui.tour.tour_steps import STEPS, steps_for
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import UserIdentity
from bjc_desktop.vocabulary import Role


def walk_of(workspace) -> Tour | None:
    """Return the walk that is going on."""
    return next((made for made in workspace.findChildren(Tour) if made.isVisible()), None)


@pytest.fixture(params=[*Role, None])
def walk(request, desk, qtbot):
    """Return the walk of a user with one role, or with all of them."""
    user = desk.vault.user
    if request.param is not None:
        desk.vault.user = UserIdentity(user.id, user.name, frozenset({request.param}))
    workspace = Workspace(desk)
    qtbot.addWidget(workspace)
    workspace.resize(1366, 768)
    workspace.show()
    workspace.begin()
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    workspace.begin_tour()
    return walk_of(workspace)


def test_that_each_step_frames_something_that_is_there_and_the_card_hides_nothing_of_the_text(walk, desk, qtbot) -> None:
    assert len(walk.steps) <= 6
    places = []
    for at in range(len(walk.steps)):
        assert walk.at == at
        desk.background.wait()
        hole = walk._hole
        assert hole.width() > 20
        assert hole.height() > 20
        assert walk.rect().contains(hole)
        assert walk.rect().contains(walk.card.geometry())
        assert QApplication.focusWidget() is walk.next_button
        assert walk.steps[at].text in walk.next_button.accessibleDescription()
        places.append(hole)
        if at < len(walk.steps) - 1:
            qtbot.keyClick(walk.next_button, Qt.Key.Key_Return)
    assert len({(hole.x(), hole.y()) for hole in places}) == len(places)


def test_that_every_page_that_is_shown_may_be_opened_by_the_role() -> None:
    from bjc_desktop.ui.page_list import PAGES

    pages = {entry.key: entry for entry in PAGES}
    wrong = [
        (role, step.place)
        for role, steps in STEPS.items()
        for step in steps
        if step.place in pages and not pages[step.place].open_to(frozenset({role}))
    ]
    assert wrong == []
    assert steps_for(frozenset(Role)) not in STEPS.values()


@pytest.fixture
def going(workspace, qtbot):
    """Return the walk of the sample's user, begun from the search for actions."""
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    workspace.page("overview").due_table.setFocus()
    workspace.open_palette()
    palette = workspace.findChild(Palette)
    palette.line.setText("rundg")
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert walk_of(workspace) is not None
    with qtbot.waitActive(workspace):
        workspace.activateWindow()
    return walk_of(workspace)


def test_that_escape_leaves_it_at_any_step_and_gives_the_keyboard_back(going, workspace, qtbot) -> None:
    qtbot.keyClick(going.next_button, Qt.Key.Key_Right)
    assert going.at == 1
    qtbot.keyClick(going.next_button, Qt.Key.Key_Left)
    qtbot.keyClick(going.next_button, Qt.Key.Key_Right)
    qtbot.keyClick(going.next_button, Qt.Key.Key_Escape)
    assert walk_of(workspace) is None
    assert QApplication.focusWidget() is not None
    assert workspace.isAncestorOf(QApplication.focusWidget())
    workspace.begin_tour()
    assert walk_of(workspace).at == 0


def test_that_tab_stays_within_the_card(going, qtbot) -> None:
    qtbot.keyClick(going.next_button, Qt.Key.Key_Right)
    reached = []
    for _ in range(4):
        reached.append(QApplication.focusWidget())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert reached == [going.next_button, going.back_button, going.end_button, going.next_button]
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Backtab)
    assert QApplication.focusWidget() is going.next_button


def test_that_it_follows_the_size_of_the_window(going, workspace) -> None:
    workspace.resize(1000, 640)
    assert going.geometry() == workspace.rect()
    assert going.rect().contains(going.card.geometry())


def test_that_it_is_offered_once_and_remembered(workspace, desk, tmp_path) -> None:
    wanted: list[dict] = []
    workspace.settings_wanted.connect(wanted.append)
    workspace.offer_tour()
    assert wanted == [{"toured": True}]
    assert "Rundgang" in workspace.banner.text()
    ways = {made.text().replace("&", ""): made for made in workspace.banner.findChildren(QPushButton)}
    ways["Nicht jetzt"].click()
    assert workspace.banner.text() == ""
    assert walk_of(workspace) is None
    save_settings(tmp_path, Settings(toured=True))
    desk.settings = load_settings(tmp_path)
    workspace.offer_tour()
    assert workspace.banner.text() == ""


def test_that_the_offer_goes_with_the_page_on_which_it_was_made(workspace) -> None:
    workspace.offer_tour()
    workspace.open_page("coachees")
    assert workspace.banner.text() == ""
