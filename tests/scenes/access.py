"""The door: signing in, registering, a new password, PIN and PUK."""

from selfcare_app.operators.schema import Feature
from selfcare_app.subscribers.tables import Line
from tests.filled import PASSWORD
from tests.scenes.scene import Scene, Stage

WRONG = "notmine1"
NEW = "kastrycnik7"


def _number(stage: Stage, who: str) -> str:
    line = getattr(stage.people, who)
    return str(line.msisdn)[len(stage.served.profile.numbering.country_code) :]


def wrong_password(stage: Stage) -> None:
    stage.type(number=_number(stage, "full"), password=WRONG)
    stage.send()
    stage.refused()


def right_password(stage: Stage) -> None:
    stage.type(number=_number(stage, "waiting"), password=PASSWORD)
    stage.send()
    stage.at("/sign-in/code")


def registered_already(stage: Stage) -> None:
    stage.type(number=_number(stage, "full"))
    stage.send()
    stage.refused()


def _sent(stage: Stage, who: str, path: str) -> None:
    stage.type(number=_number(stage, who))
    stage.send()
    stage.at(path)


def register_code(stage: Stage) -> None:
    _sent(stage, "stranger", "/register/code")


def register_wrong_code(stage: Stage) -> None:
    _sent(stage, "stranger", "/register/code")
    code = stage.code(stage.people.stranger)
    stage.type(code=f"{(int(code) + 1) % 10 ** len(code):0{len(code)}d}")
    stage.refused()


def _by_puk1(stage: Stage, who: str, path: str) -> None:
    with stage.served.db.transaction() as session:
        session.get_one(Line, getattr(stage.people, who).id).puk1_registration = True
    stage.type(number=_number(stage, who))
    stage.page.locator("button[name=method][value=puk1]").click()
    stage.at(path)


def register_puk1(stage: Stage) -> None:
    _by_puk1(stage, "stranger", "/register/puk1")


def recover_wrong_puk1(stage: Stage) -> None:
    _by_puk1(stage, "empty", "/recover/puk1")
    stage.type(code="1234")
    stage.send()
    stage.refused()


def recover_code(stage: Stage) -> None:
    _sent(stage, "empty", "/recover/code")


def recover_password(stage: Stage) -> None:
    _sent(stage, "forgetful", "/recover/code")
    stage.type(code=stage.code(stage.people.forgetful))
    stage.at("/recover/password")


def different_passwords(stage: Stage) -> None:
    stage.type(current=PASSWORD, password="abc", again="abd")
    stage.send()
    stage.refused()


def ask_for_code(stage: Stage) -> None:
    stage.send()
    stage.page.wait_for_selector("[name=code]")


def reveal(stage: Stage) -> None:
    stage.page.locator("main button").last.click()
    stage.page.get_by_text("71530264").wait_for()


ACCESS = (
    Scene("sign-in", "empty", "/sign-in", "access.sign_in.title", who=""),
    Scene("sign-in", "expired", "/sign-in?expired=1&next=/number", "access.sign_in.title", who=""),
    Scene("sign-in", "error", "/sign-in", "access.sign_in.title", who="", act=wrong_password),
    Scene("sign-in", "code", "/sign-in", "access.factor.title", who="", act=right_password),
    Scene("register", "empty", "/register", "access.register.title", who="", by_sms=True),
    Scene("register", "error", "/register", "access.register.title", who="", act=registered_already, by_sms=True),
    Scene("register", "code", "/register", "access.register.title", who="", act=register_code, by_sms=True),
    Scene("register", "puk1", "/register", "access.register.title", who="", act=register_puk1, by_sms=True),
    Scene("register", "dial", "/register/dial", "access.dial.title", who="", by_sms=True),
    Scene("recover", "dial", "/recover/dial", "access.dial.title", who="", by_sms=True),
    Scene("recover", "puk1", "/recover", "access.recover.title", who="", act=recover_wrong_puk1, by_sms=True),
    Scene("recover", "empty", "/recover", "access.recover.title", who="", by_sms=True),
    Scene("recover", "code", "/recover", "access.recover.title", who="", act=recover_code, by_sms=True),
    Scene("recover", "password", "/recover", "access.recover.choose", who="", act=recover_password, by_sms=True),
    Scene("password", "empty", "/settings/password", "access.change.title", feature=Feature.PASSWORD),
    Scene(
        "password",
        "error",
        "/settings/password",
        "access.change.title",
        act=different_passwords,
        feature=Feature.PASSWORD,
    ),
    Scene("password", "due", "/settings/password?due=1", "access.change.title", feature=Feature.PASSWORD),
    Scene("password", "done", "/settings/password?done=1", "access.change.title", feature=Feature.PASSWORD),
    Scene("sim", "prove", "/personal/sim", "access.sim.title", feature=Feature.SIM_SECRETS),
    Scene("sim", "code", "/personal/sim", "access.sim.title", act=ask_for_code, feature=Feature.SIM_SECRETS),
    Scene(
        "sim", "full", "/personal/sim", "access.sim.title", proof="sim_secrets", act=reveal, feature=Feature.SIM_SECRETS
    ),
)
