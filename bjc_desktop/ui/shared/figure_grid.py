"""Indicators below each other: name, bar with target and band, value, rating; each opens what is behind it."""

from collections.abc import Callable, Sequence
from fractions import Fraction

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.rating import STRICT_CODES
from bjc_desktop.indicators.results import Figure, Rating
from bjc_desktop.reports.german import figure_value, number
from bjc_desktop.reports.remarks import substitute_words
from bjc_desktop.ui.shared.indicator_bar import BarValues, IndicatorBar
from bjc_desktop.ui.shared.labels import Chip, button, label
from bjc_desktop.ui.shared.theme import LARGE_TEXT, theme

_MEANINGS = {"a1_1": "Arbeit nach dem Coaching", "a1_2": "Arbeit nach 6 Monaten", "a4": "Qualifizierung"}
"""The figures that are called by a number, in a few words."""
RATING_COLOURS = {Rating.REACHED: "good", Rating.TOLERANCE: "warning", Rating.BELOW: "danger", Rating.NONE: "quiet"}
LEGEND = "Strich: Soll · gestrichelt: Toleranzbereich · Klick oder Enter öffnet die Fälle"


class FigureGrid(QWidget):
    """The six figures of one scope in a period; *wanted* is called with the one that is to be opened."""

    def __init__(
        self, figures: Sequence[Figure], period: Period, wanted: Callable[[Figure], object], *, checkable: bool = False
    ) -> None:
        super().__init__()
        self.buttons: dict[str, QPushButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme().pixels(10))
        self._grid.setColumnStretch(1, 1)
        if theme().scale < LARGE_TEXT:
            self._same_widths()
        for at, figure in enumerate(figures):
            self._add(at, figure, wanted, checkable=checkable)
        note = " ".join([*_reservations(figures), *substitute_words(figures, period)])
        if note:
            self._grid.addWidget(label(note, "small", wrap=True), 2 * len(figures), 0, 1, 4)

    def _same_widths(self) -> None:
        """Give the columns the width of the longest that can stand there: bars of two groups below each other are as long."""
        value = label("100,0\u00a0%", "strong")
        chips = [Chip(rating.label) for rating in Rating]
        for widget in (value, *chips):
            widget.ensurePolished()
        self._grid.setColumnMinimumWidth(2, value.sizeHint().width())
        self._grid.setColumnMinimumWidth(3, max(chip.sizeHint().width() for chip in chips))

    def _add(self, at: int, figure: Figure, wanted: Callable[[Figure], object], *, checkable: bool) -> None:
        words = figure_words(figure)
        rank = "section" if checkable else "plain"
        name = button(BY_CODE[figure.code].short, lambda: wanted(figure), rank=rank, name=f"{figure.label}: {words}")
        name.setCheckable(checkable)
        name.setToolTip(f"{figure.label}\n{words}")
        self.buttons[figure.code] = name
        value = label(figure_value(figure, figure.value), "strong")
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        chip, bar = Chip(figure.rating.label, RATING_COLOURS[figure.rating]), IndicatorBar(bar_values(figure))
        words_column = QVBoxLayout()
        words_column.setSpacing(0)
        words_column.addWidget(name, 0, Qt.AlignmentFlag.AlignLeft)
        if figure.code in _MEANINGS:
            meaning = label(_MEANINGS[figure.code], "small")
            meaning.setContentsMargins(theme().pixels(11), 0, 0, theme().pixels(4))
            words_column.addWidget(meaning)
        self._grid.addLayout(words_column, 2 * at, 0)
        if theme().scale < LARGE_TEXT:
            places: tuple[tuple[QWidget, int, int, int, int], ...] = (
                (bar, 2 * at, 1, 1, 1),
                (value, 2 * at, 2, 1, 1),
                (chip, 2 * at, 3, 1, 1),
            )
        else:
            places = ((value, 2 * at, 1, 1, 1), (bar, 2 * at + 1, 0, 1, 1), (chip, 2 * at + 1, 1, 1, 1))
        for widget, *place in places:
            self._grid.addWidget(widget, *place)


def _reservations(figures: Sequence[Figure]) -> list[str]:
    """Return which figures may still change, and which rest on few cases: a rating alone would say too much."""
    notes = []
    for words, found in (
        ("Vorläufig", [figure for figure in figures if figure.provisional]),
        ("Kleine Fallzahl (unter 10)", [figure for figure in figures if figure.small_number]),
    ):
        if found:
            names = "alle" if len(found) == len(figures) else ", ".join(BY_CODE[figure.code].short for figure in found)
            notes.append(f"{words}: {names.removesuffix('.')}.")
    return notes


def figure_words(figure: Figure) -> str:
    """Return a figure in one sentence: value, where it comes from, target, band and rating."""
    value = figure_value(figure, figure.value)
    provisional = ", vorläufig" if figure.provisional else ""
    small = ", kleine Fallzahl" if figure.small_number else ""
    target, low = (figure_value(figure, bound) for bound in (figure.target.target, figure.target.tolerance_low))
    above = "> " if figure.code in STRICT_CODES else ""
    return (
        f"{value} ({figure.numerator} von {number(figure.denominator, 0)}), Soll {above}{target}, Toleranz ab {low}: "
        f"{figure.rating.label}{provisional}{small}"
    )


def bar_values(figure: Figure) -> BarValues:
    """Return what the bar of *figure* shows."""
    return BarValues(
        figure.value,
        Fraction(figure.target.target),
        Fraction(figure.target.tolerance_low),
        RATING_COLOURS[figure.rating],
        f"{figure.label}: {figure_words(figure)}",
    )
