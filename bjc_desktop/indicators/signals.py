"""Signals over several quarters, per provider and funding decision, and the persons coached in a year.

Source: Drucksache 19/23 355, answers 2, 9 and 10. A signal decides nothing: it says where a closer look is due, with the figures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import Connection, text

from bjc_desktop.indicators.catalogue import BY_CODE
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.results import CoachFigures, Figure, Rating

CLOSER_LOOK_QUARTERS = 2
"""In so many quarters of a funding period below tolerance, an indicator is looked at more closely."""
RENEWAL_SHARE = Fraction(3, 100)
"""A1.1 and A4 both under this share in two successive years put the renewal at risk."""


@dataclass(frozen=True, slots=True)
class Funding:
    """A funding decision: its reference and its period."""

    reference: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True, slots=True)
class BelowSignal:
    """An indicator below tolerance in several quarters of a funding period."""

    code: str
    funding: Funding
    quarters: tuple[tuple[Period, Figure], ...]


@dataclass(frozen=True, slots=True)
class RenewalSignal:
    """A1.1 and A4 both under three per cent in two successive years, neither higher in the second: value by year and indicator."""

    years: tuple[int, int]
    a1_1: tuple[Fraction, Fraction]
    a4: tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class CaseloadSignal:
    """The load of the provider's coaches is grossly under the key; 1 is full."""

    load: Fraction
    floor: Decimal


def below_tolerance(
    history: Sequence[tuple[Period, Sequence[Figure]]], fundings: Sequence[Funding], last_day: date
) -> tuple[BelowSignal, ...]:
    """Return each indicator that was below tolerance in two or more quarters of a funding period that *last_day* lies in.

    *history* holds quarters up to that day, the oldest first. A quarter belongs to the funding period in which it ends.
    """
    found = []
    for funding in fundings:
        if not funding.valid_from <= last_day <= funding.valid_to:
            continue
        quarters = [entry for entry in history if funding.valid_from <= entry[0].last <= funding.valid_to]
        for code in BY_CODE:
            low = [(period, figure) for period, figures in quarters if (figure := _of(figures, code)).rating is Rating.BELOW]
            if len(low) >= CLOSER_LOOK_QUARTERS:
                found.append(BelowSignal(code, funding, tuple(low)))
    return tuple(found)


def renewal_at_risk(years: Mapping[int, Sequence[Figure]]) -> RenewalSignal | None:
    """Return the signal of the last two of *years* (year → its figures), or None where it does not hold or has no values."""
    if len(years) < CLOSER_LOOK_QUARTERS:
        return None
    first, second = sorted(years)[-2:]
    values = {code: (_of(years[first], code).value, _of(years[second], code).value) for code in ("a1_1", "a4")}
    pairs = []
    for before, after in values.values():
        if before is None or after is None or max(before, after) >= RENEWAL_SHARE or after > before:
            return None
        pairs.append((before, after))
    return RenewalSignal((first, second), pairs[0], pairs[1]) if second == first + 1 else None


def caseload_under_key(coaches: Sequence[CoachFigures], floor: Decimal) -> CaseloadSignal | None:
    """Return the signal where the mean load of *coaches* is under *floor* (a fraction of the key), or None."""
    loads = [coach.load for coach in coaches if coach.load is not None]
    if not loads:
        return None
    mean = sum(loads, Fraction(0)) / len(loads)
    return CaseloadSignal(mean, floor) if mean < Fraction(floor) else None


def _of(figures: Sequence[Figure], code: str) -> Figure:
    return next(figure for figure in figures if figure.code == code)


_PERSONS = text(
    "SELECT c.provider_id, count(DISTINCT c.coachee_id) AS n FROM coachings c WHERE c.cancelled = 0 AND c.entry_on <= :last "
    "AND coalesce(c.exit_on, '9999-12-31') >= :first GROUP BY c.provider_id UNION ALL "
    "SELECT 'all', count(DISTINCT c.coachee_id) FROM coachings c WHERE c.cancelled = 0 AND c.entry_on <= :last "
    "AND coalesce(c.exit_on, '9999-12-31') >= :first"
)


def persons_in(connection: Connection, period: Period) -> Mapping[str, int]:
    """Return how many persons had a coaching, not cancelled, active on a day of *period*, by provider and for ``all``.

    A person coached by two providers counts once for each and once in all (the seed's answer 2: gecoachte Personen).
    """
    bounds = {"first": period.first.isoformat(), "last": period.last.isoformat()}
    return {row.provider_id: row.n for row in connection.execute(_PERSONS, bounds)}
