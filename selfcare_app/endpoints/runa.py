"""What is posted with a РУНА: registration by one form, a locked sign-in, a shut section, the choice of sections."""

from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import password, register_form, runa, runa_sections, unlock
from selfcare_app.access import session as web_session
from selfcare_app.endpoints.posted import HOME, Posted, form, own_path, renewed, to
from selfcare_app.kit.actor import Subscriber
from selfcare_app.operators.schema import Feature
from selfcare_app.operators.schema.access import Runa

REGISTER, REGISTERED, UNLOCK = "/register", "/register/done", "/sign-in/unlock"
SETTINGS, SECTION = Feature.RUNA.path, f"{Feature.RUNA.path}/section"
TICK = "section_"
_TICKS = tuple(f"{TICK}{feature.value}" for feature in Feature)


@form("number", "password", "again", "email", "code", back=REGISTER, keep=("number",))
async def register(post: Posted) -> Response:
    """POST /session/register/form (AS-003, AS-010, AS-011, AS-014): a try at РУНА is counted before it is compared."""
    parts, number = wiring.wired(), post["number"]
    owner = await wiring.ask(register_form.owner, post.visitor, number=number)
    password.check(post["password"], parts.profile, owner)
    password.check_same(post["password"], post["again"])
    filled = register_form.Filled(
        number=number,
        email=register_form.email_of(post["email"], parts.profile.registration.email),
        code=runa.digits(post["code"], _rule()) if post["code"].strip() else "",
    )
    ranges = parts.settings.network_ranges
    attempt = await wiring.do(register_form.count, post.visitor, filled=filled, ranges=ranges, now=post.now)
    kept = await wiring.hashed(password.hashed, parts.keys, post["password"])
    step = await wiring.do(
        register_form.finish,
        post.visitor,
        filled=filled,
        attempt=attempt,
        chosen=post["password"],
        password_hash=kept,
        now=post.now,
    )
    return to(REGISTER, step.fault, keep={"number": number}) if step.fault else to(REGISTERED)


@form("number", "code", back=UNLOCK, keep=("number",))
async def open_sign_in(post: Posted) -> Response:
    """POST /session/unlock: wrong passwords count anew; nobody is signed in by it (AS-019)."""
    number, typed = post["number"], runa.digits(post["code"], _rule())
    attempt = await wiring.do(unlock.count, post.visitor, number=number, now=post.now)
    step = await wiring.do(unlock.settle, post.visitor, number=number, attempt=attempt, typed=typed, now=post.now)
    return to(UNLOCK, step.fault, keep={"number": number}) if step.fault else to(UNLOCK, keep={"done": "1"})


def _at_section(post: Posted) -> str:
    """The page that asks for РУНА, with the section and the way back in its address."""
    section = post["section"] if post["section"] in _rule().sections else ""
    return f"{SECTION}?section={section}&back={own_path(post['back']).partition('?')[0]}"


@form("section", "code", "back", back=_at_section)
async def enter(post: Posted) -> Response:
    """POST /session/runa/section: opens a section until it or the cabinet is left (AS-033, AS-034)."""
    actor, typed = await _active(post), runa.digits(post["code"], _rule())
    attempt = await wiring.do(runa_sections.count, actor, now=post.now)
    fault = await wiring.do(
        runa_sections.enter, actor, attempt=attempt, typed=typed, section=post["section"], now=post.now
    )
    return to(_at_section(post), fault) if fault else await renewed(to(own_path(post["back"]) or HOME), post)


@form("code", "back", *_TICKS, back=lambda post: own_path(post["back"]) or SETTINGS)
async def choose(post: Posted) -> Response:
    """POST /session/runa/sections: guards exactly the ticked sections from now on (AS-032)."""
    actor, typed = await _active(post), runa.digits(post["code"], _rule())
    ticked = [section for section in _rule().sections if post[f"{TICK}{section}"]]
    attempt = await wiring.do(runa_sections.count, actor, now=post.now)
    fault = await wiring.do(runa_sections.choose, actor, attempt=attempt, typed=typed, sections=ticked, now=post.now)
    back = own_path(post["back"]) or SETTINGS
    return to(back, fault) if fault else await renewed(to(back, keep={"saved": "1"}), post)


def _rule() -> Runa:
    found = wiring.wired().profile.runa
    if found is None:
        raise runa.NotOffered()
    return found


async def _active(post: Posted) -> Subscriber:
    """The actor, whose session this post keeps alive. Raises SignInNeeded."""
    actor = post.actor
    await wiring.do(web_session.touch, actor, session_id=actor.session_id, now=post.now)
    return actor


ROUTES = [
    Route("/session/register/form", register, methods=["POST"]),
    Route("/session/unlock", open_sign_in, methods=["POST"]),
    Route("/session/runa/section", enter, methods=["POST"]),
    Route("/session/runa/sections", choose, methods=["POST"]),
]
