"""Everybody in the vault who may be there twice: pairs with what speaks for it and against it, and those who were said to be two people."""

import json
import re
import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select, text
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.models import ChangeRecord, Coachee, CoacheeKey, DistinctPeople, User
from bjc_desktop.models.name_keys import words_of
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.likeness import Days, NamedPerson, name_in_words
from bjc_desktop.services.name_likeness import Degree
from bjc_desktop.services.pair_search import FiledPerson, FoundPair, find_pairs
from bjc_desktop.services.row_editing import delete_row
from bjc_desktop.vault.changes import assert_sees_people
from bjc_desktop.vault.forgetting import ERASED
from bjc_desktop.vault.role_rights import visible_people
from bjc_desktop.vocabulary import DistinctReason, Vocabulary

MOST = 300
"""So many pairs are shown; the others follow once these are decided."""
GONE = "Eine der beiden Akten gibt es nicht mehr. Bitte die Ansicht neu öffnen."
SAME = "Das ist dieselbe Akte. Bitte zwei verschiedene Akten wählen."
_PAIR = uuid.UUID("5f3c1c6e-6f0e-5b7e-9d2c-1f0a8a5c7b10")
_SHORTEST_NUMBER = 7
_VERY_LIKELY, _LIKELY = 2, -1
_KEYS = CoacheeKey.__table__
_COMPARED = [Coachee.__table__.c[name] for name in ("id", "birth_date", "phone", "email", "gender")]
_ALL = (
    select(*_COMPARED, _KEYS.c.sort_key)
    .join_from(Coachee.__table__, _KEYS, _KEYS.c.coachee_id == Coachee.id)
    .where(Coachee.family_name != ERASED)
)
_RUNNING = text(
    "SELECT DISTINCT c.coachee_id FROM json_each(:ids) j CROSS JOIN coachings c ON c.coachee_id = j.value WHERE c.cancelled = 0 "
    "AND c.entry_on <= :today AND coalesce(c.exit_on, '9999-12-31') >= :today"
)


class Likelihood(Vocabulary):
    """How much speaks for one person."""

    VERY_LIKELY = "very_likely", "sehr wahrscheinlich"
    LIKELY = "likely", "wahrscheinlich"
    POSSIBLE = "possible", "möglich"


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """A person of a pair, as the list shows them."""

    id: str
    name: str
    case_number: str
    birth_date: date | None


@dataclass(frozen=True, slots=True)
class PossibleDuplicate:
    """Two files that may be of one person."""

    first: ListedPerson
    second: ListedPerson
    likelihood: Likelihood
    reasons: tuple[str, ...]
    against: tuple[str, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """The two, by id."""
        return self.first.id, self.second.id

    @property
    def key(self) -> str:
        """What the pair is called whichever comes first."""
        return pair_id(self.first.id, self.second.id)


@dataclass(frozen=True, slots=True)
class PossibleDuplicates:
    """The pairs that are shown, the most alike first, and how many there are in all."""

    pairs: tuple[PossibleDuplicate, ...]
    total: int


@dataclass(frozen=True, slots=True)
class RefusedPair:
    """Two people who were said not to be the same: why, by whom, and when."""

    key: str
    first: ListedPerson
    second: ListedPerson
    reason: DistinctReason | None
    who: str
    at: datetime

    @property
    def people(self) -> tuple[str, ...]:
        """The two, by id."""
        return self.first.id, self.second.id


def pair_id(first_id: str, second_id: str) -> str:
    """Return the id of the pair of two people, whichever is named first."""
    return str(uuid.uuid5(_PAIR, " ".join(sorted((first_id, second_id)))))


def possible_duplicates(
    connection: Connection, *, today: date, step: Callable[[int, int], object] = lambda *_: None
) -> PossibleDuplicates:
    """Return who may be in the vault twice, among those whom the user sees, without the pairs that were refused."""
    seen = visible_people(connection)
    allowed = None if seen is None else frozenset(seen)
    people = [_filed(row) for row in connection.execute(_ALL) if allowed is None or row.id in allowed]
    refused = {pair_id(row.first_id, row.second_id) for row in connection.execute(select(DistinctPeople.__table__))}
    found = [pair for pair in find_pairs(people, step) if pair_id(pair.first.id, pair.second.id) not in refused]
    ranks = {likelihood: rank for rank, likelihood in enumerate(Likelihood)}
    shown = sorted(found, key=lambda pair: ranks[likelihood_of(pair)])[:MOST]
    ids = sorted({person.id for pair in shown for person in (pair.first, pair.second)})
    listed, running = _people(connection, ids), _running(connection, ids, today)
    return PossibleDuplicates(tuple(_described(pair, listed, running) for pair in shown), len(found))


def _filed(row: Any) -> FiledPerson:
    family, given = words_of(row.sort_key)
    person = NamedPerson(given, family, row.birth_date)
    return FiledPerson(row.id, person, _number(row.phone), (row.email or "").strip().casefold(), row.gender)


def _number(phone: str | None) -> str:
    """Return a phone number without what is written in many ways: signs, the country's number, the zero in front."""
    digits = re.sub(r"\D", "", (phone or "").replace("+49", "0", 1)).removeprefix("0049").lstrip("0")
    return digits if len(digits) >= _SHORTEST_NUMBER else ""


def _running(connection: Connection, ids: Sequence[str], today: date) -> frozenset[str]:
    parameters = {"ids": json.dumps(ids), "today": today.isoformat()}
    return frozenset(connection.execute(_RUNNING, parameters).scalars())


def _described(pair: FoundPair, listed: Mapping[str, ListedPerson], running: Collection[str]) -> PossibleDuplicate:
    return PossibleDuplicate(
        listed[pair.first.id],
        listed[pair.second.id],
        likelihood_of(pair),
        tuple(reasons_for(pair)),
        tuple(reasons_against(pair, both_running={pair.first.id, pair.second.id} <= set(running))),
    )


def likelihood_of(pair: FoundPair) -> Likelihood:
    """Return how likely two files are one person's; where no birthday agrees it is never very likely, however rare the name."""
    days = pair.comparison.days
    if pair.odds < _LIKELY or (days is Days.OTHER and not pair.same_email):
        return Likelihood.POSSIBLE
    return Likelihood.LIKELY if pair.odds < _VERY_LIKELY or days in {Days.OTHER, Days.UNKNOWN} else Likelihood.VERY_LIKELY


def _listed(row: RowMapping) -> ListedPerson:
    return ListedPerson(row["id"], full_name(row["given_name"], row["family_name"]), row["case_number"], row["birth_date"])


def reasons_for(pair: FoundPair) -> Iterable[str]:
    """Yield what speaks for one person, in words."""
    comparison = pair.comparison
    if name := name_in_words(comparison):
        yield name
    if comparison.days not in {Days.OTHER, Days.UNKNOWN}:
        yield comparison.days.value
    if pair.same_phone:
        yield "gleiche Telefonnummer"
    if pair.same_email:
        yield "gleiche E-Mail"


def reasons_against(pair: FoundPair, *, both_running: bool) -> Iterable[str]:
    """Yield what speaks for two people, in words."""
    comparison = pair.comparison
    if comparison.family is Degree.DIFFERENT:
        yield "anderer Nachname"
    if comparison.given is Degree.DIFFERENT and pair.first.person.given and pair.second.person.given:
        yield "anderer Vorname"
    if comparison.days in {Days.OTHER, Days.UNKNOWN}:
        yield comparison.days.value
    if pair.other_gender:
        yield "anderes Geschlecht"
    if both_running:
        yield "beide haben ein laufendes Coaching"


# --- two people -----------------------------------------------------------------------------------------------------------------


def refuse_pair(session: Session, first_id: str, second_id: str, reason: DistinctReason | None = None) -> str:
    """Remember that two people are not the same, and return the id of the pair.

    Raises
    ------
    InvalidInputError
        where one of them is not there, or both are the same.
    VaultError
        where the user does not see both.
    """
    if first_id == second_id:
        raise InvalidInputError({"second_id": SAME})
    if any(session.get(Coachee, person) is None for person in (first_id, second_id)):
        raise InvalidInputError({"second_id": GONE})
    assert_sees_people(session, (first_id, second_id))
    first, second = sorted((first_id, second_id))
    key = pair_id(first, second)
    known = session.get(DistinctPeople, key)
    if known is None:
        session.add(DistinctPeople(id=key, first_id=first, second_id=second, reason=None if reason is None else reason.value))
    else:
        known.reason = None if reason is None else reason.value
    session.flush()
    return key


def reconsider_pair(session: Session, key: str) -> None:
    """Forget that a pair was refused: it is named again.

    Raises
    ------
    NotFoundError
        where it was not refused.
    """
    delete_row(session, DistinctPeople, key)


def refused_pairs(connection: Connection) -> tuple[RefusedPair, ...]:
    """Return the pairs that were refused, of people whom the user sees, the newest first."""
    seen = visible_people(connection)
    table = DistinctPeople.__table__
    rows = [
        row
        for row in connection.execute(select(table).order_by(table.c.change_id.desc()))
        if seen is None or {row.first_id, row.second_id} <= set(seen)
    ]
    people = _people(connection, [person for row in rows for person in (row.first_id, row.second_id)])
    changes = changes_of(connection, [row.change_id for row in rows])
    elsewhere = decided_elsewhere(connection, DistinctPeople.__tablename__)
    return tuple(
        RefusedPair(
            row.id,
            people[row.first_id],
            people[row.second_id],
            None if row.reason is None else DistinctReason(row.reason),
            *elsewhere.get(row.id, changes[row.change_id]),
        )
        for row in rows
    )


def _people(connection: Connection, ids: Sequence[str]) -> dict[str, ListedPerson]:
    query = select(Coachee.__table__).where(Coachee.id.in_(select(text("value")).select_from(text("json_each(:ids)"))))
    rows = connection.execute(query, {"ids": json.dumps(list(ids))}).mappings()
    return {row["id"]: _listed(row) for row in rows}


def coachings_of(connection: Connection, people: Sequence[str]) -> list[str]:
    """Return the coachings of *people*, by id."""
    query = text("SELECT c.id FROM json_each(:ids) j JOIN coachings c ON c.coachee_id = j.value ORDER BY c.id")
    return list(connection.execute(query, {"ids": json.dumps(list(people))}).scalars())


def changes_of(connection: Connection, records: Sequence[int]) -> dict[int, tuple[str, datetime]]:
    """Return who made which change record, and when."""
    query = (
        select(ChangeRecord.id, ChangeRecord.at, User.name)
        .outerjoin(User, User.id == ChangeRecord.user_id)
        .where(ChangeRecord.id.in_(records))
    )
    return {row.id: (row.name or "", datetime.fromisoformat(row.at)) for row in connection.execute(query)}


_ELSEWHERE = text(
    "WITH decided AS (SELECT id, change_id FROM joined_people UNION ALL SELECT id, change_id FROM distinct_people) "
    "SELECT s.entity_id, s.changed_by, s.changed_at FROM row_stamps s JOIN decided d ON d.id = s.entity_id "
    "JOIN change_records r ON r.id = d.change_id JOIN change_records e ON e.id = r.transaction_id AND e.action = 'exchange' "
    "WHERE s.entity = :table AND s.changed_at <> ''"
)


def decided_elsewhere(connection: Connection, table: str) -> dict[str, tuple[str, datetime]]:
    """Return who decided what came by an exchange file, and when, by the id of the row of *table*."""
    rows = connection.execute(_ELSEWHERE, {"table": table})
    return {row.entity_id: (row.changed_by, datetime.fromisoformat(row.changed_at)) for row in rows}
