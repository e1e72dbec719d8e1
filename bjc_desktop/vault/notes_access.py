"""Who can read the notes of consultations: their keys, sealed to each holder, and their rotation."""

from collections.abc import Callable

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.orm import Session

from bjc_desktop.errors import MissingNoteKeyError
from bjc_desktop.models import Base, User, VaultFact
from bjc_desktop.vault.keys import KEY_BYTES, NoteCipher, NoteKeys, seal, unseal
from bjc_desktop.vault.slots import RECOVERY, SlotFile, owner_of
from bjc_desktop.vault.vault import Vault

RECOVERY_NOTE_KEYS = "recovery_note_keys"
NEXT_RECOVERY_NOTE_KEYS = "next_recovery_note_keys"
"""The public key of a recovery code that is about to be set (32 bytes), then the note keys sealed to it, if any."""
ROTATION_DUE = "note_rotation_due"
_PURPOSE = "note-keys"
_NO_KEY = "Sie haben keinen Zugang zu den Notizen. Bitte jemanden mit diesem Zugang fragen."


def sealed_keys(public_key: bytes, keys: NoteKeys) -> bytes:
    """Return *keys* readable by the holder of *public_key* only."""
    return seal(public_key, keys.to_bytes(), _PURPOSE)


def opened_keys(private_key: bytes, sealed: bytes) -> NoteKeys:
    """Return the note keys in *sealed*.

    Raises
    ------
    VaultDamagedError
        where they were not sealed for this key.
    """
    return NoteKeys.from_bytes(unseal(private_key, sealed, _PURPOSE))


def held_notes(vault: Vault) -> NoteCipher:
    """Return the cipher of the notes.

    Raises
    ------
    MissingNoteKeyError
        where the user does not hold their key.
    """
    if vault.notes is None:
        raise MissingNoteKeyError(_NO_KEY)
    return vault.notes


def put_fact(session: Session, name: str, value: bytes | None) -> None:
    """Set a fact of the vault, or remove it where *value* is None."""
    fact = session.get(VaultFact, name)
    if fact is not None and value is None:
        session.delete(fact)
    elif fact is not None and value is not None:
        fact.value = value
    elif value is not None:
        session.add(VaultFact(key=name, value=value))


def seal_to(vault: Vault, user: User, keys: NoteKeys) -> None:
    """Seal *keys* to the public key of *user*."""
    slot = vault.slots.slot_of(owner_of(vault.id, user.name))
    user.note_keys = None if slot is None else sealed_keys(slot.public_key, keys)


def seal_for_recovery(vault: Vault, session: Session, keys: NoteKeys | None) -> None:
    """Seal *keys* to the recovery code, or take them away from it."""
    slot = vault.slots.slot_of(RECOVERY)
    put_fact(session, RECOVERY_NOTE_KEYS, None if slot is None or keys is None else sealed_keys(slot.public_key, keys))
    put_fact(session, NEXT_RECOVERY_NOTE_KEYS, None)


def announce_recovery(session: Session, public_key: bytes, keys: NoteKeys | None) -> None:
    """Seal *keys* to the recovery code that is about to be set, beside what the present one opens."""
    put_fact(session, NEXT_RECOVERY_NOTE_KEYS, public_key + (b"" if keys is None else sealed_keys(public_key, keys)))


def settle_recovery(session: Session, slots: SlotFile) -> None:
    """Keep what is sealed to the recovery code of *slots*, and forget what was announced for another."""
    if session.get(VaultFact, NEXT_RECOVERY_NOTE_KEYS) is not None:
        put_fact(session, RECOVERY_NOTE_KEYS, recovery_note_keys(session.connection(), slots))
        put_fact(session, NEXT_RECOVERY_NOTE_KEYS, None)


def recovery_note_keys(connection: Connection, slots: SlotFile) -> bytes | None:
    """Return the note keys that are sealed to the recovery code of *slots*, or None where it does not open the notes."""
    query, slot = select(VaultFact.value), slots.slot_of(RECOVERY)
    announced = connection.execute(query.where(VaultFact.key == NEXT_RECOVERY_NOTE_KEYS)).scalar()
    if announced is not None and slot is not None and announced[:KEY_BYTES] == slot.public_key:
        return announced[KEY_BYTES:] or None
    sealed: bytes | None = connection.execute(query.where(VaultFact.key == RECOVERY_NOTE_KEYS)).scalar()
    return sealed


def rotate_notes(vault: Vault, session: Session) -> Callable[[], None]:
    """Encrypt every note anew under a new key, held by all present holders; return what to do after the commit.

    Raises
    ------
    MissingNoteKeyError
        where the user does not hold the present key.
    """
    old = held_notes(vault)
    new = NoteCipher(vault.id, old.keys.rotated())
    session.flush()
    _encrypt_anew(session, old, new)
    for user in session.scalars(select(User).where(User.note_keys.is_not(None), User.removed_at.is_(None))):
        seal_to(vault, user, new.keys)
    seal_for_recovery(vault, session, new.keys)
    put_fact(session, ROTATION_DUE, None)

    def use() -> None:
        vault.notes = new

    return use


def _encrypt_anew(session: Session, old: NoteCipher, new: NoteCipher) -> None:
    """Replace the ciphertexts; the texts stay, so the rows' versions do as well."""
    table = Base.metadata.tables["consultations"]
    connection = session.connection()
    rows = connection.execute(select(table.c.id, table.c.note).where(table.c.note.is_not(None))).all()
    changed = [{"row_id": row.id, "blob": new.encrypt(row.id, old.decrypt(row.id, row.note))} for row in rows]
    if changed:
        connection.execute(update(table).where(table.c.id == bindparam("row_id")).values(note=bindparam("blob")), changed)
