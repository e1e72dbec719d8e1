"""Measures what is named, or everything, prints one table and says by the exit status whether every bar is kept."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from benchmarks import (
    backups,
    change_record,
    desks,
    duplicates,
    exchange_files,
    forgetting,
    frozen_start,
    idle_memory,
    list_imports,
    package_imports,
    program_start,
    provider_bundle,
    quarter_figures,
    search,
    window,
)
from benchmarks.measuring import Row
from benchmarks.results_document import HEADS, write
from benchmarks.sample_vaults import Workshop

SUBJECTS: dict[str, Callable[[Workshop], Iterator[Row]]] = {
    "start": program_start.measure,
    "frozen": frozen_start.measure,
    "bundle": provider_bundle.measure,
    "import": package_imports.measure,
    "lists": list_imports.measure,
    "exchange": exchange_files.measure,
    "record": change_record.measure,
    "figures": quarter_figures.measure,
    "search": search.measure,
    "duplicates": duplicates.measure,
    "window": window.measure,
    "memory": idle_memory.measure,
    "desks": desks.measure,
    "forgetting": forgetting.measure,
    "backups": backups.measure,
}
"""Each module measures one subject; a new one is added here."""
_WIDTHS = (70, 10, 16, 7, 4)


def main() -> int:
    """Measure, print, and with ``--write`` keep the result in the document."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", choices=[[], *SUBJECTS], help=", ".join(SUBJECTS))
    parser.add_argument("--write", action="store_true", help="keep the result in docs/benchmarks.md")
    options = parser.parse_args()
    if options.write and options.names:
        parser.error("--write keeps the whole table, so it takes no names")
    rows = []
    _print(HEADS)
    with tempfile.TemporaryDirectory(prefix="bjc-benchmarks-") as folder:
        workshop = Workshop(Path(folder))
        for name in options.names or SUBJECTS:
            for row in SUBJECTS[name](workshop):
                _print(row.cells())
                rows.append(row)
    if options.write:
        write(rows, datetime.now().astimezone().date())
    return 0 if all(row.holds for row in rows) else 1


def _print(cells: tuple[str, ...]) -> None:
    what, *numbers = cells
    columns = [what.ljust(_WIDTHS[0]), *(cell.rjust(width) for cell, width in zip(numbers, _WIDTHS[1:], strict=True))]
    print("  ".join(columns).rstrip(), flush=True)


if __name__ == "__main__":
    sys.exit(main())
