"""An old backup alone: what was erased after it stays erased where anything knows of it; where nothing does, it is said until confirmed."""

import json
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bjc_desktop.cli import run
from bjc_desktop.errors import VaultError
from bjc_desktop.models import Coachee
from bjc_desktop.services.audit_trail import EVENTS
from bjc_desktop.services.erasing import erase_person
from bjc_desktop.services.provider_agenda import read_provider_agenda
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import Vault, back_up, confirm_gap, open_vault, restore, to_repeat, verify_record
from bjc_desktop.vault.backup_files import BackupReason
from bjc_desktop.vault.backup_shelf import choose_second, copy_to_second, shelve
from bjc_desktop.vault.erasure_registry import read_registry, registry_file
from bjc_desktop.vault.restored_gap import read_gap
from bjc_desktop.vocabulary import Role
from tests.conftest import PASSPHRASE
from tests.samples import TODAY
from tests.vault.cases import CANARY, add_case
from tests.vault.test_role_rights import acting

BEFORE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ERASED = BEFORE + timedelta(days=10)
LATER = BEFORE + timedelta(days=40)


def _there(vault: Vault) -> bool:
    with vault.reading() as connection:
        return bool(connection.exec_driver_sql("SELECT count(*) FROM coachees").scalar())


def _another_computer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BJC_STATE_DIR", str(tmp_path / "anderer-rechner"))


def _erase(vault: Vault, now: datetime = ERASED) -> None:
    vault.clock = lambda: now
    with vault.reading() as connection:
        person = connection.exec_driver_sql("SELECT id FROM coachees").scalar()
    erase_person(vault, str(person), reason="Antrag", now=now, today=TODAY)


def _alone(backup: Path, tmp_path: Path) -> Path:
    """Copy *backup* to where nothing else lies."""
    place = tmp_path / "stick" / "ganz" / "allein"
    place.mkdir(parents=True)
    return Path(shutil.copy(backup, place))


@pytest.fixture
def backup(vault: Vault, tmp_path: Path) -> Path:
    """Return a backup that still holds the person, in a folder that the program put it into."""
    vault.clock = lambda: BEFORE
    fill_new_vault(vault, now=BEFORE)
    add_case(vault)
    return back_up(vault, tmp_path / "sicherungen", BEFORE)


def test_that_this_computer_knows_what_was_erased_after_a_lone_old_backup(vault: Vault, backup: Path, tmp_path: Path) -> None:
    _erase(vault)
    restore(_alone(backup, tmp_path), tmp_path / "zurück")
    vault.close()
    with open_vault(tmp_path / "zurück", PASSPHRASE, now=LATER) as again:
        assert not _there(again)
        verify_record(again)


def test_that_the_folder_of_the_backup_knows_what_was_erased_on_any_computer(
    vault: Vault, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _erase(vault)
    _another_computer(monkeypatch, tmp_path)
    assert [path.name for path in backup.parent.iterdir() if path != backup] == [registry_file(backup.parent, vault.id).name]
    restore(backup, tmp_path / "zurück")
    vault.close()
    with open_vault(tmp_path / "zurück", PASSPHRASE, now=LATER) as again:
        assert not _there(again)


def test_that_the_second_place_knows_it_as_well(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.clock = lambda: BEFORE
    add_case(vault)
    second = tmp_path / "zweites"
    second.mkdir()
    choose_second(vault.folder, second)
    copied = copy_to_second(vault, shelve(vault, BackupReason.BY_HAND, BEFORE), second, BEFORE)
    _erase(vault)
    _another_computer(monkeypatch, tmp_path)
    restore(copied, tmp_path / "zurück")
    vault.close()
    with open_vault(tmp_path / "zurück", PASSPHRASE, now=LATER) as again:
        assert not _there(again)


def test_that_nothing_personal_stands_in_any_registry(vault: Vault, backup: Path) -> None:
    with vault.reading() as connection:
        person = connection.exec_driver_sql("SELECT id FROM coachees").scalar()
    _erase(vault)
    places = [backup.parent, Path(os.environ["BJC_STATE_DIR"])]
    for place in places:
        text = registry_file(place, vault.id).read_text("utf-8")
        assert len(json.loads(text)["erased"]) == 1
        assert not [word for word in (CANARY, str(person), PASSPHRASE) if word in text]


def _falsified(entry: list[str], how: str) -> list[str]:
    mark, depth, pseudonym, at, taken_back, seal = entry
    ways = {
        "taken back": [mark, depth, pseudonym, at, "2026-03-20T00:00:00", seal],
        "another depth": [mark, "contact", pseudonym, at, taken_back, seal],
        "no seal": [mark, depth, pseudonym, at, taken_back, ""],
        "another mark": ["0" * 64, depth, pseudonym, at, taken_back, seal],
    }
    return ways[how]


@pytest.mark.parametrize("how", ["taken back", "another depth", "no seal", "another mark"])
def test_that_a_falsified_tombstone_counts_for_nothing(
    vault: Vault, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    _erase(vault)
    _another_computer(monkeypatch, tmp_path)
    registry = registry_file(backup.parent, vault.id)
    data = json.loads(registry.read_text("utf-8"))
    registry.write_text(json.dumps({**data, "erased": [_falsified(data["erased"][0], how)]}), "utf-8")
    restore(backup, tmp_path / "zurück")
    vault.close()
    with open_vault(tmp_path / "zurück", PASSPHRASE, now=LATER) as again:
        assert _there(again)
        with again.reading() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM erasures").scalar() == 0


def test_that_an_entry_that_is_no_tombstone_hides_no_other(
    vault: Vault, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _erase(vault)
    _another_computer(monkeypatch, tmp_path)
    registry = registry_file(backup.parent, vault.id)
    data = json.loads(registry.read_text("utf-8"))
    data["erased"] = [[], ["x"], [1] * 7, *data["erased"]]
    registry.write_text(json.dumps(data), "utf-8")
    restore(backup, tmp_path / "zurück")
    vault.close()
    with open_vault(tmp_path / "zurück", PASSPHRASE, now=LATER) as again:
        assert not _there(again)


def test_that_a_registry_of_absurd_size_is_not_read(vault: Vault, backup: Path) -> None:
    registry = registry_file(backup.parent, vault.id)
    assert read_registry(backup.parent, vault.id).known_until == BEFORE
    with registry.open("ab") as file:
        file.write(b" " * 17_000_000)
    assert read_registry(backup.parent, vault.id).known_until is None


@pytest.mark.parametrize("content", [b"", b"[" * 100_000, b"\xff\xfe", b'{"vault_id": 1}', b"[]", b'{"erased": [[1]]}', b"null"])
def test_that_a_broken_registry_keeps_nobody_from_restoring(vault: Vault, backup: Path, tmp_path: Path, content: bytes) -> None:
    registry_file(backup.parent, vault.id).write_bytes(content)
    assert read_registry(backup.parent, vault.id).stones == frozenset()
    _erase(vault)
    assert len(read_registry(backup.parent, vault.id).stones) == 1
    for place in (backup.parent, Path(os.environ["BJC_STATE_DIR"])):
        registry_file(place, vault.id).write_bytes(content)
    restore(backup, tmp_path / "zurück")
    assert to_repeat(tmp_path / "zurück")


def test_that_a_place_that_cannot_be_written_keeps_nobody_from_erasing(vault: Vault, backup: Path) -> None:
    shutil.rmtree(backup.parent)
    backup.parent.write_text("keine Ordner mehr", "utf-8")
    registry = registry_file(Path(os.environ["BJC_STATE_DIR"]), vault.id)
    known = registry.read_bytes()
    registry.unlink()
    registry.mkdir()
    _erase(vault)
    assert not _there(vault)
    registry.rmdir()
    registry.write_bytes(known)


def _restored_knowing_nothing(vault: Vault, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    _erase(vault)
    lone = _alone(backup, tmp_path)
    _another_computer(monkeypatch, tmp_path)
    restore(lone, tmp_path / "zurück")
    vault.close()
    return tmp_path / "zurück"


def test_that_where_nothing_is_known_it_is_said_until_somebody_confirms(
    vault: Vault, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _restored_knowing_nothing(vault, backup, tmp_path, monkeypatch)
    day = f"{BEFORE.astimezone():%d.%m.%Y}"
    assert day in to_repeat(folder)
    assert "noch einmal löschen" in to_repeat(folder)
    for now in (LATER, LATER + timedelta(days=3)):
        with open_vault(folder, PASSPHRASE, now=now) as again:
            assert _there(again)
            assert [sentence for sentence in again.warnings if day in sentence]
            with again.reading() as connection:
                assert [item.page for item in read_provider_agenda(connection, today=TODAY) if "Rückholung" in item.text]
    with open_vault(folder, PASSPHRASE, now=LATER) as again:
        with acting(again, frozenset({Role.JOB_COACH})):
            with again.reading() as connection:
                assert not [item for item in read_provider_agenda(connection, today=TODAY) if "Rückholung" in item.text]
            with pytest.raises(VaultError, match="Koordination"), again.writing() as session:
                confirm_gap(session, again, LATER)
        with again.writing() as session:
            confirm_gap(session, again, LATER)
        with again.reading() as connection:
            assert read_gap(connection) is None
            actions = connection.exec_driver_sql("SELECT action FROM change_records").scalars().all()
        assert {"restore", "confirm_erasures"} <= set(actions) & set(EVENTS)
        verify_record(again)
    with open_vault(folder, PASSPHRASE, now=LATER) as again:
        assert not [sentence for sentence in again.warnings if "Sicherung vom" in sentence]


def test_that_a_registry_of_the_same_day_leaves_nothing_to_confirm(vault: Vault, backup: Path, tmp_path: Path) -> None:
    _erase(vault)
    restore(backup, tmp_path / "zurück")
    vault.close()
    with open_vault(tmp_path / "zurück", PASSPHRASE, now=ERASED) as again:
        assert not _there(again)
        with again.reading() as connection:
            assert read_gap(connection) is None


def test_that_who_was_taken_back_on_purpose_is_not_erased_by_an_old_registry(vault: Vault, backup: Path) -> None:
    """What a registry knew before, the vault knows better: a person who came back by a data package stays."""
    _erase(vault)
    with vault.writing(now=ERASED) as session:
        session.connection().exec_driver_sql("UPDATE erasures SET taken_back_at = '2026-03-13 00:00:00.000000'")
        session.add(Coachee(case_number="1", family_name=CANARY))
    folder = vault.folder
    vault.close()
    for _ in range(2):
        with open_vault(folder, PASSPHRASE, now=LATER) as again:
            assert _there(again)
    assert {stone.taken_back for stone in read_registry(backup.parent, vault.id).stones} == {"2026-03-13T00:00:00"}


def test_that_the_command_line_says_it_and_takes_the_confirmation(
    vault: Vault, backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _erase(vault)
    lone = _alone(backup, tmp_path)
    _another_computer(monkeypatch, tmp_path)
    vault.close()
    (tmp_path / "pass").write_text(PASSPHRASE, "utf-8")
    monkeypatch.setenv("BJC_PASSPHRASE_FILE", str(tmp_path / "pass"))
    day = f"{BEFORE.astimezone():%d.%m.%Y}"
    assert run(["restore", str(lone), str(tmp_path / "zurück")]) == 0
    assert f"Sicherung vom {day}" in capsys.readouterr().err
    assert run(["erase", str(tmp_path / "zurück")]) == 1
    assert "--case" in capsys.readouterr().err
    assert run(["erase", str(tmp_path / "zurück"), "--all-repeated"]) == 0
    assert "Bestätigt" in capsys.readouterr().err
    assert run(["check", str(tmp_path / "zurück")]) == 0
    assert "Sicherung vom" not in capsys.readouterr().err
