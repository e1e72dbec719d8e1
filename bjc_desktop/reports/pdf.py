"""The quarterly report as a PDF that a head of department can hand on."""

from collections.abc import Iterable
from fractions import Fraction

from reportlab.platypus import Flowable, PageBreak, Spacer

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.results import Figure, Rating
from bjc_desktop.reports.chart import IndicatorBar, Sparkline
from bjc_desktop.reports.content import ReportContent
from bjc_desktop.reports.german import NO_VALUE, day, exact, figure_value, number, per_cent, quarter
from bjc_desktop.reports.style import BODY, CELL, HEADING, SMALL, TITLE, WIDTH, document, grid, register_fonts, words

COACH_HEADS = ("A1.1", "A1.2", "A4", "Kons./Std.", "korrekt", "Bezug")
"""The six indicators in the narrow columns of a table by coach."""
SYMBOLS = {Rating.REACHED: "✓", Rating.TOLERANCE: "~", Rating.BELOW: "!", Rating.NONE: "–"}


def report_pdf(content: ReportContent) -> bytes:
    """Return the report as PDF bytes: the same for the same content."""
    register_fonts()
    story = [*_summary(content), *_trend(content), *_coaches(content), *_quality(content), *_definitions(content)]
    scope, period = content.figures.scope, content.figures.period
    state = "Entwurf" if content.version is None else f"Fassung {content.version}"
    footer = f"{_short(scope.name)} · {quarter(period)} · {state} · Datenstand {day(content.figures.as_of)} · BJC Desktop {content.program_version}"
    return document(
        story,
        title=f"Quartalsbericht {quarter(period)}",
        author=scope.name,
        footer=footer,
        draft=content.version is None,
    )


def _short(name: str) -> str:
    return name if len(name) <= 45 else name[:44] + "…"  # noqa: PLR2004 - what fits the line


def _summary(content: ReportContent) -> list[Flowable]:
    figures = content.figures
    state = "Entwurf, nicht freigegeben" if content.version is None else f"Fassung {content.version}"
    story: list[Flowable] = [
        words("Berliner JobCoaching", SMALL),
        words(f"Quartalsbericht {quarter(figures.period)}", TITLE),
        words(figures.scope.name, HEADING),
        words(f"{day(figures.period.first)} bis {day(figures.period.last)} · Datenstand {day(figures.as_of)} · {state}", SMALL),
        words("Die sechs Kennzahlen", HEADING),
    ]
    for figure in figures.figures:
        story += [IndicatorBar(figure, WIDTH), Spacer(1, 4)]
    return [*story, Spacer(1, 6), _figure_table(figures.figures), Spacer(1, 6), *_remarks(content)]


def _figure_table(figures: Iterable[Figure]) -> Flowable:
    rows: list[list[object]] = [["Kennzahl", "Zähler", "Nenner", "Wert", "Soll", "Toleranz ab", "Bewertung"]]
    for figure in figures:
        cohort = "" if figure.cohort is None else f"{day(figure.cohort[0])}–{day(figure.cohort[1])}"
        marks = [cohort, "vorläufig" if figure.provisional else "", "kleine Fallzahl" if figure.small_number else ""]
        above = "> " if figure.code == "measure_link" else ""
        rows.append(
            [
                [words(BY_CODE[figure.code].short, CELL), words(" · ".join(filter(None, marks)), SMALL)],
                str(figure.numerator),
                exact(figure.denominator),
                figure_value(figure, figure.value),
                above + figure_value(figure, figure.target.target),
                figure_value(figure, figure.target.tolerance_low),
                f"{SYMBOLS[figure.rating]} {figure.rating.label}",
            ]
        )
    return grid(rows, [WIDTH * share for share in (0.33, 0.08, 0.11, 0.1, 0.1, 0.1, 0.18)])


def _remarks(content: ReportContent) -> list[Flowable]:
    by_code = {figure.code: figure for figure in content.figures.figures}
    follow_up, link = by_code["a1_2"], by_code["measure_link"]
    size = follow_up.details["cohort_size"]
    rate = per_cent(Fraction(follow_up.details["surveyed"], size)) if size else NO_VALUE
    met = "erfüllt" if link.details["at_least_51_percent"] else "nicht erfüllt"
    lines = [
        f"A1.2: Rücklauf der Nachbefragung {follow_up.details['surveyed']} von {size} ({rate}).",
        f"A1.1 und A4 zugleich: {by_code['a4'].details['overlap_a1_a4']} Coachings.",
        f"Maßnahmebezug, Lesart „mindestens 51 Prozent“: {met}.",
    ]
    numbers = {coach.id: coach.number for coach in content.figures.coaches}
    months = [f"Coach {numbers[m['staff_id']]} {m['month']}" for m in by_code["consultations_per_hour"].details["missing_months"]]
    if months:
        lines.append("Ohne Arbeitszeit, daher kein Wert für Konsultationen je Stunde: " + ", ".join(months) + ".")
    years = {figure.target.year for figure in content.figures.figures if figure.target.substitute}
    if years:
        lines.append(
            f"Für {content.figures.period.last.year} sind keine eigenen Sollwerte hinterlegt; es gelten die von {max(years)}."
        )
    return [words(line) for line in lines]


def _trend(content: ReportContent) -> list[Flowable]:
    if not content.trend:
        return []
    heads = [quarter(period) for period, _ in content.trend]
    rows: list[list[object]] = [["Kennzahl", *heads, "Verlauf"]]
    for index, figure in enumerate(content.figures.figures):
        line = [figures[index] for _, figures in content.trend]
        values = [figure_value(entry, entry.value) for entry in line]
        rows.append([words(BY_CODE[figure.code].short, CELL), *values, Sparkline([entry.value for entry in line])])
    share = (WIDTH * 0.68) / len(heads)
    return [words("Verlauf über die Quartale", HEADING), grid(rows, [WIDTH * 0.2, *[share] * len(heads), WIDTH * 0.12])]


def _coaches(content: ReportContent) -> list[Flowable]:
    figures = content.figures
    loads = figures.caseload
    line = f"Minimum {number(loads.minimum, 1)} · Maximum {number(loads.maximum, 1)} · Median {number(loads.median, 1)}"
    rows: list[list[object]] = [["Coach", *COACH_HEADS, "Fälle", "Auslastung"]]
    for coach in figures.coaches:
        values = [figure_value(figure, figure.value) for figure in coach.figures]
        rows.append([f"Coach {coach.number}", *values, number(coach.caseload, 1), number(coach.load)])
    table = grid(rows, [WIDTH * 0.12, *[WIDTH * 0.11] * 8]) if figures.coaches else words("Keine JobCoaches im Bericht.")
    note = "Auslastung: 1,00 ist der volle Betreuungsschlüssel (1:30 und 1:40) je Vollzeitstelle."
    unknown = f" Ohne Angabe „arbeitslos seit“, gezählt als 1:40: {figures.unknown_unemployment}."
    return [words("Betreuungsschlüssel und Kennzahlen je Coach", HEADING), words(line), table, words(note + unknown, SMALL)]


def _quality(content: ReportContent) -> list[Flowable]:
    story: list[Flowable] = [words("Datenqualität", HEADING)]
    if content.quality:
        names = {"error": "Fehler", "warning": "Warnung", "hint": "Hinweis"}
        rows: list[list[object]] = [["Art", "Was zu tun ist", "Fälle"]]
        rows += [[names[line.severity], words(line.text, CELL), str(line.count)] for line in content.quality]
        story.append(grid(rows, [WIDTH * 0.12, WIDTH * 0.76, WIDTH * 0.12], numbers_from=2))
    else:
        story.append(words("Keine Auffälligkeiten."))
    if content.version is not None and content.version > 1:
        story.append(words(f"Änderungen gegenüber Fassung {content.version - 1}", HEADING))
        changes: list[list[object]] = [["Was", "vorher", "jetzt"]]
        changes += [[words(c.subject, CELL), words(c.before, CELL), words(c.after, CELL)] for c in content.changes]
        third = [WIDTH / 3] * 3
        story.append(grid(changes, third, numbers_from=9) if content.changes else words("Nichts hat sich geändert."))
    return story


def _definitions(content: ReportContent) -> list[Flowable]:
    story: list[Flowable] = [PageBreak(), words(f"Definitionen (Stand {content.definitions_version})", HEADING)]
    for definition in content.definitions:
        story += [
            words(definition.label, HEADING),
            words(f"Nenner: {definition.denominator}"),
            words(f"Zähler: {definition.numerator}"),
            words(f"Quelle: {definition.source}", SMALL),
        ]
    rows: list[list[object]] = [["Einstellung", "Wert", "Grund"]]
    for setting in content.settings:
        value = setting.value if setting.default else f"{setting.value} (geändert)"
        rows.append([words(setting.title, CELL), words(value, CELL), words(setting.reason, CELL)])
    table = grid(rows, [WIDTH * 0.3, WIDTH * 0.22, WIDTH * 0.48], numbers_from=9)
    return [*story, words("Einstellungen", HEADING), table, words("", BODY)]
