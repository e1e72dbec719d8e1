"""What the window keeps in memory while nobody does anything, over ten years of the whole programme: 80,000 coachees."""

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Row
from benchmarks.sample_vaults import TEN_YEARS, Workshop

_STATUS = Path("/proc/self/status")
_IDLE_SECONDS = 30.0
"""How long the window is left alone before it is looked at: longer than it waits until it gives memory back."""


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield the memory of a fresh process with the list of everybody, and after a walk through all pages; Linux alone tells it."""
    if not _STATUS.exists():
        return
    with workshop.filled_vault(TEN_YEARS) as vault:
        keys = pickle.dumps((vault.folder, vault.secrets))
    command = [sys.executable, "-m", __name__]
    result = json.loads(subprocess.run(command, input=keys, check=True, stdout=subprocess.PIPE).stdout)
    yield Row("memory of the idle window, list of 80,000 shown", result["list"], 200, "MB")
    yield Row("the same after a walk through all pages", result["walk"], 200, "MB")


def _resident() -> float:
    """Return the megabytes of this process that lie in memory, shared libraries included."""
    line = next(line for line in _STATUS.read_text("utf-8").splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def _show(keys: bytes) -> dict[str, float]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from bjc_desktop.app import make_application  # noqa: PLC0415 - what is measured
    from bjc_desktop.preferences import Settings  # noqa: PLC0415 - the same
    from bjc_desktop.ui.frame import Frame  # noqa: PLC0415 - the same
    from bjc_desktop.ui.page_list import PAGES  # noqa: PLC0415 - the same
    from bjc_desktop.ui.shared.theme import install_theme  # noqa: PLC0415 - the same
    from bjc_desktop.vault import open_with_key  # noqa: PLC0415 - the same

    application = make_application(sys.argv[:1])
    install_theme(application, "light")

    def rest(seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            application.processEvents()
            time.sleep(0.01)

    found = {}
    with tempfile.TemporaryDirectory(prefix="bjc-memory-") as place:
        os.environ |= {"BJC_CONFIG_DIR": place, "BJC_STATE_DIR": place}
        frame = Frame(Path(place), Settings(idle_minutes=0))
        frame.resize(1366, 768)
        frame.show()
        rest(0.2)
        frame.start.opened.emit(open_with_key(*pickle.loads(keys)))
        workspace = frame.workspace
        if workspace is None:
            message = "The vault is not shown."
            raise RuntimeError(message)
        workspace.open_page("coachees")
        page = workspace.page("coachees")
        page.cases.setCurrentIndex(page.cases.count() - 1)
        while not frame.background.wait(1):
            rest(0.05)
        rest(_IDLE_SECONDS)
        found["list"] = _resident()
        for entry in PAGES:
            if entry.in_sidebar and entry.open_to(workspace.desk.vault.user.roles):
                workspace.open_page(entry.key)
                rest(0.3)
                while not frame.background.wait(1):
                    rest(0.05)
        workspace.open_page("coachees")
        rest(_IDLE_SECONDS)
        found["walk"] = _resident()
        sys.stdout.write(json.dumps(found))
        sys.stdout.flush()
    os._exit(0)  # closing the window would back the vault up, which is measured elsewhere


if __name__ == "__main__":
    _show(sys.stdin.buffer.read())
