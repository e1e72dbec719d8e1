"""The rows of consultations."""

import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from bjc_desktop.sample import texts
from bjc_desktop.sample.days import DAY, group_day, iso, weekday, weekday_between
from bjc_desktop.sample.dice import Dice, Weighted, version_4
from bjc_desktop.sample.organisation import Member
from bjc_desktop.sample.sample_cases import Case
from bjc_desktop.sample.sample_coachings import has_interview_at_entry, trainer_from
from bjc_desktop.sample.sample_results import survey_day
from bjc_desktop.sample.shape import SampleShape
from bjc_desktop.sample.tables import TableRow, table_row
from bjc_desktop.sample.workload import Workload

_CHANNELS = Weighted({"in_person": 62.0, "phone": 18, "outreach": 8, "written": 7, "video": 5})
_KINDS = Weighted({"coaching": 58.0, "application": 19, "placement": 9, "escort": 6, "interim_review": 5, "crisis": 3})
_STATUSES = Weighted({"held": 83.0, "cancelled_by_coachee": 8, "no_show": 6, "cancelled_by_provider": 3})
_SETTINGS = Weighted({"single": 88.0, "employer": 5, "authority": 5, "": 2})
_DURATIONS = {
    "in_person": (30, 45, 60, 60, 75, 90),
    "phone": (10, 15, 15, 20, 30),
    "outreach": (60, 90, 120),
    "written": (10, 15, 20),
    "video": (30, 45, 60),
}
_GROUP_SHARE = 0.06
_TRAINER_SHARE = 0.13
_ENOUGH_FOR_MORE = 5
_GROUP_MINUTES = 120


class _Meeting(NamedTuple):
    """Who met on which day, what for, and what became of it; a channel is drawn where there is none."""

    staff: str
    day: date
    kind: str
    status: str
    channel: str = ""


class Consulting:
    """Makes the consultations of one coaching after the other."""

    def __init__(self, shape: SampleShape, workload: Workload, seed: int) -> None:
        self._shape = shape
        self._workload = workload
        self._seed = seed
        self._groups: dict[tuple[str, date], str] = {}

    def rows(self, case: Case, dice: Dice) -> Iterator[TableRow]:
        """Yield the consultations of *case*, as many as the workload gave it."""
        if case.consultations == 0:
            return
        yield self._first(case, dice)
        special = list(self._special(case, dice))[: case.consultations - 1]
        yield from self._regular(case, case.consultations - 1 - len(special), dice)
        yield from special

    def _first(self, case: Case, dice: Dice) -> TableRow:
        """Return the consultation with which the coaching begins; it is always held."""
        kind = "initial_interview" if has_interview_at_entry(case) else "coaching"
        meeting = _Meeting(case.position.holder(case.entry).id, case.entry, kind, "held", "in_person")
        return self._row(case, meeting, dice)

    def _special(self, case: Case, dice: Dice) -> Iterator[TableRow]:
        """Yield the consultations that belong to a certain day."""
        if case.early_consultation:
            day = weekday(case.entry - 6 * DAY, case.entry - 8 * DAY, case.entry - DAY)
            if day >= self._shape.first_day:
                yield self._row(case, _Meeting(case.position.holder(day).id, day, "coaching", "held"), dice)
        survey = survey_day(case, self._shape)
        if survey is not None and dice.chance(0.8):
            coach = case.position.holder(survey).id
            channel = "phone" if dice.chance(0.85) else "written"
            yield self._row(case, _Meeting(coach, survey, "follow_up_survey", "held", channel), dice)
        if case.consultations < _ENOUGH_FOR_MORE:
            return
        if case.exit is None:
            yield from self._planned(case, dice)
        elif dice.chance(0.75):
            coach = case.position.holder(case.exit).id
            day = weekday(case.exit - dice.between(0, 4) * DAY, max(case.entry, _start_of(case, case.exit)), case.exit)
            yield self._row(case, _Meeting(coach, day, "closing", "held", "in_person"), dice)
            yield from self._aftercare(case, case.exit, dice)

    def _planned(self, case: Case, dice: Dice) -> Iterator[TableRow]:
        """Yield what is agreed on for the weeks after the end of the data."""
        if not dice.chance(0.75):
            return
        after = self._shape.last_day + DAY
        day = weekday_between(dice, after, after + 27 * DAY)
        yield self._row(case, _Meeting(case.position.holder(day).id, day, dice.draw(_KINDS), "planned"), dice)

    def _aftercare(self, case: Case, exit_: date, dice: Dice) -> Iterator[TableRow]:
        if not case.integrated or not dice.chance(0.6):
            return
        day = weekday(exit_ + dice.between(7, 50) * DAY, exit_, exit_ + 60 * DAY)
        if day <= self._shape.last_day:
            channel = "phone" if dice.chance(0.7) else "in_person"
            yield self._row(case, _Meeting(case.position.holder(day).id, day, "aftercare", "held", channel), dice)

    def _regular(self, case: Case, count: int, dice: Dice) -> Iterator[TableRow]:
        """Yield *count* consultations in a steady rhythm that follows the coach's hours."""
        spans = self._workload.spans(case)
        limits = list(accumulate(span[3] for span in spans))
        total = limits[-1]
        for number in range(count):
            target = (number + dice.share()) / count * total
            index = min(bisect_left(limits, target), len(spans) - 1)
            member, first, last, weight = spans[index]
            into = (target - limits[index] + weight) / weight if weight else 0.0
            day = weekday(first + int(into * ((last - first).days + 1)) * DAY, first, last)
            yield self._regular_row(case, member, (first, last, day), dice)

    def _regular_row(self, case: Case, member: Member, days: tuple[date, date, date], dice: Dice) -> TableRow:
        first, last, day = days
        status = dice.draw(_STATUSES)
        chance = dice.share()
        if chance < _GROUP_SHARE:
            group = group_day(first.replace(day=1), sum(member.id.encode()) % 4)
            if first <= group <= last:
                return self._group_row(case, member, group, status, dice)
        elif chance > 1 - _TRAINER_SHARE and case.trainer is not None and day >= trainer_from(case):
            kind = "coaching" if dice.chance(0.8) else "interim_review"
            return self._row(case, _Meeting(case.trainer.id, day, kind, status, "in_person"), dice)
        kind = dice.draw(_KINDS)
        return self._row(case, _Meeting(member.id, day, kind, status), dice)

    def _group_row(self, case: Case, member: Member, day: date, status: str, dice: Dice) -> TableRow:
        key = member.id, day
        group = self._groups.get(key)
        if group is None:
            digest = hashlib.sha256(f"{self._seed} {member.id} {day.isoformat()}".encode()).digest()
            group = self._groups[key] = version_4(int.from_bytes(digest[:16], "big"))
        return table_row(
            "consultations",
            id=dice.uuid(),
            coaching_id=case.id,
            staff_id=member.id,
            held_on=iso(day),
            duration_min=str(_GROUP_MINUTES),
            channel="in_person",
            setting="group",
            kind="application" if day.month % 2 else "coaching",
            status=status,
            group_id=group,
        )

    def _row(self, case: Case, meeting: _Meeting, dice: Dice) -> TableRow:
        """Return the row of a single consultation."""
        staff, day, kind, status, channel = meeting
        channel = channel or ("outreach" if kind == "escort" else dice.draw(_CHANNELS))
        planned = status == "planned"
        note = ""
        if not planned and dice.chance(self._shape.note_share):
            note = texts.consultation_note(dice, kind) if status == "held" else texts.missed_note(dice)
        return table_row(
            "consultations",
            id=dice.uuid(),
            coaching_id=case.id,
            staff_id=staff,
            held_on=iso(day),
            duration_min=str(dice.pick(_DURATIONS[channel])) if status == "held" else "",
            channel=channel,
            setting=dice.draw(_SETTINGS),
            kind=kind,
            status=status,
            note=note,
        )


def _start_of(case: Case, day: date) -> date:
    """Return the first day of the coach who is responsible on *day*."""
    return next((first for _, first, last in case.stints() if first <= day <= last), case.entry)
