"""How many posts an address and the whole node may make a minute, counted in memory before any work is done."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta

from selfcare_app import wiring
from selfcare_app.kit.errors import Refused

NODE_PER_MINUTE = 300
_MINUTE = timedelta(minutes=1)
_REMEMBERED = 20_000


class TooOften(Refused):
    """So many posts came from here that the next has to wait `seconds`."""

    code = "access.too_often"


class Turnstile:
    """A sliding minute for each key and one for all together."""

    def __init__(self, node_per_minute: int = NODE_PER_MINUTE) -> None:
        self._node_per_minute = node_per_minute
        self._all: deque[datetime] = deque()
        self._keys: OrderedDict[str, deque[datetime]] = OrderedDict()

    def admit(self, key: str, now: datetime) -> None:
        """Counts one post by `key` (an address, or a session). Raises TooOften, which counts nothing."""
        limit = wiring.wired().profile.sign_in.requests_per_minute_per_address
        mine = self._keys.setdefault(key, deque(maxlen=limit))
        self._keys.move_to_end(key)
        if len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)
        for times, most in ((mine, limit), (self._all, self._node_per_minute)):
            while times and times[0] <= now - _MINUTE:
                times.popleft()
            if len(times) >= most:
                raise TooOften(seconds=max(1, int((times[0] + _MINUTE - now).total_seconds()) + 1))
        mine.append(now)
        self._all.append(now)

    def forget(self) -> None:
        """Starts counting anew."""
        self._all.clear()
        self._keys.clear()


TURNSTILE = Turnstile()
