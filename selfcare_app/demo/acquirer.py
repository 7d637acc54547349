"""The command that plays the acquirer of the demonstration: a process of its own, on this machine alone."""

import argparse
import os
import sys
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from selfcare_app.adapters.cards.choice import DEMO_KEY, demo_secret
from selfcare_app.demo.acquirer_app import application
from selfcare_app.demo.acquirer_shop import Shop
from selfcare_app.kit import log
from selfcare_app.kit.sealing import Keyring
from selfcare_app.operators import DEFAULT, profile
from selfcare_app.settings import Misconfigured, read

_KEY_BITS = 2_048
_OWN_ALONE = 0o600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`acquirer` has no arguments: the environment says the rest."""


def run(arguments: argparse.Namespace) -> int:
    """Serves the hosted page, the checkouts and the signed callbacks until SIGTERM."""
    settings = read()
    if not settings.demo:
        raise Misconfigured("`acquirer` plays a bank for the demonstration: it starts with SELFCARE_DEMO=1 alone.")
    keys, operator = Keyring(settings.secret_key, *settings.older_keys), profile(settings.operator or DEFAULT)
    shop = Shop(
        profile=operator,
        origin=settings.origin,
        secret=demo_secret(keys, "shop"),
        purse_secret=demo_secret(keys, "purse"),
        key=signing_key(settings.acquirer_folder),
    )
    log.set_up()
    sys.stdout.write(f"Acquirer  http://127.0.0.1:{settings.acquirer_port}\n")
    uvicorn.run(application(shop), host="127.0.0.1", port=settings.acquirer_port, log_config=None, access_log=False)
    return 0


def signing_key(folder: Path) -> rsa.RSAPrivateKey:
    """The acquirer's key, made at the first start; the public half lies beside it for whoever checks."""
    private, public = folder / "acquirer.key", folder / DEMO_KEY
    if not private.exists():
        folder.mkdir(parents=True, exist_ok=True)
        made = rsa.generate_private_key(public_exponent=65_537, key_size=_KEY_BITS)
        descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWN_ALONE)
        with os.fdopen(descriptor, "wb") as file:
            file.write(
                made.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
            )
    key = serialization.load_pem_private_key(private.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Misconfigured("The demonstration's acquirer.key is none: delete it, it will be made anew.")
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return key
