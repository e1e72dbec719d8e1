"""Backups of a vault of 40 MB: how long one takes behind the window, how long the window waits beside it, and opening with all checks."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.measuring import Row, application, milliseconds
from benchmarks.sample_vaults import NOW, ONE_YEAR, TODAY, Workshop
from bjc_desktop.vault import Secrets, Vault, assert_sound, open_with_key
from bjc_desktop.vault.backup_files import BackupReason, read_backup

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_FORTY_MEGABYTES = replace(ONE_YEAR, coachings=1_700, consultations=51_000)
_ROUNDS = 5


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield the bars of backing up, of the window beside it, of a rehearsal and of opening."""
    with workshop.filled_vault(_FORTY_MEGABYTES) as vault:
        size = vault.database.stat().st_size / 1_000_000
        folder, secrets = vault.folder, vault.secrets
        yield from _beside_the_window(vault, size)
    yield Row(f"opening a vault of {size:.0f} MB with all checks, without the key's derivation", _opening(folder, secrets), 1000)


def _opening(folder: Path, secrets: Secrets) -> float:
    def once() -> None:
        with open_with_key(folder, secrets) as vault:
            assert_sound(vault)

    return median(milliseconds(once) for _ in range(_ROUNDS))


def _beside_the_window(vault: Vault, size: float) -> Iterator[Row]:
    from PySide6.QtCore import QEventLoop  # noqa: PLC0415 - not needed by the other benchmarks

    from benchmarks.window import beating  # noqa: PLC0415 - the same
    from bjc_desktop.services.backing_up import back_up_noting, rehearse  # noqa: PLC0415 - the same
    from bjc_desktop.ui.shared.background import Background  # noqa: PLC0415 - the same

    qt = application()
    background = Background()
    beat = beating()

    def timed(work: Callable[[], Any]) -> float:
        # Not milliseconds(): collecting garbage first holds every thread up, the window's too.
        began = perf_counter()
        work()
        return (perf_counter() - began) * 1000

    def behind(work: Callable[[], Any]) -> tuple[float, float]:
        """Return how long *work* takes behind the window, and the window's longest wait meanwhile."""
        done: list[float] = []
        beat.watchdog.longest = 0.0
        background.run(beat, lambda _: timed(work), done.append, lambda _: done.append(float("inf")))
        while not done:
            # Waiting as the window does: a loop that asks all the time would take a core from the backup.
            qt.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        return done[0], beat.watchdog.longest

    rounds = [behind(lambda: back_up_noting(vault, BackupReason.AUTOMATIC, now=NOW, today=TODAY)) for _ in range(_ROUNDS)]
    path = max((vault.folder / "backups").glob("*.bjcbackup"), key=lambda found: found.stat().st_mtime)
    rehearsed, waited = behind(lambda: rehearse(vault, read_backup(path), now=NOW))
    beat.watchdog.stop()
    yield Row(
        f"verified backup of {size:.0f} MB behind the window, with its figures noted", median(time for time, _ in rounds), 1500
    )
    yield Row("longest wait of the window beside it", max(wait for _, wait in rounds), 100)
    yield Row("rehearsal of that backup behind the window", rehearsed, 5000)
    yield Row("longest wait of the window beside the rehearsal", waited, 100)
