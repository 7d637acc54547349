"""An acquirer of cards that a served program offers and never reaches: nothing leaves the machine."""

from pathlib import Path


def nobody(secret: Path) -> dict[str, str]:
    """Its settings; port 9 of this machine discards what is sent to it."""
    return {
        "SELFCARE_CARD_ACQUIRER": "liqpay",
        "SELFCARE_CARD_SHOP": "test",
        "SELFCARE_CARD_URL": "http://127.0.0.1:9",
        "SELFCARE_CARD_SECRET_FILE": str(secret),
    }
