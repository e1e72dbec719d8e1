"""Whatever bytes come in: a data package is taken over whole and comes out again, or it is refused in German sentences."""

import functools
import io
import json
import random
import struct
import tempfile
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bjc_desktop.errors import PackageError
from bjc_desktop.exchange.package_checks import find_faults
from bjc_desktop.exchange.package_files import read_package_files
from bjc_desktop.exchange.package_import import insert_rows, merged_tables
from bjc_desktop.exchange.table_reading import read_table
from bjc_desktop.exchange.table_schema import tables
from bjc_desktop.models.base import Kind, packaged_columns
from bjc_desktop.vault import memory_engine
from tests.hostile.packages import full_rows, write_package

KNOWN = {table.name: table for table in tables()}
QUICK = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
LONG = settings(max_examples=3_000, deadline=None, suppress_health_check=list(HealthCheck))


@functools.cache
def genuine() -> dict[str, bytes]:
    """Return the files of a package that is in order."""
    with tempfile.TemporaryDirectory() as place:
        folder = write_package(Path(place) / "paket", full_rows(2, lambda *_: "Text"))
        return {path.name: path.read_bytes() for path in folder.iterdir()}


def taken_over(contents: dict[str, bytes]) -> bool:
    """Read the tables in *contents* into an empty database; say whether there was no fault."""
    faults = []
    read = [read_table(table, contents[f"{name}.csv"], faults) for name, table in KNOWN.items() if f"{name}.csv" in contents]
    engine = memory_engine()
    try:
        with engine.connect() as connection:
            merged = merged_tables(connection, read, None)
            if not faults:
                faults += find_faults(connection, merged, date(2026, 3, 2))
            if faults:
                assert all(str(fault).endswith(".") and len(str(fault).splitlines()) == 1 for fault in faults)
                return False
            for table in merged.values():
                insert_rows(connection, table, table.rows, None, 0)
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall() == []
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            return True
    finally:
        engine.dispose()


CELLS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", " ", "0", "-0", "1e9", "1.000,5", "1,000.5", "00", "9999-12-31", "31.12.9999", "1.1.1850", "2025-02-29", "true",
                     "JA", "x", "held", "Held", "½", "²", "١", "\u00a0", "\u200b", "2025-07", "07/2025", "NaN", "-1", "999999999999999"]),
    st.integers().map(str), st.dates().map(str), st.decimals(allow_nan=False, allow_infinity=False).map(str), st.uuids().map(str),
)  # fmt: skip
PLACES = [
    (table.name, column.name) for table in tables() for column, info in packaged_columns(table) if info.kind is not Kind.NOTE
]


def cells_changed(changes) -> None:
    rows = full_rows(2, lambda *_: "Text")
    for line in rows["consultations"]:
        line["note"] = ""
    for (table, column), number, cell in changes:
        rows[table][number][column] = cell
    with tempfile.TemporaryDirectory() as place:
        folder = write_package(Path(place) / "paket", rows)
        taken_over({path.name: path.read_bytes() for path in folder.iterdir()})


cell_changes = st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from([0, 1]), CELLS), min_size=1, max_size=4)
test_that_any_cells_are_taken_over_or_refused = QUICK(given(cell_changes)(cells_changed))
test_that_any_cells_of_many_are_taken_over_or_refused = pytest.mark.stress(LONG(given(cell_changes)(cells_changed)))


def bytes_changed(name, changes) -> None:
    content = bytearray(genuine()[name])
    for where, what, cut in changes:
        place = where % (len(content) + 1)
        content[place : place + cut] = what
    contents = {other: data for other, data in genuine().items() if other.endswith(".csv") and other != "consultations.csv"}
    taken_over(contents | {name: bytes(content)})


table_files = st.sampled_from([f"{name}.csv" for name in KNOWN if name != "consultations"])
byte_changes = st.lists(st.tuples(st.integers(0, 10_000), st.binary(max_size=6), st.integers(0, 20)), min_size=1, max_size=4)
test_that_any_bytes_of_a_table_are_taken_over_or_refused = QUICK(given(table_files, byte_changes)(bytes_changed))
test_that_any_bytes_of_many_tables_are_taken_over_or_refused = pytest.mark.stress(
    LONG(given(table_files, byte_changes)(bytes_changed))
)


def descriptor_read(value) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        (folder / "staff.csv").write_bytes(genuine()["staff.csv"])
        (folder / "datapackage.json").write_text(json.dumps(value), "utf-8")
        try:
            read_package_files(folder, frozenset(KNOWN))
        except PackageError as error:
            assert str(error).endswith(".")


leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(["staff", "staff.csv", "../x"])
)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "path", "schema"]), inner)
)
descriptors = values | st.fixed_dictionaries({"bjc_format": st.just(1) | leaves, "resources": values})
test_that_any_descriptor_is_read_or_refused = QUICK(given(descriptors)(descriptor_read))
test_that_any_descriptor_of_many_is_read_or_refused = pytest.mark.stress(LONG(given(descriptors)(descriptor_read)))


def archive_read(seed: int, flips: int, *, structure: bool) -> None:
    dice, buffer = random.Random(seed), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", dice.choice([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])) as archive:
        for name, data in genuine().items():
            archive.writestr(name, data)
    content = bytearray(buffer.getvalue())
    directory = content.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<I", content, directory + 16)[0] if structure else 0
    for _ in range(flips):
        content[dice.randrange(start, len(content))] = dice.randrange(256)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "paket.zip"
        path.write_bytes(content)
        try:
            read_package_files(path, frozenset(KNOWN))
        except PackageError as error:
            assert str(error).endswith(".")


seeds, flips = st.integers(0, 2**32), st.integers(1, 12)
test_that_any_archive_is_read_or_refused = QUICK(given(seed=seeds, flips=flips, structure=st.booleans())(archive_read))
test_that_any_archive_of_many_is_read_or_refused = pytest.mark.stress(
    LONG(given(seed=seeds, flips=flips, structure=st.booleans())(archive_read))
)


@pytest.mark.parametrize("quarter", ["1900-Q1", "1850-Q1", "2025-Q3", "9998-Q4", "9999-Q4", "0001-Q1"])
def test_that_no_quarter_and_no_day_is_too_far_away(empty_home, quarter):
    rows = full_rows(3, lambda *_: "Text")
    for number, day in enumerate(("1850-01-01", "9999-12-31", "2025-07-15")):
        for lines in rows.values():
            line = lines[number]
            for column in [key for key, value in line.items() if value == "2025-07-15" and key != "held_on"]:
                line[column] = day
    write_package(empty_home.folder / "paket", rows)
    assert empty_home.run("import", "tresor", "paket").status == 0
    for arguments in (["report", "tresor", "--out", "aus"], ["statistic", "tresor", "--out", "aus"], ["check", "tresor"]):
        said = empty_home.run(*arguments, "--quarter", quarter)
        assert "unerwartet" not in said.err, said
        assert said.status == (0 if quarter[:4] in {"1900", "2025", "9998"} else 1), said
