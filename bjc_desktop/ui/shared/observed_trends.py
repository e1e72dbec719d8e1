"""What was observed of a person over time, drawn: a line for each dimension, and beside it the change since the last sheet."""

from collections.abc import Iterable, Sequence
from datetime import date

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from bjc_desktop.services.case_file import CaseFile, DimensionTrend
from bjc_desktop.services.typed_values import show_date
from bjc_desktop.ui.shared.drawing import Drawing
from bjc_desktop.ui.shared.labels import box, label
from bjc_desktop.ui.shared.theme import theme

_LOWEST, _HIGHEST = 1, 5
_LINE = 46


def observed_trends(case: CaseFile) -> QWidget:
    """Return the drawing in its box, or the sentence that there is nothing to draw."""
    trends = [trend for trend in case.trends if trend.points]
    if not trends:
        return label("Noch keine Beobachtung. Sie kommen von den Beschäftigungstrainer*innen.", "muted", wrap=True)
    first = min(trend.points[0][0] for trend in trends)
    last = max(trend.points[-1][0] for trend in trends)
    frame, inner = box()
    inner.addWidget(label(f"Verlauf je Merkmal (1 bis 5), {show_date(first)} bis {show_date(last)}", "strong", wrap=True))
    inner.addWidget(ObservedTrends(trends, first, last))
    return frame


def since_last(trend: DimensionTrend) -> str:
    """Return how the last value compares with the one before, in words."""
    if len(trend.points) == 1:
        return f"{trend.points[0][1]}, einmal beobachtet"
    before, now = trend.points[-2][1], trend.points[-1][1]
    word = "unverändert" if now == before else "▲ besser" if now > before else "▼ schlechter"
    return f"zuletzt {before} → {now}: {word}"


class ObservedTrends(Drawing):
    """One line for each dimension, all over the same days."""

    def __init__(self, trends: Sequence[DimensionTrend], first: date, last: date) -> None:
        super().__init__()
        self._trends, self._first, self._days = trends, first, max((last - first).days, 1)
        self.setAccessibleName("Beobachtete Merkmale im Verlauf")
        self.setAccessibleDescription("; ".join(f"{trend.title}: {trend.text}, {since_last(trend)}" for trend in trends))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the height of all lines."""
        return QSize(theme().pixels(420), theme().pixels(_LINE) * len(self._trends))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the smallest size."""
        return QSize(theme().pixels(260), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's
        """Draw title, line and words of each dimension."""
        _ = event
        px, width = theme().pixels, self.width()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        metrics = painter.fontMetrics()

        def room_for(words: Iterable[str], share: float) -> float:
            return min(max(map(metrics.horizontalAdvance, words)) + px(4), width * share)

        left = room_for((trend.title for trend in self._trends), 0.4)
        right = width - room_for(map(since_last, self._trends), 0.44)
        for number, trend in enumerate(self._trends):
            top, height = number * px(_LINE), px(_LINE)
            title = QRectF(0, top, left, height)
            # A dot at either end keeps clear of the words beside it.
            room = QRectF(left + px(10), top + px(9), right - left - px(20), height - px(18))
            words = QRectF(right, top, width - right, height)
            for place, text, colour in ((title, trend.title, "text"), (words, since_last(trend), "muted")):
                painter.setPen(theme().colour(colour))
                shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(place.width()))
                painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
            self._line(painter, trend, room)
        painter.end()

    def _line(self, painter: QPainter, trend: DimensionTrend, room: QRectF) -> None:
        px = theme().pixels
        painter.setPen(QPen(theme().colour("edge"), 1))
        for value in (_LOWEST, (_LOWEST + _HIGHEST) // 2, _HIGHEST):
            painter.drawLine(QLineF(room.left(), self._height(value, room), room.right(), self._height(value, room)))
        places = [
            QPointF(room.left() + (day - self._first).days / self._days * room.width(), self._height(value, room))
            for day, value in trend.points
        ]
        painter.setPen(QPen(theme().colour("accent"), px(2)))
        painter.drawPolyline(QPolygonF(places))
        painter.setBrush(theme().colour("surface"))
        for place in places[:-1]:
            painter.drawEllipse(place, px(3), px(3))
        painter.setBrush(theme().colour("accent"))
        painter.drawEllipse(places[-1], px(4), px(4))

    @staticmethod
    def _height(value: int, room: QRectF) -> float:
        return room.bottom() - (value - _LOWEST) / (_HIGHEST - _LOWEST) * room.height()
