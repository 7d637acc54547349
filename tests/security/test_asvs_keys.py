"""Keys and what they seal: every flipped bit is seen, values stay in their rows, and a key can be changed for another."""

import ast
import re
import struct
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select, update

from selfcare_app import wiring
from selfcare_app.access import emergency, password, renew
from selfcare_app.access import session as web_session
from selfcare_app.access.tables import Credential
from selfcare_app.db import Database, metadata
from selfcare_app.kit.actor import System
from selfcare_app.kit.data_classes import held
from selfcare_app.kit.sealing import Keyring, Tampered
from selfcare_app.manage import main, reseal
from selfcare_app.messaging import outbox
from selfcare_app.subscribers import sim_seal
from selfcare_app.subscribers.tables import Sim
from tests.access.door import PASSWORD, SIM, Door
from tests.architecture.test_walls import sources, tree
from tests.conftest import SECRET, import_tables
from tests.world import World

ROOT = Path(__file__).parents[2]
NEW = b"fedcba9876543210fedcba9876543210"
KEYS = Keyring(SECRET)
MAKING = {"seal", "unseal", "mac", "macs", "same", "mac_by", "sign", "public_key", "public_keys"}
MILLION = 1_000_000


@pytest.fixture
def door(wires: wiring.Wiring, world: World, now: Any) -> Door:
    return Door(wires, world, now)


@pytest.mark.security("asvs_11_2_1", "asvs_11_3_1", "asvs_11_3_2", "asvs_11_3_3", "R16")
def test_every_flipped_bit_of_a_sealed_value_is_seen() -> None:
    place = "sim.puk1.018f"
    sealed = KEYS.seal("sim", place, b"84613957")
    assert KEYS.unseal("sim", place, sealed) == b"84613957"
    for bit in range(len(sealed) * 8):
        spoilt = bytearray(sealed)
        spoilt[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Tampered):
            KEYS.unseal("sim", place, bytes(spoilt))
    for at in range(len(place)):
        for bit in range(7):
            other = place[:at] + chr(ord(place[at]) ^ 1 << bit) + place[at + 1 :]
            with pytest.raises(Tampered):
                KEYS.unseal("sim", other, sealed)
    for end in range(len(sealed)):
        with pytest.raises(Tampered):
            KEYS.unseal("sim", place, sealed[:end])


@pytest.mark.security("asvs_11_3_3")
def test_two_subscribers_sealed_values_can_not_change_places(db: Database, door: Door) -> None:
    mine, other = door.line(), door.line()
    for column in sim_seal.COLUMNS:
        with db.transaction() as session:
            rows = {row.line_id: row for row in session.exec(select(Sim)).all()}
            a, b = getattr(rows[mine.id], column), getattr(rows[other.id], column)
            setattr(rows[mine.id], column, b)
            setattr(rows[other.id], column, a)
        with db.snapshot() as session, pytest.raises(Tampered):
            sim_seal.unseal(KEYS, session.exec(select(Sim).where(Sim.line_id == mine.id)).one())
        with db.transaction() as session:
            rows = {row.line_id: row for row in session.exec(select(Sim)).all()}
            setattr(rows[mine.id], column, a)
            setattr(rows[other.id], column, b)
    with db.snapshot() as session:
        assert sim_seal.unseal(KEYS, session.exec(select(Sim).where(Sim.line_id == mine.id)).one()) == SIM


@pytest.mark.security("asvs_11_3_3")
def test_two_columns_of_one_row_can_not_change_places(db: Database, door: Door) -> None:
    line = door.line()
    with db.transaction() as session:
        session.execute(update(Sim).where(col(Sim.line_id) == line.id).values(pin1=Sim.pin2, pin2=Sim.pin1))
    with db.snapshot() as session, pytest.raises(Tampered):
        sim_seal.unseal(KEYS, session.exec(select(Sim)).one())


@pytest.mark.security("asvs_11_3_4")
def test_a_million_nonces_are_a_million() -> None:
    head = len(b"v2|") + 4
    seen = {KEYS.seal("sim", "sim.puk1.1", b"")[head : head + 12] for _ in range(MILLION)}
    assert len(seen) == MILLION
    # Chance, not a counter: half of all bits are set.
    ones = sum(bin(struct.unpack(">Q", nonce[:8])[0]).count("1") for nonce in list(seen)[:10_000])
    assert abs(ones / (10_000 * 64) - 0.5) < 0.01


def purposes() -> set[str]:
    """Every purpose that a key is asked for, as the sources say: texts, or constants of their module."""
    found: set[str] = set()
    for file in sources():
        if file.name == "sealing.py":
            continue
        module, names = tree(file), _constants()
        own = {**names, **_assigned(module)}
        for node in ast.walk(module):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in MAKING:
                said = ast.unparse(node.func.value)
                if "keys" in said and node.args:
                    found.add(_text(node.args[1 if node.func.attr == "mac_by" else 0], own))
    return found


def _assigned(module: ast.Module) -> dict[str, str]:
    known = {}
    for node in module.body:
        if isinstance(node, ast.Assign):
            targets = node.targets[0].elts if isinstance(node.targets[0], ast.Tuple) else node.targets
            values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
            for target, value in zip(targets, values, strict=False):
                if isinstance(target, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    known[target.id] = value.value
    return known


def _constants() -> dict[str, str]:
    from selfcare_app.journal import rules

    return {"rules.KEY": rules.KEY, "rules.ANCHOR_KEY": rules.ANCHOR_KEY}


def _text(node: ast.expr, names: dict[str, str]) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else names.get(ast.unparse(node), ast.unparse(node))


@pytest.mark.security("asvs_11_1_1", "asvs_11_1_2")
def test_every_purpose_of_a_key_is_in_the_inventory_and_no_other() -> None:
    inventory = re.findall(
        r"^\| `([^`]+)` \|.+\| (?:sealed|HMAC|Ed25519) \|$", (ROOT / "docs/keys.md").read_text(), re.M
    )
    # What the resealing command is told by the classes of data.
    told = {purpose for its in held().values() for purpose in its.sealed.values()}
    assert purposes() - {"purpose"} | told == set(inventory)
    assert len(inventory) == len(set(inventory))


@pytest.mark.security("asvs_13_3_4")
def test_the_key_is_changed_and_everybody_keeps_what_he_has(
    door: Door, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The drill of docs/keys.md: everything works under both keys, then is sealed anew, then works under the new alone."""
    wires, line = door.wires, door.line()
    browser = door.device(line)
    with wires.db.transaction() as session:
        entered = web_session.start(
            session, line_id=line.id, method="password", address="", agent="", language="", now=door.now
        )
        outbox.enqueue(
            session, recipient=line.msisdn or "", language="ru", key="access.sms.locked", args={}, dedup_key="drill",
            now=door.now,
        )  # fmt: skip
    owner = door.ask(web_session.resume, token=entered.token).actor
    printed = door.do(emergency.make, owner)
    for name, its in held().items():
        assert set(its.sealed) <= {column.name for column in metadata.tables[name].columns}

    both = turned(wires, NEW, SECRET)
    assert everything(door, both, line) == (SIM, True, True)
    kept = door.row(Credential, line.id).password_hash
    assert password.matches(both, PASSWORD, kept)
    assert not password.matches(both, PASSWORD + "1", kept)
    assert password.is_outdated(both, kept)

    assert main(["reseal"]) == 0
    said = capsys.readouterr().out
    assert "sim: 1 sealed anew" in said
    assert "outbox: 1 sealed anew" in said
    assert "1 passwords wait" in said
    assert main(["reseal"]) == 0
    assert "0 rows" in capsys.readouterr().out
    anew = password.hashed(both, PASSWORD)
    assert wiring.do_now(renew.keep, door.visitor, line_id=line.id, kept=kept, anew=anew)

    new = turned(wires, NEW)
    assert everything(door, new, line) == (SIM, True, True)
    fresh = door.row(Credential, line.id).password_hash
    assert password.matches(new, PASSWORD, fresh)
    assert not password.is_outdated(new, fresh)
    assert door.ask(web_session.resume, token=entered.token) is not None
    assert door.knock(line.msisdn or "", right=True, actor=door.on(browser)).entered

    turned(wires, NEW, SECRET)
    assert door.do(emergency.block, typed=printed) is None
    with pytest.raises(Tampered):
        everything(door, turned(wires, b"x" * 32), line)


def turned(wires: wiring.Wiring, *keys: bytes) -> Keyring:
    """The process as it is after a start with these keys."""
    wires.keys = Keyring(*keys)
    wires.db.info["keys"] = wires.keys
    return wires.keys


def everything(door: Door, keys: Keyring, line: Any) -> tuple[dict[str, str], bool, bool]:
    """The codes of the SIM, whether PUK1 fits, and whether the messages open."""
    with door.wires.db.snapshot() as session:
        sim = session.exec(select(Sim).where(Sim.line_id == line.id)).one()
        opened = sim_seal.unseal(keys, sim)
        fits = sim_seal.is_puk1(keys, sim, SIM["puk1"]) and not sim_seal.is_puk1(keys, sim, SIM["puk2"])
    return opened, fits, bool(door.messages(line.msisdn))


@pytest.mark.security("asvs_13_3_4")
def test_every_table_with_sealed_values_is_walked_to_its_end(db: Database, wires: wiring.Wiring, world: World) -> None:
    import_tables()
    many = reseal.ROWS_AT_ONCE * 2 + 3
    with db.transaction() as session:
        for at in range(many):
            outbox.enqueue(
                session, recipient="375290000000", language="ru", key="access.sms.locked", args={}, dedup_key=str(at),
                now=world.now,
            )  # fmt: skip
    turned(wires, NEW, SECRET)
    steps, after = [], None
    while (step := wiring.do_now(reseal.reseal, System("reseal"), table="outbox", after=after))[1] is not None:
        steps, after = [*steps, step[0]], step[1]
    assert steps == [reseal.ROWS_AT_ONCE, reseal.ROWS_AT_ONCE, 3]


@pytest.mark.security("asvs_13_3_4", "asvs_11_4_2")
@pytest.mark.parametrize("cost", [4, 12])
def test_a_right_password_is_kept_as_new_ones_are(door: Door, cost: int) -> None:
    import bcrypt

    keys = door.wires.keys
    kept = bcrypt.hashpw(password._digest(keys, PASSWORD), bcrypt.gensalt(cost)).decode()
    assert password.matches(keys, PASSWORD, kept)
    assert password.is_outdated(keys, kept) == (cost < password.COST)
    anew = password.hashed(keys, PASSWORD)
    assert not password.is_outdated(keys, anew)
    line = door.line()
    before = door.row(Credential, line.id).password_hash
    assert not wiring.do_now(renew.keep, door.visitor, line_id=line.id, kept="what was there before", anew=anew)
    assert door.row(Credential, line.id).password_hash == before


@pytest.mark.security("asvs_13_3_4")
def test_the_file_has_a_key_a_line(tmp_path: Path) -> None:
    from selfcare_app.settings import Misconfigured, read

    file, safe = tmp_path / "keys", {"SELFCARE_PUBLIC_URL": "https://my.example.by"}
    file.write_bytes(NEW + b"\n\n" + SECRET + b"\n")
    settings = read({**safe, "SELFCARE_SECRET_KEY_FILE": str(file)})
    assert (settings.secret_key, settings.older_keys) == (NEW, (SECRET,))
    whole = bytes(range(200, 256)) + b"\n" + bytes(range(128, 160))
    file.write_bytes(whole)
    assert read({**safe, "SELFCARE_SECRET_KEY_FILE": str(file)}).secret_key == whole
    file.write_bytes(NEW + b"\nshort\n")
    with pytest.raises(Misconfigured, match="fewer than 32 bytes"):
        read({**safe, "SELFCARE_SECRET_KEY_FILE": str(file)})
