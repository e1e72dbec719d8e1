"""What an exchange file brings: its rows in every vault's form, with their versions, checked and cut to what its sender may bring."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bjc_desktop.errors import PackageError
from bjc_desktop.exchange.boundary import Values
from bjc_desktop.exchange.cells import is_uuid, parser, written
from bjc_desktop.exchange.field_groups import EXCHANGED, NATURAL_KEYS, columns_of, groups_of, identity, table_named
from bjc_desktop.exchange.outgoing import HELD, HELD_COLUMNS, VERSION_COLUMNS, VERSIONS
from bjc_desktop.exchange.package_files import read_packed_files
from bjc_desktop.exchange.selection import is_accepted
from bjc_desktop.exchange.stamping import Stamp, parsed_stamp
from bjc_desktop.exchange.table_reading import Fault, read_table
from bjc_desktop.exchange.versions import EXISTENCE, Version, parsed_vector
from bjc_desktop.models.base import field_of
from bjc_desktop.vocabulary import PartnerKind

_ORDER = tuple(table.name for table in EXCHANGED)
NOT_READABLE = (
    "Die Austauschdatei lässt sich nicht lesen und wurde nicht übernommen. Bitte die andere Seite bitten, sie neu zu schreiben."
)
_MAXIMUM_ROWS = 5_000_000
_LONGEST_NAME = 200


@dataclass
class IncomingRow:
    """A row as the file has it: its values in every vault's form (None for a deletion) and its versions."""

    values: Values | None
    stamp: Stamp


Incoming = dict[str, dict[str, IncomingRow]]
"""By table and identity."""


def read_incoming(content: bytes, kind: PartnerKind) -> Incoming:
    """Return the rows in the opened *content* of an exchange file, as far as they are taken from a partner of this *kind*.

    Raises
    ------
    PackageError
        where it is not what an exchange file holds; every fault by file, row and column.
    """
    files = read_packed_files(content, frozenset((*_ORDER, VERSIONS, HELD)))
    faults: list[Fault] = []
    values: dict[str, dict[str, Values]] = {}
    for table in _ORDER:
        if table in files.tables:
            read = read_table(table_named(table), files.tables[table], faults)
            columns = [read.columns.get(name) or [None] * len(read.ids) for name in columns_of(table)]
            values[table] = dict(zip(map(str, read.ids), zip(*columns, strict=True), strict=True)) if read.ids else {}
    if faults:
        raise PackageError(NOT_READABLE, tuple(map(str, faults)))
    try:
        found = _with_versions(values, _plain_rows(files.tables.get(VERSIONS, b""), VERSION_COLUMNS))
        _add_held(found, _plain_rows(files.tables.get(HELD, b""), HELD_COLUMNS))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, csv.Error) as error:
        raise PackageError(NOT_READABLE) from error
    return {table: dict(_accepted(table, rows, kind)) for table, rows in found.items()}


def _plain_rows(content: bytes, columns: tuple[str, ...]) -> Iterable[list[str]]:
    reader = csv.reader(io.StringIO(content.decode(), newline=""), strict=True)
    if tuple(next(reader, ())) != columns:
        raise ValueError(columns)
    for number, row in enumerate(reader):
        if len(row) != len(columns) or number > _MAXIMUM_ROWS:
            raise ValueError(number)
        yield row


def _with_versions(values: Mapping[str, Mapping[str, Values]], rows: Iterable[list[str]]) -> Incoming:
    found: Incoming = {table: {} for table in _ORDER}
    for table, key, text, who, at in rows:
        stamp = parsed_stamp(table, text)
        stamp.changed_by, stamp.changed_at = _author(who, at)
        row = values.get(table, {}).get(key)
        if row is None and (stamp.vectors or not stamp.existence):
            raise ValueError(key)
        if not is_uuid(key) or (row is not None and _identity(table, key, row) != key):
            raise ValueError(key)
        found[table][key] = IncomingRow(row, stamp)
    return found


def _add_held(found: Incoming, rows: Iterable[list[str]]) -> None:
    for table, key, group, vector, text, who, at in rows:
        content = json.loads(text)
        if not isinstance(content, list) or len(content) != len(groups_of(table)[group]):
            raise ValueError(group)
        for name, value in zip(groups_of(table)[group], content, strict=True):
            _check_value(table, name, value)
        stamp = found[table][key].stamp
        stamp.held.setdefault(group, []).append(Version(parsed_vector(vector), tuple(content)))
        stamp.held_by[parsed_vector(vector)] = _author(who, at)


def _identity(table: str, row_id: str, values: Values) -> str:
    known = dict(zip(columns_of(table), values, strict=True))
    return identity(table, row_id, [known[name] for name in NATURAL_KEYS.get(table, ())])


def _author(who: str, at: str) -> tuple[str, str]:
    """Return who made a version and when, as it may be kept and shown."""
    if len(who) > _LONGEST_NAME or not who.isprintable():
        raise ValueError(who)
    if at:
        datetime.fromisoformat(at)
    return who, at


def _check_value(table: str, name: str, value: object) -> None:
    """Check that a *value* of a held version is one that the column keeps, in the form in which it keeps it."""
    column = table_named(table).columns[name]
    if value is None:
        if not column.nullable:
            raise ValueError(name)
        return
    info = field_of(column)
    if info is None or not isinstance(value, (str, int)) or isinstance(value, bool):
        raise TypeError(name)
    if parser(info)(written(info, value)) != value:
        raise ValueError(name)


def highest_clock(incoming: Incoming, origin: str) -> int:
    """Return the highest of the clocks of the vault *origin* on which a version in *incoming* rests."""
    vectors = {
        vector
        for rows in incoming.values()
        for row in rows.values()
        for vector in (
            *row.stamp.vectors.values(),
            *(vector for _, vector in row.stamp.existence),
            *(version.vector for versions in row.stamp.held.values() for version in versions),
        )
    }
    return max((clock for vector in vectors for name, clock in vector if name == origin), default=0)


def _accepted(table: str, rows: Mapping[str, IncomingRow], kind: PartnerKind) -> Iterable[tuple[str, IncomingRow]]:
    """Yield the rows with the groups that are taken from a partner of this *kind*."""
    refused = [group for group in groups_of(table) if not is_accepted(kind, table, group)]
    whole = is_accepted(kind, table, EXISTENCE)
    for key, row in rows.items():
        for group in refused:
            row.stamp.vectors.pop(group, None)
            row.stamp.held.pop(group, None)
        if not whole:
            row.stamp.existence = ()
        if row.stamp.vectors or row.stamp.existence:
            yield key, row
