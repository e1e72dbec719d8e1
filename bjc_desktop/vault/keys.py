"""Keys: from a passphrase to a person's key pair, from there to what is sealed for that person, and the notes' cipher.

A passphrase (or the recovery code) opens only the person's own private key. The data key and the keys of the notes are sealed
to the public key, so that both can be rotated without anybody's passphrase.
"""

import hashlib
import hmac
import os
import re
import unicodedata
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bjc_desktop.errors import InvalidInputError, MissingNoteKeyError, VaultDamagedError

KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12
MINIMUM_PASSPHRASE = 8
_MAXIMUM_PASSPHRASE = 1024
_MINIMUM_MEMORY_KIB = 64 * 1024
_MAXIMUM_MEMORY_KIB = 1024 * 1024
_MAXIMUM_ITERATIONS = 16
_MAXIMUM_LANES = 16
_MAXIMUM_GENERATION = 255
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("ILO", "110")
_CODE_BYTES = 20
_CODE_LETTERS = 32
_CHECK_LETTERS = 4
_GROUP = 6


@dataclass(frozen=True, slots=True)
class KdfParameters:
    """What Argon2id costs: passes, memory in KiB, lanes."""

    iterations: int
    memory_kib: int
    lanes: int

    def check(self) -> None:
        """Check the bounds, so that an altered slot file can neither weaken a passphrase nor exhaust the machine.

        Raises
        ------
        VaultDamagedError
            where a parameter is out of bounds.
        """
        within = (
            1 <= self.iterations <= _MAXIMUM_ITERATIONS
            and _MINIMUM_MEMORY_KIB <= self.memory_kib <= _MAXIMUM_MEMORY_KIB
            and 1 <= self.lanes <= _MAXIMUM_LANES
        )
        if not within:
            message = "Die Schlüsseldatei des Tresors ist beschädigt. Bitte die letzte Sicherung wiederherstellen."
            raise VaultDamagedError(message)


DEFAULT_KDF = KdfParameters(iterations=3, memory_kib=256 * 1024, lanes=4)


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """A private key under a passphrase: the derivation's salt and parameters, nonce and ciphertext."""

    kdf: KdfParameters
    salt: bytes
    nonce: bytes
    ciphertext: bytes


def check_new_passphrase(passphrase: str) -> None:
    """Check a passphrase before it is set.

    Raises
    ------
    InvalidInputError
        where it is too short or absurdly long.
    """
    length = len(unicodedata.normalize("NFKC", passphrase))
    if not MINIMUM_PASSPHRASE <= length <= _MAXIMUM_PASSPHRASE:
        sentence = f"Bitte eine Passphrase mit mindestens {MINIMUM_PASSPHRASE} Zeichen wählen."
        raise InvalidInputError({"passphrase": sentence})


def _derive(passphrase: str, salt: bytes, kdf: KdfParameters) -> ChaCha20Poly1305:
    kdf.check()
    normal = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    argon = Argon2id(salt=salt, length=KEY_BYTES, iterations=kdf.iterations, lanes=kdf.lanes, memory_cost=kdf.memory_kib)
    return ChaCha20Poly1305(argon.derive(normal))


def wrap_key(passphrase: str, key: bytes, kdf: KdfParameters, context: bytes) -> WrappedKey:
    """Return *key* encrypted under *passphrase*; *context* must be the same when it is unwrapped."""
    salt, nonce = os.urandom(SALT_BYTES), os.urandom(NONCE_BYTES)
    bound = context + _kdf_context(salt, kdf)
    return WrappedKey(kdf, salt, nonce, _derive(passphrase, salt, kdf).encrypt(nonce, key, bound))


def unwrap_key(passphrase: str, wrapped: WrappedKey, context: bytes) -> bytes | None:
    """Return the key in *wrapped*, or None where *passphrase* does not open it."""
    bound = context + _kdf_context(wrapped.salt, wrapped.kdf)
    try:
        return _derive(passphrase, wrapped.salt, wrapped.kdf).decrypt(wrapped.nonce, wrapped.ciphertext, bound)
    except InvalidTag:
        return None


def _kdf_context(salt: bytes, kdf: KdfParameters) -> bytes:
    return f"|{kdf.iterations}|{kdf.memory_kib}|{kdf.lanes}|".encode() + salt


def subkey(key: bytes, purpose: str) -> bytes:
    """Return the key (32 bytes) that HKDF derives from *key* for one *purpose*."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"bjc-desktop/{purpose}".encode()).derive(key)


def mac(key: bytes, *parts: bytes) -> bytes:
    """Return the HMAC-SHA256 of *parts*, one after the other."""
    return hmac.new(key, b"".join(parts), hashlib.sha256).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare two codes in constant time."""
    return hmac.compare_digest(left, right)


def new_private_key() -> bytes:
    """Return a new X25519 private key (32 bytes)."""
    return X25519PrivateKey.generate().private_bytes_raw()


def public_key_of(private_key: bytes) -> bytes:
    """Return the public key (32 bytes) of an X25519 private key."""
    return X25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def seal(public_key: bytes, secret: bytes, purpose: str) -> bytes:
    """Return *secret* readable by the holder of *public_key* only: a fresh public key (32 bytes), then the ciphertext."""
    fresh = X25519PrivateKey.generate()
    shared = fresh.exchange(X25519PublicKey.from_public_bytes(public_key))
    sender = fresh.public_key().public_bytes_raw()
    return sender + _box(shared, sender, public_key, purpose).encrypt(bytes(NONCE_BYTES), secret, None)


def unseal(private_key: bytes, sealed: bytes, purpose: str) -> bytes:
    """Return what :func:`seal` sealed for the holder of *private_key*.

    Raises
    ------
    VaultDamagedError
        where *sealed* is not what was sealed for this key and purpose.
    """
    sender = sealed[:KEY_BYTES]
    try:
        shared = X25519PrivateKey.from_private_bytes(private_key).exchange(X25519PublicKey.from_public_bytes(sender))
        box = _box(shared, sender, public_key_of(private_key), purpose)
        return box.decrypt(bytes(NONCE_BYTES), sealed[KEY_BYTES:], None)
    except (InvalidTag, ValueError) as error:
        message = "Ein Schlüssel des Tresors ist beschädigt. Bitte die letzte Sicherung wiederherstellen."
        raise VaultDamagedError(message) from error


def _box(shared: bytes, sender: bytes, receiver: bytes, purpose: str) -> ChaCha20Poly1305:
    # The key is used once, as the sender's key is fresh, so the nonce may be zero.
    info = f"bjc-desktop/seal/{purpose}/".encode() + sender + receiver
    return ChaCha20Poly1305(HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(shared))


def _base32(number: int, letters: int) -> str:
    return "".join(_CROCKFORD[number >> 5 * place & 31] for place in reversed(range(letters)))


def _check_letters(code: bytes) -> str:
    digest = hashlib.sha256(b"bjc-desktop/recovery-code/" + code).digest()
    return _base32(int.from_bytes(digest[:4], "big") >> 12, _CHECK_LETTERS)


def new_recovery_code() -> str:
    """Return a new recovery code: 160 random bits and a check, in six groups of six letters and digits."""
    code = os.urandom(_CODE_BYTES)
    text = _base32(int.from_bytes(code, "big"), _CODE_LETTERS) + _check_letters(code)
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def read_recovery_code(text: str) -> str | None:
    """Return the recovery code in *text* in its one spelling, or None where it is none or has a slip of the pen.

    Case, spaces and dashes do not matter; I and L are read as 1, O as 0.
    """
    letters = re.sub(r"[\s\-\u2010-\u2015]", "", text.upper()).translate(_READ_AS)
    if len(letters) != _CODE_LETTERS + _CHECK_LETTERS or not set(letters) <= set(_CROCKFORD):
        return None
    number = 0
    for letter in letters[:_CODE_LETTERS]:
        number = number << 5 | _CROCKFORD.index(letter)
    return letters if letters[_CODE_LETTERS:] == _check_letters(number.to_bytes(_CODE_BYTES, "big")) else None


@dataclass(frozen=True, slots=True)
class NoteKeys:
    """The keys of the notes by generation; the newest encrypts, older ones still open what the history holds."""

    generations: dict[int, bytes] = field(repr=False)

    @classmethod
    def new(cls) -> "NoteKeys":
        """Return a first generation."""
        return cls({1: os.urandom(KEY_BYTES)})

    @classmethod
    def from_bytes(cls, data: bytes) -> "NoteKeys":
        """Read what :meth:`to_bytes` wrote."""
        size = KEY_BYTES + 1
        parts = [data[start : start + size] for start in range(0, len(data), size)]
        return cls({part[0]: part[1:] for part in parts})

    def to_bytes(self) -> bytes:
        """Return generation (1 byte) and key (32 bytes) for each generation."""
        return b"".join(bytes([generation]) + key for generation, key in sorted(self.generations.items()))

    @property
    def newest(self) -> int:
        """The generation that encrypts."""
        return max(self.generations)

    def rotated(self) -> "NoteKeys":
        """Return these keys with one more generation.

        Raises
        ------
        OverflowError
            after 255 generations.
        """
        if self.newest == _MAXIMUM_GENERATION:
            raise OverflowError
        return NoteKeys({**self.generations, self.newest + 1: os.urandom(KEY_BYTES)})


class NoteCipher:
    """Encrypts and decrypts the notes of one vault's consultations."""

    def __init__(self, vault_id: str, keys: NoteKeys) -> None:
        self.keys = keys
        self._vault_id = vault_id.encode()
        self._generation = keys.newest
        self._ciphers = {generation: ChaCha20Poly1305(key) for generation, key in keys.generations.items()}

    def encrypt(self, consultation_id: str, text: str) -> bytes:
        """Return the note *text* of a consultation as key generation (1 byte), nonce (12 bytes) and ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._ciphers[self._generation].encrypt(nonce, text.encode(), self._vault_id + consultation_id.encode())
        return bytes([self._generation]) + nonce + sealed

    def decrypt(self, consultation_id: str, blob: bytes) -> str:
        """Return the text of the note *blob* of the consultation with this id.

        Raises
        ------
        MissingNoteKeyError
            where the note was encrypted with a key that this user does not hold.
        VaultDamagedError
            where the note is not what was written for this consultation.
        """
        cipher = self._ciphers.get(blob[0]) if blob else None
        if cipher is None:
            message = "Der Schlüssel zu dieser Notiz fehlt. Bitte den Zugang zu den Notizen freigeben lassen."
            raise MissingNoteKeyError(message)
        nonce, sealed = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, sealed, self._vault_id + consultation_id.encode()).decode()
        except (InvalidTag, ValueError) as error:
            message = "Eine Notiz ist beschädigt. Bitte die letzte Sicherung wiederherstellen."
            raise VaultDamagedError(message) from error
