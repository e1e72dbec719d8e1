"""Unlocking a vault by user and passphrase."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit, QProgressBar, QVBoxLayout, QWidget

from bjc_desktop.ui.shared.labels import Banner, button, label, row
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start.entry import Entry
from bjc_desktop.ui.start.passphrase_field import PassphraseField

_UPDATE = "Dieser Tresor stammt aus einer früheren Version. Er wird gesichert und aktualisiert; bitte das Fenster offen lassen."


class UnlockForm(QWidget):
    """The form; ``unlock`` and ``salvage`` carry user (may be empty) and passphrase, ``other`` wants another vault, ``mend`` a backup."""

    unlock = Signal(str, str)
    other = Signal()
    mend = Signal()
    salvage = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(12))
        self._place = label("", "muted", wrap=True)
        self.banner = Banner()
        self.user = QLineEdit()
        self.passphrase = PassphraseField()
        self.passphrase.entered.connect(self._unlock)
        self.user.returnPressed.connect(self.passphrase.line.setFocus)
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Fortschritt der Aktualisierung")
        self.progress.hide()
        self.open_button = button("&Entsperren", self._unlock, rank="primary", symbol="lock")
        column.addWidget(label("Tresor entsperren", "title"))
        column.addWidget(self._place)
        column.addWidget(self.banner)
        column.addWidget(self.progress)
        column.addWidget(Entry("&Benutzername", self.user, "Darf leer bleiben, wenn nur Sie diesen Tresor benutzen."))
        column.addWidget(Entry("&Passphrase oder Wiederherstellungscode", self.passphrase))
        column.addLayout(row(button("&Anderer Tresor …", self.other.emit, rank="plain"), None, self.open_button))

    def offer(self, folder: Path, sentence: str = "", *, alone: bool = False, kind: str = "quiet") -> None:
        """Ask for the passphrase of the vault in *folder*; *sentence* says why it is locked.

        Where one person *alone* uses the vault, nothing but the passphrase is needed.
        """
        self._place.setText(str(folder))
        self.passphrase.clear()
        self.set_busy(busy=False)
        if sentence:
            self.banner.tell(sentence, kind)
        else:
            self.banner.clear()
        self.setFocusProxy(self.passphrase.line if alone or self.user.text() else self.user)

    def refuse(self, sentence: str, *, mendable: bool = False) -> None:
        """Show why the vault did not open; what was typed stays, marked."""
        self.set_busy(busy=False)
        ways = []
        if mendable:
            ways = [button("Sicherung wiederherstellen …", self.mend.emit), button("Lesbares retten", self._salvage)]
        self.banner.tell(sentence, "danger", *ways)
        self.passphrase.line.setFocus()
        self.passphrase.line.selectAll()

    def tell_update(self, done: int, total: int) -> None:
        """Say that the vault is of an earlier version, and how far its update is."""
        if done == 0:
            self.banner.tell(_UPDATE)
        self.progress.setRange(0, total)
        self.progress.setValue(done)
        self.progress.show()

    def set_busy(self, *, busy: bool, text: str = "Wird entsperrt …") -> None:
        """Take no input while the key is derived, or while something else is going on that *text* says."""
        for widget in (self.user, self.passphrase, self.open_button):
            widget.setEnabled(not busy)
        if not busy:
            self.progress.hide()
        self.open_button.setText(text if busy else "&Entsperren")

    def _salvage(self) -> None:
        self.set_busy(busy=True, text="Wird gerettet …")
        self.salvage.emit(self.user.text().strip(), self.passphrase.text())

    def _unlock(self) -> None:
        if not self.passphrase.text():
            self.refuse("Bitte die Passphrase eingeben.")
            return
        self.banner.clear()
        self.set_busy(busy=True)
        self.unlock.emit(self.user.text().strip(), self.passphrase.text())
