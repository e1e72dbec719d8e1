"""Backups as a user meets them: by themselves, on their page, on lock and close, and after damage."""

import errno
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from bjc_desktop.errors import DiskFullError
from bjc_desktop.preferences import Settings
from bjc_desktop.services import backing_up
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.ui import frame as frames
from bjc_desktop.ui.frame import Frame
from bjc_desktop.ui.shared.background import Background
from bjc_desktop.vault import open_vault, open_with_key, restore, verify_record
from bjc_desktop.vault.backup_files import BackupReason
from bjc_desktop.vault.backup_notes import read_notes
from bjc_desktop.vault.backup_shelf import choose_second, own_folder, shelve, shelved
from bjc_desktop.vocabulary import Role
from tests.conftest import PASSPHRASE
from tests.ui.conftest import NOW, FixedDesk
from tests.vault.cases import add_case

PAGE_BYTES = 4096


def found(desk) -> list[str]:
    """Return why each backup of the desk's vault was made, the newest first."""
    return [backup.reason.value for backup in shelved(desk.vault.folder, desk.vault.id, None)]


def quiet(qtbot, desk) -> None:
    """Wait until nothing is done behind the window."""
    qtbot.waitUntil(lambda: not desk.backups.busy, timeout=20_000)
    desk.background.wait()


@pytest.fixture
def small_desk(vault, look, qtbot):
    """Yield a desk over a small vault with one case."""
    fill_new_vault(vault, now=NOW)
    add_case(vault)
    made = FixedDesk(vault, Background())
    made.check()
    yield made
    made.background.wait()
    made.close()


def test_that_a_backup_is_made_by_itself_once_something_changed_and_not_again(small_desk, qtbot, monkeypatch) -> None:
    desk = small_desk
    desk.backups.look()
    quiet(qtbot, desk)
    assert found(desk) == []
    monkeypatch.setattr(desk.backups, "_next", 0.0)
    desk.backups.look()
    quiet(qtbot, desk)
    assert found(desk) == ["auto"]
    assert desk.backups._next > time.monotonic() + 1700
    monkeypatch.setattr(desk.backups, "_next", 0.0)
    desk.backups.look()
    quiet(qtbot, desk)
    assert found(desk) == ["auto"]
    assert read_notes(own_folder(desk.vault.folder)).rehearsal.good


def recorded(desk) -> list[str]:
    """Return which records about backups there are, in their order."""
    query = "SELECT action FROM change_records WHERE action LIKE 'backup%' ORDER BY id"
    return desk.read(lambda connection: connection.exec_driver_sql(query).scalars().all())


def rounds(desk, qtbot, count: int) -> None:
    """Let the keeper look so many times as if half an hour had gone by each time."""
    for _ in range(count):
        desk.backups._next = 0.0
        desk.backups.look()
        quiet(qtbot, desk)


def test_that_a_backup_that_is_recorded_is_no_reason_for_the_next_however_often_it_is_looked(small_desk, qtbot, tmp_path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    choose_second(small_desk.vault.folder, stick)
    small_desk.settings = Settings(backup_folder=str(stick))
    rounds(small_desk, qtbot, 5)
    assert found(small_desk) == ["auto"]
    assert len(list(stick.glob("*.bjcbackup"))) == 1
    assert recorded(small_desk) == ["backup", "backup"]
    add_case(small_desk.vault, "Neu")
    rounds(small_desk, qtbot, 3)
    assert recorded(small_desk) == ["backup"] * 4
    verify_record(small_desk.vault)


def test_that_a_second_place_that_cannot_be_written_fills_no_record(small_desk, qtbot, tmp_path, monkeypatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "nur lesbar")

    desk, stick = small_desk, tmp_path / "stick"
    stick.mkdir()
    choose_second(desk.vault.folder, stick)
    desk.settings = Settings(backup_folder=str(stick))
    monkeypatch.setattr(backing_up, "copy_to_second", refuse)
    rounds(desk, qtbot, 1)
    for _ in range(6):
        desk.backups.look()
        quiet(qtbot, desk)
    assert recorded(desk) == ["backup", "backup", "backup_failed"]
    # Taken away and put back: it is tried again at once.
    for place in (tmp_path / "abgezogen", stick):
        next(path for path in (stick, tmp_path / "abgezogen") if path.exists()).rename(place)
        desk.backups.look()
        quiet(qtbot, desk)
    assert recorded(desk)[3:] == ["backup", "backup_failed"]


def test_that_a_second_place_gets_a_copy_as_soon_as_it_is_there_and_nobody_is_disturbed_before(
    small_desk, qtbot, tmp_path
) -> None:
    desk, stick = small_desk, tmp_path / "stick"
    stick.mkdir()
    choose_second(desk.vault.folder, stick)
    stick.rename(tmp_path / "abgezogen")
    desk.settings = Settings(backup_folder=str(stick))
    said = []
    desk.backups.troubled.connect(said.append)
    desk.backups.back_up(lambda _: None, said.append)
    quiet(qtbot, desk)
    assert not stick.exists()
    assert "noch nie" in desk.backups.reminder
    (tmp_path / "abgezogen").rename(stick)
    desk.backups.look()
    quiet(qtbot, desk)
    assert len(list(stick.glob("*.bjcbackup"))) == 1
    assert desk.backups.reminder == ""
    assert said == []


def test_that_a_full_disk_is_said_once_and_remembered(small_desk, qtbot, monkeypatch) -> None:
    desk, said = small_desk, []
    desk.backups.troubled.connect(said.append)

    def full(*_: object, **__: object) -> None:
        raise DiskFullError("Der Datenträger ist voll.")

    monkeypatch.setattr(backing_up, "shelve", full)
    monkeypatch.setattr(desk.backups, "_next", 0.0)
    desk.backups.look()
    qtbot.waitUntil(lambda: bool(said), timeout=10_000)
    assert "voll" in said[0]
    assert "voll" in read_notes(own_folder(desk.vault.folder)).trouble


@pytest.fixture
def page(workspace, qtbot):
    """Return the page of the backups over the sample vault."""
    workspace.desk.check()
    workspace.open_page("backups")
    made = workspace.page("backups")
    workspace.desk.background.wait()
    return made


def test_that_the_page_backs_up_verifies_and_rehearses(page, qtbot) -> None:
    assert not page.empty.isHidden()
    qtbot.mouseClick(page.back_up_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Gesichert" in page.banner.text(), timeout=20_000)
    qtbot.waitUntil(lambda: len(page.table.rows_model.rows) == 1, timeout=10_000)
    row = page.table.rows_model.rows[0]
    assert [column.text(row) for column in page.table.rows_model.columns][1:3] == ["von Hand", "beim Tresor"]
    qtbot.mouseClick(page.rehearse_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "sechs Kennzahlen" in page.banner.text(), timeout=30_000)
    qtbot.waitUntil(lambda: page.rehearsal_chip.text() == "gelungen", timeout=10_000)
    content = bytearray(row.path.read_bytes())
    content[len(content) // 2] ^= 1
    row.path.write_bytes(content)
    qtbot.mouseClick(page.verify_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Beschädigt" in page.banner.text(), timeout=20_000)
    qtbot.waitUntil(lambda: "davon 1 beschädigt" in page.subtitle.text(), timeout=10_000)


def test_that_a_backup_is_restored_beside_and_one_goes_on_there(page, qtbot, tmp_path, workspace) -> None:
    shelve(page.desk.vault, BackupReason.BY_HAND, NOW)
    page.refresh()
    qtbot.waitUntil(lambda: len(page.table.rows_model.rows) == 1, timeout=10_000)
    page.restore(page.table.current(), tmp_path / "neu")
    qtbot.waitUntil(lambda: "Zurückgeholt" in page.banner.text(), timeout=20_000)
    with qtbot.waitSignal(workspace.vault_wanted) as caught:
        page.banner._buttons[0].click()
    assert caught.args == [tmp_path / "neu"]
    assert (tmp_path / "neu" / "vault.db").exists()


def test_that_only_the_administration_or_who_is_alone_decides_where_backups_go(page, desk, monkeypatch) -> None:
    assert page.may_decide
    roles = type(desk.vault.user)(desk.vault.user.id, desk.vault.user.name, frozenset({Role.JOB_COACH}))
    monkeypatch.setattr(desk.vault, "user", roles)
    assert page.may_decide
    slots = desk.vault.slots
    monkeypatch.setattr(
        desk.vault, "slots", slots.with_slot(type(slots.slots[0])("b" * 64, b"", slots.slots[0].private_key, b""))
    )
    assert not page.may_decide


def test_that_a_second_place_is_chosen_refused_and_dropped_on_the_page(page, qtbot, tmp_path) -> None:
    page.use_second(page.desk.vault.folder / "backups")
    qtbot.waitUntil(lambda: "Tresor selbst" in page.banner.text(), timeout=10_000)
    kept = []
    page.wanted.connect(lambda key, values: kept.append((key, values)))
    stick = tmp_path / "stick"
    stick.mkdir()
    page.use_second(stick)
    qtbot.waitUntil(lambda: bool(kept), timeout=10_000)
    page.drop_second()
    assert kept == [("keep_settings", {"backup_folder": str(stick)}), ("keep_settings", {"backup_folder": ""})]
    quiet(qtbot, page.desk)


def test_that_the_page_of_today_reminds_of_the_second_place_until_it_was_reached(workspace, desk) -> None:
    page = workspace.page("overview")
    desk.backups.reminder = "Auf dem zweiten Ziel wurde zuletzt vor 9 Tagen gesichert."
    desk.backups.changed.emit()
    assert "vor 9 Tagen" in page.banner.text()
    desk.backups.reminder = ""
    desk.backups.changed.emit()
    assert page.banner.text() == ""


# --- lock and close -------------------------------------------------------------------------------------------------------


@pytest.fixture
def open_frame(look, qtbot, tmp_path, vault_folder, template_vault, monkeypatch):
    """Yield the window over a small vault with one case, unlocked."""
    monkeypatch.setattr(frames, "user_data_path", lambda *_, **__: tmp_path / "data")
    vault = open_with_key(vault_folder, template_vault.secrets)
    add_case(vault)
    made = Frame(tmp_path / "config", Settings(vaults=(str(vault_folder),)))
    qtbot.addWidget(made)
    made.show()
    made._opened(vault)
    quiet(qtbot, made.workspace.desk)
    yield made
    monkeypatch.undo()
    made.close()
    made.close()


def test_that_locking_backs_up_what_changed_and_then_closes_the_vault(open_frame, vault_folder, template_vault, tmp_path) -> None:
    assert open_frame.lock() == ""
    backup = next(own_folder(vault_folder).glob("*_auto.bjcbackup"))
    assert open_frame.start.unlock_form.open_button.isEnabled()
    open_with_key(vault_folder, template_vault.secrets).close()
    restore(backup, tmp_path / "neu")
    with open_vault(tmp_path / "neu", PASSPHRASE, now=NOW) as restored, restored.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM coachees").scalar() == 1


def test_that_a_window_that_cannot_back_up_says_so_and_closes_all_the_same(
    open_frame, vault_folder, template_vault, monkeypatch, qtbot
) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskFullError("Der Datenträger ist voll.")

    monkeypatch.setattr(backing_up, "shelve", full)
    monkeypatch.setattr(frames, "_LAST_WORD_SECONDS", 60)
    open_frame.close()
    assert open_frame.isVisible()
    assert "nicht gelungen: Der Datenträger ist voll" in open_frame.start.unlock_form.banner.text()
    open_with_key(vault_folder, template_vault.secrets).close()
    open_frame.close()
    assert not open_frame.isVisible()


def test_that_a_last_backup_that_takes_too_long_is_stopped_and_leaves_nothing(
    open_frame, vault_folder, template_vault, monkeypatch
) -> None:
    def slow(vault, reason, now, *, contents, stopped) -> Path:
        while not stopped():
            time.sleep(0.01)
        return shelve(vault, reason, now, contents=contents, stopped=stopped)

    monkeypatch.setattr(backing_up, "shelve", slow)
    monkeypatch.setattr(frames, "_BACKUP_SECONDS", 0)
    assert "dauerte zu lange" in open_frame.lock()
    assert [path.name for path in own_folder(vault_folder).glob("*") if path.suffix != ".json"] == []
    open_with_key(vault_folder, template_vault.secrets).close()


# --- damage ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def damaged(sample_template, tmp_path, look, qtbot):
    """Yield the window's content over a vault that was backed up, changed, and then damaged in its middle."""
    from bjc_desktop.ui.workspace import Workspace

    folder = sample_template.copy_to(tmp_path / "tresor")
    vault = open_with_key(folder, sample_template.secrets)
    shelve(vault, BackupReason.AUTOMATIC, NOW - timedelta(days=1))
    add_case(vault, "Danach")
    vault.close()
    vault = open_with_key(folder, sample_template.secrets)
    with (folder / "vault.db").open("r+b") as file:
        file.seek((folder / "vault.db").stat().st_size // 2 // PAGE_BYTES * PAGE_BYTES)
        file.write(os.urandom(4 * PAGE_BYTES))
    desk = FixedDesk(vault, Background())
    made = Workspace(desk)
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show()
    made.begin()
    desk.check()
    qtbot.waitUntil(lambda: desk.damaged, timeout=10_000)
    yield made
    desk.background.wait()
    desk.close()


def test_that_damage_leads_to_the_last_good_backup_with_what_is_newer(damaged, qtbot) -> None:
    qtbot.waitUntil(lambda: "nur lesbar" in damaged.banner.text(), timeout=10_000)
    damaged.banner._buttons[0].click()
    box = damaged.page("backups").damage
    qtbot.waitUntil(lambda: box.restore_button.isEnabled(), timeout=20_000)
    assert "09.12.2025" in box.backup_text.text()
    assert "beschaedigt" in box.backup_text.text()
    assert "Konsultation angelegt" in [change.what for change in box.table.rows_model.rows]
    assert box.isVisible()
    qtbot.mouseClick(box.restore_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Zurückgeholt" in box.banner.text(), timeout=20_000)
    place = damaged.desk.vault.folder.with_name("tresor-wiederhergestellt")
    assert (place / "vault.db").exists()
    with qtbot.waitSignal(damaged.vault_wanted):
        box.banner._buttons[0].click()


def test_that_no_backup_is_made_of_a_damaged_vault_and_the_good_one_stays(damaged, qtbot, monkeypatch) -> None:
    desk = damaged.desk
    before = found(desk)
    monkeypatch.setattr(desk.backups, "_next", 0.0)
    desk.backups.look()
    done = []
    desk.backups.finish(done.append)
    desk.background.wait()
    assert done == [""]
    assert found(desk) == before == ["auto"]


def test_that_what_is_readable_is_saved_into_a_vault_beside(damaged, qtbot, sample_template) -> None:
    damaged.open_page("backups")
    box = damaged.page("backups").damage
    qtbot.waitUntil(lambda: box.salvage_button.isEnabled(), timeout=20_000)
    qtbot.mouseClick(box.salvage_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "gerettet" in box.banner.text(), timeout=60_000)
    place = damaged.desk.vault.folder.with_name("tresor-wiederhergestellt")
    with open_vault(place, PASSPHRASE, now=NOW) as saved, saved.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM coachings").scalar() > 50


def test_that_a_vault_that_does_not_open_offers_its_newest_good_backup(
    look, qtbot, tmp_path, vault_folder, template_vault, monkeypatch
) -> None:
    monkeypatch.setattr(frames, "user_data_path", lambda *_, **__: tmp_path / "data")
    with open_with_key(vault_folder, template_vault.secrets) as vault:
        add_case(vault)
        backup = shelve(vault, BackupReason.AUTOMATIC, NOW)
    (vault_folder / "vault.db").write_bytes(b"kaputt" * 1000)
    made = Frame(tmp_path / "config", Settings(vaults=(str(vault_folder),)))
    qtbot.addWidget(made)
    made.show()
    form = made.start.unlock_form
    form.passphrase.line.setText(PASSPHRASE)
    qtbot.keyClick(form.passphrase.line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "neueste gute Sicherung" in form.banner.text(), timeout=20_000)
    form.mend.emit()
    restoring = made.start.restore_form
    assert restoring.source.text() == str(backup)
    assert Path(restoring.folder.text()).name == "tresor-wiederhergestellt"
    made.start.show_choice()
    made.close()
