"""Ids that follow from what a row says: the same list read twice, or on two laptops, makes the same people and not two.

A person's id follows from the provider's id and the case number; where the list has none, from the provider's id, the name and the
birth date. The provider's id is random and known to its own vaults only, so nobody else gets from a name to the id.
"""

import hashlib

_SEPARATOR = "\x1f"


def stable_id(*parts: object) -> str:
    """Return the UUID (version 8) that follows from *parts*."""
    digest = bytearray(hashlib.sha256(_SEPARATOR.join(map(str, parts)).encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
