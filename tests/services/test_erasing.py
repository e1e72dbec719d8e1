"""Erasing one person: nothing of them is left in any file, others and the figures stay, and no backup brings them back."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bjc_desktop.cli import run
from bjc_desktop.errors import DiskFullError, InvalidInputError, NotFoundError, PackageError, VaultError
from bjc_desktop.exchange.package_import import import_package
from bjc_desktop.models import Base, Coachee, LegalHold, Observation
from bjc_desktop.services.coachee_list import CoacheeFilter, find_coachees
from bjc_desktop.services.drafts import keep_draft
from bjc_desktop.services.erasing import erase_person, person_by_case, preview_erasure, read_protocols
from bjc_desktop.services.history import recent_changes
from bjc_desktop.services.past_figures import changed_figures, read_past_figures
from bjc_desktop.services.row_editing import change_row
from bjc_desktop.services.row_titles import entity_of, fields_of
from bjc_desktop.services.targets import fill_new_vault
from bjc_desktop.vault import Vault, back_up, forgetting, open_vault, restore, verify_record
from bjc_desktop.vault.changes import concerns_people
from bjc_desktop.vault.driver import FULL, connect
from bjc_desktop.vault.forgetting import condition
from bjc_desktop.vocabulary import ErasureDepth, Role
from tests.conftest import PASSPHRASE, TemplateVault
from tests.hostile.packages import TEXT_KINDS, full_rows, identifier, write_package
from tests.samples import NOW, TODAY, filled
from tests.vault.plain_pages import decrypted, readable_payloads
from tests.vault.test_role_rights import acting

MARK = "Zwyxmarke"
PERSON, OTHER = (identifier("coachees", number) for number in range(2))
WHOLE, FACTS = ErasureDepth.PERSON, ErasureDepth.FACTS
PEOPLES = [table.name for table in Base.metadata.sorted_tables if concerns_people(table.name)]
MONTH = timedelta(days=31)


def _text(table: str, column: str, number: int) -> str:
    if not concerns_people(table):
        return f"Haus {table} {column} {number}"
    return f"{MARK}{column} {number}" if number == 0 else f"Bleibtda{column} {number}"


@dataclass
class House:
    """A vault with two people who have something in every field, and what was made of it before."""

    vault: Vault
    package: Path
    backup: Path


@pytest.fixture
def house(vault: Vault, tmp_path: Path) -> Iterator[House]:
    package = write_package(tmp_path / "paket", full_rows(2, _text))
    fill_new_vault(vault, now=NOW)
    import_package(vault, package, update=False, now=NOW, today=TODAY)
    _change_every_text(vault)
    with vault.writing(now=NOW) as session:
        coaching = identifier("coachings", 0)
        keep_draft(session, vault.user.id, f"case:{coaching}:plan", {"texts": [MARK]}, now=NOW)
        keep_draft(session, vault.user.id, "consultation", {"people": [PERSON], "note": f"{MARK} im Gespräch"}, now=NOW)
        keep_draft(session, vault.user.id, "hours:2026", {"texts": ["Bleibtda"]}, now=NOW)
    backup = back_up(vault, tmp_path / "sicherungen", NOW)
    with closing(connect(vault.database, vault.secrets.cipher_key)) as raw:
        raw.execute("ANALYZE")
    yield House(vault, package, backup)
    shutil.rmtree(tmp_path / "zurück", ignore_errors=True)


def _change_every_text(vault: Vault) -> None:
    """Write each text once more, so that the change record holds every one of them."""
    with vault.writing(now=NOW) as session:
        for table in PEOPLES:
            for row in session.scalars(select(entity_of(table))):
                for name, info in fields_of(table).items():
                    if info.kind in TEXT_KINDS and isinstance(getattr(row, name), str):
                        setattr(row, name, getattr(row, name) + " neu")
    with vault.writing(now=NOW) as session:
        for person, word in ((PERSON, MARK), (OTHER, "Bleibtda")):
            session.add(LegalHold(coachee_id=person, held_from=date(2020, 1, 1), held_until=date(2021, 1, 1), reason=word))


def _traces(vault: Vault) -> list[str]:
    """Return where the mark still is: in the decrypted pages, in the change record, or in any other file of the program."""
    needles = [word.encode(code) for word in (MARK, MARK.lower(), MARK.upper()) for code in ("utf-8", "utf-16-le")]
    pages = decrypted(vault.database, vault.secrets.data_key)
    found = ["database"] if any(needle in pages for needle in needles) else []
    found += ["change record"] if MARK in readable_payloads(vault) else []
    for path in sorted(vault.folder.rglob("*")):
        if path.is_file() and not zipfile.is_zipfile(path) and any(needle in path.read_bytes() for needle in needles):
            found.append(path.name)
    return found


def _rows_of(vault: Vault, person: str) -> dict[str, int]:
    with vault.reading() as connection:
        counts = {
            table: connection.exec_driver_sql(
                f"SELECT count(*) FROM {table} WHERE {condition(table)}", {"person": person}
            ).scalar()
            for table in PEOPLES
        }
    return {table: count for table, count in counts.items() if count}


def _erase(vault: Vault, person: str = PERSON, depth: ErasureDepth = WHOLE, reason: str = "Antrag vom 02.03."):
    return erase_person(vault, person, depth=depth, reason=reason, now=NOW, today=TODAY)


@pytest.mark.parametrize("depth", [WHOLE, FACTS])
def test_that_no_trace_of_a_person_is_left_in_any_file(house: House, depth: ErasureDepth) -> None:
    vault = house.vault
    assert _traces(vault) == ["database", "change record"]
    others = _rows_of(vault, OTHER)
    assert _rows_of(vault, PERSON) == others
    protocol = _erase(vault, depth=depth)
    assert _traces(vault) == []
    log = vault.folder / "vault.db-wal"
    assert not log.exists() or log.stat().st_size == 0
    with vault.reading() as connection:
        # A page that is free holds whatever a version before the overwriting of deleted rows left there.
        assert connection.exec_driver_sql("PRAGMA freelist_count").scalar() == 0
    assert _rows_of(vault, OTHER) == others
    assert _rows_of(vault, PERSON) == ({} if depth is WHOLE else others)
    assert "Bleibtda" in readable_payloads(vault)
    assert protocol.counts["coachees"] == 1
    assert protocol.counts["drafts"] == 2
    new = back_up(vault, house.package.parent / "neue", NOW + MONTH)
    assert restore(new, house.package.parent / "zurück", PASSPHRASE)
    vault.close()
    with open_vault(house.package.parent / "zurück", PASSPHRASE, now=NOW + MONTH) as again:
        assert _traces(again) == []
        verify_record(again)


def test_that_what_is_searched_for_and_taken_back_knows_the_person_no_more(house: House) -> None:
    for person in (PERSON, OTHER):
        with house.vault.writing(now=NOW) as session:
            session.get(Coachee, person).phone = "030 1"
    _erase(house.vault)
    with house.vault.reading() as connection:
        assert not find_coachees(connection, CoacheeFilter(text=MARK.lower()), today=TODAY).rows
        assert find_coachees(connection, CoacheeFilter(text="bleibtda"), today=TODAY).rows
    assert {change.person_id for change in recent_changes(house.vault, now=NOW)} == {OTHER}


def _restored(house: House, backup: Path) -> Vault:
    target = house.package.parent / "zurück"
    restore(backup, target, PASSPHRASE)
    house.vault.close()
    return open_vault(target, PASSPHRASE, now=NOW + MONTH)


@pytest.mark.parametrize("depth", [WHOLE, FACTS])
def test_that_an_older_backup_does_not_bring_the_person_back(house: House, depth: ErasureDepth) -> None:
    _erase(house.vault, depth=depth)
    back_up(house.vault, house.backup.parent, NOW + MONTH)
    with _restored(house, house.backup) as vault:
        assert _traces(vault) == []
        assert _rows_of(vault, PERSON) == ({} if depth is WHOLE else _rows_of(vault, OTHER))
        with vault.reading() as connection:
            (protocol,) = read_protocols(connection)
        verify_record(vault)
        assert (protocol.occasion.value, protocol.counts["coachees"]) == ("restore", 1)


def test_that_the_vaults_own_backups_folder_knows_what_was_erased_since(house: House) -> None:
    own = house.vault.folder / "backups"
    own.mkdir()
    older = Path(shutil.copy(house.backup, own))
    _erase(house.vault)
    with _restored(house, older) as vault:
        assert _traces(vault) == []


def test_that_an_interrupted_erasure_is_finished_by_the_next_opening(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise DiskFullError(FULL)

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "keep_beside", full)
        with pytest.raises(VaultError, match="Gelöscht ist die Person"):
            _erase(house.vault)
    folder = house.vault.folder
    assert _rows_of(house.vault, PERSON) == {}
    assert not (folder / "erased.json").exists()
    house.vault.close()
    for _ in range(2):
        with open_vault(folder, PASSPHRASE, now=NOW + MONTH) as vault:
            assert _traces(vault) == []
            assert (folder / "erased.json").exists()
            with vault.reading() as connection:
                assert connection.exec_driver_sql("SELECT count(*) FROM vault_facts WHERE key = 'traces_due'").scalar() == 0


def test_that_a_data_package_brings_a_person_back_only_on_purpose(house: House) -> None:
    for depth in (FACTS, WHOLE):
        _erase(house.vault, depth=depth)
        with pytest.raises(PackageError, match="gelöscht wurde") as refused:
            import_package(house.vault, house.package, update=True, now=NOW, today=TODAY)
        assert MARK not in str(refused.value) + "".join(refused.value.faults)
    import_package(house.vault, house.package, update=True, bring_back=True, now=NOW + MONTH, today=TODAY)
    assert _rows_of(house.vault, PERSON)
    with house.vault.reading() as connection:
        assert {protocol.taken_back for protocol in read_protocols(connection)} == {True}
    folder = house.vault.folder
    house.vault.close()
    with open_vault(folder, PASSPHRASE, now=NOW + 2 * MONTH) as vault:
        assert _rows_of(vault, PERSON)


def test_that_who_was_taken_back_on_purpose_comes_back_by_an_older_backup_as_well(house: House) -> None:
    _erase(house.vault)
    import_package(house.vault, house.package, update=True, bring_back=True, now=NOW + MONTH, today=TODAY)
    with _restored(house, house.backup) as vault:
        assert _rows_of(vault, PERSON)
        with vault.reading() as connection:
            assert {protocol.taken_back for protocol in read_protocols(connection)} == {True}


def test_that_whoever_was_taken_back_is_imported_like_everybody_until_erased_again(house: House) -> None:
    def bring_back(when: datetime) -> None:
        import_package(house.vault, house.package, update=True, bring_back=True, now=when, today=TODAY)

    _erase(house.vault)
    bring_back(NOW + MONTH)
    with house.vault.writing(now=NOW) as session:
        session.get(Coachee, PERSON).family_name = "Anders"
    assert import_package(house.vault, house.package, update=True, now=NOW + MONTH, today=TODAY).changed
    erase_person(house.vault, PERSON, reason="noch einmal", now=NOW + 2 * MONTH, today=TODAY)
    with pytest.raises(PackageError, match="gelöscht wurde"):
        import_package(house.vault, house.package, update=True, now=NOW + 3 * MONTH, today=TODAY)
    bring_back(NOW + 3 * MONTH)
    with house.vault.reading() as connection:
        days = connection.exec_driver_sql("SELECT substr(taken_back_at, 1, 10) FROM erasures ORDER BY id").scalars().all()
    assert days == [f"{NOW + times * MONTH:%Y-%m-%d}" for times in (1, 3)]


def test_that_a_form_from_before_the_erasure_cannot_write_a_text_back(house: House) -> None:
    with house.vault.reading() as connection:
        query = "SELECT id, row_version FROM observations WHERE coaching_id = ?"
        row_id, version = connection.exec_driver_sql(query, (identifier("coachings", 0),)).one()
    _erase(house.vault, depth=FACTS)
    values = {"evidence": f"{MARK} von vorher"}
    with pytest.raises(InvalidInputError, match="inzwischen geändert"), house.vault.writing(now=NOW) as session:
        change_row(session, Observation, row_id, values, today=TODAY, expected_version=version)


def test_that_a_draft_is_the_persons_where_it_holds_both_names_and_not_only_one(house: House) -> None:
    vault = house.vault
    with vault.writing(now=NOW) as session:
        person = session.get(Coachee, PERSON)
        texts = {
            "one": person.family_name,
            "other": person.given_name,
            "both": f"{person.given_name} {person.family_name}".upper(),
        }
        for key, words in texts.items():
            keep_draft(session, vault.user.id, key, {"texts": [words]}, now=NOW)
    preview = preview_erasure(vault, PERSON, depth=WHOLE, now=NOW, today=TODAY)
    assert preview.counts["drafts"] == 3
    _erase(vault)
    with vault.reading() as connection:
        kept = set(connection.exec_driver_sql("SELECT key FROM drafts").scalars())
    assert kept == {"one", "other", "hours:2026"}


def test_that_a_hold_a_missing_reason_and_a_name_in_it_refuse_the_erasure(house: House) -> None:
    vault = house.vault
    before = _rows_of(vault, PERSON)
    with vault.reading() as connection:
        name = connection.exec_driver_sql("SELECT family_name FROM coachees WHERE id = ?", (PERSON,)).scalar()
    for reason, words in ((" ", "Grund"), (f"Wunsch von {name.upper()}", "ohne Namen")):
        with pytest.raises(InvalidInputError, match=words):
            _erase(vault, reason=reason)
    with vault.writing(now=NOW) as session:
        session.add(LegalHold(coachee_id=PERSON, held_from=TODAY, held_until=TODAY, reason="Klage"))
    with pytest.raises(VaultError, match=r"Sperre bis 02\.03\.2026"):
        _erase(vault)
    with pytest.raises(VaultError, match="Sperre"):
        preview_erasure(vault, PERSON, depth=WHOLE, now=NOW, today=TODAY)
    with acting(vault, frozenset({Role.JOB_COACH})), pytest.raises(VaultError, match="Koordination"):
        _erase(vault)
    assert _rows_of(vault, PERSON)["legal_holds"] == before["legal_holds"] + 1


def test_that_nobody_is_found_by_an_unknown_or_ambiguous_case_number(house: House) -> None:
    with house.vault.reading() as connection:
        with pytest.raises(NotFoundError):
            person_by_case(connection, "gibt es nicht")
        number = connection.exec_driver_sql("SELECT case_number FROM coachees WHERE id = ?", (PERSON,)).scalar()
        assert person_by_case(connection, f" {number} ") == PERSON


@pytest.fixture(scope="module")
def sample(template_vault: TemplateVault, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    from bjc_desktop.vault import open_with_key

    with open_with_key(template_vault.copy_to(tmp_path_factory.mktemp("erasing") / "tresor"), template_vault.secrets) as vault:
        yield filled(vault, "package")


def test_that_the_preview_says_what_would_change_and_changes_nothing(sample: Vault) -> None:
    with sample.reading() as connection:
        before = read_past_figures(connection, today=TODAY)
        query = (
            "SELECT coachee_id FROM coachings WHERE exit_on BETWEEN '2025-07-01' AND '2025-09-30' AND cancelled = 0 ORDER BY id"
        )
        person = connection.exec_driver_sql(query).scalar()
        protocols = read_protocols(connection)
    whole = preview_erasure(sample, person, depth=WHOLE, now=NOW, today=TODAY)
    facts = preview_erasure(sample, person, depth=FACTS, now=NOW, today=TODAY)
    with sample.reading() as connection:
        assert read_past_figures(connection, today=TODAY) == before
        assert read_protocols(connection) == protocols
    assert "2025-Q3" in {effect.quarter for effect in whole.effects}
    assert facts.effects == ()
    assert whole.counts["coachings"] >= 1


def test_that_no_figure_of_any_quarter_changes_where_the_facts_stay(sample: Vault) -> None:
    with sample.reading() as connection:
        before = read_past_figures(connection, today=TODAY)
        people = connection.exec_driver_sql("SELECT id FROM coachees ORDER BY id").scalars().all()
    for person in people[::60]:
        _erase(sample, person, depth=FACTS)
    with sample.reading() as connection:
        after = read_past_figures(connection, today=TODAY)
    assert len(before) > 100
    assert changed_figures(before, after) == ()
    assert before == after


def _command(house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str):
    secret = house.package.parent / "pass"
    secret.write_text(PASSPHRASE, "utf-8")
    monkeypatch.setenv("BJC_PASSPHRASE_FILE", str(secret))
    house.vault.close()
    status = run(["erase", str(house.vault.folder), *arguments])
    return status, capsys.readouterr()


def test_that_the_command_shows_first_and_erases_only_when_told(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = f"{MARK}case_number 0 neu"
    status, said = _command(house, capsys, monkeypatch, "--case", case)
    assert (status, "Coachings: 1" in said.out, "Nichts wurde geändert" in said.err) == (0, True, True)
    status, said = _command(house, capsys, monkeypatch, "--case", case, "--confirm")
    assert (status, "Grund" in said.err) == (1, True)
    status, said = _command(house, capsys, monkeypatch, "--case", case, "--reason", "Antrag", "--confirm")
    assert (status, said.out.startswith("Gelöscht: "), MARK in said.out + said.err) == (0, True, False)
    status, said = _command(house, capsys, monkeypatch, "--case", case)
    assert (status, "gibt es niemanden" in said.err) == (1, True)
