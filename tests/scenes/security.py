"""Security: what needs to be known, sessions and devices, who looked, passkeys, the emergency code."""

from selfcare_app.access import alarm
from selfcare_app.journal.record import record
from selfcare_app.kit.actor import Staff, System
from selfcare_app.kit.ids import new_id
from selfcare_app.operators.schema import Feature
from tests.browser import hydrated
from tests.filled import PASSWORD
from tests.scenes.scene import Scene, Stage

HOME = "/settings/security"


def _again(stage: Stage) -> None:
    stage.page.reload()
    hydrated(stage.page)


def alarmed(stage: Stage) -> None:
    """Something happened that the owner has to hear of."""
    line, now = stage.people.full, stage.served.now
    with stage.served.db.transaction() as session:
        for kind in ("password_changed", "sim_changed"):
            alarm.tell(session, line_id=line.id, kind=kind, now=now)
    _again(stage)
    stage.page.locator("#alarms li").first.wait_for()


def watched(stage: Stage) -> None:
    """Others have looked."""
    line, now = stage.people.full, stage.served.now
    looks = (
        (Staff(new_id(), new_id(), "i.desk"), "temporary_password"),
        (System("orders"), "number_changed"),
        (stage.served.world.session(line), "viewed_calls"),
    )
    with stage.served.db.transaction() as session:
        for actor, action in looks:
            record(session, actor, line_id=line.id, action=action, now=now)
    _again(stage)


def accompanied(stage: Stage) -> None:
    """Somebody else is signed in."""
    stage.served.sign_in(stage.people.full)
    _again(stage)


def wrong_password(stage: Stage) -> None:
    stage.page.locator("[name=password]").fill("notmine1")
    stage.page.locator("#emergency-make").click()
    stage.page.wait_for_selector("#emergency-error")


def printed(stage: Stage) -> None:
    stage.page.locator("[name=password]").fill(PASSWORD)
    stage.page.locator("#emergency-make").click()
    stage.page.wait_for_selector("[data-code]")


def unsure(stage: Stage) -> None:
    stage.type(code="0000-0000")
    stage.send()
    stage.refused()


def link_over(stage: Stage) -> None:
    stage.send()
    stage.refused()


def stopped(stage: Stage) -> None:
    """It was not the owner."""
    stage.page.get_by_role("button").last.click()
    stage.page.wait_for_selector("main form")
    _again(stage)
    stage.page.wait_for_selector("main form")


def locked(stage: Stage) -> None:
    """The lock is on, and is to be turned off."""
    stage.page.locator("main button").first.click()
    stage.page.locator("#turn-off").click()
    stage.page.wait_for_selector("main form")


def _scene(page: str, state: str, path: str, title: str, **more: object) -> Scene:
    return Scene(page, state, path, title, feature=Feature.SECURITY, **more)  # type: ignore[arg-type]


SECURITY = (
    _scene("security", "full", HOME, "security.title"),
    _scene("security", "alarm", HOME, "security.title", act=alarmed),
    _scene("sessions", "one", f"{HOME}/sessions", "security.sessions.title"),
    _scene("sessions", "full", f"{HOME}/sessions", "security.sessions.title", act=accompanied),
    _scene("journal", "empty", f"{HOME}/journal", "journal.title", who="payer"),
    _scene("journal", "full", f"{HOME}/journal", "journal.title", act=watched),
    _scene("passkeys", "empty", f"{HOME}/passkeys", "passkey.title"),
    _scene("emergency", "empty", f"{HOME}/emergency", "security.emergency.title"),
    _scene("emergency", "error", f"{HOME}/emergency", "security.emergency.title", act=wrong_password),
    _scene("emergency", "code", f"{HOME}/emergency", "security.emergency.title", who="payer", act=printed),
    _scene("protection", "off", f"{HOME}/protection", "guard.lock.title", who="empty"),
    _scene("protection", "on", f"{HOME}/protection", "guard.lock.title", who="waiting", act=locked),
    _scene("protection", "stopped", f"{HOME}/protection", "guard.lock.title", who="forgetful", act=stopped),
    _scene("protection", "released", f"{HOME}/protection?saved=1", "guard.lock.title", who="empty"),
    Scene("not-me", "link", "/not-me#" + "a" * 43, "guard.not_me.title", who=""),
    Scene("not-me", "error", "/not-me#" + "a" * 43, "guard.not_me.title", who="", act=link_over),
    Scene("not-me", "no-link", "/not-me", "guard.not_me.title", who=""),
    Scene("not-me", "done", "/not-me?done=1", "guard.not_me.title", who=""),
    Scene("recover-passkey", "asked", "/recover/passkey", "guard.recover.title", who="", by_sms=True),
    Scene(
        "recover-passkey", "waiting", "/recover/passkey?done=1&wait=86000", "guard.recover.title", who="", by_sms=True
    ),
    Scene("block", "empty", "/emergency", "security.block.title", who=""),
    Scene("block", "error", "/emergency", "security.block.title", who="", act=unsure),
    Scene("block", "done", "/emergency?done=1", "security.block.title", who=""),
)
