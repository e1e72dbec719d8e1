"""Everything that the vault holds about one person, for the answer under Art. 15 GDPR: rows, changes in words, and who took what out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select, text

from bjc_desktop.errors import BjcError, NotFoundError, VaultError
from bjc_desktop.models import PACKAGED, Base, Staff, User
from bjc_desktop.models.base import Kind, field_of
from bjc_desktop.services.audit_trail import EVENTS, WHAT
from bjc_desktop.services.case_file import CaseRow, full_name
from bjc_desktop.services.erasing import NOBODY
from bjc_desktop.services.row_titles import TITLES, fields_of, shown
from bjc_desktop.services.undoing import UndoRefusedError, value_from_record
from bjc_desktop.vault import NoteCipher, Vault, read_payload
from bjc_desktop.vault.changes import concerns_people
from bjc_desktop.vault.forgetting import condition
from bjc_desktop.vault.role_rights import NOT_ASSIGNED, keeps_cases, visible_people
from bjc_desktop.vocabulary import Role

CLOSED_NOTE = "(vertraulich; hier ohne Schlüssel nicht lesbar)"
ACTIONS = {"insert": "angelegt", "update": "geändert", "delete": "gelöscht"}
_OWNERS = {"coachee_id", "coaching_id", "plan_id", "goal_id", "kept_id", "first_id", "second_id"}
"""What only says whose a row is."""
_STAFF_FIELDS = {"staff_id"}
_ORDER = [entity.__tablename__ for entity in PACKAGED]
_TABLES = tuple(
    sorted(
        (table for table in Base.metadata.sorted_tables if concerns_people(table.name)),
        key=lambda table: _ORDER.index(table.name) if table.name in _ORDER else len(_ORDER),
    )
)
_RECORDS = Base.metadata.tables["change_records"]
_EVENTS = ("open", "print", "save", "export", "erase", "join")
_REPORTS = text(
    "SELECT r.period_label, r.version FROM released_reports r WHERE EXISTS (SELECT 1 FROM coachings c "
    "WHERE c.coachee_id = :person AND instr(r.cases, c.id) > 0) ORDER BY r.period_from, r.version"
)


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row about the person: its values, and its note in words where there is one."""

    row: CaseRow
    raw: Mapping[str, Any]
    note: str | None
    staff: tuple[tuple[str, str], ...] = ()
    """Whom of the staff the row names: the field's title and the name."""

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Title and text of every field that says something; what only links rows is left out."""
        infos = fields_of(self.row.table)
        found = [(infos[name].title, self.row.text(name)) for name in self.row.values if infos[name].kind is not Kind.REFERENCE]
        return tuple((title, words) for title, words in (*found, *self.staff, ("Notiz", self.note or "")) if words)


@dataclass(frozen=True, slots=True)
class Trace:
    """An entry of the change record about the person: when, who, in which role, what, in words."""

    at: datetime
    who: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class StoredAbout:
    """Everything about one person."""

    person_id: str
    person: CaseRow
    tables: Mapping[str, tuple[StoredRow, ...]]
    changes: tuple[Trace, ...]
    given_out: tuple[Trace, ...]
    """Who opened the file, and what was printed, given out or erased."""
    reports: tuple[str, ...]
    """The released reports in which a coaching of the person is counted without a name."""
    drafts: int
    """How many things are typed about the person and not saved."""
    closed_notes: int
    """How many notes could not be read, for lack of their key."""

    @property
    def name(self) -> str:
        """The person's name."""
        return full_name(self.person.values)


def read_stored_about(vault: Vault, coachee_id: str) -> StoredAbout:
    """Return everything about a person; notes as far as the user holds their key.

    Raises
    ------
    NotFoundError
        where there is no such person.
    VaultError
        where the user does not keep this person's case.
    """
    with vault.reading() as connection:
        seen = visible_people(connection)
        if not keeps_cases(vault.user.roles) or (seen is not None and coachee_id not in seen):
            raise VaultError(NOT_ASSIGNED)
        return _Reader(connection, coachee_id, vault.notes).read()


class _Reader:
    def __init__(self, connection: Connection, person_id: str, notes: NoteCipher | None) -> None:
        self.connection, self.person_id, self.notes = connection, person_id, notes
        self.closed = 0
        self.users = {row.id: row.name for row in connection.execute(select(User.id, User.name))}
        staff = select(Staff.id, Staff.given_name, Staff.family_name)
        self.staff = {row["id"]: full_name(row) for row in connection.execute(staff).mappings()}

    def read(self) -> StoredAbout:
        tables = {table.name: rows for table in _TABLES if (rows := tuple(self._rows(table.name)))}
        if "coachees" not in tables:
            raise NotFoundError(NOBODY)
        events = [record for record in self._records() if record["action"] in _EVENTS]
        return StoredAbout(
            self.person_id,
            tables["coachees"][0].row,
            tables,
            tuple(self._trace(record) for record in self._records() if record["action"] not in _EVENTS),
            tuple(self._trace(record) for record in events),
            tuple(f"{row.period_label}, Fassung {row.version}" for row in self._asked(_REPORTS)),
            self._drafts(tables),
            self.closed,
        )

    def _asked(self, statement: Any) -> Any:
        return self.connection.execute(statement, {"person": self.person_id})

    def _rows(self, table: str) -> Iterator[StoredRow]:
        source = Base.metadata.tables[table]
        day = TITLES[table].day
        order = [source.c.id] if day is None else [source.c[day], source.c.id]
        for row in self._asked(select(source).where(text(condition(table))).order_by(*order)).mappings():
            values = {name: row[name] for name in fields_of(table) if name != "note"}
            named = tuple(
                (info.title, self.staff.get(row[name], "")) for name, info in fields_of(table).items() if name in _STAFF_FIELDS
            )
            yield StoredRow(CaseRow(table, row["id"], row["row_version"], values), dict(row), self._note(row), named)

    def _note(self, row: RowMapping) -> str | None:
        sealed = row.get("note")
        if sealed is None:
            return None
        if self.notes is not None:
            try:
                return self.notes.decrypt(row["id"], sealed)
            except BjcError:
                pass
        self.closed += 1
        return CLOSED_NOTE

    def _records(self) -> list[RowMapping]:
        people = [self.person_id, *self._asked(text("SELECT id FROM joined_people WHERE kept_id = :person")).scalars()]
        ids = [*people, *self._asked(text("SELECT id FROM coachings WHERE coachee_id = :person")).scalars()]
        about = _RECORDS.c.person_id.in_(people) | (_RECORDS.c.action.in_(_EVENTS) & _RECORDS.c.entity_id.in_(ids))
        return list(self.connection.execute(select(_RECORDS).where(about).order_by(_RECORDS.c.id)).mappings())

    def _trace(self, record: RowMapping) -> Trace:
        role = next((role.label for role in Role if role.value == record["role"]), "")
        who = self.users.get(record["user_id"], "")
        return Trace(datetime.fromisoformat(record["at"]), who, role, self._words(record))

    def _words(self, record: RowMapping) -> str:
        payload = read_payload(self.connection, record) or {}
        if record["action"] not in ACTIONS:
            said = EVENTS.get(record["action"], record["action"])
            return f"{said}: {WHAT.get(payload['what'], payload['what'])}" if "what" in payload else said
        action = ACTIONS[record["action"]]
        name = TITLES[record["entity"]].singular
        fields = "; ".join(
            self._change(record, name, pair) for name, pair in payload.get("fields", {}).items() if name not in _OWNERS
        )
        return f"{name} {action}" + (f": {fields}" if fields else "")

    def _change(self, record: RowMapping, name: str, pair: list[Any]) -> str:
        infos = fields_of(record["entity"])
        title = infos[name].title if name in infos else name
        before, after = (self._value(record, name, value) for value in pair)
        return f"{title}: {before} → {after}" if before else f"{title}: {after or 'leer'}"

    def _value(self, record: RowMapping, name: str, value: Any) -> str:
        column = Base.metadata.tables[record["entity"]].columns[name]
        info = field_of(column)
        if value is None or info is None:
            return "" if value is None else str(value)
        if info.kind is Kind.NOTE:
            return "Notiz"
        if info.kind is Kind.REFERENCE:
            return self.staff.get(value, "Verweis")
        try:
            return shown(record["entity"], name, value_from_record(column, value))
        except UndoRefusedError:
            return "…"

    def _drafts(self, tables: Mapping[str, tuple[StoredRow, ...]]) -> int:
        ids = [row.row.id for name in ("coachees", "coachings") for row in tables.get(name, ())]
        rows = self.connection.execute(text("SELECT key, content FROM drafts")).all()
        return sum(any(row_id in f"{row.key} {row.content}" for row_id in ids) for row in rows)


def traces_as_json(traces: tuple[Trace, ...]) -> str:
    """Return *traces* as JSON, one object each."""
    entries = [{"at": t.at.isoformat(), "who": t.who, "role": t.role, "text": t.text} for t in traces]
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
