"""F1 opens the manual where it tells of what is shown; it is read and searched by keyboard, and left by Escape."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from bjc_desktop.preferences import Settings
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.ui import frame as frames
from bjc_desktop.ui.frame import Frame
from bjc_desktop.ui.help.help_window import HelpWindow
from bjc_desktop.ui.help.places import BEGINNING
from bjc_desktop.ui.palette import Palette
from bjc_desktop.ui.shared.background import Background
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vault import open_with_key
from tests.conftest import NOW


def open_help_windows() -> list[HelpWindow]:
    return [made for made in QApplication.topLevelWidgets() if isinstance(made, HelpWindow) and made.isVisible()]


def shown_help() -> HelpWindow:
    (window,) = open_help_windows()
    return window


@pytest.fixture(autouse=True)
def _closed():
    yield
    for window in open_help_windows():
        window.close()
    QCoreApplication.processEvents()


@pytest.fixture
def background(qapp):
    made = Background()
    yield made
    made.wait()


@pytest.fixture
def help_window(look, background, qtbot):
    made = HelpWindow(background)  # closed, and with that deleted, by _closed
    made.show_place(BEGINNING)
    made.show()
    return made


@pytest.fixture
def frame(look, qtbot, tmp_path, vault_folder, template_vault, monkeypatch):
    """Yield the window with a vault unlocked."""
    monkeypatch.setattr(frames, "user_data_path", lambda *_, **__: tmp_path / "data")
    made = Frame(tmp_path / "config", Settings())
    qtbot.addWidget(made)
    made.show()
    opened = open_with_key(vault_folder, template_vault.secrets)
    fill_new_vault(opened, now=NOW)
    opened.clock = lambda: NOW
    made.start.opened.emit(opened)
    yield made
    made.close()


def test_that_f1_opens_the_place_of_each_page_and_of_its_part(workspace, qtbot) -> None:
    for key, where, place in (
        ("quality", {}, "datenqualitaet"),
        ("report", {"step": "send"}, "bericht-freigeben"),
        ("exchange", {"section": "conflicts"}, "abweichungen"),
        ("foundations", {"section": "targets"}, "sollwerte"),
        ("privacy", {"section": "run"}, "loeschlauf"),
    ):
        workspace.open_page(key, where)
        with qtbot.waitActive(workspace):
            workspace.activateWindow()
        qtbot.keyClick(workspace, Qt.Key.Key_F1)
        assert shown_help().place == place
        shown_help().close()
        QCoreApplication.processEvents()


def test_that_escape_closes_the_manual_and_the_page_is_where_it_was(workspace, qtbot) -> None:
    workspace.open_page("coachees", {})
    workspace.open_help()
    qtbot.keyClick(shown_help(), Qt.Key.Key_Escape)
    assert open_help_windows() == []
    assert workspace.shown_page.key == "coachees"


def test_that_f1_in_front_of_a_dialog_opens_a_manual_that_can_be_used(frame, qtbot) -> None:
    frame.workspace.open_palette()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, Palette)
    qtbot.keyClick(dialog.line, Qt.Key.Key_F1)
    window = shown_help()
    assert window.place == "suchen"
    assert window.parent() is dialog
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert open_help_windows() == []
    assert dialog.isVisible()
    dialog.close()


def test_that_the_first_page_has_its_place_before_a_vault_is_open(look, qtbot, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(frames, "user_data_path", lambda *_, **__: tmp_path / "data")
    made = Frame(tmp_path / "config", Settings())
    qtbot.addWidget(made)
    made.show()
    with qtbot.waitActive(made):
        made.activateWindow()
    qtbot.keyClick(made, Qt.Key.Key_F1)
    assert shown_help().place == BEGINNING


def test_that_the_lock_closes_the_manual_too(frame) -> None:
    frame.workspace.open_help()
    assert shown_help()
    frame.lock()
    assert open_help_windows() == []


def test_that_the_search_for_actions_offers_the_manual(workspace) -> None:
    workspace.open_palette()
    dialog = next(made for made in workspace.findChildren(Palette) if made.isVisible())
    dialog.line.setText("handbuch")
    QTest.keyClick(dialog.line, Qt.Key.Key_Return)
    assert shown_help().place


def test_that_words_are_found_wherever_they_stand_and_marked(help_window, qtbot) -> None:
    qtbot.keyClicks(help_window.line, "passphrase VERGESSEN")
    titles = [item.text(0) for item in help_window.contents.each()]
    assert titles[0] == "Eine Passphrase ist vergessen"
    qtbot.keyClick(help_window.line, Qt.Key.Key_Return)
    assert help_window.place == "passphrase-vergessen"
    marked = {selection.cursor.selectedText().casefold() for selection in help_window.text.extraSelections()}
    assert marked == {"passphrase", "vergessen"}
    help_window.line.setText("xyzzy")
    assert list(help_window.contents.each()) == []
    help_window.line.clear()
    assert len(list(help_window.contents.each())) > 60


def test_that_links_lead_within_the_manual_and_back_and_nowhere_else(help_window) -> None:
    help_window.text.anchorClicked.emit(QUrl("#arbeitszeit"))
    assert help_window.place == "arbeitszeit"
    help_window.go_back()
    assert help_window.place == BEGINNING
    for address in ("https://example.org/#arbeitszeit", "file:///etc/passwd", "#gibtesnicht"):
        help_window.text.anchorClicked.emit(QUrl(address))
        assert help_window.place == BEGINNING


def test_that_no_picture_from_outside_the_manual_is_loaded(help_window, tmp_path) -> None:
    outside = tmp_path / "other.png"
    outside.write_bytes((Path(__file__).parents[2] / "resources/manual/bilder/overview.png").read_bytes())
    image = 2  # QTextDocument.ResourceType.ImageResource
    assert help_window.text.loadResource(image, QUrl("bilder/overview.png")).width() > 0
    for address in (str(outside), f"../../../../../../..{outside}", "https://example.org/a.png"):
        assert help_window.text.loadResource(image, QUrl(address)) is None


def test_that_what_is_saved_is_a_pdf_or_one_file_of_html(help_window, background, tmp_path, qtbot) -> None:
    def saved(page: str, name: str) -> bytes:
        help_window.save(page, tmp_path / name)
        assert "wird geschrieben" in help_window.banner.text()
        background.wait()
        qtbot.waitUntil(lambda: "Gespeichert" in help_window.banner.text())
        return (tmp_path / name).read_bytes()

    assert saved("schnellstart-1-jobcoach.html", "start.pdf").startswith(b"%PDF")
    assert b'<html lang="de">' in saved("vorlagen-1-verzeichnis.html", "vorlage.html")
    help_window.save("vorlagen-1-verzeichnis.html", tmp_path / "fehlt" / "vorlage.html")
    background.wait()
    qtbot.waitUntil(lambda: "anderen Ort" in help_window.banner.text())


@pytest.mark.parametrize(("scheme", "scale"), [("light", 100), ("dark", 150), ("contrast", 200)])
def test_that_nothing_is_cut_off_at_any_size_and_all_is_named(look, background, scheme, scale) -> None:
    before = theme().scheme, theme().scale
    theme().apply(scheme, scale)
    try:
        made = HelpWindow(background)
        made.resize(1326, 700)
        made.show_place("konsultation")
        made.show()
        QCoreApplication.processEvents()
        assert made.minimumSizeHint().width() <= 1366
        assert made.minimumSizeHint().height() <= 768
        assert made.text.horizontalScrollBar().maximum() == 0
        assert all(widget.accessibleName() for widget in (made.line, made.contents, made.text))
        for item in made.contents.each():
            assert made.contents.visualItemRect(item).height() >= 24
    finally:
        theme().apply(*before)
