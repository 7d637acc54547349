"""Puts the parts together: database, profile, keys, gateways; and runs one use case as one transaction."""

import asyncio
import contextvars
import os
import random
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from selfcare_app.access import acting, alarm, cleanup, emergency, halt, must_change, puk1_way, runa
from selfcare_app.access import session as web_session
from selfcare_app.adapters.cards.choice import card_acquirer, webmoney
from selfcare_app.adapters.cards.port import CardAcquirer, CardKeeper
from selfcare_app.adapters.cards.webmoney import WebMoney
from selfcare_app.adapters.handset import HandsetGateway, HandsetMail
from selfcare_app.adapters.mail import MailAway, MailGateway, SmtpGateway
from selfcare_app.adapters.sms import GatewayAway, HttpSmsGateway, SmsGateway
from selfcare_app.bills import figures
from selfcare_app.care.charge_question import ask as charge_question
from selfcare_app.catalogue import plan
from selfcare_app.db import Database, lost_race
from selfcare_app.kit import clock, refusals
from selfcare_app.kit.actor import Actor, Subscriber
from selfcare_app.kit.errors import Unavailable
from selfcare_app.kit.sealing import Keyring
from selfcare_app.ledger.group import Writer
from selfcare_app.ledger.post import Mover, Posted, post
from selfcare_app.numbers import hold, stop
from selfcare_app.operators import DEFAULT, Profile
from selfcare_app.operators import profile as profile_of
from selfcare_app.orders import consent, draft, order
from selfcare_app.orders import stop as orders_stop
from selfcare_app.payments import debt, overview
from selfcare_app.settings import Settings, read
from selfcare_app.subscribers import load_lines
from selfcare_app.usage import charges
from selfcare_app.usage.rating import receipt

P = ParamSpec("P")
R = TypeVar("R")
UseCase = Callable[Concatenate[Session, Any, P], R]

THREADS = 8
HASHING_THREADS = 2
_HASHING_NICENESS = 15
HASHING_QUEUE = 64
load_lines.on_sim_change[:] = [alarm.sim_changed]
emergency.on_block[:] = [stop.waiting, orders_stop.waiting]
halt.on_halt[:] = [stop.waiting, orders_stop.waiting]
puk1_way.plan_class_of[:] = [plan.class_of]
receipt.consent_of[:] = [consent.of_plan]
charges.billed[:] = [figures.of_line]
debt.billed[:] = [figures.owed]
overview.needs_of[:] = [charge_question.needs]
cleanup.on_forget[:] = [draft.forget_of, hold.forget_of, order.forget_of]
web_session.on_end[:] = [draft.annul, hold.release_of, runa.end_with]
_RETRIES = 8


class TooBusy(Unavailable):
    """More passwords wait to be checked than can be in good time."""

    code = "kit.busy"


class NoGateway:
    """Stands where no gateway is configured: messages wait in the outbox."""

    def send(self, *, recipient: str, sender: str, text: str, message_id: str) -> str:
        """Raises GatewayAway."""
        raise GatewayAway()


class NoMail:
    """Stands where no mail server is configured: letters wait in the outbox."""

    def send(self, *, recipient: str, subject: str, text: str, message_id: str) -> str:
        """Raises MailAway."""
        raise MailAway()


def _after_others() -> None:
    """Lets a thread that hashes passwords have the processor when nobody else wants it."""
    # Linux counts the niceness of each thread; elsewhere it would be the whole process's.
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _HASHING_NICENESS)


@dataclass
class Wiring:
    """The parts of one process."""

    settings: Settings
    profile: Profile
    db: Database
    keys: Keyring
    sms: SmsGateway = field(default_factory=NoGateway)
    mail: MailGateway = field(default_factory=NoMail)
    cards: CardAcquirer | None = None
    webmoney: WebMoney | None = None
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "use-case"))
    hashing: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(HASHING_THREADS, "hashing", initializer=_after_others)
    )
    ledger: Writer = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Writer(self.db)

    @classmethod
    def of(cls, settings: Settings) -> "Wiring":
        """Real parts for these settings."""
        profile, keys = profile_of(settings.operator or DEFAULT), Keyring(settings.secret_key, *settings.older_keys)
        database = Database(settings.database_url, info={"profile": profile, "keys": keys, "origin": settings.origin})
        takers = card_acquirer(settings, keys), webmoney(settings, keys, profile.currency)
        return cls(settings, profile, database, keys, _gateway(settings), _mail(settings, profile), *takers)

    def acquirer(self, way: str) -> CardAcquirer | None:
        """Who takes the money of a way to pay; None where there is nobody."""
        return {"bank_card": self.cards, "webmoney": self.webmoney}.get(way)

    def card_keeper(self) -> CardKeeper | None:
        """Who charges a card again that it keeps; None where there is nobody."""
        return self.cards if isinstance(self.cards, CardKeeper) else None

    def close(self) -> None:
        """Lets running use cases end, then gives everything back."""
        self.threads.shutdown()
        self.hashing.shutdown()
        self.ledger.close()
        self.db.close()


def _gateway(settings: Settings) -> SmsGateway:
    if settings.sms_gateway_url:
        return HttpSmsGateway(settings.sms_gateway_url)
    return HandsetGateway(settings.handset_file) if settings.demo else NoGateway()


def _mail(settings: Settings, profile: Profile) -> MailGateway:
    if settings.smtp_url:
        return SmtpGateway(settings.smtp_url, sender=settings.mail_from, name=profile.short_name)
    return HandsetMail(HandsetGateway(settings.handset_file)) if settings.demo else NoMail()


_lock = threading.Lock()
_wiring: Wiring | None = None


def wired() -> Wiring:
    """This process's wiring, made from the environment at first use."""
    global _wiring  # noqa: PLW0603 - one wiring a process
    with _lock:
        if _wiring is None:
            _wiring = Wiring.of(read())
        return _wiring


def rewire(wiring: Wiring | None) -> None:
    """Takes other parts into use (tests, commands that have read their settings already)."""
    global _wiring  # noqa: PLW0603 - one wiring a process
    with _lock:
        _wiring = wiring


def do_now(use_case: UseCase[P, R], actor: Actor, *args: P.args, **named: P.kwargs) -> R:
    """Runs a use case in one writing transaction; a transaction that lost a race on PostgreSQL is run again."""
    for attempt in range(_RETRIES):
        try:
            return _once(use_case, actor, *args, **named)
        except DBAPIError as wrong:
            time.sleep(_pause(wrong, attempt))
    raise AssertionError("unreachable")


def _once(use_case: UseCase[P, R], actor: Actor, *args: P.args, **named: P.kwargs) -> R:
    parts = wired()
    with refusals.noted(use_case, actor):
        if _is_money_alone(use_case, actor):
            must_change.admit(actor, use_case)
            return cast(R, parts.ledger.post(cast(Mover, actor), **cast(dict[str, Any], named)))
        with parts.db.transaction() as session:
            _admit(session, use_case, actor, named)
            return use_case(session, actor, *args, **named)


def _is_money_alone(use_case: Callable[..., Any], actor: Actor) -> bool:
    """Whether the whole transaction is one operation of the ledger, which may share a commit with others."""
    return use_case is post and not (isinstance(actor, Subscriber) and actor.acting)


def _pause(wrong: DBAPIError, attempt: int) -> float:
    """Seconds until a transaction that lost a race is run again. Raises what is no lost race, or one too many."""
    if not lost_race(wrong) or attempt == _RETRIES - 1:
        raise wrong
    return random.uniform(0, 0.01 * 2**attempt)  # noqa: S311 - a pause, not a secret


def _admit(session: Session, use_case: Callable[..., Any], actor: Actor, named: Mapping[str, Any]) -> None:
    must_change.admit(actor, use_case)
    if isinstance(actor, Subscriber) and actor.acting:
        acting.admit(session, actor, use_case=use_case, named=named, now=named.get("now") or clock.now())


def ask_now(use_case: UseCase[P, R], actor: Actor, *args: P.args, **named: P.kwargs) -> R:
    """Runs a use case that only reads, on a snapshot; a delegate's reads are written down, as his writes are."""
    if isinstance(actor, Subscriber) and actor.acting:
        return do_now(use_case, actor, *args, **named)
    with refusals.noted(use_case, actor), wired().db.snapshot() as session:
        must_change.admit(actor, use_case)
        return use_case(session, actor, *args, **named)


async def do(use_case: UseCase[P, R], actor: Actor, *args: P.args, **named: P.kwargs) -> R:
    """`do_now` off the event loop; a cancelled caller does not stop what was begun."""
    if _is_money_alone(use_case, actor):
        return cast(R, await _post(cast(Mover, actor), **cast(dict[str, Any], named)))
    return await off_loop(partial(do_now, use_case, actor, *args, **named))


async def _post(actor: Mover, **named: Any) -> Posted:
    """An operation of the ledger, which needs no thread of its own to wait in."""
    for attempt in range(_RETRIES):
        try:
            with refusals.noted(post, actor):
                must_change.admit(actor, post)
                return await wired().ledger.post_soon(actor, **named)
        except DBAPIError as wrong:
            await asyncio.sleep(_pause(wrong, attempt))
    raise AssertionError("unreachable")


async def ask(use_case: UseCase[P, R], actor: Actor, *args: P.args, **named: P.kwargs) -> R:
    """`ask_now` off the event loop."""
    return await off_loop(partial(ask_now, use_case, actor, *args, **named))


async def off_loop(call: Callable[[], R]) -> R:
    """Runs a blocking call in the bounded thread pool; a cancelled caller does not stop what was begun."""
    return await asyncio.shield(
        asyncio.get_running_loop().run_in_executor(wired().threads, contextvars.copy_context().run, call)
    )


async def hashed(check: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """Runs a password hash, which takes a third of a second, beside everybody else. Raises TooBusy."""
    pool = wired().hashing
    if pool._work_queue.qsize() > HASHING_QUEUE:
        raise TooBusy()
    return await asyncio.get_running_loop().run_in_executor(pool, partial(check, *args, **named))
