"""Creating and opening a vault, and what is refused."""

import json
import os
import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bjc_desktop.errors import (
    BjcError,
    InvalidInputError,
    NewerVaultError,
    NotFoundError,
    VaultDamagedError,
    VaultError,
    VaultInUseError,
    WrongPassphraseError,
)
from bjc_desktop.vault import Vault, create_vault, doctor, is_damaged, open_vault, open_with_key
from bjc_desktop.vault.driver import connect
from bjc_desktop.vault.slots import MIRROR, SLOTS
from bjc_desktop.vocabulary import Role
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE, USER, TemplateVault
from tests.vault.cases import CANARY, NOTE, add_case, names_in, start


def _open(folder: Path, passphrase: str = PASSPHRASE, user: str | None = None) -> Vault:
    return open_vault(folder, passphrase, user=user, now=NOW)


def _actions(vault: Vault) -> list[str]:
    with vault.reading() as connection:
        return list(connection.exec_driver_sql("SELECT action FROM change_records ORDER BY id").scalars())


def test_that_the_first_user_has_all_roles_and_reads_notes(vault_folder: Path) -> None:
    with _open(vault_folder, user=USER.upper()) as vault:
        assert vault.user.name == USER
        assert vault.user.roles == frozenset(Role)
        assert vault.notes is not None
        assert not [warning for warning in vault.warnings if "Platz" not in warning]


def test_that_the_secrets_are_there_from_the_beginning(vault: Vault) -> None:
    assert vault.fact("vault_id").decode() == vault.id
    assert {len(vault.fact(name)) for name in ("chain_key", "signing_key", "pseudonym_key")} == {32}
    with pytest.raises(NotFoundError):
        vault.fact("unknown")


@pytest.mark.parametrize("user", [None, USER, "niemand"])
def test_that_a_wrong_passphrase_is_refused_in_the_same_words_for_every_name(vault_folder: Path, user: str | None) -> None:
    passphrase = PASSPHRASE if user == "niemand" else "falsche Passphrase"
    with pytest.raises(WrongPassphraseError, match="Name oder Passphrase stimmt nicht"):
        _open(vault_folder, passphrase, user)


def test_that_failed_attempts_are_taken_into_the_change_record(vault_folder: Path) -> None:
    with pytest.raises(WrongPassphraseError):
        _open(vault_folder, "falsche Passphrase")
    with _open(vault_folder) as vault:
        assert _actions(vault) == ["create", "unlock_failed", "unlock"]


def test_that_the_recovery_code_opens_the_vault(vault_folder: Path, template_vault: TemplateVault) -> None:
    with _open(vault_folder, template_vault.recovery_code.lower()) as vault:
        assert vault.user.name == USER
        assert vault.notes is not None


def test_that_another_recovery_code_is_refused(vault_folder: Path) -> None:
    with pytest.raises(WrongPassphraseError):
        _open(vault_folder, "J0J918-1B1STV-PDQ577-YK82P9-F20XZJ-G840MX")


def test_that_a_folder_without_a_vault_is_named_as_such(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="Hier ist kein Tresor"):
        _open(tmp_path / "nirgends")


def test_that_a_missing_database_is_named_as_such(vault_folder: Path) -> None:
    (vault_folder / "vault.db").unlink()
    with pytest.raises(NotFoundError, match="Datenbank des Tresors fehlt"):
        _open(vault_folder)
    assert is_damaged(doctor(vault_folder, PASSPHRASE, now=NOW))


def test_that_a_missing_slot_file_is_named_as_such(vault_folder: Path) -> None:
    (vault_folder / SLOTS).unlink()
    (vault_folder / MIRROR).unlink()
    with pytest.raises(NotFoundError, match="Schlüsseldatei des Tresors fehlt"):
        _open(vault_folder)


def test_that_a_vault_is_not_created_over_something(tmp_path: Path) -> None:
    (tmp_path / "brief.txt").write_text("wichtig")
    with pytest.raises(VaultError, match="ist schon etwas"):
        create_vault(tmp_path, USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)


@pytest.mark.parametrize(("user", "passphrase"), [("", PASSPHRASE), ("  ", PASSPHRASE), ("a\nb", PASSPHRASE), (USER, "kurz")])
def test_that_a_vault_without_a_proper_name_or_passphrase_is_not_created(tmp_path: Path, user: str, passphrase: str) -> None:
    with pytest.raises(InvalidInputError):
        create_vault(tmp_path / "neu", user, passphrase, now=NOW, kdf=CHEAP_KDF)
    assert not list(tmp_path.iterdir())


def test_that_an_empty_folder_becomes_a_vault(tmp_path: Path) -> None:
    (tmp_path / "neu").mkdir()
    vault, _ = create_vault(tmp_path / "neu", USER, PASSPHRASE, now=NOW, kdf=CHEAP_KDF)
    vault.close()
    assert [path.name for path in tmp_path.iterdir()] == ["neu"]


def test_that_a_newer_vault_is_refused(vault_folder: Path, template_vault: TemplateVault) -> None:
    with closing(connect(vault_folder / "vault.db", template_vault.secrets.cipher_key)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(NewerVaultError, match="neueren Version"):
        _open(vault_folder)


def test_that_a_second_process_is_refused_and_told_who_has_the_vault(vault: Vault) -> None:
    code = """
        import sys, datetime, pathlib
        from bjc_desktop.vault import open_vault
        try:
            open_vault(pathlib.Path(sys.argv[1]), "egal was hier steht", now=datetime.datetime.now(datetime.UTC))
        except Exception as error:
            print(type(error).__name__, error)
    """
    said, _ = start(code, vault.folder).communicate()
    assert said.startswith("VaultInUseError Der Tresor ist gerade geöffnet (Rechner ")
    assert f"Prozess {os.getpid()}" in said


def test_that_a_second_opening_in_the_same_process_is_refused(vault: Vault, template_vault: TemplateVault) -> None:
    with pytest.raises(VaultInUseError):
        open_with_key(vault.folder, template_vault.secrets)


def test_that_the_lock_of_a_killed_process_does_not_stay(vault_folder: Path) -> None:
    code = """
        import os, sys, pathlib
        from bjc_desktop.vault.lock import VaultLock
        VaultLock(pathlib.Path(sys.argv[1])).acquire()
        os.kill(os.getpid(), 9)
    """
    start(code, vault_folder).communicate()
    _open(vault_folder).close()


def test_that_nobody_opens_a_vault_without_a_place_for_alembic() -> None:
    code = "import sys, bjc_desktop.vault; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603


@pytest.mark.parametrize("length", [0, 1, 15, 16, 100, 4095, 4096, 8192, 8193, 0.5, -4096, -1])
def test_that_a_truncated_database_is_refused(vault_folder: Path, length: float) -> None:
    database = vault_folder / "vault.db"
    content = database.read_bytes()
    size = int(len(content) * length) if 0 < length < 1 else int(length)
    database.write_bytes(content[:size])
    with pytest.raises(VaultDamagedError, match="bjc-desktop restore"):
        _open(vault_folder)
    assert is_damaged(doctor(vault_folder, PASSPHRASE, now=NOW))


@pytest.mark.parametrize("seed", range(25))
def test_that_a_flipped_bit_in_the_database_is_never_read_as_data(
    template_vault: TemplateVault, tmp_path: Path, seed: int
) -> None:
    folder = template_vault.copy_to(tmp_path / "tresor")
    with open_with_key(folder, template_vault.secrets) as vault:
        add_case(vault)
        with vault.reading() as connection:
            before = connection.exec_driver_sql("SELECT * FROM change_records").all()
    _flip(folder / "vault.db", random.Random(seed), first=0 if seed == 0 else 16)  # noqa: S311
    try:
        opened = _open(folder)
    except VaultDamagedError:
        return
    # Only the salt may be altered: it stands in the slot file as well.
    assert seed == 0
    with opened as vault, vault.reading() as connection:
        assert connection.exec_driver_sql("SELECT * FROM change_records").all()[: len(before)] == before
        assert names_in(vault) == [CANARY]


def _flip(path: Path, chance: random.Random, first: int = 0) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(first, 16 if first == 0 else len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


@pytest.mark.parametrize("seed", range(25))
def test_that_a_flipped_bit_in_the_slot_file_is_noticed(vault_folder: Path, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    content = bytearray((vault_folder / SLOTS).read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(7)
    for name in (SLOTS, MIRROR):
        (vault_folder / name).write_bytes(content)
    try:
        opened = _open(vault_folder)
    except BjcError as error:
        assert isinstance(error, VaultDamagedError | WrongPassphraseError | NotFoundError)  # noqa: PT017
    else:
        # White space and the case of hexadecimal digits carry nothing.
        with opened as vault:
            assert vault.slots.belongs_to(vault.secrets.data_key)
            assert json.loads(content.lower()) == json.loads(content.decode().lower())


def test_that_the_mirror_stands_in_for_a_broken_slot_file_and_mends_it(vault_folder: Path) -> None:
    whole = (vault_folder / SLOTS).read_bytes()
    for broken in (b"", b"{}", b"[" * 100_000, whole[:100], b"x" * 2_000_000, whole.replace(b'"format": 1', b'"format": 2')):
        (vault_folder / SLOTS).write_bytes(broken)
        _open(vault_folder).close()
        assert json.loads((vault_folder / SLOTS).read_bytes())["format"] == 1


def test_that_a_changed_derivation_is_refused_before_it_is_used(vault_folder: Path) -> None:
    for name in (SLOTS, MIRROR):
        text = (vault_folder / name).read_text()
        (vault_folder / name).write_text(text.replace('"memory_kib": 65536', '"memory_kib": 1073741824'))
    with pytest.raises(VaultDamagedError):
        _open(vault_folder)


def test_that_a_swapped_or_older_database_is_refused(vault_folder: Path, template_vault: TemplateVault) -> None:
    with open_with_key(vault_folder, template_vault.secrets) as vault:
        add_case(vault)
    (vault_folder / "vault.db").write_bytes((template_vault.folder / "vault.db").read_bytes())
    with pytest.raises(VaultDamagedError, match="Änderungsnachweis"):
        _open(vault_folder)


def test_that_nothing_is_readable_in_any_file_while_open_and_when_closed(vault: Vault) -> None:
    add_case(vault)
    for moment in ("open", "closed"):
        if moment == "closed":
            vault.close()
        files = [path for path in vault.folder.rglob("*") if path.is_file()]
        assert moment == "closed" or "vault.db-wal" in {path.name for path in files}
        for path in files:
            content = path.read_bytes()
            assert not [word for word in (CANARY, NOTE, USER, "coachees") if word.encode() in content], path.name


def test_that_a_closed_vault_is_one_file_beside_its_slots(vault: Vault) -> None:
    add_case(vault)
    vault.close()
    vault.close()
    assert {path.name for path in vault.folder.iterdir()} <= {"vault.db", SLOTS, MIRROR, "ballast", "vault.lock"}
