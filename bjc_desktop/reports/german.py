"""Numbers and dates as a German office writes them: rounded half up from the exact value, never by way of a float."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.rating import RATIO_CODES, decimal_text
from bjc_desktop.indicators.results import Figure

NO_VALUE = "–"


def number(value: Fraction | Decimal | None, places: int = 2) -> str:
    """Return *value* with *places* decimals, a comma, and points between the thousands; an en dash for none."""
    if value is None:
        return NO_VALUE
    whole, _, decimals = decimal_text(Fraction(value), places).partition(".")
    grouped = f"{int(whole):,}".replace(",", ".")
    return f"{grouped},{decimals}" if decimals else grouped


def per_cent(value: Fraction | Decimal | None, places: int = 1) -> str:
    """Return the fraction *value* as per cent (0.284 is ``28,4 %``)."""
    return NO_VALUE if value is None else number(Fraction(value) * 100, places) + "\u00a0%"


def figure_value(figure: Figure, value: Fraction | Decimal | None) -> str:
    """Return *value* in the indicator's own unit: per cent, or a ratio with two decimals."""
    return number(value) if figure.code in RATIO_CODES else per_cent(value)


def day(value: date | None) -> str:
    """Return *value* as ``05.03.2026``; an en dash for none."""
    return NO_VALUE if value is None else f"{value:%d.%m.%Y}"


def quarter(period: Period) -> str:
    """Return a quarter as ``Q3 2026``, four of them as ``Q4 2025 bis Q3 2026``, another period by its label."""
    return period_name(period.label)


def period_name(label: str) -> str:
    """Return the period of the *label* ``2026-Q3`` as it is said: ``Q3 2026``."""
    return re.sub(r"(\d{4})-(Q[1-4])", r"\2 \1", label)


def report_name(period: Period) -> str:
    """Return what the report of a period is called: of a quarter, of a year, of any other."""
    kind = "Quartalsbericht" if re.fullmatch(r"\d{4}-Q[1-4]", period.label) else "Bericht"
    return f"{'Jahresbericht' if re.fullmatch(r'[0-9]{4}', period.label) else kind} {quarter(period)}"


def month(value: str) -> str:
    """Return a month ``2025-07`` as ``07/2025``."""
    year, _, number_of_month = value.partition("-")
    return f"{number_of_month}/{year}"
