"""Looking around in the vault of invented people: at whose desk, and how one changes it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from bjc_desktop.preferences import Settings, load_settings
from bjc_desktop.ui import frame as frames
from bjc_desktop.ui.frame import Frame
from bjc_desktop.ui.page_list import FIRST
from bjc_desktop.ui.shared.sample_banner import SampleBanner
from bjc_desktop.vocabulary import Role


@pytest.fixture
def frame(look, qtbot, tmp_path, monkeypatch):
    """Yield the window as it is on a computer where nothing is yet."""
    monkeypatch.setattr(frames, "user_data_path", lambda *_, **__: tmp_path / "data")
    made = Frame(tmp_path / "config", Settings())
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


def at_desk(frame, qtbot, before=None):
    """Wait for another workspace than *before*."""
    qtbot.waitUntil(lambda: frame.workspace not in {None, before}, timeout=60_000)
    return frame.workspace


def test_that_one_looks_around_by_the_keys_and_changes_the_desk_in_one_step(frame, qtbot, tmp_path) -> None:
    with qtbot.waitActive(frame):
        frame.activateWindow()
    sample = frame.start.choice.buttons[-1]
    sample.setFocus()
    qtbot.keyClick(sample, Qt.Key.Key_Return)
    assert QApplication.focusWidget() is frame.start.sample_panel.buttons[0]
    assert QApplication.focusWidget().accessibleName().startswith(Role.JOB_COACH.label)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    workspace = at_desk(frame, qtbot)
    assert workspace.desk.vault.user.roles == {Role.JOB_COACH}
    for role in (Role.EMPLOYMENT_TRAINER, Role.ADMINISTRATION):
        banner = workspace.findChild(SampleBanner)
        banner.buttons[role].click()
        workspace = at_desk(frame, qtbot, workspace)
        assert workspace.desk.vault.user.roles == {role}
        assert workspace.shown_page.key == FIRST[role]
        banner = workspace.findChild(SampleBanner)
        assert [made for made, way in banner.buttons.items() if not way.isEnabled()] == [role]
    assert load_settings(tmp_path / "config").vaults == ()


def test_that_escape_leads_back_from_the_choice_of_a_desk(frame, qtbot) -> None:
    frame.start.show_sample()
    qtbot.keyClick(frame.start.sample_panel.buttons[0], Qt.Key.Key_Escape)
    assert frame.start.choice.isVisible()


def test_that_a_folder_that_is_no_vault_is_said_at_the_choice(frame, qtbot, tmp_path) -> None:
    (tmp_path / "data" / "Beispiel-Tresor").mkdir(parents=True)
    frame.start.open_sample(None)
    panel = frame.start.sample_panel
    assert "vorbereitet" in panel.banner.text()
    qtbot.waitUntil(panel.buttons[0].isEnabled, timeout=20_000)
    assert panel.banner.text()
    assert "vorbereitet" not in panel.banner.text()


def test_that_the_banner_takes_one_line_of_large_text(look, qtbot) -> None:
    before = look.scale
    look.apply("light", 200)
    try:
        banner = SampleBanner("demo", lambda _: None, lambda: None)
        qtbot.addWidget(banner)
        banner.resize(1366, 100)
        banner.show()
        qtbot.waitUntil(lambda: banner.sizeHint().height() < 90)
    finally:
        look.apply("light", before)
