"""The vault with invented people: at whose desk somebody wants to look around."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QPushButton, QVBoxLayout, QWidget

from bjc_desktop.services.sample_story import DESKS
from bjc_desktop.ui.shared.labels import Banner, button, label, row
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.vocabulary import Role

SYMBOLS = {
    Role.JOB_COACH: "users",
    Role.EMPLOYMENT_TRAINER: "hammer",
    Role.COORDINATION: "file-text",
    Role.ADMINISTRATION: "key-round",
    None: "layout-dashboard",
}


class SamplePanel(QWidget):
    """The choice; ``chosen`` carries a role, or None for all of them."""

    chosen = Signal(object)
    back = Signal()

    def __init__(self) -> None:
        super().__init__()
        px = theme().pixels
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(px(5))
        column.addWidget(label("Als wer möchten Sie sich umsehen?", "title", wrap=True))
        column.addWidget(
            label(
                "Alle Personen sind erfunden. Die Rolle wechseln Sie später oben im Fenster mit einem Schritt.",
                "muted",
                wrap=True,
            )
        )
        self.banner = Banner()
        self.progress = QProgressBar()
        self.progress.setAccessibleName("Fortschritt")
        self.progress.setTextVisible(False)
        self.progress.hide()
        column.addWidget(self.banner)
        column.addWidget(self.progress)
        self.buttons: list[QPushButton] = []
        for role, desk in DESKS.items():
            made = button(desk.title, partial(self.chosen.emit, role), symbol=SYMBOLS[role], name=f"{desk.title}. {desk.story}")
            self.buttons.append(made)
            column.addSpacing(px(4))
            column.addWidget(made)
            column.addWidget(label(desk.story, "small", wrap=True))
        self.back_button = button("&Zurück", self.back.emit, rank="plain", shortcut="Esc")
        column.addLayout(row(self.back_button, None))

    def tell_progress(self, done: int, total: int) -> None:
        """Show how far the making of the vault is."""
        if total:
            self.progress.setRange(0, total)
            self.progress.setValue(done)
            self.progress.show()

    def set_busy(self, *, busy: bool) -> None:
        """Take no input while the vault is made or opened."""
        for made in (*self.buttons, self.back_button):
            made.setEnabled(not busy)
        self.progress.hide()
