"""How many consultations each coaching gets: a coach's hours of a month are shared among the coachings of the month."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from typing import TypeAlias

from bjc_desktop.sample.days import iso, month_parts, quarter_label
from bjc_desktop.sample.dice import Dice
from bjc_desktop.sample.organisation import Member, Organisation
from bjc_desktop.sample.sample_cases import Case
from bjc_desktop.sample.shape import SampleShape

_WEAK_QUARTER = 0.66

Span: TypeAlias = tuple[Member, date, date, float]
"""A coach, a first and a last day within one month, and the weight of the days between."""


class Workload:
    """What a day of a coaching weighs with each coach in each month, in consultations."""

    def __init__(self, shape: SampleShape, organisations: list[Organisation], cases: list[Case], dice: Dice) -> None:
        self._daily: dict[tuple[str, str], float] = {}
        days: defaultdict[tuple[str, str], int] = defaultdict(int)
        for case in cases:
            for member, first, last in _month_spans(case):
                days[member.id, iso(first)[:7]] += (last - first).days + 1
        for organisation in organisations:
            waves: dict[str, float] = {}
            for (member_id, month), worked in organisation.hours.items():
                label = quarter_label(date.fromisoformat(f"{month}-01"))
                if label not in waves:
                    waves[label] = _WEAK_QUARTER if label == shape.weak_consultations else 0.94 + 0.12 * dice.share()
                if days.get((member_id, month)):
                    self._daily[member_id, month] = worked * waves[label] / days[member_id, month]
        self._distribute(cases, shape.consultations)

    def spans(self, case: Case) -> list[Span]:
        """Return the months of a coaching by coach, each with its weight."""
        return [
            (member, first, last, ((last - first).days + 1) * self._daily.get((member.id, iso(first)[:7]), 0.0))
            for member, first, last in _month_spans(case)
        ]

    def _distribute(self, cases: list[Case], total: int) -> None:
        """Give every coaching one consultation, and the others by weight: exactly *total* of them."""
        active = [case for case in cases if not case.cancelled]
        limits = list(accumulate(sum(span[3] for span in self.spans(case)) for case in active))
        rest = total - len(active)
        before = 0
        for case, limit in zip(active, limits, strict=True):
            upto = int(rest * (limit / limits[-1]))
            case.consultations = 1 + upto - before
            before = upto


def _month_spans(case: Case) -> Iterator[tuple[Member, date, date]]:
    if case.cancelled:
        return
    for member, begin, end in case.stints():
        for first, last in month_parts(begin, end):
            yield member, first, last
