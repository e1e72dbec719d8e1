"""The pay up to which a job is a Minijob, on each day; the amounts are data with their sources (resources/minijob)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from bjc_desktop.paths import resource
from bjc_desktop.services.typed_values import show_date, show_decimal
from bjc_desktop.vocabulary import OutcomeKind

_EMPLOYMENT = {
    OutcomeKind.EMPLOYMENT_PERMANENT.value,
    OutcomeKind.EMPLOYMENT_FIXED_TERM.value,
    OutcomeKind.EMPLOYMENT_SUBSIDISED.value,
}
"""Where low pay makes a Minijob of it; an apprentice is insured whatever the pay (§ 7 Abs. 1 SGB V)."""


@dataclass(frozen=True, slots=True)
class MinijobLimit:
    """The limit in euros a month from a day on; pay up to and including it is a Minijob."""

    valid_from: date
    euro: Decimal
    source: str


@lru_cache(maxsize=1)
def minijob_limits() -> tuple[MinijobLimit, ...]:
    """Return all limits that are known, the earliest first."""
    content = json.loads(resource("minijob/limits.json").read_text("utf-8"))
    rows = (MinijobLimit(date.fromisoformat(row["from"]), Decimal(row["euro"]), row["source"]) for row in content["limits"])
    return tuple(sorted(rows, key=lambda limit: limit.valid_from))


def minijob_limit(day: date) -> MinijobLimit | None:
    """Return the limit that is valid on *day*, or None before the first one known."""
    valid = [limit for limit in minijob_limits() if limit.valid_from <= day]
    return valid[-1] if valid else None


def pay_warning(outcome: Mapping[str, Any], decided_on: date) -> str | None:
    """Return what is doubtful about the pay of *outcome* (by field), at its begin or on the day that decides, or None."""
    pay, begin, kind = outcome.get("gross_pay"), outcome.get("begin_on"), outcome.get("kind")
    if pay is None or begin is None:
        return None
    for day in (begin, max(begin, decided_on)):
        limit = minijob_limit(day)
        if limit is None:
            continue
        amount = f"{show_decimal(pay)} Euro"
        known = f"der am {show_date(day)} gültigen Minijob-Grenze von {show_decimal(limit.euro)} Euro"
        if kind in _EMPLOYMENT and pay <= limit.euro:
            return f"Das Entgelt von {amount} liegt nicht über {known}. Bitte die Art prüfen: ein Minijob zählt nicht für A1.1."
        if kind == OutcomeKind.MINIJOB.value and pay > limit.euro and day == begin:
            return f"Das Entgelt von {amount} liegt über {known}. Bitte die Art prüfen."
    return None
