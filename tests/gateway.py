"""An SMS gateway for tests: takes messages over HTTP as a real one does and remembers them."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Gateway:
    """Listens on loopback from the start; `messages` are (recipient, text), oldest first."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        self._arrived = threading.Condition()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
                gateway._take(query["to"].lstrip("+"), query["text"])
                self.send_response(202)
                self.end_headers()
                self.wfile.write(b"0: Accepted for delivery")

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """What SELFCARE_SMS_GATEWAY_URL is set to."""
        return f"http://127.0.0.1:{self._server.server_port}/sendsms"

    def _take(self, recipient: str, text: str) -> None:
        with self._arrived:
            self.messages.append((recipient, text))
            self._arrived.notify_all()

    def newest(self, recipient: str, *, within: float = 15) -> str:
        """The text of the newest message to a number; waits for one."""
        until = time.monotonic() + within
        with self._arrived:
            while not (mine := [text for to, text in self.messages if to == recipient]):
                assert self._arrived.wait(until - time.monotonic()), f"no message for {recipient}"
            return mine[-1]

    def close(self) -> None:
        """Ends for good."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
