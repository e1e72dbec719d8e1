"""A new data key, so that whoever could open the vault before cannot open what is written from now on."""

import os
from dataclasses import replace

from bjc_desktop.vault.changes import record_event
from bjc_desktop.vault.driver import change_key
from bjc_desktop.vault.keys import KEY_BYTES
from bjc_desktop.vault.vault import Vault


def rotate_data_key(vault: Vault, owners: set[str]) -> None:
    """Encrypt the database under a new key that only the slots of *owners* and of the recovery code hold.

    The slot file announces the new key first: a crash at any point leaves a database that the old or the new key opens, and
    the next opening finishes the change. Backups made before keep the key they had.

    Raises
    ------
    VaultInUseError
        where another transaction is still open; the next opening finishes the change.
    """
    with vault.whole_file:
        _rotate(vault, owners)


def _rotate(vault: Vault, owners: set[str]) -> None:
    data_key = os.urandom(KEY_BYTES)
    vault.save_slots(vault.slots.only(owners).announcing(data_key))
    secrets = replace(vault.secrets, data_key=data_key)
    vault.engine.dispose()
    change_key(vault.database, vault.secrets.cipher_key, secrets.cipher_key)
    vault.secrets = secrets
    vault.connector.key = secrets.cipher_key
    vault.save_slots(vault.slots.settled())
    with vault.writing() as session:
        record_event(session, vault.actor(), "rotate_key", {}, now=vault.clock())
