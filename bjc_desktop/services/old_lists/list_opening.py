"""Opening a list: its sheets as tables, each with the mapping of its layout or with suggestions."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from bjc_desktop.errors import ListError, NotFoundError
from bjc_desktop.exchange.lists.column_suggestions import suggest_columns, suggested_mapping
from bjc_desktop.exchange.lists.limits import Step, no_step
from bjc_desktop.exchange.lists.list_mapping import SheetMapping
from bjc_desktop.exchange.lists.list_reading import read_list
from bjc_desktop.exchange.lists.list_tables import ListTable, find_table
from bjc_desktop.exchange.lists.sheets import ListFile, Sheet
from bjc_desktop.services.old_lists.layout_memory import remembered_mapping
from bjc_desktop.services.old_lists.list_plan import ListWork
from bjc_desktop.services.old_lists.team_names import read_team
from bjc_desktop.services.old_lists.value_questions import value_questions, with_constants

NO_SHEET = "Ein Blatt dieses Namens gibt es in der Liste nicht. Bitte eines von diesen angeben: {names}."
NO_LIST = "In keinem Blatt der Datei ist eine Liste von Personen zu erkennen. Bitte prüfen, ob es die richtige Datei ist."
_PEOPLE = frozenset({"coachees.full_name", "coachees.family_name", "coachees.case_number"})


@dataclass(frozen=True)
class OpenList:
    """A list as it was opened: the SHA-256 of its file, and its sheets by name, as they stand and as tables."""

    digest: str
    sheets: dict[str, Sheet]
    tables: dict[str, ListTable]
    """Those that have headings and rows."""


def open_list(path: Path, step: Step = no_step) -> OpenList:
    """Return the list at *path*; *step* hears how far it is and may raise to stop.

    Raises
    ------
    ListError
        where it is no list, or no sheet has headings and rows.
    NotFoundError
        where there is no such file.
    """
    file = read_list(path, step)
    tables = _tables(file)
    if not tables:
        raise ListError(NO_LIST)
    return OpenList(file.digest, {sheet.name: sheet for sheet in file.sheets}, tables)


def _tables(file: ListFile) -> dict[str, ListTable]:
    tables: dict[str, ListTable] = {}
    for sheet in file.sheets:
        try:
            tables[sheet.name] = find_table(sheet)
        except ListError:
            if len(file.sheets) == 1:
                raise
    return tables


def begin_work(connection: Connection, opened: OpenList, names: Collection[str] = ()) -> ListWork:
    """Return the work on the sheets *names*, or on all visible ones that name people (otherwise the largest), with what their columns likely mean.

    Raises
    ------
    NotFoundError
        where a sheet of *names* does not exist.
    """
    tables = opened.tables
    unknown = set(names) - set(tables)
    if unknown:
        raise NotFoundError(NO_SHEET.format(names=", ".join(f"„{name}“" for name in tables)))
    mappings = {name: mapping_of(connection, table) for name, table in tables.items() if not names or name in names}
    if not names:
        listed = {name: mapping for name, mapping in mappings.items() if names_people(mapping)}
        visible = {name: mapping for name, mapping in listed.items() if not tables[name].hidden}
        # Where nothing is recognised the user says what the columns mean: of the sheet with the most rows.
        largest = max(tables, key=lambda name: (not tables[name].hidden, len(tables[name].rows)))
        mappings = visible or listed or {largest: mappings[largest]}
    said = {name for name in mappings if remembered_mapping(connection, tables[name]) is not None}
    return ListWork(opened.digest, dict(tables), mappings, said=said)


def mapping_of(connection: Connection, table: ListTable) -> SheetMapping:
    """Return the mapping remembered for the layout of *table*, or the suggested one."""
    return with_constants(table, remembered_mapping(connection, table) or suggested_mapping(table))


def names_people(mapping: SheetMapping) -> bool:
    """Say whether a column is a name or a case number, and another one something else of use."""
    used = {key for key in mapping.columns.values() if key is not None}
    return bool(used & _PEOPLE) and len(used) > 1


def open_questions(connection: Connection, work: ListWork, *, today: date) -> list[str]:
    """Return one line for each column and value whose meaning is neither said nor certain; nothing is guessed behind the user's back."""
    team, lines = read_team(connection), []
    for name, mapping in work.mappings.items():
        table = work.tables[name]
        lines += [] if name in work.said else _open_columns(table)
        for question in value_questions(table, mapping, team, today=today):
            count = sum(1 for value in question.values if value.open)
            if count:
                values = "1 Wert ist" if count == 1 else f"{count} Werte sind"
                lines.append(f"Blatt „{name}“, {question.target.full_title}: {values} nicht zugeordnet ({question.target.key}).")
    return lines


def _open_columns(table: ListTable) -> list[str]:
    lines = []
    for heading, suggestion in suggest_columns(table).items():
        if not suggestion.certain:
            likely = f" (vermutlich {suggestion.key})" if suggestion.key else ""
            lines.append(f"Blatt „{table.name}“, Spalte „{heading}“: Was sie bedeutet, ist nicht sicher{likely}.")
    return lines
