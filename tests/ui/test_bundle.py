"""How a bundle is made: of what, for whom, and what is refused."""

import gzip
from pathlib import Path

import pytest

from selfcare_app.ui import bundle
from selfcare_app.ui.plugins.finish import paint_early, relocate
from selfcare_app.ui.plugins.lean import LeanPlugin, StyledPage, with_lean, without_namespaces
from tests.ui.conftest import Shown


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with a file of each kind."""
    for name in (
        "rxconfig.py",
        "assets/styles/app.css",
        "reflex.lock/bun.lock",
        "selfcare_app/ui/page.py",
        "selfcare_app/worker/jobs.py",
        "selfcare_app/operators/profiles/one.toml",
        "selfcare_app/operators/profiles/two.toml",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ("selfcare_app/ui/page.py", True),
        ("rxconfig.py", True),
        ("assets/styles/app.css", True),
        ("reflex.lock/bun.lock", True),
        ("selfcare_app/operators/profiles/one.toml", True),
        ("selfcare_app/operators/profiles/two.toml", False),
        ("selfcare_app/worker/jobs.py", False),
    ],
)
def test_a_bundle_is_stale_when_something_it_is_made_of_changes(sources: Path, changed: str, counts: bool) -> None:
    before = bundle.fingerprint("one")
    assert bundle.fingerprint("one") == before
    assert bundle.fingerprint("two") != before
    (sources / changed).write_text("changed")
    assert (bundle.fingerprint("one") != before) is counts


def test_a_bundle_that_is_there_is_not_built_again(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[Path] = []

    def fake(_project: Path, _operator: str, home: Path) -> None:
        built.append(home)
        (home / bundle.STATIC).mkdir(parents=True)

    monkeypatch.setattr(bundle, "BUNDLES", sources / ".web-bundles")
    monkeypatch.setattr(bundle, "build", fake)
    first = bundle.ensure("one")
    assert bundle.ensure("one") == first
    assert len(built) == 1
    for text in "abc":
        (sources / "rxconfig.py").write_text(text)
        bundle.ensure("one")
    kept = [path for path in (sources / ".web-bundles" / "one").iterdir() if path.is_dir()]
    assert len(kept) == bundle.KEPT
    assert bundle.folder("one") in kept


def test_a_server_is_told_where_its_bundle_is(tmp_path: Path) -> None:
    env = bundle.serving(tmp_path, "one")
    assert env["REFLEX_WEB_WORKDIR"] == str(tmp_path)
    assert env["SELFCARE_OPERATOR"] == "one"
    assert env["__REFLEX_SKIP_COMPILE"] == "true"


def test_addresses_follow_the_page(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    env = tmp_path / "assets" / "reflex-env-abc.js"
    env.write_text("var e={PING:`http://localhost:8000/ping`,EVENT:`ws://localhost:8000/_event`}")
    relocate(tmp_path)
    text = env.read_text()
    assert "location.origin.replace(/^http/,`http`)+`/ping`" in text
    assert "location.origin.replace(/^http/,`ws`)+`/_event`" in text


def test_the_stylesheet_is_in_the_page(tmp_path: Path) -> None:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "look.css").write_text("body{color:red}")
    page = tmp_path / "index.html"
    page.write_text(
        '<head><link as="style" href="/assets/look.css" rel="preload"/>'
        '<link href="/assets/look.css" rel="stylesheet" type="text/css"/></head>'
    )
    paint_early(tmp_path)
    assert page.read_text() == (
        '<head><style>body{color:red}</style><link media="print" href="/assets/look.css" rel="stylesheet" type="text/css"/></head>'
    )


def test_a_page_with_styles_of_its_own_is_refused(tmp_path: Path) -> None:
    static = tmp_path / "build" / "client"
    static.mkdir(parents=True)
    (tmp_path / "app").mkdir()
    page = tmp_path / "app" / "home.jsx"
    page.write_text('jsx("fieldset",{className:"flex",id:"a"},jsx("p",{},"css: a word"))')
    LeanPlugin().post_build(static_dir=static)
    page.write_text('jsx("fieldset",{css:({ ["tabIndex"] : -1 }),id:"a"},null)')
    with pytest.raises(StyledPage, match=r"app/home\.jsx: .*fieldset.*tabIndex"):
        LeanPlugin().post_build(static_dir=static)


def test_what_looks_unfamiliar_is_left_as_it_is() -> None:
    assert without_namespaces('import * as x from "react";\n') == 'import * as x from "react";\n'
    assert with_lean("export default {}") == "export default {}"
    once = with_lean("x = {\n  plugins: [\n    other(),\n  ]\n}")
    assert "lean()" in once
    assert with_lean(once) == once


def test_nothing_of_what_is_left_out_is_in_the_bundle(served: Shown) -> None:
    program = "".join(path.read_text("utf-8") for path in (served.static / "assets").glob("*.js"))
    for trace in ("__EMOTION", "stylis", "responseText", "WebTransport", "window.__reflex="):
        assert trace not in program, trace


@pytest.mark.security("S-13")
def test_the_bundle_knows_no_person_and_no_machine(served: Shown) -> None:
    everything = "".join(
        path.read_text("utf-8") for path in served.static.rglob("*") if path.suffix in (".js", ".html", ".css")
    )
    assert str(bundle.ROOT) not in everything
    assert "375291234567" not in everything


def test_compressed_files_say_the_same(served: Shown) -> None:
    packed = list(served.static.rglob("*.gz"))
    assert packed
    for path in packed:
        assert gzip.decompress(path.read_bytes()) == path.with_suffix("").read_bytes(), path.name
    assert all(path.with_suffix(".br").is_file() for path in packed)
