"""What a start refuses: connections that anybody could read, and secrets that anybody could know."""

import re
from pathlib import Path

import pytest

from selfcare_app.settings import Misconfigured, read

ROOT = Path(__file__).parents[2]
SAFE = {"SELFCARE_PUBLIC_URL": "https://my.example.by"}


@pytest.fixture
def key(tmp_path: Path) -> str:
    file = tmp_path / "key"
    file.write_text("0123456789abcdef" * 4)
    return str(file)


@pytest.mark.security("asvs_12_2_1", "asvs_12_3_1", "asvs_1_5_2")
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SELFCARE_DATABASE_URL", "postgresql://app:secret@db.example.by/selfcare"),
        ("SELFCARE_DATABASE_URL", "postgresql://app:secret@db.example.by/selfcare?sslmode=require"),
        ("SELFCARE_DATABASE_URL", "postgresql://app:secret@db.example.by/selfcare?sslmode=prefer"),
        ("SELFCARE_DATABASE_URL", "postgresql://app:secret@db.example.by/selfcare?sslmode=verify-full&sslmode=disable"),
        ("SELFCARE_DATABASE_URL", "postgresql://app@/selfcare?host=db.example.by"),
        ("SELFCARE_DATABASE_URL", "postgresql://app@127.0.0.1/selfcare?host=127.0.0.1,db.example.by"),
        ("SELFCARE_DATABASE_URL", "postgresql+psycopg://app@10.0.0.5/selfcare"),
        ("SELFCARE_REDIS_URL", "redis://app:secret@memory.example.by:6379/0"),
        ("SELFCARE_REDIS_URL", "rediss://memory.example.by:6380/0"),
        ("SELFCARE_REDIS_URL", "rediss://:secret@memory.example.by:6380/0"),
        ("SELFCARE_REDIS_URL", "rediss://app:secret@memory.example.by:6380/0?ssl_cert_reqs=none"),
        ("SELFCARE_SMS_GATEWAY_URL", "http://sms.example.by/cgi-bin/sendsms"),
    ],
)
def test_a_way_that_others_can_read_is_refused(key: str, variable: str, value: str) -> None:
    with pytest.raises(Misconfigured, match=variable) as refused:
        read({**SAFE, "SELFCARE_SECRET_KEY_FILE": key, variable: value})
    assert "secret" not in str(refused.value).replace("SECRET", "")


@pytest.mark.security("asvs_12_2_1", "asvs_12_3_1")
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("SELFCARE_DATABASE_URL", "postgresql://app:secret@db.example.by/selfcare?sslmode=verify-full"),
        ("SELFCARE_DATABASE_URL", "postgresql://app@127.0.0.1:5432/selfcare"),
        ("SELFCARE_DATABASE_URL", "postgresql://app@/selfcare?host=/run/postgresql"),
        ("SELFCARE_DATABASE_URL", "sqlite:////var/lib/selfcare/selfcare.db"),
        ("SELFCARE_REDIS_URL", "rediss://app:secret@memory.example.by:6380/0"),
        ("SELFCARE_REDIS_URL", "redis://127.0.0.1:6379/0"),
        ("SELFCARE_REDIS_URL", "unix:///run/redis/redis.sock"),
        ("SELFCARE_SMS_GATEWAY_URL", "https://sms.example.by/cgi-bin/sendsms"),
        ("SELFCARE_SMS_GATEWAY_URL", "http://127.0.0.1:13013/cgi-bin/sendsms"),
    ],
)
def test_an_encrypted_way_or_one_of_this_machine_is_taken(key: str, variable: str, value: str) -> None:
    assert read({**SAFE, "SELFCARE_SECRET_KEY_FILE": key, variable: value}).secure


@pytest.mark.security("asvs_13_3_1")
def test_the_demonstrations_key_is_for_the_demonstration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("selfcare_app.settings.DEMO_DIRECTORY", tmp_path)
    read({"SELFCARE_DEMO": "1"})
    made = tmp_path / "secret.key"
    assert made.stat().st_mode & 0o077 == 0
    (tmp_path / "link").symlink_to(made)
    for name in ("secret.key", "link"):
        with pytest.raises(Misconfigured, match="demo mode alone"):
            read({**SAFE, "SELFCARE_SECRET_KEY_FILE": str(tmp_path / name)})


# --- secrets in the repository

SECRETS = {
    "private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----",
    "cloud key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|glpat-[\w-]{20}|xox[abprs]-[\w-]{10,}|sk_live_\w{16,}|AIza[\w-]{35})",
    "signed token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "address with a password": r"\b(?:postgres(?:ql)?|rediss?|smtps?|amqp|https?)(?:\+\w+)?://[^\s/:@\"'`{}<>]*:(?P<said>[^\s/@\"'`{}<>]+)@",
    "named secret": r"(?i)\b(?:secret|password|passwd|token|api_?key)\b\s*[:=]\s*[\"'](?P<said>[A-Za-z0-9+/_=-]{20,})[\"']",
}
"""Shapes that secrets have."""

PLAIN_WORDS = r"(?i)secret|password|пароль|s3cret|[\w-]*(?:secret-of|known-to)[\w-]*"
"""What stands for a password in the text of an example."""


MADE = {".git", ".venv", ".web", ".web-bundles", ".selfcare", ".states", "screenshots", ".hypothesis"}
MADE_FOR = (".mypy", ".ruff", ".import_linter", ".pytest")
"""What tools make in the working copy; git does not know it."""


def secrets_in(text: str) -> list[str]:
    """What looks like a secret."""
    return [
        f"{kind}: {found.group()[:60]}"
        for kind, shape in SECRETS.items()
        for found in re.finditer(shape, text)
        if not re.fullmatch(PLAIN_WORDS, found.groupdict().get("said") or "")
    ]


@pytest.mark.security("asvs_13_3_1", "asvs_13_4_1")
def test_the_repository_has_no_secret_in_it() -> None:
    tops = [top for top in ROOT.iterdir() if top.name not in MADE and not top.name.startswith(MADE_FOR)]
    files = [
        file for top in tops for file in (top.rglob("*") if top.is_dir() else [top]) if "__pycache__" not in file.parts
    ]
    files = [file for file in files if file.is_file() and file.suffix not in (".png", ".lock", ".db")]
    assert len(files) > 500
    here = Path(__file__)
    found = [
        f"{file.relative_to(ROOT)}: {what}"
        for file in files
        if file != here
        for what in secrets_in(file.read_text("utf-8", "replace"))
    ]
    assert found == []
    assert [file.name for file in files if file.name.endswith((".key", ".pem", ".p12", ".env"))] == []


@pytest.mark.security("asvs_13_3_1")
@pytest.mark.parametrize(
    "planted",
    [
        "-----BEGIN RSA PRIVATE KEY-----",
        "AWS = 'AKIA" + "IOSFODNN7EXAMPL2'",
        "url = 'postgresql://app:hunter2hunter@db/x'",
        "API_KEY = 'q83hf0aZx92kLmN47vTr'",
        "ghp_" + "a" * 36,
    ],
)
def test_each_shape_of_a_secret_is_seen(planted: str) -> None:
    assert secrets_in(planted)
