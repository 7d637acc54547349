"""Headers that every answer carries: content security policy from the bundle's own scripts, caching, isolation."""

import base64
import hashlib
import re
from pathlib import Path

_SCRIPT = re.compile(rb"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.S)
_SOURCE = re.compile(rb"\bsrc\s*=")
_PERMISSIONS = (
    "accelerometer=()",
    "camera=()",
    "display-capture=()",
    "geolocation=()",
    "gyroscope=()",
    "magnetometer=()",
    "microphone=()",
    "midi=()",
    "payment=()",
    "usb=()",
    "otp-credentials=(self)",
)
HSTS = "max-age=31536000; includeSubDomains"


def inline_scripts(bundle: Path) -> tuple[str, ...]:
    """CSP source expressions of every inline script in the bundle's pages, sorted."""
    found = set()
    for page in bundle.rglob("*.html"):
        for script in _SCRIPT.finditer(page.read_bytes()):
            if not _SOURCE.search(script["attributes"]):
                digest = base64.b64encode(hashlib.sha256(script["body"]).digest()).decode()
                found.add(f"'sha256-{digest}'")
    return tuple(sorted(found))


def content_policy(bundle: Path, origin: str) -> str:
    """The Content-Security-Policy of the bundle's pages served at `origin`: nothing from elsewhere, no eval."""
    socket = origin.replace("http", "ws", 1)
    directives = {
        "default-src": "'none'",
        "script-src": " ".join(("'self'", *inline_scripts(bundle))),
        # Emotion writes <style> elements while the page runs.
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": f"'self' {socket}",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in directives.items())


PLAIN_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The policy of answers that are not pages."""


def always(*, secure: bool) -> dict[str, str]:
    """Headers of every answer whatever it is; `secure` when the public address is https."""
    fixed = {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        # Not `no-referrer`: under that browsers send `Origin: null` with our own forms.
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": ", ".join(_PERMISSIONS),
    }
    return fixed | ({"strict-transport-security": HSTS} if secure else {})


def caching(path: str, *, ours: bool, status: int) -> str:
    """Cache-Control: files named by content for a year, the bundle's others asked for again, all else never kept."""
    if ours or status not in (200, 206, 304):
        return "no-store"
    return "public, max-age=31536000, immutable" if path.startswith("/assets/") else "no-cache"
