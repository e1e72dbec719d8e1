"""Backing up and restoring."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bjc_desktop.errors import NotFoundError, VaultDamagedError, VaultError, WrongPassphraseError
from bjc_desktop.vault import Vault, back_up, back_up_before, doctor, is_damaged, open_vault, restore, restoring
from bjc_desktop.vault import backup as making
from bjc_desktop.vault.driver import connect
from bjc_desktop.vault.erasure_registry import registry_file
from tests.conftest import NOW, PASSPHRASE
from tests.vault.cases import CANARY, NOTE, add_case, names_in
from tests.vault.syncs import unsynced_at_finish


@pytest.fixture
def backup(vault: Vault, tmp_path: Path) -> Path:
    """Make a backup of a vault with one case."""
    add_case(vault)
    return back_up(vault, tmp_path / "sicherungen", NOW)


def _rows(vault: Vault) -> dict[str, list[tuple[object, ...]]]:
    with vault.reading() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").scalars().all()
        return {table: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")] for table in tables}  # noqa: S608


def test_that_a_restored_backup_equals_the_vault(vault: Vault, backup: Path, tmp_path: Path) -> None:
    before = _rows(vault)
    assert restore(backup, tmp_path / "neu", PASSPHRASE) == backup
    with open_vault(tmp_path / "neu", PASSPHRASE, now=NOW) as restored:
        after = _rows(restored)
        added = after["change_records"][len(before["change_records"]) :]
        assert [row[5] for row in added] == ["restore", "unlock"]
        after["change_records"] = before["change_records"]
        assert {name: rows for name, rows in after.items() if name != "sqlite_sequence"} == {
            name: rows for name, rows in before.items() if name != "sqlite_sequence"
        }
    assert not is_damaged(doctor(tmp_path / "neu", PASSPHRASE, now=NOW))


def test_that_a_backup_is_one_stored_file_that_tells_nothing(vault: Vault, backup: Path) -> None:
    names = {f"BJC_Sicherung_{vault.id[:8]}_20251007-093000.bjcbackup", registry_file(backup.parent, vault.id).name}
    assert {path.name for path in backup.parent.iterdir()} == names
    content = backup.read_bytes()
    assert not [word for word in (CANARY, NOTE, "coachees") if word.encode() in content]
    with zipfile.ZipFile(backup) as archive:
        assert sorted(archive.namelist()) == ["backup.json", "slots.json", "vault.db"]
        assert json.loads(archive.read("backup.json"))["changes"]["count"] == 7


def test_that_two_backups_in_one_second_stay_apart(vault: Vault, backup: Path) -> None:
    assert back_up(vault, backup.parent, NOW).name.endswith("-2.bjcbackup")


def test_that_the_newest_undamaged_backup_of_a_folder_is_restored(vault: Vault, backup: Path, tmp_path: Path) -> None:
    add_case(vault, "Später")
    newer = back_up(vault, backup.parent, NOW + timedelta(hours=1))
    newest = back_up(vault, backup.parent, NOW + timedelta(hours=2))
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    newest.write_bytes(content)
    (backup.parent / "leer.bjcbackup").write_bytes(b"")
    assert restore(backup.parent, tmp_path / "neu") == newer
    with open_vault(tmp_path / "neu", PASSPHRASE, now=NOW) as restored:
        assert names_in(restored) == ["Später", CANARY]


def test_that_nothing_is_restored_over_a_vault(vault: Vault, backup: Path) -> None:
    with pytest.raises(VaultError, match="neuen Ordner"):
        restore(backup, vault.folder)


def test_that_a_missing_backup_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="gibt es nicht"):
        restore(tmp_path / "nirgends", tmp_path / "neu")
    with pytest.raises(NotFoundError, match="keine unbeschädigte Sicherung"):
        restore(tmp_path, tmp_path / "neu")


def test_that_a_wrong_passphrase_stops_a_restore_that_asked_for_one(backup: Path, tmp_path: Path) -> None:
    with pytest.raises(WrongPassphraseError):
        restore(backup, tmp_path / "neu", "falsche Passphrase")
    assert not (tmp_path / "neu").exists()


def _truncated(backup: Path) -> None:
    backup.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])


def _flipped(backup: Path) -> None:
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)


def _repacked(backup: Path, *, compress: bool = False, extra: str | None = None, without: str | None = None) -> None:
    with zipfile.ZipFile(backup) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != without}
    with zipfile.ZipFile(backup, "w", zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
        if extra is not None:
            archive.writestr(extra, b"x")


_DAMAGE: dict[str, Callable[[Path], object]] = {
    "truncated": _truncated,
    "flipped": _flipped,
    "no archive": lambda backup: backup.write_bytes(b"kein Archiv"),
    "compressed": lambda backup: _repacked(backup, compress=True),
    "with more": lambda backup: _repacked(backup, extra="mehr.txt"),
    "climbing out": lambda backup: _repacked(backup, extra="../../mehr.txt"),
    "with less": lambda backup: _repacked(backup, without="slots.json"),
}


@pytest.mark.parametrize("damage", _DAMAGE)
def test_that_a_broken_backup_is_refused_and_leaves_nothing(backup: Path, tmp_path: Path, damage: str) -> None:
    _DAMAGE[damage](backup)
    before = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(VaultDamagedError, match="Sicherung ist beschädigt"):
        restore(backup, tmp_path / "neu")
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_that_a_damaged_vault_is_not_backed_up(vault: Vault, tmp_path: Path) -> None:
    add_case(vault)
    with closing(connect(vault.database, vault.secrets.cipher_key)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    content = bytearray(vault.database.read_bytes())
    content[-100] ^= 1
    vault.database.write_bytes(content)
    with pytest.raises(VaultDamagedError):
        back_up(vault, tmp_path / "sicherungen", NOW)
    assert not list((tmp_path / "sicherungen").iterdir())
    vault.abandon()


def test_that_a_backup_restores_where_the_vault_does_not_open_any_more(vault: Vault, backup: Path, tmp_path: Path) -> None:
    vault.close()
    shutil.rmtree(vault.folder)
    restore(backup, vault.folder)
    with open_vault(vault.folder, PASSPHRASE, now=NOW) as again:
        assert names_in(again) == [CANARY]
    assert not (tmp_path / "tresor" / "restored").exists()


def test_that_an_empty_vault_is_not_backed_up_before_an_import_and_a_filled_one_is(vault: Vault) -> None:
    assert back_up_before(vault, "import", NOW) is None
    add_case(vault)
    for hours in range(14):
        path = back_up_before(vault, "import", NOW + timedelta(hours=hours))
    assert path is not None
    assert path.name.endswith("_import.bjcbackup")
    assert len(list((vault.folder / "backups").glob("*.bjcbackup"))) == 12


def _spoilt(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("part", range(1, 8))
def test_that_a_copy_that_is_not_what_was_read_becomes_no_backup(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: int
) -> None:
    add_case(vault)
    honest = making.copy_into

    def spoil(connection: object, path: Path, stopped: object) -> None:
        honest(connection, path, stopped)  # type: ignore[arg-type]
        _spoilt(path, path.stat().st_size * part // 8)

    monkeypatch.setattr(making, "copy_into", spoil)
    with pytest.raises(VaultDamagedError):
        back_up(vault, tmp_path / "sicherungen", NOW)
    assert list((tmp_path / "sicherungen").iterdir()) == []


def test_that_a_packed_backup_is_read_back_before_it_gets_its_name(
    vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = making._pack

    def spoil(packed: Path, *arguments: object) -> None:
        honest(packed, *arguments)  # type: ignore[arg-type]
        _spoilt(packed, packed.stat().st_size // 2)

    monkeypatch.setattr(making, "_pack", spoil)
    with pytest.raises(VaultDamagedError):
        back_up(vault, tmp_path / "sicherungen", NOW)
    assert list((tmp_path / "sicherungen").iterdir()) == []


def test_that_a_record_that_does_not_hold_the_anchor_becomes_no_backup(vault: Vault, tmp_path: Path) -> None:
    add_case(vault)
    vault.anchor_changes()
    other = replace(vault.slots, anchor=replace(vault.slots.anchor, head=bytes(32)))
    with pytest.raises(VaultDamagedError):
        making.write_backup(making.BackupSource(vault.folder, other, vault.secrets), tmp_path / "sicherungen", NOW)
    assert list((tmp_path / "sicherungen").iterdir()) == []


def test_that_everything_of_a_restored_vault_is_on_the_disk_before_it_has_its_name(
    vault: Vault, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = unsynced_at_finish(monkeypatch, restoring)
    restore(backup, tmp_path / "neu")
    assert missing == []


def test_that_a_database_that_does_not_belong_to_its_slot_file_is_refused_although_all_hashes_fit(
    backup: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    database = bytes(16) + members["vault.db"][16:]
    description = json.loads(members["backup.json"])
    description["files"]["vault.db"]["sha256"] = hashlib.sha256(database).hexdigest()
    with zipfile.ZipFile(tmp_path / "anders.bjcbackup", "w") as archive:
        for name, content in {**members, "vault.db": database, "backup.json": json.dumps(description).encode()}.items():
            archive.writestr(name, content)
    with pytest.raises(VaultDamagedError):
        restore(tmp_path / "anders.bjcbackup", tmp_path / "neu")
    assert not (tmp_path / "neu").exists()
