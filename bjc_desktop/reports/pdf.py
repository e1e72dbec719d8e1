"""The quarterly report as a PDF that a head of department can hand on."""

from collections.abc import Iterable, Sequence

from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.rating import RATIO_CODES, STRICT_CODES
from bjc_desktop.indicators.results import Figure, Rating
from bjc_desktop.reports.chart import IndicatorBar, Legend, TrendChart
from bjc_desktop.reports.content import ReportContent, SettingText
from bjc_desktop.reports.german import day, figure_value, number, quarter
from bjc_desktop.reports.remarks import SEVERITIES, failed_items, missing_hours, response, state, substitute_targets, verdict
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
    register_fonts,
    words,
)

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
_CHARTS_PER_ROW = 3
_GAP = 20
"""Points between two charts."""
_LEGEND = "Rot und fett: unter Toleranz. "


def report_pdf(content: ReportContent) -> bytes:
    """Return the report as PDF bytes: the same for the same content."""
    register_fonts()
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
    scope, period = content.figures.scope, content.figures.period
    title = f"Quartalsbericht {quarter(period)}, {scope.name}"
    parts = (quarter(period), state(content.version), f"Datenstand {day(content.figures.as_of)}")
    return document(
        story,
        title=title if content.version is not None else f"{title} (Entwurf)",
        author=scope.name,
        footer=(scope.name, f" · {' · '.join(parts)} · BJC Desktop {content.program_version}"),
        draft=content.version is None,
    )


# --- the figures --------------------------------------------------------------------------------------------------------------


def _summary(content: ReportContent) -> list[Flowable]:
    figures = content.figures
    version = "Entwurf, nicht freigegeben" if content.version is None else state(content.version)
    period = f"{day(figures.period.first)} bis {day(figures.period.last)}"
    story: list[Flowable] = [
        words("Berliner JobCoaching", EYEBROW),
        words(f"Quartalsbericht {quarter(figures.period)}", TITLE),
        words(figures.scope.name, OWNER),
        words(f"{period} · Datenstand {day(figures.as_of)} · {version}", SMALL),
        Spacer(1, 8),
        words(verdict(figures), LEAD),
        *heading("Die sechs Kennzahlen"),
    ]
    story += [IndicatorBar(figure, WIDTH) for figure in figures.figures]
    return [*story, Legend(WIDTH), Spacer(1, 8), _figure_table(figures.figures), Spacer(1, 6), *_remarks(content)]


def _figure_table(figures: Sequence[Figure]) -> Flowable:
    years = {figure.target.year for figure in figures if figure.target.programme is not None}
    programme = f"Programm\n{max(years)}" if years else "Programm"
    heads = ["Kennzahl und Fälle", "Zähler", "Nenner", "Wert", "Soll", "Toleranz\nab", programme, "Bewertung"]
    rows: list[list[object]] = [[*heads]]
    for figure in figures:
        above = "> " if figure.code in STRICT_CODES else ""
        rows.append(
            [
                [words(BY_CODE[figure.code].short, CELL), *(words(line, NOTE) for line in _cases(figure))],
                str(figure.numerator),
                number(figure.denominator) if figure.code in RATIO_CODES else str(figure.denominator),
                figure_value(figure, figure.value),
                above + figure_value(figure, figure.target.target),
                figure_value(figure, figure.target.tolerance_low),
                figure_value(figure, figure.target.programme),
                f"{SYMBOLS[figure.rating]} {figure.rating.label}",
            ]
        )
    below = [(7, row) for row, figure in enumerate(figures, 1) if figure.rating is Rating.BELOW]
    return grid(rows, [WIDTH * share for share in (0.29, 0.07, 0.09, 0.085, 0.09, 0.095, 0.1, 0.18)], marked=below)


def _cases(figure: Figure) -> list[str]:
    """Return which cases a figure counts, and what the reader must know about them."""
    cohort = [] if figure.cohort is None else [f"{_CASES[figure.code]} {day(figure.cohort[0])}–{day(figure.cohort[1])}"]
    marks = ["vorläufig"] * figure.provisional + ["kleine Fallzahl"] * figure.small_number
    return [*cohort, " · ".join(marks)] if marks else cohort


def _remarks(content: ReportContent) -> list[Flowable]:
    figures = content.figures
    by_code = {figure.code: figure for figure in figures.figures}
    met = "erfüllt" if by_code["measure_link"].details["at_least_51_percent"] else "nicht erfüllt"
    both = by_code["a4"].details["overlap_a1_a4"]
    together = f"Coachings, die für A1.1 und A4 zugleich zählen: {both}."
    reading = f"Maßnahmebezug in der Lesart „mindestens 51 Prozent“: {met}."
    lines = [
        f"A1.2: {response(by_code['a1_2'])}. {together} {reading} {content.persons}",
        *failed_items(by_code["correctly_closed"]),
        *missing_hours(figures),
        *substitute_targets(figures),
    ]
    notes = {
        "Vorläufig: Der Wert kann sich im gewöhnlichen Ablauf noch ändern.": any(f.provisional for f in figures.figures),
        "Kleine Fallzahl: unter zehn; ein einzelner Fall verändert den Wert stark.": any(f.small_number for f in figures.figures),
    }
    lines += [" ".join(note for note, applies in notes.items() if applies)] * any(notes.values())
    return [words(line) for line in lines]


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
    table: list[list[object]] = [["Kennzahl", *(quarter(period) for period, _ in content.trend)]]
    below = []
    for row, line in enumerate(lines, 1):
        table.append([BY_CODE[line[0][1].code].short, *(figure_value(figure, figure.value) for _, figure in line)])
        below += [(column, row) for column, (_, figure) in enumerate(line, 1) if figure.rating is Rating.BELOW]
    share = WIDTH * 0.8 / len(content.trend)
    note = _LEGEND + "Linie: Soll, grau: Toleranzbereich, jeweils nach den Sollwerten des Quartals. "
    note += " ".join(substitute_targets(content.figures))
    return [
        *heading("Verlauf über die Quartale", room=330),
        drawn,
        Spacer(1, 4),
        grid(table, [WIDTH * 0.2, *[share] * len(content.trend)], marked=below),
        words(note, SMALL),
    ]


def _signals(content: ReportContent) -> list[Flowable]:
    story = heading("Signale über mehrere Quartale", room=60)
    if not content.signals:
        return [
            *story,
            words(
                "Keine. Ein Signal entsteht, wenn eine Kennzahl in zwei Quartalen eines Bescheids unter der Toleranz liegt, A1.1 und A4 zwei Jahre lang unter 3 % liegen oder der Betreuungsschlüssel deutlich unterschritten ist.",
                SMALL,
            ),
        ]
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
    loads = figures.caseload
    line = "Fälle je Coach im Mittel der Monatsenden: "
    line += f"Minimum {number(loads.minimum, 1)} · Maximum {number(loads.maximum, 1)} · Median {number(loads.median, 1)}."
    story: list[Flowable] = [*heading("Betreuungsschlüssel und Kennzahlen je Coach", room=120), words(line)]
    if not figures.coaches:
        return [*story, words("Keine JobCoaches im Bericht.")]
    rows: list[list[object]] = [["Coach", *COACH_HEADS, "Fälle", "Auslastung"]]
    below = []
    for row, coach in enumerate(figures.coaches, 1):
        values = [figure_value(figure, figure.value) for figure in coach.figures]
        rows.append([f"Coach {coach.number}", *values, number(coach.caseload, 1), number(coach.load)])
        below += [(column, row) for column, figure in enumerate(coach.figures, 1) if figure.rating is Rating.BELOW]
    table = grid(rows, [WIDTH * 0.12, *[WIDTH * 0.11] * 8], marked=below)
    note = _LEGEND + "Auslastung: 1,00 ist der volle Betreuungsschlüssel (1:30 und 1:40) je Vollzeitstelle. "
    note += f"Ohne Angabe „arbeitslos seit“ und daher als 1:40 gezählt: {figures.unknown_unemployment} Coachings. "
    note += " ".join(substitute_targets(figures))
    return [*story, table, words(note, SMALL)]


# --- the data -----------------------------------------------------------------------------------------------------------------


def _quality(content: ReportContent) -> list[Flowable]:
    story = heading("Datenqualität", room=90)
    if not content.quality:
        return [*story, words("Keine Auffälligkeiten.")]
    rows: list[list[object]] = [["Art", "Was zu tun ist", "Fälle"]]
    rows += [[SEVERITIES[line.severity], words(line.text, CELL), str(line.count)] for line in content.quality]
    return [*story, grid(rows, [WIDTH * 0.12, WIDTH * 0.76, WIDTH * 0.12], numbers_from=2)]


def _changes(content: ReportContent) -> list[Flowable]:
    if content.version is None or content.version == 1:
        return []
    story = heading(f"Änderungen gegenüber Fassung {content.version - 1}", room=90)
    if not content.changes:
        return [*story, words("Nichts hat sich geändert.")]
    rows: list[list[object]] = [["Was", "vorher", "jetzt"]]
    rows += [[words(c.subject, CELL), words(c.before, CELL), words(c.after, CELL)] for c in content.changes]
    return [*story, grid(rows, [WIDTH * 0.3, WIDTH * 0.35, WIDTH * 0.35], numbers_from=3)]


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
    rows: list[list[object]] = [["Einstellung", "Wert", "Grund"]]
    for setting in settings:
        value = setting.value if setting.default else f"{setting.value} (geändert)"
        rows.append([words(setting.title, FINE), words(value, FINE), words(setting.reason, FINE)])
    return grid(rows, [width * 0.29, width * 0.2, width * 0.51], numbers_from=3, padding=2)
