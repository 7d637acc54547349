"""Secrets at rest: purpose keys from one master key, sealed values bound to their place, keyed digests."""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = b"v1|"
_NONCE_BYTES = 12
MASTER_KEY_BYTES = 32


class Tampered(Exception):
    """A sealed value was changed or moved to another row."""


class Keyring:
    """Purpose keys derived from a master key of 32 bytes."""

    def __init__(self, master: bytes) -> None:
        if len(master) < MASTER_KEY_BYTES:
            raise ValueError("the master key has at least 32 bytes")
        self._derive = lru_cache(maxsize=64)(lambda purpose: _derived(master, purpose))

    def seal(self, purpose: str, place: str, plain: bytes) -> bytes:
        """Encrypts `plain` so that it opens only at `place` (table, column, row id)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + AESGCM(self._derive(purpose)).encrypt(nonce, plain, place.encode())

    def unseal(self, purpose: str, place: str, sealed: bytes) -> bytes:
        """The plain value. Raises Tampered."""
        body = sealed.removeprefix(_VERSION)
        try:
            return AESGCM(self._derive(purpose)).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], place.encode())
        except InvalidTag as wrong:
            raise Tampered(place) from wrong

    def mac(self, purpose: str, *parts: str) -> str:
        """A keyed digest of `parts` as text, for values that are only ever compared."""
        message = b"\x00".join(part.encode() for part in parts)
        return base64.urlsafe_b64encode(hmac.new(self._derive(purpose), message, hashlib.sha256).digest()).decode()

    def same(self, purpose: str, expected: str, *parts: str) -> bool:
        """Compares in constant time."""
        return hmac.compare_digest(self.mac(purpose, *parts), expected)


def _derived(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"selfcare|{purpose}|1".encode()).derive(master)
