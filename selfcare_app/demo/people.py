"""Who lives in the demonstration: clients, accounts and lines, some of whom everybody may sign in as."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from selfcare_app.demo.offers import PLANS, Plan
from selfcare_app.demo.words import BY_COUNTRY, Names
from selfcare_app.operators import Profile
from selfcare_app.operators.schema.vocabulary import Audience

COMPANY_SHARE = 0.06
LARGEST_COMPANY = 40
_BY_CODE = {plan.code: plan for plan in PLANS}


@dataclass(frozen=True, slots=True)
class Known:
    """A line whose password everybody knows; `tail` are the digits after the operator's first prefix."""

    tail: str
    password: str
    kind: str
    plan: str
    company: bool = False
    audience: Audience = Audience.MOBILE


KNOWN = (
    Known("1234567", "tram2026", "phone", "super8"),
    Known("7654321", "river1905", "phone", "business", company=True),
    Known("5550055", "modem3141", "modem", "internet"),
    Known("3332211", "porch2718", "modem", "internet", audience=Audience.HOME_OFFICE),
)


@dataclass(slots=True)
class Line:
    """One line to be written; `activity` is its mean number of records a month."""

    no: int
    account: int
    msisdn: str
    kind: str
    plan: Plan
    user: str
    since: date
    activity: float
    language: str
    password: str = ""
    audience: Audience = Audience.MOBILE
    contacts: list[tuple[str, int]] = field(default_factory=list)


@dataclass(slots=True)
class Client:
    """One client with its account and lines."""

    no: int
    company: bool
    name: str
    since: date
    postpaid: bool
    lines: list[Line] = field(default_factory=list)


def people(profile: Profile) -> tuple[tuple[str, str], ...]:
    """Number and password of the known lines."""
    return tuple((_msisdn(profile, known.tail), known.password) for known in _known(profile))


def _known(profile: Profile) -> tuple[Known, ...]:
    """Those whose cabinet the operator has: a choice of audience at sign-in leads somewhere."""
    return tuple(known for known in KNOWN if known.audience in profile.registration.audiences)


def settle(profile: Profile, *, lines: int, until: date, numbers: Iterator[str], rng: random.Random) -> list[Client]:
    """Clients with `lines` lines altogether, the known ones first."""
    everybody_knows = _known(profile)
    names = BY_COUNTRY[profile.country]
    clients: list[Client] = []
    count = 0
    while count < lines:
        known = everybody_knows[len(clients)] if len(clients) < len(everybody_knows) else None
        client = _client(
            len(clients), names, rng, until, company=known.company if known else rng.random() < COMPANY_SHARE
        )
        for number in range(min(_size(client, rng), lines - count)):
            line = _line(profile, client, count, rng, known if number == 0 else None, names)
            line.msisdn = _msisdn(profile, known.tail) if known and number == 0 else next(numbers)
            client.lines.append(line)
            count += 1
        clients.append(client)
    return clients


def _client(no: int, names: Names, rng: random.Random, until: date, *, company: bool) -> Client:
    since = until - timedelta(days=rng.randint(240, 4_000))
    name = rng.choice(names.companies) if company else person(names, rng)
    return Client(no, company, name, since, postpaid=company or rng.random() < 0.15)


def _size(client: Client, rng: random.Random) -> int:
    if client.company:
        return min(LARGEST_COMPANY, 3 + int(rng.paretovariate(1.1)))
    return rng.choices((1, 2, 3), (80, 15, 5))[0]


def _line(profile: Profile, client: Client, no: int, rng: random.Random, known: Known | None, names: Names) -> Line:
    kind = known.kind if known else rng.choices(("phone", "tablet", "modem"), (92, 4, 4))[0]
    plan = _BY_CODE[known.plan] if known else _plan(client, kind, rng)
    activity = 110.0 if known else min(900.0, rng.lognormvariate(3.75, 0.95))
    user = client.name if not client.company else person(names, rng)
    language = profile.default_language if known else rng.choice(profile.languages)
    password = known.password if known else ""
    audience = known.audience if known else Audience.MOBILE
    return Line(no, client.no, "", kind, plan, user, client.since, activity, language, password, audience)


def _plan(client: Client, kind: str, rng: random.Random) -> Plan:
    if kind != "phone":
        return _BY_CODE["internet"]
    if client.company:
        return _BY_CODE["business"]
    return _BY_CODE[rng.choices(("light", "super8", "comfort", "hello"), (35, 30, 20, 15))[0]]


def person(names: Names, rng: random.Random) -> str:
    """A full name: family name, given name, patronymic, all of one gender."""
    woman = rng.random() < 0.53
    given = rng.choice(names.women if woman else names.men)
    return f"{rng.choice(names.families)[woman]} {given} {rng.choice(names.fathers)[woman]}"


def _msisdn(profile: Profile, tail: str) -> str:
    numbering = profile.numbering
    prefix = numbering.prefixes[0]
    return f"{numbering.country_code}{prefix}{tail[-(numbering.national_length - len(prefix)) :]}"
