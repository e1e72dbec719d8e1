"""The quarterly report as a PDF that a head of department can hand on."""

from collections.abc import Iterable, Sequence

from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from bjc_desktop.indicators.results import Figure
from bjc_desktop.reports.chart import IndicatorBar, Legend, TrendChart
from bjc_desktop.reports.content import ReportContent, SettingText
from bjc_desktop.reports.german import report_name
from bjc_desktop.reports.remarks import (
    NO_CHANGES,
    NO_COACHES,
    NO_FINDINGS,
    NO_SIGNALS,
    caseload,
    circumstances,
    coach_note,
    provenance,
    remarks,
    title,
    trend_note,
    verdict,
)
from bjc_desktop.reports.report_tables import change_table, coach_table, figure_table, quality_table, setting_table, trend_table
from bjc_desktop.reports.style import (
    CELL,
    EYEBROW,
    FINE,
    HEADING,
    LEAD,
    NOTE,
    OWNER,
    SMALL,
    SUBHEADING,
    TITLE,
    WIDTH,
    document,
    grid,
    heading,
    one_at_a_time,
    words,
)

_CHARTS_PER_ROW = 3
_GAP = 20
"""Points between two charts."""


@one_at_a_time
def report_pdf(content: ReportContent) -> bytes:
    """Return the report as PDF bytes: the same for the same content."""
    story = [
        *_summary(content),
        *_trend(content),
        *_signals(content),
        *_statements(content),
        *_coaches(content),
        *_quality(content),
        *_changes(content),
    ]
    story += [*_definitions(content), *_settings(content)]
    scope = content.figures.scope
    return document(
        story,
        title=title(content),
        author=scope.name,
        footer=(scope.name, f" · {provenance(content)}"),
        draft=content.version is None,
    )


# --- the figures --------------------------------------------------------------------------------------------------------------


def _summary(content: ReportContent) -> list[Flowable]:
    figures = content.figures
    story: list[Flowable] = [
        words("Berliner JobCoaching", EYEBROW),
        words(report_name(figures.period), TITLE),
        words(figures.scope.name, OWNER),
        words(circumstances(content), SMALL),
        Spacer(1, 8),
        words(verdict(figures), LEAD),
        *heading("Die sechs Kennzahlen"),
    ]
    story += [IndicatorBar(figure, WIDTH) for figure in figures.figures]
    return [*story, Legend(WIDTH), Spacer(1, 8), _figure_table(figures.figures), Spacer(1, 6), *map(words, remarks(content))]


def _figure_table(figures: Sequence[Figure]) -> Flowable:
    table = figure_table(figures)
    rows: list[list[object]] = [[*table.heads]]
    for named, *cells in table.rows:
        short, *notes = named.split("\n")
        rows.append([[words(short, CELL), *(words(note, NOTE) for note in notes)], *cells])
    return grid(rows, [WIDTH * share for share in (0.29, 0.07, 0.09, 0.085, 0.09, 0.095, 0.1, 0.18)], marked=table.marked)


def _trend(content: ReportContent) -> list[Flowable]:
    if not content.trend:
        return []
    lines = [[(period, figures[index]) for period, figures in content.trend] for index in range(len(content.figures.figures))]
    width = (WIDTH - (_CHARTS_PER_ROW - 1) * _GAP) / _CHARTS_PER_ROW
    charts = [TrendChart(line, width) for line in lines]
    rows = [charts[start : start + _CHARTS_PER_ROW] for start in range(0, len(charts), _CHARTS_PER_ROW)]
    columns = [*[width + _GAP] * (_CHARTS_PER_ROW - 1), width]
    flush = [("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0)]
    drawn = Table(rows, colWidths=columns, rowHeights=[100] * len(rows), style=flush)
    table = trend_table(content)
    share = WIDTH * 0.8 / len(content.trend)
    return [
        *heading("Verlauf über die Quartale", room=330),
        drawn,
        Spacer(1, 4),
        grid([table.heads, *table.rows], [WIDTH * 0.2, *[share] * len(content.trend)], marked=table.marked),
        words(trend_note(content), SMALL),
    ]


def _signals(content: ReportContent) -> list[Flowable]:
    story = heading("Signale über mehrere Quartale", room=60)
    if not content.signals:
        return [*story, words(NO_SIGNALS, SMALL)]
    return [*story, *(words(f"• {line}") for line in content.signals)]


def _statements(content: ReportContent) -> list[Flowable]:
    if not content.statements:
        return []
    story = heading("Gründe und geplante Schritte", room=60)
    for statement in content.statements:
        reasons = ", ".join(statement.reasons)
        story.append(words(f"{statement.subject}: {reasons}" if reasons else statement.subject, SUBHEADING))
        story += [words(line) for line in statement.steps.splitlines() if line.strip()]
    return story


def _coaches(content: ReportContent) -> list[Flowable]:
    figures = content.figures
    story = [*heading("Betreuungsschlüssel und Kennzahlen je Coach", room=120), words(caseload(figures))]
    if not figures.listed_coaches:
        return [*story, words(NO_COACHES)]
    table = coach_table(figures)
    drawn = grid([table.heads, *table.rows], [WIDTH * 0.12, *[WIDTH * 0.11] * 8], marked=table.marked)
    return [*story, drawn, words(coach_note(figures), SMALL)]


# --- the data -----------------------------------------------------------------------------------------------------------------


def _quality(content: ReportContent) -> list[Flowable]:
    story = heading("Datenqualität", room=90)
    if not content.quality:
        return [*story, words(NO_FINDINGS)]
    table = quality_table(content.quality)
    rows: list[list[object]] = [[*table.heads]]
    rows += [[severity, words(text, CELL), count] for severity, text, count in table.rows]
    return [*story, grid(rows, [WIDTH * 0.12, WIDTH * 0.76, WIDTH * 0.12], numbers_from=2)]


def _changes(content: ReportContent) -> list[Flowable]:
    if content.version is None or content.version == 1:
        return []
    story = heading(f"Änderungen gegenüber Fassung {content.version - 1}", room=90)
    if not content.changes:
        return [*story, words(NO_CHANGES)]
    table = change_table(content.changes)
    rows = [[words(cell, CELL) for cell in row] for row in table.rows]
    return [*story, grid([table.heads, *rows], [WIDTH * 0.3, WIDTH * 0.35, WIDTH * 0.35], numbers_from=3)]


# --- the rules ----------------------------------------------------------------------------------------------------------------


def _definitions(content: ReportContent) -> list[Flowable]:
    story = heading(f"Definitionen (Stand {content.definitions_version})", room=150)
    for definition in content.definitions:
        lines = [
            words(definition.label, SUBHEADING),
            words(f"Nenner: {definition.denominator}", FINE),
            words(f"Zähler: {definition.numerator}", FINE),
            words(f"Quelle: {definition.source}", NOTE),
        ]
        story.append(KeepTogether(lines))
    return story


def _settings(content: ReportContent) -> list[Flowable]:
    return [KeepTogether([words("Einstellungen", HEADING), settings_table(content.settings, WIDTH)])]


def settings_table(settings: Iterable[SettingText], width: float) -> Flowable:
    """Return the settings in force, each with its value and its reason."""
    table = setting_table(settings)
    rows = [[words(cell, FINE) for cell in row] for row in table.rows]
    return grid([table.heads, *rows], [width * 0.29, width * 0.2, width * 0.51], numbers_from=3, padding=2)
