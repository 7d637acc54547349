"""What the environment says: addresses, secrets and the mode. Nothing that differs by operator stands here."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from selfcare_app.kit.sealing import MASTER_KEY_BYTES

ROOT = Path(__file__).resolve().parent.parent
DEMO_DIRECTORY = ROOT / ".selfcare"
Network = IPv4Network | IPv6Network
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_CARD_GATEWAYS = {"bepaid": "https://gateway.bepaid.by"}
_CARD_URLS = {"bepaid": "https://checkout.bepaid.by", "liqpay": "https://www.liqpay.ua"}
_WEBMONEY_URL = "https://merchant.webmoney.com/lmi/payment_utf.asp"


class Misconfigured(Exception):
    """The environment does not allow a safe start; the message is the sentence to print."""


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes money for the operator: `shop` is what the operator is called there, `key_file` whose signature counts.

    With `test` money of a sandbox counts, and nothing else does.
    """

    kind: str
    url: str
    shop: str
    secret: str = field(repr=False)
    key_file: Path = Path()
    test: bool = False
    gateway: str = ""
    """Where kept cards are charged, if that is another address."""


@dataclass(frozen=True, slots=True)
class CashDesk:
    """A bank or terminal network that may ask for check and pay: by what secret, from where."""

    name: str
    secret: str = field(repr=False)
    networks: tuple[Network, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """One process's surroundings, read once at the start."""

    operator: str
    """Key of the profile; empty for the default one."""
    database_url: str
    redis_url: str
    public_url: str
    host: str
    port: int
    demo: bool
    secret_key: bytes
    older_keys: tuple[bytes, ...] = ()
    """Keys that still open and compare what was sealed and digested with them."""
    sms_gateway_url: str = ""
    gateway_token: str = ""
    trusted_proxy_hops: int = 0
    network_ranges: tuple[Network, ...] = ()
    """The operator's own network, whose addresses are known to belong to numbers."""
    smtp_url: str = ""
    mail_from: str = ""
    handset_file: Path = DEMO_DIRECTORY / "handset.db"
    journal_anchors: Path | None = None
    """Where the signed heads of the journal are appended: best on another volume than the database."""
    cards: Taker | None = None
    """The acquirer of bank cards; None where none is spoken with."""
    webmoney: Taker | None = None
    cash_desks: tuple[CashDesk, ...] = ()
    acquirer_folder: Path = DEMO_DIRECTORY / "acquirer"
    """What the simulated acquirer of the demonstration keeps: its keys."""
    acquirer_port: int = 8001

    @property
    def origin(self) -> str:
        """The exact origin that browsers send."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def secure(self) -> bool:
        """Whether the public address is https, so that cookies are `__Host-` and Secure."""
        return self.public_url.startswith("https://")

    @property
    def on_loopback(self) -> bool:
        """Whether the process listens on this machine alone."""
        return self.host in _LOOPBACK


def read(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from SELFCARE_* variables. Raises Misconfigured with a sentence."""
    env = os.environ if environment is None else environment
    demo = env.get("SELFCARE_DEMO", "") not in ("", "0", "false", "no")
    host = env.get("SELFCARE_HOST", "127.0.0.1")
    port = _port(env.get("SELFCARE_PORT", "8000"))
    key, *older = _keys(env.get("SELFCARE_SECRET_KEY_FILE", ""), demo=demo)
    anchors = env.get("SELFCARE_JOURNAL_ANCHORS_FILE", "")
    settings = Settings(
        operator=env.get("SELFCARE_OPERATOR", ""),
        database_url=env.get("SELFCARE_DATABASE_URL", f"sqlite:///{DEMO_DIRECTORY / 'selfcare.db'}"),
        redis_url=env.get("SELFCARE_REDIS_URL", ""),
        public_url=env.get("SELFCARE_PUBLIC_URL", f"http://127.0.0.1:{port}").rstrip("/"),
        host=host,
        port=port,
        demo=demo,
        secret_key=key,
        older_keys=tuple(older),
        sms_gateway_url=env.get("SELFCARE_SMS_GATEWAY_URL", ""),
        gateway_token=_text("SELFCARE_GATEWAY_TOKEN_FILE", env),
        handset_file=Path(env.get("SELFCARE_HANDSET_FILE", str(DEMO_DIRECTORY / "handset.db"))),
        trusted_proxy_hops=int(env.get("SELFCARE_TRUSTED_PROXY_HOPS", "0")),
        network_ranges=_ranges(env.get("SELFCARE_NETWORK_RANGES", "")),
        smtp_url=env.get("SELFCARE_SMTP_URL", ""),
        mail_from=env.get("SELFCARE_MAIL_FROM", ""),
        journal_anchors=Path(anchors) if anchors else None,
        cards=_taker(env, "CARD", _CARD_URLS.get(env.get("SELFCARE_CARD_ACQUIRER", ""), "")),
        webmoney=_taker(env, "WEBMONEY", _WEBMONEY_URL),
        cash_desks=_cash_desks(env.get("SELFCARE_CASH_DESKS_FILE", "")),
        acquirer_folder=Path(env.get("SELFCARE_ACQUIRER_FOLDER", str(DEMO_DIRECTORY / "acquirer"))),
        acquirer_port=_port(env.get("SELFCARE_ACQUIRER_PORT", str(port % 65535 + 1))),
    )
    _check(settings)
    return settings


def operator_named() -> str:
    """The operator that the environment names, or an empty text: for commands that need no other setting."""
    return os.environ.get("SELFCARE_OPERATOR", "")


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise Misconfigured(f"SELFCARE_PORT is a port number from 1 to 65535, not {text!r}.")
    return int(text)


def _ranges(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as wrong:
        raise Misconfigured(f"SELFCARE_NETWORK_RANGES is networks such as 10.0.0.0/8, with commas: {wrong}.") from wrong


def _keys(path: str, *, demo: bool) -> list[bytes]:
    """The keys of the file, a line each, the one in use first; a file of bytes that are no text is one key."""
    if not path:
        if not demo:
            raise Misconfigured("SELFCARE_SECRET_KEY_FILE names no file: outside demo mode a secret key is needed.")
        return [_demo_secret()]
    try:
        whole = Path(path).read_bytes().strip()
    except OSError as wrong:
        raise Misconfigured(f"SELFCARE_SECRET_KEY_FILE can't be read: {wrong.strerror}.") from wrong
    keys = [line.strip() for line in whole.splitlines() if line.strip()] if whole.isascii() else [whole]
    if not keys or min(map(len, keys)) < MASTER_KEY_BYTES:
        advice = "make one with `openssl rand -hex 32`"
        raise Misconfigured(f"The secret key has fewer than {MASTER_KEY_BYTES} bytes: {advice}.")
    if not demo and Path(path).resolve().is_relative_to(DEMO_DIRECTORY):
        raise Misconfigured(
            "The demonstration's secret key is for demo mode alone: make one with `openssl rand -hex 32`."
        )
    return keys


def _taker(env: Mapping[str, str], name: str, usual_url: str) -> Taker | None:
    """SELFCARE_CARD_ACQUIRER, _SHOP, _SECRET_FILE, _KEY_FILE, _URL, _GATEWAY_URL; _WEBMONEY_SHOP is the purse."""
    kind = env.get(f"SELFCARE_{name}_ACQUIRER", "") if name == "CARD" else name.lower()
    shop = env.get(f"SELFCARE_{name}_SHOP", "")
    if not shop:
        return None
    if name == "CARD" and kind not in _CARD_URLS:
        raise Misconfigured(f"SELFCARE_CARD_ACQUIRER is one of {', '.join(_CARD_URLS)}.")
    url, file = env.get(f"SELFCARE_{name}_URL", usual_url), env.get(f"SELFCARE_{name}_KEY_FILE", "")
    # An acquirer at an address of its own charges cards there too, unless another is named.
    usual_gateway = _CARD_GATEWAYS.get(kind, "") if url == usual_url else url
    gateway = env.get(f"SELFCARE_{name}_GATEWAY_URL", usual_gateway)
    for place in (urlsplit(url), urlsplit(gateway or url)):
        if place.scheme != "https" and not (place.scheme == "http" and _is_here(place.hostname)):
            raise Misconfigured(f"SELFCARE_{name}_URL names another machine: it begins with https://.")
    secret = _text(f"SELFCARE_{name}_SECRET_FILE", env)
    if not secret or (kind == "bepaid" and not Path(file).is_file()):
        raise Misconfigured(f"SELFCARE_{name}_SHOP needs SELFCARE_{name}_SECRET_FILE, for bepaid _KEY_FILE too.")
    return Taker(kind, url, shop, secret, Path(file), test=env.get(f"SELFCARE_{name}_TEST", "") == "1", gateway=gateway)


def _cash_desks(path: str) -> tuple[CashDesk, ...]:
    """A line each: name, secret, networks with commas."""
    lines = _text("SELFCARE_CASH_DESKS_FILE", {"SELFCARE_CASH_DESKS_FILE": path}).splitlines()
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    if not all(len(row) == 3 and len(row[1]) >= MASTER_KEY_BYTES for row in rows):
        raise Misconfigured("SELFCARE_CASH_DESKS_FILE has lines of name, secret of 32 characters or more, networks.")
    return tuple(CashDesk(name, secret, _ranges(networks)) for name, secret, networks in rows)


def _text(name: str, env: Mapping[str, str]) -> str:
    path = env.get(name, "")
    try:
        return Path(path).read_text("ascii").strip() if path else ""
    except (OSError, UnicodeDecodeError) as wrong:
        raise Misconfigured(f"{name} can't be read as plain text.") from wrong


def _demo_secret() -> bytes:
    file = DEMO_DIRECTORY / "secret.key"
    if not file.exists():
        DEMO_DIRECTORY.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(secrets.token_hex(MASTER_KEY_BYTES).encode())
    return file.read_bytes()


def _check(settings: Settings) -> None:
    parts = urlsplit(settings.public_url)
    if "*" in settings.public_url or parts.scheme not in ("http", "https") or not parts.netloc:
        raise Misconfigured("SELFCARE_PUBLIC_URL is one exact address such as https://my.example.by, never `*`.")
    if settings.demo and settings.sms_gateway_url:
        raise Misconfigured("Demo mode has a simulated handset: unset SELFCARE_SMS_GATEWAY_URL or SELFCARE_DEMO.")
    if settings.network_ranges and not settings.trusted_proxy_hops:
        raise Misconfigured("SELFCARE_NETWORK_RANGES counts only behind proxies: set SELFCARE_TRUSTED_PROXY_HOPS.")
    _check_mail(settings)
    if not settings.demo and any(taker is not None and taker.test for taker in (settings.cards, settings.webmoney)):
        raise Misconfigured("A sandbox's money is none: outside demo mode no SELFCARE_…_TEST is set.")
    if settings.demo and not settings.on_loopback:
        raise Misconfigured("Demo mode listens on loopback only: unset SELFCARE_HOST or SELFCARE_DEMO.")
    if not settings.demo and not settings.secure and parts.hostname not in _LOOPBACK:
        raise Misconfigured("Outside demo mode SELFCARE_PUBLIC_URL begins with https://.")
    if not settings.demo:
        _check_encryption(settings)


def _check_mail(settings: Settings) -> None:
    mailing = urlsplit(settings.smtp_url)
    if settings.smtp_url and (mailing.scheme not in ("smtp", "smtps") or not mailing.hostname):
        raise Misconfigured("SELFCARE_SMTP_URL is an address such as smtps://user:password@mail.example.by:465.")
    if settings.smtp_url and "@" not in settings.mail_from:
        raise Misconfigured("SELFCARE_MAIL_FROM is the address that letters come from.")


def _check_encryption(settings: Settings) -> None:
    """What leaves this machine is encrypted, and who answers is checked (ASVS 12.2.1, 12.3.1, 1.5.2)."""
    database = urlsplit(settings.database_url)
    if not database.scheme.startswith("sqlite"):
        said = parse_qs(database.query)
        hosts = ",".join((*said.get("host", ()), database.hostname or "")).split(",")
        if not all(map(_is_here, hosts)) and said.get("sslmode") != ["verify-full"]:
            raise Misconfigured("SELFCARE_DATABASE_URL names another machine: it needs ?sslmode=verify-full.")
    memory = urlsplit(settings.redis_url)
    if not _is_here(memory.hostname or "") and not (memory.scheme == "rediss" and memory.username and memory.password):
        raise Misconfigured("SELFCARE_REDIS_URL names another machine: it is rediss:// with a user and a password.")
    if "ssl_cert_reqs" in parse_qs(memory.query) or "ssl_check_hostname" in parse_qs(memory.query):
        raise Misconfigured("SELFCARE_REDIS_URL leaves the certificate's check as it is: take ssl_… out.")
    gateway = urlsplit(settings.sms_gateway_url)
    if not _is_here(gateway.hostname or "") and gateway.scheme != "https":
        raise Misconfigured("SELFCARE_SMS_GATEWAY_URL names another machine: it begins with https://.")


def _is_here(host: str | None) -> bool:
    """Whether a host is this machine: loopback, or a socket in the file system."""
    return host in _LOOPBACK or not host or host.startswith("/")
