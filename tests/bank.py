"""The simulated acquirer as a process beside a served program."""

import subprocess
import sys
import time

import httpx

from tests.served import ROOT, Served


class Bank:
    """The simulated acquirer beside the server."""

    def __init__(self, served: Served) -> None:
        self._environment = served.environment
        self.url = f"http://127.0.0.1:{served.environment['SELFCARE_ACQUIRER_PORT']}"
        self._process: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        command = [sys.executable, "-m", "selfcare_app", "acquirer"]
        self._process = subprocess.Popen(command, cwd=ROOT, env=self._environment)
        until = time.monotonic() + 90
        while not self._answers():
            assert self._process.poll() is None and time.monotonic() < until
            time.sleep(0.05)

    def close(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            self._process = None

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/pay/none").status_code == 404
        except httpx.TransportError:
            return False
