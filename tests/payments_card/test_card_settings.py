"""Who takes the money is said by the environment; what would be unsafe does not start."""

from pathlib import Path

import pytest

from selfcare_app.adapters.cards.bepaid import BePaid
from selfcare_app.adapters.cards.choice import card_acquirer, webmoney
from selfcare_app.adapters.cards.liqpay import LiqPay
from selfcare_app.kit.sealing import Keyring
from selfcare_app.settings import Misconfigured, Settings, read
from tests.conftest import SECRET


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    for name, text in (
        ("secret.key", SECRET.decode()),
        ("shop.secret", "x" * 40),
        ("key.pem", "-----BEGIN PUBLIC KEY-----"),
        ("desks", f"# name secret networks\nbank {'k' * 32} 10.1.0.0/16,192.0.2.1/32\n"),
        ("weak", "bank short 10.1.0.0/16\n"),
    ):
        (tmp_path / name).write_text(text)
    return {
        "SELFCARE_SECRET_KEY_FILE": str(tmp_path / "secret.key"),
        "SELFCARE_PUBLIC_URL": "https://my.example",
        "folder": str(tmp_path),
    }


def said(files: dict[str, str], **more: str) -> Settings:
    folder = files["folder"]
    return read(files | {name: value.replace("@", f"{folder}/") for name, value in more.items()})


BEPAID = {
    "SELFCARE_CARD_ACQUIRER": "bepaid",
    "SELFCARE_CARD_SHOP": "361",
    "SELFCARE_CARD_SECRET_FILE": "@shop.secret",
    "SELFCARE_CARD_KEY_FILE": "@key.pem",
}
LIQPAY = {
    "SELFCARE_CARD_ACQUIRER": "liqpay",
    "SELFCARE_CARD_SHOP": "i1",
    "SELFCARE_CARD_SECRET_FILE": "@shop.secret",
}


def test_each_acquirer_is_made_of_its_settings(files: dict[str, str]) -> None:
    for asked, kind in ((BEPAID, BePaid), (LIQPAY, LiqPay)):
        assert isinstance(card_acquirer(said(files, **asked), Keyring(SECRET)), kind)


def test_kept_cards_are_charged_at_the_gateway_of_their_acquirer(files: dict[str, str]) -> None:
    own = {"SELFCARE_CARD_URL": "https://checkout.other.example"}
    for more, gateway in (
        ({}, "https://gateway.bepaid.by"),
        (own, "https://checkout.other.example"),
        (own | {"SELFCARE_CARD_GATEWAY_URL": "https://gateway.other.example"}, "https://gateway.other.example"),
    ):
        cards = said(files, **BEPAID, **more).cards
        assert cards is not None and cards.gateway == gateway
    with pytest.raises(Misconfigured, match="https"):
        said(files, **BEPAID, SELFCARE_CARD_GATEWAY_URL="http://gateway.other.example")


def test_without_settings_there_is_none_and_in_a_demonstration_the_simulated_one(files: dict[str, str]) -> None:
    assert card_acquirer(said(files), Keyring(SECRET)) is None
    assert webmoney(said(files), Keyring(SECRET), "UAH") is None
    demo = said(files, SELFCARE_DEMO="1", SELFCARE_PUBLIC_URL="http://127.0.0.1:8000")
    assert isinstance(card_acquirer(demo, Keyring(SECRET)), BePaid)
    assert demo.acquirer_port == 8001


def test_secrets_are_never_printed(files: dict[str, str]) -> None:
    shown = repr(said(files, **BEPAID, SELFCARE_CASH_DESKS_FILE="@desks"))
    assert "x" * 40 not in shown and "k" * 32 not in shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"SELFCARE_CARD_URL": "http://checkout.bepaid.by"},
        {"SELFCARE_CARD_URL": "ftp://127.0.0.1"},
        {"SELFCARE_CARD_ACQUIRER": "paypal"},
        {"SELFCARE_CARD_SECRET_FILE": ""},
        {"SELFCARE_CARD_SECRET_FILE": "@missing"},
        {"SELFCARE_CARD_KEY_FILE": ""},
        {"SELFCARE_CARD_KEY_FILE": "@missing"},
        {"SELFCARE_CARD_TEST": "1"},
        {"SELFCARE_WEBMONEY_SHOP": "U1"},
        {"SELFCARE_CASH_DESKS_FILE": "@weak"},
        {"SELFCARE_CASH_DESKS_FILE": "@missing"},
    ],
)
def test_what_is_unsafe_or_half_said_does_not_start(files: dict[str, str], wrong: dict[str, str]) -> None:
    with pytest.raises(Misconfigured):
        said(files, **(BEPAID | wrong))
