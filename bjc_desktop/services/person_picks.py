"""Picking a person by a few letters: the coachees that a consultation may be about, one's own first.

Who is coached now comes first; who left within the last twelve months follows, for aftercare and the six-month survey. The
window reads the people once and matches every keystroke against them in memory.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from heapq import nsmallest
from typing import Any

from sqlalchemy import ColumnElement, Connection, Date, literal_column, select

from bjc_desktop.indicators.period import add_months
from bjc_desktop.models import Coachee, Coaching, CoachingStaff
from bjc_desktop.models.coachee_keys import CoacheeKey
from bjc_desktop.models.name_keys import NUMBER, folded_words, search_key

RECENT_MONTHS = 12
"""How long after the exit a coaching is still offered: six months to the survey, and room for a late one."""


@dataclass(frozen=True, slots=True)
class PersonPick:
    """A coachee with the coaching that a consultation would belong to."""

    coaching_id: str
    coachee_id: str
    given_name: str | None
    family_name: str
    case_number: str
    birth_date: date | None
    entry_on: date
    exit_on: date | None
    ended: bool
    own: bool
    """Whether the coaching is assigned to the member of staff who picks."""
    sought: str = field(default="", repr=False, compare=False)
    """The words of the name as they are searched for, each between spaces: whether one begins with some letters is one look."""
    number: str = field(default="", repr=False, compare=False)
    """The case number, folded."""

    @property
    def name(self) -> str:
        """The name as people say it."""
        return f"{self.given_name} {self.family_name}" if self.given_name else self.family_name

    @property
    def words(self) -> list[str]:
        """The words of the name as they are searched for."""
        return self.sought.split()

    @property
    def tier(self) -> int:
        """What comes first: one's own, and of them who is coached now."""
        return (0 if self.own else 2) + self.ended


def with_keys(person: PersonPick) -> PersonPick:
    """Return *person* with what it is found by; who is read from the vault has it already."""
    key = search_key(person.case_number, person.family_name, person.given_name)
    return replace(person, sought=_sought(key), number=folded_number(person.case_number))


def _sought(key: str) -> str:
    """Return the words of the name in a vault's search key, without those of the case number."""
    return " ".join(["", *(word for word in key.split() if not word.startswith(NUMBER)), ""])


def folded_number(text: str) -> str:
    """Return a case number as it is compared."""
    return "".join(text.split()).casefold()


def read_people(connection: Connection, *, staff_id: str, today: date) -> tuple[PersonPick, ...]:
    """Return whom *staff_id* may pick, in the order in which they are offered; one coaching of each person is enough.

    A person's running coaching comes before an ended one.
    """
    since = add_months(today, -RECENT_MONTHS)
    coaching, coachee, keys = Coaching.__table__.c, Coachee.__table__.c, CoacheeKey.__table__.c
    last_day: ColumnElement[Any] = literal_column("coalesce(coachings.exit_on, '9999-12-31')", Date)
    statement = (
        select(
            coaching.id,
            coaching.coachee_id,
            coachee.given_name,
            coachee.family_name,
            coachee.case_number,
            coachee.birth_date,
            coaching.entry_on,
            coaching.exit_on,
            keys.search_key,
            keys.sort_key,
        )
        .join_from(Coaching.__table__, Coachee.__table__, coachee.id == coaching.coachee_id)
        .join(CoacheeKey.__table__, keys.coachee_id == coachee.id)
        .where(literal_column("coachings.cancelled = 0"), last_day >= since)
    )
    own = _own_coachings(connection, staff_id, today)
    found = []
    for *columns, key, order in connection.execute(statement):
        coaching_id, number, exit_on = columns[0], columns[4], columns[7]
        ended = exit_on is not None and exit_on < today
        values: list[Any] = [*columns, ended, coaching_id in own, _sought(key), folded_number(number)]
        person = PersonPick(*values)
        found.append((person.tier, order, number, coaching_id, person))
    kept = _once_each([entry[-1] for entry in found])
    return tuple(entry[-1] for entry in sorted(found, key=lambda entry: entry[:-1]) if entry[-1].coaching_id in kept)


def _own_coachings(connection: Connection, staff_id: str, today: date) -> set[str]:
    """Return the coachings assigned to *staff_id* now, to come, or until their exit."""
    assignment, coaching = CoachingStaff.__table__.c, Coaching.__table__.c
    until: ColumnElement[Any] = literal_column("coalesce(coaching_staff.valid_to, '9999-12-31')", Date)
    statement = (
        select(assignment.coaching_id, coaching.exit_on, assignment.valid_to)
        .join_from(CoachingStaff.__table__, Coaching.__table__, coaching.id == assignment.coaching_id)
        .where(assignment.staff_id == staff_id)
        .where((until >= today) | (until >= coaching.exit_on))
    )
    return {row.coaching_id for row in connection.execute(statement)}


def _once_each(people: Iterable[PersonPick]) -> set[str]:
    """Return the coachings to offer: without the ended coachings of a person who has a running one, and all but the last of the others."""
    running = {person.coachee_id for person in people if not person.ended}
    latest: dict[str, PersonPick] = {}
    for person in people:
        held = latest.get(person.coachee_id)
        newer = held is None or (person.entry_on, person.coaching_id) > (held.entry_on, held.coaching_id)
        if person.ended and person.coachee_id not in running and newer:
            latest[person.coachee_id] = person
    return {person.coaching_id for person in (*latest.values(), *(person for person in people if not person.ended))}


def fit_of(person: PersonPick, typed: Sequence[str]) -> int | None:
    """Return how well the *typed* words fit the name: 0 where all are whole words, 1 where some begin one, None for not at all.

    Every typed word needs a word of the name of its own, so ``an an`` does not find Anna Berg.
    """
    if len(typed) == 1:
        return _fit_of_one(person, typed[0])
    if _has_each(typed, person.words, str.__eq__):
        return 0
    return 1 if _has_each(typed, person.words, str.startswith) else None


def _fit_of_one(person: PersonPick, typed: str) -> int | None:
    if f" {typed} " in person.sought:
        return 0
    return 1 if f" {typed}" in person.sought else None


def _has_each(typed: Sequence[str], words: Sequence[str], fits: Callable[[str, str], bool]) -> bool:
    """Say whether each of *typed* can have one of *words* for itself (augmenting paths)."""
    if len(typed) > len(words):
        return False
    taken: dict[int, int] = {}

    def place(index: int, seen: set[int]) -> bool:
        for at, word in enumerate(words):
            if at not in seen and fits(word, typed[index]):
                seen.add(at)
                if at not in taken or place(taken[at], seen):
                    taken[at] = index
                    return True
        return False

    return all(place(index, set()) for index in range(len(typed)))


def narrowed(people: Iterable[PersonPick], typed: str) -> Iterable[PersonPick]:
    """Yield those of *people* of whose name a word begins with the *typed* one: a quick look before :func:`fit_of`."""
    beginning = f" {typed}"
    return (person for person in people if beginning in person.sought)


def pick_people(people: Iterable[PersonPick], letters: str, *, limit: int = 8) -> tuple[PersonPick, ...]:
    """Return the first *limit* of *people* whose name or case number begins with *letters*; all of them for none.

    One's own come first; among them a whole word of the name before the beginning of one.
    """
    typed, number = folded_words(letters), folded_number(letters)
    people = tuple(people)
    found = [(person, 0) for person in people if person.number.startswith(number)]
    if number and typed:
        known = {person.coaching_id for person, _ in found}
        graded = ((person, fit_of(person, typed)) for person in narrowed(people, typed[0]) if person.coaching_id not in known)
        found += [(person, grade) for person, grade in graded if grade is not None]
    return tuple(person for person, _ in nsmallest(limit, found, key=lambda entry: (entry[0].tier, entry[1])))


def people_for(connection: Connection, letters: str, *, staff_id: str, today: date, limit: int = 8) -> tuple[PersonPick, ...]:
    """Return whom *staff_id* may mean by *letters*; a window that asks at every keystroke reads the people once instead."""
    return pick_people(read_people(connection, staff_id=staff_id, today=today), letters, limit=limit)
