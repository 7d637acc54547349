"""Who is on the other end of a connection: network address behind trusted proxies, and cookies."""

from typing import Any

from starlette.types import Scope

from selfcare_app.kit import cookie

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def header_of(scope: Scope, name: bytes) -> str:
    """The value of a header, or "" if it is missing or was sent twice."""
    values = [v for n, v in scope["headers"] if n == name]
    return values[0].decode("latin-1") if len(values) == 1 else ""


def address_of(scope: Scope, trusted_proxy_hops: int) -> str:
    """The peer's address; behind `trusted_proxy_hops` proxies the one that the outermost of them saw."""
    peer: tuple[str, Any] | None = scope.get("client")
    direct = peer[0] if peer else ""
    if not trusted_proxy_hops:
        return direct
    forwarded = ",".join(v.decode("latin-1") for n, v in scope["headers"] if n == b"x-forwarded-for")
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    return hops[-trusted_proxy_hops] if len(hops) >= trusted_proxy_hops else direct


def cookies_of(scope: Scope) -> str:
    """The Cookie header of a request or handshake."""
    return ";".join(v.decode("latin-1") for n, v in scope["headers"] if n == b"cookie")


def cookie_of(scope: Scope, name: str) -> str:
    """The value of a cookie of the request or handshake, or ""."""
    return cookie.value_in(cookies_of(scope), name)
