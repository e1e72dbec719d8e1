"""An indicator as a bar with its target and its tolerance band, drawn; and in words for who does not see it."""

from dataclasses import dataclass
from fractions import Fraction

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy

from bjc_desktop.ui.shared.drawing import Drawing
from bjc_desktop.ui.shared.theme import theme


@dataclass(frozen=True, slots=True)
class BarValues:
    """What the bar shows: all as fractions or ratios; *colour* is good, warning, danger or quiet; *words* say it all."""

    value: Fraction | None
    target: Fraction
    tolerance_low: Fraction
    colour: str
    words: str


class IndicatorBar(Drawing):
    """The bar."""

    def __init__(self, values: BarValues) -> None:
        super().__init__()
        self._values = values
        self.setAccessibleName(values.words)
        self.setToolTip(values.words)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the size for the present scale."""
        return QSize(theme().pixels(160), theme().pixels(26))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's
        """Return the smallest size."""
        return QSize(theme().pixels(80), theme().pixels(26))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's
        """Draw ground, band, bar and the target's mark."""
        _ = event
        px, values = theme().pixels, self._values
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, top, height = self.width() - px(2), px(6), px(14)
        full = max(values.target * 2, values.value or Fraction(0), Fraction(1, 1000))

        def at(value: Fraction) -> float:
            return float(value / full) * width

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("quiet_ground"))
        painter.drawRoundedRect(QRectF(0, top, width, height), px(3), px(3))
        if values.value is not None:
            painter.setBrush(theme().colour(values.colour))
            painter.drawRoundedRect(QRectF(0, top + px(3), max(at(values.value), px(2)), height - px(6)), px(2), px(2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme().colour("muted"), 1.2, Qt.PenStyle.DashLine))
        painter.drawRect(QRectF(at(values.tolerance_low), top, at(values.target) - at(values.tolerance_low), height))
        painter.setPen(QPen(theme().colour("text"), px(2)))
        painter.drawLine(int(at(values.target)), top - px(4), int(at(values.target)), top + height + px(4))
        painter.end()
