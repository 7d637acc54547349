"""The server: one process, one event loop, plain frames; stops in good order on SIGTERM."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

import uvicorn

from selfcare_app.endpoints.sockets import FRAME_BYTES
from selfcare_app.kit import log
from selfcare_app.settings import Settings

APPLICATION = "selfcare_app.selfcare_app:served"
GRACE_SECONDS = 10
BACKLOG = 2_048
STATIC = "SELFCARE_STATIC"
_SWITCH_SECONDS = 0.0005
"""How long the loop waits for a use case's thread to let go of the interpreter; Python's own is ten times that."""


def serve(settings: Settings, bundle: Path, environment: Mapping[str, str]) -> None:
    """Serves until SIGTERM or SIGINT. `bundle` is the built front end, `environment` what Reflex reads to serve it."""
    log.set_up()
    sys.setswitchinterval(_SWITCH_SECONDS)
    # Reflex reads these when it is imported, which the server does.
    os.environ.update(environment)
    os.environ[STATIC] = str(bundle)
    # The server passes the signal on when it has stopped in good order: whoever asked for it is answered with 0.
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _signal, _frame: None)
    uvicorn.Server(configuration(settings)).run()


def configuration(settings: Settings) -> uvicorn.Config:
    """How uvicorn is run: its own log, banner and guesses about proxies are off."""
    return uvicorn.Config(
        APPLICATION,
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=1,
        loop="uvloop",
        ws="websockets-sansio",
        ws_max_size=FRAME_BYTES,
        ws_per_message_deflate=False,
        # Socket.IO asks for signs of life itself.
        ws_ping_interval=None,
        backlog=BACKLOG,
        timeout_graceful_shutdown=GRACE_SECONDS,
        server_header=False,
        proxy_headers=False,
        access_log=False,
        log_config=None,
    )
