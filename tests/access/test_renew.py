"""A password kept under an older key is kept under the key in use once it is typed: nobody notices."""

import httpx
import pytest

from selfcare_app.access import password
from selfcare_app.access.tables import Credential
from selfcare_app.kit.sealing import Keyring
from tests.access.door import PASSWORD, Door
from tests.access.web import path
from tests.conftest import SECRET

pytestmark = pytest.mark.usefixtures("cheap_hashes")
NEW = b"fedcba9876543210fedcba9876543210"


@pytest.mark.security("asvs_13_3_4", "asvs_11_4_2")
async def test_a_right_password_moves_on_to_the_key_in_use_and_a_wrong_one_changes_nothing(
    client: httpx.AsyncClient, door: Door
) -> None:
    line = door.line()
    before = door.row(Credential, line.id).password_hash
    door.wires.keys = door.wires.db.info["keys"] = Keyring(NEW, SECRET)
    await client.post("/session/sign-in", data={"number": line.msisdn, "password": "wrong7pass"})
    assert door.row(Credential, line.id).password_hash == before
    answer = await client.post("/session/sign-in", data={"number": line.msisdn, "password": PASSWORD})
    assert path(answer) == "/sign-in/code"
    after = door.row(Credential, line.id).password_hash
    assert after.endswith(f"|{door.wires.keys.newest}")
    alone = Keyring(NEW)
    assert password.matches(alone, PASSWORD, after)
    assert not password.matches(alone, PASSWORD, before)
    assert not password.matches(Keyring(SECRET), PASSWORD, after)
