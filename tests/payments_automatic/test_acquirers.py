"""Kept cards as the acquirers speak of them: the token in a signed callback, a charge by it, what came of it."""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import bepaid.client as bepaid_judge
import pytest
from bepaid import models
from liqpay_api.client import LiqPayAsync

from selfcare_app.adapters.cards.bepaid import BePaid
from selfcare_app.adapters.cards.choice import DEMO_KEY
from selfcare_app.adapters.cards.liqpay import LiqPay
from selfcare_app.adapters.cards.port import AcquirerAway, CardKeeper, Pages
from selfcare_app.demo.acquirer import signing_key
from selfcare_app.demo.acquirer_shop import sign
from selfcare_app.kit.clock import now
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.payments.hosted_views import Asked, Card, Charge, Outcome
from tests.served import free_port

pytestmark = [pytest.mark.security("R11"), pytest.mark.requirement("ISSA-063")]
PAGES = Pages("https://my.example", "/inbound/card")
SHOP, SECRET = "361", "s" * 40
CHARGE = Charge(new_id(), Money(1_050, "BYN"), "ru", "token-1")
Answer = Callable[[str, dict[str, Any]], tuple[int, Any]]


class Acquirer:
    """An acquirer's server on loopback: `answer` gives status and body by path and what was posted."""

    def __init__(self) -> None:
        self.answer: Answer = lambda path, said: (404, {"message": "Record not found"})
        self.heard: list[tuple[str, dict[str, Any]]] = []
        acquirer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply({})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                is_form = "form" in self.headers["content-type"]
                self._reply({k: v[0] for k, v in parse_qs(body.decode()).items()} if is_form else json.loads(body))

            def _reply(self, said: dict[str, Any]) -> None:
                acquirer.heard.append((self.path, said))
                status, answer = acquirer.answer(self.path, said)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

            def log_message(self, format: str, *args: object) -> None:
                """Nothing is printed."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def server() -> Iterator[Acquirer]:
    one = Acquirer()
    yield one
    one.close()


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("acquirer")
    signing_key(folder)
    return folder


@pytest.fixture
def bepaid(server: Acquirer, keys: Path) -> BePaid:
    return BePaid(
        "https://checkout.example", gateway=server.url, shop=SHOP, secret=SECRET, key_file=keys / DEMO_KEY,
        pages=PAGES, test=False,
    )  # fmt: skip


def transaction(**said: object) -> dict[str, Any]:
    usual = {"uid": "a-1", "type": "payment", "status": "successful", "amount": 1_050, "currency": "BYN"}
    usual |= {"tracking_id": str(CHARGE.id), "test": False}
    return usual | {"credit_card": {"token": "token-1", "last_4": "4242", "brand": "visa"}} | said


def test_bepaid_s_callback_brings_the_card_that_its_library_reads(bepaid: BePaid, keys: Path) -> None:
    body = json.dumps({"transaction": transaction()}).encode()
    signature = sign(signing_key(keys), body)
    assert bepaid_judge.verify_webhook_signature((keys / DEMO_KEY).read_text(), signature, body)
    theirs = models.Transaction.model_validate(json.loads(body)["transaction"])
    basic = base64.b64encode(f"{SHOP}:{SECRET}".encode()).decode()
    facts = bepaid.verify({"authorization": f"Basic {basic}", "content-signature": signature}, body)
    assert theirs.credit_card is not None
    assert facts.card == Card(theirs.credit_card.token or "", theirs.credit_card.last_4 or "")


@pytest.mark.parametrize(
    ("told", "card"),
    [
        ({"token": "x", "last_4": "4242"}, Card("x", "4242")),
        ({"token": "x", "last_4": "42424242"}, Card("x", "")),
        ({"token": "x", "last_4": "<b>1"}, Card("x", "")),
        ({"token": "", "last_4": "4242"}, None),
        ({"token": 5, "last_4": "4242"}, None),
        ({"token": "x" * 257}, None),
        ({"last_4": "4242"}, None),
        ("4242", None),
        (None, None),
    ],
)
def test_only_a_token_makes_a_card(bepaid: BePaid, server: Acquirer, told: object, card: Card | None) -> None:
    server.answer = lambda path, said: (201, {"transaction": transaction(credit_card=told)})
    assert bepaid.charge(CHARGE, description="x").card == card


def test_the_card_is_asked_for_only_where_it_is_to_be_kept(server: Acquirer, keys: Path) -> None:
    server.answer = lambda path, said: (201, {"checkout": {"token": "t", "redirect_url": f"{server.url}/pay"}})
    taker = BePaid(server.url, shop=SHOP, secret=SECRET, key_file=keys / DEMO_KEY, pages=PAGES, test=False)
    for keeps in (True, False):
        taker.begin(Asked(new_id(), 5, Money(500, "BYN"), "ru", now(), keeps_card=keeps), description="x")
    first, second = (models.CheckoutRequest.model_validate(said["checkout"]).order for _, said in server.heard)
    assert (first.additional_data and first.additional_data.contract, second.additional_data) == (["recurring"], None)


def test_bepaid_s_charge_is_what_its_library_would_send(bepaid: BePaid, server: Acquirer) -> None:
    server.answer = lambda path, said: (201, {"transaction": transaction()})
    facts = bepaid.charge(CHARGE, description="Автопополнение")
    ((path, said),) = server.heard
    request = said["request"]
    read = models.PaymentRequest.model_validate(request | {"amount": str(request["amount"])})
    assert (path, read.tracking_id, read.amount) == ("/transactions/payments", str(CHARGE.id), "1050")
    assert read.credit_card is not None and read.credit_card.token == "token-1"
    assert "number" not in request["credit_card"]
    assert (facts.outcome, facts.amount_minor, facts.currency) == (Outcome.PAID, 1_050, "BYN")


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, {"transaction": transaction(status="failed")}, Outcome.FAILED),
        (200, {"transaction": transaction(status="incomplete")}, Outcome.WAITING),
        (422, {"response": {"message": "Token is invalid"}}, Outcome.FAILED),
        (402, {"message": "x"}, Outcome.FAILED),
        (404, {"message": "x"}, None),
        (401, {"message": "x"}, None),
        (500, {"message": "x"}, None),
        (504, b"<html>", None),
        (200, b"[]", None),
        (200, {"transaction": transaction(test=True)}, None),
        (200, {"transaction": transaction(tracking_id=str(new_id()))}, None),
        (200, {"transaction": transaction(amount="1050")}, None),
        (200, {"transaction": transaction(tracking_id="x")}, None),
    ],
)
def test_what_bepaid_answers_is_paid_refused_or_not_known(
    bepaid: BePaid, server: Acquirer, status: int, body: object, outcome: Outcome | None
) -> None:
    server.answer = lambda path, said: (status, body)
    if outcome is None:
        with pytest.raises(AcquirerAway):
            bepaid.charge(CHARGE, description="x")
    else:
        assert bepaid.charge(CHARGE, description="x").outcome is outcome


def test_bepaid_is_asked_by_our_own_name_of_the_charge(bepaid: BePaid, server: Acquirer) -> None:
    assert bepaid.look(CHARGE) is None
    assert server.heard[0][0] == f"/v2/transactions/tracking_id/{CHARGE.id}"
    server.answer = lambda path, said: (200, {"transactions": []})
    assert bepaid.look(CHARGE) is None
    every = [transaction(status="failed"), transaction(uid="a-2"), transaction(status="pending")]
    server.answer = lambda path, said: (200, {"transactions": every})
    found = bepaid.look(CHARGE)
    assert found is not None and (found.outcome, found.transaction_id) == (Outcome.PAID, "a-2")
    server.answer = lambda path, said: (503, {"message": "x"})
    with pytest.raises(AcquirerAway):
        bepaid.look(CHARGE)


def test_nobody_listening_is_away(keys: Path) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    gone = BePaid(nowhere, shop=SHOP, secret=SECRET, key_file=keys / DEMO_KEY, pages=PAGES, test=False)
    with pytest.raises(AcquirerAway):
        gone.charge(CHARGE, description="x")
    with pytest.raises(AcquirerAway):
        gone.look(CHARGE)


# --- LiqPay

PUBLIC, PRIVATE = "sandbox_i1", "private_key_of_the_shop"
UAH = Charge(new_id(), Money(1_050, "UAH"), "be", "liq-token")


@pytest.fixture
def liqpay(server: Acquirer) -> LiqPay:
    return LiqPay(server.url, public_key=PUBLIC, private_key=PRIVATE, pages=PAGES, test=False)


@pytest.fixture
def judge() -> LiqPayAsync:
    return LiqPayAsync(PUBLIC, PRIVATE)


def told(**said: object) -> dict[str, object]:
    usual: dict[str, object] = {"public_key": PUBLIC, "status": "success", "amount": 10.5, "currency": "UAH"}
    usual |= {"order_id": str(UAH.id), "payment_id": 77, "version": 3, "action": "paytoken"}
    return usual | {"card_token": "liq-token", "sender_card_mask2": "473118*97"} | said


def test_liqpay_s_callback_brings_the_card(liqpay: LiqPay, judge: LiqPayAsync) -> None:
    data, signature = judge._get_data_and_signature(told())
    facts = liqpay.verify({}, urlencode({"data": data, "signature": signature}).encode())
    assert facts.card == Card("liq-token", "97")


def test_liqpay_s_page_is_asked_to_keep_the_card_only_where_it_is_to(liqpay: LiqPay, judge: LiqPayAsync) -> None:
    for keeps in (True, False):
        asked = Asked(new_id(), 5, Money(1_050, "UAH"), "uk", now(), keeps_card=keeps)
        query = parse_qs(urlsplit(liqpay.begin(asked, description="x").url).query)
        said = judge.validate_callback(query["data"][0], query["signature"][0])
        assert said.get("recurringbytoken") == ("1" if keeps else None)


def test_liqpay_s_charge_is_signed_as_its_library_signs(liqpay: LiqPay, server: Acquirer, judge: LiqPayAsync) -> None:
    server.answer = lambda path, said: (200, told())
    facts = liqpay.charge(UAH, description="Автопоповнення")
    ((path, form),) = server.heard
    said = judge.validate_callback(form["data"], form["signature"])
    assert (path, said["action"], said["card_token"]) == ("/api/request", "paytoken", "liq-token")
    assert (said["amount"], said["order_id"], said["server_url"]) == ("10.50", str(UAH.id), PAGES.callback())
    assert (facts.outcome, facts.amount_minor) == (Outcome.PAID, 1_050)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (told(status="failure"), Outcome.FAILED),
        ({"result": "error", "status": "error", "err_code": "invalid_card_token"}, Outcome.FAILED),
        (told(status="wait_accept"), Outcome.WAITING),
        (told(status="sandbox"), Outcome.WAITING),
        ({"result": "ok"}, None),
        ([], None),
    ],
)
def test_what_liqpay_answers_is_paid_refused_or_not_known(
    liqpay: LiqPay, server: Acquirer, answer: object, outcome: Outcome | None
) -> None:
    server.answer = lambda path, said: (200, answer)
    if outcome is None:
        with pytest.raises(AcquirerAway):
            liqpay.charge(UAH, description="x")
    else:
        assert liqpay.charge(UAH, description="x").outcome is outcome


def test_liqpay_is_asked_by_our_own_name_of_the_charge(liqpay: LiqPay, server: Acquirer, judge: LiqPayAsync) -> None:
    server.answer = lambda path, said: (200, {"status": "error", "err_code": "payment_not_found"})
    assert liqpay.look(UAH) is None
    server.answer = lambda path, said: (200, told(status="wait_accept"))
    found = liqpay.look(UAH)
    assert found is not None and found.outcome is Outcome.WAITING
    said = judge.validate_callback(server.heard[-1][1]["data"], server.heard[-1][1]["signature"])
    assert (said["action"], said["order_id"]) == ("status", str(UAH.id))


def test_both_keep_cards_and_a_token_is_never_shown(bepaid: BePaid, liqpay: LiqPay) -> None:
    assert isinstance(bepaid, CardKeeper)
    assert isinstance(liqpay, CardKeeper)
    assert "liq-token" not in repr(UAH)
