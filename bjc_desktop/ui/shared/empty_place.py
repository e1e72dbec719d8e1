"""What stands where there is nothing yet: what will stand here, why, and the button that begins it."""

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from bjc_desktop.ui.shared.labels import button, label
from bjc_desktop.ui.shared.theme import theme

Way: TypeAlias = tuple[str, str, Callable[[], object]]
"""Title and symbol of a button, and what it does."""


class EmptyPlace(QWidget):
    """A sentence in the middle of the room that is left, and below it the ways on."""

    def __init__(self) -> None:
        super().__init__()
        px = theme().pixels
        self._column = QVBoxLayout(self)
        self._column.setSpacing(px(10))
        self._words = label("", "muted", wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.ways: list[QPushButton] = []
        self._column.addStretch(1)
        self._column.addWidget(self._words)
        self._column.addStretch(2)
        self.hide()

    def text(self) -> str:
        """Return the sentence."""
        return self._words.text()

    def tell(self, sentence: str, *ways: Way) -> None:
        """Show *sentence* with a button for each of *ways*."""
        self._words.setText(sentence)
        if [made.property("way") for made in self.ways] == [title for title, _, _ in ways]:
            return
        for made in self.ways:
            made.hide()
            made.deleteLater()
        self.ways.clear()
        for at, (title, symbol, action) in enumerate(ways):
            made = button(title, action, symbol=symbol)
            made.setProperty("way", title)
            self.ways.append(made)
            self._column.insertWidget(2 + at, made, 0, Qt.AlignmentFlag.AlignHCenter)
