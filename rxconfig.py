"""How Reflex builds and runs the front end; the environment decides what differs by installation."""

import os

for _name, _value in {
    "REFLEX_USE_SYSTEM_BUN": "1",
    "REFLEX_TELEMETRY_ENABLED": "false",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": "65536",
    "REFLEX_SOCKET_INTERVAL": "10s",
    "REFLEX_SOCKET_TIMEOUT": "10s",
    "REFLEX_REDIS_MAX_CONNECTIONS": "40",
}.items():
    os.environ.setdefault(_name, _value)

import reflex as rx  # noqa: E402 - Reflex reads the environment when it is imported

from selfcare_app.ui.plugins.finish import FinishPlugin  # noqa: E402
from selfcare_app.ui.plugins.frame import FramePlugin  # noqa: E402
from selfcare_app.ui.plugins.lean import LeanPlugin  # noqa: E402

_redis = os.environ.get("SELFCARE_REDIS_URL", "")
_port = os.environ.get("SELFCARE_PORT", "8000")
_public = os.environ.get("SELFCARE_PUBLIC_URL") or f"http://127.0.0.1:{_port}"

config = rx.Config(
    app_name="selfcare_app",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    default_color_mode="system",
    transport="websocket",
    cors_allowed_origins=[_public.rstrip("/")],
    trusted_proxy_hops=int(os.environ.get("SELFCARE_TRUSTED_PROXY_HOPS", "0")),
    state_manager_mode="redis" if _redis else "memory",
    redis_url=_redis or None,
    # A state lives as long as the longest session, and little longer where nobody else shares the memory.
    redis_token_expiration=43_200 if _redis else 1_800,
    # The first one that a browser accepts is served.
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[rx.plugins.TailwindV4Plugin({"plugins": []}), FramePlugin(), LeanPlugin(), FinishPlugin()],
    disable_plugins=[rx.plugins.SitemapPlugin],
)
