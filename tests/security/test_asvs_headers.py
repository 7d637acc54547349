"""What every answer says over https, whatever its status, and what is not there to be found."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from selfcare_app.endpoints.guard import BODY_BYTES, Doors, Guard
from selfcare_app.endpoints.headers import content_policy
from selfcare_app.settings import Misconfigured, read
from tests.served import Served

ORIGIN = "https://my.example.by"
OWN = {"Origin": ORIGIN}


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "index.html").write_text("<script>one()</script>")
    return tmp_path


async def program(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the status that the path asks for."""
    last = scope["path"].rstrip("/").rpartition("/")[2]
    if last == "500":
        raise RuntimeError("canary")
    if last == "body":
        while (await receive()).get("more_body"):
            pass
    status = int(last) if last.isdigit() else 200
    headers = (
        [(b"content-type", b"text/html"), (b"location", b"/home")]
        if status == 303
        else [(b"content-type", b"text/html")]
    )
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


CASES = [
    ("GET", "/home", {}, 200),
    ("GET", "/session/303", {}, 303),
    ("GET", "/assets/304", {}, 304),
    ("GET", "/assets/404", {}, 404),
    ("GET", "/_upload", {}, 404),
    ("PUT", "/home", {}, 405),
    ("TRACE", "/home", {}, 405),
    ("POST", "/session/x", {}, 403),
    ("POST", "/session/x", {**OWN, "Content-Length": str(BODY_BYTES + 1)}, 413),
    ("GET", "/session/500", {}, 500),
]


@pytest.mark.security("asvs_3_4_1", "asvs_3_4_2", "asvs_3_4_4", "asvs_3_4_5", "asvs_3_4_6", "asvs_3_4_8")
@pytest.mark.parametrize(("method", "path", "headers", "status"), CASES)
async def test_every_answer_over_https_has_all_of_them(
    bundle: Path, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    doors = Doors(exact=frozenset(), under=("/session/",))
    guard = Guard(program, ORIGIN, bundle, True, "__Host-sid", doors)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(guard), base_url=ORIGIN) as http:
        answer = await http.request(method, path, headers={"Origin": "https://evil.example"} | headers)
    assert answer.status_code == status
    said = answer.headers
    age, subdomains = said["strict-transport-security"].split("; ")
    assert int(age.removeprefix("max-age=")) >= 31_536_000
    assert subdomains == "includeSubDomains"
    assert said["x-content-type-options"] == "nosniff"
    # `no-referrer` would make browsers send `Origin: null` with our own forms: nothing leaves to other hosts like this.
    assert said["referrer-policy"] == "same-origin"
    assert said["cross-origin-opener-policy"] == "same-origin"
    assert said["cross-origin-resource-policy"] == "same-origin"
    assert said["x-frame-options"] == "DENY"
    assert status == 304 or "frame-ancestors 'none'" in said["content-security-policy"]
    assert not [name for name in said if name.startswith("access-control-") or name == "server"]


@pytest.mark.security("asvs_4_4_1", "asvs_4_4_4", "asvs_3_4_3")
def test_the_policy_of_an_https_address_has_sockets_over_tls_alone(bundle: Path, tmp_path: Path) -> None:
    policy = dict(part.split(" ", 1) for part in content_policy(bundle, ORIGIN).split("; "))
    assert policy["connect-src"] == "'self' wss://my.example.by"
    assert {policy[name] for name in ("default-src", "object-src", "base-uri", "frame-ancestors")} == {"'none'"}
    assert policy["form-action"] == "'self'"
    assert "unsafe" not in policy["script-src"]
    assert "http" not in policy["script-src"]
    assert "frame-src" not in policy
    key = tmp_path / "key"
    key.write_text("0123456789abcdef" * 4)
    with pytest.raises(Misconfigured, match="begins with https"):
        read({"SELFCARE_PUBLIC_URL": "http://my.example.by", "SELFCARE_SECRET_KEY_FILE": str(key)})


HIDDEN = [
    "/.git/config", "/.git/HEAD", "/.env", "/.states", "/.selfcare/secret.key", "/selfcare.db", "/rxconfig.py", "/alembic.ini",
    "/requirements.txt", "/docs", "/redoc", "/openapi.json", "/metrics", "/debug", "/server-status", "/console", "/admin",
    "/_health", "/ping", "/_all_routes", "/_upload", "/auth-codespace", "/__pycache__/", "/assets/../rxconfig.py",
    "/backend/stateful_pages.json", "/routes", "/phpinfo.php", "/wp-login.php", "/actuator/env", "/sitemap.xml",
]  # fmt: skip


@pytest.mark.security("asvs_13_4_1", "asvs_13_4_2", "asvs_13_4_5")
@pytest.mark.parametrize("path", HIDDEN)
def test_what_is_not_for_visitors_is_not_there(served: Served, path: str) -> None:
    answer = httpx.get(f"{served.url}{path}", follow_redirects=False)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text


@pytest.mark.security("asvs_13_4_3")
@pytest.mark.parametrize("path", ["/assets/", "/assets", "/icons/", "/static/", "/download/", "/session/", "/handset/"])
def test_no_directory_is_listed(served: Served, path: str) -> None:
    answer = httpx.get(f"{served.url}{path}", follow_redirects=False)
    assert answer.status_code in (404, 405)
    assert "href=" not in answer.text or "index-" not in answer.text


@pytest.mark.security("asvs_13_4_6", "asvs_13_4_2", "asvs_16_5_1")
def test_no_answer_names_what_runs_here(served: Served) -> None:
    names = ("uvicorn", "starlette", "reflex", "python", "sqlalchemy", "traceback", "site-packages")
    for method, path in (
        ("GET", "/health"),
        ("GET", "/none"),
        ("POST", "/session/sign-in"),
        ("PUT", "/"),
        ("GET", "/more"),
    ):
        answer = httpx.request(method, f"{served.url}{path}", headers={"Origin": served.url}, follow_redirects=False)
        said = " ".join(f"{name}: {value}" for name, value in answer.headers.items()).casefold()
        assert not [name for name in names if name in said], said
        if answer.status_code >= 400 and "text/html" not in answer.headers.get("content-type", ""):
            assert not [name for name in names if name in answer.text.casefold()]


@pytest.mark.security("asvs_3_5_3")
@pytest.mark.parametrize("path", ["/session/sign-out", "/session/sign-in", "/session/reveal", "/session/code/send"])
def test_a_get_changes_nothing(served: Served, path: str) -> None:
    value = served.sign_in(served.world.line())
    cookie = {"Cookie": served.cookie_header(value)}
    assert httpx.get(f"{served.url}{path}", headers=cookie, follow_redirects=False).status_code in (404, 405)
    answer = httpx.head(f"{served.url}{path}", headers=cookie)
    assert answer.status_code in (404, 405)
    assert httpx.get(f"{served.url}/health", headers=cookie).status_code == 200
    from tests.security.raw import Raw

    with Raw(served, session=value) as socket:
        assert socket.join().leave == ""


@pytest.mark.security("asvs_3_2_1")
def test_what_is_data_is_never_taken_for_a_page(served: Served) -> None:
    """Answers that are not pages say their type, may not be guessed at, and run nothing even if they are opened."""
    value = served.sign_in(served.world.line())
    headers = {"Cookie": served.cookie_header(value), "Origin": served.url}
    answer = httpx.post(f"{served.url}/session/reveal", headers=headers, data={}, follow_redirects=False)
    assert answer.headers["content-type"].startswith("application/json") or answer.status_code == 303
    for path in ("/health", "/manifest.webmanifest"):
        answer = httpx.get(f"{served.url}{path}")
        assert "html" not in answer.headers["content-type"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith(
            "default-src 'none'; base-uri 'none'; form-action 'none'"
        )
