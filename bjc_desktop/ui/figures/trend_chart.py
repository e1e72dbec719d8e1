"""A figure over the quarters, drawn: a column for each with its value, and the target's mark across it."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QLineF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from bjc_desktop.ui.shared.drawing import Drawing
from bjc_desktop.ui.shared.theme import theme


@dataclass(frozen=True, slots=True)
class TrendColumn:
    """A quarter: its name, value and target (fractions or ratios), the value as it is shown, and its colour."""

    title: str
    value: Fraction | None
    target: Fraction
    shown: str
    colour: str
    words: str


class TrendChart(Drawing):
    """The columns from the oldest quarter to the newest."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: Sequence[TrendColumn] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_columns(self, columns: Sequence[TrendColumn], name: str) -> None:
        """Show *columns*."""
        self._columns = columns
        self.setAccessibleName(name)
        self.setAccessibleDescription("; ".join(column.words for column in columns))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the size for the present scale."""
        return QSize(theme().pixels(420), theme().pixels(200))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the smallest size."""
        return QSize(theme().pixels(240), theme().pixels(200))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's
        """Draw ground, columns, values and the target's marks."""
        _ = event
        if not self._columns:
            return
        px = theme().pixels
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = painter.fontMetrics().height()
        top, bottom = line + px(6), self.height() - line - px(8)
        full = max([column.target * 2 for column in self._columns] + [column.value or Fraction(0) for column in self._columns])
        width = self.width() / len(self._columns)
        for number, column in enumerate(self._columns):
            left, inner = number * width, width * 0.62
            frame = QRectF(left, bottom + px(4), width, line + px(4))
            painter.setPen(theme().colour("muted"))
            painter.drawText(frame, Qt.AlignmentFlag.AlignHCenter, column.title)
            self._column(painter, column, QRectF(left + (width - inner) / 2, top, inner, bottom - top), float(full))
        painter.setPen(QPen(theme().colour("edge"), 1))
        painter.drawLine(QLineF(0, bottom, self.width(), bottom))
        painter.end()

    def _column(self, painter: QPainter, column: TrendColumn, room: QRectF, full: float) -> None:
        px = theme().pixels
        height = 0.0 if column.value is None else float(column.value) / full * room.height()
        bar = QRectF(room.left(), room.bottom() - height, room.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour(column.colour))
        painter.drawRect(bar)
        target = room.bottom() - float(column.target) / full * room.height()
        painter.setPen(QPen(theme().colour("text"), px(2), Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(room.left() - px(6), target, room.right() + px(6), target))
        painter.setPen(theme().colour("text"))
        line = painter.fontMetrics().height()
        words = QRectF(room.left() - px(20), 0, room.width() + px(40), line + px(2))
        painter.drawText(words, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom, column.shown)
