"""How many posts an address and the whole node may make a minute, counted in memory before any work is done."""

from collections import OrderedDict, deque
from datetime import UTC, datetime, timedelta

from selfcare_app import wiring
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.log import Seldom, logger

NODE_PER_MINUTE = 300
NODE_AT_ONCE = 60
_MINUTE = timedelta(minutes=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_REMEMBERED = 20_000
_DASHES_OF_ID = 4
_log = logger("session")


class TooOften(Refused):
    """So many posts came from here that the next has to wait `seconds`."""

    code = "access.too_often"


class Turnstile:
    """A sliding minute for each key, and for all strangers together a bucket.

    The bucket lets NODE_AT_ONCE through at once and no more than NODE_PER_MINUTE in any minute: a flood spends it in a
    moment, and what it gets after that is an even trickle.
    """

    def __init__(self, node_per_minute: int = NODE_PER_MINUTE, node_at_once: int = NODE_AT_ONCE) -> None:
        self._size = float(node_at_once)
        self._refill_per_second = (node_per_minute - node_at_once) / _MINUTE.total_seconds()
        self._keys: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._left, self._filled_at = self._size, _LONG_AGO
        self._seldom = Seldom(60)

    def admit(self, key: str, now: datetime, *, is_known: bool = False) -> None:
        """Counts one post by `key` (an address, or a session); who is known takes nothing from the strangers' share.

        Raises TooOften, which counts nothing.
        """
        if seconds := self._key_wait(key, now) or (0 if is_known else self.wait(now)):
            self._note(key)
            raise TooOften(seconds=seconds)
        mine = self._keys.setdefault(key, deque())
        mine.append(now)
        self._keys.move_to_end(key)
        if len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)
        if not is_known:
            self._left -= 1

    def refuses(self, key: str, now: datetime) -> int:
        """Seconds that a stranger's post by `key` would have to wait, 0 where it may go on; counts nothing."""
        seconds = self._key_wait(key, now) or self.wait(now)
        if seconds:
            self._note(key)
        return seconds

    def wait(self, now: datetime) -> int:
        """Seconds until the strangers' share has room for one more."""
        earned = max(0.0, (now - self._filled_at).total_seconds()) * self._refill_per_second
        self._left, self._filled_at = min(self._size, self._left + earned), max(now, self._filled_at)
        return 0 if self._left >= 1 else int((1 - self._left) / self._refill_per_second) + 1

    def _note(self, key: str) -> None:
        if (held := self._seldom(key)) is not None:
            who = "session" if key.count("-") == _DASHES_OF_ID else "address"
            _log.warning("too often", extra={who: key, "count": held + 1})

    def forget(self) -> None:
        """Starts counting anew."""
        self._keys.clear()
        self._left, self._filled_at = self._size, _LONG_AGO

    def _key_wait(self, key: str, now: datetime) -> int:
        mine = self._keys.get(key)
        if mine is None:
            return 0
        while mine and mine[0] <= now - _MINUTE:
            mine.popleft()
        if len(mine) < wiring.wired().profile.sign_in.requests_per_minute_per_address:
            return 0
        return max(1, int((mine[0] + _MINUTE - now).total_seconds()) + 1)


TURNSTILE = Turnstile()
