"""Creating a vault, and opening one: lock, keys, check, migration, identity."""

import os
import shutil
import uuid
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select
from sqlalchemy.orm import Session

from bjc_desktop.errors import NotFoundError, VaultDamagedError, VaultError, WrongPassphraseError
from bjc_desktop.models import User, VaultFact
from bjc_desktop.vault.accounting import BACKUP, cause_of
from bjc_desktop.vault.backup import BackupSource, forget_guards, write_backup
from bjc_desktop.vault.backup_files import RESTORED, BackupReason
from bjc_desktop.vault.ballast import drop_ballast, keep_ballast, space_warning
from bjc_desktop.vault.chain_check import verify_anchor
from bjc_desktop.vault.change_chain import Actor, timestamp
from bjc_desktop.vault.changes import record_event
from bjc_desktop.vault.driver import (
    DAMAGED,
    UNOPENABLE,
    CipherKey,
    Connector,
    assert_whole,
    clear_errors,
    connect,
    new_cipher_file,
    revision_of,
    vault_engine,
)
from bjc_desktop.vault.durable import finish, new_part, sync_file
from bjc_desktop.vault.forgetting import erase_again
from bjc_desktop.vault.keys import (
    DEFAULT_KDF,
    KEY_BYTES,
    SALT_BYTES,
    KdfParameters,
    NoteCipher,
    NoteKeys,
    check_new_passphrase,
    new_recovery_code,
    read_recovery_code,
)
from bjc_desktop.vault.lock import VaultLock, place_warning
from bjc_desktop.vault.log_check import assert_own_log
from bjc_desktop.vault.noted_failures import Failure, forget_failures, note_failure, noted_failures
from bjc_desktop.vault.notes_access import (
    RECOVERY_NOTE_KEYS,
    ROTATION_DUE,
    opened_keys,
    recovery_note_keys,
    rotate_notes,
    sealed_keys,
    settle_recovery,
)
from bjc_desktop.vault.restored_gap import gap_from, note_gap, read_gap
from bjc_desktop.vault.restoring import restored_from
from bjc_desktop.vault.role_rights import sees_all_cases
from bjc_desktop.vault.rotation import rotate_data_key
from bjc_desktop.vault.schema import HEAD, revisions_after
from bjc_desktop.vault.schema import migrate as migrate_schema
from bjc_desktop.vault.slots import (
    RECOVERY,
    SLOTS,
    NewSlot,
    Slot,
    SlotFile,
    mirrored,
    new_slot,
    owner_of,
    readable_slots,
    write_slots,
)
from bjc_desktop.vault.unlocking import (
    WRONG,
    Unlocked,
    keys_in_question,
    settle_rotation,
    unlock,
)
from bjc_desktop.vault.user_names import checked_name
from bjc_desktop.vault.vault import BACKUPS, DATABASE, Secrets, UserIdentity, Vault, roles_from
from bjc_desktop.vocabulary import Role

_MISSING = "Hier ist kein Tresor. Bitte den Ordner prüfen."
_DATABASE_MISSING = "Die Datenbank des Tresors fehlt. Bitte die letzte Sicherung mit „bjc-desktop restore …“ wiederherstellen."
_EXISTS = "Am angegebenen Ort ist schon etwas. Bitte für den neuen Tresor einen neuen Ordner angeben."
_OUTDATED = "Der Tresor hat noch den Aufbau einer früheren Version. Bitte ihn einmal öffnen, damit er aktualisiert wird."
Step = Callable[[int, int], object]
"""Is told how many steps of how many are done."""


class OutdatedVaultError(VaultError):
    """The vault has an older schema, and migrating it was not asked for."""


@dataclass(frozen=True, slots=True)
class _Founding:
    """What a new vault begins with."""

    name: str
    passphrase: str = field(repr=False)
    code: str = field(repr=False)
    kdf: KdfParameters
    now: datetime
    vault_id: str
    key: CipherKey

    def slot(self, owner: str, passphrase: str) -> NewSlot:
        return new_slot(owner, passphrase, self.key.data_key, self.vault_id, self.kdf)


def create_vault(
    folder: Path, user: str, passphrase: str, *, now: datetime, kdf: KdfParameters = DEFAULT_KDF
) -> tuple[Vault, str]:
    """Create a vault in the new *folder* and open it; return it with its recovery code, which is shown this once.

    The first *user* has all roles. The vault is built under a temporary name, so that there is a whole one or none.

    Raises
    ------
    VaultError
        where *folder* exists and is not empty.
    InvalidInputError
        where the name is empty or the passphrase too short.
    """
    name = checked_name(user)
    check_new_passphrase(passphrase)
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise VaultError(_EXISTS)
    key = CipherKey(os.urandom(KEY_BYTES), os.urandom(SALT_BYTES))
    founding = _Founding(name, passphrase, new_recovery_code(), kdf, now, str(uuid.uuid4()), key)
    with clear_errors():
        secrets = _found(folder, founding)
    return open_with_key(folder, secrets), founding.code


def _found(folder: Path, founding: _Founding) -> Secrets:
    part = new_part(folder)
    try:
        secrets = _build(part, founding)
        if folder.exists():
            folder.rmdir()
        finish(part, folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    return secrets


def _build(folder: Path, founding: _Founding) -> Secrets:
    key, vault_id = founding.key, founding.vault_id
    first = founding.slot(owner_of(vault_id, founding.name), founding.passphrase)
    recovery = founding.slot(RECOVERY, read_recovery_code(founding.code) or founding.code)
    new_cipher_file(folder / DATABASE, key)
    migrate_schema(folder / DATABASE, key)
    _fill(folder / DATABASE, founding, first.slot, recovery.slot)
    write_slots(folder, SlotFile(vault_id, key.salt, (first.slot, recovery.slot)), key.data_key)
    keep_ballast(folder)
    sync_file(folder / DATABASE)
    return Secrets(first.slot.owner, first.private_key, key.data_key, key.salt)


def _fill(path: Path, founding: _Founding, first: Slot, recovery: Slot) -> None:
    notes, user_id, now = NoteKeys.new(), str(uuid.uuid4()), founding.now
    facts = {
        "vault_id": founding.vault_id.encode(),
        "chain_key": os.urandom(KEY_BYTES),
        "signing_key": Ed25519PrivateKey.generate().private_bytes_raw(),
        "pseudonym_key": os.urandom(KEY_BYTES),
        RECOVERY_NOTE_KEYS: sealed_keys(recovery.public_key, notes),
    }
    user = {
        "id": user_id,
        "name": founding.name,
        "roles": ",".join(Role),
        "created_at": utc(now),
        "note_keys": sealed_keys(first.public_key, notes),
    }
    engine = vault_engine(Connector(path, founding.key))
    try:
        with engine.begin() as connection:
            connection.execute(insert(VaultFact), [{"key": fact, "value": value} for fact, value in facts.items()])
            connection.execute(insert(User), [user])
            record_event(connection, Actor(user_id, Role.ADMINISTRATION), "create", {"revision": HEAD}, now=now)
    finally:
        engine.dispose()


def utc(now: datetime) -> datetime:
    """Return *now* in UTC without zone, as the vault's time columns hold it."""
    return now.astimezone(UTC).replace(tzinfo=None)


def open_vault(
    folder: Path,
    passphrase: str,
    *,
    user: str | None = None,
    now: datetime,
    check: bool = True,
    migrate: bool = True,
    step: Step = lambda *_: None,
) -> Vault:
    """Open the vault in *folder* with a user's passphrase or with the recovery code.

    Without *user* the vault must have only one. The recovery code stands for the first user with the role administration.
    With *check* the whole file is checked first; without *migrate* an older schema is refused instead of migrated. While it
    is migrated, *step* is told how many steps of how many are done: the backup, each revision, and the check at the end.

    Raises
    ------
    NotFoundError
        where there is no vault, or no user is named and there are several.
    WrongPassphraseError
        where nothing opens; the same for an unknown user.
    VaultInUseError
        where another process has it open.
    VaultDamagedError
        where a file of the vault is not what was written.
    NewerVaultError
        where a newer version of the program wrote it.
    """
    folder = _existing(folder)
    lock = _locked(folder)
    try:
        unlocked = _unlock(folder, passphrase, user, now)
        assert_own_log(folder / DATABASE, keys_in_question(unlocked))
        unlocked = settle_rotation(folder, unlocked)
        _prepare(folder, unlocked, now, check=check, step=step if migrate else None)
        return _opened(folder, lock, unlocked, now)
    except BaseException:
        lock.release()
        raise


def assert_sound(vault: Vault) -> None:
    """Check the whole file of the open *vault*, for who opened it without; any thread may. Reading stays possible.

    Raises
    ------
    VaultDamagedError
        where it is damaged.
    """
    with closing(connect(vault.database, vault.secrets.cipher_key)) as connection, clear_errors():
        assert_whole(connection)


def open_with_key(folder: Path, secrets: Secrets) -> Vault:
    """Open the vault in *folder* by the secrets of an earlier opening: without passphrase, check and record.

    Raises
    ------
    VaultDamagedError
        where the secrets are not those of this vault.
    VaultInUseError
        where another process has it open.
    """
    folder = _existing(folder)
    lock = _locked(folder)
    try:
        return _identified(Vault(folder, lock, secrets, _slots_under(folder, secrets.data_key)))
    except BaseException:
        lock.release()
        raise


def _slots_under(folder: Path, data_key: bytes) -> SlotFile:
    slots = next((found for found in readable_slots(folder) if found.belongs_to(data_key)), None)
    if slots is None:
        raise VaultDamagedError(DAMAGED)
    return slots


def _existing(folder: Path) -> Path:
    if not (folder / DATABASE).is_file():
        raise NotFoundError(_DATABASE_MISSING if (folder / SLOTS).exists() else _MISSING)
    if (folder / DATABASE).stat().st_size == 0:
        # The driver would make a new database of it.
        raise VaultDamagedError(DAMAGED)
    return folder.absolute()


def _locked(folder: Path) -> VaultLock:
    lock = VaultLock(folder)
    try:
        with clear_errors():
            lock.acquire()
    except OSError as error:
        raise VaultError(UNOPENABLE) from error
    return lock


def _unlock(folder: Path, passphrase: str, user: str | None, now: datetime) -> Unlocked:
    try:
        return unlock(folder, passphrase, user)
    except WrongPassphraseError:
        note_failure(folder, Failure.UNLOCK, timestamp(now))
        raise


def _prepare(folder: Path, unlocked: Unlocked, now: datetime, *, check: bool, step: Step | None) -> None:
    """Check the file, and migrate it where it is of an older version; without *step* that is refused."""
    with closing(connect(folder / DATABASE, unlocked.secrets.cipher_key)) as connection, clear_errors():
        revision = revision_of(connection)
        if check:
            assert_whole(connection)
    if revision == HEAD:
        return
    revisions = revisions_after(revision)
    if step is None:
        raise OutdatedVaultError(_OUTDATED)
    done, total = count(), len(revisions) + 2
    _migrate(folder, unlocked, revision, now, lambda: step(next(done), total))


def _migrate(folder: Path, unlocked: Unlocked, revision: str, now: datetime, step: Callable[[], object]) -> None:
    step()
    source = BackupSource(folder, unlocked.slots, unlocked.secrets)
    try:
        backup = write_backup(source, folder / BACKUPS, now, reason=BackupReason.MIGRATION)
    except Exception as error:
        # This version does not write into the older schema, also not that it failed.
        drop_ballast(folder)
        note_failure(folder, Failure.MIGRATION_BACKUP, timestamp(now), cause_of(error))
        raise
    step()

    def record(connection: Connection, reached: str) -> None:
        actor = Actor("", Role.ADMINISTRATION)
        # Before the migration nothing could be recorded: the backup stands where its reason does.
        record_event(connection, actor, "migrate", {"from": revision, "to": reached, "backup": backup.name}, now=now)

    migrate_schema(folder / DATABASE, unlocked.secrets.cipher_key, finish=record, step=step)
    step()


def _opened(folder: Path, lock: VaultLock, unlocked: Unlocked, now: datetime) -> Vault:
    vault = Vault(folder, lock, unlocked.secrets, unlocked.slots)
    try:
        with vault.reading() as connection:
            verify_anchor(connection, vault.slots.anchor)
        _identified(vault)
        _catch_up(vault, now)
        _look_around(vault)
    except BaseException:
        vault.engine.dispose()
        raise
    return vault


def _identified(vault: Vault) -> Vault:
    """Give *vault* the identity behind its secrets, and the notes' cipher where that identity holds the key."""
    with vault.reading() as connection:
        users = connection.execute(select(User.__table__).where(User.removed_at.is_(None)).order_by(User.created_at)).all()
        if vault.secrets.owner == RECOVERY:
            user = next((row for row in users if Role.ADMINISTRATION in row.roles.split(",")), None)
            sealed = recovery_note_keys(connection, vault.slots)
        else:
            user = next((row for row in users if owner_of(vault.id, row.name) == vault.secrets.owner), None)
            sealed = None if user is None else user.note_keys
    if user is None:
        raise WrongPassphraseError(WRONG)
    vault.user = UserIdentity(user.id, user.name, roles_from(user.roles))
    if sealed is not None:
        # Sealed to a former key pair: a new passphrase was being set and not finished. The access is then given once more.
        with suppress(VaultDamagedError):
            vault.notes = NoteCipher(vault.id, opened_keys(vault.secrets.private_key, sealed))
    return vault


def _catch_up(vault: Vault, now: datetime) -> None:
    """Finish what was interrupted, and take into the change record what happened while the vault was closed."""
    active = _active_owners(vault)
    if any(slot.owner not in active for slot in vault.slots.user_slots):
        rotate_data_key(vault, active)
    _rotate_notes_if_due(vault, now)
    restored = restored_from(vault.folder)
    with vault.writing(now=now) as session:
        actor = vault.actor()
        settle_recovery(session, vault.slots)
        _record_failures(session, actor, vault.folder, now)
        if restored is not None:
            _first_opening(session, actor, restored, now)
        record_event(session, actor, "unlock", {"by_recovery_code": vault.secrets.owner == RECOVERY}, now=now)
    erase_again(vault, now)
    forget_guards(vault.folder, vault.id, now)
    forget_failures(vault.folder)
    (vault.folder / RESTORED).unlink(missing_ok=True)


def _record_failures(session: Session, actor: Actor, folder: Path, now: datetime) -> None:
    wrong = noted_failures(folder, Failure.UNLOCK)
    if wrong:
        record_event(session, actor, "unlock_failed", {"at": [words[0] for words in wrong]}, now=now)
    backups = [words for words in noted_failures(folder, Failure.MIGRATION_BACKUP) if len(words) == len(("at", "cause"))]
    for cause in dict.fromkeys(cause for _, cause in backups):
        times = [at for at, other in backups if other == cause]
        details = {"what": BACKUP, "occasion": BackupReason.MIGRATION.value, "cause": cause, "at": times}
        record_event(session, actor, "backup_failed", details, now=now)


def _first_opening(session: Session, actor: Actor, restored: Mapping[str, object], now: datetime) -> None:
    """Do what a restored vault needs before anybody sees it, in the transaction of its first opening.

    Here, and nowhere else, is the place for what has to happen again to data that come out of a backup.
    """
    record_event(session, actor, "salvage" if "salvaged" in restored else "restore", restored, now=now)
    gap = gap_from(restored)
    if gap is not None:
        note_gap(session, gap, now)


def _active_owners(vault: Vault) -> set[str]:
    with vault.reading() as connection:
        names = connection.execute(select(User.name).where(User.removed_at.is_(None))).scalars().all()
    return {owner_of(vault.id, name) for name in names}


def _rotate_notes_if_due(vault: Vault, now: datetime) -> None:
    with vault.reading() as connection:
        due = connection.execute(select(VaultFact.key).where(VaultFact.key == ROTATION_DUE)).scalar() is not None
    if not due or vault.notes is None:
        return
    with vault.writing(now=now) as session:
        use = rotate_notes(vault, session)
        record_event(session, vault.actor(), "rotate_notes", {}, now=now)
    use()


def _look_around(vault: Vault) -> None:
    if not mirrored(vault.folder):
        vault.save_slots(vault.slots)
    keep_ballast(vault.folder)
    with vault.reading() as connection:
        gap = read_gap(connection) if sees_all_cases(vault.user.roles) else None
    found = (place_warning(vault.folder), space_warning(vault.folder), None if gap is None else gap.text)
    vault.warnings = [sentence for sentence in found if sentence is not None]
