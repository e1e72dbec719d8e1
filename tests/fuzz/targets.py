"""What reads something from outside, as functions of bytes: each takes them over or refuses them in German, and never does anything else.

Hypothesis and Atheris feed them; any other exception is a finding.
"""

import functools
import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bjc_desktop.errors import BjcError, InvalidInputError
from bjc_desktop.exchange.cells import CellError, parser
from bjc_desktop.exchange.lists.column_suggestions import suggested_mapping
from bjc_desktop.exchange.lists.list_mapping import SheetMapping, mapping_from_text, mapping_to_text, mappings_from_file
from bjc_desktop.exchange.lists.list_reading import read_list
from bjc_desktop.exchange.lists.list_tables import find_table
from bjc_desktop.exchange.lists.list_targets import TARGETS as LIST_TARGETS
from bjc_desktop.exchange.lists.list_targets import Meaning
from bjc_desktop.exchange.lists.row_gathering import cleaned
from bjc_desktop.exchange.package_files import read_package_files
from bjc_desktop.exchange.table_reading import read_table
from bjc_desktop.exchange.table_schema import datapackage, tables
from bjc_desktop.models.base import FieldInfo, Kind, packaged_columns
from bjc_desktop.preferences import FILE, load_settings
from bjc_desktop.services.old_lists.cell_readers import CellReader
from bjc_desktop.services.old_lists.team_names import Team
from bjc_desktop.services.person_picks import PersonPick, pick_people, with_keys
from bjc_desktop.services.quick_line import parse_quick_line, render_quick_line
from bjc_desktop.services.typed_values import parse_field, parse_time, problem_of, show_value
from bjc_desktop.services.verification import verify_bundle
from bjc_desktop.vault import restore
from bjc_desktop.vault.keys import read_recovery_code
from bjc_desktop.vault.lock import HOLDER, VaultLock
from bjc_desktop.vault.slots import parse_slots
from bjc_desktop.vault.user_names import checked_name
from tests.list_files import RELATIONS, SHEET, WORKBOOK, ods_content

TODAY = date(2026, 3, 4)
TABLES = {table.name: table for table in tables()}
KINDS = {
    (info.kind, info.values, info.minimum, info.maximum, info.title.endswith("(Minuten)")): info
    for table in tables()
    for _, info in packaged_columns(table)
}
"""One field of each kind, value list and bounds."""
PEOPLE = tuple(
    with_keys(
        PersonPick(f"coaching-{number}", f"coachee-{number}", given, family, f"001-{number:05}", None, TODAY, None, False, True)
    )
    for number, (given, family) in enumerate(
        (("Ayşe", "Yıldız"), ("Max", "Weiß-Krüger"), ("Do", "Nguyễn"), ("Łukasz", "O'Brien"))
    )
)


def refused(error: BjcError) -> None:
    """Assert that a refusal is one line of whole sentences."""
    assert str(error).endswith((".", "!")), error
    assert len(str(error).splitlines()) == 1, error


@functools.cache
def workplace() -> Path:
    """Return a folder for files, in memory where there is such a place."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="bjc-fuzz-", dir=memory if memory.is_dir() else None))


def written(name: str, data: bytes) -> Path:
    path = workplace() / name
    path.write_bytes(data)
    return path


def table(data: bytes) -> None:
    """Read a table of a data package; the first byte says which."""
    names = sorted(TABLES)
    faults: list = []
    read_table(TABLES[names[data[0] % len(names)] if data else names[0]], data[1:], faults)
    assert all(str(fault).endswith(".") and len(str(fault).splitlines()) == 1 for fault in faults)


def descriptor(data: bytes) -> None:
    """Read the description of a data package."""
    folder = workplace() / "paket"
    folder.mkdir(exist_ok=True)
    (folder / "staff.csv").write_bytes(b"id\r\n")
    (folder / "datapackage.json").write_bytes(data)
    try:
        read_package_files(folder, frozenset(TABLES))
    except BjcError as error:
        refused(error)


def package(data: bytes) -> None:
    """Read a packed data package."""
    try:
        read_package_files(written("paket.zip", data), frozenset(TABLES))
    except BjcError as error:
        refused(error)


def bundle(data: bytes) -> None:
    """Verify a report bundle."""
    try:
        verify_bundle(written("bundle.zip", data))
    except BjcError as error:
        refused(error)


def backup(data: bytes) -> None:
    """Restore a backup; what is restored is removed again."""
    target = workplace() / "neu"
    try:
        restore(written("BJC.bjcbackup", data), target)
        shutil.rmtree(target)
    except BjcError as error:
        refused(error)
    assert not target.exists()


def slots(data: bytes) -> None:
    """Read a slot file."""
    try:
        parse_slots(data)
    except BjcError as error:
        refused(error)


def text_of(data: bytes) -> str:
    """Return *data* as a text; behind a byte FF it is UTF-16, halves of letters included."""
    if data[:1] == b"\xff":
        return data[1 : 1 + len(data[1:]) // 2 * 2].decode("utf-16-le", "surrogatepass")
    return data.decode("utf-8", "replace")


def quick_line(data: bytes) -> None:
    """Understand a typed line, and write what was understood."""
    line = text_of(data)
    said = parse_quick_line(line, PEOPLE, today=TODAY)
    assert "".join(token.text for token in said.tokens).replace(" ", "") in line.replace(" ", "") or said.tokens
    render_quick_line(said, PEOPLE, today=TODAY)
    pick_people(PEOPLE, line)


def typed(data: bytes) -> None:
    """Read a typed text as a value of each kind of field; what is taken can be kept, is shown, and reads as the same value."""
    text = text_of(data)
    for info in KINDS.values():
        try:
            value = parse_field(info, text, today=TODAY)
        except InvalidInputError as error:
            refused(error)
            continue
        assert problem_of(info, value) is None
        assert value is None or _storable(info, value), (info, value)
        if info.kind not in {Kind.TEXT, Kind.LONG_TEXT, Kind.NOTE} and value is not None:
            assert parse_field(info, show_value(info, value), today=TODAY) == value, (info, text)
    try:
        parse_time(text)
    except InvalidInputError as error:
        refused(error)


def _storable(info: FieldInfo, value: object) -> bool:
    """Say whether the vault takes *value*: its columns check months and days by their digits."""
    plain = str(value)
    plain.encode()
    return info.kind not in {Kind.MONTH, Kind.DATE} or (plain.isascii() and len(plain) == (7 if info.kind is Kind.MONTH else 10))


def cells(data: bytes) -> None:
    """Read a cell of a data package as a value of each kind."""
    text = data.decode("utf-8", "replace")
    for info in KINDS.values():
        try:
            value = parser(info)(text)
        except CellError as error:
            assert str(error)
            continue
        assert _storable(info, value), (info, value)


def list_file(data: bytes) -> None:
    """Read an old list, find its headings and say what its columns may be."""
    try:
        for sheet in read_list(written("liste", data)).sheets:
            found = find_table(sheet)
            assert len(set(filter(None, found.headings))) == len(list(filter(None, found.headings)))
            mapping = suggested_mapping(found)
            assert mapping_from_text(mapping_to_text(mapping)) == mapping
    except BjcError as error:
        refused(error)


def list_cells(data: bytes) -> None:
    """Read a cell of an old list as whatever it may be, under each rule."""
    text = text_of(data)
    shown = cleaned(text)
    assert cleaned(shown).startswith(shown[:1]) or "'" in shown or "=" in shown
    for rules in ({}, {"imprecise": "first", "consent_yes": "entry"}, {"imprecise": "empty", "name_order": "family_first"}):
        for target in LIST_TARGETS.values():
            reading = CellReader(target, target.title, SheetMapping(rules=rules), Team({}, {}), TODAY)(shown)
            assert not (reading.problem and reading.values)
            assert all(sentence.endswith((".", "")) for sentence in (reading.problem, reading.remark))
            for value in reading.values if target.meaning is Meaning.FIELD else ():
                assert _storable(target.info, value), (target.key, value)


def list_mapping(data: bytes) -> None:
    """Read a file that says what the columns of a list mean."""
    try:
        mappings_from_file(text_of(data), ())
    except BjcError as error:
        refused(error)


def settings(data: bytes) -> None:
    """Read the settings of the window."""
    written(FILE, data)
    load_settings(workplace())


def lock_note(data: bytes) -> None:
    """Say who holds a vault."""
    written(HOLDER, data)
    sentence = VaultLock(workplace())._in_use()
    assert sentence.isprintable() and len(sentence) < 250


def names(data: bytes) -> None:
    """Read a recovery code and the name of a user."""
    text = text_of(data)
    read_recovery_code(text)
    try:
        checked_name(text)
    except BjcError as error:
        refused(error)


@dataclass(frozen=True, slots=True)
class Target:
    """A reader, what it is fed first, and how long what it is fed may become."""

    read: Callable[[bytes], None]
    seeds: tuple[bytes, ...]
    longest: int = 4096


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def _csv_seeds() -> Iterator[bytes]:
    for number, name in enumerate(sorted(TABLES)):
        columns = [column.name for column, _ in packaged_columns(TABLES[name])]
        yield bytes([number]) + ",".join(columns).encode() + b"\r\n" + b",".join(b"1" for _ in columns) + b"\r\n"


_DESCRIPTOR = json.dumps(datapackage("x", {"staff": ["id"]})).encode()
_SLOT = {
    "owner": "recovery", "public_key": "00" * 32, "kdf": {"iterations": 1, "memory_kib": 65536, "lanes": 1}, "salt": "00" * 16,
    "nonce": "00" * 12, "private_key": "00" * 48, "data_key": "00" * 80, "next_data_key": None,
}  # fmt: skip
_SLOTS = json.dumps(
    {"format": 1, "vault_id": "00000000-0000-0000-0000-000000000000", "cipher_salt": "00" * 16, "anchor": {"count": 0, "head": ""},
     "slots": [_SLOT], "mac": "00" * 32}
).encode()  # fmt: skip
_BACKUP = json.dumps(
    {"format": 1, "created": "2025", "files": {name: {"size": 1, "sha256": "00"} for name in ("vault.db", "slots.json")}}
)
_LINES = (
    "Yıldız gestern 45 telefon Bewerbung",
    "weiss 05032026 1 h 30 persönlich – Miete: 3",
    "Łukasz, nguyen -2 1,5h video abgesagt",
)
_VALUES = (
    "5.3.2026",
    "05032026",
    "+14",
    "heute",
    "1:30 h",
    "1.234,5",
    "03.2026",
    "2026-03",
    "ja",
    "9 Uhr",
    "−3",
    "٣.٣.٢٠٢٦",
    "held",
    "١٢",
    "2025-٠٧",
    "٣.٢٠٢٦",
)

_CELL = '<row r="1"><c r="A1" t="str"><v>Name</v></c></row><row r="2"><c r="A2"><v>45</v></c></row>'
_LIST_XLSX = zipped(
    {
        "[Content_Types].xml": b"<Types/>",
        "xl/workbook.xml": WORKBOOK.encode(),
        "xl/_rels/workbook.xml.rels": RELATIONS.encode(),
        "xl/worksheets/sheet1.xml": SHEET.format(_CELL, "").encode(),
    }
)
_LIST_ODS = zipped({"content.xml": ods_content({"L": [["Name", "Eintritt"], ["Eva", TODAY]]}).encode()})
_LIST_CELLS = (
    "ca. 2019",
    "05.03.26; 17.02.26",
    "März 2024",
    "x",
    "w",
    "Müller, Eva",
    "12043 Berlin",
    '="0815"',
    "45356",
    "Q2 2024",
    "1.234,50 €",
    "1:30 h",
)
_LIST_MAPPING = (
    b'{"bjc_list_mapping": 1, "sheets": [{"sheet": "L", "columns": {"a": null}, "values": {}, "constants": {}, "rules": {}}]}'
)

_PACKAGE = zipped({"datapackage.json": _DESCRIPTOR, "staff.csv": b"id\r\n"})

TARGETS = {
    "table": Target(table, tuple(_csv_seeds())),
    "descriptor": Target(descriptor, (_DESCRIPTOR,)),
    "package": Target(
        package, (_PACKAGE, _PACKAGE.replace(b"staff.csv", b"\0taff.csv"))
    ),  # a file without a name: found by Atheris
    "bundle": Target(bundle, (zipped({"manifest.json": b"{}", "indicators.json": b"{}"}),)),
    "backup": Target(backup, (zipped({"backup.json": _BACKUP.encode(), "slots.json": b"x", "vault.db": b"x"}),)),
    "slots": Target(slots, (_SLOTS,)),
    "quick_line": Target(quick_line, tuple(line.encode() for line in _LINES), 200),
    "typed": Target(typed, tuple(value.encode() for value in _VALUES), 60),
    "cells": Target(cells, tuple(value.encode() for value in _VALUES), 60),
    "list_file": Target(
        list_file, (_LIST_XLSX, _LIST_ODS, "Name;Eintritt\r\nMüller;5.3.26\r\n".encode("cp1252"), b'a,b\n"1",2\n')
    ),
    "list_cells": Target(list_cells, tuple(value.encode() for value in _LIST_CELLS), 60),
    "list_mapping": Target(list_mapping, (_LIST_MAPPING,), 400),
    "settings": Target(settings, (b'{"vaults": ["/a"], "width": 900}',), 400),
    "lock_note": Target(lock_note, (b'{"host": "a", "pid": 1}',), 200),
    "names": Target(names, (b"HB5RJR-VTHH5F-17SN48-TP6W57-KVWV7Z-P6N9WR", "Ayşe".encode()), 200),
}
