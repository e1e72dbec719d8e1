"""The consultations-per-hour statistic as PDF, XLSX and CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from reportlab.platypus import Flowable

from bjc_desktop.reports.chart import IndicatorBar, Sparkline
from bjc_desktop.reports.content import StatisticContent, StatisticMonth, StatisticPerson
from bjc_desktop.reports.german import NO_VALUE, day, number, quarter
from bjc_desktop.reports.style import CELL, HEADING, SMALL, TITLE, WIDTH, document, grid, register_fonts, words
from bjc_desktop.reports.xlsx import Book

_TITLE = "Konsultationen je Arbeitsstunde"
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def statistic_pdf(content: StatisticContent) -> bytes:
    """Return the statistic as PDF bytes."""
    register_fonts()
    figures = content.figures
    story: list[Flowable] = [
        words(f"{_TITLE}, {quarter(figures.period)}", TITLE),
        words(figures.scope.name, HEADING),
        words(f"Datenstand {day(figures.as_of)}", SMALL),
        IndicatorBar(content.figure, WIDTH),
        words("Je Coach", HEADING),
        _people_table(content.coaches, "Coach"),
        words("Je Coach und Monat", HEADING),
        _month_table(content),
        words("Verlauf", HEADING),
        _trend_table(content),
        words("Beschäftigungstrainer*innen (zählen nicht mit)", HEADING),
        _people_table(content.trainers, "Trainer*in"),
    ]
    footer = f"{figures.scope.name[:50]} · {quarter(figures.period)} · Datenstand {day(figures.as_of)} · BJC Desktop {content.program_version}"
    return document(story, title=f"{_TITLE} {quarter(figures.period)}", author=figures.scope.name, footer=footer, draft=False)


def _people_table(people: Sequence[StatisticPerson], word: str) -> Flowable:
    if not people:
        return words("Keine.")
    rows: list[list[Any]] = [[word, "Konsultationen", "Stunden", "je Stunde", "Bewertung", "ohne Arbeitszeit"]]
    for person in people:
        rated = person.rating.label if person.ratio is not None else NO_VALUE
        missing = ", ".join(person.missing_months) or NO_VALUE
        rows.append([f"{word} {person.number}", str(person.counted), number(person.hours), number(person.ratio), rated, missing])
    return grid(rows, [WIDTH * share for share in (0.16, 0.16, 0.14, 0.12, 0.2, 0.22)])


def _month_table(content: StatisticContent) -> Flowable:
    rows: list[list[Any]] = [["Coach", "Monat", "Arten", "Formen", "Gruppen", "zählt", "Stunden", "je Std."]]
    for person in content.coaches:
        for month in person.months:
            rows.append(
                [
                    str(person.number),
                    month.month,
                    words(_listed(month.by_kind.items()), CELL),
                    words(_listed(month.by_channel.items()), CELL),
                    str(month.group_sessions),
                    str(month.counted),
                    number(month.hours),
                    number(month.ratio),
                ]
            )
    return grid(rows, [WIDTH * share for share in (0.07, 0.1, 0.31, 0.22, 0.08, 0.06, 0.08, 0.08)], numbers_from=4)


def _listed(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counts)) or NO_VALUE


def _trend_table(content: StatisticContent) -> Flowable:
    heads = [quarter(period) for period, _ in content.trend]
    values = [figure.value for _, figure in content.trend]
    rows: list[list[Any]] = [[*heads, "Verlauf"], [*(number(value) for value in values), Sparkline(values)]]
    return grid(rows, [WIDTH / (len(heads) + 1)] * (len(heads) + 1), numbers_from=0)


def _heads(content: StatisticContent) -> list[str]:
    return ["Funktion", "Nummer", "Monat", *content.kinds, *content.channels, "Gruppentermine", "zählt", "Stunden", "je Stunde"]


def _rows(content: StatisticContent) -> Iterable[tuple[str, StatisticPerson, StatisticMonth]]:
    for word, people in (("Coach", content.coaches), ("Trainer*in", content.trainers)):
        for person in people:
            for month in person.months:
                yield word, person, month


def _counts(content: StatisticContent, month: StatisticMonth) -> list[int]:
    kinds = [month.by_kind.get(kind, 0) for kind in content.kinds]
    channels = [month.by_channel.get(channel, 0) for channel in content.channels]
    return [*kinds, *channels, month.group_sessions, month.counted]


def statistic_xlsx(content: StatisticContent) -> bytes:
    """Return the statistic as XLSX bytes; the ratio is a live formula."""
    book = Book(content.figures.as_of)
    heads = _heads(content)
    sheet = book.sheet("Konsultationen je Stunde", heads, ())
    counted, hours = len(heads) - 3, len(heads) - 2
    for row, (word, person, month) in enumerate(_rows(content), 1):
        for column, value in enumerate([word, person.number, month.month, *_counts(content, month), month.hours]):
            book.put(sheet, row, column, value)
        top, bottom = (f"INDEX($A{row + 1}:$ZZ{row + 1},{column + 1})" for column in (counted, hours))
        cached: float | str = NO_VALUE if month.ratio is None else float(month.ratio)
        sheet.write_formula(row, len(heads) - 1, f'=IF(N({bottom})=0,"{NO_VALUE}",{top}/{bottom})', book.ratio, cached)
    trend = ((quarter(period), figure.numerator, figure.denominator, figure.value) for period, figure in content.trend)
    book.sheet("Verlauf", ["Quartal", "Konsultationen", "Stunden", "je Stunde"], trend)
    return book.bytes()


def statistic_csv(content: StatisticContent) -> bytes:
    """Return the statistic as CSV for people: semicolons, decimal commas, UTF-8 with BOM."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(map(harmless, _heads(content)))
    for word, person, month in _rows(content):
        cells = [
            word,
            str(person.number),
            month.month,
            *map(str, _counts(content, month)),
            _plain(month.hours),
            _plain(month.ratio),
        ]
        writer.writerow(map(harmless, cells))
    return text.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> str:
    return "" if value is None else number(Fraction(value), 4).replace(".", "")


def harmless(text: str) -> str:
    """Return *text* so that no spreadsheet takes it for a formula."""
    return "'" + text if text.startswith(_RISKY) else text
