"""Installing, updating, being offline; and that nothing of a person is kept."""

import json
import struct
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from selfcare_app.operators import keys, profile
from selfcare_app.ui import mark, pwa
from tests.browser import Complaints
from tests.ui.conftest import Shown
from tests.ui.test_frame import opened

BUILT = {"home": "/home", "more": "/more", "call_detail": "/call-detail", "top_up": "/top-up", "usage": "/usage"}


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("operator", keys())
def test_the_manifest_is_complete(operator: str, tmp_path: Path) -> None:
    served = profile(operator)
    (tmp_path / f"{operator}-narrow-1.png").write_bytes(mark.icon(served, 64))
    (tmp_path / "other-narrow-1.png").write_bytes(mark.icon(served, 64))
    made = pwa.manifest(served, BUILT, tmp_path)
    assert made["name"] == served.name
    assert made["lang"] == served.default_language
    assert made["theme_color"] == served.brand.theme_colour
    assert made["start_url"].startswith("/home")
    assert {icon["purpose"] for icon in made["icons"]} == {"any", "maskable"}
    icons = pwa.icons(served)
    for icon in made["icons"]:
        side = int(icon["sizes"].split("x")[0])
        assert size_of(icons[icon["src"].removeprefix("/icons/")]) == (side, side)
    assert [shortcut["url"] for shortcut in made["shortcuts"]] == ["/top-up", "/usage", "/call-detail"]
    assert all(shortcut["name"] for shortcut in made["shortcuts"])
    assert [shot["sizes"] for shot in made["screenshots"]] == ["64x64"]
    assert made["screenshots"][0]["form_factor"] == "narrow"


def test_shortcuts_lead_only_to_pages_that_exist() -> None:
    assert pwa.manifest(profile("issa"), {"home": "/home"})["shortcuts"] == []


@pytest.mark.parametrize("operator", keys())
def test_the_mark_of_a_maskable_icon_stays_in_the_safe_circle(operator: str) -> None:
    from io import BytesIO

    from PIL import Image

    icon = Image.open(BytesIO(pwa.icons(profile(operator))["maskable-512.png"])).convert("RGB")
    corner = icon.getpixel((0, 0))
    pixels = icon.load()
    assert pixels is not None
    apart = [
        (x, y)
        for x in range(0, 512, 4)
        for y in range(0, 512, 4)
        if pixels[x, y] != corner and (x - 256) ** 2 + (y - 256) ** 2 > (512 * 0.4) ** 2
    ]
    assert apart == []
    assert any(pixels[x, 256] != corner for x in range(512))


@pytest.mark.parametrize("operator", keys())
def test_the_offline_page_speaks_every_language_and_knows_the_short_codes(operator: str) -> None:
    served = profile(operator)
    page = pwa.offline_page(served)
    for language in served.languages:
        assert f'<section lang="{language}"' in page
    assert "__" not in page
    assert page.count(" hidden>") == len(served.languages) - 1
    if code := served.channels.ussd_code("balance"):
        assert code in page


def test_the_bundle_is_finished(served: Shown) -> None:
    manifest = json.loads((served.static / "manifest.webmanifest").read_text("utf-8"))
    for entry in (*manifest["icons"], *manifest["shortcuts"]):
        source = entry.get("src")
        assert source is None or (served.static / source.lstrip("/")).is_file()
    worker = (served.static / "sw.js").read_text("utf-8")
    kept = json.loads(worker.split("const PRECACHE = ")[1].split(";\n")[0])
    assert set(kept) >= {"/offline.html", "/offline.js"}
    assert all((served.static / url.lstrip("/")).is_file() for url in kept)
    assert not any(url.endswith(("/", "index.html")) for url in kept)
    scripts = {f"/assets/{path.name}" for path in (served.static / "assets").glob("*.js")}
    assert scripts <= set(kept)


def test_one_bundle_for_every_address(served: Shown) -> None:
    (env,) = (served.static / "assets").glob("reflex-env-*.js")
    text = env.read_text("utf-8")
    assert "localhost" not in text
    assert "location.origin" in text


def test_no_library_of_ready_made_looks_is_in_the_bundle(served: Shown) -> None:
    for name in ("@radix-ui", "sonner", "lucide"):
        assert name not in (Path(__file__).parents[2] / "reflex.lock" / "package.json").read_text("utf-8")
        for path in (served.static / "assets").glob("*.js"):
            assert name not in path.read_text("utf-8"), path.name


def controlled(page: Page, path: str = "/home") -> None:
    """Opens a page and waits until the service worker has taken it."""
    opened(page, path)
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")


def test_without_the_internet_the_offline_page_comes_and_goes_by_itself(page: Page, complaints: Complaints) -> None:
    complaints.expect("Failed to load resource|net::|WebSocket|Disconnect")
    controlled(page)
    page.context.add_cookies([{"name": "lang", "value": "be", "url": page.url}])
    page.context.set_offline(True)
    page.goto("/form")
    expect(page.get_by_role("heading", name="Няма інтэрнэту")).to_be_visible()
    expect(page.get_by_role("link", name="*100#")).to_have_attribute("href", "tel:*100%23")
    assert page.url.endswith("/form")
    page.context.set_offline(False)
    expect(page.get_by_role("heading", name="Змена нумара", level=1)).to_be_visible()


@pytest.mark.security("S-13")
def test_no_cache_holds_a_page_or_an_answer(page: Page) -> None:
    controlled(page)
    page.goto("/form")
    kept = page.evaluate(
        """async () => {
            const urls = [];
            for (const name of await caches.keys())
                for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname);
            return urls;
        }"""
    )
    assert len(kept) > 10
    assert [url for url in kept if not url.startswith(("/assets/", "/icons/", "/offline."))] == []


def test_a_second_visit_loads_no_program_again(page: Page) -> None:
    controlled(page)
    fetched: list[str] = []
    page.on("response", lambda answer: None if answer.from_service_worker else fetched.append(answer.url))
    opened(page, "/home")
    assert [url for url in fetched if "/assets/" in url] == []


def test_a_new_version_is_offered_and_taken_when_asked(chromium: Browser, served: Shown) -> None:
    context = chromium.new_context(base_url=served.url, viewport={"width": 360, "height": 740}, locale="ru-RU")
    page = context.new_page()
    controlled(page)
    worker = served.static / "sw.js"
    packed = [path for ending in (".br", ".gz") if (path := Path(f"{worker}{ending}")).is_file()]
    kept = {path: path.read_bytes() for path in (worker, *packed)}
    try:
        worker.write_text(worker.read_text("utf-8") + "\n// the next version\n", "utf-8")
        for path in packed:
            path.unlink()
        page.evaluate("void navigator.serviceWorker.getRegistration().then((found) => found.update())")
        notice = page.locator("#apply-update")
        expect(notice).to_be_visible()
        with page.expect_navigation():
            notice.click()
        expect(page.locator("main h1")).to_be_visible()
        expect(notice).to_have_count(0)
    finally:
        for path, content in kept.items():
            path.write_bytes(content)
        context.close()
