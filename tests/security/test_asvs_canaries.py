"""Secrets that are given to the program, properly and improperly, and are then looked for everywhere it keeps anything."""

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import redis

from selfcare_app.access import password
from selfcare_app.access.tables import Credential
from selfcare_app.kit import cookie
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers import sim_seal
from selfcare_app.subscribers.tables import Line, Sim
from tests.security.raw import APP, ROOT, Raw, Refused
from tests.security.test_asvs_log import fits
from tests.served import Serve, Served

PASSWORD = "canary7Tsaplja"
WRONG = "kanarejka9Wrong"
TYPED = {"runa": "604718", "totp": "937251", "temporary": "kanarejka8Temp", "puk1": "60471893"}
SIM = {"pin1": "4821", "puk1": "71539264", "pin2": "9034", "puk2": "50297713"}
JAR = cookie.names(secure=False)


@dataclass
class Driven:
    """A server that has been given every kind of secret, and what it was given and said."""

    served: Served
    memory: str = ""
    secrets: dict[str, str] = field(default_factory=dict)
    frames: list[str] = field(default_factory=list)
    answers: list[httpx.Response] = field(default_factory=list)

    def post(self, path: str, http: httpx.Client | None = None, **fields: str) -> httpx.Response:
        """A form, as a page of ours posts it."""
        headers = {"Origin": self.served.url, "X-Forwarded-For": f"10.77.{len(self.answers) % 250}.1"}
        post = http.post if http else httpx.post
        answer = post(f"{self.served.url}{path}", data=fields, headers=headers, follow_redirects=False)
        self.answers.append(answer)
        return answer


def seed(served: Served) -> None:
    line = served.world.line(user_name="Зоя Канарейкина", msisdn="375291370041")
    sim_id, iccid = new_id(), "8937500000000000041"
    with served.db.transaction() as session:
        hashed = password.hashed(served.keys, PASSWORD)
        session.add(
            Credential(line_id=line.id, password_hash=hashed, set_by="t", set_at=served.now, registered_at=served.now)
        )
        codes = sim_seal.seal(served.keys, sim_id, **SIM)
        mac = sim_seal.puk1_mac(served.keys, iccid, SIM["puk1"])
        session.add(Sim(id=sim_id, line_id=line.id, iccid=iccid, puk1_mac=mac, issued_at=served.now, **codes))


def the_line(served: Served) -> Line:
    with served.db.snapshot() as session:
        line = session.query(Line).filter(Line.msisdn == "375291370041").one()
        session.expunge(line)
        return line


@pytest.fixture(scope="module", params=["memory", "redis"])
def driven(request: pytest.FixtureRequest, serve: Serve) -> Driven:
    """Signs in, shows PIN and PUK, changes pages, and tries everything that should not be tried, with secrets in it."""
    url = request.getfixturevalue("redis_server") if request.param == "redis" else ""
    it = Driven(serve(seed=seed, **({"SELFCARE_REDIS_URL": url} if url else {})), url)
    with httpx.Client() as http:
        enter(it, http)
    use(it)
    attack(it)
    return it


def enter(it: Driven, http: httpx.Client) -> None:
    """By password and code, wrong ones first; then to the codes of the SIM with another code."""
    served, line = it.served, the_line(it.served)
    number = line.msisdn or ""
    it.post("/session/sign-in", http, number=number, password=WRONG)
    it.post("/session/sign-in", http, number=number, password=PASSWORD)
    it.secrets["code"] = served.code(number)
    it.post("/session/second-factor", http, code=str((int(it.secrets["code"]) + 1) % 10**6).zfill(6))
    assert it.post("/session/second-factor", http, code=it.secrets["code"]).status_code == 303
    it.secrets |= {"session": http.cookies[JAR.session], "device": http.cookies.get(JAR.device, "no device")}
    it.post("/session/code/send", http, purpose="sim_secrets", digest="", back="/personal/sim")
    second = served.code(number, after=1)
    it.post("/session/code/prove", http, purpose="sim_secrets", digest="", code=second, back="/personal/sim")
    it.secrets |= {"second code": second, "session": http.cookies[JAR.session]}
    shown = it.post("/session/reveal", http)
    assert SIM["puk1"] in shown.text, "the codes were not shown: the test would look for nothing"
    assert shown.headers["cache-control"] == "no-store"
    it.post("/session/password", http, current=WRONG, password="kanarejka5New", again="kanarejka5New")


def use(it: Driven) -> None:
    """Loads the pages of the cabinet."""
    for path in ("/home", "/personal", "/personal/sim", "/number", "/orders", "/settings/password", "/more"):
        with Raw(it.served, session=it.secrets["session"], path=path) as socket:
            socket.join()
            it.frames += socket.frames


def attack(it: Driven) -> None:
    """What no page sends, with secrets in every place of it."""
    said = {"password": PASSWORD, "code": it.secrets["code"], **TYPED, "number": "375291370041"}
    fault = f"{ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception"
    with Raw(it.served, session=it.secrets["session"], cookies="") as socket:
        socket.join()
        for name in (f"{APP}.no_such", f"{APP}.stay", PASSWORD, f"{ROOT}.setvar"):
            socket.emit(name, said)
        socket.emit(fault, {"info": f"TypeError: {PASSWORD}", "component_stack": f"at {SIM['puk1']}"})
        socket.send_text(f'42/_event,["event",{{"name":"x","password":"{PASSWORD}"')
        socket.send_text(f'42/_event,["{PASSWORD}",{json.dumps(said)}]')
        it.frames += [frame for frame in socket.frames]
        socket.settle()
        it.frames += socket.frames
    # A page's address is known to anybody who sees it, but no more than that is kept of one that is not ours.
    for token in (f"{PASSWORD} x", "tab/../" + TYPED["runa"]):
        with contextlib.suppress(Refused), Raw(it.served, token=token) as socket:
            socket.join()
    for path in (
        "/session/sign-in",
        "/session/nowhere",
        "/session/code/prove",
        "/desk/sign-in",
        "/inbound/sms",
        "/inbound/ussd",
    ):
        it.post(path, **said)
        it.post(f"{path}?password={PASSWORD}&code={TYPED['totp']}", **said)
    it.post("/desk/sign-in", login="nobody", password=TYPED["temporary"], code=TYPED["totp"])
    it.post("/session/recover/number", number="375291370041")
    headers = {"Origin": it.served.url, "Authorization": f"Bearer {PASSWORD}", "User-Agent": "Mozilla/5.0"}
    it.answers.append(
        httpx.post(f"{it.served.url}/session/sign-in", content=PASSWORD.encode() + b"=\xff", headers=headers)
    )
    it.answers.append(httpx.get(f"{it.served.url}/{PASSWORD}", headers=headers))
    it.answers.append(httpx.put(f"{it.served.url}/session/{PASSWORD}", headers=headers, content=PASSWORD))


def everything_secret(it: Driven) -> dict[str, str]:
    codes = {name: value for name, value in SIM.items() if len(value) > 4}
    return {"password": PASSWORD, "wrong password": WRONG, **TYPED, **codes, **it.secrets}


@pytest.mark.security("asvs_14_2_4", "asvs_16_2_5", "asvs_14_2_1", "S-24")
def test_no_secret_is_in_any_log_line(driven: Driven) -> None:
    log = driven.served.log()
    assert [name for name, value in everything_secret(driven).items() if value in log] == []
    assert "375291370041" not in log
    assert "Канарейкина" not in log


@pytest.mark.security("asvs_16_2_1", "asvs_16_2_2", "asvs_16_2_4", "asvs_16_1_1")
def test_every_line_that_the_server_wrote_is_of_the_schema(driven: Driven) -> None:
    lines = [fits(json.loads(line)) for line in driven.served.log().splitlines()]
    said = {line["what"] for line in lines}
    assert {"dropped", "request refused", "refused", "too often"} & said >= {"dropped", "request refused"}
    assert all("operation" in line for line in lines if line["what"] in ("request refused", "refused", "too often"))


@pytest.mark.security("asvs_14_2_4", "asvs_13_3_1")
def test_no_secret_lies_in_a_file(driven: Driven) -> None:
    """Neither in the database as it lies on the disk, nor in what a framework may leave beside it."""
    directory = driven.served.directory
    places = [
        file for file in directory.rglob("*") if file.is_file() and "bundle" not in file.relative_to(directory).parts
    ]
    assert any(file.name.startswith("selfcare.db") for file in places)
    found = [
        (file.name, name)
        for file in places
        for name, value in everything_secret(driven).items()
        if file.name != "secret.key" and value.encode() in file.read_bytes()
    ]
    # A code of six digits is found by chance in a time or an id: what is not in a text of its own is none.
    assert [each for each in found if each[1] not in ("code", "second code", "runa", "totp")] == []
    with driven.served.db.snapshot() as session:
        from sqlalchemy import text

        for table in session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all():
            for row in session.execute(text(f'SELECT * FROM "{table}"')).all():
                cells = {str(cell) for cell in row}
                assert not cells & set(everything_secret(driven).values()), table
    assert not (Path.cwd() / ".states").exists()


@pytest.mark.security("asvs_14_2_4", "asvs_3_3_4", "S-25")
def test_no_secret_comes_back_over_a_socket_or_in_an_answer(driven: Driven) -> None:
    assert driven.frames
    secrets = everything_secret(driven)
    assert [name for frame in driven.frames for name, value in secrets.items() if value in frame] == []
    shown = {"pin1", "puk1", "pin2", "puk2"}
    for answer in driven.answers:
        said = answer.text + answer.headers.get("location", "")
        hits = {name for name, value in secrets.items() if value in said and name not in shown}
        assert hits == set(), answer.request.url
        assert answer.request.url.path == "/session/reveal" or SIM["puk1"] not in said


@pytest.mark.security("asvs_14_2_4", "asvs_1_5_2", "S-30")
def test_no_secret_is_in_the_memory_that_processes_share(driven: Driven) -> None:
    if not driven.memory:
        assert not driven.served.environment.get("SELFCARE_REDIS_URL")
        return
    with redis.Redis.from_url(driven.memory) as client:
        keys = list(client.scan_iter())
        assert keys, "nothing was kept: the test would look at nothing"
        values = [key + client.dump(key) for key in keys]
        plain = [client.get(key) or b"" for key in keys if client.type(key) == b"string"]
    found = [
        (name, kept[:60])
        for name, value in everything_secret(driven).items()
        for kept in (*values, *plain)
        if value.encode() in kept
    ]
    assert found == []
