"""A tab's token is known to whoever saw its address: it opens nothing."""

import time

import pytest

from tests.security.raw import APP, HYDRATE, Raw, Refused
from tests.served import Served

SECRET = "Жанна Тайнова"


def victim(served: Served) -> tuple[str, str]:
    """A subscriber who has been on the home page in a tab, and left: the tab's token and the session."""
    cookie = served.sign_in(served.world.line(user_name=SECRET))
    with Raw(served, session=cookie) as socket:
        assert SECRET in socket.join().text
        return socket.token, cookie


@pytest.mark.security("S-13", "asvs_4_4_3")
def test_a_token_planted_before_sign_in_is_worth_nothing_after_it(served: Served):
    token = "11111111-known-to-the-attacker"
    with Raw(served, token=token) as attacker:
        attacker.join()
    cookie = served.sign_in(served.world.line(user_name=SECRET))
    with Raw(served, token=token, session=cookie) as owner:
        assert SECRET in owner.join().text
        with Raw(served, token=token) as attacker:
            attacker.join()
            attacker.call(f"{APP}.stay")
            assert SECRET not in "".join(attacker.frames)
        assert owner.call(f"{APP}.stay").leave == ""


def listen_out(raw: Raw) -> None:
    """Hears everything that still comes. Raises what ends it."""
    while True:
        raw.frame(0.5)


@pytest.mark.security("S-14", "asvs_4_4_3")
def test_a_tab_left_alone_is_not_handed_over(served: Served):
    token, _ = victim(served)
    with Raw(served, token=token) as thief:
        thief.join()
        assert thief.call(f"{APP}.stay").leave.startswith("/sign-in")
        assert SECRET not in "".join(thief.frames)
    other = served.sign_in(served.world.line(user_name="Иной Абонент"))
    token, _ = victim(served)
    with Raw(served, token=token, session=other) as thief:
        thief.join()
        assert SECRET not in "".join(thief.frames)


@pytest.mark.security("S-14", "asvs_4_4_3")
def test_a_socket_that_skips_hydration_is_not_even_connected(served: Served):
    token, _ = victim(served)
    with Raw(served, token=token) as thief:
        for first in (
            "null",
            '{"event":null}',
            f'{{"event":{{"name":"{APP}.stay","payload":{{}},"router_data":{{}}}}}}',
            "[]",
            "{",
        ):
            thief.send_text(f"40/_event,{first}")
        thief.emit(f"{APP}.stay")
        thief.emit(HYDRATE, {})
        thief.send_text("40/_event,")
        with pytest.raises((Refused, TimeoutError)):
            listen_out(thief)
        assert SECRET not in "".join(thief.frames)


@pytest.mark.security("S-14")
@pytest.mark.parametrize("token", ["", "a" * 65, "../../etc", "a b", "%00", "ключ"])
def test_a_token_has_the_shape_of_one(served: Served, token: str):
    with pytest.raises(Refused), Raw(served, token=token or "%20") as socket:
        socket.join()


@pytest.mark.security("S-15")
def test_the_same_tab_twice_is_two_tabs(served: Served):
    cookie = served.sign_in(served.world.line())
    with Raw(served, session=cookie) as first:
        first.join()
        with Raw(served, session=cookie, token=first.token) as second:
            second.join()
            assert any(frame.startswith('42/_event,["new_token"') for frame in second.frames)
            assert first.call(f"{APP}.stay").leave == ""
            assert second.call(f"{APP}.stay").leave == ""


@pytest.mark.security("S-14")
def test_a_tab_whose_socket_died_silently_gets_its_state_back_and_nobody_else_does(served: Served):
    cookie = served.sign_in(served.world.line(user_name=SECRET))
    lost = Raw(served, session=cookie)
    lost.join()
    lost.answers = False
    start = time.monotonic()
    with Raw(served, session=cookie, token=lost.token) as again:
        again.join()
        assert not any(frame.startswith('42/_event,["new_token"') for frame in again.frames)
        assert time.monotonic() - start < 6
        assert again.call(f"{APP}.stay").leave == ""
    lost.close()
