"""What is readable of a damaged vault is saved; the damaged files stay as they are."""

import hashlib
import random
import shutil
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest

from bjc_desktop.errors import VaultDamagedError, VaultError
from bjc_desktop.models import Coachee
from bjc_desktop.services.audit_trail import AuditFilter, read_audit
from bjc_desktop.vault import SalvageReport, Vault, doctor, is_damaged, open_vault, salvage
from bjc_desktop.vault.driver import connect
from bjc_desktop.vault.salvage import keep_aside
from tests.conftest import NOW, PASSPHRASE
from tests.vault.cases import CANARY, NOTE, add_case, names_in
from tests.vault.syncs import unsynced_at_finish

PAGE = 4096


@pytest.fixture
def filled(vault: Vault) -> Path:
    """Return the folder of a closed vault with one case and 400 more coachees."""
    add_case(vault)
    with vault.writing(now=NOW) as session:
        session.add_all(Coachee(case_number=str(number), family_name=f"N{number:03d}" + "x" * 300) for number in range(400))
    vault.close()
    return vault.folder


def _pages_of(vault: Vault, table: str) -> list[int]:
    """Return pages of the file that hold rows of *table*: those whose loss makes the table unreadable."""
    content = vault.database.read_bytes()
    found = []
    for page in range(1, len(content) // PAGE):
        changed = bytearray(content)
        changed[page * PAGE + 99] ^= 1
        copy = vault.folder / "probe.db"
        copy.write_bytes(changed)
        with suppress(VaultDamagedError), closing(connect(copy, vault.secrets.cipher_key, journal=False)) as connection:
            try:
                connection.execute(f"SELECT sum(length(family_name)) FROM {table} NOT INDEXED").fetchall()  # noqa: S608
            except Exception:  # noqa: BLE001 - of the driver
                found.append(page)
        copy.unlink()
    return found


def _flip(path: Path, pages: list[int]) -> None:
    content = bytearray(path.read_bytes())
    for page in pages:
        content[page * PAGE + 99] ^= 1
    path.write_bytes(content)


def _rescued(folder: Path, target: Path) -> tuple[SalvageReport, list[str]]:
    report = salvage(folder, target, PASSPHRASE, now=NOW)
    assert not is_damaged(doctor(target, PASSPHRASE, now=NOW))
    with open_vault(target, PASSPHRASE, now=NOW) as saved, saved.reading() as connection:
        assert "Aus einem beschädigten Tresor gerettet" in [
            row.text for row in read_audit(connection, AuditFilter(kind="vault"), today=NOW.date()).rows
        ]
        actions = connection.exec_driver_sql("SELECT action FROM change_records ORDER BY id").scalars().all()
        assert "salvage" in actions
        found = connection.exec_driver_sql("SELECT count(*) FROM coachee_keys").scalar()
        names = names_in(saved)
        assert found == len(names)
    return report, names


def test_that_everything_is_saved_of_a_vault_that_is_whole(filled: Path, tmp_path: Path) -> None:
    report, names = _rescued(filled, tmp_path / "neu")
    assert (report.lost, report.dangling) == (0, 0)
    assert len(names) == 401
    with open_vault(tmp_path / "neu", PASSPHRASE, now=NOW) as saved, saved.reading() as connection:
        row = connection.exec_driver_sql("SELECT id, note FROM consultations").one()
        assert saved.notes is not None
        assert saved.notes.decrypt(row.id, row.note) == NOTE


def test_that_all_but_the_rows_of_the_damaged_pages_are_saved(vault: Vault, filled: Path, tmp_path: Path) -> None:
    pages = _pages_of(vault, "coachees")
    leaves = pages[len(pages) // 2 : len(pages) // 2 + 2]
    _flip(filled / "vault.db", leaves)
    before = hashlib.sha256((filled / "vault.db").read_bytes()).digest()
    with pytest.raises(VaultDamagedError):
        open_vault(filled, PASSPHRASE, now=NOW)
    report, names = _rescued(filled, tmp_path / "neu")
    coachees = next(table for table in report.tables if table.table == "coachees")
    assert 0 < coachees.lost <= 40
    assert coachees.saved + coachees.lost == 401
    assert len(names) == coachees.saved
    assert hashlib.sha256((filled / "vault.db").read_bytes()).digest() == before


def test_that_rows_whose_parent_is_lost_are_left_out_and_counted(vault: Vault, filled: Path, tmp_path: Path) -> None:
    _flip(filled / "vault.db", _pages_of(vault, "coachees")[1:2])
    report, names = _rescued(filled, tmp_path / "neu")
    dangling = {table.table: table.dangling for table in report.tables if table.dangling}
    assert (CANARY in names) == ("coachings" not in dangling)
    assert set(dangling) <= {"coachings", "consultations"}


@pytest.mark.parametrize("seed", range(4))
def test_that_a_vault_damaged_anywhere_is_saved_or_refused_and_never_half(filled: Path, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - the same damage every time
    size = (filled / "vault.db").stat().st_size
    _flip(filled / "vault.db", dice.sample(range(size // PAGE), 6))
    try:
        _, names = _rescued(filled, tmp_path / "neu")
    except VaultDamagedError:
        assert not (tmp_path / "neu").exists()
        assert not list(tmp_path.glob(".neu*"))
    else:
        assert names


def test_that_the_beginning_of_a_truncated_vault_is_saved(filled: Path, tmp_path: Path) -> None:
    path = filled / "vault.db"
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.35)])
    try:
        report, _ = _rescued(filled, tmp_path / "neu")
        assert report.lost > 0
    except VaultDamagedError:
        assert not (tmp_path / "neu").exists()


def test_that_a_damaged_salt_in_the_header_loses_nothing(filled: Path, tmp_path: Path) -> None:
    content = bytearray((filled / "vault.db").read_bytes())
    content[3] ^= 1
    (filled / "vault.db").write_bytes(content)
    report, names = _rescued(filled, tmp_path / "neu")
    assert report.lost == 0
    assert len(names) == 401


def test_that_the_mirror_of_a_damaged_slot_file_serves(filled: Path, tmp_path: Path) -> None:
    (filled / "slots.json").write_bytes(b"{}")
    assert _rescued(filled, tmp_path / "neu")[0].lost == 0


def test_that_a_vault_without_its_first_page_is_refused_with_what_to_do(filled: Path, tmp_path: Path) -> None:
    _flip(filled / "vault.db", [0])
    with pytest.raises(VaultDamagedError, match="letzte Sicherung"):
        salvage(filled, tmp_path / "neu", PASSPHRASE, now=NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tresor"]


def test_that_nothing_is_saved_over_something(filled: Path) -> None:
    with pytest.raises(VaultError, match="neuen Ordner"):
        salvage(filled, filled, PASSPHRASE, now=NOW)


def test_that_damaged_files_are_kept_once_and_never_overwritten(filled: Path) -> None:
    _flip(filled / "vault.db", [20])
    first = keep_aside(filled)
    assert (first / "vault.db").read_bytes() == (filled / "vault.db").read_bytes()
    assert keep_aside(filled) == first
    _flip(filled / "vault.db", [21])
    assert keep_aside(filled) != first
    assert len(list((filled / "beschaedigt").iterdir())) == 2


def test_that_everything_that_was_saved_is_on_the_disk_before_it_has_its_name(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = unsynced_at_finish(monkeypatch, sys.modules[keep_aside.__module__])
    keep_aside(filled)
    salvage(filled, tmp_path / "neu", PASSPHRASE, now=NOW)
    assert missing == []


def test_that_what_stands_in_the_log_only_is_saved_and_no_file_of_the_vault_is_touched(vault: Vault, tmp_path: Path) -> None:
    add_case(vault)
    folder = Path(shutil.copytree(vault.folder, tmp_path / "abgestürzt"))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert before["vault.db-wal"]
    _, names = _rescued(folder, tmp_path / "neu")
    assert names == [CANARY]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("lost", ["DELETE FROM vault_facts WHERE key = 'signing_key'", "DELETE FROM users"])
def test_that_a_vault_without_its_keys_or_users_is_refused_with_what_to_do(
    vault: Vault, filled: Path, tmp_path: Path, lost: str
) -> None:
    with closing(connect(filled / "vault.db", vault.secrets.cipher_key, foreign_keys=False)) as connection:
        connection.execute(lost)
        connection.commit()
    with pytest.raises(VaultDamagedError, match="letzte Sicherung"):
        salvage(filled, tmp_path / "neu", PASSPHRASE, now=NOW)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tresor"]
