"""How far a long job is, with the way to stop it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from bjc_desktop.ui.shared.labels import announce, button, label
from bjc_desktop.ui.shared.theme import theme

_PARTS = 1000


class BusyLine(QWidget):
    """A sentence, a button, and a bar once it is known how far it is: one that only moves would trouble some and tell nobody anything.

    It is seen only while something runs; ``stop_wanted`` follows the button.
    """

    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme().pixels(10))
        self.words = label("", wrap=True)
        self.bar = QProgressBar()
        self.bar.setAccessibleName("Fortschritt")
        self.bar.setTextVisible(False)
        self.stop = button("&Abbrechen", self.stop_wanted.emit, symbol="x")
        line.addWidget(self.words, 1)
        line.addWidget(self.bar, 1)
        line.addWidget(self.stop)
        self.hide()

    def begin(self, sentence: str) -> None:
        """Show that something runs."""
        self.words.setText(sentence)
        self.bar.hide()
        self.stop.setEnabled(True)
        self.show()
        announce(self, sentence)

    def tell(self, done: int, total: int) -> None:
        """Show how far it is."""
        if total > 0:
            self.bar.setRange(0, _PARTS)
            self.bar.setValue(min(_PARTS, done * _PARTS // total))
            self.bar.show()

    def end(self) -> None:
        """Nothing runs any more."""
        self.hide()
