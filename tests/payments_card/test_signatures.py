"""Signatures, judged by the acquirers' public libraries: what they accept we accept, what they refuse we refuse."""

import base64
import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import bepaid.client as bepaid_judge
import pytest
from liqpay_api.client import LiqPayAsync

from selfcare_app.adapters.cards.bepaid import BePaid
from selfcare_app.adapters.cards.choice import DEMO_KEY
from selfcare_app.adapters.cards.liqpay import LiqPay
from selfcare_app.adapters.cards.port import Forged, Pages
from selfcare_app.demo.acquirer import signing_key
from selfcare_app.demo.acquirer_shop import sign
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.payments.hosted_views import Asked, Facts, Outcome

pytestmark = [pytest.mark.security("R11"), pytest.mark.requirement("ISSA-063")]
PAGES = Pages("https://my.example", "/inbound/card")
PAYMENT = new_id()
SHOP, SECRET = "361", "s" * 40
Change = Callable[[dict[str, object]], None]


def body(**said: object) -> bytes:
    usual = {"uid": "a-1", "type": "payment", "status": "successful", "amount": 1_050, "currency": "BYN"}
    usual |= {"tracking_id": str(PAYMENT), "test": False, "description": "Пополнение"}
    return json.dumps({"transaction": usual | said}, ensure_ascii=False).encode()


@pytest.fixture
def taker(rsa_folder: Path) -> BePaid:
    return BePaid(
        "https://checkout.example", shop=SHOP, secret=SECRET, key_file=rsa_folder / DEMO_KEY, pages=PAGES, test=False
    )


@pytest.fixture
def signed(rsa_folder: Path) -> Callable[[bytes], dict[str, str]]:
    def headers(said: bytes) -> dict[str, str]:
        basic = base64.b64encode(f"{SHOP}:{SECRET}".encode()).decode()
        return {"authorization": f"Basic {basic}", "content-signature": sign(signing_key(rsa_folder), said)}

    return headers


Signed = Callable[[bytes], dict[str, str]]


def test_what_bepaid_s_library_accepts_is_read(taker: BePaid, signed: Signed, rsa_folder: Path) -> None:
    said = body()
    headers = signed(said)
    pem = (rsa_folder / DEMO_KEY).read_text()
    assert bepaid_judge.verify_webhook_signature(pem, headers["content-signature"], said)
    assert bepaid_judge.verify_webhook_auth(headers["authorization"], SHOP, SECRET)
    assert bepaid_judge.parse_webhook(said.decode()).transaction is not None
    assert taker.verify(headers, said) == Facts(PAYMENT, Outcome.PAID, 1_050, "BYN", "a-1")


@pytest.mark.parametrize("change", [b" ", b"\n"])
def test_a_body_with_one_byte_more_is_refused_by_both(
    taker: BePaid, signed: Signed, rsa_folder: Path, change: bytes
) -> None:
    said, headers = body(), signed(body())
    pem = (rsa_folder / DEMO_KEY).read_text()
    assert not bepaid_judge.verify_webhook_signature(pem, headers["content-signature"], said + change)
    with pytest.raises(Forged):
        taker.verify(headers, said + change)


def test_another_shop_s_secret_or_another_key_is_refused(taker: BePaid, signed: Signed, tmp_path: Path) -> None:
    said = body()
    for wrong in (
        signed(said) | {"authorization": "Basic " + base64.b64encode(f"{SHOP}:wrong".encode()).decode()},
        signed(said) | {"authorization": ""},
        signed(said) | {"content-signature": sign(signing_key(tmp_path), said)},
        signed(said) | {"content-signature": ""},
        signed(said) | {"content-signature": "%%%"},
        {},
    ):
        with pytest.raises(Forged):
            taker.verify(wrong, said)


@pytest.mark.parametrize(
    "said",
    [
        body(type="refund"),
        body(test=True),
        body(amount=10.5),
        body(amount="1050"),
        body(amount=True),
        body(tracking_id="x"),
        b"{}",
        b"[]",
        b'{"transaction": 1}',
        b"\xff\xfe",
        b"",
    ],
)
def test_signed_nonsense_is_refused(taker: BePaid, signed: Signed, said: bytes) -> None:
    with pytest.raises(Forged):
        taker.verify(signed(said), said)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("failed", Outcome.FAILED), ("expired", Outcome.FAILED), ("pending", Outcome.WAITING), ("?", Outcome.WAITING)],
)
def test_nothing_but_successful_is_paid(taker: BePaid, signed: Signed, status: str, outcome: Outcome) -> None:
    said = body(status=status)
    assert taker.verify(signed(said), said).outcome is outcome


# --- LiqPay

PUBLIC, PRIVATE = "sandbox_i1", "private_key_of_the_shop"


@pytest.fixture
def liqpay() -> LiqPay:
    return LiqPay("https://www.liqpay.ua", public_key=PUBLIC, private_key=PRIVATE, pages=PAGES, test=False)


@pytest.fixture
def judge() -> LiqPayAsync:
    return LiqPayAsync(PUBLIC, PRIVATE)


def told(**said: object) -> dict[str, object]:
    usual: dict[str, object] = {"public_key": PUBLIC, "status": "success", "amount": 10.5, "currency": "UAH"}
    return usual | {"order_id": str(PAYMENT), "payment_id": 77, "version": 3, "action": "pay"} | said


def posted(judge: LiqPayAsync, said: dict[str, object]) -> bytes:
    data, signature = judge._get_data_and_signature(said)
    assert judge.validate_callback(data, signature) == said
    return urlencode({"data": data, "signature": signature}).encode()


def test_what_liqpay_s_library_signs_is_read(liqpay: LiqPay, judge: LiqPayAsync) -> None:
    assert liqpay.verify({}, posted(judge, told())) == Facts(PAYMENT, Outcome.PAID, 1_050, "UAH", "77")


@pytest.mark.parametrize("amount", [0.29, 1234.56, 0.07, 19.99, 100])
def test_an_amount_is_exact_whatever_floats_do(liqpay: LiqPay, judge: LiqPayAsync, amount: float) -> None:
    facts = liqpay.verify({}, posted(judge, told(amount=amount)))
    assert facts.amount_minor == round(amount * 100)


def test_a_changed_data_or_signature_is_refused_by_both(liqpay: LiqPay, judge: LiqPayAsync) -> None:
    fields = {name: values[0] for name, values in parse_qs(posted(judge, told()).decode()).items()}
    richer = base64.b64encode(json.dumps(told(amount=1_000)).encode()).decode()
    sha3 = base64.b64encode(hashlib.sha3_256(f"{PRIVATE}{fields['data']}{PRIVATE}".encode()).digest()).decode()
    for change in ({"data": richer}, {"signature": "AAAA"}, {"signature": sha3}):
        forged = fields | change
        with pytest.raises(ValueError, match="signature"):
            judge.validate_callback(forged["data"], forged["signature"])
        with pytest.raises(Forged):
            liqpay.verify({}, urlencode(forged).encode())


@pytest.mark.parametrize(
    "said",
    [
        told(public_key="other"),
        told(order_id="x"),
        told(amount=10.505),
        told(amount="ten"),
        told(amount="Infinity"),
        {"public_key": PUBLIC},
    ],
)
def test_signed_nonsense_of_liqpay_is_refused(liqpay: LiqPay, judge: LiqPayAsync, said: dict[str, object]) -> None:
    with pytest.raises(Forged):
        liqpay.verify({}, posted(judge, said))


@pytest.mark.parametrize("posted_", [b"", b"data=1", b"\xff", b"data=%00&signature=x"])
def test_a_body_that_is_no_form_of_liqpay_s_is_refused(liqpay: LiqPay, posted_: bytes) -> None:
    with pytest.raises(Forged):
        liqpay.verify({}, posted_)


@pytest.mark.parametrize(
    ("status", "test", "outcome"),
    [
        ("sandbox", False, Outcome.WAITING),
        ("sandbox", True, Outcome.PAID),
        ("success", True, Outcome.WAITING),
        ("failure", False, Outcome.FAILED),
        ("wait_accept", False, Outcome.WAITING),
    ],
)
def test_a_sandbox_s_money_counts_in_a_sandbox_alone(
    judge: LiqPayAsync, status: str, test: bool, outcome: Outcome
) -> None:
    taker = LiqPay("https://www.liqpay.ua", public_key=PUBLIC, private_key=PRIVATE, pages=PAGES, test=test)
    assert taker.verify({}, posted(judge, told(status=status))).outcome is outcome


def test_the_link_to_liqpay_s_page_is_signed_and_carries_what_was_asked(liqpay: LiqPay, judge: LiqPayAsync) -> None:
    asked = Asked(PAYMENT, 5, Money(1_050, "UAH"), "be", datetime(2026, 11, 18, 9, 30, tzinfo=UTC))
    opened = liqpay.begin(asked, description="Поповнення")
    query = {name: values[0] for name, values in parse_qs(urlsplit(opened.url).query).items()}
    said = judge.validate_callback(query["data"], query["signature"])
    assert opened.url.startswith("https://www.liqpay.ua/api/3/checkout?")
    judge._validate(said)
    assert (said["amount"], said["currency"], said["order_id"]) == ("10.50", "UAH", str(PAYMENT))
    assert said["expired_date"] == "2026-11-19 09:30:00"
    assert said["server_url"] == "https://my.example/inbound/card"
    assert said["result_url"] == f"https://my.example/top-up/payment/{PAYMENT}"
