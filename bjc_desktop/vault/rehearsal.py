"""A backup opened on trial: unpacked into a place of its own inside the vault, encrypted as it is, and gone again afterwards."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection

from bjc_desktop.errors import VaultDamagedError, VaultError
from bjc_desktop.vault.backup_files import Backup, slots_in, unpack
from bjc_desktop.vault.driver import (
    READING,
    CipherKey,
    Connector,
    Stopped,
    assert_whole,
    clear_errors,
    connect,
    never,
    vault_engine,
)
from bjc_desktop.vault.durable import PART, new_part
from bjc_desktop.vault.vault import BACKUPS, DATABASE, Vault

_PLACE = "probe"
_OTHER_KEY = "Diese Sicherung öffnet Ihr heutiger Zugang nicht. Bitte zuerst eine neue Sicherung machen."


def key_of(vault: Vault, backup: Backup) -> CipherKey:
    """Return what opens the database in *backup*, found with the secrets of who opened *vault*.

    Raises
    ------
    VaultError
        where that user had no access yet when the backup was made.
    """
    slots = slots_in(backup.path)
    slot = slots.slot_of(vault.secrets.owner)
    try:
        data_key = None if slot is None else slot.data_key_for(vault.secrets.private_key)
    except VaultDamagedError:
        data_key = None
    if data_key is None or not slots.belongs_to(data_key):
        raise VaultError(_OTHER_KEY)
    return CipherKey(data_key, slots.cipher_salt)


@contextmanager
def restored_on_trial(vault: Vault, backup: Backup, stopped: Stopped = never) -> Iterator[Connection]:
    """Restore *backup* into a temporary place, check the whole file, and yield a connection that reads it.

    Raises
    ------
    VaultDamagedError
        where the backup is not what was written.
    VaultError
        where the user cannot open it.
    """
    key = key_of(vault, backup)
    part = new_part(vault.folder / BACKUPS / _PLACE)
    try:
        with clear_errors():
            unpack(backup.path, part, stopped)
            with closing(connect(part / DATABASE, key, journal=False)) as raw:
                assert_whole(raw)
        engine = vault_engine(Connector(part / DATABASE, key))
        try:
            with engine.connect().execution_options(**READING) as connection, connection.begin() as transaction:
                yield connection
                transaction.rollback()
        finally:
            engine.dispose()
    finally:
        shutil.rmtree(part, ignore_errors=True)


def forget_trial(folder: Path) -> None:
    """Remove what a trial that was interrupted left in the vault in *folder*."""
    with suppress(OSError):
        shutil.rmtree(folder / BACKUPS / f".{_PLACE}{PART}", ignore_errors=True)
