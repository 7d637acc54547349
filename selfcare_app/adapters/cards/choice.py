"""Which acquirer is spoken with: the settings', or the simulated one of the demonstration."""

from selfcare_app.adapters.cards.bepaid import BePaid
from selfcare_app.adapters.cards.liqpay import LiqPay
from selfcare_app.adapters.cards.port import CardAcquirer, Pages
from selfcare_app.adapters.cards.webmoney import WebMoney
from selfcare_app.kit.sealing import Keyring
from selfcare_app.settings import Settings, Taker

CARD_DOOR, WEBMONEY_DOOR = "/inbound/card", "/inbound/webmoney"
DEMO_SHOP, DEMO_PURSE = "demo", "U000000000000"
DEMO_KEY = "acquirer.pem"
"""The public key of the simulated acquirer, in its folder."""


def demo_secret(keys: Keyring, of: str) -> str:
    """What the cabinet and the simulated acquirer share: both have the same secret key file."""
    return keys.mac("acquirer", of)


def card_acquirer(settings: Settings, keys: Keyring) -> CardAcquirer | None:
    """The acquirer of bank cards; None where there is none."""
    taker, pages = settings.cards or _demo_card(settings, keys), Pages(settings.origin, CARD_DOOR)
    if taker is None:
        return None
    if taker.kind == "liqpay":
        return LiqPay(taker.url, public_key=taker.shop, private_key=taker.secret, pages=pages, test=taker.test)
    return BePaid(
        taker.url,
        gateway=taker.gateway,
        shop=taker.shop,
        secret=taker.secret,
        key_file=taker.key_file,
        pages=pages,
        test=taker.test,
    )


def webmoney(settings: Settings, keys: Keyring, currency: str) -> WebMoney | None:
    """The operator's purse; None where there is none."""
    taker, pages = settings.webmoney or _demo_purse(settings, keys), Pages(settings.origin, WEBMONEY_DOOR)
    if taker is None:
        return None
    return WebMoney(taker.url, purse=taker.shop, secret=taker.secret, currency=currency, pages=pages, test=taker.test)


def demo_address(settings: Settings) -> str:
    """Where the simulated acquirer listens: on this machine alone."""
    return f"http://127.0.0.1:{settings.acquirer_port}"


def _demo_card(settings: Settings, keys: Keyring) -> Taker | None:
    if not settings.demo:
        return None
    key_file = settings.acquirer_folder / DEMO_KEY
    return Taker("bepaid", demo_address(settings), DEMO_SHOP, demo_secret(keys, "shop"), key_file, test=True)


def _demo_purse(settings: Settings, keys: Keyring) -> Taker | None:
    if not settings.demo:
        return None
    return Taker("webmoney", f"{demo_address(settings)}/webmoney", DEMO_PURSE, demo_secret(keys, "purse"), test=True)
