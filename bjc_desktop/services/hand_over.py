"""Handing a caseload over: a coach leaves, is ill or on leave, and the coachings go to one or several colleagues in one step."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy import Connection, func, select, text
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.indicators.caseload import KEY_LONG, KEY_SHORT
from bjc_desktop.models import CoachingStaff
from bjc_desktop.models.coachings import ASSIGNED
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.row_editing import add_row, change_row, delete_row

NOBODY = "Bitte mindestens ein Coaching und eine Person wählen, die es übernimmt."
SAME = "Ein Coaching kann nicht an dieselbe Person übergeben werden."
BACKWARDS = "Die Vertretung endet vor ihrem Beginn. Bitte die Tage prüfen."
_DAY = timedelta(days=1)
_RETURN = uuid.UUID("0d6c4b52-7a0e-5d3b-8f61-3e9a1c5b7d20")


@dataclass(frozen=True, slots=True)
class HeldCoaching:
    """A running coaching that somebody is responsible for."""

    coaching_id: str
    coachee_id: str
    name: str
    case_number: str
    entry_on: date
    long_term: bool
    """Whether it counts for 1:30."""


_HELD = text(
    "SELECT c.id, c.coachee_id, p.given_name, p.family_name, p.case_number, c.entry_on, "
    "coalesce(date(c.unemployed_since, '+24 months', 'floor') < c.entry_on, 0) AS long_term "
    "FROM coaching_staff a CROSS JOIN coachings c ON c.id = a.coaching_id CROSS JOIN coachees p ON p.id = c.coachee_id "
    f"JOIN coachee_keys k ON k.coachee_id = p.id WHERE a.staff_id = :staff_id AND {ASSIGNED} AND c.cancelled = 0 "
    "AND c.entry_on <= :today AND coalesce(c.exit_on, '9999-12-31') >= :today GROUP BY c.id ORDER BY k.sort_key, c.id"
)


def held_coachings(connection: Connection, staff_id: str, *, today: date) -> tuple[HeldCoaching, ...]:
    """Return the running coachings that the member of staff is responsible for today, in the order of the names."""
    rows = connection.execute(_HELD, {"staff_id": staff_id, "today": today.isoformat()})
    return tuple(
        HeldCoaching(
            row.id,
            row.coachee_id,
            full_name(row.given_name, row.family_name),
            row.case_number,
            date.fromisoformat(row.entry_on),
            bool(row.long_term),
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Capacity:
    """How loaded somebody is (1 is full), on what part of a full-time position, and against which keys."""

    load: Fraction
    share: Fraction
    keys: tuple[int, int] = (KEY_SHORT, KEY_LONG)
    """Up to two years without work before the coaching, and longer."""

    def after(self, taken: Iterable[HeldCoaching]) -> "Capacity":
        """Return it with further coachings."""
        more = sum((1 / (self.keys[held.long_term] * self.share) for held in taken), Fraction(0))
        return replace(self, load=self.load + more)


def shared_evenly(coachings: Iterable[HeldCoaching], capacities: Mapping[str, Capacity]) -> dict[str, str]:
    """Return a proposal, coaching → colleague: each goes to whoever is loaded least with it."""
    now = dict(capacities)
    proposal = {}
    for held in coachings:
        if not now:
            break
        then = {key: capacity.after([held]) for key, capacity in now.items()}
        least = min(then, key=lambda key: (then[key].load, key))
        proposal[held.coaching_id] = least
        now[least] = then[least]
    return proposal


def hand_over(
    session: Session, staff_id: str, moves: Mapping[str, str], *, first: date, last: date | None = None, today: date
) -> int:
    """Hand the coachings of *moves* (coaching → colleague) over from *first* on, and return how many.

    With *last* it is a cover: from the day after, the coachings are *staff_id*'s again.

    Raises
    ------
    InvalidInputError
        where nothing is chosen, somebody would get their own coaching, or the days do not fit; nothing was changed.
    """
    if not moves:
        raise InvalidInputError({"moves": NOBODY})
    if staff_id in moves.values():
        raise InvalidInputError({"moves": SAME})
    if last is not None and last < first:
        raise InvalidInputError({"last": BACKWARDS})
    for coaching_id, colleague in moves.items():
        own = session.scalars(
            select(CoachingStaff)
            .where(CoachingStaff.coaching_id == coaching_id, CoachingStaff.staff_id == staff_id)
            .where(func.coalesce(CoachingStaff.valid_to, first) >= first)
        ).all()
        ends = [row.valid_to for row in own]
        until = None if not ends or None in ends else max(filter(None, ends))
        taken_until = until if last is None else last if until is None else min(last, until)
        taken = _take(session, own, colleague, first, taken_until, today)
        if taken is None:
            taken = _assign(session, coaching_id, colleague, first, taken_until, today)
        if last is not None and (until is None or last < until):
            _assign(session, coaching_id, staff_id, last + _DAY, until, today, row_id=return_of(taken))
    return len(moves)


def return_of(row_id: str) -> str:
    """Return the id of the assignment with which a coaching comes back after that of the deputy, *row_id*.

    So it is known as a return in every vault, even where the cover begins with the absent member's own assignment.
    """
    return str(uuid.uuid5(_RETURN, row_id))


def _take(
    session: Session, own: Iterable[CoachingStaff], colleague: str, first: date, last: date | None, today: date
) -> str | None:
    """End the assignments *own* before *first*; return the id of the one that began on it and is the colleague's now, or None."""
    taken = None
    for row in own:
        if row.valid_from == first:
            taken = row.id
        elif row.valid_from > first:
            delete_row(session, CoachingStaff, row.id)
        else:
            change_row(session, CoachingStaff, row.id, {"valid_to": first - _DAY}, today=today)
    if taken is not None:
        change_row(session, CoachingStaff, taken, {"staff_id": colleague, "valid_to": last}, today=today)
    return taken


def _assign(
    session: Session, coaching_id: str, staff_id: str, first: date, last: date | None, today: date, *, row_id: str | None = None
) -> str:
    values = {"coaching_id": coaching_id, "staff_id": staff_id, "valid_from": first, "valid_to": last}
    return add_row(session, CoachingStaff, values, today=today, row_id=row_id)
