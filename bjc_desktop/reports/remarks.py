"""What a report says in sentences beside its figures."""

from collections import Counter
from fractions import Fraction

from bjc_desktop.indicators.results import Figure, Rating, ScopeFigures
from bjc_desktop.indicators.settings import ChecklistItem
from bjc_desktop.reports.german import NO_VALUE, month, per_cent

SEVERITIES = {"error": "Fehler", "warning": "Warnung", "hint": "Hinweis"}
_NUMERALS = ("keine", "eine", "zwei", "drei", "vier", "fünf", "sechs")


def state(version: int | None) -> str:
    """Return whether it is a draft or which version."""
    return "Entwurf" if version is None else f"Fassung {version}"


def verdict(figures: ScopeFigures) -> str:
    """Return the quarter in one sentence: how many indicators are reached, in tolerance, below, without a value."""
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
    years = {figure.target.year for figure in figures.figures if figure.target.substitute}
    if not years:
        return []
    return [f"Für {figures.period.last.year} sind keine eigenen Sollwerte hinterlegt; es gelten die von {max(years)}."]
