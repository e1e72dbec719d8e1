"""The first start: a second place for the backups, or later."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from bjc_desktop.ui.shared.labels import Banner, button, label, row
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.start.entry import Entry

_REASON = (
    "Sicherungen liegen zunächst nur beim Tresor: Geht dieser Rechner verloren oder kaputt, hilft nur eine Kopie auf einem USB-Stick oder "
    "Netzlaufwerk."
)


class SecondPlaceForm(QWidget):
    """Offers a folder to which every backup is copied; ``chosen`` carries it, ``later`` follows when none is wanted now."""

    chosen = Signal(str)
    later = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme().pixels(12))
        self.folder = QLineEdit()
        self.folder.returnPressed.connect(self.take)
        self.choose_button = button("&Wählen …", self._choose, name="Ordner für das zweite Ziel wählen", symbol="folder-open")
        self.choose_button.setAccessibleDescription(_REASON)
        line = QWidget()
        inside = row(self.folder, self.choose_button)
        inside.setStretch(0, 1)
        line.setLayout(inside)
        line.setFocusProxy(self.folder)
        self.entry = Entry("&Ordner", line, "Die Kopien sind verschlüsselt wie der Tresor.")
        self.banner = Banner()
        self.take_button = button("Dorthin &sichern", self.take, rank="primary")
        self.later_button = button(
            "S&päter", self.later.emit, rank="plain", shortcut="Esc", name="Später, auf der Seite Sicherungen"
        )
        column.addWidget(label("Zweites Ziel für Sicherungen", "title", wrap=True))
        column.addWidget(self.banner)
        column.addWidget(label(_REASON, wrap=True))
        column.addWidget(self.entry)
        column.addWidget(label("Später geht das auf der Seite „Sicherungen“.", "small", wrap=True))
        column.addLayout(row(self.later_button, None, self.take_button))
        self.setFocusProxy(self.folder)

    def _choose(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Ordner für das zweite Ziel", str(Path.home()))
        if chosen:
            self.folder.setText(chosen)
            self.take_button.setFocus()

    def take(self) -> None:
        """Offer what was typed."""
        self.entry.tell("")
        place = self.folder.text().strip()
        if not Path(place).is_absolute():
            self.refuse("Bitte einen Ordner wählen, zum Beispiel auf einem USB-Stick, oder „Später“.")
            return
        self.set_busy(busy=True)
        self.chosen.emit(place)

    def refuse(self, sentence: str) -> None:
        """Say at the field why the folder cannot be used; what was typed stays."""
        self.set_busy(busy=False)
        self.entry.tell(sentence)
        self.folder.setFocus()

    def set_busy(self, *, busy: bool) -> None:
        """Take no other folder while this one is asked; whoever does not want to wait can still go on."""
        self.take_button.setEnabled(not busy)
        self.take_button.setText("Wird geprüft …" if busy else "Dorthin &sichern")
