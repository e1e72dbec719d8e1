"""Scales from entry to today, drawn, of which less is better: barriers; the words beside them say the same."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from bjc_desktop.ui.shared.drawing import Drawing
from bjc_desktop.ui.shared.theme import theme


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A scale: what it is called, its values in order of time, its ends, and all of it in words."""

    title: str
    values: tuple[int, ...]
    lowest: int
    highest: int
    words: str


class ChangeChart(Drawing):
    """One line for each scale: dots in the order of time, the last one filled."""

    def __init__(self, lines: tuple[ChangeLine, ...], name: str) -> None:
        super().__init__()
        self._lines = lines
        self.setAccessibleName(name)
        self.setAccessibleDescription("; ".join(f"{line.title}: {line.words}" for line in lines))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the height of all lines."""
        return QSize(theme().pixels(320), theme().pixels(30) * max(len(self._lines), 1) + theme().pixels(6))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the smallest size."""
        return QSize(theme().pixels(240), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's
        """Draw every line: title, scale, way from the first to the last value, and the words."""
        _ = event
        px = theme().pixels
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        title_width, words_width = self.width() * 0.36, self.width() * 0.3
        for number, line in enumerate(self._lines):
            middle = px(30) * number + px(16)
            painter.setPen(theme().colour("text"))
            metrics = painter.fontMetrics()
            left = QRectF(0, middle - px(14), title_width - px(8), px(28))
            text = metrics.elidedText(line.title, Qt.TextElideMode.ElideRight, int(left.width()))
            painter.drawText(left, Qt.AlignmentFlag.AlignVCenter, text)
            self._scale(painter, line, title_width, self.width() - title_width - words_width - px(16), middle)
            right = QRectF(self.width() - words_width, middle - px(14), words_width, px(28))
            painter.setPen(theme().colour("muted"))
            words = metrics.elidedText(line.words, Qt.TextElideMode.ElideRight, int(right.width()))
            painter.drawText(right, Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()

    def _scale(self, painter: QPainter, line: ChangeLine, left: float, width: float, middle: float) -> None:
        px = theme().pixels
        step = width / max(line.highest - line.lowest, 1)
        painter.setPen(QPen(theme().colour("edge"), 1))
        painter.drawLine(QPointF(left, middle), QPointF(left + width, middle))
        for mark in range(line.highest - line.lowest + 1):
            painter.drawLine(QPointF(left + mark * step, middle - px(3)), QPointF(left + mark * step, middle + px(3)))
        if not line.values:
            return
        first, last = line.values[0], line.values[-1]
        colour = theme().colour("quiet" if last == first else "good" if last < first else "danger")
        places = [left + (value - line.lowest) * step for value in line.values]
        painter.setPen(QPen(colour, px(3)))
        painter.drawLine(QPointF(places[0], middle), QPointF(places[-1], middle))
        painter.setPen(QPen(colour, px(2)))
        painter.setBrush(theme().colour("surface"))
        painter.drawEllipse(QPointF(places[0], middle), px(5), px(5))
        painter.setBrush(colour)
        painter.drawEllipse(QPointF(places[-1], middle), px(6), px(6))
