"""Pseudonyms of cases and persons: the same for the same vault, and resolved by the vault alone."""

import hashlib
import hmac
from functools import lru_cache

_VERSION, _VARIANT = 0x8000, 0x80


class Pseudonyms:
    """Keyed pseudonyms: without the vault's key nobody gets from one to the id, or from the id to one."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.of = lru_cache(maxsize=None)(self._of)

    def _of(self, identifier: str) -> str:
        """Return the pseudonym of an id, itself in the form of a UUID (version 8)."""
        digest = bytearray(hmac.digest(self._key, identifier.encode(), hashlib.sha256)[:16])
        digest[6] = digest[6] & 0x0F | _VERSION >> 8
        digest[8] = digest[8] & 0x3F | _VARIANT
        text = digest.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def case(self, coaching_id: str) -> str:
        """Return the short name of a coaching in PDF and XLSX: the beginning of its pseudonym."""
        return "F-" + self.of(coaching_id)[:8].upper()

    def person(self, coachee_id: str) -> str:
        """Return the short name of a coachee: the beginning of the pseudonym."""
        return "P-" + self.of(coachee_id)[:8].upper()
