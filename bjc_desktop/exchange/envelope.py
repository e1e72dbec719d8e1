"""The exchange file: a data package that one vault alone can open, signed by the one that wrote it.

Four parts after one another: a line that says what it is, a line of JSON that names sender, receiver and number, the sealed content
(X25519 with a fresh key, HKDF, ChaCha20-Poly1305), and an Ed25519 signature (64 bytes) over all before it. Nothing in it names a person;
the file is safe on a stick, a share or in a mail.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from bjc_desktop.errors import NotFoundError, PackageError, VaultDamagedError
from bjc_desktop.vault.keys import seal, unseal

ENDING = ".bjcx"
FORMAT = 1
"""The version of the exchange file that this program writes and the newest that it reads."""
MAXIMUM_BYTES = 512 * 1024**2
_MAGIC = b"BJC-Austausch\n"
_PURPOSE = "exchange"
_SIGNATURE = 64
_LONGEST_HEADER = 4096
_DOMAIN = b"bjc-desktop/exchange/"

NONE = "Das ist keine Austauschdatei. Bitte eine Datei mit der Endung .bjcx wählen."
BROKEN = "Die Austauschdatei ist beschädigt oder verändert. Bitte die andere Seite bitten, sie noch einmal zu schreiben."
NEWER = f"Die Austauschdatei hat ein neueres Format, als dieses Programm kennt ({FORMAT}). Bitte das Programm aktualisieren."
NOT_FOUND = "Diese Austauschdatei gibt es nicht. Bitte den Pfad prüfen."
TOO_LARGE = "Die Austauschdatei ist zu groß. Bitte prüfen, ob es die richtige Datei ist."


@dataclass(frozen=True, slots=True)
class Identity:
    """The two private keys of a vault: with one it signs, to the other files are sealed (32 bytes each)."""

    vault_id: str
    signing_key: bytes = field(repr=False)
    sealing_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Header:
    """What an exchange file says openly."""

    sender: str
    """The sending vault's id."""
    receiver: str
    made_at: str
    """By the sender's clock: to be read, never to be reckoned with."""


@dataclass(frozen=True, slots=True)
class Letter:
    """An exchange file as it lies there: not yet opened, its signature not yet checked."""

    header: Header
    signed: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    digest: str
    """SHA-256 of the file."""

    def open(self, identity: Identity, sender_key: bytes) -> bytes:
        """Return the content, after checking that it is from the holder of *sender_key* and for *identity*.

        Raises
        ------
        PackageError
            where it is not.
        """
        try:
            Ed25519PublicKey.from_public_bytes(sender_key).verify(self.signature, _DOMAIN + self.signed)
            return unseal(identity.sealing_key, self.sealed, _PURPOSE)
        except (InvalidSignature, VaultDamagedError, ValueError) as error:
            raise PackageError(BROKEN, ()) from error


def write_letter(content: bytes, sender: Identity, receiver_id: str, receiver_key: bytes, made_at: str) -> bytes:
    """Return the file that holds *content* for the vault *receiver_id*, whose sealing key (public) is *receiver_key*."""
    header = {"bjc_exchange": FORMAT, "from": sender.vault_id, "to": receiver_id, "made_at": made_at}
    signed = _MAGIC + json.dumps(header, sort_keys=True).encode() + b"\n" + seal(receiver_key, content, _PURPOSE)
    return signed + Ed25519PrivateKey.from_private_bytes(sender.signing_key).sign(_DOMAIN + signed)


def read_letter(path: Path) -> Letter:
    """Read the exchange file at *path* without opening it.

    Raises
    ------
    NotFoundError
        where there is none.
    PackageError
        where it is none, of a newer format, or too large.
    """
    try:
        if path.stat().st_size > MAXIMUM_BYTES:
            raise PackageError(TOO_LARGE, ())
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise NotFoundError(NOT_FOUND) from error
    except IsADirectoryError as error:
        raise PackageError(NONE, ()) from error
    return parse_letter(data)


def parse_letter(data: bytes) -> Letter:
    """Return the letter that *data* is.

    Raises
    ------
    PackageError
        where it is none, or of a newer format.
    """
    if not data.startswith(_MAGIC):
        raise PackageError(NONE, ())
    end = data.find(b"\n", len(_MAGIC), len(_MAGIC) + _LONGEST_HEADER)
    if end < 0 or len(data) < end + 1 + _SIGNATURE:
        raise PackageError(BROKEN, ())
    header = _header(data[len(_MAGIC) : end])
    signed, signature = data[:-_SIGNATURE], data[-_SIGNATURE:]
    return Letter(header, signed, signed[end + 1 :], signature, hashlib.sha256(data).hexdigest())


def _header(line: bytes) -> Header:
    try:
        data = json.loads(line)
        version = data["bjc_exchange"]
        if type(version) is not int or version < 1:
            raise ValueError(version)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise PackageError(BROKEN, ()) from error
    if version > FORMAT:
        raise PackageError(NEWER, ())
    return _parties(data)


def _parties(data: Mapping[str, object]) -> Header:
    try:
        made_at = data["made_at"]
        if not isinstance(made_at, str):
            raise TypeError(made_at)
        datetime.fromisoformat(made_at)
        return Header(str(UUID(str(data["from"]))), str(UUID(str(data["to"]))), made_at)
    except (ValueError, KeyError, TypeError) as error:
        raise PackageError(BROKEN, ()) from error
