"""The consultations-per-hour statistic as PDF, XLSX and CSV."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, Spacer
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from bjc_desktop.indicators.catalogue import CONSULTATIONS_PER_HOUR
from bjc_desktop.indicators.results import Rating
from bjc_desktop.reports.chart import IndicatorBar, Legend, TrendChart
from bjc_desktop.reports.content import StatisticContent, StatisticMonth, StatisticPerson
from bjc_desktop.reports.german import NO_VALUE, day, month, number, quarter
from bjc_desktop.reports.german_csv import german_csv
from bjc_desktop.reports.pdf import settings_table
from bjc_desktop.reports.remarks import missing_hours, substitute_targets
from bjc_desktop.reports.style import (
    BOLD,
    CELL,
    EYEBROW,
    INK,
    OWNER,
    SMALL,
    TITLE,
    WIDE,
    document,
    grid,
    heading,
    one_at_a_time,
    words,
)
from bjc_desktop.reports.workbook import Book, Cells, cached, rating_formula

_TITLE = "Konsultationen je Arbeitsstunde"
_COACH, _TRAINER = "Coach", "Trainer*in"
_STEEP_ROOM = 220
"""Room for a heading and the first lines of a table whose heads stand on end."""
_WIDTHS = (26, 15, 12, 12, 12, 12, 20, 26)
"""Columns of the workbook's first sheet."""


# --- PDF ----------------------------------------------------------------------------------------------------------------------


@one_at_a_time
def statistic_pdf(content: StatisticContent) -> bytes:
    """Return the statistic as PDF bytes."""
    figures = content.figures
    period = f"{day(figures.period.first)} bis {day(figures.period.last)}"
    provisional = " · vorläufig" if content.figure.provisional else ""
    notes = [*missing_hours(figures), *substitute_targets(figures)]
    story: list[Flowable] = [
        words("Berliner JobCoaching", EYEBROW),
        words(f"{_TITLE}, {quarter(figures.period)}", TITLE),
        words(figures.scope.name, OWNER),
        words(f"{period} · Datenstand {day(figures.as_of)}{provisional}", SMALL),
        Spacer(1, 6),
        IndicatorBar(content.figure, WIDE),
        Legend(WIDE),
        words(f"{content.figure.numerator} Konsultationen in {number(content.figure.denominator)} Arbeitsstunden."),
        *(words(note) for note in notes),
        *heading("Je Coach"),
        _people_table(content),
        *heading("Verlauf über die Quartale", room=150),
        TrendChart(content.trend, WIDE, 110, labelled=True),
        *heading("Je Coach und Monat", room=_STEEP_ROOM if content.coaches else 60),
        *_month_table(content, _COACH, content.coaches),
        *heading("Beschäftigungstrainer*innen (zählen nicht mit)", room=_STEEP_ROOM if content.trainers else 60),
        *_month_table(content, _TRAINER, content.trainers),
        *heading("Wie gezählt wird", room=150),
        words(f"Zähler: {CONSULTATIONS_PER_HOUR.numerator}", CELL),
        words(f"Nenner: {CONSULTATIONS_PER_HOUR.denominator}", CELL),
        Spacer(1, 6),
        settings_table(content.settings, WIDE),
    ]
    parts = (_TITLE, quarter(figures.period), f"Datenstand {day(figures.as_of)}")
    return document(
        story,
        title=f"{_TITLE} {quarter(figures.period)}, {figures.scope.name}",
        author=figures.scope.name,
        footer=(figures.scope.name, f" · {' · '.join(parts)} · BJC Desktop {content.program_version}"),
        draft=False,
        wide=True,
    )


def _people_table(content: StatisticContent) -> Flowable:
    if not content.coaches:
        return words("Keine JobCoaches im Bericht.")
    rows: list[list[Any]] = [["Coach", "Konsultationen", "Stunden", "je Stunde", "Bewertung", "Arbeitszeit fehlt"]]
    for person in content.coaches:
        missing = ", ".join(map(month, person.missing_months)) or NO_VALUE
        cells = [str(person.counted), number(person.hours), number(person.ratio), person.rating.label, missing]
        rows.append([f"{_COACH} {person.number}", *cells])
    below = [(4, row) for row, person in enumerate(content.coaches, 1) if person.rating is Rating.BELOW]
    return grid(rows, [WIDE * share for share in (0.14, 0.16, 0.15, 0.13, 0.2, 0.22)], marked=below)


class _Steep(Flowable):  # type: ignore[misc]
    """A heading that stands on end, for a narrow column of counts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text, self.width, self.height = text, 10, stringWidth(text, BOLD, 8) + 2

    def draw(self) -> None:
        """Draw the text from below upwards."""
        self.canv.rotate(90)
        self.canv.setFillColor(INK)
        self.canv.setFont(BOLD, 8)
        self.canv.drawString(0, -8, self.text)


def _month_table(content: StatisticContent, word: str, people: Sequence[StatisticPerson]) -> list[Flowable]:
    """Return one line per person and month: the consultations held by kind and form, and what counts; a trainer has no hours."""
    if not people:
        return [words("Keine.")]
    counts = [*content.kinds, *content.channels, "Gruppentermine"]
    last = ["zählt", "Stunden", "je Stunde"] if word == _COACH else ["gesamt"]
    rows: list[list[Any]] = [[word, "Monat", *map(_Steep, counts), *last]]
    for person in people:
        for entry in person.months:
            *listed, counted = _counts(content, entry)
            ends = [str(counted), number(entry.hours), number(entry.ratio)] if word == _COACH else [str(counted)]
            rows.append([str(person.number), month(entry.month), *(str(count or NO_VALUE) for count in listed), *ends])
    narrow = (WIDE - 120 - 62 * len(last)) / len(counts)
    widths = [56, 64, *[narrow] * len(counts), *[62] * len(last)]
    note = "Nach Art und Form: alle durchgeführten Konsultationen. "
    note += f"„{last[0]}“: nach den Regeln der Kennzahl, ein Gruppentermin also einmal."
    return [grid(rows, widths, numbers_from=2), words(note, SMALL)]


# --- the rows of workbook and CSV -----------------------------------------------------------------------------------------------


def _heads(content: StatisticContent) -> list[str]:
    return ["Funktion", "Nummer", "Monat", *content.kinds, *content.channels, "Gruppentermine", "zählt", "Stunden", "je Stunde"]


def _rows(content: StatisticContent) -> Iterable[tuple[str, StatisticPerson, StatisticMonth]]:
    for word, people in ((_COACH, content.coaches), (_TRAINER, content.trainers)):
        for person in people:
            for entry in person.months:
                yield word, person, entry


def _counts(content: StatisticContent, entry: StatisticMonth) -> list[int]:
    return [
        *_listed(content.kinds, entry.by_kind),
        *_listed(content.channels, entry.by_channel),
        entry.group_sessions,
        entry.counted,
    ]


def _listed(names: Sequence[str], counts: Mapping[str, int]) -> list[int]:
    return [counts.get(name, 0) for name in names]


# --- XLSX ---------------------------------------------------------------------------------------------------------------------


def statistic_xlsx(content: StatisticContent) -> bytes:
    """Return the statistic as XLSX bytes; the figures are live formulas over the months."""
    figures = content.figures
    title = f"{_TITLE} {quarter(figures.period)}, {figures.scope.name}"
    book = Book(title[:250], figures.as_of, f"{figures.scope.name[:90]} · {_TITLE} · {quarter(figures.period)}")
    overview = book.page("Kennzahl")
    months = _month_sheet(book, content)
    _overview(book, overview, content, months)
    sheet, _ = book.table("Verlauf", ["Quartal", "Konsultationen", "Stunden", "je Stunde"], [])
    for row, (period, figure) in enumerate(content.trend, 1):
        value = NO_VALUE if figure.value is None else figure.value
        for column, cell in enumerate((quarter(period), figure.numerator, figure.denominator, value)):
            book.put(sheet, row, column, cell, book.ratio if column == 3 else None)  # noqa: PLR2004 - the value
    settings = [(s.title, s.value, "Vorgabe" if s.default else "geändert", s.reason) for s in content.settings]
    book.table("Einstellungen", ["Einstellung", "Wert", "Stand", "Grund"], settings)
    return book.bytes()


def _month_sheet(book: Book, content: StatisticContent) -> Cells:
    heads = [*_heads(content), "fehlt"]
    rows = [
        (word, person.number, entry.month, *_counts(content, entry), entry.hours, None, entry.month in person.missing_months)
        for word, person, entry in _rows(content)
    ]
    sheet, cells = book.table("Je Monat", heads, rows, formats={"Stunden": book.hours})
    counted, hours = (xl_col_to_name(heads.index(head)) for head in ("zählt", "Stunden"))
    for row, (_, _, entry) in enumerate(_rows(content), 1):
        top, bottom = f"{counted}{row + 1}", f"{hours}{row + 1}"
        formula = f'=IF(N({bottom})=0,"{NO_VALUE}",{top}/{bottom})'
        sheet.write_formula(row, heads.index("je Stunde"), formula, book.ratio, cached(entry.ratio))
    for column in range(3, len(heads) - 4):
        sheet.write_string(0, column, heads[column], book.steep_head)
        sheet.set_column(column, column, 5.5)
    sheet.set_row(0, 130)
    return cells


def _overview(book: Book, sheet: Worksheet, content: StatisticContent, months: Cells) -> None:
    """Write the figure of the scope and of each coach as formulas; the trainers' consultations stand apart below."""
    figures = content.figures
    title = f"{figures.scope.name}, {_TITLE} {quarter(figures.period)}"
    book.note(sheet, 0, title, len(_WIDTHS), sum(_WIDTHS), book.title)
    sheet.set_row(0, 20 * (1 + len(title) // 90))
    sheet.write_string(1, 0, f"Datenstand {figures.as_of:%d.%m.%Y}{', vorläufig' * content.figure.provisional}")
    heads = ["Wer", "Konsultationen", "Stunden", "je Stunde", "Soll", "Toleranz ab", "Bewertung", "Monate ohne Arbeitszeit"]
    for column, (head, width) in enumerate(zip(heads, _WIDTHS, strict=True)):
        sheet.write_string(3, column, head, book.number_head if column else book.head)
        sheet.set_column(column, column, width)
    everyone = (content.figure.numerator, content.figure.denominator, content.figure.value, content.figure.rating)
    gaps = len(content.figure.details["missing_months"])
    _figure_row(book, sheet, 4, ("alle JobCoaches", None), (*everyone, gaps), content, months)
    for row, person in enumerate(content.coaches, 5):
        numbers = (person.counted, person.hours, person.ratio, person.rating, len(person.missing_months))
        _figure_row(book, sheet, row, (f"{_COACH} {person.number}", person.number), numbers, content, months)
    row = first = 6 + len(content.coaches)
    for row, person in enumerate(content.trainers, first):
        sheet.write_string(row, 0, f"{_TRAINER} {person.number}")
        sheet.write_formula(row, 1, "=" + _total(months, "zählt", _TRAINER, person.number), book.whole, person.counted)
    sheet.write_string(row + 2, 0, "Konsultationen der Beschäftigungstrainer*innen zählen nicht mit.")
    for line, note in enumerate([*missing_hours(figures), *substitute_targets(figures)], row + 3):
        book.note(sheet, line, note, len(_WIDTHS), sum(_WIDTHS))
    sheet.freeze_panes(4, 1)


def _total(months: Cells, head: str, word: str, number_of_person: int | None) -> str:
    own = "" if number_of_person is None else f",{months.column('Nummer')},{number_of_person}"
    return f'SUMIFS({months.column(head)},{months.column("Funktion")},"{word}"{own})'


def _figure_row(
    book: Book,
    sheet: Worksheet,
    row: int,
    person: tuple[str, int | None],
    numbers: tuple[int, Any, Fraction | None, Rating, int],
    content: StatisticContent,
    months: Cells,
) -> None:
    (name, who), (counted, hours, value, rating, gaps), line = person, numbers, row + 1
    sheet.write_string(row, 0, name, book.strong if who is None else None)
    sheet.write_formula(row, 1, "=" + _total(months, "zählt", _COACH, who), book.whole, counted)
    sheet.write_formula(row, 2, "=" + _total(months, "Stunden", _COACH, who), book.hours, float(hours))
    sheet.write_formula(row, 3, f'=IF(OR(C{line}=0,H{line}>0),"{NO_VALUE}",B{line}/C{line})', book.ratio, cached(value))
    book.targets(sheet, row, 4, content.figure)
    formula = rating_formula(content.figure.code, f"D{line}", f"E{line}", f"F{line}", content.rating_places)
    sheet.write_formula(row, 6, formula, book.right, rating.label)
    sheet.write_formula(row, 7, "=" + _total(months, "fehlt", _COACH, who), book.whole, gaps)


# --- CSV ----------------------------------------------------------------------------------------------------------------------


def statistic_csv(content: StatisticContent) -> bytes:
    """Return the statistic as CSV for people: semicolons, decimal commas, UTF-8 with BOM."""
    rows = [
        [word, str(person.number), entry.month, *map(str, _counts(content, entry)), _plain(entry.hours), _plain(entry.ratio)]
        for word, person, entry in _rows(content)
    ]
    return german_csv([_heads(content), *rows])


def _plain(value: Any) -> str:
    return "" if value is None else number(Fraction(value), 4).replace(".", "")
