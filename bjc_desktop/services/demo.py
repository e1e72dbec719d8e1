"""The main job on sample data: a believable provider, its vault, four quarters of reports, and what they say."""

import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from bjc_desktop.errors import InvalidInputError
from bjc_desktop.exchange.package_export import archive, as_json
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.exchange.table_schema import datapackage
from bjc_desktop.indicators.figures import compute
from bjc_desktop.indicators.period import quarter_of, quarters_up_to
from bjc_desktop.reports.german import figure_value
from bjc_desktop.sample import DEMO, SampleTable, sample_tables
from bjc_desktop.services.reports import make_reports
from bjc_desktop.services.targets import fill_new_vault, read_settings
from bjc_desktop.vault import Vault, create_vault

DEMO_USER = "demo"
DEMO_PASSPHRASE = "Musterdaten 2025"  # noqa: S105 - it protects invented people, and is printed
_QUARTERS = 4


def make_demo(out: Path, *, now: datetime, today: date, say: Callable[[str], None]) -> None:
    """Make the sample vault and its reports in the new or empty folder *out*, and *say* where they lie and what they say.

    Raises
    ------
    InvalidInputError
        where *out* holds anything already.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InvalidInputError({"out": "Der Zielordner ist nicht leer; bitte mit --out einen neuen angeben."})
    out.mkdir(parents=True, exist_ok=True)
    vault, _ = create_vault(out / "tresor", DEMO_USER, DEMO_PASSPHRASE, now=now)
    with vault:
        fill_new_vault(vault, now=now)
        with tempfile.TemporaryDirectory() as folder:
            package = Path(folder) / "musterdaten.zip"
            package.write_bytes(sample_package(sample_tables(DEMO)))
            import_package(vault, package, update=False, now=now, today=today)
        _report(vault, out / "berichte", now, today, say)
    say(f"Tresor: {out / 'tresor'} (Benutzer*in „{DEMO_USER}“, Passphrase „{DEMO_PASSPHRASE}“)")


def sample_package(tables: dict[str, SampleTable]) -> bytes:
    """Return *tables* as the ZIP of a data package."""
    files = {
        "datapackage.json": as_json(datapackage("bjc-muster", {name: list(table.columns) for name, table in tables.items()}))
    }
    for name, table in tables.items():
        lines = [",".join(map(_quoted, row)) for row in (table.columns, *table.rows)]
        files[f"{name}.csv"] = ("\r\n".join(lines) + "\r\n").encode()
    return archive(files)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in ',"\r\n') else cell


def _report(vault: Vault, out: Path, now: datetime, today: date, say: Callable[[str], None]) -> None:
    for period in quarters_up_to(quarter_of(DEMO.last_day), _QUARTERS):
        paths = make_reports(vault, period, out, provider=None, as_of=today, release=True, now=now, today=today)
        with vault.reading() as connection:
            figures = compute(connection, period, read_settings(connection), as_of=today)
        say(f"\n{period.label}: {paths[0]}")
        for figure in figures.scope("all").figures:
            say(f"  {figure.label}: {figure_value(figure, figure.value)} ({figure.rating.label})")
