"""Who may be the same person as the one being entered: names that are equal, sound alike or differ by a slip, and birth dates."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection, Date, bindparam, text

from bjc_desktop.models.name_keys import folded_words, words_of
from bjc_desktop.services.coachee_list import CoacheeRow, read_rows
from bjc_desktop.services.likeness import Days, NamedPerson, compare, near_days
from bjc_desktop.services.name_likeness import Degree, Words
from bjc_desktop.vault.role_rights import visible_people

_MOST = 6


@dataclass(frozen=True, slots=True)
class SimilarCoachee:
    """Someone who may be the person being entered."""

    row: CoacheeRow
    reason: str
    """What is alike, in words."""
    certain: bool
    """Whether name and birth date are the same."""
    seen: bool
    """Whether the user sees this person; otherwise the row tells name, birth date and coach, and no more."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    id: str
    person: NamedPerson
    names: tuple[str | None, str]
    """As they are written."""


# Duplicates are looked for among everybody, whoever asks: a second file of the same person would harm that person most.
_BY_NAME = text(
    "SELECT k.coachee_id, k.sort_key FROM coachee_search s CROSS JOIN main.coachee_keys k ON k.number = s.rowid "
    "WHERE s.coachee_search MATCH :match"
)
_COLUMNS = "SELECT p.id, p.given_name, p.family_name, p.birth_date FROM"
_BY_ID = text(f"{_COLUMNS} json_each(:ids) j CROSS JOIN main.coachees p ON p.id = j.value").columns(birth_date=Date)
_BY_BIRTH = (
    text(f"{_COLUMNS} main.coachees p WHERE p.birth_date IN :days")
    .bindparams(bindparam("days", expanding=True))
    .columns(birth_date=Date)
)


def similar_coachees(
    connection: Connection, given: str | None, family: str, birth_date: date | None, *, today: date
) -> tuple[SimilarCoachee, ...]:
    """Return who may be the person of this name and birth date, the most alike first; nobody while too little is typed."""
    typed = NamedPerson(folded_words(given or ""), folded_words(family), birth_date)
    if not typed.family or not (typed.given or birth_date):
        return ()
    found = {candidate.id: candidate for candidate in _candidates(connection, typed)}
    judged = [(judgement, row) for row in found.values() if (judgement := _judge(typed, row.person)) is not None]
    judged.sort(key=lambda pair: (-pair[0][0], pair[1].person.family, pair[1].person.given, pair[1].id))
    best = {row.id: judgement for judgement, row in judged[:_MOST]}
    people = visible_people(connection)
    made = []
    for row in read_rows(connection, list(best), today=today):
        score, reason = best[row.coachee_id]
        seen = people is None or row.coachee_id in people
        given_name, family_name = found[row.coachee_id].names
        born = found[row.coachee_id].person.birth_date
        whole = replace(row, given_name=given_name, family_name=family_name, birth_date=born)
        made.append(SimilarCoachee(whole, reason, certain=score == _CERTAIN, seen=seen))
    return tuple(made)


def _candidates(connection: Connection, typed: NamedPerson) -> Iterator[_Candidate]:
    """Yield whose names are alike, and who was born on the day or nearly so.

    Many share a family name: their names are compared from the keys alone, and only who is alike is read.
    """
    named: dict[str, None] = {}
    for words in (typed.family, typed.given):
        if words:
            match = " ".join(f'"{word}"' for word in words)
            for row in connection.execute(_BY_NAME, {"match": match}):
                if _names_alike(typed.family, typed.given, row.sort_key):
                    named[row.coachee_id] = None
    if named:
        yield from _read(connection.execute(_BY_ID, {"ids": json.dumps(list(named))}))
    if typed.birth_date is not None:
        days = sorted(day.isoformat() for day in {typed.birth_date, *near_days(typed.birth_date)})
        yield from _read(connection.execute(_BY_BIRTH, {"days": days}))


@lru_cache(maxsize=1 << 15)
def _names_alike(family: Words, given: Words, sort_key: str) -> bool:
    """Say whether the names behind *sort_key* are alike enough to be worth reading; without a given name the day decides."""
    their_family, their_given = words_of(sort_key)
    return compare(NamedPerson(given, family, None), NamedPerson(their_given, their_family, None)).alike


def _read(rows: Iterable[tuple[str, str | None, str, date | None]]) -> Iterator[_Candidate]:
    for row_id, given, family, birth_date in rows:
        person = NamedPerson(folded_words(given or ""), folded_words(family), birth_date)
        yield _Candidate(row_id, person, (given, family))


PersonNames = tuple[str | None, str, date | None]
"""Given name, family name and birth date."""


def judge_names(one: PersonNames, other: PersonNames) -> tuple[int, str] | None:
    """Return how alike two people are (:data:`LIKELY` and more: ask), and why in words; None where they are not."""
    return _judge(_named(one), _named(other))


def _named(names: PersonNames) -> NamedPerson:
    given, family, birth_date = names
    return NamedPerson(folded_words(given or ""), folded_words(family), birth_date)


# --- judging ------------------------------------------------------------------------------------------------------------------

_CERTAIN = 9
LIKELY = 6
"""From here on it is asked whether two rows are one person: the same name and nothing that speaks against it."""


def _judge(typed: NamedPerson, other: NamedPerson) -> tuple[int, str] | None:
    """Return how alike two people are, and why; None where they are not."""
    found = compare(typed, other)
    equal, alike, near = found.same_name, found.alike, found.near
    judgements = (
        (equal and found.days is Days.SAME, _CERTAIN, "gleicher Name, gleiches Geburtsdatum"),
        (alike and found.days is Days.SAME, 8, "ähnlicher Name, gleiches Geburtsdatum"),
        (equal and near, 7, "gleicher Name, ähnliches Geburtsdatum"),
        (equal and found.days is Days.UNKNOWN, 6, "gleicher Name, Geburtsdatum nicht bekannt"),
        (found.family >= Degree.ALIKE and found.days is Days.SAME, 5, "ähnlicher Nachname, gleiches Geburtsdatum"),
        (alike and near, 4, "ähnlicher Name, ähnliches Geburtsdatum"),
        (found.given is Degree.EQUAL and found.days is Days.SAME, 3, "gleicher Vorname, gleiches Geburtsdatum"),
        (equal, 2, "gleicher Name, anderes Geburtsdatum"),
        (alike and found.days is Days.UNKNOWN, 1, "ähnlicher Name, Geburtsdatum nicht bekannt"),
    )
    return next(((score, reason) for holds, score, reason in judgements if holds), None)
