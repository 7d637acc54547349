"""The screens of plans, services and Пауза: from the list through the check to the order."""

import os
from typing import Any

import pytest

os.environ.setdefault("REFLEX_ENV_MODE", "prod")

from selfcare_app.kit import clock
from selfcare_app.ui.pages.change.terms import ChangeTerms
from selfcare_app.ui.pages.orders.order import OneOrder
from selfcare_app.ui.pages.pause.pause import PausePage
from selfcare_app.ui.pages.services.listing import ServicesPage
from selfcare_app.ui.pages.tariff.offer import TariffOffer
from selfcare_app.ui.session import AppState
from tests.harness import Tab
from tests.orders.pages.conftest import Person


def path_of(reply: Any) -> str:
    return str(reply.events[0].payload["path"])


async def checked(person: Person, went: Any) -> tuple[Tab, Any]:
    """On the check that an event has led to, its terms read."""
    tab = await person.at(path_of(went))
    return tab, await tab.send(ChangeTerms.load())


@pytest.mark.requirement("ISSA-089", "ADM-025")
async def test_from_the_list_of_plans_to_the_order(person: Person) -> None:
    page = await person.at("/tariff")
    shown = await page.send(TariffOffer.load())
    assert shown.var(TariffOffer, "current")["code"] == "comfort"
    assert [(plan["code"], plan["free"]) for plan in shown.var(TariffOffer, "plans")] == [("light", False)]
    tab, terms = await checked(person, await page.send(TariffOffer.choose("light")))
    assert (terms.var(ChangeTerms, "name"), terms.var(ChangeTerms, "kind")) == ("Light", "tariff_change")
    assert next(part["item"] for part in terms.var(ChangeTerms, "parts")) == "switch"
    placed = await tab.send(ChangeTerms.confirm(terms.var(ChangeTerms, "digest")))
    order = await person.at(path_of(placed))
    told = await order.send(OneOrder.load())
    assert told.var(OneOrder, "title")["key"] == "change.order.accepted"
    assert told.var(OneOrder, "undo")["key"] == "change.order.undo"
    # The check of what is an order already leads to the order.
    assert path_of(await tab.send(ChangeTerms.load())) == path_of(placed)
    again = await page.send(TariffOffer.load())
    assert again.var(TariffOffer, "obstacle")["key"] == "orders.error.open_order"
    assert again.var(TariffOffer, "order") == path_of(placed)
    await order.send(OneOrder.withdraw())
    assert (await order.send(OneOrder.load())).var(OneOrder, "title")["key"] == "change.order.withdrawn"


@pytest.mark.requirement("ISSA-090")
async def test_a_service_is_connected_and_undone_with_a_tap(person: Person) -> None:
    page = await person.at("/services")
    shown = await page.send(ServicesPage.load())
    assert [group["category"] for group in shown.var(ServicesPage, "groups")] == ["entertainment"]
    tab, terms = await checked(person, await page.send(ServicesPage.switch_on("melody")))
    placed = await tab.send(ChangeTerms.confirm(terms.var(ChangeTerms, "digest")))
    person.shop.work(clock.now())
    told = await (await person.at(path_of(placed))).send(OneOrder.load())
    assert told.var(OneOrder, "title") == {"key": "change.done.service_on", "args": {"name": "Melody"}}
    (mine,) = (await page.send(ServicesPage.load())).var(ServicesPage, "groups")
    row = mine["rows"][0]
    assert (mine["category"], row["state"]) == ("mine", "on") and row["undo"]
    undone = await page.send(ServicesPage.undo(row["undo"]))
    assert undone.var(ServicesPage, "groups")[0]["category"] == "entertainment"
    assert person.shop.balance(person.line) == 9_000


@pytest.mark.requirement("ISSA-094")
async def test_packages_of_mobile_internet_stand_on_their_own_page(person: Person) -> None:
    page = await person.at("/mobile-internet")
    shown = await page.send(ServicesPage.load())
    assert [row["code"] for group in shown.var(ServicesPage, "groups") for row in group["rows"]] == ["net5"]


@pytest.mark.requirement("ISSA-096", "ISSA-101", "ISSA-102")
async def test_pause_is_switched_on_and_restored(person: Person) -> None:
    page = await person.at("/pause")
    shown = await page.send(PausePage.load())
    assert (shown.var(PausePage, "paused"), shown.var(PausePage, "percent")) == (False, 50)
    for event, paused in ((PausePage.suspend, True), (PausePage.restore, False)):
        tab, terms = await checked(person, await page.send(event()))
        await tab.send(ChangeTerms.confirm(terms.var(ChangeTerms, "digest")))
        person.shop.work(clock.now())
        await page.send(PausePage.load())
        assert (await page.state(PausePage)).paused is paused


async def test_what_is_not_offered_is_told_and_nothing_is_begun(person: Person) -> None:
    page = await person.at("/services")
    refused = await page.send(ServicesPage.switch_on("no_such"))
    assert refused.var(AppState, "notice")["key"] == "change.error.not_offered"
    gone = await person.at("/change/01a202bf-d919-7a37-93e6-7ab65a936b74")
    assert (await gone.send(ChangeTerms.load())).var(ChangeTerms, "over")["key"] == "orders.error.no_draft"
