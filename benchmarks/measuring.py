"""Measuring: interleaved rounds, medians, and the row of the table that each benchmark gives."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement against its bar; *bar* is a number of *unit*, or of times the *reference* where there is one."""

    what: str
    measured: float
    bar: float
    unit: str = "ms"
    reference: float | None = None
    own_ratio: float | None = None
    """The median ratio of interleaved pairs, which a change in the machine's load does not move."""

    @property
    def ratio(self) -> float:
        """How many times the reference, or the bar where there is no reference."""
        if self.own_ratio is not None:
            return self.own_ratio
        return self.measured / (self.bar if self.reference is None else self.reference)

    @property
    def holds(self) -> bool:
        """Whether the bar is kept."""
        return self.ratio <= (1 if self.reference is None else self.bar)

    def cells(self) -> tuple[str, str, str, str, str]:
        """Return the row as it is printed."""
        reference = "" if self.reference is None else f" × {_shown(self.reference)} {self.unit}"
        bar = f"{self.bar:g}{reference}" if reference else f"{_shown(self.bar)} {self.unit}"
        return self.what, f"{_shown(self.measured)} {self.unit}", bar, f"{self.ratio:.2f}", "ok" if self.holds else "NOT"


def _shown(number: float) -> str:
    return f"{number:.0f}" if number >= 10 else f"{number:.1f}"  # noqa: PLR2004 - two digits say enough


def milliseconds(work: Callable[[], Any]) -> float:
    """Return how long *work* takes, without collecting garbage in between."""
    gc.collect()
    gc.disable()
    try:
        began = perf_counter()
        work()
        return (perf_counter() - began) * 1000
    finally:
        gc.enable()


def application() -> "QApplication":
    """Return the application of this process; a process has only one, which all benchmarks share."""
    from PySide6.QtWidgets import QApplication  # noqa: PLC0415 - after the processes of the first paint

    from bjc_desktop.app import make_application  # noqa: PLC0415 - the same

    existing = QApplication.instance()
    return existing if isinstance(existing, QApplication) else make_application(["benchmark"])


def against(
    what: str, bar: float, rounds: int, work: Callable[[], float], reference: Callable[[], float], *, warm_up: int = 0
) -> Row:
    """Return the row of *work* against *reference*, each of which says how long it took, in interleaved pairs."""
    pairs = [(work(), reference()) for _ in range(warm_up + rounds)][warm_up:]
    ratio = median(first / second for first, second in pairs)
    return Row(what, median(p[0] for p in pairs), bar, reference=median(p[1] for p in pairs), own_ratio=ratio)
