"""The list of coachees over ten years of the whole programme: the first page, a keystroke, what stands beside it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from statistics import median

from sqlalchemy import Connection, func, select

from benchmarks.measuring import Row, milliseconds
from benchmarks.sample_vaults import TEN_YEARS, TODAY, Workshop
from bjc_desktop.models import Coachee, Staff
from bjc_desktop.services.coachee_list import CoacheeFilter, ListOrder, find_coachees
from bjc_desktop.services.coachee_preview import coachee_preview
from bjc_desktop.services.overview import read_overview
from bjc_desktop.services.similar_coachees import similar_coachees
from bjc_desktop.vault import Vault

_TYPED = 120
"""So many people are looked for, letter by letter."""
_ROUNDS = 5
_BEYOND_HALF = 0.95


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield what the pages „Coachees“ and „Übersicht“ ask for."""
    with workshop.filled_vault(TEN_YEARS) as vault:
        yield Row(
            "first page of 80,000 after opening", _timed(vault, lambda c: find_coachees(c, CoacheeFilter(), today=TODAY)), 100
        )
        names, coach = _names(vault), _coach(vault)
        for title, of_coach in (("80,000", None), ("a coach's own cases", coach)):
            times = _keystrokes(vault, names, of_coach)
            yield Row(f"keystroke in the search over {title}, 95th percentile", times[int(len(times) * _BEYOND_HALF)], 16)
        for title, bar, question in _questions(names, coach):
            yield Row(title, median(_timed(vault, question) for _ in range(_ROUNDS)), bar)


def _questions(
    names: Sequence[tuple[str, str | None, str]], coach: str
) -> Iterator[tuple[str, float, Callable[[Connection], object]]]:
    coachee_id, given, family = names[0]
    own = CoacheeFilter(coach_id=coach)
    yield "a coach's cases by what is due next", 50, lambda c: find_coachees(c, own, order=ListOrder.NEXT_DUE, today=TODAY)
    yield "preview of a coachee", 16, lambda c: coachee_preview(c, coachee_id, today=TODAY)
    yield "who may be the same person", 50, lambda c: similar_coachees(c, given, family, None, today=TODAY)
    yield "what is due for a coach", 50, lambda c: read_overview(c, staff_id=coach, today=TODAY, with_figures=False)


def _timed(vault: Vault, question: Callable[[Connection], object]) -> float:
    with vault.reading() as connection:
        return milliseconds(lambda: question(connection))


def _keystrokes(vault: Vault, names: Sequence[tuple[str, str | None, str]], coach: str | None) -> list[float]:
    """Return how long each keystroke took, ascending."""
    times = []
    for _, given, family in names:
        typed = family if len(family) > 1 else f"{given} {family}"
        for length in range(1, len(typed) + 1):
            wanted = CoacheeFilter(text=typed[:length], coach_id=coach)
            times.append(_timed(vault, partial(find_coachees, wanted=wanted, today=TODAY)))
    return sorted(times)


def _names(vault: Vault) -> list[tuple[str, str | None, str]]:
    coachee = Coachee.__table__.c
    with vault.reading() as connection:
        rows = connection.execute(select(coachee.id, coachee.given_name, coachee.family_name).order_by(coachee.id)).all()
    step = max(1, len(rows) // _TYPED)
    return [(row.id, row.given_name, row.family_name) for row in islice(rows, 0, None, step)]


def _coach(vault: Vault) -> str:
    staff = Staff.__table__.c
    with vault.reading() as connection:
        return str(connection.execute(select(func.min(staff.id)).where(staff.role == "job_coach")).scalar_one())
