"""My sessions and devices: seen, ended, forgotten, and by nobody else."""

from dataclasses import replace

import pytest

from selfcare_app.access import agent, devices, session
from selfcare_app.access.tables import KnownDevice, WebSession
from selfcare_app.access.views import Browser
from selfcare_app.journal.tables import JournalEntry
from selfcare_app.kit.actor import Acting, OwnOnly, Visitor
from selfcare_app.kit.ids import new_id
from tests.access.door import Door
from tests.access.engines import settings  # noqa: F401 - a fixture


@pytest.mark.security("asvs_7_5_2")
def test_all_live_sessions_are_listed_the_own_one_first(door: Door) -> None:
    line = door.line()
    mine, other = door.world.session(line), door.world.session(line)
    door.world.session(door.line())
    ended = door.world.session(line)
    door.do(session.end, ended, session_id=ended.session_id, reason="sign_out")
    found = door.ask(devices.mine, other)
    assert [(each.id, each.is_mine) for each in found.sessions] == [(other.session_id, True), (mine.session_id, False)]


@pytest.mark.security("asvs_7_4_3", "asvs_7_5_2", "S-20")
def test_an_ended_session_opens_nothing_and_the_owner_hears_of_it(door: Door) -> None:
    line = door.line()
    mine, other = door.world.session(line), door.world.session(line)
    door.do(devices.end, mine, session_id=other.session_id)
    assert door.ask(session.resume, Visitor(), token="x") is None
    assert door.row(WebSession, other.session_id).end_reason == "by_owner"
    assert door.row(WebSession, mine.session_id).ended_at is None
    assert [key for key, _ in door.messages(line.msisdn)] == ["alarm.sessions_ended"]
    assert [row.action for row in door.rows(JournalEntry)] == ["sessions_ended"]


@pytest.mark.security("S-06", "asvs_8_2_2")
def test_another_subscribers_session_or_device_is_not_found(door: Door) -> None:
    victim, thief = door.world.session(door.line()), door.world.session(door.line())
    door.device(door.line())
    (device,) = door.rows(KnownDevice)
    for session_id in (victim.session_id, thief.session_id, new_id()):
        with pytest.raises(devices.NoSuchSession):
            door.do(devices.end, thief, session_id=session_id)
    for device_id in (device.id, new_id()):
        with pytest.raises(devices.NoSuchDevice):
            door.do(devices.forget, thief, device_id=device_id)
    assert door.row(WebSession, victim.session_id).ended_at is None
    assert len(door.rows(KnownDevice)) == 1
    assert door.rows(JournalEntry) == []


@pytest.mark.security("asvs_7_4_3")
def test_all_others_end_at_once(door: Door) -> None:
    line = door.line()
    mine, others = door.world.session(line), [door.world.session(line) for _ in range(3)]
    stranger = door.world.session(door.line())
    assert door.do(devices.end_others, mine) == 3
    assert all(door.row(WebSession, each.session_id).ended_at for each in others)
    assert door.row(WebSession, stranger.session_id).ended_at is None
    assert door.do(devices.end_others, mine) == 0
    assert len(door.messages(line.msisdn)) == 1


@pytest.mark.security("asvs_6_5_6")
def test_a_forgotten_device_is_asked_for_a_code_again(door: Door) -> None:
    line = door.line()
    value = door.device(line)
    browser = door.on(value)
    assert door.knock(line.msisdn, right=True, actor=browser, browser=Browser(device_token=value)).entered
    actor = door.world.session(line)
    (known,) = door.ask(devices.mine, actor).devices
    door.do(devices.forget, actor, device_id=known.id)
    assert door.knock(line.msisdn, right=True, actor=browser).admitted


@pytest.mark.security("T18")
def test_a_delegate_sees_and_ends_nothing(door: Door) -> None:
    line = door.line()
    owner = door.world.session(line)
    curator = replace(door.world.session(line), acting=Acting(door.line().id, "curator", "manage"))
    for use_case, named in (
        (devices.mine, {}),
        (devices.end, {"session_id": owner.session_id}),
        (devices.end_others, {}),
        (devices.forget, {"device_id": new_id()}),
    ):
        with pytest.raises(OwnOnly), door.wires.db.transaction() as opened:
            use_case(opened, curator, **named, now=door.now)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1 Version/17.5 Mobile Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 SamsungBrowser/24.0 Chrome/117.0 Safari/537.36", "Samsung Internet, Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Linux"),
        ("<img src=x onerror=alert(1)>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_named_in_words_and_never_in_its_own(said: str, name: str) -> None:
    assert agent.named(said) == name
