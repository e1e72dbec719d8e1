"""The encrypted store: keys and users, opening, transactions, the change record, backups."""

from bjc_desktop.vault.accounting import Leaving, Opened, account_for, record_closing, record_openings
from bjc_desktop.vault.backup import back_up, back_up_before
from bjc_desktop.vault.chain_check import Verified, verify_record
from bjc_desktop.vault.changes import Actor, RowChange, read_payload, record_event, record_row_changes
from bjc_desktop.vault.checkup import Finding, State, doctor, is_damaged, look_over
from bjc_desktop.vault.driver import memory_engine
from bjc_desktop.vault.keys import DEFAULT_KDF, KdfParameters, NoteCipher, check_new_passphrase, new_recovery_code
from bjc_desktop.vault.opening import assert_sound, create_vault, open_vault, open_with_key
from bjc_desktop.vault.restored_gap import confirm_gap
from bjc_desktop.vault.restoring import restore, to_repeat
from bjc_desktop.vault.salvage import SalvageReport, TableSalvage, salvage
from bjc_desktop.vault.slots import Anchor
from bjc_desktop.vault.users import (
    add_user,
    change_roles,
    grant_notes,
    list_users,
    note_holders,
    remove_user,
    renew_recovery_code,
    set_passphrase,
)
from bjc_desktop.vault.vault import Secrets, UserIdentity, Vault

__all__ = [
    "DEFAULT_KDF",
    "Actor",
    "Anchor",
    "Finding",
    "KdfParameters",
    "Leaving",
    "NoteCipher",
    "Opened",
    "RowChange",
    "SalvageReport",
    "Secrets",
    "State",
    "TableSalvage",
    "UserIdentity",
    "Vault",
    "Verified",
    "account_for",
    "add_user",
    "assert_sound",
    "back_up",
    "back_up_before",
    "change_roles",
    "check_new_passphrase",
    "confirm_gap",
    "create_vault",
    "doctor",
    "grant_notes",
    "is_damaged",
    "list_users",
    "look_over",
    "memory_engine",
    "new_recovery_code",
    "note_holders",
    "open_vault",
    "open_with_key",
    "read_payload",
    "record_closing",
    "record_event",
    "record_openings",
    "record_row_changes",
    "remove_user",
    "renew_recovery_code",
    "restore",
    "salvage",
    "set_passphrase",
    "to_repeat",
    "verify_record",
]
