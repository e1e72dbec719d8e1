"""The users of a vault: adding and removing them, their passphrases, their access to notes, the recovery code."""

import uuid
from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bjc_desktop.errors import InvalidInputError, NotFoundError, VaultError
from bjc_desktop.models import User
from bjc_desktop.vault.changes import record_event
from bjc_desktop.vault.keys import DEFAULT_KDF, KdfParameters, check_new_passphrase, read_recovery_code
from bjc_desktop.vault.notes_access import (
    ROTATION_DUE,
    announce_recovery,
    held_notes,
    put_fact,
    rotate_notes,
    seal_to,
    settle_recovery,
)
from bjc_desktop.vault.opening import utc
from bjc_desktop.vault.rotation import rotate_data_key
from bjc_desktop.vault.slots import RECOVERY, SlotFile, new_slot, normal_name, owner_of, rewrapped
from bjc_desktop.vault.user_names import checked_name
from bjc_desktop.vault.vault import UserIdentity, Vault, roles_from
from bjc_desktop.vocabulary import Role

NO_ROLE = "Bitte mindestens eine Rolle wählen."
NOTE_ROLE = Role.JOB_COACH
"""The role that reads notes of consultations."""


def list_users(vault: Vault) -> list[UserIdentity]:
    """Return the users who can open *vault*, by name."""
    with vault.reading() as connection:
        rows = connection.execute(select(User.__table__).where(User.removed_at.is_(None)).order_by(User.name)).all()
    return [UserIdentity(row.id, row.name, roles_from(row.roles)) for row in rows]


def note_holders(vault: Vault) -> frozenset[str]:
    """Return the ids of the users who hold the key of the notes."""
    with vault.reading() as connection:
        query = select(User.id).where(User.removed_at.is_(None), User.note_keys.is_not(None))
        return frozenset(connection.execute(query).scalars())


def add_user(
    vault: Vault, name: str, passphrase: str, roles: Iterable[Role], now: datetime, *, kdf: KdfParameters = DEFAULT_KDF
) -> UserIdentity:
    """Add a user to *vault*; a coach gets access to the notes where the acting user holds it, otherwise by :func:`grant_notes`.

    Raises
    ------
    VaultError
        where the acting user does not have the role administration.
    InvalidInputError
        where the name is taken, no role is given, or the passphrase is too short.
    """
    name, wanted = checked_name(name), set(roles)
    check_new_passphrase(passphrase)
    if not wanted:
        raise InvalidInputError({"roles": NO_ROLE})
    new = new_slot(owner_of(vault.id, name), passphrase, vault.secrets.data_key, vault.id, kdf)
    before = vault.slots
    try:
        with vault.writing(Role.ADMINISTRATION, now=now) as session:
            user = _entered(session, name, wanted, now)
            # The slot comes before the commit: a slot without a user is dropped at the next opening.
            vault.save_slots(before.with_slot(new.slot))
            if vault.notes is not None and NOTE_ROLE in wanted:
                seal_to(vault, user, vault.notes.keys)
            payload = {"user_id": user.id, "roles": sorted(wanted), "notes": user.note_keys is not None}
            record_event(session, vault.actor(Role.ADMINISTRATION), "add_user", payload, now=now)
            return UserIdentity(user.id, user.name, frozenset(wanted))
    except BaseException:
        _put_back(vault, before)
        raise


def _put_back(vault: Vault, slots: SlotFile) -> None:
    if vault.slots != slots:
        vault.save_slots(slots)


def _entered(session: Session, name: str, roles: set[Role], now: datetime) -> User:
    """Return the new user in the session; someone of that name who was removed comes back."""
    user = _find(session, name)
    if user is not None and user.removed_at is None:
        raise InvalidInputError({"name": "Diesen Namen gibt es schon. Bitte einen anderen wählen."})
    if user is None:
        user = User(id=str(uuid.uuid4()), name=name)
        session.add(user)
    user.name, user.created_at, user.removed_at, user.note_keys = name, utc(now), None, None
    user.roles = ",".join(role for role in Role if role in roles)
    return user


def _find(session: Session, name: str) -> User | None:
    return next((user for user in session.scalars(select(User)) if normal_name(user.name) == normal_name(name)), None)


def _active(session: Session, name: str) -> User:
    user = _find(session, name)
    if user is None or user.removed_at is not None:
        message = "Diesen Zugang gibt es nicht. Bitte den Namen prüfen."
        raise NotFoundError(message)
    return user


def remove_user(vault: Vault, name: str, now: datetime) -> None:
    """Take a user's access away, change the data key, and change the notes' key where the user held it.

    Where the acting user does not hold the notes' key, it is changed as soon as someone who does opens the vault. The
    user's name stays in the vault, for the change record refers to it. Backups made before still open with the old passphrase.

    Raises
    ------
    VaultError
        where the acting user does not have the role administration, or would remove their own access.
    NotFoundError
        where there is no such user.
    """
    use = None
    with vault.writing(Role.ADMINISTRATION, now=now) as session:
        user = _active(session, name)
        if user.id == vault.user.id:
            message = "Der eigene Zugang lässt sich nicht entfernen. Bitte jemanden mit der Rolle „Verwaltung“ fragen."
            raise VaultError(message)
        user.removed_at = utc(now)
        if user.note_keys is not None:
            use = _notes_taken_from(vault, session, user)
        record_event(session, vault.actor(Role.ADMINISTRATION), "remove_user", {"user_id": user.id}, now=now)
        owners = {owner_of(vault.id, other.name) for other in session.scalars(select(User).where(User.removed_at.is_(None)))}
    if use is not None:
        use()
    rotate_data_key(vault, owners)


def change_roles(vault: Vault, name: str, roles: Iterable[Role], now: datetime) -> UserIdentity:
    """Give a user other roles; they count from the next opening on.

    Who becomes a coach gets access to the notes where the acting user holds it, otherwise by :func:`grant_notes`. Who is a coach no
    longer loses it, and the notes' key is changed, at once or as soon as someone who holds it opens the vault.

    Raises
    ------
    VaultError
        where the acting user does not have the role administration, or would give up their own.
    InvalidInputError
        where no role is given.
    NotFoundError
        where there is no such user.
    """
    wanted, use = set(roles), None
    if not wanted:
        raise InvalidInputError({"roles": NO_ROLE})
    with vault.writing(Role.ADMINISTRATION, now=now) as session:
        user = _active(session, name)
        if user.id == vault.user.id and Role.ADMINISTRATION not in wanted:
            message = "Die eigene Rolle „Verwaltung“ lässt sich nicht abgeben. Bitte jemanden mit dieser Rolle fragen."
            raise VaultError(message)
        user.roles = ",".join(role for role in Role if role in wanted)
        if NOTE_ROLE in wanted and user.note_keys is None and vault.notes is not None:
            seal_to(vault, user, vault.notes.keys)
        elif NOTE_ROLE not in wanted and user.note_keys is not None:
            use = _notes_taken_from(vault, session, user)
        record_event(
            session, vault.actor(Role.ADMINISTRATION), "change_roles", {"user_id": user.id, "roles": sorted(wanted)}, now=now
        )
        changed = UserIdentity(user.id, user.name, frozenset(wanted))
    if use is not None:
        use()
    return changed


def _notes_taken_from(vault: Vault, session: Session, user: User) -> Callable[[], None] | None:
    """Take the notes' key from a holder and change it; return what to do after the commit. Without the key, note that it is due."""
    user.note_keys = None
    if vault.notes is None:
        put_fact(session, ROTATION_DUE, b"1")
        return None
    return rotate_notes(vault, session)


def set_passphrase(
    vault: Vault, passphrase: str, now: datetime, *, name: str | None = None, kdf: KdfParameters = DEFAULT_KDF
) -> None:
    """Set a new passphrase: one's own, or as administration that of the user *name*.

    Who opened the vault with the recovery code sets the passphrase of the user for whom it stands. Setting someone else's makes
    a new key pair for them; access to notes goes along where the acting user holds it.

    Raises
    ------
    InvalidInputError
        where the passphrase is too short.
    VaultError
        where someone else's is set without the role administration.
    """
    check_new_passphrase(passphrase)
    own = vault.secrets.owner != RECOVERY and (name is None or normal_name(name) == normal_name(vault.user.name))
    if own:
        _set_own(vault, passphrase, now, kdf)
    else:
        _set_for(vault, name or vault.user.name, passphrase, now, kdf)


def _set_own(vault: Vault, passphrase: str, now: datetime, kdf: KdfParameters) -> None:
    slot = vault.slots.slot_of(vault.secrets.owner)
    if slot is None:
        message = "Der eigene Zugang fehlt in der Schlüsseldatei. Bitte „bjc-desktop doctor“ ausführen."
        raise VaultError(message)
    before = vault.slots
    try:
        with vault.writing(now=now) as session:
            record_event(session, vault.actor(), "set_passphrase", {"user_id": vault.user.id}, now=now)
            vault.save_slots(before.with_slot(rewrapped(slot, vault.secrets.private_key, passphrase, vault.id, kdf)))
    except BaseException:
        _put_back(vault, before)
        raise


def _set_for(vault: Vault, name: str, passphrase: str, now: datetime, kdf: KdfParameters) -> None:
    before = vault.slots
    try:
        with vault.writing(Role.ADMINISTRATION, now=now) as session:
            user = _active(session, name)
            new = new_slot(owner_of(vault.id, user.name), passphrase, vault.secrets.data_key, vault.id, kdf)
            vault.save_slots(before.with_slot(new.slot))
            held, user.note_keys = user.note_keys is not None, None
            if held and vault.notes is not None:
                seal_to(vault, user, vault.notes.keys)
            record_event(session, vault.actor(Role.ADMINISTRATION), "set_passphrase", {"user_id": user.id}, now=now)
    except BaseException:
        _put_back(vault, before)
        raise


def renew_recovery_code(vault: Vault, code: str, now: datetime, *, kdf: KdfParameters = DEFAULT_KDF) -> None:
    """Replace the recovery code by *code*, made by ``new_recovery_code``; from now on the old one is void.

    Whoever calls has shown the code before: so there is no moment, whatever happens, at which only a code opens the vault that
    nobody has seen. It opens the notes only where the acting user holds their key.

    Raises
    ------
    VaultError
        where the acting user does not have the role administration, or opened the vault with the code itself.
    """
    if vault.secrets.owner == RECOVERY:
        message = "Der Wiederherstellungscode ist gerade in Gebrauch. Bitte zuerst eine Passphrase setzen und damit öffnen."
        raise VaultError(message)
    actor = vault.actor(Role.ADMINISTRATION)
    slot = new_slot(RECOVERY, read_recovery_code(code) or code, vault.secrets.data_key, vault.id, kdf).slot
    with vault.writing(Role.ADMINISTRATION, now=now) as session:
        announce_recovery(session, slot.public_key, None if vault.notes is None else vault.notes.keys)
        record_event(session, actor, "renew_recovery_code", {}, now=now)
    vault.save_slots(vault.slots.with_slot(slot))
    with vault.writing(Role.ADMINISTRATION, now=now) as session:
        settle_recovery(session, vault.slots)


def grant_notes(vault: Vault, name: str, now: datetime) -> None:
    """Give the coach *name* access to the notes of consultations: the confirmation by someone who has it.

    Raises
    ------
    MissingNoteKeyError
        where the acting user has no access.
    VaultError
        where *name* is not a coach.
    """
    keys = held_notes(vault).keys
    with vault.writing(now=now) as session:
        user = _active(session, name)
        if NOTE_ROLE not in user.roles.split(","):
            message = f"Notizen liest nur, wer die Rolle „{NOTE_ROLE.label}“ hat. Bitte zuerst die Rolle vergeben."
            raise VaultError(message)
        seal_to(vault, user, keys)
        record_event(session, vault.actor(), "grant_notes", {"user_id": user.id}, now=now)
