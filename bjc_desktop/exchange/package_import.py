"""A data package into the vault: all of it in one transaction, or nothing and a report of every fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, Table

from bjc_desktop.errors import ErasedPeopleError, MissingNoteKeyError, PackageConflictError, PackageError
from bjc_desktop.exchange.cells import Value
from bjc_desktop.exchange.joined_files import follow_joined_files
from bjc_desktop.exchange.package_checks import MergedTable, Row, find_faults, select_by
from bjc_desktop.exchange.package_files import PackageFiles, read_package_files
from bjc_desktop.exchange.table_reading import Fault, TableContent, read_table
from bjc_desktop.exchange.table_schema import tables
from bjc_desktop.models.base import Kind, field_of, packaged_columns
from bjc_desktop.models.coachee_keys import write_imported_keys
from bjc_desktop.vault import Actor, NoteCipher, RowChange, Vault, back_up_before, record_event, record_row_changes
from bjc_desktop.vault.changes import concerns_people, link_to_owner, people_of
from bjc_desktop.vault.forgetting import keep_beside
from bjc_desktop.vault.role_rights import assert_may_write, assert_sees_all_cases
from bjc_desktop.vault.tombstones import in_force, marks_of, take_back
from bjc_desktop.vocabulary import ErasureDepth

ERASED = "Das Datenpaket enthält Personen, deren Eintrag gelöscht wurde; wer sie wieder aufnehmen darf, gibt --bring-back an."


@dataclass(frozen=True, slots=True)
class TableCount:
    """How many rows of a table were new, changed, or already there."""

    inserted: int
    updated: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, table by table, and what it left aside."""

    counts: Mapping[str, TableCount]
    ignored_files: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    new_providers: tuple[str, ...] = ()
    """The names of providers that the vault did not have."""

    @property
    def changed(self) -> bool:
        """Whether the vault was changed at all."""
        return any(count.inserted or count.updated for count in self.counts.values())


@dataclass(frozen=True)
class _Plan:
    merged: MergedTable
    new: list[Row]
    changed: list[tuple[Row, Row]]
    """Before and after."""

    def count(self) -> TableCount:
        return TableCount(len(self.new), len(self.changed), len(self.merged.rows) - len(self.new) - len(self.changed))


def import_package(
    vault: Vault, path: Path, *, update: bool, bring_back: bool = False, now: datetime, today: date
) -> ImportResult:
    """Import the data package at *path*; with *update* the package wins over rows that the vault holds with other values.

    People who were erased are refused, but with *bring_back* they are taken in again, on purpose.

    Raises
    ------
    PackageError
        with every fault, where anything is wrong; the vault is as it was.
    MissingNoteKeyError
        where the package holds notes and the user has no key to them.
    """
    planned = _prepared(vault, path, update=update, bring_back=bring_back, today=today)
    if planned.result.changed:
        back_up_before(vault, "import", now)
        _apply(vault, planned, now)
    return planned.result


def rehearse_package(vault: Vault, path: Path, *, update: bool, bring_back: bool = False, today: date) -> ImportResult:
    """Return what :func:`import_package` would do with the data package at *path*; nothing is changed.

    Raises
    ------
    PackageError
        with every fault, where anything is wrong; as PackageConflictError or ErasedPeopleError where the package could be taken in on purpose.
    MissingNoteKeyError
        where the package holds notes and the user has no key to them.
    VaultError
        where the user's roles may not write what the package brings.
    """
    return _prepared(vault, path, update=update, bring_back=bring_back, today=today).result


@dataclass(frozen=True)
class _Prepared:
    files: PackageFiles
    plans: list[_Plan]
    result: ImportResult
    brought_back: frozenset[str]


def _prepared(vault: Vault, path: Path, *, update: bool, bring_back: bool, today: date) -> _Prepared:
    """Read the package and check all that can be checked before anything is written."""
    known = {table.name: table for table in tables()}
    files = read_package_files(path, frozenset(known))
    faults: list[Fault] = []
    contents = [read_table(table, files.tables[name], faults) for name, table in known.items() if name in files.tables]
    with vault.reading() as connection:
        follow_joined_files(connection, contents)
        plans = _plan(connection, contents, vault.notes, faults, today)
    if faults:
        message = "Das Datenpaket enthält Fehler und wurde nicht übernommen; bitte korrigieren und erneut einlesen."
        raise PackageError(message, _lines(faults))
    erased = _erased_people(vault, plans)
    if erased and not bring_back:
        raise ErasedPeopleError(ERASED, _lines(erased_faults(plans, set(erased))))
    conflicts = [] if update else [fault for plan in plans for fault in _conflicts(plan)]
    if conflicts:
        raise PackageConflictError("Das Datenpaket widerspricht dem Tresor; mit --update gilt das Paket.", _lines(conflicts))
    changed = {plan.merged.table.name for plan in plans if plan.new or plan.changed}
    assert_may_write(vault.user.roles, changed)
    if any(concerns_people(name) for name in changed):
        assert_sees_all_cases(vault.user.roles)
    return _Prepared(files, plans, _result(files, contents, plans), frozenset(erased.values()))


def _lines(faults: list[Fault]) -> tuple[str, ...]:
    return tuple(map(str, faults))


def _result(files: PackageFiles, contents: list[TableContent], plans: list[_Plan]) -> ImportResult:
    counts = {plan.merged.table.name: plan.count() for plan in plans}
    unknown = tuple(f"{content.file}: {name}" for content in contents for name in content.unknown)
    new = [row[plan.merged.columns.index("name")] for plan in plans if plan.merged.table.name == "providers" for row in plan.new]
    return ImportResult(counts, files.ignored, unknown, tuple(map(str, new)))


def _plan(
    connection: Connection, contents: list[TableContent], notes: NoteCipher | None, faults: list[Fault], today: date
) -> list[_Plan]:
    merged = merged_tables(connection, contents, notes)
    if not faults:
        faults += find_faults(connection, merged, today)
    return [] if faults else [_planned(table) for table in merged.values()]


def merged_tables(connection: Connection, contents: list[TableContent], notes: NoteCipher | None) -> dict[str, MergedTable]:
    """Return the tables of *contents* as they will stand in the vault: absent columns keep what the vault holds."""
    return {content.table.name: _merged(connection, content, notes) for content in contents if "id" in content.columns}


def _merged(connection: Connection, content: TableContent, notes: NoteCipher | None) -> MergedTable:
    names = tuple(column.name for column, _ in packaged_columns(content.table))
    ids = content.ids
    existing = {row[0]: row for row in select_by(connection, content.table.name, names, "id", ids)}
    if content.table.name == "consultations":
        existing = _readable(existing, names.index("note"), notes, content)
    defaults = [_default(content.table, name) for name in names]
    columns = [content.columns.get(name) or [default] * len(ids) for name, default in zip(names, defaults, strict=True)]
    rows: list[Row] = list(zip(*columns, strict=True))
    absent = [index for index, name in enumerate(names) if name not in content.columns]
    if existing and absent:
        rows = [_kept(row, existing.get(row[0]), absent) for row in rows]
    return MergedTable(content.table, names, rows, content.rows, existing, frozenset(content.columns))


def _default(table: Table, name: str) -> Value:
    """Return what an absent column means in a new row: not known, or false where empty means false."""
    column = table.columns[name]
    info = field_of(column)
    return 0 if info is not None and info.kind is Kind.BOOLEAN and not column.nullable else None


def _kept(row: Row, before: Row | None, absent: list[int]) -> Row:
    if before is None:
        return row
    values = list(row)
    for index in absent:
        values[index] = before[index]
    return tuple(values)


def _readable(existing: Mapping[Value, Row], position: int, notes: NoteCipher | None, content: TableContent) -> dict[Value, Row]:
    """Return the existing consultations with their notes in plain text, so that they can be compared."""
    if notes is None:
        if any(content.columns.get("note", ())):
            message = "Das Paket enthält Notizen; einlesen kann sie nur, wer den Schlüssel zu den Notizen hat."
            raise MissingNoteKeyError(message)
        return dict(existing)
    readable = {}
    for key, row in existing.items():
        note = row[position]
        text = None if note is None else notes.decrypt(str(key), note)  # type: ignore[arg-type]
        readable[key] = (*row[:position], text, *row[position + 1 :])
    return readable


def _planned(merged: MergedTable) -> _Plan:
    if not merged.existing:
        return _Plan(merged, merged.rows, [])
    new, changed = [], []
    for row in merged.rows:
        before = merged.existing.get(row[0])
        if before is None:
            new.append(row)
        elif before != row:
            changed.append((before, row))
    return _Plan(merged, new, changed)


def _conflicts(plan: _Plan) -> list[Fault]:
    lines = dict(zip(plan.merged.column("id"), plan.merged.lines, strict=True))
    faults = []
    for before, after in plan.changed:
        names = [name for name, old, new in zip(plan.merged.columns, before, after, strict=True) if old != new]
        faults.append(Fault(plan.merged.file, lines[after[0]], ", ".join(names), "Der Tresor hat hier einen anderen Wert"))
    return faults


def _erased_people(vault: Vault, plans: list[_Plan]) -> dict[str, str]:
    """Return the marks of those whom the package would bring back though they were erased, by id."""
    with vault.reading() as connection:
        marks = in_force(connection, (ErasureDepth.PERSON, ErasureDepth.FACTS, ErasureDepth.STAFF))
        if not marks:
            return {}
        mentioned = {str(row[0]) for plan in plans if plan.merged.table.name in {"coachees", "staff"} for row in _written(plan)}
        for plan in plans:
            name = plan.merged.table.name
            if name != "coachees" and concerns_people(name):
                mentioned |= set(people_of(connection, name, [str(before[0]) for before, _ in plan.changed]).values())
                mentioned |= _owners(connection, plan)
        return {person: mark for person, mark in marks_of(connection, mentioned).items() if mark in marks}


def _written(plan: _Plan) -> list[Row]:
    return [*plan.new, *(after for _, after in plan.changed)]


def _owners(connection: Connection, plan: _Plan) -> set[str]:
    """Return the people of the vault whose rows the new rows of *plan* would belong to."""
    link = link_to_owner(plan.merged.table.name)
    if link is None or not plan.new:
        return set()
    position = plan.merged.columns.index(link[0])
    return set(people_of(connection, link[1], [str(row[position]) for row in plan.new]).values())


def erased_faults(plans: list[_Plan], people: set[str]) -> list[Fault]:
    """Return where the package names *people* who were erased; of rows that belong to them only the person is named."""
    found = []
    for plan in plans:
        if plan.merged.table.name == "coachees":
            lines = zip(plan.merged.column("id"), plan.merged.lines, strict=True)
            found += [
                Fault(plan.merged.file, line, "id", "Diese Person wurde gelöscht") for key, line in lines if str(key) in people
            ]
    return found


def _apply(vault: Vault, planned: _Prepared, now: datetime) -> None:
    plans = planned.plans
    payload = {
        "package": planned.files.digest,
        "counts": {name: [count.inserted, count.updated, count.unchanged] for name, count in planned.result.counts.items()},
    }
    actor = vault.actor()
    with vault.writing(now=now) as session:
        change_id = record_event(session, actor, "import", payload, now=now)
        connection = session.connection()
        take_back(connection, planned.brought_back, now)
        for plan in plans:
            insert_rows(connection, plan.merged, plan.new, vault.notes, change_id)
        for plan in plans:
            _update(connection, plan, vault.notes, actor, now, change_id)
    if planned.brought_back:
        keep_beside(vault)


def insert_rows(connection: Connection, merged: MergedTable, new: list[Row], notes: NoteCipher | None, change_id: int) -> None:
    """Insert the rows *new* of *merged*, which point to the change record *change_id*."""
    if not new:
        return
    columns = (*merged.columns, "change_id")
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT INTO {merged.table.name} ({', '.join(columns)}) VALUES ({marks})"
    rows = _sealed(merged, new, notes)
    # In the order of the keys the index of the ids grows at its end instead of everywhere.
    connection.exec_driver_sql(statement, [(*row, change_id) for row in sorted(rows, key=lambda row: str(row[0]))])
    _write_keys(connection, merged, new)


def _write_keys(connection: Connection, merged: MergedTable, rows: list[Row]) -> None:
    if merged.table.name == "coachees":
        write_imported_keys(connection, merged.columns, rows)


def _sealed(merged: MergedTable, rows: list[Row], notes: NoteCipher | None) -> list[tuple[object, ...]]:
    """Return *rows* with their notes encrypted."""
    if "note" not in merged.columns:
        return list(rows)
    position = merged.columns.index("note")
    if not any(row[position] for row in rows):
        return list(rows)
    if notes is None:
        message = "Das Paket enthält Notizen; einlesen kann sie nur, wer den Schlüssel zu den Notizen hat."
        raise MissingNoteKeyError(message)
    return [
        row if not row[position] else (*row[:position], notes.encrypt(str(row[0]), str(row[position])), *row[position + 1 :])
        for row in rows
    ]


def _update(connection: Connection, plan: _Plan, notes: NoteCipher | None, actor: Actor, now: datetime, import_id: int) -> None:
    if not plan.changed:
        return
    name, columns = plan.merged.table.name, plan.merged.columns
    ids = [before[0] for before, _ in plan.changed]
    stored = {row[0]: row for row in select_by(connection, name, (*columns, "row_version"), "id", ids)}
    afters = {row[0]: row for row in _sealed(plan.merged, [after for _, after in plan.changed], notes)}
    changes, parameters = [], []
    for key in ids:
        *before, version = stored[key]
        fields = {c: (old, new) for c, old, new in zip(columns, before, afters[key], strict=True) if old != new}
        changes.append(RowChange(name, str(key), "update", version + 1, fields))
    records = record_row_changes(connection, actor, changes, now=now, transaction_id=import_id)
    for change, record_id in zip(changes, records, strict=True):
        parameters.append((*afters[change.entity_id], change.version, record_id, change.entity_id))
    settings = ", ".join(f"{column} = ?" for column in (*columns, "row_version", "change_id"))
    connection.exec_driver_sql(f"UPDATE {name} SET {settings} WHERE id = ?", parameters)
    _write_keys(connection, plan.merged, [after for _, after in plan.changed])
