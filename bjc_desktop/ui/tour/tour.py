"""The walk: one real place after the other is framed, with a card that says what it is for. Nothing moves by itself."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from bjc_desktop.ui.shared.flow_layout import FlowRow
from bjc_desktop.ui.shared.labels import announce, box, button, label
from bjc_desktop.ui.shared.theme import theme
from bjc_desktop.ui.tour.tour_steps import TourStep

_SHADE = 120
"""How dark the rest is, of 255."""
_GAP = 12
_STEPS: dict[int, int] = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
_TURNS: dict[int, int] = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}


def seen(widget: QWidget, window: QWidget) -> QRect:
    """Return what of *widget* is within sight, in the coordinates of *window*: what scrolls hides the rest."""
    place, above = QRect(widget.mapTo(window, QPoint()), widget.size()), widget.parentWidget()
    while above is not None and above is not window:
        place = place.intersected(QRect(above.mapTo(window, QPoint()), above.size()))
        above = above.parentWidget()
    return place


class Tour(QWidget):
    """Lies over *window*; *find* shows a step's place and returns the widget there. ``finished`` follows the end, however it came."""

    finished = Signal()

    def __init__(self, window: QWidget, steps: Sequence[TourStep], find: Callable[[TourStep], QWidget | None]) -> None:
        super().__init__(window)
        self.steps, self._find = steps, find
        self.at = 0
        self._hole = QRect()
        px = theme().pixels
        self.setAccessibleName("Rundgang")
        self.card, column = box()
        self.card.setParent(self)
        self.card.setAutoFillBackground(True)
        self._count, self._title, self._text = label("", "small"), label("", "heading", wrap=True), label("", wrap=True)
        for part in (self._count, self._title, self._text):
            column.addWidget(part)
        self.back_button = button("&Zurück", lambda: self.go(self.at - 1))
        self.next_button = button("&Weiter", self._forward, rank="primary")
        self.end_button = button("&Beenden", self.end, rank="plain", name="Rundgang beenden (Esc)")
        ways = FlowRow()
        self._ways = (self.next_button, self.back_button, self.end_button)
        for made in self._ways:
            made.installEventFilter(self)
            ways.add(made)
        column.addWidget(ways)
        self.card.setFixedWidth(min(px(360), window.width() * 3 // 5))
        window.installEventFilter(self)

    def begin(self) -> None:
        """Show the first place."""
        self.setGeometry(self._window().rect())
        self.show()
        self.raise_()
        self.go(0)

    def _window(self) -> QWidget:
        window = self.parentWidget()
        assert window is not None  # noqa: S101 - it was made with one
        return window

    def go(self, at: int) -> None:
        """Show the place number *at*."""
        self.at = min(max(at, 0), len(self.steps) - 1)
        step = self.steps[self.at]
        target = self._find(step)
        self._count.setText(f"Rundgang, {self.at + 1} von {len(self.steps)}")
        self._title.setText(step.title)
        self._text.setText(step.text)
        self.back_button.setEnabled(self.at > 0)
        last = self.at == len(self.steps) - 1
        self.next_button.setText("&Fertig" if last else "&Weiter")
        said = f"{self._count.text()}: {step.title}. {step.text}"
        self.next_button.setAccessibleName("Fertig" if last else "Weiter")
        self.next_button.setAccessibleDescription(said)
        self.card.setAccessibleName(said)
        self._frame(target)
        self.next_button.setFocus()
        announce(self, said)

    def _frame(self, target: QWidget | None) -> None:
        """Leave *target* bright, and put the card where it hides nothing of it, as far as there is room."""
        self._hole = QRect()
        if target is not None and target.isVisible():
            self._hole = seen(target, self._window()).adjusted(-4, -4, 4, 4).intersected(self.rect())
        self.card.adjustSize()
        self.card.setFixedHeight(min(self.card.sizeHint().height(), self.height() - 2 * _GAP))
        self.card.move(self._room_for_card())
        self.update()

    def _room_for_card(self) -> QPoint:
        size, hole, whole = self.card.size(), self._hole, self.rect().adjusted(_GAP, _GAP, -_GAP, -_GAP)
        top = min(max(hole.top(), whole.top()), whole.bottom() - size.height())
        left = min(max(hole.left(), whole.left()), whole.right() - size.width())
        for corner in (
            QPoint(hole.right() + _GAP, top),
            QPoint(hole.left() - _GAP - size.width(), top),
            QPoint(left, hole.bottom() + _GAP),
            QPoint(left, hole.top() - _GAP - size.height()),
        ):
            if not hole.isNull() and whole.contains(QRect(corner, size)):
                return corner
        return QPoint(whole.right() - size.width(), whole.bottom() - size.height())

    def _forward(self) -> None:
        if self.at == len(self.steps) - 1:
            self.end()
        else:
            self.go(self.at + 1)

    def end(self) -> None:
        """Take everything away."""
        self._window().removeEventFilter(self)
        self.hide()
        self.finished.emit()
        self.deleteLater()

    # --- keys and looks ---------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's
        """Escape ends."""
        if event.key() == Qt.Key.Key_Escape:
            self.end()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's
        """Cover the window at every size; let the arrows go on and back, and keep Tab within the card: what lies below is not to be used meanwhile."""
        if event.type() is QEvent.Type.Resize and watched is self.parentWidget() and self.isVisible():
            self.setGeometry(self._window().rect())
            self.go(self.at)
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and event.key() in {*_TURNS, *_STEPS}:
            if event.key() in _STEPS:
                self.go(self.at + _STEPS[event.key()])
            else:
                self._turn(_TURNS[event.key()])
            return True
        return super().eventFilter(watched, event)

    def _turn(self, by: int) -> None:
        ways = [made for made in self._ways if made.isEnabled()]
        at = next((at for at, made in enumerate(ways) if made.hasFocus()), -1)
        ways[(at + by) % len(ways)].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's
        """Darken all but the place, and draw its frame."""
        _ = event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QPainterPath()
        shade.addRect(QRectF(self.rect()))
        hole = QPainterPath()
        hole.addRoundedRect(QRectF(self._hole), 6, 6)
        painter.fillPath(shade.subtracted(hole), QColor(0, 0, 0, _SHADE))
        if not self._hole.isNull():
            painter.setPen(QPen(QColor(theme().colours.accent), 3))
            painter.drawPath(hole)
        painter.end()
