"""The window: its first paint, the list after unlocking, a keystroke, a case file, saving, and the longest wait in a journey."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from importlib import import_module
from statistics import median
from typing import Any

from benchmarks.measuring import Row, against, application, milliseconds
from benchmarks.sample_vaults import NOW, TEN_YEARS, TODAY, Workshop

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

_ROUNDS = 15
_TYPED = 60
_BEYOND = 0.95
_BEAT = 0.005


def measure(workshop: Workshop) -> Iterator[Row]:
    """Yield the bars of the window; everything but the first paint over ten years of the whole programme."""
    place = workshop.new_path("unlock")
    (place / "backups").mkdir(parents=True)
    (place / "vault.db").touch()
    yield against(
        "first paint of the unlock window, against an empty one",
        1.2,
        _ROUNDS,
        lambda: _paint("unlock", str(place)),
        lambda: _paint("empty", str(place)),
        warm_up=2,
    )
    yield from _workspace(workshop)


def _paint(kind: str, place: str) -> float:
    command = [sys.executable, "-m", "benchmarks.first_paint", kind, place]
    return milliseconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))


class Watchdog:
    """Notes the longest time in which the window's thread did not come round to a posted beat."""

    def __init__(self, post: Callable[[], None]) -> None:
        self._post = post
        self._asked = 0.0
        self._waiting = False
        self._running = True
        self.longest = 0.0
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def start(self) -> None:
        """Start beating."""
        self._thread.start()

    def _beat(self) -> None:
        while self._running:
            if not self._waiting:
                self._asked, self._waiting = time.perf_counter(), True
                self._post()
            time.sleep(_BEAT)

    def answer(self) -> None:
        """Say, on the window's thread, that it came round."""
        self.longest = max(self.longest, (time.perf_counter() - self._asked) * 1000)
        self._waiting = False

    def stop(self) -> None:
        """Stop beating."""
        self._running = False
        self._thread.join()


def beating() -> Any:
    """Return an object of the window's thread whose ``watchdog`` beats and is answered."""
    from PySide6.QtCore import QObject, Qt, Signal, Slot  # noqa: PLC0415 - after the processes of the first paint

    class Beat(QObject):
        beaten = Signal()

        def __init__(self) -> None:
            super().__init__()
            self.watchdog = Watchdog(self.beaten.emit)
            self.beaten.connect(self.come_round, Qt.ConnectionType.QueuedConnection)
            self.watchdog.start()

        @Slot()
        def come_round(self) -> None:
            self.watchdog.answer()

    return Beat()


def _workspace(workshop: Workshop) -> Iterator[Row]:  # noqa: C901, PLR0915 - one walk through the window, step by step
    from bjc_desktop.app import HEAVY  # noqa: PLC0415 - after the processes of the first paint
    from bjc_desktop.services.coachee_list import CoacheeFilter, find_coachees  # noqa: PLC0415 - the same
    from bjc_desktop.services.consultation_recording import ConsultationForm, record_consultation  # noqa: PLC0415 - the same
    from bjc_desktop.services.team import list_staff, set_staff_of_user  # noqa: PLC0415 - the same
    from bjc_desktop.ui.shared.background import Background  # noqa: PLC0415 - the same
    from bjc_desktop.ui.shared.desk import Desk  # noqa: PLC0415 - the same
    from bjc_desktop.ui.shared.theme import install_theme  # noqa: PLC0415 - the same
    from bjc_desktop.ui.workspace import Workspace  # noqa: PLC0415 - the same

    class FixedDesk(Desk):
        def today(self) -> date:
            return TODAY

        def now(self) -> datetime:
            return NOW

    qt = application()
    install_theme(qt, "light")
    for module in HEAVY:
        import_module(module)  # as behind the first paint
    with workshop.filled_vault(TEN_YEARS) as vault:
        with vault.reading() as connection:
            coach = next(
                member for member in list_staff(connection, today=TODAY) if member.role.value == "job_coach" and member.employed
            )
        with vault.writing(now=NOW) as session:
            set_staff_of_user(session, user_id=vault.user.id, staff_id=coach.id)
        folder, secrets = vault.folder, vault.secrets
    from bjc_desktop.vault import open_with_key  # noqa: PLC0415 - as above

    background = Background()
    state: dict[str, Workspace] = {}

    def unlock() -> None:
        desk = FixedDesk(open_with_key(folder, secrets), background)
        state["workspace"] = Workspace(desk)
        state["workspace"].resize(1366, 768)
        state["workspace"].show()
        state["workspace"].begin(("coachees", {}))
        qt.processEvents()

    yield Row("from the accepted passphrase to the list of 80,000", milliseconds(unlock), 500)
    workspace = state["workspace"]
    desk = workspace.desk
    desk.check()
    background.wait()
    qt.processEvents()
    page = workspace.page("coachees")
    page.cases.setCurrentIndex(page.cases.count() - 1)
    page.refresh()
    names = [row.family_name for row in desk.read(lambda c: find_coachees(c, CoacheeFilter(), limit=_TYPED, today=TODAY)).rows]
    times = []
    for name in names[:: max(len(names) // 20, 1)]:
        for length in range(1, len(name) + 1):
            times.append(milliseconds(lambda text=name[:length]: (page.search.setText(text), qt.processEvents())))
    yield Row("keystroke in the search of the page, 95th percentile", sorted(times)[int(len(times) * _BEYOND)], 16)
    page.search.clear()
    rows = desk.read(lambda c: find_coachees(c, CoacheeFilter(coach_id=coach.id), limit=30, today=TODAY)).rows
    cases = [row.coaching_id for row in rows if row.coaching_id]
    workspace.open_page("case_file", {"coaching_id": cases[0]})

    def open_case(coaching_id: str) -> float:
        return milliseconds(lambda: (workspace.open_page("case_file", {"coaching_id": coaching_id}), qt.processEvents()))

    yield Row("opening a case file, median", median(open_case(coaching_id) for coaching_id in cases[1:21]), 100)

    def save(coaching_id: str) -> float:
        form = ConsultationForm(coach.id, (coaching_id,), TODAY, 45)
        return milliseconds(
            lambda: desk.write(lambda session: record_consultation(session, desk.vault, form, "Eine Notiz", today=TODAY))
        )

    workspace.open_page("coachees")
    yield Row("saving a consultation with the list shown, median", median(save(coaching_id) for coaching_id in cases[:15]), 50)
    beat = beating()
    watchdog = beat.watchdog
    longest: dict[str, float] = {}
    for key, where in (
        ("overview", {}),
        ("coachees", {}),
        ("case_file", {"coaching_id": cases[2]}),
        ("closing", {"coaching_id": cases[2]}),
        ("follow_ups", {}),
        ("figures", {}),
        ("quality", {}),
        ("observing", {}),
        ("hours", {}),
        ("statistic", {}),
        ("report", {}),
        ("team", {}),
        ("history", {}),
        ("audit", {}),
        ("privacy", {}),
        ("access", {}),
        ("overview", {}),
    ):
        workspace.open_page(key, where)
        until = time.perf_counter() + 0.4
        while time.perf_counter() < until:
            qt.processEvents()
        # What is read behind the window must not be waited for by the window's own thread: that would be the wait measured.
        while not background.wait(1):
            qt.processEvents()
        qt.processEvents()
        longest[key] = watchdog.longest
        watchdog.longest = 0.0
    watchdog.stop()
    worst = max(longest, key=lambda key: longest[key])
    yield Row(f"longest wait of the window in a walk through all pages ({worst})", longest[worst], 100)
    workspace.close()
    background.wait()
    desk.close()
