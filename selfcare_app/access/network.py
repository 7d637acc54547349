"""The operator's own network: which line has which address, so that a person there shows his number by being there."""

import ipaddress
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from selfcare_app.access.tables import AddressHolding
from selfcare_app.kit.actor import System, Visitor
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.msisdn import Msisdn
from selfcare_app.subscribers import handset
from selfcare_app.subscribers.tables import Line

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class NotAnAddress(Refused):
    """What the network reports is no address of it."""

    code = "runa.not_an_address"


class NotFromHere(Refused):
    """The visitor does not come through the operator's network with a number of its own (AS-012, AS-013)."""

    code = "runa.not_own_network"


def hold(
    session: Session,
    actor: System,
    *,
    address: str,
    number: str,
    until: datetime,
    ranges: Sequence[Network],
    now: datetime,
) -> None:
    """Takes note that the network gave an address to a number until a moment; who had it before has it no more.

    Raises NotAnAddress for an address outside the ranges, NotANumber and NotOurs. A moment that has passed frees it.
    """
    plain = _canonical(address, ranges)
    if plain is None:
        raise NotAnAddress()
    line_id = handset.of_number(session, actor, number=number).line_id
    row = session.get(AddressHolding, plain, with_for_update=True)
    if until <= now:
        if row is not None and row.line_id == line_id:
            session.delete(row)
    elif row is None:
        session.add(AddressHolding(address=plain, line_id=line_id, until=until))
    else:
        row.line_id, row.until = line_id, until


def own_line(session: Session, actor: Visitor, *, ranges: Sequence[Network], now: datetime) -> Line | None:
    """The line that the visitor's address is given to; None from any other network (AS-010)."""
    plain = _canonical(actor.address, ranges)
    if plain is None:
        return None
    query = select(Line).join(AddressHolding, col(AddressHolding.line_id) == Line.id)
    return session.exec(
        query.where(AddressHolding.address == plain, AddressHolding.until > now, Line.state != "closed")
    ).one_or_none()


def own_number(session: Session, actor: Visitor, *, ranges: Sequence[Network], now: datetime) -> Msisdn:
    """The visitor's own number (AS-013). Raises NotFromHere."""
    line = own_line(session, actor, ranges=ranges, now=now)
    if line is None or line.msisdn is None:
        raise NotFromHere()
    return Msisdn(line.msisdn)


def _canonical(address: str, ranges: Sequence[Network]) -> str | None:
    """The address in one spelling if it is of the network."""
    try:
        parsed = ipaddress.ip_address(address.strip())
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    return str(parsed) if any(parsed.version == each.version and parsed in each for each in ranges) else None
