"""Plain requests: which exist, from where they may be posted, and the headers of every answer."""

import re

import httpx
import pytest

from selfcare_app.endpoints.guard import BODY_BYTES
from tests.served import Served

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


def get(served: Served, path: str, **options) -> httpx.Response:
    return httpx.request(
        options.pop("method", "GET"), f"{served.url}{path}", follow_redirects=False, timeout=10, **options
    )


@pytest.mark.security(
    "S-01",
    "asvs_3_4_2",
    "asvs_3_4_4",
    "asvs_3_4_5",
    "asvs_3_4_6",
    "asvs_3_4_8",
    "asvs_4_1_4",
    "asvs_13_4_4",
    "asvs_13_4_5",
    "asvs_13_4_6",
)
@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/more", 200),
        ("GET", "/more/", 200),
        ("GET", "/", 303),
        ("GET", "/no/such/page", 404),
        ("GET", "/sw.js", 200),
        ("GET", "/manifest.webmanifest", 200),
        ("GET", "/ping", 404),
        ("GET", "/_health", 404),
        ("GET", "/_upload", 404),
        ("POST", "/_upload", 404),
        ("GET", "/_all_routes", 404),
        ("GET", "/_event/?EIO=4&transport=polling", 404),
        ("POST", "/_event/?EIO=4&transport=polling", 404),
        ("POST", "/more", 405),
        ("PUT", "/more", 405),
        ("DELETE", "/session/sign-in", 405),
        ("OPTIONS", "/session/sign-in", 405),
        ("TRACE", "/", 405),
        ("POST", "/session/sign-in", 403),
        ("GET", "/session/sign-in", 404),
        ("GET", "/session/nowhere", 404),
    ],
)
def test_every_answer_has_the_headers_and_only_what_exists_exists(served: Served, method: str, path: str, status: int):
    answer = get(served, path, method=method)
    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "otp-credentials=(self)" in answer.headers["permissions-policy"]
    assert "cache-control" in answer.headers
    assert not [n for n in answer.headers if n.startswith("access-control-") or n == "server"]


@pytest.mark.security("asvs_3_4_3")
def test_the_pages_policy_names_every_inline_script_and_allows_no_other(served: Served):
    policy = get(served, "/more").headers["content-security-policy"]
    script = re.search(r"script-src ([^;]+)", policy)[1]
    assert "unsafe" not in script
    assert "*" not in policy
    assert script.count("'sha256-") >= 5
    assert f"connect-src 'self' {served.url.replace('http', 'ws')};" in policy


@pytest.mark.security("S-01", "asvs_3_5_1", "asvs_3_5_2")
@pytest.mark.parametrize("origin", [None, "null", "https://evil.example", "http://127.0.0.1", "{own}.evil.example"])
def test_a_form_from_elsewhere_is_refused(served: Served, origin: str | None):
    headers = {"Origin": origin.replace("{own}", served.url)} if origin else {}
    for path in ("/session/sign-in", "/session/sign-out", "/session/code/send"):
        answer = get(served, path, method="POST", data={"number": "1"}, headers=headers)
        assert answer.status_code == 403
        assert "set-cookie" not in answer.headers


@pytest.mark.security("S-23")
def test_a_body_too_long_is_not_read(served: Served):
    own = {"Origin": served.url, "Content-Type": "application/x-www-form-urlencoded"}
    assert (
        get(served, "/session/sign-in", method="POST", content=b"a=" + b"x" * BODY_BYTES, headers=own).status_code
        == 413
    )


def test_hashed_files_are_kept_and_pages_asked_for_again(served: Served):
    page = get(served, "/more")
    assert page.headers["cache-control"] == "no-cache"
    asset = re.search(r"/assets/[\w./-]+\.js", page.text)[0]
    assert get(served, asset).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert get(served, asset, headers={"Accept-Encoding": "br"}).headers["content-encoding"] == "br"
    assert get(served, "/assets/none.js").headers["cache-control"] == "no-store"
    assert get(served, "/health").headers["cache-control"] == "no-store"


@pytest.mark.security("asvs_13_4_3")
@pytest.mark.parametrize(
    "path",
    [
        "/..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/assets/..%5c..%5crxconfig.py",
        "/a%00b",
        "//evil.example/more",
    ],
)
def test_a_path_does_not_leave_the_bundle(served: Served, path: str):
    answer = get(served, path)
    assert answer.status_code == 404
    assert "location" not in answer.headers
