"""PIN and PUK of the SIM in use: behind fresh proof, given by an endpoint's answer, gone after a minute (ISSA-051)."""

import reflex as rx

from selfcare_app.access.sim_secrets import PURPOSE
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.access.prove import prove_form
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T

PATH = Feature.SIM_SECRETS.path


class SimSecretsPage(SignedState):
    """Whether the proof is at hand; never a code."""

    looked: bool = False
    proven: bool = False

    @rx.event
    async def load(self):
        """Asks whether the proof is fresh."""
        actor = await self._actor()
        self.proven = actor.has_proof(PURPOSE, clock.now())
        self.looked = True


class _SimSecrets(rx.Component):
    library = "$/frame/sim-secrets"
    tag = "SimSecrets"


def sim_secrets() -> rx.Component:
    """The proof first, then the button that shows the codes."""
    return rx.fragment(
        c.lead(T("access.sim.lead")),
        c.loading(
            SimSecretsPage.looked,
            c.skeleton("card"),
            rx.cond(
                SimSecretsPage.proven,
                rx.fragment(_SimSecrets.create(), c.hint(T("access.sim.notice"))),
                prove_form(PURPOSE, back=PATH),
            ),
        ),
    )


if operator().sim_display is not None and operator().proofs.sim_secrets is not None:
    shell.screen(
        PATH,
        title="access.sim.title",
        feature=Feature.SIM_SECRETS,
        on_load=SimSecretsPage.load,
        back=Feature.PERSONAL.path,
    )(sim_secrets)
