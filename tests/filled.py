"""Fills a served operator with people to look at: one who has everything, one who has nothing yet, one whose order waits."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlmodel import insert

from selfcare_app.access import delegation, password
from selfcare_app.access.tables import Credential
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.kit.actor import Staff, System
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.ledger.opening import Opening, post_openings
from selfcare_app.numbers.rules import category_of, index_of
from selfcare_app.numbers.tables import PoolNumber
from selfcare_app.orders.tables import Order
from selfcare_app.payments.tables import Payment
from selfcare_app.subscribers import sim_seal
from selfcare_app.subscribers.tables import Account, Client, Line, LineService, Sim
from selfcare_app.usage.codes import Direction, Kind, Zone
from selfcare_app.usage.tables import Allowance, UsageRecord
from tests import filled_questions, filled_services, filled_sharing
from tests.served import Served

PASSWORD = "tram2026"
_SEED = 41
_POOL = 3_000
_DAYS = 200
_GIGABYTE = 2**30


@dataclass(frozen=True)
class Country:
    """What people and things are called there."""

    person: str
    newcomer: str
    waiting: str
    plan: str
    benefits: str
    services: tuple[tuple[str, str, int], ...]
    packages: tuple[str, str, str, str]


COUNTRIES = {
    "BY": Country(
        "Ковалёва Анна Сергеевна",
        "Левко Максим",
        "Дудко Ирина Петровна",
        "Комфорт M",
        "Скидка 10 % на абонентскую плату до 31.12.2027",
        (("Второй фронт", "whocalled", 0), ("Мелофон", "melody", 190), ("Антивирус", "antivirus", 250)),
        ("Звонки во все сети", "SMS", "Интернет", "Промо-минуты"),
    ),
    "UA": Country(
        "Коваленко Ганна Сергіївна",
        "Левко Максим",
        "Дудко Ірина Петрівна",
        "Вільний M",
        "Знижка 10 % на абонплату до 31.12.2027",
        (("Хто дзвонив", "whocalled", 0), ("Мелодія", "melody", 900), ("Антивірус", "antivirus", 1500)),
        ("Дзвінки в усі мережі", "SMS", "Інтернет", "Промо-хвилини"),
    ),
}


@dataclass
class People:
    """The lines of a filled world; pass an instance as `seed` of `tests.served.make`."""

    full: Line = field(init=False)
    empty: Line = field(init=False)
    waiting: Line = field(init=False)
    forgetful: Line = field(init=False)
    payer: Line = field(init=False)
    keeper: Line = field(init=False)
    """Looks after an organisation with other lines, where the operator has such."""
    stranger: Line = field(init=False)
    """Has never registered."""
    texts: tuple[str, ...] = ()
    """Everything that is data and not a sentence of the program."""

    def __call__(self, served: Served) -> None:
        """Writes everything; called once, before the server starts."""
        country = COUNTRIES[served.profile.country]
        dice = random.Random(_SEED)
        with served.db.transaction() as session:
            session.add_all(_catalogue(country, served.now))
            session.execute(insert(PoolNumber), _pool(served, dice))
        self.full = _person(served, country.person, 3_412_75, 5)
        self.empty = _person(served, country.newcomer, 0, 6)
        self.waiting = _person(served, country.waiting, 20_000, 7)
        self.forgetful = _person(served, country.newcomer, 1_840, 9)
        self.payer = _person(served, country.newcomer, 50_000, 10)
        self.keeper = _keeper(served, country)
        self.stranger = served.world.line(msisdn=_number(served, 8), user_name=country.newcomer)
        with served.db.transaction() as session:
            session.add_all(_belongings(served, self.full, country))
            session.execute(
                insert(UsageRecord), _usage(self.full, served.now, dice, served.profile.numbering.country_code)
            )
            session.add_all(_orders(served, self.full, self.waiting))
            delegation.grant(
                session, Staff(new_id(), new_id(), "clerk"), delegate=self.payer, role="curator", level="manage",
                sees_calls=True, over="line", over_id=self.full.id, now=served.now,
            )  # fmt: skip
        filled_sharing.give(served, self.full, self.keeper)
        filled_services.give(served)
        filled_questions.give(served, self.full)
        self.texts = _texts(country)


def _keeper(served: Served, country: Country) -> Line:
    line = _person(served, country.person, 91_200, 11)
    for last, name in ((12, country.newcomer), (13, country.waiting)):
        served.world.line(account_id=line.account_id, msisdn=_number(served, last), user_name=name)
    with served.db.transaction() as session:
        client = session.get_one(Client, session.get_one(Account, line.account_id).client_id)
        client.kind, client.tax_id = "organisation", "190000011"
        delegation.grant(
            session, Staff(new_id(), new_id(), "clerk"), delegate=line, role="administrator", level="manage",
            over="client", over_id=client.id, now=served.now,
        )  # fmt: skip
    return line


def _texts(country: Country) -> tuple[str, ...]:
    names = (country.person, country.newcomer, country.waiting, country.plan, country.benefits)
    services = tuple(name for name, _, _ in country.services)
    written = (*filled_sharing.TEXTS, *filled_services.TEXTS, *filled_questions.TEXTS)
    return tuple(sorted((*names, *services, *country.packages, *written), key=len, reverse=True))


def _catalogue(country: Country, now: datetime) -> list[Any]:
    since = now - timedelta(days=900)
    plan = TariffPlan(
        id=new_id(), code="basic", name=country.plan, fee_minor=1_990, benefits=country.benefits, valid_from=since
    )
    services = [
        Service(id=new_id(), code=code, name=name, fee_minor=fee, valid_from=since)
        for name, code, fee in country.services
    ]
    return [plan, *services]


def _number(served: Served, last: int) -> str:
    numbering = served.profile.numbering
    prefix = numbering.prefixes[0]
    free = numbering.national_length - len(prefix)
    return f"{numbering.country_code}{prefix}{str(6_384_120 + last)[-free:]:0>{free}}"


def _pool(served: Served, dice: random.Random) -> list[dict[str, int]]:
    rule = served.profile.number_change
    if rule is None:
        numbering, categories = served.profile.numbering, 1
        prefixes: tuple[str, ...] = numbering.prefixes[:1]
    else:
        numbering, categories, prefixes = served.profile.numbering, len(rule.categories), rule.prefixes
    made: dict[int, int] = {}
    pretty = ("7777777", "5555550", "1234567", "2000200", "1112233", "7007007", "5050505", "4444321", "8880888")
    for prefix in prefixes:
        free = numbering.national_length - len(prefix)
        tails = [tail[-free:].rjust(free, "0") for tail in pretty]
        tails += [f"{dice.randrange(10**free):0{free}d}" for _ in range(_POOL // len(prefixes))]
        for tail in tails:
            number = f"{numbering.country_code}{prefix}{tail}"
            index = index_of(rule, category_of(number)) if rule else 0
            made[int(number)] = min(index or 0, categories - 1)
    return [{"number": number, "category": category, "state": 0} for number, category in made.items()]


def _person(served: Served, name: str, balance_minor: int, last: int) -> Line:
    line = served.world.line(
        msisdn=_number(served, last), user_name=name, ip_address="", language="", activated_on=date(2019, 4, 12)
    )
    hashed = password.hashed(served.keys, PASSWORD)
    registered = served.now - timedelta(days=400)
    with served.db.transaction() as session:
        account = session.get_one(Account, line.account_id)
        account.number = f"10204{last:04d}"
        account.balance_as_of = served.now - timedelta(minutes=7)
        client = session.get_one(Client, account.client_id)
        client.name, client.contract_number, client.contract_on = name, f"2019/{last}841", date(2019, 4, 12)
        client.external_id = f"C-5514{last:02d}"
        session.add(
            Credential(
                line_id=line.id, password_hash=hashed, set_by="test", set_at=registered, registered_at=registered
            )
        )
        money = Money(balance_minor, served.profile.currency, served.profile.currency_scale)
        post_openings(session, System("test"), openings=[Opening(line.account_id, money)], now=served.now)
        sim_id, iccid = new_id(), f"89375020000000000{last:02d}"
        codes = sim_seal.seal(served.keys, sim_id, pin1="4821", puk1="71530264", pin2="9034", puk2="50297713")
        mac = sim_seal.puk1_mac(served.keys, iccid, "71530264")
        session.add(Sim(id=sim_id, line_id=line.id, iccid=iccid, puk1_mac=mac, issued_at=registered, **codes))
    return line


def _belongings(served: Served, line: Line, country: Country) -> list[Any]:
    now, today = served.now, served.now.astimezone(served.profile.zone).date()
    first = today.replace(day=1)
    until = (first + timedelta(days=32)).replace(day=1)
    calls, messages, data, promo = country.packages
    packages = [
        ("minutes", calls, "seconds", 500 * 60, 187 * 60 + 20, False),
        ("sms", messages, "messages", 100, 14, False),
        ("data", data, "bytes", 20 * _GIGABYTE, 17 * _GIGABYTE + 300 * 2**20, False),
        ("promo", promo, "seconds", 60 * 60, 0, True),
    ]
    rows: list[Any] = [
        Allowance(
            id=new_id(), line_id=line.id, code=code, name=name, kind=kind, total=total, used=used, promo=is_promo,
            period_from=first, period_until=until, as_of=now - timedelta(minutes=12),
        )
        for code, name, kind, total, used, is_promo in packages
    ]  # fmt: skip
    rows += [
        LineService(
            id=new_id(), external_id=f"S-{code}", line_id=line.id, service=code, connected_at=now - timedelta(days=200)
        )
        for _, code, _ in country.services
    ]
    rows += [
        Payment(
            id=new_id(), external_id=f"P-{days}", account_id=line.account_id, paid_at=now - timedelta(days=days, hours=3),
            amount_minor=amount, currency=served.profile.currency, channel=channel,
        )
        for days, amount, channel in ((2, 2_000, "card"), (23, 3_000, "terminal"), (51, 2_500, "card"))
    ]  # fmt: skip
    return rows


def _usage(line: Line, now: datetime, dice: random.Random, country_code: str) -> list[dict[str, Any]]:
    """Some seven months of a life: family, work, taxis and the evening's videos."""
    code = country_code
    family = [f"{code}{tail}" for tail in ("293417702", "445120038", "336605141")]
    others = [f"{code}{dice.choice(('29', '44', '33', '25'))}{dice.randrange(10**6, 10**7)}" for _ in range(40)]
    rows: list[dict[str, Any]] = []
    for days in range(_DAYS):
        for _ in range(dice.randint(3, 9)):
            at = now - timedelta(days=days, minutes=dice.randint(0, 1_000), seconds=dice.randint(0, 59))
            rows.append(_record(dice, at, dice.choice(family if dice.random() < 0.6 else others)))
    plain = {"zone": Zone.NONE, "duration_seconds": 0, "bytes_in": 0, "bytes_out": 0, "charge_units": 0, "peer": ""}
    plain |= {"service": "", "domain": "", "line_no": line.no}
    return [{**plain, "record_key": key, **row} for key, row in enumerate(rows, 1) if row["started_at"] <= now]


def _record(dice: random.Random, at: datetime, peer: str) -> dict[str, Any]:
    drawn = dice.random()
    direction = Direction.OUTGOING if dice.random() < 0.65 else Direction.INCOMING
    cost = dice.randint(2, 90) * 10_000 if direction is Direction.OUTGOING and dice.random() < 0.3 else 0
    same = {"started_at": at, "direction": direction, "peer": peer, "charge_units": cost}
    if drawn < 0.6:
        zone = dice.choice((Zone.ON_NET, Zone.ON_NET, Zone.OFF_NET_MOBILE, Zone.FIXED))
        return same | {"kind": Kind.CALL, "zone": zone, "duration_seconds": int(dice.expovariate(1 / 140)) + 4}
    if drawn < 0.75:
        return same | {"kind": Kind.SMS, "zone": Zone.ON_NET}
    if drawn < 0.77:
        return same | {"kind": Kind.MMS, "zone": Zone.ON_NET}
    site = dice.choice(
        (("YouTube", "youtube.com"), ("Telegram", "telegram.org"), ("Instagram", "instagram.com"), ("Other", ""))
    )
    size = int(dice.expovariate(1 / (60 * 2**20)))
    data = {"kind": Kind.DATA, "direction": Direction.OUTGOING, "peer": "", "service": site[0], "domain": site[1]}
    return same | data | {"bytes_in": size, "bytes_out": size // 14, "duration_seconds": dice.randint(20, 4_000)}


def _orders(served: Served, full: Line, waiting: Line) -> list[Any]:
    if served.profile.number_change is None:
        return []
    now = served.now

    def order(line: Line, no: int, last: int, days: float, state: str, price: int) -> Order:
        asked = now - timedelta(days=days)
        ended = None if state == "accepted" else asked + timedelta(hours=2)
        params = {"number": _number(served, last), "old_number": line.msisdn, "category": "silver"}
        return Order(
            id=new_id(), no=no, line_id=line.id, actor=f"subscriber:{line.id}", kind="number_change", params=params,
            price_minor=price, currency=served.profile.currency, accepted_at=asked, due_at=asked + timedelta(hours=24),
            state=state, finished_at=ended,
        )  # fmt: skip

    return [
        order(full, 40_517_338, 444, 96, "done", 3_000),
        order(full, 51_880_204, 777, 40, "withdrawn", 7_500),
        order(waiting, 62_204_415, 900, 0.1, "accepted", 3_000),
    ]
