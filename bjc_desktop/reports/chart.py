"""What is drawn: an indicator as a bar with its target and tolerance band, and a line over the quarters."""

import itertools
from collections.abc import Sequence
from fractions import Fraction

from reportlab.platypus import Flowable

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.rating import RATIO_CODES
from bjc_desktop.indicators.results import Figure
from bjc_desktop.reports.german import figure_value
from bjc_desktop.reports.style import ACCENT, BOLD, INK, LINE, MUTED, RATING_COLOURS, REGULAR


class IndicatorBar(Flowable):  # type: ignore[misc]
    """One indicator: its name, a bar on a scale, the tolerance band outlined, the target as a mark, value and rating in words."""

    def __init__(self, figure: Figure, width: float) -> None:
        super().__init__()
        self.figure, self.width, self.height = figure, width, 24

    def draw(self) -> None:
        """Draw name and value on the left and right, the bar between them."""
        figure, canvas = self.figure, self.canv
        left, length = self.width * 0.27, self.width * 0.42
        target, low = Fraction(figure.target.target), Fraction(figure.target.tolerance_low)
        scale = max(Fraction(1) if figure.code not in RATIO_CODES else Fraction(7, 10), figure.value or Fraction(0))
        if figure.code in {"a1_1", "a1_2", "a4"}:
            scale = max(Fraction(1, 2), figure.value or Fraction(0))

        def place(value: Fraction) -> float:
            return left + float(value / scale) * length

        canvas.setFont(REGULAR, 9)
        canvas.setFillColor(INK)
        canvas.drawString(0, 9, BY_CODE[figure.code].short)
        canvas.setStrokeColor(LINE)
        canvas.rect(left, 5, length, 13, stroke=1, fill=0)
        if figure.value is not None:
            canvas.setFillColor(RATING_COLOURS[figure.rating.value])
            canvas.rect(left, 8, max(place(figure.value) - left, 0.5), 7, stroke=0, fill=1)
        canvas.setStrokeColor(MUTED)
        canvas.rect(place(low), 3, max(place(target) - place(low), 0.5), 17, stroke=1, fill=0)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.6)
        canvas.line(place(target), 1, place(target), 22)
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 10)
        canvas.drawRightString(self.width * 0.8, 8, figure_value(figure, figure.value))
        canvas.setFillColor(RATING_COLOURS[figure.rating.value])
        canvas.setFont(REGULAR, 8.5)
        canvas.drawString(self.width * 0.82, 8, figure.rating.label)


class Sparkline(Flowable):  # type: ignore[misc]
    """A small line over the quarters; a quarter without a value leaves a gap."""

    def __init__(self, values: Sequence[Fraction | None], width: float = 52, height: float = 12) -> None:
        super().__init__()
        self.values, self.width, self.height = list(values), width, height

    def draw(self) -> None:
        """Draw the line from 0 to the greatest value, and a dot on the last one."""
        known = [value for value in self.values if value is not None]
        if not known:
            return
        top = max(*known, Fraction(1, 100))
        step = self.width / max(len(self.values) - 1, 1)
        points = [
            None if value is None else (index * step, float(value / top) * self.height) for index, value in enumerate(self.values)
        ]
        self.canv.setStrokeColor(ACCENT)
        self.canv.setFillColor(ACCENT)
        for before, after in itertools.pairwise(points):
            if before and after:
                self.canv.line(*before, *after)
        if points[-1]:
            self.canv.circle(*points[-1], 1.6, stroke=0, fill=1)
