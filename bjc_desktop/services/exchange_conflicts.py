"""What was changed on both sides: both versions, who and when, and the decision between them, one by one or by a rule.

A version waits in the vault until somebody decides. Deciding is a change of its own that rests on both versions: it travels with the next
exchange and settles the matter on the other side too. Editing the entry by hand decides as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError, NotFoundError
from bjc_desktop.exchange.boundary import Boundary, Values
from bjc_desktop.exchange.field_groups import columns_of, groups_of
from bjc_desktop.exchange.stamping import held_content, keep_up, mark_stamped, read_stamps, write_stamps
from bjc_desktop.exchange.versions import EXISTENCE, edited, revived
from bjc_desktop.models import Base, HeldVersion
from bjc_desktop.models.base import Kind
from bjc_desktop.services.due_items import full_name
from bjc_desktop.services.row_editing import delete_row
from bjc_desktop.services.row_titles import entity_of, fields_of, shown, title_of
from bjc_desktop.services.undoing import value_from_record
from bjc_desktop.vault import Vault, record_event
from bjc_desktop.vault.changes import people_of
from bjc_desktop.vault.role_rights import assert_may_write, hidden_fields, visible_people

DECIDE = "decide"
"""The action of the event in the change record."""
GONE = "Diese Abweichung ist schon entschieden."
DOES_NOT_FIT = "Diese Fassung passt nicht mehr zu den heutigen Angaben. Bitte die Angaben von Hand ändern."
CLOSED = "(vertraulich)"
DELETION = "gelöscht"


class Rule(StrEnum):
    """How many conflicts are decided at once."""

    MINE = "mine"
    """What stands in this vault stays."""
    OTHERS = "others"
    """The version that came is taken."""
    LATER = "later"
    """The one that was made later, by the clocks of the machines."""


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """A version that waits: the values of its fields in words, who made it and when."""

    held_id: str
    texts: tuple[str, ...]
    who: str
    at: datetime | None
    is_deletion: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """An entry that was changed on both sides."""

    key: tuple[str, str, str]
    """Table, identity, and group of fields."""
    coaching_id: str | None
    person: str
    """Whose entry it is: the coachee's name; empty where it is about nobody."""
    case_number: str
    title: str
    """What the entry is called."""
    fields: tuple[str, ...]
    """The fields' titles; those that are the same in all versions are left out."""
    mine: tuple[str, ...]
    """The values here, in words, in the order of the fields."""
    who: str
    at: datetime | None
    others: tuple[OtherVersion, ...]


def list_conflicts(vault: Vault) -> tuple[Conflict, ...]:
    """Return what waits for a decision, by person and entry; versions that say the same are no conflict."""
    with vault.reading() as connection:
        return tuple(
            sorted(_Reader(vault, connection).conflicts(), key=lambda found: (found.person.casefold(), found.title, found.key))
        )


class _Reader:
    def __init__(self, vault: Vault, connection: Connection) -> None:
        self.connection, self.roles = connection, vault.user.roles
        self.boundary = Boundary(connection, vault.notes)

    def conflicts(self) -> Iterable[Conflict]:
        by_key: dict[tuple[str, str, str], list[RowMapping]] = {}
        for row in self.connection.execute(select(HeldVersion.__table__)).mappings():
            by_key.setdefault((row["entity"], row["entity_id"], row["field_group"]), []).append(row)
        for key, versions in by_key.items():
            found = self._conflict(key, versions)
            if found is not None:
                yield found

    def _conflict(self, key: tuple[str, str, str], versions: list[RowMapping]) -> Conflict | None:
        table, identity, group = key
        row = self._row(table, identity)
        stamp = read_stamps(self.connection, table, [identity]).get(identity)
        if row is None or stamp is None or not self._is_seen(table, row["id"]):
            return None
        names = columns_of(table) if group == EXISTENCE else groups_of(table)[group]
        if hidden_fields(self.connection, self.roles, table, row["id"]) & {*names}:
            return None
        mine = tuple(row[name] for name in columns_of(table))
        outward = dict(zip(columns_of(table), self.boundary.outward(table, row["id"], mine), strict=True))
        own = tuple(outward[name] for name in names)
        others = [(version, self._content(table, group, identity, version)) for version in versions]
        different = [(version, content) for version, content in others if content != own]
        if not different:
            return None
        shown_names = [
            name
            for index, name in enumerate(names)
            if any(content is None or content[index] != own[index] for _, content in different)
        ]
        positions = [names.index(name) for name in shown_names]
        person = self._person(table, row["id"])
        return Conflict(
            key,
            self._coaching(table, row),
            *person,
            title_of(table, self._typed(table, row)),
            tuple(fields_of(table)[name].title for name in shown_names),
            tuple(self._text(table, names[place], own[place]) for place in positions),
            stamp.changed_by,
            _moment(stamp.changed_at),
            tuple(self._other(table, names, positions, version, content) for version, content in different),
        )

    def _is_seen(self, table: str, row_id: str) -> bool:
        """Say whether the user sees the person whose row it is; what belongs to nobody is seen by all."""
        seen = visible_people(self.connection)
        person = people_of(self.connection, table, [row_id]).get(row_id)
        return seen is None or person is None or person in seen

    def _row(self, table: str, identity: str) -> RowMapping | None:
        source = Base.metadata.tables[table]
        query = f"SELECT * FROM {source.name} WHERE id = ?"
        return self.connection.exec_driver_sql(query, (self.boundary.local_id(table, identity),)).mappings().one_or_none()

    def _content(self, table: str, group: str, identity: str, version: RowMapping) -> Values | None:
        content = self.boundary.held_outward(table, group, identity, held_content(version["content"]))
        return content if isinstance(content, tuple) else None

    def _other(
        self, table: str, names: tuple[str, ...], positions: list[int], version: RowMapping, content: Values | None
    ) -> OtherVersion:
        deletion = version["field_group"] == EXISTENCE
        texts = tuple(
            DELETION if deletion else CLOSED if content is None else self._text(table, names[place], content[place])
            for place in positions
        )
        return OtherVersion(version["id"], texts, version["changed_by"], _moment(version["changed_at"]), deletion)

    def _text(self, table: str, name: str, value: object) -> str:
        if value is None:
            return ""
        column = Base.metadata.tables[table].columns[name]
        kind = fields_of(table)[name].kind
        if kind is Kind.NOTE:
            return str(value)
        if kind is Kind.REFERENCE:
            target = next(iter(column.foreign_keys)).column.table.name
            return self._name(target, self.boundary.local_id(target, str(value)))
        return shown(table, name, value_from_record(column, value))

    def _name(self, table: str, row_id: str) -> str:
        row = self.connection.exec_driver_sql(f"SELECT * FROM {table} WHERE id = ?", (row_id,)).mappings().one_or_none()
        if row is None:
            return ""
        if table in {"staff", "coachees"}:
            return full_name(row["given_name"], row["family_name"])
        return title_of(table, self._typed(table, row))

    def _typed(self, table: str, row: RowMapping) -> Mapping[str, Any]:
        columns = Base.metadata.tables[table].columns
        return {name: value_from_record(columns[name], row[name]) for name in fields_of(table) if name != "note"}

    def _person(self, table: str, row_id: str) -> tuple[str, str]:
        person = people_of(self.connection, table, [row_id]).get(row_id)
        query = "SELECT given_name, family_name, case_number FROM coachees WHERE id = ?"
        row = self.connection.exec_driver_sql(query, (person,)).one_or_none()
        return ("", "") if row is None else (full_name(row.given_name, row.family_name), row.case_number)

    def _coaching(self, table: str, row: RowMapping) -> str | None:
        if table == "coachings":
            return str(row["id"])
        if "coaching_id" in row:
            return str(row["coaching_id"])
        link = {"goals": ("development_plans", "plan_id"), "tasks": ("goals", "goal_id")}.get(table)
        parent = None if link is None else self._row_by_id(link[0], row[link[1]])
        if parent is not None and link is not None:
            return self._coaching(link[0], parent)
        person = row["id"] if table == "coachees" else row.get("coachee_id")
        query = "SELECT id FROM coachings WHERE coachee_id = ? ORDER BY entry_on DESC LIMIT 1"
        return self.connection.exec_driver_sql(query, (person,)).scalar()

    def _row_by_id(self, table: str, row_id: str) -> RowMapping | None:
        return self.connection.exec_driver_sql(f"SELECT * FROM {table} WHERE id = ?", (row_id,)).mappings().one_or_none()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


# --- deciding -----------------------------------------------------------------------------------------------------------------


def decide(vault: Vault, conflict: Conflict, held_id: str | None, *, now: datetime) -> None:
    """Decide *conflict*: the version *held_id* is taken, or, with None, what stands here stays.

    Raises
    ------
    NotFoundError
        where it is decided already.
    InvalidInputError
        where the version does not fit any more; nothing was changed.
    """
    decide_all(vault, [(conflict, held_id)], now=now)


def decide_by_rule(vault: Vault, conflicts: Iterable[Conflict], rule: Rule, *, now: datetime) -> int:
    """Decide *conflicts* by *rule* and return their number; where several versions came, the latest stands for the others.

    Raises
    ------
    InvalidInputError
        where a version does not fit any more; nothing was changed.
    """
    chosen = [(conflict, _by_rule(conflict, rule)) for conflict in conflicts]
    decide_all(vault, chosen, now=now)
    return len(chosen)


def _by_rule(conflict: Conflict, rule: Rule) -> str | None:
    latest = max(conflict.others, key=lambda other: _instant(other.at))
    if rule is Rule.MINE or (rule is Rule.LATER and _instant(conflict.at) >= _instant(latest.at)):
        return None
    return latest.held_id


def _instant(at: datetime | None) -> float:
    return 0.0 if at is None else at.timestamp()


def decide_all(vault: Vault, chosen: Iterable[tuple[Conflict, str | None]], *, now: datetime) -> None:
    """Decide several conflicts, all of them or none, as :func:`decide` does one.

    Raises
    ------
    VaultError
        where the user may not change such entries, whichever version is chosen: the decision is a change.
    """
    chosen = list(chosen)
    assert_may_write(vault.user.roles, {conflict.key[0] for conflict, _ in chosen})
    seen = {conflict.key for conflict in list_conflicts(vault)}
    if any(conflict.key not in seen for conflict, _ in chosen):
        raise NotFoundError(GONE)
    try:
        with vault.writing(now=now) as session:
            origin = keep_up(vault, session.connection())
            for conflict, held_id in chosen:
                _decide(vault, session, origin, conflict, held_id, now)
    except IntegrityError as error:
        # References are checked at the commit only.
        raise InvalidInputError({"held_id": DOES_NOT_FIT}) from error


def _decide(vault: Vault, session: Session, origin: str, conflict: Conflict, held_id: str | None, now: datetime) -> None:
    table, identity, group = conflict.key
    connection = session.connection()
    boundary = Boundary(connection, vault.notes)
    stamp = read_stamps(connection, table, [identity]).get(identity)
    if stamp is None or not stamp.waiting(group):
        raise NotFoundError(GONE)
    version = None if held_id is None else session.get(HeldVersion, held_id)
    if held_id is not None and version is None:
        raise NotFoundError(GONE)
    row_id = boundary.local_id(table, identity)
    payload = {"group": group, "taken": held_id is not None}
    if version is not None and group == EXISTENCE:
        record_event(session, vault.actor(), DECIDE, payload, entity=table, entity_id=row_id, now=now)
        delete_row(session, entity_of(table), row_id)
        # The deletion is stamped as any other: it rests on all that is known of the row.
        keep_up(vault, connection)
        return
    if version is not None:
        content = boundary.held_outward(table, group, identity, held_content(version.content))
        if not isinstance(content, tuple):
            raise InvalidInputError({"held_id": DOES_NOT_FIT})
        _write(session, boundary, table, row_id, group, content)
    clock = record_event(session, vault.actor(), DECIDE, payload, entity=table, entity_id=row_id, now=now)
    state = stamp.state()
    stamp.take(revived(state, origin, clock) if group == EXISTENCE else edited(state, {group: None}, origin, clock))
    stamp.changed_by, stamp.changed_at = vault.user.name, now.astimezone().isoformat(timespec="milliseconds")
    write_stamps(connection, table, {identity: stamp})
    mark_stamped(connection)


def _write(session: Session, boundary: Boundary, table: str, row_id: str, group: str, content: Values) -> None:
    names = groups_of(table)[group]
    known = dict(zip(names, content, strict=True))
    inward = dict(
        zip(columns_of(table), boundary.inward(table, row_id, [known.get(name) for name in columns_of(table)]), strict=True)
    )
    row: Any = session.get_one(entity_of(table), row_id)
    columns = Base.metadata.tables[table].columns
    for name in names:
        value = inward[name]
        setattr(row, name, value if isinstance(value, bytes) else value_from_record(columns[name], value))
    session.flush()
