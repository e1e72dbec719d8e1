"""How far the scales of bars and charts reach, and what is written at their marks: the same on paper and on the web page."""

from collections.abc import Iterable
from fractions import Fraction

from bjc_desktop.indicators.rating import RATIO_CODES
from bjc_desktop.indicators.results import Figure
from bjc_desktop.reports.german import figure_value

_SCALES = {
    "a1_1": Fraction(1, 2),
    "a1_2": Fraction(1, 2),
    "a4": Fraction(1, 2),
    "consultations_per_hour": Fraction(7, 10),
}
"""Where the scale of an indicator ends, unless a value or target lies beyond; the others end at 100 %."""
_HEADROOM = Fraction(11, 10)
"""How far a chart reaches above its greatest value."""


def scale_end(figure: Figure) -> Fraction:
    """Return the end of a scale on which value and target of *figure* have room."""
    return max(_SCALES.get(figure.code, Fraction(1)), figure.value or Fraction(0), Fraction(figure.target.target))


def chart_top(figures: Iterable[Figure]) -> Fraction:
    """Return the upper end of a chart on which the values and targets of *figures* have room."""
    shown = [value for figure in figures for value in (figure.value, Fraction(figure.target.target)) if value is not None]
    return max(*shown, Fraction(1, 100)) * _HEADROOM


def short_value(figure: Figure, value: Fraction) -> str:
    """Return a mark of the scale: whole per cent without decimals."""
    text = figure_value(figure, value)
    return text if figure.code in RATIO_CODES else text.replace(",0", "")
