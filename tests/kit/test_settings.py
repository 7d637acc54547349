"""The environment is read once; a start that would not be safe is refused with a sentence."""

from pathlib import Path

import pytest

from selfcare_app.settings import Misconfigured, read

SAFE = {"SELFCARE_PUBLIC_URL": "https://my.example.by"}


@pytest.fixture
def key(tmp_path: Path) -> str:
    file = tmp_path / "key"
    file.write_text("0" * 64)
    return str(file)


def test_a_safe_environment_starts(key: str) -> None:
    settings = read({**SAFE, "SELFCARE_SECRET_KEY_FILE": key, "SELFCARE_OPERATOR": "ihelper"})
    assert (settings.origin, settings.secure, settings.demo) == ("https://my.example.by", True, False)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"SELFCARE_SECRET_KEY_FILE": ""}, "SELFCARE_SECRET_KEY_FILE names no file"),
        ({"SELFCARE_SECRET_KEY_FILE": "/nowhere/at/all"}, "can't be read"),
        ({"SELFCARE_PUBLIC_URL": "*"}, "never `*`"),
        ({"SELFCARE_PUBLIC_URL": "https://*.example.by"}, "never `*`"),
        ({"SELFCARE_PUBLIC_URL": "my.example.by"}, "one exact address"),
        ({"SELFCARE_PUBLIC_URL": "http://my.example.by"}, "begins with https"),
        ({"SELFCARE_PORT": "0"}, "port number"),
        ({"SELFCARE_PORT": "eighty"}, "port number"),
        ({"SELFCARE_DEMO": "1", "SELFCARE_SMS_GATEWAY_URL": "http://127.0.0.1:13013/"}, "simulated handset"),
        ({"SELFCARE_DEMO": "1", "SELFCARE_HOST": "0.0.0.0"}, "loopback only"),
    ],
)
def test_an_unsafe_environment_is_refused_with_a_sentence(key: str, change: dict[str, str], sentence: str) -> None:
    with pytest.raises(Misconfigured, match=sentence.replace("*", r"\*").replace("`", ".")):
        read({**SAFE, "SELFCARE_SECRET_KEY_FILE": key, **change})


def test_a_short_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("too short")
    with pytest.raises(Misconfigured, match="fewer than 32 bytes"):
        read({**SAFE, "SELFCARE_SECRET_KEY_FILE": str(file)})


def test_a_command_in_a_wrong_environment_says_one_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from selfcare_app.manage import main

    monkeypatch.delenv("SELFCARE_DEMO", raising=False)
    monkeypatch.delenv("SELFCARE_SECRET_KEY_FILE", raising=False)
    assert main(["migrate"]) == 2
    assert capsys.readouterr().err.startswith("selfcare: SELFCARE_SECRET_KEY_FILE")
