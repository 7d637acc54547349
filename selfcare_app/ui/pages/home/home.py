"""Home: how much money, what is left, what comes next, what needs the person; then everything else there is."""

from typing import Any

import reflex as rx

from selfcare_app.i18n import catalogue
from selfcare_app.i18n.message import Wire, message, wire
from selfcare_app.kit import clock
from selfcare_app.operators.schema import Feature
from selfcare_app.payments import overview
from selfcare_app.payments.views import Need, Overview
from selfcare_app.ui import components as c
from selfcare_app.ui import shell
from selfcare_app.ui.pages.charges.asking import QUESTIONS
from selfcare_app.ui.pages.home import activity, packages
from selfcare_app.ui.pages.security.alarms import alarms
from selfcare_app.ui.pages.usage.coming import in_short, still
from selfcare_app.ui.served import operator
from selfcare_app.ui.session import SignedState
from selfcare_app.ui.text import T, choice, date, datetime, money, msg, msisdn, time
from selfcare_app.usage import by_day
from selfcare_app.wiring import ask

SHORTCUTS = (Feature.TOP_UP, Feature.CALL_DETAIL, Feature.NUMBER_CHANGE, Feature.SERVICES, Feature.PERSONAL)
MOST_SHORTCUTS = 3


class Home(SignedState):
    """The overview of the subscriber's line as it was when the page was opened."""

    loaded: bool = False
    name: str = ""
    number: Wire = {}
    dialled: str = ""
    status: str = "active"
    account: str = ""
    plan: str = ""
    balance: Wire = {}
    available: Wire = {}
    as_of: Wire = {}
    spent: Wire = {}
    coming: dict[str, Any] = {}
    packages_at: Wire = {}
    packages: list[dict[str, Any]] = []
    contents: list[dict[str, Any]] = []
    next_on: Wire = {}
    next_total: Wire = {}
    next_fees: list[dict[str, Any]] = []
    days: list[dict[str, Any]] = []
    needs: list[dict[str, Any]] = []

    @rx.event
    async def load(self):
        """Reads everything anew."""
        actor = await self._actor()
        self._show(await ask(overview.read, actor, now=clock.now()))
        self.coming = still(await ask(by_day.still_to_come, actor, now=clock.now()))
        self.loaded = True

    @rx.event
    async def number_copied(self):
        """Says that the number is in the clipboard."""
        self._toast(message("home.copied"))

    def _show(self, found: Overview) -> None:
        person, standing = found.person, found.standing
        self.name, self.account = person.name, person.account_number
        self.number = wire(person.line.msisdn) if person.line.msisdn else {}
        self.dialled = f"+{person.line.msisdn}" if person.line.msisdn else ""
        self.status = person.line.state
        self.plan = found.plan.name if found.plan else person.line.tariff_plan
        self.balance = wire(standing.balance)
        self.available = wire(standing.available) if standing.available != standing.balance else {}
        self.as_of = wire(standing.as_of) if standing.as_of else {}
        self.spent = wire(found.this_month.charge)
        self.packages_at = packages.as_of(found.packages)
        self.packages, self.contents = packages.rows(found.packages), packages.contents(found.plan)
        upcoming = found.upcoming
        self.next_on = wire(upcoming.on) if upcoming else {}
        self.next_total = wire(upcoming.total) if upcoming else {}
        self.next_fees = [{"name": fee.name, "amount": wire(fee.amount)} for fee in upcoming.fees] if upcoming else []
        self.days = activity.days(found.movements)
        self.needs = [need_row(need) for need in found.needs]


def need_row(need: Need) -> dict[str, Any]:
    """Something that needs attention as state keeps it: the sentence, and what can be done about it where."""
    if need.order_id is not None:
        said, act = message(_order_key(str(need.values["kind"])), due=need.values["due"]), "order"
        to = f"/orders/{need.order_id}"
    elif need.code == "answer":
        said, act, to = message("home.need.answer", **need.values), "answer", QUESTIONS
    else:
        said, act = message(f"home.need.{need.code}", **need.values), "top_up"
        to = shell.BUILT.get(Feature.TOP_UP, "") if need.code in ("debt", "top_up") else ""
    return {"tone": need.tone, "said": said, "act": message(f"home.need.act.{act}"), "to": to}


def _order_key(kind: str) -> str:
    key = f"home.need.order.{kind}"
    return key if key in catalogue.load(catalogue.SOURCE) else "home.need.order.other"


def _waiting() -> rx.Component:
    return rx.fragment(c.skeleton("line", 2), c.skeleton("card"), c.skeleton("card", 2), c.skeleton("rows", 4))


def _failed() -> rx.Component:
    again = c.button(T("home.failed.again"), kind="secondary", icon="refresh", on_click=Home.load)
    return c.empty("cloud-off", T("home.failed.title"), T("home.failed.lead"), action=again)


def _who() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Home.dialled,
            rx.el.p(
                rx.el.span(msisdn(Home.number), class_name="tabular text-l"),
                rx.el.button(
                    c.icon("copy", size=20),
                    type="button",
                    aria_label=T("home.copy"),
                    on_click=[rx.set_clipboard(Home.dialled), Home.number_copied],
                    class_name="flex size-11 items-center justify-center rounded-card text-accent hover:bg-accent-soft",
                ),
                class_name="flex items-center gap-2",
            ),
        ),
        rx.el.p(
            rx.el.span(Home.plan),
            rx.el.span(T("home.plan.account", number=Home.account), class_name="tabular"),
            rx.el.span(
                choice("subscribers.state", Home.status),
                class_name=rx.cond(Home.status == "active", "font-semibold text-good", "font-semibold text-bad"),
            ),
            class_name="flex flex-wrap gap-x-4 gap-y-1 text-s text-muted",
        ),
        class_name="-mt-5 flex flex-col gap-1",
    )


def _needs() -> rx.Component:
    return rx.el.section(
        rx.cond(
            Home.needs,
            rx.el.ul(rx.foreach(Home.needs, lambda need: rx.el.li(_need(need))), class_name="flex flex-col gap-3"),
            rx.el.p(
                c.icon("check", size=20), T("home.need.nothing"), class_name="flex items-center gap-2 text-s text-good"
            ),
        ),
        aria_label=T("home.need.title"),
    )


def _need(need: Any) -> rx.Component:
    act = rx.cond(need["to"], c.link(msg(need["act"]), need["to"]))
    tones = {tone: c.notice(tone, msg(need["said"]), action=act) for tone in ("bad", "warn", "info")}
    return rx.match(need["tone"], ("bad", tones["bad"]), ("warn", tones["warn"]), tones["info"])


def _balance() -> rx.Component:
    return c.card(
        rx.el.p(money(Home.balance), class_name="tabular text-[min(2.25rem,10vw)] leading-tight font-semibold"),
        rx.cond(Home.as_of, c.hint(T("home.updated", at=datetime(Home.as_of)))),
        rx.cond(Home.available, rx.el.p(T("home.balance.available", amount=money(Home.available)))),
        rx.el.p(T("home.balance.spent", amount=money(Home.spent)), class_name="text-muted"),
        in_short(Home.coming),
        title=T("home.balance.title"),
    )


def _packages() -> rx.Component:
    return c.card(
        packages.gauges(Home.packages),
        packages.given(Home.contents),
        packages.known_at(Home.packages_at),
        title=T("home.package.title"),
    )


def _next() -> rx.Component:
    fees = rx.el.ul(
        rx.foreach(Home.next_fees, lambda fee: rx.el.li(c.record(fee["name"], amount=money(fee["amount"])))),
        class_name="divide-y divide-line",
    )
    what = rx.fragment(
        rx.el.p(
            rx.el.span(date(Home.next_on), class_name="text-l font-semibold first-letter:uppercase"),
            c.amount(Home.next_total),
            class_name="flex flex-wrap items-baseline justify-between gap-x-4",
        ),
        fees,
    )
    return c.card(
        rx.cond(Home.next_fees, what, packages.nothing(T("home.next.empty"), T("home.next.empty_lead"))),
        title=T("home.next.title"),
    )


def _last() -> rx.Component:
    return rx.el.section(
        c.subheading(T("home.last.title")),
        rx.cond(
            Home.days,
            c.day_list(Home.days, row=_movement),
            c.empty("receipt", T("home.last.empty"), T("home.last.empty_lead")),
        ),
        class_name="flex flex-col gap-4",
    )


def _movement(row: Any) -> rx.Component:
    about = rx.cond(row["at"], time(row["at"]), msg(row["about"], area="payments"))
    amount = money(row["amount"], sign=True)
    told = msg(row["title"], area="payments")
    return rx.cond(row["to"], c.record(told, about, amount, to=row["to"]), c.record(told, about, amount))


def _beside() -> rx.Component:
    return rx.fragment(_shortcuts(), _menu())


def _shortcuts() -> rx.Component:
    profile = operator()
    entries = [item for section in profile.menu.subscriber for item in section.items] + list(profile.bottom_bar.items)
    titles = {item.feature: item.title for item in reversed(entries)}
    shown = [feature for feature in SHORTCUTS if feature in shell.BUILT and feature in titles][:MOST_SHORTCUTS]
    return rx.el.section(
        c.subheading(T("home.shortcut.title")),
        *[c.tile(feature.icon, T(f"menu.{titles[feature]}"), shell.BUILT[feature]) for feature in shown],
        class_name="flex flex-col gap-3",
    )


def _menu() -> rx.Component:
    return rx.el.section(
        c.subheading(T("home.menu.title")), shell.menu_list(describe=True), class_name="flex flex-col gap-3"
    )


@shell.screen("/home", title="home.title", feature=Feature.HOME, on_load=Home.load, heading=False, aside=_beside)
def home() -> rx.Component:
    """The four answers; grey shapes until they are there, and a way to try again when they don't come."""
    answers = rx.fragment(_who(), alarms(), _needs(), _balance(), _packages(), _next(), _last(), c.hint(T("home.late")))
    waiting = rx.cond(Home.notice, _failed(), _waiting())
    return rx.fragment(
        c.heading(rx.cond(Home.loaded, Home.name, T("home.title"))),
        c.loading(Home.loaded, waiting, answers),
    )
