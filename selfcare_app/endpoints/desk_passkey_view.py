"""What stands on the page of an employee's own passkeys."""

from collections.abc import Sequence
from html import escape

from selfcare_app.access.passkey_ceremony import NAME_CHARACTERS, Kept
from selfcare_app.endpoints.desk_page import field, post, text, told
from selfcare_app.endpoints.desk_view import SCRIPT, Words
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault

_HERE = "/desk/passkeys"


def passkeys(words: Words, who: Staff, kept: Sequence[Kept], fault: Fault | None = None, *, done: str = "") -> str:
    """The list, and the form that adds one; each change takes password and code anew."""
    say = words.say
    good = told(words.plain(f"done.passkey_{done}"), good=True) if done else ""
    lead = f"<p>{text(say, 'passkeys.lead')}</p>"
    rows = "".join(f"<li>{_kept(words, each)}</li>" for each in kept)
    listed = f'<ul id="passkeys">{rows}</ul>' if kept else f"<p>{text(say, 'passkeys.none')}</p>"
    body = (lead, f"<section>{listed}</section>", _add(words))
    return words.page("passkeys.title", words.refusal(fault), good, *body, who=who, here=_HERE, script=SCRIPT)


def _kept(words: Words, kept: Kept) -> str:
    say = words.say
    name = kept.name or words.plain("passkeys.unnamed")
    made = text(say, "passkeys.made", at=kept.created_at)
    used = f"<br>{text(say, 'passkeys.used', at=kept.used_at)}" if kept.used_at else ""
    form = post(
        say,
        "/desk/passkeys/remove",
        escape(words.plain("passkeys.remove", name=name)),
        *_proof(words, str(kept.id)),
        hidden={"passkey": str(kept.id)},
    )
    opened = f"<details><summary>{text(say, 'passkeys.remove_short')}</summary>{form}</details>"
    return f"<h2>{escape(name)}</h2><p class=hint>{made}{used}</p>{opened}"


def _add(words: Words) -> str:
    say = words.say
    alert = f'<p class="card bad" role="alert" data-told="{text(say, "passkeys.given_up")}" hidden></p>'
    name = field(say, "name", hint=text(say, "passkeys.name_hint"), most=NAME_CHARACTERS)
    form = post(say, "/desk/passkeys/new", text(say, "passkeys.add"), name, *_proof(words, "new"))
    made = f"<section data-passkey hidden><h2>{text(say, 'passkeys.new')}</h2>{alert}{form}</section>"
    return f"{made}<p class=hint data-unable hidden>{text(say, 'passkeys.unable')}</p>"


def _proof(words: Words, place: str) -> tuple[str, str]:
    say = words.say
    return (
        field(say, "password", place=place, kind="password", auto="current-password"),
        field(say, "code", place=place, hint=text(say, "sign_in.code_hint"), auto="one-time-code"),
    )
