"""Secrets at rest: purpose keys from one master key, sealed values bound to their place, keyed digests."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SEALED, _SEALED_WITHOUT_NAME = b"v2|", b"v1|"
_NONCE_BYTES = 12
_NAME_BYTES = 4
MASTER_KEY_BYTES = 32


class Tampered(Exception):
    """A sealed value was changed or moved to another row, or its key is not there any more."""


class Keyring:
    """Purpose keys derived from master keys of 32 bytes: the first seals and digests, all of them open and compare."""

    def __init__(self, master: bytes, *older: bytes) -> None:
        if min(map(len, (master, *older))) < MASTER_KEY_BYTES:
            raise ValueError("a master key has at least 32 bytes")
        named = {_derived(each, "name")[:_NAME_BYTES].hex(): each for each in (master, *older)}
        self.names = tuple(named)
        """Names of the keys, the one in use first; a name tells nothing of its key."""
        self._derive = lru_cache(maxsize=64 * len(named))(lambda name, purpose: _derived(named[name], purpose))

    @property
    def newest(self) -> str:
        """Name of the key in use."""
        return self.names[0]

    def seal(self, purpose: str, place: str, plain: bytes) -> bytes:
        """Encrypts `plain` so that it opens only at `place` (table, column, row id)."""
        nonce, name = secrets.token_bytes(_NONCE_BYTES), self.newest
        sealed = AESGCM(self._derive(name, purpose)).encrypt(nonce, plain, place.encode())
        return _SEALED + bytes.fromhex(name) + nonce + sealed

    def unseal(self, purpose: str, place: str, sealed: bytes) -> bytes:
        """The plain value. Raises Tampered."""
        names, body = self._sealed_by(sealed)
        for name in names:
            try:
                key = AESGCM(self._derive(name, purpose))
                return key.decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], place.encode())
            except (InvalidTag, ValueError):
                continue
        raise Tampered(place)

    def _sealed_by(self, sealed: bytes) -> tuple[tuple[str, ...], bytes]:
        """Which of our keys may open a value, and the value without its head."""
        if sealed.startswith(_SEALED):
            head = len(_SEALED) + _NAME_BYTES
            name = sealed[len(_SEALED) : head].hex()
            return tuple(each for each in self.names if each == name), sealed[head:]
        return (self.names if sealed.startswith(_SEALED_WITHOUT_NAME) else ()), sealed[len(_SEALED_WITHOUT_NAME) :]

    def is_newest(self, sealed: bytes) -> bool:
        """Whether a value is sealed under the key in use."""
        return sealed.startswith(_SEALED + bytes.fromhex(self.newest))

    def mac(self, purpose: str, *parts: str) -> str:
        """A keyed digest of `parts` as text, for values that are only ever compared."""
        return self._mac(self.newest, purpose, parts)

    def macs(self, purpose: str, *parts: str) -> tuple[str, ...]:
        """The digests under every key, the one in use first: for a row that is looked up by its digest."""
        return tuple(self._mac(name, purpose, parts) for name in self.names)

    def mac_by(self, name: str, purpose: str, *parts: str) -> str:
        """The digest under the key of that name; under the oldest where there is none of that name."""
        return self._mac(name if name in self.names else self.names[-1], purpose, parts)

    def same(self, purpose: str, expected: str, *parts: str) -> bool:
        """Compares in constant time with what any of the keys makes."""
        return any([hmac.compare_digest(made, expected) for made in self.macs(purpose, *parts)])

    def _mac(self, name: str, purpose: str, parts: Sequence[str]) -> str:
        message = b"\x00".join(part.encode() for part in parts)
        return base64.urlsafe_b64encode(hmac.digest(self._derive(name, purpose), message, hashlib.sha256)).decode()

    def sign(self, purpose: str, text: str) -> str:
        """An Ed25519 signature of `text`, which anybody with the public key can check."""
        return base64.urlsafe_b64encode(self._signer(self.newest, purpose).sign(text.encode())).decode()

    def public_key(self, purpose: str) -> str:
        """What signatures of this purpose are checked with."""
        return self.public_keys(purpose)[0]

    def public_keys(self, purpose: str) -> tuple[str, ...]:
        """The same for every key, the one in use first: older signatures stay good."""
        signers = [self._signer(name, purpose).public_key().public_bytes_raw() for name in self.names]
        return tuple(base64.urlsafe_b64encode(raw).decode() for raw in signers)

    def _signer(self, name: str, purpose: str) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._derive(name, f"sign|{purpose}"))


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
