"""A voucher's code over plain HTTP: it is money for whoever reads it, so it travels in no event and no address."""

from starlette.responses import Response
from starlette.routing import Route

from selfcare_app import wiring
from selfcare_app.access import session as web_session
from selfcare_app.endpoints.posted import Posted, form, to
from selfcare_app.operators.schema import Feature
from selfcare_app.payments.voucher import redeem

PAGE = Feature.VOUCHER.path
DONE = f"{PAGE}/done"


@form("code", "number", back=PAGE, keep=("number",))
async def pay_in(post: Posted) -> Response:
    """POST /session/voucher: pays the card in; sent again it lands at the same result."""
    actor = post.actor
    await wiring.do(web_session.touch, actor, session_id=actor.session_id, now=post.now)
    attempt = await wiring.do(redeem.redeem, actor, code=post["code"], number=post["number"], now=post.now)
    if attempt.fault is not None:
        return to(PAGE, attempt.fault, keep={"number": post["number"]})
    return to(f"{DONE}/{attempt.operation_id}")


ROUTES = [Route("/session/voucher", pay_in, methods=["POST"])]
