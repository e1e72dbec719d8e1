"""Who may be the same person as the one being entered: names that are equal, sound alike or differ by a slip, and birth dates.

Source of the phonetic code: Hans Joachim Postel, „Die Kölner Phonetik“, IBM-Nachrichten 19 (1969).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from sqlalchemy import Connection, Date, bindparam, text

from bjc_desktop.models.name_keys import folded_words
from bjc_desktop.services.coachee_list import CoacheeRow, read_rows
from bjc_desktop.vault.role_rights import visible_people

_MOST = 6
_SHORT = 5
"""Names of fewer letters must be equal or sound alike; a slip of one letter would find half of the alphabet."""


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
    given: tuple[str, ...]
    family: tuple[str, ...]
    birth_date: date | None
    names: tuple[str | None, str] = (None, "")
    """As they are written."""


# Duplicates are looked for among everybody, whoever asks: a second file of the same person would harm that person most.
_BY_NAME = text(
    "SELECT p.id, p.given_name, p.family_name, p.birth_date FROM coachee_search s CROSS JOIN main.coachee_keys k ON k.number = s.rowid "
    "CROSS JOIN main.coachees p ON p.id = k.coachee_id WHERE s.coachee_search MATCH :match"
).columns(birth_date=Date)
_BY_BIRTH = (
    text("SELECT p.id, p.given_name, p.family_name, p.birth_date FROM main.coachees p WHERE p.birth_date IN :days")
    .bindparams(bindparam("days", expanding=True))
    .columns(birth_date=Date)
)


def similar_coachees(
    connection: Connection, given: str | None, family: str, birth_date: date | None, *, today: date
) -> tuple[SimilarCoachee, ...]:
    """Return who may be the person of this name and birth date, the most alike first; nobody while too little is typed."""
    typed = _Candidate("", folded_words(given or ""), folded_words(family), birth_date)
    if not typed.family or not (typed.given or birth_date):
        return ()
    found = {row.id: row for row in _candidates(connection, typed)}
    judged = [(judgement, row) for row in found.values() if (judgement := _judge(typed, row)) is not None]
    judged.sort(key=lambda pair: (-pair[0][0], pair[1].family, pair[1].given, pair[1].id))
    best = {row.id: judgement for judgement, row in judged[:_MOST]}
    people = visible_people(connection)
    made = []
    for row in read_rows(connection, list(best), today=today):
        score, reason = best[row.coachee_id]
        seen = people is None or row.coachee_id in people
        given_name, family_name = found[row.coachee_id].names
        whole = replace(row, given_name=given_name, family_name=family_name, birth_date=found[row.coachee_id].birth_date)
        made.append(SimilarCoachee(whole, reason, certain=score == _CERTAIN, seen=seen))
    return tuple(made)


def _candidates(connection: Connection, typed: _Candidate) -> Iterator[_Candidate]:
    """Yield who shares the whole family name, the whole given name, or (nearly) the birth date."""
    for words in (typed.family, typed.given):
        if words:
            match = " ".join(f'"{word}"' for word in words)
            yield from _read(connection.execute(_BY_NAME, {"match": match}))
    if typed.birth_date is not None:
        days = [day.isoformat() for day in (typed.birth_date, *_near_days(typed.birth_date))]
        yield from _read(connection.execute(_BY_BIRTH, {"days": days}))


def _read(rows: Iterable[tuple[str, str | None, str, date | None]]) -> Iterator[_Candidate]:
    for row_id, given, family, birth_date in rows:
        yield _Candidate(row_id, folded_words(given or ""), folded_words(family), birth_date, (given, family))


PersonNames = tuple[str | None, str, date | None]
"""Given name, family name and birth date."""


def judge_names(one: PersonNames, other: PersonNames) -> tuple[int, str] | None:
    """Return how alike two people are (:data:`LIKELY` and more: ask), and why in words; None where they are not."""
    return _judge(_named(one), _named(other))


def _named(names: PersonNames) -> _Candidate:
    given, family, birth_date = names
    return _Candidate("", folded_words(given or ""), folded_words(family), birth_date)


def near_days(day: date) -> tuple[date, ...]:
    """Return the days that a slip makes of *day*."""
    return tuple(_near_days(day))


# --- judging ------------------------------------------------------------------------------------------------------------------

_CERTAIN = 9
LIKELY = 6
"""From here on it is asked whether two rows are one person: the same name and nothing that speaks against it."""
_DIFFERENT, _ALIKE, _EQUAL = range(3)


def _judge(typed: _Candidate, other: _Candidate) -> tuple[int, str] | None:
    """Return how alike two people are, and why; None where they are not."""
    family, given = _likeness(typed.family, other.family), _likeness(typed.given, other.given)
    if _likeness(typed.family, other.given) + _likeness(typed.given, other.family) > family + given:
        family, given = _likeness(typed.family, other.given), _likeness(typed.given, other.family)
    same_day = typed.birth_date is not None and typed.birth_date == other.birth_date
    near_day = typed.birth_date is not None and other.birth_date in set(_near_days(typed.birth_date))
    unknown_day = typed.birth_date is None or other.birth_date is None
    equal, alike = family == given == _EQUAL, bool(family and given)
    judgements = (
        (equal and same_day, _CERTAIN, "gleicher Name, gleiches Geburtsdatum"),
        (alike and same_day, 8, "ähnlicher Name, gleiches Geburtsdatum"),
        (equal and near_day, 7, "gleicher Name, ähnliches Geburtsdatum"),
        (equal and unknown_day, 6, "gleicher Name, Geburtsdatum nicht bekannt"),
        (bool(family) and same_day, 5, "ähnlicher Nachname, gleiches Geburtsdatum"),
        (alike and near_day, 4, "ähnlicher Name, ähnliches Geburtsdatum"),
        (given == _EQUAL and same_day, 3, "gleicher Vorname, gleiches Geburtsdatum"),
        (equal, 2, "gleicher Name, anderes Geburtsdatum"),
        (alike and unknown_day, 1, "ähnlicher Name, Geburtsdatum nicht bekannt"),
    )
    return next(((score, reason) for holds, score, reason in judgements if holds), None)


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> int:
    """Compare two names of several words each: the same, alike in one of the words (a double name shortened), or different."""
    if sorted(one) == sorted(other) or "".join(one) == "".join(other):
        return _EQUAL
    return _ALIKE if any(_alike(a, b) for a in one for b in other) else _DIFFERENT


@lru_cache(maxsize=1 << 14)
def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    codes = cologne_code(one), cologne_code(other)
    if codes[0] == codes[1] and len(codes[0]) > 1:
        return True
    return min(len(one), len(other)) >= _SHORT and one_slip_apart(one, other)


def one_slip_apart(one: str, other: str) -> bool:
    """Say whether one letter was left out, added or exchanged, or two neighbours were swapped."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[start:], other[start:]
    swapped = rest[:2] == others[1::-1] and rest[2:] == others[2:]
    return swapped or rest[1:] == others[1:] or rest == others[1:] or rest[1:] == others


def _near_days(day: date) -> Iterator[date]:
    """Yield the days that a slip makes of *day*: day and month exchanged, or two neighbouring digits."""
    digits = day.strftime("%Y%m%d")
    slips = [digits[:4] + digits[6:] + digits[4:6]]
    slips += [digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :] for i in (2, 4, 6)]
    for slip in dict.fromkeys(slips):
        try:
            found = date(int(slip[:4]), int(slip[4:6]), int(slip[6:]))
        except ValueError:
            continue
        if found != day:
            yield found


_SOUNDS = (
    (re.compile("ph"), "f"),
    (re.compile("[dt](?=[csz])"), "8"),
    (re.compile("(?<=[ckq])x"), "8"),
    (re.compile("x"), "48"),
    (re.compile("^c(?=[ahkloqrux])"), "4"),
    (re.compile("(?<![sz])(?<!^)c(?=[ahkoqux])"), "4"),
    (re.compile("c"), "8"),
    (re.compile("[aeijouy]"), "0"),
    (re.compile("h"), ""),
    (re.compile("[bp]"), "1"),
    (re.compile("[dt]"), "2"),
    (re.compile("[fvw]"), "3"),
    (re.compile("[gkq]"), "4"),
    (re.compile("l"), "5"),
    (re.compile("[mn]"), "6"),
    (re.compile("r"), "7"),
    (re.compile("[sz]"), "8"),
)


@lru_cache(maxsize=1 << 14)
def cologne_code(word: str) -> str:
    """Return the Kölner Phonetik of a folded word: ``meyer`` and ``maier`` are both ``67``."""
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    code = re.sub(r"(.)\1+", r"\1", word)
    return code[:1] + code[1:].replace("0", "")
