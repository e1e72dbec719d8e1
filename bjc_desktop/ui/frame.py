"""The window itself: the first page or the unlocked workspace, locking, and what happens to unexpected errors."""

import sys
import time
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from platformdirs import user_data_path
from PySide6.QtCore import QEvent, QEventLoop, QKeyCombination, QObject, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QMainWindow, QMessageBox, QStackedWidget, QWidget

from bjc_desktop import __version__
from bjc_desktop.preferences import Settings, save_settings
from bjc_desktop.ui.shared.background import Background
from bjc_desktop.ui.shared.backup_keeper import TOO_LONG
from bjc_desktop.ui.shared.clipboard import ClipboardGuard, put
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start.start_page import StartPage

if TYPE_CHECKING:
    from bjc_desktop.ui.shared.desk import Desk
    from bjc_desktop.ui.shared.sleep_watch import SleepWatch
    from bjc_desktop.ui.workspace import Workspace
    from bjc_desktop.vault import Vault

TITLE = "BJC Desktop"
_TICK = 5.0
"""Seconds between looks at the clock."""
_SLEEP = 30.0
"""Seconds that the clock must have jumped for the system to have slept."""
_REST = 20.0
"""Seconds without input after which memory is given back, again and again: what goes on behind the window takes some anew."""
_WARNING = 60.0
"""Seconds before the idle lock in which it is announced."""
_INPUT = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
}

_SLEPT = "Gesperrt, weil der Rechner geschlafen hat. Was Sie getippt haben, bleibt erhalten."


_BACKUP_SECONDS = 8
"""How long the last backup may keep somebody who locks or closes, in seconds."""
_GRACE_SECONDS = 2
_LAST_WORD_SECONDS = 6
"""How long a window that is being closed says that there is no backup."""
_HELP = QKeyCombination(Qt.KeyboardModifier.NoModifier, Qt.Key.Key_F1)
_LOCK = QKeyCombination(Qt.KeyboardModifier.ControlModifier, Qt.Key.Key_L)


class Frame(QMainWindow):
    """Holds the first page, and the workspace as long as a vault is unlocked."""

    def __init__(self, config: Path, settings: Settings) -> None:
        super().__init__()
        self._config, self.settings = config, settings
        self.background = Background(self)
        self._clipboard = ClipboardGuard(self)
        self.workspace: Workspace | None = None
        self._given: dict[str, Any] = {}
        """The place on the page of the exchange where the file belongs that the program was started with."""
        self.setWindowTitle(TITLE)
        self.stack = QStackedWidget()
        self.setCentralWidget(self.stack)
        self.start = StartPage(self.background, settings, user_data_path("bjc-desktop", appauthor=False))
        self.start.opened.connect(self._opened)
        self.start.settings_wanted.connect(lambda values: self.remember(replace(self.settings, **values)))
        self.start.remarked.connect(self._tell_remark)
        self.start.founded.connect(self._begin_first_day)
        self.stack.addWidget(self.start)
        area = QGuiApplication.primaryScreen().availableGeometry()
        self.resize(min(settings.width, area.width()), min(settings.height, area.height()))
        self._last_input = time.monotonic()
        self._rested = 0.0
        self._last_tick = time.time()
        self._sleep: SleepWatch | None = None
        self._locking = False
        QShortcut(QKeySequence("Ctrl+Q"), self).activated.connect(self.close)
        self._ticker = QTimer(self)
        self._ticker.setInterval(int(_TICK * 1000))
        self._ticker.timeout.connect(self.tick)
        self._ticker.start()

    def _opened(self, vault: "Vault") -> None:
        from bjc_desktop.services.vault_setup import is_sample  # noqa: PLC0415 - not before the first paint
        from bjc_desktop.ui.shared.desk import Desk  # noqa: PLC0415 - the same

        sample = is_sample(vault.folder)
        if not sample:
            self.remember(self.settings.with_vault(vault.folder, users=len(vault.slots.user_slots)))
        desk = Desk(vault, self.background, self.settings, sample=sample)
        self.workspace = self._workspace(desk)
        self.setWindowTitle(f"Beispieldaten – {TITLE}" if sample else TITLE)
        self._last_input = time.monotonic()
        if self._sleep is None:
            from bjc_desktop.ui.shared.sleep_watch import SleepWatch  # noqa: PLC0415 - the same

            self._sleep = SleepWatch(self)
            self._sleep.sleeping.connect(partial(self.lock, _SLEPT))
        # Only an unlocked window asks whether somebody is at work: the filter sees every event there is.
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]
        self.workspace.begin()
        if sample:
            self.workspace.offer_tour()
        desk.check()
        desk.backups.start()
        if self._given and not sample:
            place, self._given, self.start.awaited = self._given, {}, ""
            self.workspace.open_page("exchange", place)

    def show_given(self, path: Path) -> None:
        """Show what the program is started with, a vault's folder or a file; one of the exchange waits for an open vault."""
        from bjc_desktop.ui.start.given_file import show_given  # noqa: PLC0415 - most starts are without

        self._given = show_given(self.start, path)

    def _begin_first_day(self) -> None:
        if self.workspace is not None:
            self.workspace.open_page("beginning")
            self.workspace.offer_tour()

    def _look_around(self, desk: dict[str, Any]) -> None:
        """Lock, and go on in the vault with invented people: at the desk of a role, or where the desks are chosen."""
        self.lock()
        if "role" in desk:
            self.start.open_sample(desk["role"])
        else:
            self.start.show_sample()

    def _tell_remark(self, sentence: str) -> None:
        if self.workspace is not None:
            self.workspace.tell_remark(sentence)

    def _workspace(self, desk: "Desk") -> "Workspace":
        from bjc_desktop.ui.workspace import Workspace  # noqa: PLC0415 - not before the first paint

        made = Workspace(desk)
        made.lock_wanted.connect(self.lock)
        made.vault_wanted.connect(self._go_to)
        made.look_wanted.connect(self.change_look)
        made.sample_wanted.connect(self._look_around)
        made.settings_wanted.connect(lambda values: self.remember(replace(self.settings, **values)))
        self.stack.addWidget(made)
        self.stack.setCurrentWidget(made)
        return made

    def lock(self, sentence: str = "Gesperrt. Was Sie getippt haben, bleibt erhalten.") -> str:
        """Keep drafts, hide everything, back up what changed, close the vault, and ask for the passphrase.

        Return why there is no backup, or an empty text; the vault is closed all the same.
        """
        if self.workspace is None:
            return ""
        workspace, self.workspace = self.workspace, None
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        folder = workspace.desk.vault.folder
        workspace.keep_drafts()
        for other in QApplication.topLevelWidgets():
            if other is not self and other.isVisible():
                other.close()
        self.stack.removeWidget(workspace)
        workspace.hide()
        self._clipboard.clear()
        self.setWindowTitle(TITLE)
        self.start.wait_at(folder, "Gesperrt. Der Tresor wird noch gesichert und geschlossen …")
        # Whoever waits for a place that does not answer takes a thread from the last backup.
        _wait_no_longer()
        trouble = self._back_up_last(workspace.desk)
        workspace.desk.close()
        workspace.deleteLater()
        self.start.offer_vault(folder, f"{sentence} {trouble}".strip(), troubled=bool(trouble))
        return trouble

    def _back_up_last(self, desk: "Desk") -> str:
        """Back up behind the waiting window, for a few seconds at most; return why that failed, or an empty text."""
        loop, said = QEventLoop(), [TOO_LONG]

        def done(trouble: str) -> None:
            said[0] = trouble
            loop.quit()

        QTimer.singleShot(0, partial(desk.backups.finish, done))
        limit, end = QTimer(singleShot=True), QTimer(singleShot=True)
        limit.timeout.connect(desk.backups.stop)
        limit.start(_BACKUP_SECONDS * 1000)
        end.timeout.connect(loop.quit)
        end.start((_BACKUP_SECONDS + _GRACE_SECONDS) * 1000)
        self._locking = True
        try:
            loop.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        finally:
            self._locking = False
        return said[0]

    def _go_to(self, folder: Path) -> None:
        """Lock, and ask for the passphrase of the vault in *folder* instead."""
        self.lock()
        self.start.offer_vault(folder, "Dies ist der zurückgeholte Tresor. Bitte mit der Passphrase von damals entsperren.")

    def tick(self) -> None:
        """Lock after a sleep of the system and after idle minutes, the latter with a warning; rest long before."""
        now, idle = time.time(), time.monotonic() - self._last_input
        slept, self._last_tick = now - self._last_tick > _TICK + _SLEEP, now
        if self.workspace is None:
            return
        limit = self.settings.idle_minutes * 60
        if slept:
            self.lock(_SLEPT)
        elif limit and idle >= limit:
            self.lock("Gesperrt, weil eine Weile niemand gearbeitet hat. Was Sie getippt haben, bleibt erhalten.")
        elif limit and idle >= limit - _WARNING:
            self.workspace.warn_of_lock(int(limit - idle))
        elif min(idle, time.monotonic() - self._rested) >= _REST and self.background.quiet:
            self._rested = time.monotonic()
            self.workspace.desk.rest()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Note that somebody is at work; Ctrl+L and F1 act in front of a dialog too, which keeps the window's own keys from acting."""
        if event.type() in _INPUT:
            self._last_input = time.monotonic()
            if self.workspace is not None:
                self.workspace.take_back_warning()
            if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
                return self._key_before_dialog(event.keyCombination())
        # Not the parent's answer, which is the same: *watched* may be under construction, where another object was destroyed, and is
        # then taken for that one by the binding. An error in here ends the process.
        return False

    def _key_before_dialog(self, keys: QKeyCombination) -> bool:
        """Do what *keys* ask for in front of a dialog; say whether they did."""
        dialog = QApplication.activeModalWidget()
        if dialog is None or keys not in {_LOCK, _HELP}:
            return False
        if keys == _LOCK:
            QTimer.singleShot(0, self.lock)
        else:
            from bjc_desktop.ui.help.help_window import HelpWindow, open_help  # noqa: PLC0415 - not before it is asked for
            from bjc_desktop.ui.help.places import place_of_dialog  # noqa: PLC0415 - the same

            if isinstance(QApplication.activeWindow(), HelpWindow):
                return False
            open_help(dialog, place_of_dialog(dialog), self.background)
        return True

    def change_look(self, scheme: str, scale: int) -> None:
        """Show everything in *scheme* with text of *scale* per cent; the workspace is built anew where it was."""
        self.remember(replace(self.settings, scheme=scheme, scale=scale))
        theme().apply(scheme, scale)
        if self.workspace is not None:
            self.workspace.keep_drafts()
            desk, place = self.workspace.desk, self.workspace.place()
            focused = QApplication.focusWidget()
            name = "" if focused is None else focused.accessibleName()
            old, self.workspace = self.workspace, self._workspace(desk)
            self.stack.removeWidget(old)
            old.deleteLater()
            self.workspace.begin(place)
            _focus_again(self.workspace, name)

    def remember(self, settings: Settings) -> None:
        """Keep *settings* for the next start."""
        self.settings = self.start.settings = settings
        if self.workspace is not None:
            self.workspace.desk.settings = settings
        save_settings(self._config, settings)

    def tell_unexpected(self, kind: type[BaseException], trace: TracebackType | None) -> None:
        """Say after an unexpected error what is safe, with a report that names places in the program and nothing else."""
        places = []
        while trace is not None:
            code = trace.tb_frame.f_code
            places.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
            trace = trace.tb_next
        moment = datetime.now().isoformat(timespec="minutes")  # noqa: DTZ005 - the user's wall clock
        report = "\n".join([f"BJC Desktop {__version__}, {sys.platform}, {moment}", kind.__name__, *places])
        dialog = QMessageBox(self)
        dialog.setIcon(QMessageBox.Icon.Warning)
        dialog.setWindowTitle("Unerwarteter Fehler")
        dialog.setTextFormat(Qt.TextFormat.PlainText)
        dialog.setText("Etwas hat nicht funktioniert. Alles bisher Gespeicherte ist sicher; Sie können weiterarbeiten.")
        dialog.setInformativeText("Der Bericht nennt nur Stellen im Programm, keine Daten. Es wird nichts verschickt.")
        dialog.setDetailedText(report)
        copy = dialog.addButton("Kopieren", QMessageBox.ButtonRole.ActionRole)
        copy.clicked.connect(lambda: put(report))
        go_on = dialog.addButton("Weiterarbeiten", QMessageBox.ButtonRole.AcceptRole)
        dialog.setDefaultButton(go_on)
        dialog.setEscapeButton(go_on)
        dialog.open()

    @staticmethod
    def _saving_session() -> bool:
        """Say whether the desktop is ending the session, which must not be kept from it."""
        application = QGuiApplication.instance()
        return isinstance(application, QGuiApplication) and application.isSavingSession()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's
        """Keep drafts and the window's size, and close the vault."""
        if self._locking:
            event.ignore()
            return
        if self.workspace is not None and self.lock("Der Tresor ist geschlossen.") and not self._saving_session():
            # Nobody should leave without having read it; closing once more goes at once.
            event.ignore()
            QTimer.singleShot(_LAST_WORD_SECONDS * 1000, self, self.close)
            return
        self.start.drop()
        self.remember(replace(self.settings, width=self.width(), height=self.height()))
        _wait_no_longer()
        self.background.wait()
        super().closeEvent(event)


def _wait_no_longer() -> None:
    from bjc_desktop.vault.patience import wait_no_longer  # noqa: PLC0415 - not before the first paint

    wait_no_longer()


def _focus_again(root: QWidget, name: str) -> None:
    """Give the keyboard to what has the same name as what had it before everything was built anew."""
    found = (made for made in root.findChildren(QWidget) if name and made.accessibleName() == name and made.isVisible())
    target = next(found, None)
    if target is not None:
        target.setFocus()
