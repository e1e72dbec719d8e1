"""What taking one more person on does to the share of active participants with a measure link (Maßnahmebezug).

Source: Drucksache 19/23 355 states the target twice: as "> 50 %" in its tables and as "mindestens 51 Prozent" in its text; both
readings are shown, the first one decides (docs/indicators.md).
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import Connection

from bjc_desktop.indicators.cases import link_figures
from bjc_desktop.indicators.figures import AT_LEAST_SHARE, read_targets
from bjc_desktop.indicators.period import Period
from bjc_desktop.indicators.rating import rate, targets_in_force
from bjc_desktop.indicators.results import Rating
from bjc_desktop.indicators.settings import IndicatorSettings

_CODE = "measure_link"


@dataclass(frozen=True, slots=True)
class LinkShare:
    """The share of active participants with a measure link, and how it stands to both readings of the target."""

    linked: int
    persons: int
    value: Fraction | None
    rating: Rating
    """Against the target that must be exceeded ("> 50 %")."""
    at_least_51: bool
    """Whether "mindestens 51 Prozent" is met."""


@dataclass(frozen=True, slots=True)
class LinkEffect:
    """The share before and after, and for how many more people without a measure there is room."""

    before: LinkShare
    after: LinkShare
    with_measure: bool
    room: int
    """How many people without a measure can be taken on from here until half or fewer have a measure link; 0 where that is so."""
    room_at_least_51: int
    """The same for the other reading."""

    @property
    def harmful(self) -> bool:
        """Whether taking the person on makes the rating worse, or breaks the other reading."""
        worse = self.before.rating is Rating.REACHED and self.after.rating is not Rating.REACHED
        below = self.after.rating is Rating.BELOW and self.before.rating is not Rating.BELOW
        return worse or below or (self.before.at_least_51 and not self.after.at_least_51)


def link_effect(
    connection: Connection,
    *,
    settings: IndicatorSettings,
    period: Period,
    today: date,
    with_measure: bool,
    scope_id: str = "all",
) -> LinkEffect:
    """Return what one more person does to the share of *period* up to *today*, for a coach, a provider or ``all``."""
    last = max(period.first, min(period.last, today))
    bounds = {"first": period.first, "last": last}
    counts = {row.key: (row.linked, row.n) for row in connection.execute(link_figures(settings), bounds)}
    linked, persons = counts.get(scope_id, (0, 0))
    target = targets_in_force(read_targets(connection), period.last.year)[_CODE]

    def share(linked: int, persons: int) -> LinkShare:
        value = Fraction(linked, persons) if persons else None
        rating = rate(_CODE, value, target, settings.rating)
        return LinkShare(linked, persons, value, rating, value is not None and value >= AT_LEAST_SHARE)

    after = share(linked + with_measure, persons + 1)
    return LinkEffect(share(linked, persons), after, with_measure, *room_for(linked, persons))


def room_for(linked: int, persons: int) -> tuple[int, int]:
    """Return for how many more people without a measure there is room, in both readings of the target."""
    return max(0, 2 * linked - persons - 1), max(0, int(linked / AT_LEAST_SHARE) - persons)
