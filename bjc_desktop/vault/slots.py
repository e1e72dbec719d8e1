"""The slot file beside the database: who can open the vault, without anybody's name.

One slot per user and one for the recovery code. A passphrase opens the slot's private key; the data key is sealed to the
public key. The file as a whole carries a MAC under a key that follows from the data key.
"""

import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self
from uuid import UUID

from bjc_desktop.errors import NotFoundError, VaultDamagedError
from bjc_desktop.vault.durable import write_file
from bjc_desktop.vault.keys import (
    KEY_BYTES,
    NONCE_BYTES,
    SALT_BYTES,
    KdfParameters,
    WrappedKey,
    mac,
    new_private_key,
    public_key_of,
    same,
    seal,
    subkey,
    unseal,
    unwrap_key,
    wrap_key,
)

SLOTS = "slots.json"
MIRROR = "slots.json.bak"
DAMAGED = (
    "Die Schlüsseldatei des Tresors ist beschädigt. Bitte die letzte Sicherung mit „bjc-desktop restore …“ wiederherstellen; "
    "die beschädigte Datei bleibt erhalten."
)
_FORMAT = 1
_MAXIMUM_BYTES = 1024 * 1024
_MAXIMUM_SLOTS = 500
_TAG_BYTES = 16
_MAC_BYTES = 32
_SEALED_BYTES = KEY_BYTES + KEY_BYTES + _TAG_BYTES
_DATA_KEY = "data-key"
RECOVERY = "recovery"
"""The owner of the recovery code's slot; any other owner is the code of a user's name."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """How far the chain of change records went when it was last looked at: number of records, code of the last one."""

    count: int = 0
    head: bytes = b""


@dataclass(frozen=True, slots=True)
class Slot:
    """One way to open the vault."""

    owner: str
    public_key: bytes
    private_key: WrappedKey
    data_key: bytes
    next_data_key: bytes | None = None

    def open(self, passphrase: str, vault_id: str) -> bytes | None:
        """Return the private key, or None where *passphrase* is not the slot's."""
        return unwrap_key(passphrase, self.private_key, _slot_context(self.owner, self.public_key, vault_id))

    def data_key_for(self, private_key: bytes) -> bytes:
        """Return the data key that is sealed in this slot."""
        return unseal(private_key, self.data_key, _DATA_KEY)

    def next_data_key_for(self, private_key: bytes) -> bytes | None:
        """Return the data key that a rotation was about to set, or None where none is under way."""
        return None if self.next_data_key is None else unseal(private_key, self.next_data_key, _DATA_KEY)


def _slot_context(owner: str, public_key: bytes, vault_id: str) -> bytes:
    return json.dumps(["bjc-desktop slot", vault_id, owner, public_key.hex()]).encode()


def owner_of(vault_id: str, name: str) -> str:
    """Return the code that stands in the slot file instead of the user's *name*; case and spelling forms do not matter."""
    return mac(UUID(vault_id).bytes, normal_name(name).encode("utf-8", "surrogatepass")).hex()


def normal_name(name: str) -> str:
    """Return *name* as names are compared."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).strip().casefold())


@dataclass(frozen=True, slots=True)
class NewSlot:
    """A new slot, with the private key that only its owner will be able to read."""

    slot: Slot
    private_key: bytes = field(repr=False)


def new_slot(owner: str, passphrase: str, data_key: bytes, vault_id: str, kdf: KdfParameters) -> NewSlot:
    """Return a slot with a new key pair that *passphrase* opens."""
    private_key = new_private_key()
    public_key = public_key_of(private_key)
    wrapped = wrap_key(passphrase, private_key, kdf, _slot_context(owner, public_key, vault_id))
    return NewSlot(Slot(owner, public_key, wrapped, seal(public_key, data_key, _DATA_KEY)), private_key)


def rewrapped(slot: Slot, private_key: bytes, passphrase: str, vault_id: str, kdf: KdfParameters) -> Slot:
    """Return *slot* under a new passphrase; its key pair stays."""
    context = _slot_context(slot.owner, slot.public_key, vault_id)
    return replace(slot, private_key=wrap_key(passphrase, private_key, kdf, context))


@dataclass(frozen=True, slots=True)
class SlotFile:
    """The content of the slot file."""

    vault_id: str
    cipher_salt: bytes
    slots: tuple[Slot, ...]
    anchor: Anchor = Anchor()
    code: bytes = b""

    def slot_of(self, owner: str) -> Slot | None:
        """Return the slot of *owner*, or None."""
        return next((slot for slot in self.slots if slot.owner == owner), None)

    @property
    def user_slots(self) -> tuple[Slot, ...]:
        """The slots of users, without the recovery code's."""
        return tuple(slot for slot in self.slots if slot.owner != RECOVERY)

    def with_slot(self, slot: Slot) -> Self:
        """Return this file with *slot* in place of its owner's former one."""
        return replace(self, slots=(*(other for other in self.slots if other.owner != slot.owner), slot))

    def only(self, owners: set[str]) -> Self:
        """Return this file with the slots of *owners* and the recovery code's."""
        return replace(self, slots=tuple(slot for slot in self.slots if slot.owner in owners | {RECOVERY}))

    def announcing(self, data_key: bytes) -> Self:
        """Return this file with *data_key* as the next one in every slot: what stands there while the database is rekeyed."""
        slots = (replace(slot, next_data_key=seal(slot.public_key, data_key, _DATA_KEY)) for slot in self.slots)
        return replace(self, slots=tuple(slots))

    def settled(self) -> Self:
        """Return this file with the announced data key as the only one."""
        slots = (replace(slot, data_key=slot.next_data_key or slot.data_key, next_data_key=None) for slot in self.slots)
        return replace(self, slots=tuple(slots))

    def belongs_to(self, data_key: bytes) -> bool:
        """Say whether this file is as it was written under *data_key*."""
        return same(self.code, _file_code(self, data_key))


def _file_code(slots: SlotFile, data_key: bytes) -> bytes:
    return mac(subkey(data_key, "slot-file"), json.dumps(_to_json(slots), sort_keys=True).encode())


def _to_json(slots: SlotFile) -> dict[str, Any]:
    return {
        "format": _FORMAT,
        "vault_id": slots.vault_id,
        "cipher_salt": slots.cipher_salt.hex(),
        "anchor": {"count": slots.anchor.count, "head": slots.anchor.head.hex()},
        "slots": [_slot_to_json(slot) for slot in slots.slots],
    }


def _slot_to_json(slot: Slot) -> dict[str, Any]:
    wrapped = slot.private_key
    kdf = {"iterations": wrapped.kdf.iterations, "memory_kib": wrapped.kdf.memory_kib, "lanes": wrapped.kdf.lanes}
    return {
        "owner": slot.owner,
        "public_key": slot.public_key.hex(),
        "kdf": kdf,
        "salt": wrapped.salt.hex(),
        "nonce": wrapped.nonce.hex(),
        "private_key": wrapped.ciphertext.hex(),
        "data_key": slot.data_key.hex(),
        "next_data_key": None if slot.next_data_key is None else slot.next_data_key.hex(),
    }


def _exact(value: object, size: int) -> bytes:
    data = bytes.fromhex(value) if isinstance(value, str) else b""
    if len(data) != size:
        raise ValueError(size)
    return data


def _count(value: object) -> int:
    if type(value) is not int or value < 0:
        raise ValueError(value)
    return value


def _slot_from_json(data: dict[str, Any]) -> Slot:
    owner = data["owner"]
    if owner != RECOVERY:
        _exact(owner, _MAC_BYTES)
    kdf = KdfParameters(*(_count(data["kdf"][name]) for name in ("iterations", "memory_kib", "lanes")))
    kdf.check()
    ciphertext = _exact(data["private_key"], KEY_BYTES + _TAG_BYTES)
    wrapped = WrappedKey(kdf, _exact(data["salt"], SALT_BYTES), _exact(data["nonce"], NONCE_BYTES), ciphertext)
    following = None if data["next_data_key"] is None else _exact(data["next_data_key"], _SEALED_BYTES)
    return Slot(owner, _exact(data["public_key"], KEY_BYTES), wrapped, _exact(data["data_key"], _SEALED_BYTES), following)


def _from_json(data: dict[str, Any]) -> SlotFile:
    if data["format"] != _FORMAT or not 1 <= len(data["slots"]) <= _MAXIMUM_SLOTS:
        raise ValueError(data["format"])
    return SlotFile(
        vault_id=str(UUID(data["vault_id"])),
        cipher_salt=_exact(data["cipher_salt"], SALT_BYTES),
        slots=tuple(_slot_from_json(slot) for slot in data["slots"]),
        anchor=Anchor(_count(data["anchor"]["count"]), bytes.fromhex(data["anchor"]["head"])),
        code=_exact(data["mac"], _MAC_BYTES),
    )


def parse_slots(content: bytes) -> SlotFile:
    """Read a slot file's *content*; its MAC is checked later, for that needs the data key.

    Raises
    ------
    VaultDamagedError
        where it is no slot file, or its parameters are out of bounds.
    """
    if len(content) > _MAXIMUM_BYTES:
        raise VaultDamagedError(DAMAGED)
    try:
        return _from_json(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise VaultDamagedError(DAMAGED) from error


def _read(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(_MAXIMUM_BYTES + 1)
    except OSError:
        return None


def readable_slots(folder: Path) -> Iterator[SlotFile]:
    """Yield the slot file of the vault in *folder*, then its mirror where that differs; unreadable ones are passed over.

    Raises
    ------
    NotFoundError
        where there is neither.
    VaultDamagedError
        where neither can be read.
    """
    contents = [content for content in (_read(folder / SLOTS), _read(folder / MIRROR)) if content is not None]
    if not contents:
        message = "Die Schlüsseldatei des Tresors fehlt. Bitte die letzte Sicherung mit „bjc-desktop restore …“ wiederherstellen."
        raise NotFoundError(message)
    found = False
    for content in dict.fromkeys(contents):
        try:
            slots = parse_slots(content)
        except VaultDamagedError:
            continue
        found = True
        yield slots
    if not found:
        raise VaultDamagedError(DAMAGED)


def slot_bytes(slots: SlotFile, data_key: bytes) -> bytes:
    """Return the content of the file that holds *slots*, with its MAC under *data_key*."""
    content = {**_to_json(slots), "mac": _file_code(slots, data_key).hex()}
    return json.dumps(content, indent=1, sort_keys=True).encode() + b"\n"


def write_slots(folder: Path, slots: SlotFile, data_key: bytes) -> None:
    """Write the slot file and then its mirror: at every moment one of the two is whole.

    The mirror is written anew each time, so that no former passphrase lives on in it.

    Raises
    ------
    DiskFullError
        where there is no room; the former file stays.
    """
    content = slot_bytes(slots, data_key)
    write_file(folder / SLOTS, content)
    write_file(folder / MIRROR, content)


def mirrored(folder: Path) -> bool:
    """Say whether the slot file and its mirror are there and the same."""
    content = _read(folder / SLOTS)
    return content is not None and content == _read(folder / MIRROR)
