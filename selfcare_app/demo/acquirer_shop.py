"""The shop that the simulated acquirer works for: who speaks, where it may post, how callbacks are signed."""

import base64
import hmac
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.requests import Request

from selfcare_app.adapters.cards.choice import DEMO_SHOP
from selfcare_app.operators import Profile

TIMEOUT_SECONDS = 10


@dataclass
class Shop:
    """The one shop that it takes money for; `key` signs callbacks, `origin` is the only place it posts and leads to."""

    profile: Profile
    origin: str
    secret: str
    purse_secret: str
    key: rsa.RSAPrivateKey
    checkouts: dict[str, dict[str, Any]] = field(default_factory=dict)
    charges: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Charges of kept cards by the shop's own name for them: what is sent twice is charged twice."""


def sign(key: rsa.RSAPrivateKey, body: bytes) -> str:
    """Content-Signature of a callback's very bytes."""
    return base64.b64encode(key.sign(body, padding.PKCS1v15(), hashes.SHA256())).decode()


async def tell(shop: Shop, url: str, body: bytes) -> None:
    """Posts a signed callback; whoever does not hear it asks for itself."""
    headers = {"content-signature": sign(shop.key, body), "content-type": "application/json"}
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, auth=(DEMO_SHOP, shop.secret)) as client:
            await client.post(url, content=body, headers=headers)
    except httpx.HTTPError:
        # The cabinet asks for itself when it has not heard.
        return


def shop_of(request: Request) -> Shop:
    """The application's shop."""
    shop: Shop = request.app.state.shop
    return shop


def is_shop(request: Request, shop: Shop) -> bool:
    """Whether it is the shop that speaks."""
    expected = base64.b64encode(f"{DEMO_SHOP}:{shop.secret}".encode()).decode()
    return hmac.compare_digest(request.headers.get("authorization", "").encode(), f"Basic {expected}".encode())


def is_ours(url: object, shop: Shop) -> bool:
    """It posts to the cabinet alone, and leads nowhere else."""
    parts, own = urlsplit(str(url)), urlsplit(shop.origin)
    return (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
