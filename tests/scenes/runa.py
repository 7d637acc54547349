"""Pages with РУНА, of letters, and of sign-ins."""

from sqlmodel import select

from selfcare_app.access import code
from selfcare_app.access.tables import WebSession
from selfcare_app.kit.actor import Subscriber
from selfcare_app.operators.schema import Feature
from tests.browser import hydrated
from tests.filled import PASSWORD
from tests.scenes.scene import Scene, Stage

CODE = "739148"
_EMAIL = "/settings/notifications"
_LINK = "/recover/link#" + "a" * 43


def _national(stage: Stage, who: str) -> str:
    return str(getattr(stage.people, who).msisdn)[len(stage.served.profile.numbering.country_code) :]


def without_runa(stage: Stage) -> None:
    stage.type(number=_national(stage, "stranger"), password=PASSWORD, again=PASSWORD)
    stage.page.get_by_role("textbox").last.press("Enter")
    stage.refused()


def open_hint(stage: Stage) -> None:
    stage.page.locator("#password-ask").click()
    stage.page.wait_for_selector("#password-ask[aria-expanded=true]")


def wrong_runa(stage: Stage) -> None:
    stage.type(number=_national(stage, "full"), code=CODE)
    stage.send()
    stage.refused()


def no_runa(stage: Stage) -> None:
    stage.type(code=CODE)
    stage.page.locator("[name=code]").press("Enter")
    stage.refused()


def tick(stage: Stage) -> None:
    stage.page.locator("[name^=section_]").first.check()
    no_runa(stage)


def letter_over(stage: Stage) -> None:
    stage.type(password="abc12345x", again="abc12345x")
    stage.send()
    stage.refused()


def fresh(stage: Stage) -> None:
    """The owner has shown that it is he."""
    prove(stage, "contact_change")


def prove(stage: Stage, purpose: str) -> None:
    line, now = stage.people.full, stage.served.now
    with stage.served.db.transaction() as session:
        (own,) = session.exec(
            select(WebSession.id).where(WebSession.line_id == line.id).order_by(WebSession.created_at.desc()).limit(1)
        )
        code.give(session, Subscriber(line.id, own), purpose=purpose, method="runa", now=now)
    stage.page.reload()
    hydrated(stage.page)


def not_an_address(stage: Stage) -> None:
    fresh(stage)
    stage.type(email="anna@")
    stage.send()
    stage.refused()


def waiting(stage: Stage) -> None:
    fresh(stage)
    stage.type(email="anna.k@example.com")
    stage.send()
    stage.page.wait_for_selector("[name=code]")


def _scene(page: str, state: str, path: str, title: str, **how: object) -> Scene:
    return Scene(page, state, path, title, feature=Feature.RUNA, **how)  # type: ignore[arg-type]


RUNA = (
    _scene("register-form", "empty", "/register", "access.register.title", who=""),
    _scene("register-form", "hint", "/register", "access.register.title", who="", act=open_hint),
    _scene("register-form", "error", "/register", "access.register.title", who="", act=without_runa),
    _scene("register-form", "done", "/register/done", "runa.register.done_title", who=""),
    _scene("unlock", "empty", "/sign-in/unlock", "runa.unlock.title", who=""),
    _scene("unlock", "error", "/sign-in/unlock", "runa.unlock.title", who="", act=wrong_runa),
    _scene("unlock", "done", "/sign-in/unlock?done=1", "runa.unlock.title", who=""),
    _scene("letter", "empty", "/recover", "access.recover.title", who=""),
    _scene("letter", "sent", "/recover/sent", "runa.letter.sent_title", who=""),
    _scene("letter", "link", _LINK, "runa.letter.choose", who=""),
    _scene("letter", "error", _LINK, "runa.letter.choose", who="", act=letter_over),
    _scene("letter", "no-link", "/recover/link", "runa.letter.choose", who=""),
    _scene("letter", "done", "/recover/link?done=1", "runa.letter.choose", who=""),
    _scene("email", "present", _EMAIL, "email.title"),
    _scene("email", "proven", _EMAIL, "email.title", act=fresh),
    _scene("email", "error", _EMAIL, "email.title", act=not_an_address),
    _scene("email", "saved", f"{_EMAIL}?saved=1", "email.title"),
    _scene("email", "code", _EMAIL, "email.title", act=waiting),
    _scene("runa", "settings", "/settings/runa", "runa.settings.title"),
    _scene("runa", "saved", "/settings/runa?saved=1", "runa.settings.title"),
    _scene("runa", "error", "/settings/runa", "runa.settings.title", act=tick),
    _scene("runa", "password", "/settings/password", "access.change.title"),
    _scene("runa", "shut", "/settings/runa/section?section=personal&back=/personal", "runa.section.title"),
    _scene("runa", "not-open", "/settings/runa/section?section=personal", "runa.section.title", act=no_runa),
    _scene("runa", "prove", "/call-detail?period={month}", "usage.title"),
    _scene("runa", "sign-in", "/sign-in", "access.sign_in.title", who=""),
)
SIGN_INS = (Scene("sign-ins", "full", "/settings/security/sign-ins", "sign_ins.title", feature=Feature.SECURITY),)
