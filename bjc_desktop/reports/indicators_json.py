"""``indicators.json``: the figures for programs; numbers are decimal strings, values with six decimals, half up."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from bjc_desktop.indicators.catalogue import DEFINITIONS_VERSION
from bjc_desktop.indicators.rating import decimal_text
from bjc_desktop.indicators.results import Caseload, CoachFigures, Figure, ScopeFigures
from bjc_desktop.models.base import plain_decimal


def indicators_json(figures: ScopeFigures) -> dict[str, Any]:
    """Return the content of ``indicators.json`` for *figures* (data package specification, "The quarterly report bundle")."""
    period, scope = figures.period, figures.scope
    return {
        "bjc_format": 1,
        "definitions": DEFINITIONS_VERSION,
        "as_of": figures.as_of.isoformat(),
        "period": {"label": period.label, "from": period.first.isoformat(), "to": period.last.isoformat()},
        "scope": {"kind": scope.kind.value, "id": scope.id, "name": scope.name},
        "indicators": [_figure(figure) for figure in figures.figures],
        "caseload": _caseload(figures.caseload),
        "coaches": [_coach(coach) for coach in sorted(figures.coaches, key=lambda coach: coach.id)],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    cohort = figure.cohort
    return {
        "code": figure.code,
        "label": figure.label,
        "numerator": str(figure.numerator),
        "denominator": exact_text(figure.denominator),
        "value": None if figure.value is None else decimal_text(figure.value),
        "target": plain_decimal(figure.target.target),
        "tolerance_low": plain_decimal(figure.target.tolerance_low),
        "rating": figure.rating.value,
        "provisional": figure.provisional,
        "small_number": figure.small_number,
        "cohort": None if cohort is None else {"from": cohort[0].isoformat(), "to": cohort[1].isoformat()},
        "details": dict(figure.details),
    }


def _coach(coach: CoachFigures) -> dict[str, Any]:
    caseload = None if coach.caseload is None else decimal_text(coach.caseload)
    return {"id": coach.id, "indicators": [_figure(figure) for figure in coach.figures], "caseload": caseload}


def _caseload(caseload: Caseload) -> dict[str, str | None]:
    values = {"min": caseload.minimum, "max": caseload.maximum, "median": caseload.median}
    return {name: None if value is None else decimal_text(value) for name, value in values.items()}


def exact_text(value: Fraction) -> str:
    """Return a sum of hours or a count exactly, in plain notation: ``834.375``."""
    return plain_decimal(Decimal(value.numerator) / Decimal(value.denominator))
