"""A second place that hangs or disappears, as a user meets it: the window goes on, locks and closes, and the backup at the vault is made."""

import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from bjc_desktop.preferences import Settings
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.ui import frame as frames
from bjc_desktop.ui.frame import Frame
from bjc_desktop.vault import backup_shelf, open_with_key, verify_record
from bjc_desktop.vault.backup_files import check_backup
from bjc_desktop.vault.backup_shelf import choose_second, own_folder
from tests.conftest import NOW
from tests.ui.test_backups import quiet, recorded
from tests.vault.cases import add_case
from tests.vault.hanging import be_impatient, hanging_backup, hanging_marker

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no named pipes in folders")


@pytest.fixture
def stick(tmp_path, vault_folder):
    """Return a second place that was chosen for the vault."""
    made = tmp_path / "stick"
    made.mkdir()
    choose_second(vault_folder, made)
    return made


@pytest.fixture
def frame(look, qtbot, tmp_path, vault_folder, template_vault, stick, monkeypatch):
    """Yield the window over a small vault with one case and a second place, unlocked."""
    monkeypatch.setattr(frames, "user_data_path", lambda *_, **__: tmp_path / "data")
    vault = open_with_key(vault_folder, template_vault.secrets)
    fill_new_vault(vault, now=NOW)
    made = Frame(tmp_path / "config", Settings(vaults=(str(vault_folder),), backup_folder=str(stick)))
    qtbot.addWidget(made)
    made.show()
    made._opened(vault)
    quiet(qtbot, made.workspace.desk)
    add_case(vault)
    yield made
    made.close()
    made.close()


def gaps_of(work) -> tuple[float, float]:
    """Do *work*; return how long it took, and the longest time in which the window did nothing, in seconds."""
    beats = [time.monotonic()]
    timer = QTimer()
    timer.timeout.connect(lambda: beats.append(time.monotonic()))
    timer.start(20)
    work()
    timer.stop()
    beats.append(time.monotonic())
    return beats[-1] - beats[0], max(later - earlier for earlier, later in zip(beats, beats[1:], strict=False))


def own_backups(folder: Path) -> list[Path]:
    """Return the automatic backups in the vault's own folder, each whole."""
    paths = list(own_folder(folder).glob("*_auto.bjcbackup"))
    for path in paths:
        check_backup(path)
    return paths


@pytest.mark.parametrize("hangs", ["marker", "backup"])
def test_that_locking_does_not_wait_for_a_place_that_hangs(
    frame, stick, vault_folder, template_vault, monkeypatch, hangs
) -> None:
    be_impatient(monkeypatch)
    vault_id = frame.workspace.desk.vault.id
    trouble = []
    hanging = hanging_marker(monkeypatch) if hangs == "marker" else hanging_backup(stick, vault_id)
    with hanging:
        took, gap = gaps_of(lambda: trouble.append(frame.lock()))
        assert took < 5
        assert gap < 2
    assert trouble == [""]
    assert len(own_backups(vault_folder)) == 1
    with open_with_key(vault_folder, template_vault.secrets) as vault:
        verify_record(vault)


def test_that_locking_ends_at_its_limit_although_a_place_would_be_waited_for_longer(
    frame, vault_folder, template_vault, monkeypatch
) -> None:
    be_impatient(monkeypatch, 25)
    monkeypatch.setattr(frames, "_BACKUP_SECONDS", 1)
    with hanging_marker(monkeypatch):
        took, _ = gaps_of(frame.lock)
        assert took < 6
        assert len(own_backups(vault_folder)) == 1
        open_with_key(vault_folder, template_vault.secrets).close()


def test_that_the_window_closes_while_the_page_waits_for_a_place_that_hangs(frame, monkeypatch, qtbot) -> None:
    be_impatient(monkeypatch, 25)
    monkeypatch.setattr(frames, "_BACKUP_SECONDS", 1)
    with hanging_marker(monkeypatch):
        frame.workspace.open_page("backups")
        qtbot.wait(200)
        began = time.monotonic()
        frame.close()
        if frame.isVisible():
            frame.close()
        assert time.monotonic() - began < 8
        assert not frame.isVisible()


def test_that_pages_that_wait_for_a_place_keep_no_thread_from_the_last_backup(frame, vault_folder, monkeypatch, qtbot) -> None:
    be_impatient(monkeypatch, 25)
    with hanging_marker(monkeypatch):
        frame.workspace.open_page("backups")
        for _ in range(8):
            frame.workspace.page("backups").refresh()
        qtbot.wait(200)
        monkeypatch.setattr(frames, "_BACKUP_SECONDS", 4)
        frame.lock()
        assert len(own_backups(vault_folder)) == 1


def test_that_the_page_says_that_a_place_does_not_answer_and_that_it_does_again(frame, qtbot, monkeypatch) -> None:
    be_impatient(monkeypatch)
    frame.workspace.open_page("backups")
    page = frame.workspace.page("backups")
    qtbot.waitUntil(lambda: page.second_chip.text() == "erreichbar", timeout=10_000)
    with hanging_marker(monkeypatch):
        _, gap = gaps_of(
            lambda: (page.refresh(), qtbot.waitUntil(lambda: page.second_chip.text() == "antwortet nicht", timeout=10_000))
        )
        assert gap < 1
        assert "Der Ordner antwortet nicht. Beim Tresor wird weiter gesichert" in page.second_text.text()
        page.back_up()
        qtbot.waitUntil(lambda: "Gesichert und geprüft" in page.banner.text(), timeout=10_000)
        quiet(qtbot, frame.workspace.desk)
    qtbot.waitUntil(lambda: _refreshed(page, qtbot) == "erreichbar", timeout=10_000)


def _refreshed(page, qtbot) -> str:
    page.refresh()
    page.desk.background.wait()
    qtbot.wait(50)
    return page.second_chip.text()


def test_that_a_place_that_disappears_in_the_middle_of_a_copy_is_recorded_and_disturbs_nobody(
    frame, stick, tmp_path, qtbot, monkeypatch
) -> None:
    desk, honest, said = frame.workspace.desk, backup_shelf._copy, []
    desk.backups.troubled.connect(said.append)

    def pulled_out(*arguments: object) -> None:
        honest(*arguments)
        stick.rename(tmp_path / "abgezogen")

    monkeypatch.setattr(backup_shelf, "_copy", pulled_out)
    monkeypatch.setattr(desk.backups, "_next", 0.0)
    desk.backups.look()
    quiet(qtbot, desk)
    assert said == []
    assert recorded(desk) == ["backup", "backup", "backup_failed"]
    assert len(own_backups(desk.vault.folder)) == 1
    monkeypatch.setattr(backup_shelf, "_copy", honest)
    desk.backups.look()
    quiet(qtbot, desk)
    (tmp_path / "abgezogen").rename(stick)
    desk.backups.look()
    quiet(qtbot, desk)
    assert len(list(stick.glob("*.bjcbackup"))) == 1
    assert not list(stick.glob(".*"))


def test_that_choosing_a_place_that_hangs_is_refused_and_the_window_goes_on(frame, tmp_path, qtbot, monkeypatch) -> None:
    import os

    be_impatient(monkeypatch)
    place = tmp_path / "haengt"
    place.mkdir()
    os.mkfifo(place / backup_shelf.MARKER)
    frame.workspace.open_page("backups")
    page = frame.workspace.page("backups")
    frame.workspace.desk.background.wait()
    _, gap = gaps_of(
        lambda: (page.use_second(place), qtbot.waitUntil(lambda: "antwortet nicht" in page.banner.text(), timeout=10_000))
    )
    assert gap < 1
    assert frame.settings.backup_folder != str(place)
    os.close(os.open(place / backup_shelf.MARKER, os.O_RDONLY | os.O_NONBLOCK))
