"""After the lock nothing of what was shown is left: no widget, no connection, no name, nothing on the clipboard."""

import gc
import weakref
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QTextEdit, QWidget

from bjc_desktop.errors import VaultError
from bjc_desktop.preferences import Settings
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.ui import frame as frames
from bjc_desktop.ui.frame import Frame
from bjc_desktop.ui.page_list import PAGES
from bjc_desktop.ui.shared import clipboard
from bjc_desktop.vault import open_with_key
from tests.conftest import NOW
from tests.vault.cases import CANARY, add_case


@pytest.fixture
def frame(look, qtbot, tmp_path, vault_folder, template_vault, monkeypatch):
    """Yield the window with a vault unlocked that holds one case."""
    monkeypatch.setattr(frames, "user_data_path", lambda *_, **__: tmp_path / "data")
    made = Frame(tmp_path / "config", Settings())
    qtbot.addWidget(made)
    made.show()
    opened = open_with_key(vault_folder, template_vault.secrets)
    fill_new_vault(opened, now=NOW)
    add_case(opened)
    opened.clock = lambda: NOW
    made.start.opened.emit(opened)
    del opened
    yield made
    made.close()


def settled(frame: Frame) -> None:
    """Let everything happen that was put off."""
    frame.background.wait()
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def walked(frame: Frame) -> None:
    """Show every page, and the case file."""
    workspace = frame.workspace
    coaching_id = workspace.desk.read(lambda c: c.exec_driver_sql("SELECT id FROM coachings").scalar())
    for entry in PAGES:
        workspace.open_page(entry.key, {"coaching_id": coaching_id} if entry.key in {"case_file", "closing"} else {})
        frame.background.wait()
        QCoreApplication.processEvents()
    workspace.open_page("case_file", {"coaching_id": coaching_id})


def texts() -> list[str]:
    """Return what stands in any widget that Python can still reach, shown or not."""
    alive = [made for made in gc.get_objects() if isinstance(made, QWidget) and shiboken6.isValid(made)]
    read = {QLabel: QLabel.text, QLineEdit: QLineEdit.text, QTextEdit: QTextEdit.toPlainText}
    found = [
        question(made)
        for made in {*alive, *QApplication.allWidgets()}
        for kind, question in read.items()
        if isinstance(made, kind)
    ]
    return found + [made.windowTitle() for made in QApplication.allWidgets()]


def open_files() -> set[str]:
    """Return the names of the files that this process has open, where the system says."""
    place = Path("/proc/self/fd")
    return {link.readlink().name for link in place.iterdir() if link.exists()} if place.is_dir() else set()


def test_that_the_lock_leaves_no_widget_no_connection_and_no_name(frame) -> None:
    walked(frame)
    vault = frame.workspace.desk.vault
    widgets = [weakref.ref(made) for made in (frame.workspace, *frame.workspace.findChildren(QWidget))]
    assert len(widgets) > 100
    assert any(CANARY in text for text in texts())
    assert "vault.db" in open_files() or not open_files()
    frame.lock()
    settled(frame)
    left = [made() for made in widgets if made() is not None and shiboken6.isValid(made())]
    assert left == []
    assert [text for text in texts() if CANARY in text] == []
    assert not open_files() & {"vault.db", "vault.db-wal", "vault.db-shm"}
    assert (vault.secrets.data_key, vault.secrets.private_key, vault.connector.key.data_key, vault.notes) == (b"", b"", b"", None)
    with pytest.raises(VaultError, match="gesperrt"), vault.reading():
        pass


def test_that_the_locked_window_has_no_name_in_its_title(frame) -> None:
    walked(frame)
    frame.lock()
    settled(frame)
    assert {made.windowTitle() for made in QApplication.topLevelWidgets() if made.isVisible()} == {frames.TITLE}


def test_that_the_lock_takes_back_what_the_window_put_on_the_clipboard(frame) -> None:
    clipboard.put("160\t120")
    frame.lock()
    assert QApplication.clipboard().text() == ""


def test_that_what_was_copied_elsewhere_stays(frame, monkeypatch) -> None:
    clipboard.put("160\t120")
    QApplication.clipboard().setText("aus einem anderen Programm")
    frame.lock()
    assert QApplication.clipboard().text() == "aus einem anderen Programm"


def test_that_the_clipboard_is_cleared_after_a_while(frame) -> None:
    clipboard.put("160\t120")
    assert frame._clipboard._timer.isActive()
    assert frame._clipboard._timer.interval() == clipboard.SECONDS * 1000
    frame._clipboard._timer.timeout.emit()
    assert QApplication.clipboard().text() == ""


def test_that_a_copy_by_the_keys_of_a_field_is_taken_back_too(frame, monkeypatch) -> None:
    QApplication.clipboard().setText("ein Name")
    monkeypatch.setattr(clipboard, "_is_ours", lambda: True)
    frame.lock()
    assert QApplication.clipboard().text() == ""
