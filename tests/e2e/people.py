"""Lines with a SIM and a password, for the ways in."""

from datetime import timedelta

import bcrypt

from selfcare_app.access import password
from selfcare_app.access.tables import Credential
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers import sim_seal
from selfcare_app.subscribers.tables import Line, Sim
from tests.served import Served

PASSWORD = "вяз7дуб3"
CODES = {"pin1": "4821", "puk1": "84613957", "pin2": "7350", "puk2": "20468135"}


def somebody(served: Served, *, secret: str | None = PASSWORD, **columns: object) -> Line:
    """A line with a SIM, and with a password unless `secret` is None."""
    line = served.world.line(**columns)
    sim_id, iccid, now = new_id(), str(new_id().int)[:19], served.now
    with served.db.transaction() as session:
        sealed = sim_seal.seal(served.keys, sim_id, **CODES)
        mac = sim_seal.puk1_mac(served.keys, iccid, CODES["puk1"])
        issued = now - timedelta(days=300)
        session.add(Sim(id=sim_id, line_id=line.id, iccid=iccid, **sealed, puk1_mac=mac, issued_at=issued))
        if secret is not None:
            kept = bcrypt.hashpw(password._digest(served.keys, secret), bcrypt.gensalt(4)).decode()
            session.add(Credential(line_id=line.id, password_hash=kept, set_by="web", set_at=now, registered_at=now))
    return line
