"""Python's cyclic garbage is collected on the window's thread only.

A widget that nobody refers to any more is destroyed by whichever thread happens to collect. Beside the window's thread, which walks
over all widgets when the look changes, that would end the process.
"""

import gc
from threading import Lock


class Collecting:
    """Puts Python's own collections off as long as a job runs behind the window."""

    def __init__(self) -> None:
        self._jobs: set[tuple[int, int]] = set()
        self._goes_on = False
        self._lock = Lock()

    def put_off(self, job: tuple[int, int]) -> None:
        """Let nothing be collected by itself until *job* and all others have ended."""
        with self._lock:
            if not self._jobs:
                self._goes_on = gc.isenabled()
                gc.disable()
            self._jobs.add(job)

    def go_on(self, job: tuple[int, int]) -> None:
        """Take note that *job* has ended; after the last one collections come by themselves again."""
        with self._lock:
            self._jobs.discard(job)
            if not self._jobs and self._goes_on:
                self._goes_on = False
                gc.enable()


def collect_what_is_due() -> None:
    """Collect as Python would have done by itself: a long job may leave much behind."""
    due = [at for at, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=False)) if most and count > most]
    if due:
        gc.collect(max(due))


COLLECTING = Collecting()
"""The one of the process."""
