"""Writes a made-up operator as an export in the documented layout: deterministic for a seed, a day and a profile."""

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from selfcare_app.demo import cards, gifts, instalments, prices, records
from selfcare_app.demo.offers import PACKAGES, PLANS, SERVICES, said
from selfcare_app.demo.people import Client, Line, people, settle
from selfcare_app.demo.records import Used
from selfcare_app.demo.words import BY_COUNTRY, SENDERS
from selfcare_app.numbers.rules import category_of
from selfcare_app.operators import Profile
from selfcare_app.usage.codes import Zone

_OTHER_MOBILE = {"BY": ("25", "33"), "UA": ("50", "67", "93")}
_FIXED = {"BY": ("17", "152", "212"), "UA": ("48", "32", "56")}
_FOREIGN = ("48501", "37060", "49151", "99555", "90532")


def write(
    profile: Profile, out: Path, *, lines: int, months: int, numbers: int, seed: int, until: date
) -> dict[str, int]:
    """Writes all tables into `out`; gives how many rows each has. Usage ends with the day before `until`."""
    rng, dice = random.Random(seed), np.random.default_rng(seed)  # noqa: S311 - a repeatable world, not a secret
    out.mkdir(parents=True, exist_ok=True)
    pool = _pool(profile, numbers, dice)
    free = iter(pool)
    clients = settle(profile, lines=lines, until=until, numbers=free, rng=rng)
    everybody = [line for client in clients for line in client.lines]
    for line in everybody:
        line.contacts = _contacts(profile, line, everybody, rng)
    written: dict[str, int] = {
        "tariff_plans": _table(out / "tariff_plans.csv", _plans(profile)),
        "plan_packages": _table(out / "plan_packages.csv", prices.package_rows(profile, PLANS)),
        "prices": _table(out / "prices.csv", prices.price_rows(profile, PLANS)),
        "services": _table(out / "services.csv", _services(profile)),
        "service_packages": _table(out / "service_packages.csv", prices.service_package_rows(profile, PACKAGES)),
        "clients": _table(out / "clients.csv", map(_client, clients)),
        "accounts": _table(out / "accounts.csv", (_account(profile, client, until, rng) for client in clients)),
        "lines": _table(out / "lines.csv", (_line(profile, line, rng) for line in everybody)),
        "sims": _table(out / "sims.csv", (_sim(profile, line, rng) for line in everybody)),
        "line_services": _table(out / "line_services.csv", _connections(profile, everybody, rng)),
        "payments": _table(out / "payments.csv", _payments(profile, clients, until, months, rng)),
    }
    if profile.number_change is not None:
        written["numbers"] = _table(out / "numbers.csv", _numbers(pool, everybody))
    written["usage"], used = records.write(profile, out, everybody, months, until, dice)
    written["allowances"] = _table(out / "allowances.csv", _allowances(profile, everybody, used, until, rng))
    if profile.voucher is not None:
        written["vouchers"] = _table(out / "vouchers.csv", cards.rows(profile, until, seed))
    if profile.bonus is not None and profile.bonus.gift_catalogue:
        written["gifts"] = _table(out / "gifts.csv", gifts.rows(profile))
    if profile.instalments is not None:
        written["instalments"] = _table(out / "instalments.csv", instalments.rows(profile, everybody, until, seed))
    return written


def _table(file: Path, rows: Iterable[dict[str, Any]]) -> int:
    count = 0
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = None
        for row in rows:
            writer = writer or csv.DictWriter(handle, row, lineterminator="\n")
            if not count:
                writer.writeheader()
            writer.writerow(row)
            count += 1
    return count


def _pool(profile: Profile, numbers: int, dice: np.random.Generator) -> list[str]:
    """Distinct numbers out of all prefixes, in random order, without those of the known lines."""
    numbering = profile.numbering
    known = {number for number, _ in people(profile)}
    offered = profile.number_change.prefixes if profile.number_change else numbering.prefixes
    share = -(-numbers // len(offered))
    made: list[str] = []
    for prefix in offered:
        width = numbering.national_length - len(prefix)
        tails = dice.choice(10**width, share, replace=False)
        made += [f"{numbering.country_code}{prefix}{tail:0{width}d}" for tail in tails.tolist()]
    dice.shuffle(made)
    return [number for number in made if number not in known][:numbers]


def _contacts(profile: Profile, line: Line, everybody: Sequence[Line], rng: random.Random) -> list[tuple[str, int]]:
    """Numbers and zones of whom the line knows, the dearest first; senders with a name at the end."""
    code, made = profile.numbering.country_code, []
    for _ in range(rng.randint(8, 40)):
        draw = rng.random()
        if draw < 0.4:
            made.append((rng.choice(everybody).msisdn, int(Zone.ON_NET)))
        elif draw < 0.85:
            made.append(
                (
                    f"{code}{rng.choice(_OTHER_MOBILE[profile.country])}{rng.randint(0, 9_999_999):07d}",
                    int(Zone.OFF_NET_MOBILE),
                )
            )
        elif draw < 0.96:
            area = rng.choice(_FIXED[profile.country])
            made.append((f"{code}{area}{rng.randint(0, 10 ** (9 - len(area)) - 1):0{9 - len(area)}d}", int(Zone.FIXED)))
        else:
            made.append((f"{rng.choice(_FOREIGN)}{rng.randint(0, 999_999):06d}", int(Zone.INTERNATIONAL)))
    made = [contact for contact in made if contact[0] != line.msisdn] or [
        (f"{code}{rng.choice(_FIXED[profile.country])}0000000"[:12], int(Zone.FIXED))
    ]
    return made + [(sender, int(Zone.NONE)) for sender in rng.sample(SENDERS, 3)]


def _plans(profile: Profile) -> Iterator[dict[str, Any]]:
    benefits = BY_COUNTRY[profile.country].benefits
    for plan in PLANS:
        yield {
            "code": plan.code,
            "name": said(profile.country, plan.name),
            "settlement": "postpaid" if plan.postpaid else "prepaid",
            "plan_class": "internet" if plan.megabytes and not plan.minutes else "voice",
            "fee": _major(profile, plan.fee),
            "package_seconds": plan.minutes * 60,
            "package_messages": plan.messages,
            "package_bytes": plan.megabytes * prices.MEGABYTE,
            "benefits": benefits if plan.fee else "",
            "description": said(profile.country, plan.description),
            "fee_period": plan.fee_period,
            "switch_fee": _major(profile, plan.switch_fee),
            "open_for_change": "yes" if plan.open else "no",
            "valid_from": prices.PLAN_SINCE,
        }


def _services(profile: Profile) -> Iterator[dict[str, Any]]:
    for offer in (*SERVICES, *PACKAGES):
        yield {
            "code": offer.code,
            "name": said(profile.country, offer.name),
            "description": said(profile.country, offer.description),
            "category": offer.category,
            "fee": _major(profile, offer.fee),
            "fee_period": offer.fee_period,
            "connect_fee": _major(profile, offer.connect_fee),
            "package_seconds": offer.minutes * 60,
            "package_messages": offer.messages,
            "package_bytes": offer.megabytes * prices.MEGABYTE,
            "package_money": _major(profile, offer.money),
            "plans": " ".join(offer.plans),
            "open_for_change": "yes" if offer.open else "no",
            "valid_from": prices.PLAN_SINCE,
        }


def _client(client: Client) -> dict[str, Any]:
    return {
        "client_id": f"C{client.no:06d}",
        "kind": "organisation" if client.company else "person",
        "name": client.name,
        "tax_id": f"{190_000_000 + client.no}" if client.company else "",
        "email": f"client{client.no}@example.com" if client.no % 3 else "",
        "contract_number": f"{client.since.year}-{client.no:06d}",
        "contract_on": client.since.isoformat(),
    }


def _account(profile: Profile, client: Client, until: date, rng: random.Random) -> dict[str, Any]:
    balance = -rng.randint(0, 9_000) if client.postpaid and rng.random() < 0.4 else int(rng.lognormvariate(6.9, 0.9))
    return {
        "account_id": f"A{client.no:06d}",
        "client_id": f"C{client.no:06d}",
        "number": f"{294_000_000 + client.no}",
        "opened_on": client.since.isoformat(),
        "settlement": "postpaid" if client.postpaid else "prepaid",
        "currency": profile.currency,
        "payment_form": "cashless" if client.company else "cash",
        "credit_limit": _major(profile, 50_000 if client.postpaid else 0),
        "bill_delivery": "email" if client.no % 3 else "self",
        "balance": _major(profile, max(balance, 4_250) if client.no < 1 else balance),
        "balance_as_of": _local(profile, until),
    }


def _line(profile: Profile, line: Line, rng: random.Random) -> dict[str, Any]:
    return {
        "line_id": f"L{line.no:06d}",
        "account_id": f"A{line.account:06d}",
        "msisdn": line.msisdn,
        "number_since": _local(profile, line.since),
        "kind": line.kind,
        "audience": line.audience.value,
        "state": "active" if line.password or rng.random() < 0.97 else "blocked",
        "tariff_plan": line.plan.code,
        "user_name": line.user,
        "language": line.language,
        "ip_address": f"10.{line.no // 65_536}.{line.no // 256 % 256}.{line.no % 256}" if line.kind == "modem" else "",
        "closed_user_group": "yes" if line.plan.postpaid else "no",
        "puk1_registration": "no" if line.kind == "phone" else "yes",
        "activated_on": line.since.isoformat(),
        "password": line.password,
    }


def _sim(profile: Profile, line: Line, rng: random.Random) -> dict[str, Any]:
    return {
        "iccid": f"89{profile.numbering.country_code}{line.no:013d}0",
        "line_id": f"L{line.no:06d}",
        "pin1": f"{rng.randint(0, 9999):04d}",
        "puk1": "12345678" if line.password else f"{rng.randint(0, 99_999_999):08d}",
        "pin2": f"{rng.randint(0, 9999):04d}",
        "puk2": f"{rng.randint(0, 99_999_999):08d}",
        "issued_at": _local(profile, line.since),
    }


def _connections(profile: Profile, lines: Sequence[Line], rng: random.Random) -> Iterator[dict[str, Any]]:
    for line in lines:
        foreseen = [offer for offer in SERVICES if not offer.plans or line.plan.code in offer.plans]
        for offer in rng.sample(foreseen, rng.randint(0, 3)):
            yield {
                "connection_id": f"S{line.no:06d}-{offer.code}",
                "line_id": f"L{line.no:06d}",
                "service": offer.code,
                "connected_at": _local(profile, line.since + timedelta(days=rng.randint(0, 200))),
            }


def _payments(
    profile: Profile, clients: Sequence[Client], until: date, months: int, rng: random.Random
) -> Iterator[dict[str, Any]]:
    for client in clients:
        day, number = until - timedelta(days=months * 30), 0
        while (day := day + timedelta(days=rng.randint(9, 34))) < until:
            number += 1
            moment = datetime.combine(day, time(rng.randint(7, 22), rng.randint(0, 59)), profile.zone)
            yield {
                "payment_id": f"P{client.no:06d}-{number}",
                "account_id": f"A{client.no:06d}",
                "paid_at": moment.isoformat(),
                "amount": _major(profile, rng.choice((500, 1_000, 1_500, 2_000, 3_000)) * (8 if client.company else 1)),
                "currency": profile.currency,
                "channel": rng.choice(
                    ("bank_card", "cash", "erip", "voucher")
                    if profile.country == "BY"
                    else ("bank_card", "cash", "voucher")
                ),
            }


def _numbers(pool: Sequence[str], lines: Sequence[Line]) -> Iterator[dict[str, Any]]:
    everything = dict.fromkeys(pool) | dict.fromkeys(line.msisdn for line in lines)
    for number in everything:
        yield {"msisdn": number, "category": str(category_of(number))}


def _allowances(
    profile: Profile, lines: Sequence[Line], used_by: dict[int, Used], until: date, rng: random.Random
) -> Iterator[dict[str, Any]]:
    names, (first, _) = BY_COUNTRY[profile.country], records.last_month(until)
    following = (first + timedelta(days=32)).replace(day=1)
    for line in lines:
        used_of, plan = used_by.get(line.no, {}), line.plan
        gives = [
            ("minutes", names.minutes, "seconds", plan.minutes * prices.MINUTE, used_of.get("minutes", 0), "no"),
            ("messages", names.messages, "messages", plan.messages, used_of.get("messages", 0), "no"),
            ("internet", names.internet, "bytes", plan.megabytes * prices.MEGABYTE, used_of.get("internet", 0), "no"),
        ]
        if line.password or rng.random() < 0.1:
            gives.append(("promotion", names.promotion, "seconds", 6_000, rng.randint(0, 5_000), "yes"))
        for code, name, kind, total, used, promo in gives:
            if total:
                yield {
                    "line_id": f"L{line.no:06d}",
                    "code": code,
                    "name": name,
                    "kind": kind,
                    "total": total,
                    "used": min(total, used),
                    "promo": promo,
                    "period_from": first.isoformat(),
                    "period_until": following.isoformat(),
                    "as_of": _local(profile, until),
                }


def _major(profile: Profile, minor: int) -> str:
    sign, scale = "-" if minor < 0 else "", profile.currency_scale
    return f"{sign}{abs(minor) // 10**scale}.{abs(minor) % 10**scale:0{scale}d}"


def _local(profile: Profile, day: date) -> str:
    return datetime.combine(day, time.min, profile.zone).isoformat()
