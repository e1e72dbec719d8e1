"""The list of coachees: found as someone types, filtered, ordered and counted, one page at a time.

First the ids of the page are found, then the details of these rows alone are read, so the list of 80,000 people costs as much as a
list of 200. How a name is found stands in docs/decisions/0007-search-keys.md.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Date, text

from bjc_desktop.indicators.counting import LINKING_MEASURES
from bjc_desktop.models.coachings import ASSIGNED
from bjc_desktop.models.name_keys import search_words
from bjc_desktop.services.due_items import (
    SURVEY_GRACE_DAYS,
    Cases,
    DueItem,
    due_parameters,
    due_statement,
    full_name,
    read_due,
)
from bjc_desktop.vault.role_rights import visible_people
from bjc_desktop.vocabulary import TargetGroup, Vocabulary

PAGE = 100
"""How many rows a page of the list has: several screens, and few enough for every keystroke."""
_MANY = 2000
"""From so many people on it is faster to walk through the order of names than to sort those who were found."""
_MONTH_DAYS = 30


class CaseStatus(Vocabulary):
    """How a coachee's newest coaching stands."""

    ACTIVE = "active", "aktiv"
    AFTERCARE = "aftercare", "Nachbetreuung"
    ENDED = "ended", "beendet"
    CANCELLED = "cancelled", "storniert"
    NONE = "none", "noch kein Coaching"


class DueWithin(Vocabulary):
    """When the next thing is due."""

    OVERDUE = "overdue", "überfällig"
    WEEK = "week", "bis Ende der Woche"
    MONTH = "month", "in den nächsten 30 Tagen"
    NOTHING = "nothing", "nichts fällig"


class ListOrder(Vocabulary):
    """What the list is ordered by."""

    NAME = "name", "Name"
    STATUS = "status", "Status"
    NEXT_DUE = "next_due", "nächste Fälligkeit"
    LAST_CONTACT = "last_contact", "letzter Kontakt"
    ENTRY = "entry", "Eintritt"
    CASE_NUMBER = "case_number", "Fallnummer"


@dataclass(frozen=True, slots=True)
class CoacheeFilter:
    """Which coachees are shown; everything given must hold."""

    text: str = ""
    """Beginnings of names in any spelling, or of a case number."""
    status: CaseStatus | None = None
    target_group: TargetGroup | None = None
    measure_link: bool | None = None
    """Whether a linking measure shares a day with the newest coaching, up to today."""
    coach_id: str | None = None
    """The member of staff who is responsible: assigned today, or on the coaching's last day."""
    due: DueWithin | None = None
    coachee_ids: tuple[str, ...] | None = None
    """The people behind a number of another page."""


@dataclass(frozen=True, slots=True)
class CoacheeRow:
    """A person in the list, with the newest coaching and what comes next."""

    coachee_id: str
    coaching_id: str | None
    given_name: str | None
    family_name: str
    case_number: str
    birth_date: date | None
    status: CaseStatus
    coach_id: str | None
    coach_name: str | None
    target_group: TargetGroup | None
    entry_on: date | None
    exit_on: date | None
    next_due: DueItem | None
    last_contact: date | None

    @property
    def name(self) -> str:
        """The name as people say it."""
        return full_name(self.given_name, self.family_name)


@dataclass(frozen=True, slots=True)
class CoacheePage:
    """A page of the list, how many people the filter shows in all, and how many there are without it."""

    rows: tuple[CoacheeRow, ...]
    total_shown: int
    total_all: int
    """All people of the vault, or of the filter's member of staff or list."""


@dataclass(frozen=True, slots=True)
class _Query:
    """The parts of the statement that finds people."""

    beginning: str
    tables: str
    conditions: tuple[str, ...]
    parameters: Mapping[str, Any]

    def count(self, connection: Connection) -> int:
        found = connection.execute(text(f"{self.beginning} SELECT count(*) FROM {self.tables} {self.where}"), self.parameters)
        return int(found.scalar_one())

    def ids(self, connection: Connection, order: str, limit: int, offset: int) -> list[str]:
        statement = (
            f"{self.beginning} SELECT k.coachee_id FROM {self.tables} {self.where} ORDER BY {order} LIMIT :limit OFFSET :offset"
        )
        rows = connection.execute(text(statement), {**self.parameters, "limit": limit, "offset": offset})
        return list(rows.scalars())

    @property
    def where(self) -> str:
        return f"WHERE {' AND '.join(self.conditions)}" if self.conditions else ""


def find_coachees(
    connection: Connection,
    wanted: CoacheeFilter,
    *,
    order: ListOrder = ListOrder.NAME,
    descending: bool = False,
    limit: int = PAGE,
    offset: int = 0,
    today: date,
) -> CoacheePage:
    """Return the rows from *offset* on of the people that *wanted* shows, in *order*; what has no value comes last."""
    people = _people(connection, wanted, today)
    everybody = connection.execute(_COUNT).scalar_one() if people is None else len(people)
    if people is None and (wanted.due is not None or order is ListOrder.NEXT_DUE):
        people = _found(connection, wanted)
    query = _query(wanted, people, order, today)
    simple = _match(wanted) if wanted == CoacheeFilter(text=wanted.text) and people is None else None
    shown = query.count(connection) if simple is None else connection.execute(_COUNT_FOUND, {"match": simple}).scalar_one()
    if simple is not None and shown > _MANY and order is ListOrder.NAME:
        query = _walking(wanted)
    ids = query.ids(connection, _order(order, descending=descending), limit, offset)
    return CoacheePage(read_rows(connection, ids, today=today), shown, everybody)


def _match(wanted: CoacheeFilter) -> str | None:
    """Return what the prefix index is asked for, or None where nothing is typed."""
    words = search_words(wanted.text)
    return " ".join(f'"{word}"*' for word in words) if words else None


def _found(connection: Connection, wanted: CoacheeFilter) -> tuple[str, ...] | None:
    """Return the people of the typed text, or None where nothing is typed."""
    match = _match(wanted)
    return None if match is None else tuple(connection.execute(_PEOPLE_FOUND, {"match": match}).scalars())


def _people(connection: Connection, wanted: CoacheeFilter, today: date) -> tuple[str, ...] | None:
    """Return the people of the filter's member of staff or of its list, or None for everybody; only those whom the user sees."""
    people = wanted.coachee_ids
    if wanted.coach_id is not None:
        own = connection.execute(_OWN, {"coach_id": wanted.coach_id, "today": today.isoformat()}).scalars()
        people = tuple(row_id for row_id in own if people is None or row_id in people)
    seen = visible_people(connection)
    if seen is None or people is None:
        return people if seen is None else seen
    return tuple(row_id for row_id in people if row_id in set(seen))


# --- finding ------------------------------------------------------------------------------------------------------------------

_NEWEST = (
    "SELECT n.id FROM coachings n WHERE n.coachee_id = k.coachee_id ORDER BY n.cancelled, n.entry_on DESC, n.id DESC LIMIT 1"
)
"""A person's newest coaching; a cancelled one only where there is no other."""
_SURVEY_OPEN = (
    f"date(c.exit_on, '+6 months', 'floor', '+{SURVEY_GRACE_DAYS} days') >= :today "
    "AND NOT EXISTS (SELECT 1 FROM follow_ups f WHERE f.coaching_id = c.id)"
)
_STATUS = (
    "CASE WHEN c.id IS NULL THEN 'none' WHEN c.cancelled THEN 'cancelled' WHEN c.exit_on IS NULL OR c.exit_on >= :today THEN 'active' "
    f"WHEN {_SURVEY_OPEN} THEN 'aftercare' ELSE 'ended' END"
)
_LINKING = ", ".join(f"'{kind.value}'" for kind in LINKING_MEASURES)
_LINKED = (
    f"EXISTS (SELECT 1 FROM measures m WHERE m.coaching_id = c.id AND m.kind IN ({_LINKING}) "
    "AND m.begin_on <= min(coalesce(c.exit_on, '9999-12-31'), :today) AND coalesce(m.end_on, '9999-12-31') >= c.entry_on)"
)
_LAST_CONTACT = (
    "(SELECT u.held_on FROM consultations u WHERE u.coaching_id = c.id AND u.status = 'held' ORDER BY u.held_on DESC LIMIT 1)"
)
_OWN = text(
    "SELECT DISTINCT c.coachee_id FROM coaching_staff a CROSS JOIN coachings c ON c.id = a.coaching_id "
    f"WHERE a.staff_id = :coach_id AND {ASSIGNED} AND c.id = (SELECT n.id FROM coachings n WHERE n.coachee_id = c.coachee_id "
    "ORDER BY n.cancelled, n.entry_on DESC, n.id DESC LIMIT 1)"
)
_COUNT_FOUND = text("SELECT count(*) FROM coachee_search WHERE coachee_search MATCH :match")
_PEOPLE_FOUND = text(
    "SELECT k.coachee_id FROM coachee_search s CROSS JOIN coachee_keys k ON k.number = s.rowid WHERE s.coachee_search MATCH :match"
)
_COUNT = text("SELECT count(*) FROM coachee_keys")
_AMONG = "k.coachee_id IN (SELECT value FROM json_each(:people))"
_FOUND = "k.number IN (SELECT rowid FROM coachee_search WHERE coachee_search MATCH :match)"
_COACHING_JOIN = f" LEFT JOIN coachings c ON c.id = ({_NEWEST})"
_STATUS_RANK = (
    f"CASE {_STATUS} " + " ".join(f"WHEN '{status.value}' THEN {rank}" for rank, status in enumerate(CaseStatus)) + " END"
)
"""Running coachings first, then those in aftercare, as :class:`CaseStatus` lists them."""
_ORDERS = {
    ListOrder.NAME: "k.sort_key",
    ListOrder.STATUS: _STATUS_RANK,
    ListOrder.NEXT_DUE: "d.day",
    ListOrder.LAST_CONTACT: _LAST_CONTACT,
    ListOrder.ENTRY: "c.entry_on",
    ListOrder.CASE_NUMBER: "p.case_number",
}


def _order(order: ListOrder, *, descending: bool) -> str:
    direction = " DESC" if descending else ""
    if order is ListOrder.NAME:
        return f"k.sort_key{direction}, k.coachee_id"
    return f"{_ORDERS[order]}{direction} NULLS LAST, k.sort_key, k.coachee_id"


def _query(wanted: CoacheeFilter, people: Sequence[str] | None, order: ListOrder, today: date) -> _Query:
    conditions, parameters = _narrowed(wanted, people)
    parameters["today"] = today.isoformat()
    coaching = {
        f"{_STATUS} = :status": wanted.status,
        "c.target_group = :target_group": wanted.target_group,
        f"{_LINKED} = :measure_link": wanted.measure_link,
    }
    asked = [condition for condition, value in coaching.items() if value is not None]
    parameters |= {"status": wanted.status, "target_group": wanted.target_group, "measure_link": wanted.measure_link}
    tables = "coachee_keys k"
    if asked or order in {ListOrder.STATUS, ListOrder.ENTRY, ListOrder.LAST_CONTACT}:
        tables += _COACHING_JOIN
    if order is ListOrder.CASE_NUMBER:
        tables += " CROSS JOIN coachees p ON p.id = k.coachee_id"
    beginning = ""
    if order is ListOrder.NEXT_DUE or wanted.due is not None:
        cases = Cases(coachee_ids=people)
        beginning = (
            f"{due_statement(cases)}, days AS MATERIALIZED (SELECT coachee_id, min(day) AS day FROM due GROUP BY coachee_id)"
        )
        tables += " LEFT JOIN days d ON d.coachee_id = k.coachee_id"
        parameters |= due_parameters(cases, today=today)
    if wanted.due is not None:
        asked.append("d.day IS NULL" if wanted.due is DueWithin.NOTHING else "d.day <= :due_until")
        parameters["due_until"] = _due_until(wanted.due, today).isoformat()
    used = {name: value for name, value in parameters.items() if value is not None}
    return _Query(beginning, tables, (*conditions, *asked), used)


def _narrowed(wanted: CoacheeFilter, people: Sequence[str] | None) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions that lead to few people by an index."""
    words = search_words(wanted.text)
    if people is not None:
        return [_AMONG, *_beginnings(words)], {"people": json.dumps(people), **_word_parameters(words)}
    match = _match(wanted)
    return ([], {}) if match is None else ([_FOUND], {"match": match})


def _beginnings(words: Sequence[str]) -> list[str]:
    return [f"instr(k.search_key, :word_{index})" for index in range(len(words))]


def _word_parameters(words: Sequence[str]) -> dict[str, Any]:
    return {f"word_{index}": f" {word}" for index, word in enumerate(words)}


def _walking(wanted: CoacheeFilter) -> _Query:
    """Return the query that walks through the order of names: where many are found, the first page is soon full."""
    words = search_words(wanted.text)
    tables = "coachee_keys k INDEXED BY ix_coachee_keys_sort_key"
    return _Query("", tables, tuple(_beginnings(words)), _word_parameters(words))


def _due_until(due: DueWithin, today: date) -> date:
    if due is DueWithin.OVERDUE:
        return today - timedelta(days=1)
    return today + timedelta(days=6 - today.weekday() if due is DueWithin.WEEK else _MONTH_DAYS)


# --- details ------------------------------------------------------------------------------------------------------------------

_COACH = (
    "(SELECT a.staff_id FROM coaching_staff a CROSS JOIN staff s ON s.id = a.staff_id AND s.role = 'job_coach' "
    f"WHERE a.coaching_id = c.id AND {ASSIGNED} ORDER BY a.valid_from DESC, a.id LIMIT 1)"
)
# All coachings of a person, the newest last: of each only what an index holds, for the rows of a page lie far apart in the file.
_DETAILS = text(
    "SELECT p.id, c.id AS coaching_id, p.given_name, p.family_name, p.case_number, p.birth_date, "
    f"{_STATUS} AS status, {_COACH} AS coach_id, c.target_group, c.entry_on, c.exit_on, {_LAST_CONTACT} AS last_contact "
    "FROM json_each(:ids) j CROSS JOIN coachees p ON p.id = j.value LEFT JOIN coachings c ON c.coachee_id = p.id "
    "ORDER BY j.key, c.cancelled DESC, c.entry_on, c.id"
).columns(birth_date=Date, entry_on=Date, exit_on=Date, last_contact=Date)


def read_rows(connection: Connection, coachee_ids: Sequence[str], *, today: date) -> tuple[CoacheeRow, ...]:
    """Return the rows of these people, in this order; ids of nobody are left out."""
    if not coachee_ids:
        return ()
    parameters = {"ids": json.dumps(list(coachee_ids)), "today": today.isoformat()}
    next_due: dict[str, DueItem] = {}
    for item in read_due(connection, Cases(coachee_ids=coachee_ids), today=today):
        next_due.setdefault(item.coachee_id or "", item)
    names = _staff_names(connection)
    newest = {row.id: row for row in connection.execute(_DETAILS, parameters)}
    return tuple(_row(row, names, next_due) for row in newest.values())


def _staff_names(connection: Connection) -> dict[str, str]:
    rows = connection.execute(text("SELECT id, given_name, family_name FROM staff"))
    return {row.id: full_name(row.given_name, row.family_name) for row in rows}


def _row(row: Any, names: Mapping[str, str], next_due: Mapping[str, DueItem]) -> CoacheeRow:
    return CoacheeRow(
        row.id,
        row.coaching_id,
        row.given_name,
        row.family_name,
        row.case_number,
        row.birth_date,
        CaseStatus(row.status),
        row.coach_id,
        names.get(row.coach_id or ""),
        None if row.target_group is None else TargetGroup(row.target_group),
        row.entry_on,
        row.exit_on,
        next_due.get(row.id),
        row.last_contact,
    )
