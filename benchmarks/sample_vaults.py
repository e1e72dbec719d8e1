"""Packages and encrypted vaults of invented people in a temporary folder, each made once for all benchmarks."""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Table

from bjc_desktop.exchange.package_checks import MergedTable
from bjc_desktop.exchange.package_import import insert_rows
from bjc_desktop.exchange.table_reading import Fault, read_table
from bjc_desktop.exchange.table_schema import datapackage, tables
from bjc_desktop.sample import COLUMNS, Sample, SampleShape, benchmark
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import KdfParameters, Secrets, Vault, create_vault, open_with_key
from bjc_desktop.vault.driver import connect

NOW = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
QUARTER = "2025-Q3"
AS_OF = date(2025, 11, 15)
PASSPHRASE = "Ein langer Satz zum Messen"
CHEAP_KDF = KdfParameters(iterations=1, memory_kib=64 * 1024, lanes=1)
"""The cheapest derivation that a slot file may name: unlocking is never measured."""
_ROWS_AT_ONCE = 100_000
_LOADING_CACHE_KIB = 1_500_000


ONE_YEAR = benchmark()
"""8,000 coachings and 240,000 consultations: a year of the whole programme."""
TEN_YEARS = benchmark(80_000, 2_400_000, 10)
ONE_PROVIDER = replace(benchmark(500, 15_000), providers=1, coaches=12)


class Workshop:
    """The folder in which benchmarks work, and what they share in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packages: dict[SampleShape, Path] = {}
        self._vaults: dict[SampleShape, tuple[Path, Secrets]] = {}
        self._made = 0

    def new_path(self, name: str) -> Path:
        """Return a path that is not taken yet."""
        self._made += 1
        return self.folder / f"{name}-{self._made}"

    def new_vault(self) -> Vault:
        """Return a new open vault that holds the targets and no cases."""
        vault, _ = create_vault(self.new_path("vault"), "messung", PASSPHRASE, now=NOW, kdf=CHEAP_KDF)
        fill_new_vault(vault, now=NOW)
        return vault

    def package(self, shape: SampleShape) -> Path:
        """Return the data package of a sample, as a folder."""
        if shape not in self._packages:
            folder = self.new_path("package")
            _write_package(Sample(shape), folder)
            self._packages[shape] = folder
        return self._packages[shape]

    def filled_vault(self, shape: SampleShape) -> Vault:
        """Return the vault that holds the sample, newly opened."""
        if shape not in self._vaults:
            with self.new_vault() as vault:
                _fill(vault, Sample(shape))
            self._vaults[shape] = (vault.folder, vault.secrets)
        return open_with_key(*self._vaults[shape])


def _write_package(sample: Sample, folder: Path) -> None:
    folder.mkdir()
    for name, table in sample.tables().items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([table.columns, *table.rows])
    columns = {name: list(columns) for name, columns in COLUMNS.items()}
    (folder / "datapackage.json").write_text(json.dumps(datapackage("benchmark", columns)), encoding="utf-8")


def _fill(vault: Vault, sample: Sample) -> None:
    """Write the sample into *vault* in portions, for millions of rows do not fit into one import."""
    with vault.engine.begin() as connection:
        connection.exec_driver_sql(f"PRAGMA cache_size = -{_LOADING_CACHE_KIB}")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in tables():
            for content in _portions(sample, table.name):
                rows = parsed_rows(table, content)
                insert_rows(connection, rows, rows.rows, vault.notes, 0)
    vault.engine.dispose()
    with closing(connect(vault.database, vault.secrets.cipher_key)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def parsed_rows(table: Table, content: bytes) -> MergedTable:
    """Return the rows of a CSV as the vault keeps them, for a vault that holds none of them."""
    faults: list[Fault] = []
    read = read_table(table, content, faults)
    if faults:
        raise ValueError(faults[0])
    names = COLUMNS[table.name]
    rows = list(zip(*(read.columns[name] for name in names), strict=True))
    return MergedTable(table, names, rows, read.rows)


def _portions(sample: Sample, table: str) -> Iterator[bytes]:
    rows = sample.rows(table)
    while portion := list(islice(rows, _ROWS_AT_ONCE)):
        text = io.StringIO(newline="")
        csv.writer(text).writerows([COLUMNS[table], *portion])
        yield text.getvalue().encode()
