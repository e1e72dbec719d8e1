"""How a value stands to its target, and which targets are in force."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from bjc_desktop.indicators.results import Rating, TargetRow
from bjc_desktop.indicators.settings import RatingRule

STRICT_CODES = frozenset({"measure_link"})
"""Indicators whose target must be exceeded: the seed states the measure link as "> 50 %"."""
RATIO_CODES = frozenset({"consultations_per_hour"})
"""Indicators that are a ratio with two decimals rather than a percentage."""


def rate(code: str, value: Fraction | None, target: TargetRow, rule: RatingRule = RatingRule.EXACT) -> Rating:
    """Return how *value* (a fraction, 0.22 is 22 %) stands to *target*: reached, in tolerance, below, or none."""
    if value is None:
        return Rating.NONE
    if rule is RatingRule.ROUNDED:
        value = rounded(value)
    goal = Fraction(target.target)
    reached = value > goal if code in STRICT_CODES else value >= goal
    if reached:
        return Rating.REACHED
    return Rating.TOLERANCE if value >= Fraction(target.tolerance_low) else Rating.BELOW


def rounded(value: Fraction, places: int = 2) -> Fraction:
    """Return *value* rounded half up to *places* decimals: whole per cent for a fraction, two decimals for a ratio."""
    scale = 10**places
    return Fraction(int(value * scale + Fraction(1, 2)), scale)


def decimal_text(value: Fraction, places: int = 6) -> str:
    """Return *value* with *places* decimals, rounded half up, as a decimal string."""
    scaled = rounded(value, places)
    quotient = Decimal(scaled.numerator) / Decimal(scaled.denominator)
    return f"{quotient.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"


def targets_in_force(rows: Iterable[TargetRow], year: int) -> Mapping[str, TargetRow]:
    """Return for each code the target for *year*: its own, else the latest earlier year's, else the earliest later year's."""
    chosen: dict[str, TargetRow] = {}
    for row in rows:
        best = chosen.get(row.code)
        if best is None or _nearness(row.year, year) < _nearness(best.year, year):
            chosen[row.code] = row
    return {code: replace(row, substitute=row.year != year) for code, row in chosen.items()}


def _nearness(year: int, wanted: int) -> tuple[bool, int]:
    """Order years: not later ones first, then the nearest."""
    return year > wanted, abs(year - wanted)
