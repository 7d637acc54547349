"""Logs as JSON lines that can't carry a secret: only fields on the list are written, whoever logs."""

import json
import logging
import secrets
import time
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from traceback import walk_tb
from types import TracebackType

_OURS = "selfcare"
_FOREIGN = (
    "reflex",
    "reflex_base",
    "socketio",
    "engineio",
    "uvicorn",
    "granian",
    "sqlalchemy",
    "asyncio",
    "websockets",
    "alembic",
)
FIELDS = (
    "reference",
    "event",
    "reason",
    "handler",
    "socket",
    "session",
    "line",
    "order",
    "code",
    "status",
    "method",
    "path",
    "address",
    "count",
    "job",
    "attempt",
    "milliseconds",
    "seconds",
    "file",
    "row",
)
"""What a line may say beside time, level, logger and what happened; anything else in `extra=` is left out."""

_LONGEST = 200
_OPERATION: ContextVar[str] = ContextVar("operation", default="")
_FRAMES = 12


def begin_operation() -> None:
    """What this task logs from here on has one name: an event of a page, a request, a run of a job."""
    _OPERATION.set(secrets.token_hex(8))


@contextmanager
def operation() -> Iterator[None]:
    """The same for what happens inside."""
    before = _OPERATION.set(secrets.token_hex(8))
    try:
        yield
    finally:
        _OPERATION.reset(before)


def logger(area: str) -> logging.Logger:
    """The logger of one of our rooms: its messages are constant words, data goes into `extra=` by FIELDS."""
    return logging.getLogger(f"{_OURS}.{area}")


class JsonLines(logging.Formatter):
    """One JSON object a record: our message as it stands, of a stranger only the place that logged and its template."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "what": _what(record),
        }
        if of := _OPERATION.get():
            line["operation"] = of
        for name in FIELDS:
            if (value := record.__dict__.get(name)) is not None:
                line[name] = value if isinstance(value, int | float) else str(value)[:_LONGEST]
        if record.exc_info and record.exc_info[0]:
            line["error"] = _chain(record.exc_info[1])
            line["trace"] = _trace(record.exc_info[2])
        return json.dumps(line, ensure_ascii=True)


def _what(record: logging.LogRecord) -> str:
    if record.name.split(".")[0] == _OURS:
        return str(record.msg)[:_LONGEST]
    # A template with arguments is constant text; text without them may be an f-string full of somebody's data.
    if record.args and isinstance(record.msg, str):
        return record.msg[:_LONGEST]
    return f"{record.module}:{record.lineno} {record.funcName}"


def _chain(error: BaseException | None) -> str:
    names: list[str] = []
    while error is not None and len(names) < _FRAMES:
        names.append(type(error).__qualname__)
        error = error.__cause__ or error.__context__
    return " < ".join(names)


def _trace(trace: TracebackType | None) -> list[str]:
    frames = [f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in walk_tb(trace)]
    return frames[-_FRAMES:]


def set_up(level: int = logging.INFO) -> None:
    """Sends every logger of the process through JsonLines to the standard error stream."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger(_OURS).setLevel(level)
    for name in [n for n in logging.root.manager.loggerDict if n.split(".")[0] in _FOREIGN] + list(_FOREIGN):
        foreign = logging.getLogger(name)
        foreign.handlers[:] = []
        foreign.propagate = True
        foreign.setLevel(logging.WARNING)


class Seldom:
    """Lets one thing a key through in `seconds`, and counts what it held back."""

    def __init__(self, seconds: float, *, limit: int = 10_000) -> None:
        self._seconds, self._limit = seconds, limit
        self._last: dict[Hashable, tuple[float, int]] = {}

    def __call__(self, key: Hashable) -> int | None:
        """How many were held back since the last one if this one may pass, else None."""
        now = time.monotonic()
        last, held = self._last.get(key, (-self._seconds, 0))
        if now - last < self._seconds:
            self._last[key] = (last, held + 1)
            return None
        if len(self._last) >= self._limit:
            self._last.clear()
        self._last[key] = (now, 0)
        return held

    def forget(self, key: Hashable) -> None:
        """Drops what is known of a key."""
        self._last.pop(key, None)
