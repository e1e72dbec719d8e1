"""What a report says in sentences beside its figures."""

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.results import Figure, Rating, ScopeFigures
from bjc_desktop.indicators.settings import ChecklistItem
from bjc_desktop.reports.content import ReportContent
from bjc_desktop.reports.german import NO_VALUE, day, figure_value, month, number, per_cent, quarter, report_name

SEVERITIES = {"error": "Fehler", "warning": "Warnung", "hint": "Hinweis"}
NO_SIGNALS = "Keine. Ein Signal entsteht, wenn eine Kennzahl in zwei Quartalen eines Bescheids unter der Toleranz liegt, A1.1 und A4 zwei Jahre lang unter 3 % liegen oder der Betreuungsschlüssel deutlich unterschritten ist."
NOTHING_TO_REPORT = "In diesem Zeitraum gab es nichts zu berichten: Alle sechs Kennzahlen sind ohne Wert."
NO_COACHES = "Keine JobCoaches im Bericht."
NO_FINDINGS = "Keine Auffälligkeiten."
NO_CHANGES = "Nichts hat sich geändert."
_LEGEND = "Rot und fett: unter Toleranz. "
_NUMERALS = ("keine", "eine", "zwei", "drei", "vier", "fünf", "sechs")


def state(version: int | None) -> str:
    """Return whether it is a draft or which version."""
    return "Entwurf" if version is None else f"Fassung {version}"


def verdict(figures: ScopeFigures) -> str:
    """Return the quarter in one sentence: how many indicators are reached, in tolerance, below, without a value."""
    if not any(figure.denominator for figure in figures.figures):
        return NOTHING_TO_REPORT
    counts = Counter(figure.rating for figure in figures.figures)
    words = {
        Rating.REACHED: ("erreicht das Soll", "erreichen das Soll"),
        Rating.TOLERANCE: ("liegt im Toleranzbereich", "liegen im Toleranzbereich"),
        Rating.BELOW: ("liegt unter der Toleranz", "liegen unter der Toleranz"),
        Rating.NONE: ("ist ohne Wert", "sind ohne Wert"),
    }
    if len(counts) == 1:
        return f"Alle sechs Kennzahlen {words[figures.figures[0].rating][1]}."
    parts: list[str] = []
    for rating, (one, many) in words.items():
        if counts[rating]:
            numeral, (verb, rest) = _NUMERALS[counts[rating]], (one if counts[rating] == 1 else many).split(" ", 1)
            parts.append(f"{numeral} {verb} {rest}" if parts else f"{verb} {numeral} {rest}")
    return f"Von den sechs Kennzahlen {', '.join(parts)}."


def response(figure: Figure) -> str:
    """Return the response rate of the survey after six months."""
    size = figure.details["cohort_size"]
    rate = per_cent(Fraction(figure.details["surveyed"], size)) if size else NO_VALUE
    return f"Rücklauf {figure.details['surveyed']} von {size} ({rate})"


def aside(figure: Figure) -> str:
    """Return the sentence that always stands with an indicator, or nothing."""
    if figure.code == "a1_2":
        return f"{response(figure)}."
    if figure.code == "a4":
        return f"Coachings, die für A1.1 und A4 zugleich zählen: {figure.details['overlap_a1_a4']}."
    if figure.code == "measure_link":
        met = "erfüllt" if figure.details["at_least_51_percent"] else "nicht erfüllt"
        return f"Maßnahmebezug in der Lesart „mindestens 51 Prozent“: {met}."
    return ""


def missing_hours(figures: ScopeFigures) -> list[str]:
    """Return the months whose working time is missing, coach by coach, as a sentence; or nothing."""
    details = {figure.code: figure.details for figure in figures.figures}["consultations_per_hour"]
    numbers = {coach.id: coach.number for coach in figures.coaches}
    gaps = [f"Coach {numbers[gap['staff_id']]} ({month(gap['month'])})" for gap in details["missing_months"]]
    return [f"Arbeitszeit fehlt, daher kein Wert für Konsultationen je Arbeitsstunde: {', '.join(gaps)}."] if gaps else []


def failed_items(figure: Figure) -> list[str]:
    """Return which items of the checklist failed how often, the most frequent first, as a sentence; or nothing."""
    failed = sorted(figure.details["failed_items"].items(), key=lambda item: -item[1])
    if not failed:
        return []
    listed = ", ".join(f"{ChecklistItem(key).label} ({count})" for key, count in failed)
    return [f"Nicht bestandene Prüfpunkte der Abschlüsse: {listed}."]


def substitute_targets(figures: ScopeFigures) -> list[str]:
    """Return that another year's targets serve, as a sentence; or nothing."""
    return substitute_words(figures.figures, figures.period)


def substitute_words(figures: Sequence[Figure], period: Period) -> list[str]:
    """Return for which of *figures* the targets of another year serve, as a sentence; or nothing."""
    served: dict[int, list[str]] = {}
    for figure in figures:
        if figure.target.substitute:
            served.setdefault(figure.target.year, []).append(BY_CODE[figure.code].short)
    if not served:
        return []
    if [len(codes) for codes in served.values()] == [len(figures)]:
        return [f"Für {period.last.year} sind keine eigenen Sollwerte hinterlegt; es gelten die von {max(served)}."]
    those = " und ".join(f"die von {year} für {', '.join(names)}" for year, names in sorted(served.items()))
    return [f"Für {period.last.year} sind nicht alle Sollwerte hinterlegt; es gelten {those.removesuffix('.')}."]


def circumstances(content: ReportContent) -> str:
    """Return period, day of the data and version in one line."""
    version = "Entwurf, nicht freigegeben" if content.version is None else state(content.version)
    period = content.figures.period
    return f"{day(period.first)} bis {day(period.last)} · Datenstand {day(content.figures.as_of)} · {version}"


def title(content: ReportContent) -> str:
    """Return the title of the document."""
    made = f"{report_name(content.figures.period)}, {content.figures.scope.name}"
    return made if content.version is not None else f"{made} (Entwurf)"


def provenance(content: ReportContent) -> str:
    """Return quarter, version, day of the data and program, as every page names them below."""
    parts = (quarter(content.figures.period), state(content.version), f"Datenstand {day(content.figures.as_of)}")
    return f"{' · '.join(parts)} · BJC Desktop {content.program_version}"


def bar_words(figure: Figure) -> str:
    """Return in one sentence what an indicator's bar shows."""
    target, low = (figure_value(figure, value) for value in (figure.target.target, figure.target.tolerance_low))
    return f"{figure.label}: {figure_value(figure, figure.value)}, Soll {target}, Toleranz ab {low}, {figure.rating.label}."


def trend_words(line: Iterable[tuple[Period, Figure]]) -> str:
    """Return in words what an indicator's chart shows, quarter by quarter."""
    return "; ".join(
        f"{quarter(period)}: {figure_value(figure, figure.value)} (Soll {figure_value(figure, figure.target.target)})"
        for period, figure in line
    )


def remarks(content: ReportContent) -> list[str]:
    """Return what stands under the table of the indicators."""
    figures = content.figures
    by_code = {figure.code: figure for figure in figures.figures}
    lines = [
        f"A1.2: {aside(by_code['a1_2'])} {aside(by_code['a4'])} {aside(by_code['measure_link'])} {content.persons}",
        *failed_items(by_code["correctly_closed"]),
        *missing_hours(figures),
        *substitute_targets(figures),
    ]
    notes = {
        "Vorläufig: Der Wert kann sich im gewöhnlichen Ablauf noch ändern.": any(f.provisional for f in figures.figures),
        "Kleine Fallzahl: unter zehn; ein einzelner Fall verändert den Wert stark.": any(f.small_number for f in figures.figures),
    }
    return lines + [" ".join(note for note, applies in notes.items() if applies)] * any(notes.values())


def trend_note(content: ReportContent) -> str:
    """Return how the charts and the table of the quarters are read."""
    note = _LEGEND + "Linie: Soll, grau: Toleranzbereich, jeweils nach den Sollwerten des Quartals. "
    return note + " ".join(substitute_targets(content.figures))


def caseload(figures: ScopeFigures) -> str:
    """Return the cases per coach in one sentence."""
    loads = figures.caseload
    line = "Fälle je Coach im Mittel der Monatsenden: "
    return line + f"Minimum {number(loads.minimum, 1)} · Maximum {number(loads.maximum, 1)} · Median {number(loads.median, 1)}."


def coach_note(figures: ScopeFigures) -> str:
    """Return how the table of the coaches is read."""
    note = _LEGEND + "Auslastung: 1,00 ist der volle Betreuungsschlüssel (1:30 und 1:40) je Vollzeitstelle. "
    note += f"Ohne Angabe „arbeitslos seit“ und daher als 1:40 gezählt: {figures.unknown_unemployment} Coachings. "
    return note + " ".join(substitute_targets(figures))
