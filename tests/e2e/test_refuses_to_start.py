"""Outside demo mode an unsafe environment is one sentence and no server: the real commands, as a person runs them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.served import ROOT


@pytest.mark.requirement("AS-036")
@pytest.mark.security("asvs_12_2_1")
@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({}, "SELFCARE_SECRET_KEY_FILE"),
        ({"SELFCARE_SECRET_KEY_FILE": "/nowhere/secret.key"}, "SELFCARE_SECRET_KEY_FILE"),
        ({"SELFCARE_SECRET_KEY_FILE": "{key}", "SELFCARE_PUBLIC_URL": "*"}, "SELFCARE_PUBLIC_URL"),
        ({"SELFCARE_SECRET_KEY_FILE": "{key}", "SELFCARE_PUBLIC_URL": "https://*.example.by"}, "SELFCARE_PUBLIC_URL"),
        ({"SELFCARE_SECRET_KEY_FILE": "{key}", "SELFCARE_PUBLIC_URL": "http://my.example.by"}, "https://"),
    ],
    ids=["no secret", "secret not there", "any origin", "wildcard origin", "no encryption"],
)
def test_an_unsafe_environment_refuses_to_start_with_a_sentence(
    command: str, wrong: dict[str, str], said: str, tmp_path: Path
) -> None:
    key = tmp_path / "secret.key"
    key.write_bytes(b"0" * 64)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("SELFCARE_")}
    unsafe = {name: value.format(key=key) for name, value in wrong.items()}
    database = {"SELFCARE_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}"}
    ended = subprocess.run(
        [sys.executable, "-m", "selfcare_app", command],
        cwd=ROOT,
        env=plain | database | unsafe,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("selfcare: ")
    assert said in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
