"""Starting the frozen program that `make dist` made, against starting the source; nothing is measured where none was made."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks.measuring import Row, against, milliseconds
from benchmarks.sample_vaults import Workshop
from bjc_desktop.preferences import Settings, save_settings

_FROZEN = Path(__file__).parents[1] / "dist" / "bjc-desktop" / "bjc-desktop"
_BAR = 1.3
_ROUNDS = 21
_MANY_ROUNDS = 61
"""Of what takes a tenth of a second, where the machine's other work moves a pair most."""
_PAINTED = b"Painting and flushing"
"""What Qt says when a window is painted, if it is asked to: that can be heard of both from outside."""


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield the command line's help and the first paint of the unlocking."""
    if not _FROZEN.is_file():
        return
    place, config = workshop.new_path("unlock"), workshop.new_path("config")
    place.mkdir(parents=True)
    save_settings(config, Settings(vaults=(str(place),)))
    frozen, source = [str(_FROZEN)], [sys.executable, "-m", "bjc_desktop"]
    yield against(
        "frozen: --help, against the source", _BAR, _MANY_ROUNDS, lambda: _help(frozen), lambda: _help(source), warm_up=2
    )
    yield against(
        "frozen: first paint of the unlock window, against the source",
        _BAR,
        _ROUNDS,
        lambda: _first_paint(frozen, config),
        lambda: _first_paint(source, config),
        warm_up=2,
    )


def _help(program: list[str]) -> float:
    return milliseconds(lambda: subprocess.run([*program, "--help"], check=True, stdout=subprocess.DEVNULL))


def _first_paint(program: list[str], config: Path) -> float:
    """Return the milliseconds until a window is painted, and end the program there."""
    told = {"BJC_CONFIG_DIR": str(config), "QT_LOGGING_RULES": "qt.widgets.painting=true", "QT_QPA_PLATFORM": "offscreen"}
    began = perf_counter()
    with subprocess.Popen(program, env={**os.environ, **told}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as running:
        painted = any(_PAINTED in line for line in running.stderr or ())
        taken = (perf_counter() - began) * 1000
        running.kill()
    if not painted:
        message = "The program ended before its window was painted."
        raise RuntimeError(message)
    return taken
