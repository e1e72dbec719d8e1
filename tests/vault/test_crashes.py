"""Kills in the middle, and a full disk: what was committed is there, and the vault opens."""

import pickle
import sys
from pathlib import Path

import pytest

from bjc_desktop.errors import VaultDamagedError
from bjc_desktop.models import Coachee
from bjc_desktop.vault import Vault, add_user, back_up, doctor, is_damaged, open_vault, open_with_key, restore
from bjc_desktop.vault.driver import CipherKey, change_key
from bjc_desktop.vault.rotation import rotate_data_key
from bjc_desktop.vocabulary import Role
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE, TemplateVault
from tests.vault.cases import CANARY, add_case, kill_after, names_in, start

_OPEN = """
import datetime, pathlib, pickle, sys
from bjc_desktop.models import Coachee
from bjc_desktop.vault import back_up, open_with_key
from bjc_desktop.vault.rotation import rotate_data_key
folder, now = pathlib.Path(sys.argv[1]), datetime.datetime.now(datetime.UTC)
vault = open_with_key(folder, pickle.loads(bytes.fromhex(sys.argv[2])))
print("ready", flush=True)
"""


def _secrets(template: TemplateVault) -> str:
    return pickle.dumps(template.secrets).hex()


def _sound(folder: Path) -> None:
    assert not is_damaged(doctor(folder, PASSPHRASE, now=NOW))


@pytest.mark.parametrize("milliseconds", [15, 40, 70, 110])
def test_that_what_was_committed_survives_a_kill(vault_folder: Path, template_vault: TemplateVault, milliseconds: int) -> None:
    code = """
done = (folder / "done").open("a")
for number in range(10_000):
    with vault.writing() as session:
        session.add_all(Coachee(case_number=str(number), family_name="x" * 300) for _ in range(10))
    done.write("x")
    done.flush()
"""
    kill_after(start(_OPEN + code, vault_folder, _secrets(template_vault)), milliseconds / 1000)
    done = (vault_folder / "done").stat().st_size
    with open_vault(vault_folder, PASSPHRASE, now=NOW) as vault:
        assert len(names_in(vault)) in {done * 10, done * 10 + 10}
    _sound(vault_folder)


@pytest.mark.parametrize("milliseconds", [5, 20, 45, 80])
def test_that_a_kill_while_backing_up_leaves_whole_backups_only(
    vault_folder: Path, template_vault: TemplateVault, tmp_path: Path, milliseconds: int
) -> None:
    with open_with_key(vault_folder, template_vault.secrets) as vault:
        add_case(vault)
    code = "while True: back_up(vault, pathlib.Path(sys.argv[3]), now)"
    kill_after(start(_OPEN + code, vault_folder, _secrets(template_vault), tmp_path / "sicherungen"), milliseconds / 1000)
    for number, backup in enumerate((tmp_path / "sicherungen").glob("*.bjcbackup")):
        if number < 2:
            restore(backup, tmp_path / f"neu{number}", PASSPHRASE)
    with open_vault(vault_folder, PASSPHRASE, now=NOW) as vault:
        back_up(vault, tmp_path / "sicherungen", NOW)
    assert not list((tmp_path / "sicherungen").glob(".*"))


@pytest.mark.parametrize("milliseconds", [3, 25, 60])
def test_that_a_kill_while_changing_the_key_leaves_a_vault_that_opens(
    vault_folder: Path, template_vault: TemplateVault, milliseconds: int
) -> None:
    with open_with_key(vault_folder, template_vault.secrets) as vault, vault.writing() as session:
        session.add_all(Coachee(case_number=str(number), family_name="x" * 500) for number in range(2000))
    code = "while True: rotate_data_key(vault, {vault.secrets.owner})"
    kill_after(start(_OPEN + code, vault_folder, _secrets(template_vault)), milliseconds / 1000)
    with open_vault(vault_folder, PASSPHRASE, now=NOW) as vault:
        assert len(names_in(vault)) == 2000
    _sound(vault_folder)
    with open_vault(vault_folder, template_vault.recovery_code, now=NOW) as vault:
        assert len(names_in(vault)) == 2000


@pytest.mark.parametrize("stage", ["before the database", "after the database", "before the slots"])
def test_that_an_interrupted_removal_is_finished_at_the_next_opening(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    add_case(vault)
    add_user(vault, "Coach", "zweite Passphrase", [Role.JOB_COACH], NOW, kdf=CHEAP_KDF)
    before = vault.secrets.data_key
    with vault.writing() as session:
        session.connection().exec_driver_sql(
            "UPDATE users SET removed_at = '2025-10-07 00:00:00', note_keys = NULL WHERE name = 'Coach'"
        )
    if stage != "before the slots":
        _interrupt_rotation(vault, monkeypatch, after_the_database=stage == "after the database")
    vault.abandon()
    monkeypatch.undo()
    with open_vault(vault.folder, PASSPHRASE, user="pruefung", now=NOW) as again:
        assert names_in(again) == [CANARY]
        assert again.secrets.data_key != before
        assert len(again.slots.user_slots) == 1
    _sound(vault.folder)


def _interrupt_rotation(vault: Vault, monkeypatch: pytest.MonkeyPatch, *, after_the_database: bool) -> None:
    from bjc_desktop.vault import rotation  # noqa: PLC0415

    def stop(path: Path, old: CipherKey, new: CipherKey) -> None:
        if after_the_database:
            change_key(path, old, new)
        raise KeyboardInterrupt

    monkeypatch.setattr(rotation, "change_key", stop)
    with pytest.raises(KeyboardInterrupt):
        rotate_data_key(vault, {vault.secrets.owner})


@pytest.mark.parametrize("milliseconds", [2, 10, 25])
def test_that_a_kill_while_migrating_leaves_the_old_or_the_new_schema(
    vault_folder: Path, template_vault: TemplateVault, tmp_path: Path, milliseconds: int
) -> None:
    from tests.vault.test_schema import _REBUILD, _counts, _scripts  # noqa: PLC0415

    with open_with_key(vault_folder, template_vault.secrets) as vault:
        with vault.writing() as session:
            session.add_all(Coachee(case_number=str(number), family_name="x" * 500) for number in range(2000))
        before = _counts(vault)
    code = """
vault.close()
from bjc_desktop.vault.schema import migrate
migrate(vault.database, vault.secrets.cipher_key, scripts=pathlib.Path(sys.argv[3]))
"""
    scripts = _scripts(tmp_path, _REBUILD)
    process = start(_OPEN + code.replace("migrate(vault", "print('ready', flush=True); migrate(vault"), vault_folder,
                    _secrets(template_vault), scripts)  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    kill_after(process, milliseconds / 1000)
    revision, counts, columns = _counts(vault)
    assert counts == before[1]
    assert (revision == "9999") == ("nickname" in columns)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files")
def test_that_a_full_disk_changes_nothing_and_says_so(vault_folder: Path, template_vault: TemplateVault) -> None:
    code = """
import resource
from bjc_desktop.errors import DiskFullError
with vault.writing() as session:
    session.add(Coachee(case_number="1", family_name="erste"))
resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, resource.RLIM_INFINITY))
try:
    with vault.writing() as session:
        for number in range(2_000):
            session.add(Coachee(case_number=str(number), family_name="x" * 3000))
            if number % 50 == 0:
                session.flush()
except DiskFullError as error:
    print(error)
with vault.reading() as connection:
    print(connection.exec_driver_sql("SELECT count(*) FROM coachees").scalar(), (folder / "ballast").exists())
try:
    back_up(vault, folder / "sicherungen", now)
except DiskFullError as error:
    print("backup", error)
print(list((folder / "sicherungen").iterdir()) if (folder / "sicherungen").exists() else [])
vault.close()
"""
    said, complaints = start(_OPEN + code, vault_folder, _secrets(template_vault)).communicate()
    lines = said.splitlines()
    assert lines[1].startswith("Der Datenträger ist voll oder nicht beschreibbar."), complaints
    assert lines[2] == "1 False"
    assert not complaints
    with open_vault(vault_folder, PASSPHRASE, now=NOW) as vault:
        assert names_in(vault) == ["erste"]
    _sound(vault_folder)


def test_that_a_kill_while_creating_leaves_no_half_vault(tmp_path: Path) -> None:
    code = """
import datetime, pathlib, sys
from bjc_desktop.vault import KdfParameters, create_vault
print("ready", flush=True)
create_vault(pathlib.Path(sys.argv[1]), "a", "lange Passphrase", now=datetime.datetime.now(datetime.UTC),
             kdf=KdfParameters(1, 65536, 1))
"""
    for milliseconds in (20, 120, 220):
        folder = tmp_path / f"neu{milliseconds}"
        kill_after(start(code, folder), milliseconds / 1000)
        if folder.exists():
            open_vault(folder, "lange Passphrase", now=NOW).close()


def test_that_damage_found_by_the_doctor_is_reported_and_not_raised(vault_folder: Path) -> None:
    content = bytearray((vault_folder / "vault.db").read_bytes())
    content[5000] ^= 1
    (vault_folder / "vault.db").write_bytes(content)
    assert is_damaged(doctor(vault_folder, PASSPHRASE, now=NOW))
    assert (vault_folder / "vault.db").read_bytes() == bytes(content)
    with pytest.raises(VaultDamagedError):
        open_vault(vault_folder, PASSPHRASE, now=NOW)
