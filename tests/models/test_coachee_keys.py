"""The keys of coachees are right whichever way a coachee is written, and the prefix index agrees with them."""

import shutil
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, select

from bjc_desktop.models import Coachee
from bjc_desktop.models.name_keys import search_key, sort_key
from bjc_desktop.services.coachee_list import CoacheeFilter, find_coachees
from bjc_desktop.services.row_editing import add_row, change_row, delete_row
from bjc_desktop.vault import Vault, open_vault
from bjc_desktop.vault.backup import BackupSource, write_backup
from bjc_desktop.vault.driver import connect, new_cipher_file
from bjc_desktop.vault.schema import SCRIPTS, migrate
from tests.conftest import NOW, PASSPHRASE
from tests.samples import TODAY, filled
from tests.vault.cases import add_case


def assert_right(connection: Connection) -> None:
    rows = connection.exec_driver_sql("SELECT id, case_number, family_name, given_name FROM coachees").fetchall()
    keys = connection.exec_driver_sql("SELECT coachee_id, sort_key, search_key FROM coachee_keys").fetchall()
    expected = {(row_id, sort_key(family, given), search_key(number, family, given)) for row_id, number, family, given in rows}
    assert {tuple(key) for key in keys} == expected
    assert len(keys) == len(rows)


def assert_indexed(vault: Vault) -> None:
    with closing(connect(vault.database, vault.secrets.cipher_key)) as raw:
        raw.execute("INSERT INTO coachee_search(coachee_search, rank) VALUES ('integrity-check', 1)")
        config = dict(raw.execute("SELECT k, v FROM coachee_search_config").fetchall())
    assert config["secure-delete"] == 1


def found(vault: Vault, typed: str) -> list[str]:
    with vault.reading() as connection:
        assert_right(connection)
        page = find_coachees(connection, CoacheeFilter(text=typed), today=TODAY)
    assert_indexed(vault)
    return [row.family_name for row in page.rows]


def test_that_an_added_a_changed_and_a_deleted_coachee_is_found_accordingly(vault: Vault) -> None:
    with vault.writing(now=NOW) as session:
        row_id = add_row(session, Coachee, {"case_number": "F-1", "family_name": "Müller"}, today=TODAY)
    assert found(vault, "muell") == ["Müller"]
    with vault.writing(now=NOW) as session:
        change_row(session, Coachee, row_id, {"family_name": "Łoś", "given_name": "Ewa"}, today=TODAY)
    assert found(vault, "muell") == []
    assert found(vault, "ewa los") == ["Łoś"]
    with vault.writing(now=NOW) as session:
        delete_row(session, Coachee, row_id)
    assert found(vault, "los") == []
    assert found(vault, "") == []


def test_that_what_is_rolled_back_is_not_found(vault: Vault) -> None:
    try:
        with vault.writing(now=NOW) as session:
            add_row(session, Coachee, {"case_number": "F-1", "family_name": "Müller"}, today=TODAY)
            raise RuntimeError
    except RuntimeError:
        assert found(vault, "muell") == []


def test_that_the_keys_stand_in_no_change_record_and_in_no_package(vault: Vault) -> None:
    add_case(vault, "Größel")
    names = {column.name for column in Coachee.__table__.columns}
    assert "search_key" not in names
    with vault.reading() as connection:
        entities = connection.exec_driver_sql("SELECT DISTINCT entity FROM change_records").scalars().all()
    assert "coachee_keys" not in entities


def test_that_an_imported_package_is_found(vault: Vault) -> None:
    filled(vault, "package")
    with vault.reading() as connection:
        names = connection.execute(select(Coachee.given_name, Coachee.family_name)).all()
    for given, family in names[:40]:
        assert family in found_quickly(vault, f"{given or ''} {family}")
    assert found(vault, "") != []


def found_quickly(vault: Vault, typed: str) -> list[str]:
    with vault.reading() as connection:
        return [row.family_name for row in find_coachees(connection, CoacheeFilter(text=typed), today=TODAY).rows]


def test_that_a_copy_without_gaps_still_finds_everybody(vault: Vault, tmp_path: Path) -> None:
    for name in ("Erste", "Zweite", "Dritte"):
        add_case(vault, name)
    with vault.writing(now=NOW) as session:
        first = session.execute(select(Coachee.id).where(Coachee.family_name == "Erste")).scalar_one()
        delete_row(session, Coachee, first)
    with closing(connect(vault.database, vault.secrets.cipher_key)) as raw:
        raw.execute("VACUUM")
    assert found(vault, "drit") == ["Dritte"]
    assert write_backup(BackupSource(vault.folder, vault.slots, vault.secrets), tmp_path, NOW)


def test_that_an_older_vault_gets_its_keys_when_it_is_migrated(vault: Vault, tmp_path: Path) -> None:
    scripts = tmp_path / "scripts"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    for newer in sorted((scripts / "versions").glob("[0-9]*.py"))[1:]:
        newer.unlink()
    path, key = tmp_path / "old.db", vault.secrets.cipher_key
    new_cipher_file(path, key)
    migrate(path, key, scripts=scripts)
    with closing(connect(path, key)) as raw:
        raw.execute("INSERT INTO coachees (id, case_number, given_name, family_name) VALUES ('a', 'F-7', 'Ewa', 'Łoś')")
    migrate(path, key)
    with closing(connect(path, key)) as raw:
        assert raw.execute("SELECT sort_key, search_key FROM coachee_keys").fetchall() == [("los\x1fewa", " los ewa #f7 #7")]
        match = "SELECT k.coachee_id FROM coachee_search s JOIN coachee_keys k ON k.number = s.rowid WHERE s.coachee_search MATCH '\"lo\"*'"
        assert raw.execute(match).fetchall() == [("a",)]


def test_that_the_check_of_the_whole_file_takes_the_prefix_index_for_whole(vault: Vault) -> None:
    add_case(vault, "Größel")
    vault.close()
    with open_vault(vault.folder, PASSPHRASE, now=NOW) as opened:
        assert found(opened, "groess") == ["Größel"]
