"""From a passphrase or a recovery code to the keys of a vault, and finishing a rotation that was interrupted."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bjc_desktop.errors import NotFoundError, VaultDamagedError, WrongPassphraseError
from bjc_desktop.vault.driver import CipherKey, change_key, connect
from bjc_desktop.vault.keys import read_recovery_code
from bjc_desktop.vault.slots import DAMAGED, RECOVERY, Slot, SlotFile, owner_of, readable_slots, write_slots
from bjc_desktop.vault.vault import DATABASE, Secrets

WRONG = "Name oder Passphrase stimmt nicht. Bitte die Eingabe prüfen oder den Wiederherstellungscode verwenden."
WHICH_USER = "Der Tresor hat mehrere Zugänge. Bitte mit „--user NAME“ angeben, wer ihn öffnet."


@dataclass(frozen=True, slots=True)
class Unlocked:
    """The slot file and the secrets that a passphrase opened in it."""

    slots: SlotFile
    secrets: Secrets


def unlock(folder: Path, passphrase: str, user: str | None) -> Unlocked:
    """Open the slot of *user* (None: the only one), or the recovery slot where *passphrase* is a recovery code.

    Raises
    ------
    WrongPassphraseError
        where no slot opens; the same for a wrong passphrase and for an unknown user.
    NotFoundError
        where there is no slot file, or no user is named and there are several.
    VaultDamagedError
        where the slot file was altered.
    """
    damaged = False
    for slots in readable_slots(folder):
        try:
            unlocked = _unlock_in(slots, passphrase, user)
        except VaultDamagedError:
            damaged = True
            continue
        if unlocked is not None:
            return unlocked
    raise VaultDamagedError(DAMAGED) if damaged else WrongPassphraseError(WRONG)


def _attempts(slots: SlotFile, passphrase: str, user: str | None) -> Iterator[tuple[Slot, str]]:
    code, recovery = read_recovery_code(passphrase), slots.slot_of(RECOVERY)
    if code is not None and recovery is not None:
        yield recovery, code
    if user is None and len(slots.user_slots) > 1:
        if code is not None:
            return
        raise NotFoundError(WHICH_USER)
    slot = next(iter(slots.user_slots), None) if user is None else slots.slot_of(owner_of(slots.vault_id, user))
    if slot is not None:
        yield slot, passphrase


def _unlock_in(slots: SlotFile, passphrase: str, user: str | None) -> Unlocked | None:
    for slot, text in _attempts(slots, passphrase, user):
        private_key = slot.open(text, slots.vault_id)
        if private_key is None:
            continue
        data_key = slot.data_key_for(private_key)
        if not slots.belongs_to(data_key):
            raise VaultDamagedError(DAMAGED)
        return Unlocked(slots, Secrets(slot.owner, private_key, data_key, slots.cipher_salt))
    return None


def settle_rotation(folder: Path, unlocked: Unlocked) -> Unlocked:
    """Finish changing the data key where that was interrupted, and return what opens the vault then.

    The slot file announces the next key before the database gets it: the database is under one of the two.

    Raises
    ------
    VaultDamagedError
        where neither key opens the database.
    """
    secrets, data_key = unlocked.secrets, _next_data_key(unlocked)
    if data_key is None:
        return unlocked
    following = Secrets(secrets.owner, secrets.private_key, data_key, secrets.cipher_salt)
    if not _opens(folder / DATABASE, following.cipher_key):
        change_key(folder / DATABASE, secrets.cipher_key, following.cipher_key)
    settled = unlocked.slots.settled()
    write_slots(folder, settled, data_key)
    return Unlocked(settled, following)


def _next_data_key(unlocked: Unlocked) -> bytes | None:
    slot = unlocked.slots.slot_of(unlocked.secrets.owner)
    return None if slot is None else slot.next_data_key_for(unlocked.secrets.private_key)


def keys_in_question(unlocked: Unlocked) -> tuple[CipherKey, ...]:
    """Return the keys under which the pages of the database may be: two while the data key is being changed."""
    own, following = unlocked.secrets.cipher_key, _next_data_key(unlocked)
    return (own,) if following is None else (own, CipherKey(following, own.salt))


def _opens(path: Path, key: CipherKey) -> bool:
    try:
        with closing(connect(path, key)):
            return True
    except VaultDamagedError:
        return False
