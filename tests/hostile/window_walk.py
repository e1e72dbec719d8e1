"""Run in a process of its own: the window over a vault, through all its pages, with failures provoked.

Usage: window_walk.py VAULT CANARY [EXCHANGE-FILE …].
"""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from platformdirs import user_config_path, user_log_path
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox

from bjc_desktop import app
from bjc_desktop.log import set_up_log
from bjc_desktop.models import Coachee
from bjc_desktop.preferences import load_settings
from bjc_desktop.ui.frame import Frame
from bjc_desktop.ui.page_list import PAGES
from bjc_desktop.ui.printing.preview_dialog import PreviewDialog
from bjc_desktop.ui.shared.theme import install_theme
from bjc_desktop.ui.workspace import Workspace
from bjc_desktop.vault import open_vault

PASSPHRASE = Path(os.environ["BJC_PASSPHRASE_FILE"]).read_text("utf-8").strip()
titles: set[str] = set()


def settle(frame: Frame) -> None:
    """Let everything happen that was asked for, and note what the windows are called."""
    frame.background.wait()
    for _ in range(3):
        QCoreApplication.processEvents()
    titles.update(made.windowTitle() for made in QApplication.topLevelWidgets())


def walk(frame: Frame, workspace: Workspace, canary: str) -> None:
    """Show each page, with the canary typed wherever something can be typed."""
    coaching = workspace.desk.read(lambda c: c.exec_driver_sql("SELECT id FROM coachings").scalar())
    for entry in PAGES:
        workspace.open_page(entry.key, {"coaching_id": coaching} if entry.key in {"case_file", "closing"} else {})
        settle(frame)
        for line in workspace.stack.currentWidget().findChildren(QLineEdit):
            if line.isVisible() and line.isEnabled() and not line.isReadOnly():
                line.setText(f"{canary} x")
                QTest.keyClicks(line, "y")
        settle(frame)
        workspace.keep_drafts()
    workspace.open_palette()
    settle(frame)
    workspace.record()
    settle(frame)
    for dialog in QApplication.topLevelWidgets():
        if dialog is not frame and dialog.isVisible():
            dialog.close()


def exchange(frame: Frame, workspace: Workspace, files: list[Path]) -> None:
    """Show each of *files* on the page „Austausch“, take it in where it can be, and open every section."""
    workspace.open_page("exchange")
    settle(frame)
    page = workspace.page("exchange")
    for file in files:
        page.reading_view.open_file(file)
        settle(frame)
        if page.reading_view.take_button.isEnabled():
            page.reading_view.take()
            settle(frame)
        for key in page.sections.buttons:
            page.sections.buttons[key].click()
            settle(frame)


def raising(error: BaseException) -> Callable[..., None]:
    """Return what raises *error*."""

    def act(*_: object) -> None:
        raise error

    return act


def errors(canary: str) -> Iterator[BaseException]:
    """Yield errors whose text holds the canary."""
    yield from (kind(canary) for kind in (ValueError, KeyError, RuntimeError, OSError, TypeError, AssertionError, LookupError))
    yield FileNotFoundError(2, "fehlt", f"/tmp/{canary}")
    yield UnicodeEncodeError("ascii", canary, 0, 1, canary)


def failures(frame: Frame, workspace: Workspace, canary: str) -> Iterator[Callable[[], object]]:
    """Yield what fails: in a slot, behind the window, in a transaction, at a file."""
    desk = workspace.desk
    for error in errors(canary):
        yield lambda error=error: QTimer.singleShot(0, raising(error))
        yield lambda error=error: desk.background.run(desk, raising(error), print, lambda _: None)
        yield lambda error=error: quietly(lambda: desk.write(raising(error)))
    yield lambda: quietly(lambda: desk.write(lambda session: session.add(Coachee(family_name=canary))))
    yield lambda: quietly(
        lambda: desk.read(lambda c: c.exec_driver_sql("SELECT * FROM coachees WHERE family_name = ? x", (canary,)))
    )
    nowhere = Path(f"/dev/null/{canary}")
    workspace.open_page("case_file", {"coaching_id": desk.read(lambda c: c.exec_driver_sql("SELECT id FROM coachings").scalar())})
    page = workspace.page("case_file")
    yield page.preview
    yield lambda: page.findChild(PreviewDialog).save(nowhere / "akte.pdf")
    yield lambda: page.findChild(PreviewDialog).close()
    yield lambda: workspace.page("statistic").save_to(nowhere)
    yield lambda: workspace.page("backups").use_second(Path("/dev/null/sicherung"))


def quietly(act: Callable[[], object]) -> None:
    """Let *act* fail as a page does that says so."""
    try:
        act()
    except Exception:  # noqa: BLE001 - whatever it is
        QTimer.singleShot(0, act)


def main(vault: Path, canary: str, files: list[Path]) -> int:
    """Walk, fail, lock, try a wrong passphrase, close; return how many failures there were."""
    config = user_config_path(app.FOLDER, appauthor=False)
    application = app.make_application(sys.argv[:1])
    install_theme(application)
    frame = Frame(config, load_settings(config))
    app._catch_the_unexpected(frame)
    set_up_log(user_log_path(app.FOLDER, appauthor=False))
    frame.show()
    frame.start.opened.emit(open_vault(vault, PASSPHRASE, now=datetime.now(UTC)))
    settle(frame)
    exchange(frame, frame.workspace, files)
    walk(frame, frame.workspace, canary)
    count, reports = 0, ""
    for fail in failures(frame, frame.workspace, canary):
        fail()
        count += 1
        settle(frame)
        for box in frame.findChildren(QMessageBox):
            reports += box.detailedText() + box.text() + box.informativeText()
            box.close()
            box.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    frame.lock()
    frame.start.unlock_form.passphrase.line.setText(f"{canary} {canary}")
    frame.start.unlock_form.open_button.click()
    settle(frame)
    frame.close()
    print(count, len(reports), canary.casefold() in f"{reports} {titles}".casefold())
    return 0


if __name__ == "__main__":
    try:
        status = main(Path(sys.argv[1]), sys.argv[2], [Path(file) for file in sys.argv[3:]])
    except BaseException:  # noqa: BLE001 - the window's own hook would say nothing
        traceback.print_exc()
        status = 3
    sys.exit(status)
