"""The simulated acquirer's pages: plain HTML without scripts, every value escaped."""

from collections.abc import Mapping
from html import escape

from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.money import Money
from selfcare_app.operators import Profile

HEADERS = {
    # No form-action: what is decided here leads back to the cabinet, which is another origin.
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_STYLE = """
:root{color-scheme:light dark}body{margin:0;font:1rem/1.5 system-ui,sans-serif;background:#eef1f5;color:#16181d}
main{max-width:26rem;margin:0 auto;padding:1.5rem 1rem;display:grid;gap:1rem}h1{font-size:1.375rem;margin:0}p{margin:0}
section{background:#fff;border:1px solid #c9ced6;border-radius:12px;padding:1rem;display:grid;gap:.75rem}
strong{font-size:1.625rem}form{display:grid;gap:.5rem;margin:0}
button{font:inherit;font-weight:600;min-height:2.75rem;border-radius:10px;border:1px solid #1d5a2f;background:#1d5a2f;
color:#fff;cursor:pointer}
button+button{background:#fff;color:#16181d;border-color:#5b616e}a{color:#0b5cad;padding:.6rem 0}
:focus-visible{outline:3px solid #0b5cad;outline-offset:2px}
@media (prefers-color-scheme:dark){body{background:#14161a;color:#f1f2f4}
section{background:#23262d;border-color:#3a3f49}
button+button{background:#23262d;color:#f1f2f4;border-color:#a5acb8}a{color:#8cc4ff}:focus-visible{outline-color:#8cc4ff}}
"""


def card(
    profile: Profile, language: str, amount: Money, description: str, action: str, back: str, *, keeps_card: bool
) -> str:
    """Where a card would be typed: here it is paid, refused, or paid without a word to the cabinet."""
    speaker = _speaker(profile, language)
    said = [
        ("pay", "pay"),
        *([("doomed", "doomed")] if keeps_card else []),
        ("decline", "decline"),
        ("silent", "silent"),
    ]
    buttons = "".join(f'<button name="act" value="{act}">{_text(speaker, key)}</button>' for act, key in said)
    body = (
        f"<p>{escape(description)}</p><p><strong>{escape(speaker.money(amount))}</strong></p>"
        f'<form method="post" action="{escape(action)}">{buttons}</form>'
        f'<a href="{escape(back)}">{_text(speaker, "leave")}</a>'
    )
    return _page(speaker, "card_title", body, _language(profile, language))


def purse(profile: Profile, fields: Mapping[str, str]) -> str:
    """Where a purse is paid from."""
    language = profile.default_language
    speaker = _speaker(profile, language)
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields.items())
    body = (
        f"<p>{escape(fields['LMI_PAYMENT_DESC'])}</p>"
        f"<p><strong>{escape(fields['LMI_PAYMENT_AMOUNT'])} {escape(profile.currency)}</strong></p>"
        f'<form method="post" action="/webmoney/pay">{hidden}<button>{_text(speaker, "pay")}</button></form>'
        f'<form method="post" action="/webmoney/decline">{hidden}<button>{_text(speaker, "leave")}</button></form>'
    )
    return _page(speaker, "purse_title", body, language)


def _page(speaker: Speaker, title: str, body: str, language: str) -> str:
    name = _text(speaker, title)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{name}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body><main><h1>{name}</h1><p>{_text(speaker, 'demo')}</p>"
        f"<section>{body}</section></main></body></html>"
    )


def _language(profile: Profile, language: str) -> str:
    return language if language in profile.languages else profile.default_language


def _speaker(profile: Profile, language: str) -> Speaker:
    return Speaker(_language(profile, language), profile)


def _text(speaker: Speaker, key: str) -> str:
    return escape(speaker.text(f"acquirer.document.{key}"))
