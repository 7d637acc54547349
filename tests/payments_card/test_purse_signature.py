"""WebMoney's signature: ten values and a secret; a published payment is the judge."""

import hashlib

import pytest

from selfcare_app.adapters.cards.port import Forged, Pages
from selfcare_app.adapters.cards.webmoney import WebMoney
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import Money
from selfcare_app.payments.hosted_views import Facts, Outcome

pytestmark = pytest.mark.security("R11")
PAGES = Pages("https://my.example", "/inbound/webmoney")
PAYMENT = new_id()


def purse(*, test: bool = False) -> WebMoney:
    return WebMoney(
        "https://merchant.example/lmi", purse="Z123428476799", secret="secret", currency="UAH", pages=PAGES, test=test
    )


VECTOR = {
    "LMI_PAYEE_PURSE": "Z123428476799",
    "LMI_PAYMENT_AMOUNT": "14.65",
    "LMI_PAYMENT_NO": "1234567890",
    "LMI_MODE": "0",
    "LMI_SYS_INVS_NO": "100",
    "LMI_SYS_TRANS_NO": "200",
    "LMI_SYS_TRANS_DATE": "20261118 12:30:00",
    "LMI_PAYER_PURSE": "Z345612345678",
    "LMI_PAYER_WM": "123456789012",
}


PUBLISHED = VECTOR | {
    **{"LMI_PAYMENT_NO": "1444212666", "LMI_MODE": "1", "LMI_SYS_INVS_NO": "897", "LMI_SYS_TRANS_NO": "892"},
    **{"LMI_SYS_TRANS_DATE": "20151007 13:07:36", "LMI_PAYER_PURSE": "Z366393600555", "LMI_PAYER_WM": "404521188333"},
}
"""The test vector of a public library for WebMoney, whose secret is 226778888."""

PUBLISHED_HASH = "0B12E75431284D6FCC05D8AF02B90AC28A0788FB95C9FF6B655344022F0746E5"


@pytest.mark.requirement("AS-062")
def test_a_published_payment_is_accepted_and_its_neighbour_refused() -> None:
    taker = WebMoney(
        "https://m.example", purse="Z123428476799", secret="226778888", currency="UAH", pages=PAGES, test=True
    )
    taker.check(PUBLISHED | {"LMI_HASH": PUBLISHED_HASH})
    assert taker.asked(PUBLISHED) == (1_444_212_666, Money(1_465, "UAH"))
    with pytest.raises(Forged):
        taker.check(PUBLISHED | {"LMI_HASH": PUBLISHED_HASH[:-1] + "1"})


def hashed(form: dict[str, str], *, key: str = "secret") -> dict[str, str]:
    parts = [form[name] for name in VECTOR]
    parts.insert(7, key)
    return form | {"LMI_HASH": hashlib.sha256("".join(parts).encode()).hexdigest().upper()}


@pytest.mark.requirement("AS-062")
def test_webmoney_s_word_is_read_when_all_ten_values_are_signed() -> None:
    form = hashed(VECTOR)
    purse().check(form)
    assert purse().told(form, PAYMENT) == Facts(PAYMENT, Outcome.PAID, 1_465, "UAH", "200")


@pytest.mark.requirement("AS-062")
@pytest.mark.parametrize("name", [*VECTOR, "LMI_HASH"])
def test_any_changed_value_is_refused(name: str) -> None:
    with pytest.raises(Forged):
        purse().check(hashed(VECTOR) | {name: "1"})
    with pytest.raises(Forged):
        purse().check({key: value for key, value in hashed(VECTOR).items() if key != name})


@pytest.mark.parametrize(
    "wrong",
    [
        {"LMI_PAYEE_PURSE": "Z000000000000"},
        {"LMI_MODE": "1"},
        {"LMI_PAYMENT_AMOUNT": "14,65"},
        {"LMI_PAYMENT_AMOUNT": "-1"},
        {"LMI_PAYMENT_NO": "١٢"},
        {"LMI_PAYMENT_NO": ""},
    ],
)
def test_signed_nonsense_of_webmoney_is_refused(wrong: dict[str, str]) -> None:
    form = hashed(VECTOR | wrong)
    purse().check(form)
    with pytest.raises(Forged):
        purse().asked(form)


def test_a_purse_without_a_secret_hears_nobody() -> None:
    silent = WebMoney("https://m.example", purse="Z123428476799", secret="", currency="UAH", pages=PAGES, test=False)
    with pytest.raises(Forged):
        silent.check(hashed(VECTOR, key=""))
