"""A bell inside one process: who has committed work for the worker rings it, the worker wakes at once."""

import threading

_bell = threading.Event()


def ring() -> None:
    """There is something to do."""
    _bell.set()


def wait(seconds: float) -> bool:
    """Returns at the next ring (True), or after `seconds` (False)."""
    rung = _bell.wait(seconds)
    _bell.clear()
    return rung
