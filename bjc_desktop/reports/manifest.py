"""The manifest of a bundle and its signature: Ed25519 over the manifest's bytes, checkable with plain openssl."""

import hashlib
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.json", "manifest.json.sig", "public-key.pem"


def hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of every file, by name."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}


def sign(manifest: bytes, private_key: bytes) -> tuple[bytes, bytes]:
    """Return the raw signature of *manifest* (64 bytes) and the public key as PEM; *private_key* is raw (32 bytes)."""
    key = Ed25519PrivateKey.from_private_bytes(private_key)
    return key.sign(manifest), key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def signature_holds(manifest: bytes, signature: bytes, public_key: bytes) -> bool:
    """Return whether *signature* is that of *manifest* by the PEM *public_key*."""
    try:
        key: Any = load_pem_public_key(public_key)
        if not isinstance(key, Ed25519PublicKey):
            return False
        key.verify(signature, manifest)
    except (InvalidSignature, ValueError, TypeError):
        return False
    return True
