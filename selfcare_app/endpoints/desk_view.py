"""What stands on each page of the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from selfcare_app.access.desk import EndReason, LineAtDesk
from selfcare_app.access.desk_look import Reason
from selfcare_app.access.desk_rights import Right
from selfcare_app.access.desk_views import Setup
from selfcare_app.access.staff import SHORTEST
from selfcare_app.endpoints.desk_page import field, page, pairs, post, select, text, told
from selfcare_app.i18n.message import from_fault
from selfcare_app.i18n.speak import Speaker
from selfcare_app.kit.actor import Staff
from selfcare_app.kit.errors import Fault
from selfcare_app.operators import Profile
from selfcare_app.operators.schema.vocabulary import Method

SCRIPT = "/desk/passkey.js"


@dataclass(frozen=True, slots=True)
class Words:
    """The language that a page is in."""

    say: Speaker
    language: str
    profile: Profile

    @classmethod
    def of(cls, profile: Profile, language: str) -> "Words":
        """The words of one language."""
        return cls(Speaker(language, profile), language, profile)

    def plain(self, key: str, **args: object) -> str:
        """A sentence of the desk that is escaped later."""
        return self.say.text(f"desk.document.{key}", **args)

    def refusal(self, fault: Fault | None) -> str:
        """What is said of a refusal; nothing for none."""
        return told(self.say.message(from_fault(fault))) if fault else ""

    def page(self, title: str, *body: str, who: Staff | None = None, here: str = "", script: str = "") -> str:
        """The whole page."""
        said = self.plain(title)
        return page(self.say, self.language, self.profile, said, *body, who=who, here=here, script=script)


def sign_in(words: Words, fault: Fault | None = None, *, done: str = "") -> str:
    """Login, password, one-time code."""
    say = words.say
    form = post(
        say,
        "/desk/sign-in",
        text(say, "sign_in.submit"),
        field(say, "login", auto="username"),
        field(say, "password", kind="password", auto="current-password"),
        field(say, "code", hint=text(say, "sign_in.code_hint"), auto="one-time-code"),
    )
    good = told(words.plain(f"done.{done}"), good=True) if done else ""
    return words.page("sign_in.title", words.refusal(fault), good, form, by_passkey(words), script=SCRIPT)


def by_passkey(words: Words) -> str:
    """The way in by a passkey, which the page's script shows where the browser can."""
    say = words.say
    told = f'<p class="card bad" role="alert" data-told="{text(say, "passkeys.given_up")}" hidden></p>'
    button = f'<button type="button" class="plain" id="by-passkey">{text(say, "passkeys.enter")}</button>'
    return f"<div data-passkey hidden>{told}{button}</div>"


def setup(words: Words, found: Setup, code: str, fault: Fault | None = None) -> str:
    """The authenticator's seed, and the form that chooses the password."""
    say = words.say
    seed = f"<p><code>{escape(found.seed)}</code></p><p><code>{escape(found.address)}</code></p>"
    form = post(
        say,
        "/desk/setup",
        text(say, "setup.submit"),
        field(say, "password", kind="password", hint=text(say, "setup.rule", least=SHORTEST), auto="new-password"),
        field(say, "again", kind="password", auto="new-password"),
        field(say, "code", hint=text(say, "sign_in.code_hint"), auto="one-time-code"),
        hidden={"setup": code},
    )
    lead = f"<p>{text(say, 'setup.lead', login=found.login)}</p>"
    return words.page("setup.title", words.refusal(fault), lead, f"<section>{seed}</section>", form)


def search(words: Words, who: Staff, fault: Fault | None = None) -> str:
    """A number and why it is asked for."""
    say = words.say
    form = post(
        say,
        "/desk/find",
        text(say, "search.submit"),
        field(say, "number", kind="tel", hint=escape(words.profile.numbering.input_hint)),
        select(say, "reason", ((reason, text(say, f"reason.{reason}")) for reason in Reason)),
    )
    lead = f"<p>{text(say, 'search.lead')}</p>"
    return words.page("search.title", words.refusal(fault), lead, form, who=who, here="/desk")


def line(words: Words, who: Staff, found: LineAtDesk, fault: Fault | None = None, *, done: str = "") -> str:
    """How the line stands, and what can be done about it."""
    good = told(words.plain(f"done.{done}"), good=True) if done else ""
    again = f'<p><a href="/desk">{text(words.say, "search.again")}</a></p>'
    body = (_standing(words, found), _access(words, found), _rights(words, found), _grant(words, found), again)
    return words.page("line.title", words.refusal(fault), good, *body, who=who)


def _standing(words: Words, found: LineAtDesk) -> str:
    say = words.say
    rows = [
        (words.plain("line.number"), say.msisdn(found.msisdn)),
        (words.plain("line.name"), found.name),
        (words.plain("line.owner"), found.owner),
        (words.plain("line.kind"), words.plain("line.organisation" if found.is_organisation else "line.person")),
        (words.plain("line.state"), words.plain(f"state.{found.state}")),
        (words.plain("line.access"), words.plain(f"access.{found.access}")),
        (
            words.plain("line.registered"),
            say.datetime(found.registered_at) if found.registered_at else words.plain("line.not_registered"),
        ),
        (words.plain("line.locked"), words.plain("yes" if found.is_locked else "no")),
        (words.plain("line.stopped"), say.datetime(found.stopped_at) if found.stopped_at else words.plain("no")),
        (words.plain("line.sessions"), str(found.sessions)),
    ]
    return f"<section>{pairs(rows)}<p class=hint>{text(say, 'line.until', until=found.until)}</p></section>"


def _access(words: Words, found: LineAtDesk) -> str:
    say, forms = words.say, []
    if found.access == "open":
        forms.append(_act(words, found, "close", field(say, "application", place="close")))
    else:
        forms.append(_act(words, found, "open", field(say, "application", place="open")))
    why = [(reason.value, text(say, f"end_reason.{reason}")) for reason in EndReason]
    forms += [_act(words, found, each) for each in ("unlock", "password")]
    forms.append(_act(words, found, "end_sessions", select(say, "why", why)))
    if Method.PAPER in words.profile.registration.methods:
        forms.append(_paper(words, found, "/desk/paper", "paper.document.issue"))
    if found.stopped_at:
        forms.append(_paper(words, found, "/desk/release", "paper.document.release"))
    return f"<section><h2>{text(say, 'line.access_title')}</h2>{''.join(forms)}</section>"


def _paper(words: Words, found: LineAtDesk, path: str, key: str) -> str:
    application = field(words.say, "application", place=path.rpartition("/")[2])
    return post(words.say, path, escape(words.say.text(key)), application, hidden={"look": str(found.look_id)})


def _rights(words: Words, found: LineAtDesk) -> str:
    say = words.say
    if not found.rights:
        return f"<section><h2>{text(say, 'line.rights')}</h2><p>{text(say, 'line.no_rights')}</p></section>"
    rows = "".join(f"<li>{_right(words, found, each)}</li>" for each in found.rights)
    return f"<section><h2>{text(say, 'line.rights')}</h2><ul>{rows}</ul></section>"


def _right(words: Words, found: LineAtDesk, right: Right) -> str:
    said = words.plain(
        "line.right_held" if right.is_held else "line.right_given",
        number=words.say.msisdn(right.msisdn),
        role=words.plain(f"role.{right.role}"),
        over=words.plain(f"over.{right.over}"),
        until=right.expires_at,
    )
    form = _act(
        words, found, "revoke", field(words.say, "application", place=str(right.grant_id)), grant=str(right.grant_id)
    )
    return f"<p>{escape(said)}</p>{form}"


def _grant(words: Words, found: LineAtDesk) -> str:
    say = words.say
    if not found.roles:
        return ""
    form = _act(
        words,
        found,
        "grant",
        select(say, "role", _options(words, "role", found.roles)),
        select(say, "over", _options(words, "over", ("account", "client"))),
        field(say, "application", place="grant"),
    )
    hint = f"<p class=hint>{text(say, 'line.grant_hint')}</p>" if found.is_organisation else ""
    return f"<section><h2>{text(say, 'line.grant')}</h2>{hint}{form}</section>"


def _options(words: Words, kind: str, values: Iterable[str]) -> list[tuple[str, str]]:
    return [(value, text(words.say, f"{kind}.{value}")) for value in values]


def _act(words: Words, found: LineAtDesk, act: str, *fields: str, **hidden: str) -> str:
    kept = {"look": str(found.look_id), "act": act} | hidden
    return post(words.say, "/desk/act", text(words.say, f"act.{act}"), *fields, hidden=kept)
