"""The tables of the quarterly report, cell by cell as text: the same for the paper and for the web page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.rating import RATIO_CODES, STRICT_CODES
from bjc_desktop.indicators.results import Figure, Rating, ScopeFigures
from bjc_desktop.reports.content import QualityLine, ReportContent, SettingText, VersionChange
from bjc_desktop.reports.german import day, figure_value, number, quarter
from bjc_desktop.reports.remarks import SEVERITIES

COACH_HEADS = ("A1.1", "A1.2", "A4", "Kons./Std.", "korrekt", "Bezug")
"""The six indicators in the narrow columns of a table by coach."""
SYMBOLS = {Rating.REACHED: "✓", Rating.TOLERANCE: "~", Rating.BELOW: "!", Rating.NONE: "–"}
_CASES = {
    "a1_1": "Austritte",
    "a1_2": "Austritte",
    "a4": "Austritte",
    "consultations_per_hour": "Zeitraum",
    "correctly_closed": "Austritte",
    "measure_link": "aktive Personen",
}
"""What the cohort of each indicator consists of."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """Heads and rows of a table; within a head a line break is where it may break, within a cell it begins a note."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: frozenset[tuple[int, int]] = frozenset()
    """The cells (column from 0, row from 1 on) that are below the tolerance."""


def figure_table(figures: Sequence[Figure]) -> TextTable:
    """Return the indicators with their cases, targets and ratings."""
    years = {figure.target.year for figure in figures if figure.target.programme is not None}
    programme = f"Programm\n{max(years)}" if years else "Programm"
    rows = []
    for figure in figures:
        above = "> " if figure.code in STRICT_CODES else ""
        rows.append(
            (
                "\n".join([BY_CODE[figure.code].short, *_cases(figure)]),
                str(figure.numerator),
                number(figure.denominator) if figure.code in RATIO_CODES else str(figure.denominator),
                figure_value(figure, figure.value),
                above + figure_value(figure, figure.target.target),
                figure_value(figure, figure.target.tolerance_low),
                figure_value(figure, figure.target.programme),
                f"{SYMBOLS[figure.rating]} {figure.rating.label}",
            )
        )
    heads = ("Kennzahl und Fälle", "Zähler", "Nenner", "Wert", "Soll", "Toleranz\nab", programme, "Bewertung")
    below = frozenset((7, row) for row, figure in enumerate(figures, 1) if figure.rating is Rating.BELOW)
    return TextTable(heads, tuple(rows), below)


def cohort_words(code: str, cohort: tuple[date, date]) -> str:
    """Return what the cohort of the indicator consists of, and from when to when."""
    return f"{_CASES[code]} {day(cohort[0])}–{day(cohort[1])}"


def _cases(figure: Figure) -> list[str]:
    """Return which cases a figure counts, and what the reader must know about them."""
    cohort = [] if figure.cohort is None else [cohort_words(figure.code, figure.cohort)]
    marks = ["vorläufig"] * figure.provisional + ["kleine Fallzahl"] * figure.small_number
    return [*cohort, " · ".join(marks)] if marks else cohort


def trend_table(content: ReportContent) -> TextTable:
    """Return the indicators through the quarters."""
    heads = ("Kennzahl", *(quarter(period) for period, _ in content.trend))
    rows, below = [], set()
    for row, figures in enumerate(zip(*(figures for _, figures in content.trend), strict=True), 1):
        rows.append((BY_CODE[figures[0].code].short, *(figure_value(figure, figure.value) for figure in figures)))
        below |= {(column, row) for column, figure in enumerate(figures, 1) if figure.rating is Rating.BELOW}
    return TextTable(heads, tuple(rows), frozenset(below))


def coach_table(figures: ScopeFigures) -> TextTable:
    """Return the indicators coach by coach, with caseload and load."""
    rows, below = [], set()
    for row, coach in enumerate(figures.listed_coaches, 1):
        values = [figure_value(figure, figure.value) for figure in coach.figures]
        rows.append((f"Coach {coach.number}", *values, number(coach.caseload, 1), number(coach.load)))
        below |= {(column, row) for column, figure in enumerate(coach.figures, 1) if figure.rating is Rating.BELOW}
    return TextTable(("Coach", *COACH_HEADS, "Fälle", "Auslastung"), tuple(rows), frozenset(below))


def quality_table(quality: Iterable[QualityLine]) -> TextTable:
    """Return the kinds of findings."""
    rows = tuple((SEVERITIES[line.severity], line.text, str(line.count)) for line in quality)
    return TextTable(("Art", "Was zu tun ist", "Fälle"), rows)


def change_table(changes: Iterable[VersionChange]) -> TextTable:
    """Return what differs from the version before."""
    return TextTable(("Was", "vorher", "jetzt"), tuple((c.subject, c.before, c.after) for c in changes))


def setting_table(settings: Iterable[SettingText]) -> TextTable:
    """Return the settings in force, each with its value and its reason."""
    rows = tuple((s.title, s.value if s.default else f"{s.value} (geändert)", s.reason) for s in settings)
    return TextTable(("Einstellung", "Wert", "Grund"), rows)
