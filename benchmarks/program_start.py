"""Starting the program: a whole process, from its start to its end."""

import subprocess
import sys
from collections.abc import Iterator
from statistics import median

from benchmarks.measuring import Row, milliseconds
from benchmarks.sample_vaults import Workshop

_ROUNDS = 15


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield the command line's help."""
    _ = workshop
    command = [sys.executable, "-m", "bjc_desktop", "--help"]
    yield Row("bjc-desktop --help, whole process", _median(command), 150)


def _median(command: list[str]) -> float:
    def run() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)

    run()
    return median(milliseconds(run) for _ in range(_ROUNDS))
