"""Limits and parts as they are written down: the table is the code, every package has one version and its seal."""

import json
import re
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import pytest

from selfcare_app.operators import profile as profile_of

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<what>[^|]+) \| (?P<much>\d+) \| `(?P<where>[\w.]+)` \| (?P<whom>\w+) \|$", re.M)
SCOPES = {"request", "socket", "event", "session", "person", "address", "all"}


def rows() -> list[dict[str, str]]:
    return [found.groupdict() for found in ROW.finditer((ROOT / "docs/limits.md").read_text("utf-8"))]


def valued(where: str) -> Any:
    """What a place of the table holds: a value of the profile or a constant of a module."""
    if where.startswith("profile."):
        value: Any = profile_of("issa")
        for name in where.split(".")[1:]:
            value = getattr(value, name)
        return value
    module, _, name = where.rpartition(".")
    return getattr(import_module(f"selfcare_app.{module}"), name)


@pytest.mark.security("asvs_2_1_1", "asvs_2_1_3")
def test_every_limit_that_is_written_down_is_the_one_that_holds() -> None:
    told = rows()
    assert len(told) >= 25
    assert [(row["where"], row["much"]) for row in told if valued(row["where"]) != int(row["much"])] == []
    assert {row["whom"] for row in told} == SCOPES, "limits for one and for all"


@pytest.mark.security("asvs_2_1_1")
def test_every_limit_of_the_guard_the_gate_and_the_pool_is_written_down() -> None:
    written = {row["where"] for row in rows()}
    for module in ("endpoints.guard", "endpoints.sockets", "endpoints.posted", "ui.gate.payload"):
        source = (ROOT / "selfcare_app" / f"{module.replace('.', '/')}.py").read_text("utf-8")
        limits = re.findall(
            r"^(?!NOT)([A-Z]+_(?:BYTES|TEXT|FIELDS|ITEMS|CHARACTERS)|PER_\w+|BURST|FIELDS) = ", source, re.M
        )
        assert {f"{module}.{name}" for name in limits} - written == set()
    number_change = profile_of("issa").number_change
    assert number_change is not None
    counted = {
        name for name in type(number_change).model_fields if re.search("holds_per|searches_per|changes_per", name)
    }
    assert {f"profile.number_change.{name}" for name in counted} - written == set()


@pytest.mark.security("asvs_2_1_2", "asvs_15_1_3")
def test_what_must_fit_together_and_what_is_costly_is_written_down() -> None:
    text = (ROOT / "docs/limits.md").read_text("utf-8")
    for words in ("What must fit together", "the two passwords are the same", "Costly work", "a file of call detail"):
        assert words in text


# --- parts


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.partition("[")[0]).lower()


def pins(name: str) -> dict[str, str]:
    """Package -> version; AssertionError for a line that is not one exact version."""
    lines = [line.split(" #")[0].strip() for line in (ROOT / name).read_text("utf-8").splitlines()]
    exact = [re.fullmatch(r"([\w.\-\[\],]+)==([\w.+!]+)", line) for line in lines if line and not line.startswith("#")]
    assert all(exact), [line for line, found in zip(lines, exact, strict=False) if not found]
    return {plain(found[1]): found[2] for found in exact if found}


@pytest.mark.security("asvs_15_1_2", "asvs_15_2_4")
def test_every_package_is_at_one_version_and_no_other_is_needed() -> None:
    """The list of parts is constraints.txt: what runs here is on it, at its version, with everything it pulls in."""
    listed = pins("constraints.txt")
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert {package: version for package, version in pins(name).items() if listed.get(package) != version} == {}
    installed = {plain(each.name): each.version for each in metadata.distributions()}
    assert {name: installed.get(name) for name in listed if installed.get(name) != listed[name]} == {}
    needed = {*pins("requirements.txt")}
    queue = list(needed)
    while queue:
        for required in metadata.requires(queue.pop()) or ():
            name = plain(re.match(r"[\w.\-]+", required)[0])  # type: ignore[index]
            if "extra ==" not in required and name in installed and name not in needed:
                needed.add(name)
                queue.append(name)
    assert needed - listed.keys() == set(), "a package comes along that is not on the list"


@pytest.mark.security("asvs_15_2_4", "asvs_15_1_2")
def test_every_part_of_the_front_end_has_its_seal() -> None:
    text = (ROOT / "reflex.lock/bun.lock").read_text("utf-8")
    packages = json.loads(re.sub(r",(\s*[}\]])", r"\1", text))["packages"]
    assert len(packages) > 100
    assert [name for name, entry in packages.items() if not str(entry[-1]).startswith("sha512-")] == []
    # Where it came from is the installer's matter: a part is what its seal says, from wherever it is taken.
    assert [name for name, entry in packages.items() if entry[1]] == []
    assert "://" not in "".join((ROOT / name).read_text("utf-8") for name in ("requirements.txt", "constraints.txt"))


@pytest.mark.security("asvs_15_2_1")
def test_no_part_is_older_than_the_hole_that_was_mended_in_it() -> None:
    """Versions below these are known to let somebody in, or to tell what they should not."""
    mended = {
        "reflex": (0, 10, 1),
        "bcrypt": (5, 0, 0),
        "cryptography": (44, 0, 1),
        "starlette": (0, 49, 1),
        "h11": (0, 16, 0),
    }
    for name, least in mended.items():
        assert tuple(map(int, re.findall(r"\d+", metadata.version(name))[:3])) >= least, name
