"""Connections, their pragmas, and what errors mean."""

import os
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import StatementError

from bjc_desktop.errors import DiskFullError, VaultDamagedError, VaultInUseError
from bjc_desktop.models import Base, Coachee
from bjc_desktop.vault import Vault, driver, memory_engine
from bjc_desktop.vault.driver import DAMAGED, PRAGMAS, CipherKey, clear_errors, connect
from tests.vault.cases import CANARY


@pytest.mark.parametrize(("pragma", "value"), PRAGMAS.items())
def test_that_every_connection_has_the_pragma(vault: Vault, pragma: str, value: object) -> None:
    with vault.engine.connect() as one, vault.engine.connect() as other:
        one.execution_options(bjc_reading=True)
        other.execution_options(bjc_reading=True)
        assert [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for connection in (one, other)] == [value, value]


def test_that_the_file_begins_with_its_salt_and_not_with_the_name_of_its_format(vault: Vault) -> None:
    assert vault.database.read_bytes()[:16] == vault.secrets.cipher_salt


def test_that_another_key_is_refused(vault: Vault) -> None:
    with pytest.raises(VaultDamagedError):
        connect(vault.database, CipherKey(bytes(32), vault.secrets.cipher_salt))


def test_that_a_writer_takes_the_lock_at_once_and_readers_go_on(vault: Vault) -> None:
    with vault.writing(), vault.reading() as reader:
        assert reader.exec_driver_sql("SELECT count(*) FROM coachees").scalar() == 0
        with closing(connect(vault.database, vault.secrets.cipher_key)) as other:
            other.execute("PRAGMA busy_timeout = 0")
            with pytest.raises(Exception, match="locked"):
                other.execute("BEGIN IMMEDIATE")


def test_that_writers_in_two_threads_wait_for_each_other(vault: Vault) -> None:
    def write(name: str) -> None:
        for number in range(5):
            with vault.writing() as session:
                session.add(Coachee(case_number=f"{name}{number}", family_name=name))

    threads = [threading.Thread(target=write, args=(name,)) for name in ("A", "B")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with vault.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM coachees").scalar() == 10


def test_that_an_error_message_holds_no_values(vault: Vault) -> None:
    with pytest.raises(StatementError) as caught, vault.writing() as session:
        session.add(Coachee(case_number=CANARY, family_name=None))
    assert CANARY not in str(caught.value)


def test_that_text_with_a_nul_is_refused(vault: Vault) -> None:
    with pytest.raises(StatementError, match="NUL"), vault.writing() as session:
        session.add(Coachee(case_number="1", family_name="Ha\x00ns"))


def test_that_reading_changes_nothing(vault: Vault) -> None:
    with vault.reading() as connection:
        connection.exec_driver_sql("INSERT INTO vault_facts VALUES ('x', x'00')")
    with vault.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM vault_facts WHERE key = 'x'").scalar() == 0


def test_that_a_vault_that_met_damage_is_only_read(vault: Vault) -> None:
    vault.connector.damaged = True
    with pytest.raises(VaultDamagedError, match="bjc-desktop restore"), vault.writing():
        pass
    with vault.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM users").scalar() == 1


def test_that_damage_met_while_reading_ends_in_one_sentence(vault: Vault) -> None:
    with vault.writing() as session:
        session.add_all(Coachee(case_number=str(number), family_name="x" * 900) for number in range(200))
    with closing(connect(vault.database, vault.secrets.cipher_key)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    vault.engine.dispose()
    content = bytearray(vault.database.read_bytes())
    for page in range(12, len(content) // 4096):
        content[page * 4096 + 100] ^= 1
    vault.database.write_bytes(content)
    with pytest.raises(VaultDamagedError) as caught, vault.reading() as reader:
        reader.exec_driver_sql("SELECT sum(length(family_name)) FROM coachees").scalar()
    assert str(caught.value) == DAMAGED
    with pytest.raises(VaultDamagedError), vault.reading():
        pass
    with pytest.raises(VaultDamagedError), vault.writing():
        pass


def test_that_a_full_disk_is_named_as_such() -> None:
    with pytest.raises(DiskFullError), clear_errors():
        raise OSError(28, "No space left on device")


def test_that_a_database_in_memory_has_all_tables() -> None:
    with memory_engine().connect() as connection:
        names = set(connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars())
    assert set(Base.metadata.tables) <= names


def test_that_a_key_is_not_changed_while_somebody_writes(vault: Vault) -> None:
    key = vault.secrets.cipher_key
    with (
        vault.writing() as session,
        pytest.MonkeyPatch.context() as context,
    ):
        session.connection()
        context.setattr(driver, "_BUSY_SECONDS", 0.1)
        with pytest.raises(VaultInUseError):
            driver.change_key(vault.database, key, CipherKey(b"n" * 32, key.salt))
    with vault.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM users").scalar() == 1


def resident() -> int:
    """Return the bytes of this process that lie in memory."""
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what the process takes")
def test_that_a_resting_vault_gives_back_what_it_read(vault: Vault) -> None:
    with vault.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE filling (content BLOB)")
        for _ in range(40):
            connection.exec_driver_sql("INSERT INTO filling VALUES (randomblob(1000000))")
    with vault.reading() as still_open:
        assert still_open.exec_driver_sql("SELECT count(*) FROM filling").scalar() == 40
        with vault.reading() as connection:
            connection.exec_driver_sql("SELECT sum(instr(content, 'x')) FROM filling").scalar()
        before = resident()
        vault.rest()
        assert before - resident() > 30_000_000
        assert still_open.exec_driver_sql("SELECT count(*) FROM filling").scalar() == 40
    with vault.reading() as connection:
        assert connection.exec_driver_sql("SELECT sum(length(content)) FROM filling").scalar() == 40_000_000
