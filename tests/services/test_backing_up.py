"""A backup notes what the vault held, and a rehearsal compares what comes out of it with that note."""

import json
from pathlib import Path

import pytest

from bjc_desktop.errors import DiskFullError, StoppedError, VaultError
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.services import backing_up
from bjc_desktop.services.audit_trail import AuditFilter, read_audit
from bjc_desktop.services.backing_up import back_up_noting, copy_noting, rehearse
from bjc_desktop.services.damage import newer_changes, read_damage
from bjc_desktop.services.reports import make_reports
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import Vault, back_up, back_up_before, doctor, is_damaged, open_vault, restore, verify_record
from bjc_desktop.vault.backup_files import BackupReason, read_backup
from bjc_desktop.vault.backup_notes import read_notes
from bjc_desktop.vault.backup_shelf import choose_second, is_changed, own_folder
from tests.conftest import NOW, PASSPHRASE
from tests.vault.cases import CANARY, add_case

AUTO = BackupReason.AUTOMATIC
TODAY = NOW.date()


@pytest.fixture
def filled(vault: Vault) -> Vault:
    """Return an open vault with targets and one case."""
    fill_new_vault(vault, now=NOW)
    add_case(vault)
    return vault


def _left(vault: Vault) -> list[str]:
    return sorted(
        path.name
        for path in own_folder(vault.folder).iterdir()
        if path.suffix != ".bjcbackup" and not path.name.startswith("BJC_Loe")
    )


def test_that_a_rehearsal_finds_the_figures_and_rows_of_the_backup_again_and_leaves_nothing(filled: Vault) -> None:
    path = back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    assert CANARY.encode() not in path.read_bytes()
    assert b"a1_1" not in path.read_bytes()
    add_case(filled, "Danach")
    result = rehearse(filled, read_backup(path), now=NOW)
    assert result.good, result.sentence
    assert "sechs Kennzahlen von Q3 2025 stimmen überein" in result.sentence
    assert _left(filled) == ["backups.json"]
    assert read_notes(own_folder(filled.folder)).rehearsal == result


def test_that_a_rehearsal_tells_a_figure_or_a_row_that_is_not_what_it_was(filled: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = backing_up.read_contents

    def other(*arguments: object) -> dict[str, object]:
        contents = json.loads(json.dumps(honest(*arguments)))  # type: ignore[arg-type]
        contents["figures"]["all"][0][1] = "7"
        contents["rows"]["coachees"] += 1
        return contents  # type: ignore[no-any-return]

    monkeypatch.setattr(backing_up, "read_contents", other)
    path = back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    monkeypatch.undo()
    result = rehearse(filled, read_backup(path), now=NOW)
    assert not result.good
    assert "Zeilen in coachees" in result.sentence
    assert "weicht ab" in result.sentence


def test_that_a_damaged_backup_fails_its_rehearsal_and_leaves_nothing(filled: Vault) -> None:
    path = back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    result = rehearse(filled, read_backup(path), now=NOW)
    assert not result.good
    assert "beschädigt" in result.sentence
    assert _left(filled) == ["backups.json"]


def test_that_a_backup_without_a_note_is_compared_with_the_unchanged_vault(filled: Vault, tmp_path: Path) -> None:
    backup = read_backup(back_up(filled, tmp_path / "sicherungen", NOW))
    assert "stimmen überein" in rehearse(filled, backup, now=NOW).sentence
    add_case(filled, "Danach")
    assert "lückenlos" in rehearse(filled, backup, now=NOW).sentence


def test_that_a_rehearsal_that_should_stop_leaves_nothing(filled: Vault) -> None:
    path = back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    with pytest.raises(VaultError, match="abgebrochen"):
        rehearse(filled, read_backup(path), now=NOW, stopped=lambda: True)
    assert _left(filled) == ["backups.json"]


def test_that_what_is_newer_than_the_last_good_backup_is_listed_by_day_kind_and_user(filled: Vault) -> None:
    back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    add_case(filled, "Danach")
    damage = read_damage(filled, None)
    assert damage.backup is not None
    assert damage.backup.created == NOW
    assert ("Konsultation angelegt", "pruefung", 1) in [(change.what, change.who, change.count) for change in damage.newer]
    assert damage.count == sum(change.count for change in damage.newer)
    assert damage.kept is not None
    assert (damage.kept / "vault.db").exists()
    assert newer_changes(filled, None)[0] != damage.newer


def test_that_a_salvage_is_told_table_by_table_on_the_command_line(filled: Vault, tmp_path: Path, monkeypatch, capsys) -> None:
    filled.close()
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE, "utf-8")
    monkeypatch.setenv("BJC_PASSPHRASE_FILE", str(passphrase))
    from bjc_desktop.cli import run as command  # noqa: PLC0415

    assert command(["salvage", str(filled.folder), str(tmp_path / "neu")]) == 0
    assert "coachees: 1 gerettet, 0 nicht lesbar, 0 ohne Bezug weggelassen" in capsys.readouterr().out
    assert command(["doctor", str(tmp_path / "neu")]) == 0
    assert command(["salvage", str(filled.folder), str(tmp_path / "neu")]) == 1
    assert "neuen Ordner" in capsys.readouterr().err


# --- the record of it -----------------------------------------------------------------------------------------------------


def _said(vault: Vault) -> list[str]:
    """Return in words what the record holds about backups, the oldest first."""
    with vault.reading() as connection:
        rows = read_audit(connection, AuditFilter(kind="left"), today=TODAY).rows
    return [row.text for row in reversed(rows)]


def test_that_an_automatic_backup_stands_in_the_record_that_it_holds_itself_and_asks_for_no_other(
    filled: Vault, tmp_path: Path
) -> None:
    assert is_changed(filled)
    path = back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    assert _said(filled) == ["Sicherung geschrieben: automatisch"]
    assert not is_changed(filled)
    tail = verify_record(filled).tail
    assert read_backup(path).tail == tail == filled.slots.anchor
    restore(path, tmp_path / "neu", PASSPHRASE)
    assert not is_damaged(doctor(tmp_path / "neu", PASSPHRASE, now=NOW))
    with open_vault(tmp_path / "neu", PASSPHRASE, now=NOW) as restored:
        assert _said(restored) == ["Sicherung geschrieben: automatisch"]
        verify_record(restored)
    assert rehearse(filled, read_backup(path), now=NOW).good


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DiskFullError("Voll."), "Datenträger voll"),
        (StoppedError("Halt."), "abgebrochen"),
        (RuntimeError("unerwartet"), "nicht beschreibbar"),
    ],
)
def test_that_a_backup_that_fails_stands_in_the_record_too_and_the_next_one_verifies(
    filled: Vault, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(backing_up, "shelve", fail)
    with pytest.raises(type(error)):
        back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    monkeypatch.undo()
    assert _said(filled) == ["Sicherung geschrieben: automatisch", f"Sicherung misslungen: automatisch, {words}"]
    assert is_changed(filled)
    back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    verify_record(filled)
    # The failure itself is no change either.
    monkeypatch.setattr(backing_up, "shelve", fail)
    with pytest.raises(type(error)):
        back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    assert not is_changed(filled)
    verify_record(filled)


def test_that_a_backup_that_cannot_be_recorded_is_not_written(filled: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        message = "Voll."
        raise VaultError(message)

    monkeypatch.setattr(filled, "writing", refuse)
    with pytest.raises(VaultError):
        back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    assert not own_folder(filled.folder).exists()


def test_that_a_copy_into_the_second_place_stands_in_the_record_before_it_is_there(
    filled: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = tmp_path / "stick"
    second.mkdir()
    choose_second(filled.folder, second)
    path = back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    honest = backing_up.copy_to_second

    def watched(*arguments: object) -> Path:
        assert _said(filled)[-1] == "Sicherung geschrieben: auf das zweite Ziel, automatisch"
        assert not list(second.glob("*.bjcbackup"))
        return honest(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(backing_up, "copy_to_second", watched)
    copy = copy_noting(filled, path, second, now=NOW)
    assert copy.read_bytes() == path.read_bytes()
    assert len(_said(filled)) == 2
    assert not is_changed(filled)
    verify_record(filled)


def test_that_a_backup_before_an_import_stands_in_the_record(filled: Vault) -> None:
    back_up_before(filled, "import", NOW)
    assert _said(filled) == ["Sicherung geschrieben: vor einem Import"]
    verify_record(filled)


def test_that_no_byte_of_a_report_depends_on_the_backups_that_are_recorded(filled: Vault, tmp_path: Path) -> None:
    period, made = parse_quarter("2025-Q3"), []
    for place in ("vorher", "nachher"):
        made += make_reports(filled, period, tmp_path / place, provider=None, as_of=TODAY, release=False, now=NOW, today=TODAY)
        back_up_noting(filled, AUTO, now=NOW, today=TODAY)
    assert made[0].read_bytes() == made[1].read_bytes()
