"""Reading a data package into a vault, against `executemany` of the rows it comes to."""

from collections.abc import Iterator

from benchmarks.measuring import Row, against, milliseconds
from benchmarks.sample_vaults import NOW, ONE_YEAR, TODAY, Workshop, parsed_rows
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.exchange.table_schema import tables
from bjc_desktop.vault import NoteCipher, Vault

_ROUNDS = 3
_Statement = tuple[str, list[tuple[object, ...]]]


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield the import of a year of the whole programme."""
    package = workshop.package(ONE_YEAR)

    def imported() -> float:
        with workshop.new_vault() as vault:
            return milliseconds(lambda: import_package(vault, package, update=False, now=NOW, today=TODAY))

    def executed() -> float:
        with workshop.new_vault() as vault:
            statements = _statements(workshop, vault)
            return milliseconds(lambda: _execute(vault, statements))

    yield against("import of 8,000 coachings, 240,000 consultations", 2.5, _ROUNDS, imported, executed)


def _statements(workshop: Workshop, vault: Vault) -> list[_Statement]:
    """Return an INSERT for each table with its rows as they go to the driver: parsed, sorted, notes encrypted."""
    folder, statements = workshop.package(ONE_YEAR), list[_Statement]()
    for table in tables():
        parsed = parsed_rows(table, (folder / f"{table.name}.csv").read_bytes())
        columns, marks = ", ".join((*parsed.columns, "change_id")), ", ".join("?" * (len(parsed.columns) + 1))
        rows: list[tuple[object, ...]] = [(*row, 1) for row in sorted(parsed.rows, key=lambda row: str(row[0]))]
        if "note" in parsed.columns and vault.notes is not None:
            rows = [_sealed(row, parsed.columns.index("note"), vault.notes) for row in rows]
        statements.append((f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", rows))
    return statements


def _sealed(row: tuple[object, ...], position: int, notes: NoteCipher) -> tuple[object, ...]:
    if not row[position]:
        return row
    return (*row[:position], notes.encrypt(str(row[0]), str(row[position])), *row[position + 1 :])


def _execute(vault: Vault, statements: list[_Statement]) -> None:
    with vault.engine.begin() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        for statement, rows in statements:
            cursor.executemany(statement, rows)
