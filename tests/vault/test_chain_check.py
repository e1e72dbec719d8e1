"""Verifying the change record against what is kept of it: in the slot file, in backups, in released bundles."""

import io
import json
import shutil
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bjc_desktop.errors import VaultDamagedError
from bjc_desktop.models import ReleasedReport
from bjc_desktop.vault import Vault, back_up, doctor, is_damaged, open_vault, restore, verify_record
from bjc_desktop.vault.change_chain import chain_key_of, link, tail_of
from bjc_desktop.vault.slots import Anchor
from tests.conftest import NOW, PASSPHRASE
from tests.vault.cases import add_case
from tests.vault.test_changes import _report


def _tamper(vault: Vault, *statements: str, again: bool = False) -> None:
    """Change the record behind the program's back; *again* also computes the chain anew, as who knows its key could."""
    with vault.engine.begin() as connection:
        for action in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS change_records_no_{action}")
        for statement in statements:
            connection.exec_driver_sql(statement)
        if again:
            key, head = chain_key_of(connection), b""
            for row in connection.exec_driver_sql("SELECT * FROM change_records ORDER BY id").mappings().all():
                head = link(key, head, row)
                connection.exec_driver_sql("UPDATE change_records SET mac = ? WHERE id = ?", (head, row["id"]))


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE change_records SET role = 'administration' WHERE id = 3", r"der Eintrag 3 vom 07\.10\.2025 verändert"),
        ("UPDATE change_records SET at = 'Müller' WHERE id = 3", "der Eintrag 3 verändert"),
        ("DELETE FROM change_records WHERE id = 3", "fehlt der Eintrag 3"),
        ("DELETE FROM change_records WHERE id BETWEEN 2 AND 4", "fehlen die Einträge 2 bis 4"),
        ("DELETE FROM change_records WHERE id >= 5", r"fehlen die Einträge 5 bis \d+, die Schlüsseldatei kennt sie noch"),
    ],
)
def test_that_what_was_done_to_the_record_is_named_in_one_sentence(vault: Vault, statement: str, sentence: str) -> None:
    add_case(vault)
    vault.anchor_changes()
    _tamper(vault, statement)
    with pytest.raises(VaultDamagedError, match=sentence) as caught:
        verify_record(vault)
    assert "Müller" not in str(caught.value)


def _release(vault: Vault) -> None:
    """Freeze a bundle with the anchor of this moment, as a release does."""
    with vault.writing(now=NOW) as session:
        anchor = tail_of(session.connection())
        bundle = io.BytesIO()
        with zipfile.ZipFile(bundle, "w") as archive:
            archive.writestr("manifest.json", json.dumps({"anchor": {"count": anchor.count, "head": anchor.head.hex()}}))
        report = _report()
        report.bundle = bundle.getvalue()
        session.add(report)


def test_that_a_record_written_anew_does_not_fit_a_released_report(vault: Vault) -> None:
    add_case(vault)
    _release(vault)
    assert any("2025-Q3" in keeper for keeper in verify_record(vault).keepers)
    vault.slots = vault.slots.__class__(vault.slots.vault_id, vault.slots.cipher_salt, vault.slots.slots, anchor=Anchor())
    _tamper(vault, "UPDATE change_records SET at = '2020-01-01T00:00:00.000+00:00' WHERE id = 3", again=True)
    with pytest.raises(VaultDamagedError, match="neu geschrieben; der freigegebene Bericht 2025-Q3, Fassung 1, kennt ihn anders"):
        verify_record(vault)


def test_that_a_record_written_anew_does_not_fit_a_backup_of_the_vault(vault: Vault) -> None:
    add_case(vault)
    path = back_up(vault, vault.folder / "backups", NOW)
    assert f"die Sicherung {path.name}" in verify_record(vault).keepers
    vault.slots = vault.slots.__class__(vault.slots.vault_id, vault.slots.cipher_salt, vault.slots.slots, anchor=Anchor())
    _tamper(vault, "DELETE FROM change_records WHERE id > 5")
    with pytest.raises(VaultDamagedError, match=rf"die Sicherung {path.name} kennt sie noch"):
        verify_record(vault)


def test_that_what_a_restore_left_behind_is_no_fault(vault: Vault, tmp_path: Path) -> None:
    early = back_up(vault, vault.folder / "backups", NOW)
    add_case(vault)
    back_up(vault, vault.folder / "backups", NOW + timedelta(hours=1))
    restore(early, tmp_path / "neu")
    shutil.copytree(vault.folder / "backups", tmp_path / "neu" / "backups")
    with open_vault(tmp_path / "neu", PASSPHRASE, now=NOW + timedelta(hours=2)) as restored:
        add_case(restored)
    assert not is_damaged(doctor(tmp_path / "neu", PASSPHRASE, now=NOW + timedelta(hours=3)))


def test_that_the_doctor_names_a_removed_record(vault: Vault) -> None:
    add_case(vault)
    vault.anchor_changes()
    folder = vault.folder
    _tamper(vault, "DELETE FROM change_records WHERE id = 3")
    with vault.reading() as connection:
        assert connection.execute(select(ReleasedReport.id)).first() is None
    vault.close()
    findings = doctor(folder, PASSPHRASE, now=NOW)
    assert ["fehlt der Eintrag 3" in finding.text for finding in findings if finding.subject == "changes"] == [True]
