"""What the indicators yield: figures and caseloads, as frozen rows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bjc_desktop.indicators.period import Period
from bjc_desktop.vocabulary import Vocabulary


class Rating(Vocabulary):
    """How a value stands to its target."""

    REACHED = "reached", "Soll erreicht"
    TOLERANCE = "tolerance", "im Toleranzbereich"
    BELOW = "below", "unter Toleranz"
    NONE = "none", "ohne Wert"


class ScopeKind(Vocabulary):
    """What a figure covers."""

    COACH = "coach", "JobCoach"
    PROVIDER = "provider", "Träger"
    ALL = "all", "alle Träger"


@dataclass(frozen=True, slots=True)
class Scope:
    """A coach, a provider or everything; *id* is ``all`` for everything."""

    kind: ScopeKind
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class TargetRow:
    """The target of an indicator: fractions (0.22 is 22 %) or a ratio, and the year it was set for."""

    code: str
    year: int
    target: Decimal
    tolerance_low: Decimal
    programme: Decimal | None
    source: str
    substitute: bool
    """True where the period's year has no targets of its own and another year's serve."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator of one scope and period: exact, never rounded."""

    code: str
    label: str
    numerator: int
    denominator: Fraction
    """A number of cases or persons, or of hours."""
    value: Fraction | None
    target: TargetRow
    rating: Rating
    provisional: bool
    small_number: bool
    cohort: tuple[date, date] | None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CoachFigures:
    """The figures of one job coach; *number* stands for the coach in every document that leaves the house."""

    id: str
    number: int
    figures: tuple[Figure, ...]
    caseload: Fraction | None
    """Mean stock over the month ends on which the coach was employed; None where employed on none."""
    load: Fraction | None
    """Mean of stock against the caseload key per full-time equivalent; 1 is full."""
    employed: bool
    """Whether on at least one day of the period."""

    @property
    def listed(self) -> bool:
        """Whether pages and documents have a line for the coach: who was there in the period, or has a figure in it."""
        return self.employed or any(figure.numerator or figure.denominator for figure in self.figures)


@dataclass(frozen=True, slots=True)
class Caseload:
    """Minimum, maximum and median caseload of the coaches of a scope that have one."""

    minimum: Fraction | None
    maximum: Fraction | None
    median: Fraction | None


@dataclass(frozen=True, slots=True)
class ScopeFigures:
    """The six indicators of a scope in the report's order, the caseload, and every job coach of the scope."""

    scope: Scope
    period: Period
    as_of: date
    figures: tuple[Figure, ...]
    caseload: Caseload
    coaches: tuple[CoachFigures, ...]
    unknown_unemployment: int = 0
    """Coachings active in the period whose `unemployed_since` is missing: they count for 1:40."""

    @property
    def listed_coaches(self) -> tuple[CoachFigures, ...]:
        """The coaches whom people read about; files for machines hold all of them."""
        return tuple(coach for coach in self.coaches if coach.listed)
