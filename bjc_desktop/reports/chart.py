"""What is drawn: an indicator as a bar with its target and tolerance band, and its way through the quarters."""

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.results import Figure
from bjc_desktop.reports.german import figure_value, quarter
from bjc_desktop.reports.scales import chart_top, scale_end, short_value
from bjc_desktop.reports.style import ACCENT, BAND, BOLD, INK, LINE, MUTED, RATING_COLOURS, REGULAR

_SEAM = 0.4
"""How far neighbouring parts of a band overlap, so that no viewer shows a gap."""


class IndicatorBar(Flowable):  # type: ignore[misc]
    """One indicator: its name, a bar on a scale before the tolerance band, the target as a mark, value and rating in words."""

    def __init__(self, figure: Figure, width: float) -> None:
        super().__init__()
        self.figure, self.width, self.height = figure, width, 38

    def draw(self) -> None:
        """Draw the name on the left, the bar in the middle, value and rating on the right."""
        self._name(self.width * 0.36)
        self._bar(self.width * 0.39, self.width * 0.32)
        figure, canvas = self.figure, self.canv
        canvas.setFillColor(INK)
        canvas.setFont(BOLD, 11)
        canvas.drawRightString(self.width * 0.815, 16, figure_value(figure, figure.value))
        canvas.setFillColor(RATING_COLOURS[figure.rating])
        canvas.setFont(BOLD, 8.5)
        canvas.drawString(self.width * 0.835, 16.5, figure.rating.label)

    def _name(self, room: float) -> None:
        """Write the short name and the long one below it, or the one name that there is, level with the bar."""
        short, label = BY_CODE[self.figure.code].short, self.figure.label
        both = label.endswith(f" ({short})")
        lines: list[tuple[str, float, Any, str]] = [
            (BOLD, 9, INK, line) for line in simpleSplit(short if both else label, BOLD, 9, room)[:2]
        ]
        if both:
            lines += [
                (REGULAR, 7.5, MUTED, line) for line in simpleSplit(label.removesuffix(f" ({short})"), REGULAR, 7.5, room)[:2]
            ]
        height = self.height - 20.5 + 5 * len(lines)
        for font, size, colour, line in lines:
            height -= 10
            self.canv.setFillColor(colour)
            self.canv.setFont(font, size)
            self.canv.drawString(0, height, line)

    def _bar(self, left: float, length: float) -> None:
        figure, canvas = self.figure, self.canv
        target, low = Fraction(figure.target.target), Fraction(figure.target.tolerance_low)
        scale = scale_end(figure)

        def place(value: Fraction) -> float:
            return left + float(value / scale) * length

        canvas.setFillColor(BAND)
        canvas.rect(place(low), 12, max(place(target) - place(low), 0.5), 17, stroke=0, fill=1)
        if figure.value is not None:
            canvas.setFillColor(RATING_COLOURS[figure.rating])
            canvas.rect(left, 16, max(place(figure.value) - left, 0.5), 9, stroke=0, fill=1)
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.6)
        canvas.rect(left, 12, length, 17, stroke=1, fill=0)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.6)
        canvas.line(place(target), 10, place(target), 31)
        self._marks(left, length, place(target), scale)

    def _marks(self, left: float, length: float, target: float, scale: Fraction) -> None:
        """Write 0, the target and the scale's end under the bar; the end gives way to the target."""
        figure, canvas = self.figure, self.canv
        text = f"Soll {short_value(figure, Fraction(figure.target.target))}"
        half = stringWidth(text, REGULAR, 6.5) / 2
        centre = min(max(target, left + half), left + length - half)
        end = short_value(figure, scale)
        canvas.setFillColor(MUTED)
        canvas.setFont(REGULAR, 6.5)
        canvas.drawCentredString(centre, 3.5, text)
        if centre - half > left + 8:
            canvas.drawString(left, 3.5, "0")
        if centre + half < left + length - stringWidth(end, REGULAR, 6.5) - 4:
            canvas.drawRightString(left + length, 3.5, end)


class Legend(Flowable):  # type: ignore[misc]
    """What bar, band and mark mean."""

    def __init__(self, width: float) -> None:
        super().__init__()
        self.width, self.height = width, 14

    def draw(self) -> None:
        """Draw each sign before its word, below the bars."""
        canvas, left = self.canv, self.width * 0.39
        canvas.setFillColor(RATING_COLOURS[next(iter(RATING_COLOURS))])
        canvas.rect(left, 4, 12, 5, stroke=0, fill=1)
        canvas.setFillColor(BAND)
        canvas.rect(left + 45, 2, 12, 9, stroke=0, fill=1)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(1.6)
        canvas.line(left + 132, 2, left + 132, 11)
        canvas.setFillColor(MUTED)
        canvas.setFont(REGULAR, 7.5)
        for offset, text in ((16, "Wert"), (61, "Toleranzbereich"), (137, "Soll")):
            canvas.drawString(left + offset, 4, text)


class TrendChart(Flowable):  # type: ignore[misc]
    """One indicator over the quarters, with each quarter's target and band; a quarter without a value leaves a gap."""

    def __init__(
        self, trend: Sequence[tuple[Period, Figure]], width: float, height: float = 88, *, labelled: bool = False
    ) -> None:
        super().__init__()
        self.trend, self.width, self.height, self.labelled = list(trend), width, height, labelled

    def draw(self) -> None:
        """Draw title, band and target, line and dots, and the quarters below."""
        figures = [figure for _, figure in self.trend]
        bottom, top = 12.0, self.height - 18
        scale = chart_top(figures)
        step = self.width / len(figures)
        self.canv.setFillColor(INK)
        self.canv.setFont(BOLD, 8)
        self.canv.drawString(0, self.height - 10, BY_CODE[figures[-1].code].short)
        self.canv.drawRightString(self.width, self.height - 10, figure_value(figures[-1], figures[-1].value))

        def place(value: Fraction) -> float:
            return bottom + float(value / scale) * (top - bottom)

        for index, figure in enumerate(figures):
            self._band(
                index * step,
                min(step + _SEAM, self.width - index * step),
                place(Fraction(figure.target.tolerance_low)),
                place(Fraction(figure.target.target)),
            )
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.6)
        self.canv.line(0, bottom, self.width, bottom)
        points = [
            None if figure.value is None else ((index + 0.5) * step, place(figure.value)) for index, figure in enumerate(figures)
        ]
        self._line(points)
        self._quarters(step)

    def _band(self, left: float, step: float, low: float, target: float) -> None:
        canvas = self.canv
        canvas.setFillColor(BAND)
        canvas.rect(left, low, step, max(target - low, 0.5), stroke=0, fill=1)
        canvas.setStrokeColor(INK)
        canvas.setLineWidth(0.8)
        canvas.line(left, target, left + step, target)

    def _line(self, points: Sequence[tuple[float, float] | None]) -> None:
        canvas: Any = self.canv
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(1.2)
        for before, after in itertools.pairwise(points):
            if before and after:
                canvas.line(*before, *after)
        for point, (_, figure) in zip(points, self.trend, strict=True):
            if point:
                canvas.setFillColor(RATING_COLOURS[figure.rating])
                canvas.circle(*point, 2.2, stroke=0, fill=1)
            if point and self.labelled:
                canvas.setFillColor(INK)
                canvas.setFont(REGULAR, 7.5)
                canvas.drawCentredString(point[0], point[1] + 5, figure_value(figure, figure.value))

    def _quarters(self, step: float) -> None:
        """Name every quarter (``Q3 25``), or every second where there is no room; always the last."""
        names = [f"{name[:-4]}{name[-2:]}" for name in (quarter(period) for period, _ in self.trend)]
        every = 1 if step > max(stringWidth(name, REGULAR, 6.5) for name in names) + 2 else 2
        self.canv.setFillColor(MUTED)
        self.canv.setFont(REGULAR, 6.5)
        for index, name in enumerate(names):
            if (len(names) - 1 - index) % every == 0:
                self.canv.drawCentredString((index + 0.5) * step, 3, name)
