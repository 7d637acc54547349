"""What journeys in the browser begin with: somebody's phone that the server has not met, and the simulated handset."""

import itertools

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser import NewContext
from tests.handset import Handset
from tests.served import Served

_addresses = itertools.count(1)


@pytest.fixture
def stranger(new_context: NewContext) -> BrowserContext:
    """A browser that nobody knows, with an address of its own, because posts are counted by address."""
    return new_context(extra_http_headers={"X-Forwarded-For": f"10.9.{next(_addresses)}.1"})


@pytest.fixture
def phone(stranger: BrowserContext) -> Page:
    """A page of it."""
    return stranger.new_page()


@pytest.fixture
def handset(new_context: NewContext, served: Served) -> Handset:
    """The simulated handset, open beside."""
    return Handset(new_context().new_page(), served)
