"""What dialogs have in common: a column as tall as what is in it and the screen allow, and the buttons below, always in sight."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from bjc_desktop.ui.shared.labels import row
from bjc_desktop.ui.shared.page import Scroller
from bjc_desktop.ui.shared.theme import theme

_BESIDE, _FRAME = 40, 60
"""What a dialog leaves free of the screen, in pixels: at its sides, and for its title bar and that of the system."""


class Dialog(QDialog):
    """A dialog *width* wide at 100 %, and at least *height* tall; it grows with what is said in its ``column``, which scrolls where the screen ends."""

    def __init__(self, title: str, parent: QWidget | None, *, width: int, height: int = 0) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        px = theme().pixels
        self._width, self._height = px(width), px(height)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(px(20), px(16), px(20), px(16))
        self._outer.setSpacing(px(12))
        self._scroller = Scroller()
        self._outer.addWidget(self._scroller, 1)
        self.column = self._scroller.column
        self._scroller.inner.installEventFilter(self)

    def put_below(self, *widgets: QWidget | None) -> None:
        """Put *widgets* side by side below the column, None for a space: they stay in sight."""
        self._outer.addLayout(row(*widgets))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's
        """Take the size that is needed."""
        if not event.spontaneous():
            room = self.screen().availableGeometry()
            width, most = min(self._width, room.width() - _BESIDE), room.height() - _FRAME
            self.resize(width, most)  # so the column is measured as wide as it will be
            self._outer.activate()
            self.resize(width, max(self._needed(), min(self._height, most)))
        super().showEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Grow when there is more to say."""
        if event.type() is QEvent.Type.LayoutRequest and self.isVisible() and self._needed() > self.height():
            self.resize(self.width(), self._needed())
            lowest = self.screen().availableGeometry().bottom() - self.frameGeometry().height()
            if self.y() > lowest:
                self.move(self.x(), max(lowest, 0))
        return super().eventFilter(watched, event)

    def _needed(self) -> int:
        """Return the height at which the whole column is in sight, or that of the screen."""
        shown = self._scroller.viewport()
        wraps = self.column.hasHeightForWidth()
        column = self.column.totalHeightForWidth(shown.width()) if wraps else self.column.totalSizeHint().height()
        return min(self.height() - shown.height() + column, self.screen().availableGeometry().height() - _FRAME)
