"""Secrets at rest: purpose keys from one master key, sealed values bound to their place, keyed digests."""

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
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
        return base64.urlsafe_b64encode(hmac.digest(self._derive(purpose), message, hashlib.sha256)).decode()

    def same(self, purpose: str, expected: str, *parts: str) -> bool:
        """Compares in constant time."""
        return hmac.compare_digest(self.mac(purpose, *parts), expected)

    def sign(self, purpose: str, text: str) -> str:
        """An Ed25519 signature of `text`, which anybody with the public key can check."""
        return base64.urlsafe_b64encode(self._signer(purpose).sign(text.encode())).decode()

    def public_key(self, purpose: str) -> str:
        """What signatures of this purpose are checked with."""
        return base64.urlsafe_b64encode(self._signer(purpose).public_key().public_bytes_raw()).decode()

    def _signer(self, purpose: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._derive(f"sign|{purpose}"))


def is_signed(public_key: str, signature: str, text: str) -> bool:
    """Whether `signature` over `text` was made by the holder of the key; False for what is no key or signature."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(public_key))
        key.verify(base64.urlsafe_b64decode(signature), text.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


def _derived(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"selfcare|{purpose}|1".encode()).derive(master)
