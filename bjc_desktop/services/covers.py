"""Who stands in for whom today: read from the assignments alone, as a hand-over until a day writes them.

A coaching is covered where the next to be responsible, of the same role, was it before, or where their assignment was written as the
return of a cover: it comes back. A hand-over for good to somebody new is no cover, even where its day is known already.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Date, text

from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.hand_over import return_of

_PROLONGED = 60
"""As often as a cover is prolonged at most, weekly for a year."""


@dataclass(frozen=True, slots=True)
class Cover:
    """A member of staff, who stands in for them, until when, and for whose coachings."""

    absent_id: str
    absent_name: str
    deputy_id: str
    deputy_name: str
    last: date
    coaching_ids: tuple[str, ...]

    @property
    def cases(self) -> str:
        """How many cases, in words."""
        return "1 Fall" if len(self.coaching_ids) == 1 else f"{len(self.coaching_ids)} Fälle"


# Only what comes back has an assignment that is still to begin: few coachings, of which all assignments are read.
_ASSIGNMENTS = text(
    "SELECT DISTINCT a.id, a.coaching_id, a.staff_id, a.valid_from, a.valid_to, s.role, s.given_name, s.family_name "
    "FROM coaching_staff n CROSS JOIN coachings c ON c.id = n.coaching_id CROSS JOIN coaching_staff a ON a.coaching_id = c.id "
    "CROSS JOIN staff s ON s.id = a.staff_id WHERE n.valid_from > :today AND c.cancelled = 0 AND c.entry_on <= :today "
    "AND coalesce(c.exit_on, '9999-12-31') >= :today ORDER BY a.coaching_id, s.role, a.valid_from, a.id"
).columns(valid_from=Date, valid_to=Date)


def read_covers(connection: Connection, *, today: date) -> tuple[Cover, ...]:
    """Return the covers that run today, by who is absent and when they come back."""
    found: dict[tuple[str, str, date], tuple[Any, Any, list[str]]] = {}
    rows = connection.execute(_ASSIGNMENTS, {"today": today.isoformat()})
    for (coaching_id, _), assignments in groupby(rows, key=lambda row: (row.coaching_id, row.role)):
        covered = _covered([*assignments], today)
        if covered is not None:
            deputy, back = covered
            key = (back.staff_id, deputy.staff_id, back.valid_from - timedelta(days=1))
            found.setdefault(key, (deputy, back, []))[2].append(coaching_id)
    covers = [
        Cover(absent, _name(back), stand_in, _name(deputy), last, tuple(coaching_ids))
        for (absent, stand_in, last), (deputy, back, coaching_ids) in found.items()
    ]
    return tuple(sorted(covers, key=lambda cover: (cover.absent_name, cover.last, cover.deputy_name)))


def _covered(assignments: Iterable[Any], today: date) -> tuple[Any, Any] | None:
    """Return the assignment of today and the one with which the coaching comes back, or None where it does not."""
    rows = [*assignments]
    present = [row for row in rows if row.valid_from <= today and (row.valid_to is None or row.valid_to >= today)]
    if not present:
        return None
    deputy = present[-1]
    back = next((row for row in rows if row.valid_from > today and row.staff_id != deputy.staff_id), None)
    if back is None:
        return None
    comes_back = any(
        (row.staff_id == back.staff_id and row.valid_from < deputy.valid_from) or back.id in _returns(row.id) for row in rows
    )
    return (deputy, back) if comes_back else None


def _returns(row_id: str) -> Iterator[str]:
    """Yield the ids of the return after *row_id*, and of those after each time that the cover was prolonged.

    Where a prolonged cover went to another deputy from its first day on, the assignments in between are gone.
    """
    for _ in range(_PROLONGED):
        row_id = return_of(row_id)
        yield row_id


def _name(row: Any) -> str:
    return full_name(row.given_name, row.family_name)
