"""The built front end of an operator: made once, used again until something that it is made of changes.

Bundles stand side by side in `.web-bundles/<operator>/<fingerprint>/`, so that several operators can be served at
the same time from one tree. Each has the layout of Reflex's own `.web` as far as serving needs it: `build/client` with
the static files and `backend` with what the server knows about the pages. `environment()` says how a process is told to
serve one: Reflex reads `REFLEX_WEB_WORKDIR` for the place, and with `REFLEX_SKIP_COMPILE` it makes nothing at start.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from selfcare_app.settings import ROOT

BUNDLES = ROOT / ".web-bundles"
STATIC = Path("build") / "client"
KEPT = 2
"""A server that still runs on the bundle before is not robbed of it."""

_NOT_SHOWN = frozenset({"adapters", "demo", "endpoints", "intake", "manage", "worker"})
_SUFFIXES = frozenset({".py", ".toml", ".js", ".jsx", ".css", ".svg", ".html", ".png"})


class BuildFailed(Exception):
    """The front end could not be built; the text is the end of the builder's own words."""


def ensure(operator: str) -> Path:
    """The static folder of the operator's current bundle; builds it if it is not there. Raises BuildFailed."""
    home = folder(operator)
    if not home.is_dir():
        with one_at_a_time():
            if not home.is_dir():
                build(ROOT, operator, home)
                _forget_old(home)
    return home / STATIC


def folder(operator: str) -> Path:
    """Where the bundle of the sources as they are now stands, built or not."""
    return BUNDLES / operator / fingerprint(operator)


def environment(operator: str) -> dict[str, str]:
    """What a process that serves the operator's current bundle needs in its environment."""
    return serving(folder(operator), operator)


def serving(home: Path, operator: str) -> dict[str, str]:
    """The same for a bundle anywhere."""
    return {
        "SELFCARE_OPERATOR": operator,
        "REFLEX_ENV_MODE": "prod",
        "REFLEX_WEB_WORKDIR": str(home),
        "REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_SKIP_COMPILE": "true",
        "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
    }


def fingerprint(operator: str) -> str:
    """Of everything that the bundle is made of."""
    digest = hashlib.sha256(f"{operator} {version('reflex')}".encode())
    for path in _sources(operator):
        digest.update(path.relative_to(ROOT).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def build(project: Path, operator: str, home: Path) -> None:
    """Builds the Reflex project for an operator and puts the bundle into `home`. Raises BuildFailed."""
    web = ROOT / ".web"
    scripts = Path(sys.executable).parent
    env = os.environ | {
        "SELFCARE_OPERATOR": operator,
        "REFLEX_WEB_WORKDIR": str(web),
        "PYTHONPATH": str(ROOT),
        "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    command = [sys.executable, "-m", "reflex", "export", "--frontend-only", "--no-zip", "--env", "prod"]
    done = subprocess.run(  # noqa: S603 - our own command
        command, cwd=project, env=_without_serving(env), capture_output=True, text=True, check=False
    )
    if done.returncode != 0 or not (web / STATIC / "manifest.webmanifest").is_file():
        raise BuildFailed("\n".join((done.stdout + done.stderr).strip().splitlines()[-40:]))
    home.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=home.parent, prefix=".fresh-"))
    shutil.copytree(web / STATIC, fresh / STATIC)
    shutil.copytree(web / "backend", fresh / "backend")
    fresh.chmod(0o755)
    fresh.rename(home)


def _without_serving(env: Mapping[str, str]) -> dict[str, str]:
    """A builder that inherits how to serve would compile nothing."""
    serving = ("REFLEX_SKIP_COMPILE", "__REFLEX_SKIP_COMPILE", "__REFLEX_MOUNT_FRONTEND_COMPILED_APP")
    return {name: value for name, value in env.items() if name not in serving}


def _sources(operator: str) -> Iterator[Path]:
    package = ROOT / "selfcare_app"
    yield ROOT / "rxconfig.py"
    for place in (package, ROOT / "assets", ROOT / "reflex.lock"):
        for path in sorted(place.rglob("*")):
            if path.is_file() and _matters(path.relative_to(place).parts, path, operator):
                yield path


def _matters(parts: tuple[str, ...], path: Path, operator: str) -> bool:
    if "__pycache__" in parts or parts[0] in _NOT_SHOWN or parts[0] == "external":
        return False
    if "profiles" in parts and path.suffix == ".toml":
        return path.stem == operator
    return path.suffix in _SUFFIXES or path.parent.name == "reflex.lock"


def _forget_old(home: Path) -> None:
    others = [path for path in home.parent.iterdir() if path.is_dir() and path != home]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two builds in one tree would write over each other."""
    BUNDLES.mkdir(exist_ok=True)
    with (BUNDLES / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
