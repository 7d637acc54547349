"""Opaque random values for cookies; the database keeps their digests alone."""

import hashlib
import secrets

_BYTES = 32


def make() -> str:
    """A fresh value of 256 random bits."""
    return secrets.token_urlsafe(_BYTES)


def digest(value: str) -> str:
    """What is stored and looked up; the empty value has an empty digest, which no row has."""
    return hashlib.sha256(value.encode()).hexdigest() if value else ""
