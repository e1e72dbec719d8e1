"""Backups in the vault's own folder and in a second place: made when something changed, copied, verified, forgotten."""

import errno
import os
import shutil
import time
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from bjc_desktop.errors import InvalidInputError, StoppedError, VaultDamagedError
from bjc_desktop.models import Coachee
from bjc_desktop.vault import Vault, back_up, back_up_before, backup_shelf, open_vault, restore
from bjc_desktop.vault.backup_files import BackupReason, check_backup, read_backup
from bjc_desktop.vault.backup_notes import BackupNotes, Check, read_notes
from bjc_desktop.vault.backup_shelf import (
    Place,
    choose_second,
    copy_to_second,
    is_changed,
    is_reachable,
    missing_in_second,
    newest_good,
    own_folder,
    reminder,
    shelve,
    shelved,
    verify,
)
from tests.conftest import NOW, PASSPHRASE
from tests.vault.cases import CANARY, add_case, names_in

AUTO = BackupReason.AUTOMATIC


@pytest.fixture
def second(vault: Vault, tmp_path: Path) -> Path:
    """Return a second place that was chosen for the vault."""
    folder = tmp_path / "stick"
    folder.mkdir()
    choose_second(vault.folder, folder)
    return folder


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_that_a_backup_is_due_only_when_something_changed_since_the_last(vault: Vault) -> None:
    add_case(vault)
    assert is_changed(vault)
    shelve(vault, AUTO, NOW)
    assert not is_changed(vault)
    vault.close()
    with open_vault(vault.folder, PASSPHRASE, now=NOW) as again:
        assert not is_changed(again)
        add_case(again, "Neu")
        assert is_changed(again)


def test_that_a_backup_says_why_and_when_it_was_made_and_that_it_was_verified(vault: Vault) -> None:
    add_case(vault)
    shelve(vault, AUTO, NOW)
    back_up_before(vault, "import", NOW + timedelta(hours=1))
    found = shelved(vault.folder, vault.id, None)
    assert [(backup.reason, backup.created) for backup in found] == [
        (BackupReason.IMPORT, NOW + timedelta(hours=1)),
        (AUTO, NOW),
    ]
    assert found[1].check is not None
    assert found[1].check.good
    assert found[1].size == found[1].path.stat().st_size


def test_that_the_rotation_forgets_neither_what_was_made_before_an_import_nor_by_command(vault: Vault) -> None:
    add_case(vault)
    back_up_before(vault, "import", NOW - timedelta(days=300))
    back_up(vault, own_folder(vault.folder), NOW - timedelta(days=300))
    for hours in range(5):
        shelve(vault, AUTO, NOW + timedelta(minutes=10 * hours))
    reasons = [backup.reason for backup in shelved(vault.folder, vault.id, None)]
    assert sorted(reasons) == sorted([AUTO, BackupReason.IMPORT, BackupReason.COMMAND])


def test_that_no_backup_is_forgotten_when_a_new_one_could_not_be_made(vault: Vault) -> None:
    add_case(vault)
    first = shelve(vault, AUTO, NOW)
    second = shelve(vault, AUTO, NOW + timedelta(days=1))
    with pytest.raises(StoppedError):
        shelve(vault, AUTO, NOW + timedelta(days=400), stopped=lambda: True)
    assert {backup.path for backup in shelved(vault.folder, vault.id, None)} == {first, second}
    assert not list(own_folder(vault.folder).glob(".*"))


def test_that_a_damaged_backup_is_named_not_counted_and_not_deleted(vault: Vault) -> None:
    add_case(vault)
    good = shelve(vault, AUTO, NOW)
    bad = shelve(vault, AUTO, NOW + timedelta(days=1))
    _flip(bad)
    assert verify(vault.folder, [good, bad], NOW) == {good: True, bad: False}
    assert [backup.good for backup in shelved(vault.folder, vault.id, None)] == [False, True]
    assert is_changed(vault) is False
    shelve(vault, AUTO, NOW + timedelta(days=1, hours=1))
    assert bad.exists()
    assert good.exists()


def test_that_a_copy_in_the_second_place_restores_and_is_made_once(vault: Vault, second: Path, tmp_path: Path) -> None:
    add_case(vault)
    path = shelve(vault, AUTO, NOW)
    assert missing_in_second(vault.folder, vault.id, second) == path
    copy = copy_to_second(vault, path, second, NOW)
    assert missing_in_second(vault.folder, vault.id, second) is None
    assert [backup.place for backup in shelved(vault.folder, vault.id, second)] == [Place.OWN, Place.SECOND]
    vault.close()
    shutil.rmtree(vault.folder)
    restore(second, tmp_path / "neu")
    with open_vault(tmp_path / "neu", PASSPHRASE, now=NOW) as restored:
        assert names_in(restored) == [CANARY]
    assert read_backup(copy).created == NOW


@pytest.mark.parametrize("trouble", ["taken away", "full"])
def test_that_a_second_place_that_fails_in_the_middle_holds_no_half_file(
    vault: Vault, second: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    add_case(vault)
    path = shelve(vault, AUTO, NOW)

    def fail(*_: object) -> None:
        if trouble == "taken away":
            shutil.rmtree(second)
        raise OSError(errno.EIO if trouble == "taken away" else errno.ENOSPC, "")

    monkeypatch.setattr(backup_shelf, "check_backup", fail)
    with pytest.raises(Exception, match=r".*"):
        copy_to_second(vault, path, second, NOW)
    assert not second.exists() or [found.name for found in second.iterdir()] == [backup_shelf.MARKER]
    assert read_notes(own_folder(vault.folder)).copied is None


def test_that_an_empty_mount_point_is_not_taken_for_the_missing_stick(vault: Vault, second: Path) -> None:
    assert is_reachable(second)
    (second / backup_shelf.MARKER).unlink()
    assert not is_reachable(second)
    assert not is_reachable(second / "fehlt")


def test_that_the_second_place_is_outside_the_vault_and_can_be_written(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="Tresor selbst"):
        choose_second(vault.folder, own_folder(vault.folder))
    with pytest.raises(InvalidInputError, match="nicht schreiben"):
        choose_second(vault.folder, tmp_path / "fehlt")


def test_that_a_reminder_comes_a_week_after_the_last_copy_where_there_is_something_new(vault: Vault, second: Path) -> None:
    add_case(vault)
    path = shelve(vault, AUTO, NOW)
    assert "noch nie" in reminder(vault.folder, vault.id, second, NOW)
    copy_to_second(vault, path, second, NOW)
    later = NOW + timedelta(days=8)
    assert reminder(vault.folder, vault.id, second, later) == ""
    shelve(vault, AUTO, later - timedelta(hours=1))
    assert reminder(vault.folder, vault.id, second, NOW + timedelta(days=6)) == ""
    assert "vor 8 Tagen" in reminder(vault.folder, vault.id, second, later)
    assert reminder(vault.folder, vault.id, None, later) == ""


def test_that_the_newest_good_backup_is_found_without_a_passphrase(vault: Vault, second: Path) -> None:
    add_case(vault)
    good = shelve(vault, AUTO, NOW)
    _flip(shelve(vault, AUTO, NOW + timedelta(days=1)))
    copy_to_second(vault, good, second, NOW)
    found = newest_good(vault.folder, second, vault.id)
    assert found is not None
    assert found.path.name == good.name
    shutil.rmtree(own_folder(vault.folder))
    found = newest_good(vault.folder, second, vault.id)
    assert found is not None
    assert found.path.parent == second
    assert newest_good(vault.folder, None, None) is None


def test_that_a_passphrase_changed_while_a_backup_anchors_is_kept(vault: Vault) -> None:
    add_case(vault)
    before = vault.slots
    vault.anchor_changes()
    assert vault.slots.slots == before.slots
    assert vault.slots.anchor.count > before.anchor.count


def test_that_writing_while_a_backup_is_made_is_no_damage(vault: Vault, tmp_path: Path) -> None:
    def write() -> None:
        for number in range(12):
            with vault.writing() as session:
                session.add_all(Coachee(case_number=f"{number}-{part}", family_name="x" * 2000) for part in range(40))
            time.sleep(0.02)

    writer = Thread(target=write)
    writer.start()
    made = [back_up(vault, tmp_path / str(number), NOW) for number in range(3)]
    writer.join()
    for path in made:
        check_backup(path)


def test_that_a_vault_that_is_damaged_keeps_its_good_backups(vault: Vault) -> None:
    add_case(vault)
    good = shelve(vault, AUTO, NOW)
    vault.anchor_changes()
    content = bytearray(vault.database.read_bytes())
    content[len(content) // 2] ^= 1
    vault.engine.dispose()
    vault.database.write_bytes(content)
    with pytest.raises(VaultDamagedError):
        shelve(vault, AUTO, NOW + timedelta(days=1))
    check_backup(good)
    vault.abandon()


def test_that_a_copy_is_on_the_medium_before_it_is_read_back(vault: Vault, second: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_case(vault)
    path, done, sync, check = shelve(vault, AUTO, NOW), [], os.fsync, backup_shelf.check_backup

    def synced(descriptor: int) -> None:
        sync(descriptor)
        done.append(os.fstat(descriptor).st_ino)

    def checked(part: Path, stopped: object) -> None:
        assert part.stat().st_ino in done
        check(part, stopped)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(backup_shelf, "check_backup", checked)
    assert copy_to_second(vault, path, second, NOW).exists()


def test_that_what_is_noted_of_a_file_of_another_size_says_nothing(tmp_path: Path) -> None:
    notes = BackupNotes().checked(tmp_path / "a", Check(NOW, 5, good=True))
    assert notes.check_of(tmp_path / "a", 5) is not None
    assert notes.check_of(tmp_path / "a", 6) is None
