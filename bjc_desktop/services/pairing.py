"""Pairing: two vaults come to know each other's keys, once, and compare a code over the telephone.

Each writes a card with its public keys, in any way, also an open one. From both cards follows a code of twenty digits; who swapped a
card on the way would change it. One side reads it out, the other types it in. The code is derived slowly (Argon2id), so that
nobody finds keys with the same code by trying.

Source: the ZRTP short authentication string (RFC 6189, section 7), with a code long enough to need no commitment.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from sqlalchemy import Connection, select

from bjc_desktop.errors import InvalidInputError, NotFoundError, PackageError, VaultError
from bjc_desktop.exchange.envelope import Identity
from bjc_desktop.models import ExchangePartner, Staff
from bjc_desktop.services.due_items import full_name
from bjc_desktop.vault import Vault
from bjc_desktop.vault.durable import write_file
from bjc_desktop.vault.keys import KEY_BYTES, new_private_key, public_key_of
from bjc_desktop.vocabulary import PartnerKind

CARD_ENDING = ".bjccard"
_FORMAT = 1
_SEALING_KEY = "exchange_key"
_LARGEST_CARD = 64 * 1024
_DIGITS, _GROUP = 20, 4
_ROUNDS, _MEMORY_KIB = 3, 64 * 1024

NO_CARD = "Das ist keine Karte für den Austausch. Bitte eine Datei mit der Endung .bjccard wählen."
OWN_CARD = "Das ist die Karte dieses Tresors. Bitte die Karte der anderen Seite wählen."
WRONG_CODE = "Der Code stimmt nicht. Bitte noch einmal vorlesen lassen; stimmt er wieder nicht, wurde eine Karte vertauscht."
NO_SUCH_PARTNER = "Diesen Austauschpartner gibt es nicht."
OTHER_KEYS = (
    "Dieser Tresor ist mit anderen Schlüsseln bekannt. Bitte zuerst den Austausch mit ihm beenden und dann neu verbinden."
)
NEEDS_STAFF = "Bitte angeben, wer dort arbeitet."
NEEDS_NAME = "Bitte einen Namen angeben, unter dem dieser Austauschpartner geführt wird."


@dataclass(frozen=True, slots=True)
class Card:
    """What a vault shows of itself: its id and both public keys (32 bytes each). Nothing in it is secret or names a person."""

    vault_id: str
    signing_key: bytes
    sealing_key: bytes


@dataclass(frozen=True, slots=True)
class PartnerRow:
    """A partner as it is listed."""

    id: str
    name: str
    kind: PartnerKind
    staff_id: str | None
    staff_name: str
    reads_notes: bool
    confirmed: bool
    ended: bool
    code: str
    """In groups of four digits."""
    reads_out: bool
    """Whether this side reads the code out, and the other types it in."""


def identity_of(vault: Vault) -> Identity:
    """Return the vault's own keys for the exchange; the first time they are made.

    Raises
    ------
    VaultDamagedError
        where they would have to be made, and the vault is damaged.
    """
    key = _sealing_key(vault)
    if key is None:
        key = new_private_key()
        with vault.writing() as session:
            session.connection().exec_driver_sql("INSERT INTO vault_facts (key, value) VALUES (?, ?)", (_SEALING_KEY, key))
    return Identity(vault.id, vault.fact("signing_key"), key)


def _sealing_key(vault: Vault) -> bytes | None:
    with vault.reading() as connection:
        key: bytes | None = connection.exec_driver_sql("SELECT value FROM vault_facts WHERE key = ?", (_SEALING_KEY,)).scalar()
    return key


def own_card(vault: Vault) -> Card:
    """Return the card of *vault*."""
    keys = identity_of(vault)
    signing = Ed25519PrivateKey.from_private_bytes(keys.signing_key).public_key().public_bytes_raw()
    return Card(vault.id, signing, public_key_of(keys.sealing_key))


def write_card(vault: Vault, path: Path) -> Path:
    """Write the card of *vault* to *path*, with the ending of a card, and return where it stands.

    Raises
    ------
    InvalidInputError
        where the folder does not exist.
    DiskFullError
        where there is no room.
    """
    target = path if path.suffix == CARD_ENDING else path.with_name(path.name + CARD_ENDING)
    if not target.parent.is_dir():
        raise InvalidInputError({"out": "Den Ordner der Zieldatei gibt es nicht; bitte zuerst anlegen."})
    card = own_card(vault)
    data = {
        "bjc_card": _FORMAT,
        "vault": card.vault_id,
        "signing_key": card.signing_key.hex(),
        "sealing_key": card.sealing_key.hex(),
    }
    write_file(target, json.dumps(data, indent=1).encode() + b"\n")
    return target


def read_card(path: Path) -> Card:
    """Return the card at *path*.

    Raises
    ------
    NotFoundError
        where there is none.
    PackageError
        where it is none.
    """
    try:
        with path.open("rb") as file:
            data = json.loads(file.read(_LARGEST_CARD))
        if data["bjc_card"] != _FORMAT:
            raise PackageError(NO_CARD)
        keys = [bytes.fromhex(data[name]) for name in ("signing_key", "sealing_key")]
        if any(len(key) != KEY_BYTES for key in keys):
            raise PackageError(NO_CARD)
        return Card(str(UUID(data["vault"])), *keys)
    except FileNotFoundError as error:
        message = "Diese Karte gibt es nicht. Bitte den Pfad prüfen."
        raise NotFoundError(message) from error
    except (IsADirectoryError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise PackageError(NO_CARD) from error


def pairing_code(one: Card, other: Card) -> str:
    """Return the code that both sides compare: twenty digits in groups of four, the same whichever card comes first."""
    cards = sorted(card.vault_id.encode() + card.signing_key + card.sealing_key for card in (one, other))
    kdf = Argon2id(salt=b"bjc-desktop/pairing", length=16, iterations=_ROUNDS, lanes=1, memory_cost=_MEMORY_KIB)
    number = int.from_bytes(kdf.derive(b"".join(cards)), "big") % 10**_DIGITS
    return in_groups(f"{number:0{_DIGITS}d}")


def in_groups(digits: str) -> str:
    """Return *digits* in groups of four, as they are read out."""
    return " ".join(digits[start : start + _GROUP] for start in range(0, len(digits), _GROUP))


def pair(
    vault: Vault, card: Card, *, name: str, kind: PartnerKind, staff_id: str | None, reads_notes: bool, now: datetime
) -> PartnerRow:
    """Take *card* in as a partner whose code is still to be compared, and return it.

    Raises
    ------
    InvalidInputError
        where a name or the person is missing.
    PackageError
        where the card is this vault's own.
    VaultError
        where the partner is known with other keys.
    """
    problems = {} if name.strip() else {"name": NEEDS_NAME}
    if kind is not PartnerKind.OFFICE and staff_id is None:
        problems["staff_id"] = NEEDS_STAFF
    if problems:
        raise InvalidInputError(problems)
    if card.vault_id == vault.id:
        raise PackageError(OWN_CARD)
    _ = identity_of(vault)  # the code follows from the keys of both sides
    with vault.writing(now=now) as session:
        partner = session.get(ExchangePartner, card.vault_id)
        if partner is None:
            partner = ExchangePartner(id=card.vault_id, signing_key=card.signing_key, sealing_key=card.sealing_key)
            session.add(partner)
        elif partner.ended_at is not None:
            partner.signing_key, partner.sealing_key = card.signing_key, card.sealing_key
            partner.ended_at, partner.confirmed_at = None, None
        elif (partner.signing_key, partner.sealing_key) != (card.signing_key, card.sealing_key):
            raise VaultError(OTHER_KEYS)
        partner.name, partner.kind = name.strip(), kind.value
        partner.staff_id = None if kind is PartnerKind.OFFICE else staff_id
        partner.reads_notes = reads_notes and kind is not PartnerKind.TRAINER
    return read_partner(vault, card.vault_id)


def confirm(vault: Vault, partner_id: str, code: str | None, *, now: datetime) -> None:
    """Note that the code was compared; *code* is what was typed, or None where this side read it out and the other said yes.

    Raises
    ------
    InvalidInputError
        where the code is another one.
    NotFoundError
        where there is no such partner.
    """
    partner = read_partner(vault, partner_id)
    typed = None if code is None else "".join(letter for letter in code if letter.isdigit())
    if (typed is None and not partner.reads_out) or (typed is not None and in_groups(typed) != partner.code):
        raise InvalidInputError({"code": WRONG_CODE})
    with vault.writing(now=now) as session:
        row = session.get_one(ExchangePartner, partner_id)
        row.confirmed_at = now.astimezone(UTC).replace(tzinfo=None)


def end_pairing(vault: Vault, partner_id: str, *, now: datetime) -> None:
    """End the exchange with a partner: files of theirs are not taken in any more, and none are written for them."""
    read_partner(vault, partner_id)
    with vault.writing(now=now) as session:
        session.get_one(ExchangePartner, partner_id).ended_at = now.astimezone(UTC).replace(tzinfo=None)


def read_partner(vault: Vault, partner_id: str) -> PartnerRow:
    """Return the partner with this id.

    Raises
    ------
    NotFoundError
        where there is none.
    """
    found = next((partner for partner in list_partners(vault) if partner.id == partner_id), None)
    if found is None:
        raise NotFoundError(NO_SUCH_PARTNER)
    return found


def partner_named(vault: Vault, named: str) -> PartnerRow:
    """Return the partner with this id or name.

    Raises
    ------
    NotFoundError
        where there is none, or several are called so.
    """
    found = [partner for partner in list_partners(vault) if named in {partner.id, partner.name} and not partner.ended]
    if len(found) != 1:
        raise NotFoundError(NO_SUCH_PARTNER)
    return found[0]


def list_partners(vault: Vault) -> tuple[PartnerRow, ...]:
    """Return all partners, those whose exchange has ended last, by name. Writes nothing: a damaged vault shows them too."""
    if _sealing_key(vault) is None:
        # Who has no keys yet has no partners.
        return ()
    card = own_card(vault)
    with vault.reading() as connection:
        rows = _partner_rows(connection, card)
    return tuple(sorted(rows, key=lambda row: (row.ended, row.name.casefold(), row.id)))


def _partner_rows(connection: Connection, card: Card) -> Sequence[PartnerRow]:
    query = select(ExchangePartner.__table__, Staff.given_name, Staff.family_name).join(
        Staff, Staff.id == ExchangePartner.staff_id, isouter=True
    )
    return [
        PartnerRow(
            row.id,
            row.name,
            PartnerKind(row.kind),
            row.staff_id,
            full_name(row.given_name, row.family_name) if row.family_name else "",
            row.reads_notes,
            row.confirmed_at is not None,
            row.ended_at is not None,
            _code(card, Card(row.id, row.signing_key, row.sealing_key)),
            card.vault_id < row.id,
        )
        for row in connection.execute(query)
    ]


@lru_cache(maxsize=256)
def _code(one: Card, other: Card) -> str:
    # Slow on purpose, and asked for whenever partners are listed.
    return pairing_code(one, other)
