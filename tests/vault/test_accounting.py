"""What is recorded beside changes: data that leave the vault, files that are opened."""

import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bjc_desktop.errors import VaultError
from bjc_desktop.exchange.package_export import export_package
from bjc_desktop.indicators.period import parse_quarter
from bjc_desktop.models import ChangeRecord, Coaching
from bjc_desktop.services.hours_statistic import write_statistic
from bjc_desktop.services.released_reports import list_released, save_released
from bjc_desktop.services.reports import make_reports
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.services.team import set_staff_of_user
from bjc_desktop.vault import (
    Leaving,
    Opened,
    Vault,
    account_for,
    open_vault,
    read_payload,
    record_openings,
    remove_user,
    verify_record,
)
from bjc_desktop.vault.users import add_user
from bjc_desktop.vocabulary import Role
from tests.conftest import CHEAP_KDF, NOW, PASSPHRASE
from tests.vault.cases import add_case


def _since(vault: Vault, number: int) -> list[tuple[str, object]]:
    """Return action and content of the records after *number*."""
    with vault.reading() as connection:
        table = ChangeRecord.__table__
        rows = connection.execute(select(table).where(table.c.id > number).order_by(table.c.id)).mappings().all()
        return [(row["action"], read_payload(connection, row)) for row in rows]


def _number(vault: Vault) -> int:
    return verify_record(vault).tail.count


def _coaching(vault: Vault, coachee_id: str) -> str:
    with vault.reading() as connection:
        return connection.execute(select(Coaching.id).where(Coaching.coachee_id == coachee_id)).scalar_one()


def test_that_whatever_is_written_to_a_file_is_recorded_before_it_is_there(vault: Vault, tmp_path: Path) -> None:
    fill_new_vault(vault, now=NOW)
    add_case(vault)
    before, period, today = _number(vault), parse_quarter("2025-Q3"), NOW.date()
    export_package(vault, tmp_path / "aus.zip")
    make_reports(vault, period, tmp_path / "a", provider=None, as_of=today, release=False, now=NOW, today=today)
    make_reports(vault, period, tmp_path / "b", provider=None, as_of=today, release=True, now=NOW, today=today)
    with vault.reading() as connection:
        released = list_released(connection)[0]
    save_released(vault, released, tmp_path, "", now=NOW)
    save_released(vault, released, tmp_path, "Ein langes Kennwort", now=NOW)
    write_statistic(vault, period, tmp_path / "c", as_of=today)
    said = [(action, content) for action, content in _since(vault, before) if action not in {"insert", "update"}]
    bundle = {"scope": "p" * 36, "period": "2025-Q3", "version": 1}
    assert said == [
        ("export", {"what": "package", "notes": True}),
        ("export", {**bundle, "what": "draft", "version": None}),
        ("export", {**bundle, "what": "bundle"}),
        ("release", bundle),
        ("export", {**bundle, "what": "bundle", "password": False}),
        ("export", {**bundle, "what": "bundle", "password": True}),
        ("export", {"what": "statistic", "period": "2025-Q3"}),
    ]


def test_that_a_released_bundle_carries_the_anchor_and_a_draft_none(vault: Vault, tmp_path: Path) -> None:
    fill_new_vault(vault, now=NOW)
    add_case(vault)
    period, today = parse_quarter("2025-Q3"), NOW.date()
    tail = verify_record(vault).tail
    manifests = []
    for release in (True, False):
        place = tmp_path / str(release)
        path = make_reports(vault, period, place, provider=None, as_of=today, release=release, now=NOW, today=today)[0]
        with zipfile.ZipFile(path) as archive:
            manifests.append(json.loads(archive.read("manifest.json")))
    assert manifests[0]["anchor"] == {"count": tail.count, "head": tail.head.hex()}
    assert "anchor" not in manifests[1]


def test_that_what_cannot_be_recorded_does_not_leave(vault: Vault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_new_vault(vault, now=NOW)
    add_case(vault)

    def refuse(*_: object, **__: object) -> None:
        message = "Voll."
        raise VaultError(message)

    period, today = parse_quarter("2025-Q3"), NOW.date()
    monkeypatch.setattr(vault, "writing", refuse)
    with pytest.raises(VaultError):
        export_package(vault, tmp_path / "aus.zip")
    with pytest.raises(VaultError):
        make_reports(vault, period, tmp_path / "a", provider=None, as_of=today, release=False, now=NOW, today=today)
    with pytest.raises(VaultError):
        write_statistic(vault, period, tmp_path / "b", as_of=today)
    assert [path for path in tmp_path.rglob("*") if path.is_file() and vault.folder not in path.parents] == []


def test_that_an_opened_file_is_recorded_once_an_hour_with_whose_it_is(vault: Vault) -> None:
    coaching_id = _coaching(vault, add_case(vault)[0])
    before = _number(vault)
    for minutes in (0, 20, 59, 61):
        record_openings(vault, [Opened(coaching_id, NOW + timedelta(minutes=minutes))])
    assert _since(vault, before) == [("open", {}), ("open", {})]
    with vault.reading() as connection:
        row = connection.execute(select(ChangeRecord.__table__).order_by(ChangeRecord.id.desc()).limit(1)).one()
        person = connection.execute(select(Coaching.coachee_id).where(Coaching.id == coaching_id)).scalar_one()
    assert (row.entity, row.entity_id, row.person_id) == ("coachings", coaching_id, person)


def test_that_what_a_print_says_goes_with_the_person_it_is_about(vault: Vault) -> None:
    coachee_id, _ = add_case(vault)
    account_for(vault, Leaving.PRINT, "file", coaching_ids=[_coaching(vault, coachee_id)], now=NOW)
    number = _number(vault)
    assert _since(vault, number - 1) == [("print", {"what": "file"})]
    with vault.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM person_keys WHERE coachee_id = ?", (coachee_id,))
    assert _since(vault, number - 1) == [("print", None)]
    verify_record(vault)


def test_that_new_keys_and_who_one_is_in_the_team_are_recorded(vault_folder: Path) -> None:
    with open_vault(vault_folder, PASSPHRASE, now=NOW) as vault:
        add_user(vault, "zweite", "Noch ein langer Satz", [Role.JOB_COACH], NOW, kdf=CHEAP_KDF)
        before = _number(vault)
        remove_user(vault, "zweite", NOW)
        with vault.writing() as session:
            set_staff_of_user(session, user_id=vault.user.id, staff_id="s")
        actions = [action for action, _ in _since(vault, before)]
    assert {"remove_user", "rotate_key", "set_staff"} <= set(actions)
