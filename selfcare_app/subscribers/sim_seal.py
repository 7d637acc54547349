"""PIN and PUK codes at rest: sealed to their SIM's row, with a keyed digest that PUK1 is compared by."""

from uuid import UUID

from selfcare_app.kit.sealing import Keyring
from selfcare_app.subscribers.tables import Sim

COLUMNS = ("pin1", "puk1", "pin2", "puk2")
_PURPOSE, _COMPARE = "sim", "puk1"


def seal(keys: Keyring, sim_id: UUID, *, pin1: str, puk1: str, pin2: str, puk2: str) -> dict[str, bytes]:
    """The four codes as the row's columns keep them."""
    plain = {"pin1": pin1, "puk1": puk1, "pin2": pin2, "puk2": puk2}
    return {column: keys.seal(_PURPOSE, _place(sim_id, column), value.encode()) for column, value in plain.items()}


def unseal(keys: Keyring, sim: Sim) -> dict[str, str]:
    """The four codes of a row in clear. Raises kit.sealing.Tampered."""
    return {column: keys.unseal(_PURPOSE, _place(sim.id, column), getattr(sim, column)).decode() for column in COLUMNS}


def puk1_mac(keys: Keyring, iccid: str, puk1: str) -> str:
    """What `Sim.puk1_mac` holds."""
    return keys.mac(_COMPARE, iccid, puk1)


def is_puk1(keys: Keyring, sim: Sim, typed: str) -> bool:
    """Whether `typed` is the SIM's PUK1, compared in constant time."""
    return keys.same(_COMPARE, sim.puk1_mac, sim.iccid, typed)


def _place(sim_id: UUID, column: str) -> str:
    return f"sim.{column}.{sim_id}"
