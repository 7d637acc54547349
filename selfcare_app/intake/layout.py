"""The documented layout of an operator's export: its tables, their columns and what may stand in each."""

from selfcare_app.catalogue.price_list import WHOLE_DAY
from selfcare_app.intake.kinds import (
    Amount,
    Charge,
    Count,
    Day,
    Digits,
    Identity,
    Moment,
    OwnNumber,
    Peer,
    Stamp,
    Text,
    Word,
    flag,
)
from selfcare_app.intake.kinds_prices import ANY, Mask, Step, TimeOfDay, Weekdays
from selfcare_app.intake.layout_money import CHANNELS, GIFTS, INSTALMENTS, PAYMENTS, VOUCHERS
from selfcare_app.intake.table import KEY as _KEY
from selfcare_app.intake.table import Column, Table
from selfcare_app.intake.table import word as _word
from selfcare_app.usage import codes
from selfcare_app.usage.codes import NOT_CHARGED

_CODE = Text(64)
_LONGEST_USE_SECONDS = 366 * 86_400
PAYMENT_FORMS = ("cash", "cashless", "card", "direct_debit")
DELIVERIES = ("self", "email", "in_hand", "cabinet")
_PLAN_CLASSES = ("voice", "internet", "video_surveillance", "satellite_monitoring")
SERVICE_CATEGORIES = (
    "calls", "messages", "mobile_internet", "roaming", "entertainment", "safety", "information", "other",
)  # fmt: skip
_WORDS_OF_ACCESS = ("open", "closed_by_subscriber", "closed_by_organisation", "closed_by_operator")


CLIENTS = Table(
    "clients",
    (
        Column("client_id", _KEY, True),
        Column("kind", _word("person", "organisation"), True),
        Column("name", Text(), True),
        Column("tax_id", Text(32)),
        Column("document", Text(64)),
        Column("email", Text()),
        Column("contract_number", Text(64)),
        Column("contract_on", Day()),
    ),
)
ACCOUNTS = Table(
    "accounts",
    (
        Column("account_id", _KEY, True),
        Column("client_id", _KEY, True),
        Column("number", Text(32), True),
        Column("opened_on", Day(), True),
        Column("settlement", _word("prepaid", "postpaid"), True),
        Column("currency", Text(3)),
        Column("payment_form", _word(*PAYMENT_FORMS, otherwise=PAYMENT_FORMS[0])),
        Column("credit_limit", Amount()),
        Column("bill_delivery", _word(*DELIVERIES, otherwise=DELIVERIES[0])),
        Column("balance", Amount(signed=True, nothing=True)),
        Column("balance_as_of", Moment()),
    ),
)
TARIFF_PLANS = Table(
    "tariff_plans",
    (
        Column("code", _CODE, True),
        Column("name", Text(), True),
        Column("settlement", _word("prepaid", "postpaid", otherwise="prepaid")),
        Column("plan_class", _word(*_PLAN_CLASSES, otherwise=_PLAN_CLASSES[0])),
        Column("fee", Amount(), True),
        Column("package_seconds", Count("time")),
        Column("package_messages", Count()),
        Column("package_bytes", Count("data")),
        Column("package_money", Amount()),
        Column("benefits", Text(1000)),
        Column("description", Text(2000)),
        Column("link", Text(300)),
        Column("fee_period", _word("month", "day", otherwise="month")),
        Column("switch_fee", Amount()),
        Column("open_for_change", flag(True)),
        Column("valid_from", Moment(), True),
        Column("valid_until", Moment()),
    ),
)
SERVICES = Table(
    "services",
    (
        Column("code", _CODE, True),
        Column("name", Text(), True),
        Column("description", Text(2000)),
        Column("category", _word(*SERVICE_CATEGORIES, otherwise="other")),
        Column("fee", Amount()),
        Column("fee_period", _word("month", "day", otherwise="month")),
        Column("connect_fee", Amount()),
        Column("package_seconds", Count("time")),
        Column("package_messages", Count()),
        Column("package_bytes", Count("data")),
        Column("package_money", Amount()),
        Column("plans", Text(2000)),
        Column("open_for_change", flag(True)),
        Column("valid_from", Moment(), True),
        Column("valid_until", Moment()),
    ),
)
_DIRECTIONS = {way.name.lower(): int(way) for way in codes.Direction}
_ZONES = {zone.name.lower(): int(zone) for zone in codes.Zone}
PLAN_PACKAGES = Table(
    "plan_packages",
    (
        Column("plan", _CODE, True),
        Column("code", Text(32), True),
        Column("name", Text(), True),
        Column("position", Count(most=1_000)),
        Column("unit", _word("seconds", "messages", "bytes"), True),
        Column("amount", Count(), True),
        Column("valid_from", Moment(), True),
        Column("valid_until", Moment()),
    ),
)
_AT_HOME = (codes.Zone.NONE, codes.Zone.ON_NET, codes.Zone.OFF_NET_MOBILE, codes.Zone.FIXED)
SERVICE_PACKAGES = Table(
    "service_packages",
    (
        Column("service", _CODE, True),
        Column("code", Text(32), True),
        Column("name", Text(), True),
        Column("position", Count(most=1_000)),
        Column("unit", _word("seconds", "messages", "bytes", "minor"), True),
        Column("amount", Count(), True),
        Column("kinds", Mask({kind.name.lower(): int(kind) for kind in codes.Kind}, 0)),
        Column("direction", Word(_DIRECTIONS | {"any": ANY}, int(codes.Direction.OUTGOING))),
        Column("zones", Mask(_ZONES, sum(1 << zone for zone in _AT_HOME))),
        Column("days", Count(most=3_660)),
        Column("prorated", flag(True)),
        Column("valid_from", Moment(), True),
        Column("valid_until", Moment()),
    ),
)
PRICES = Table(
    "prices",
    (
        Column("plan", _CODE, True),
        Column("code", _CODE, True),
        Column("name", Text()),
        Column("position", Count(most=10_000), True),
        Column("kind", Word({kind.name.lower(): int(kind) for kind in codes.Kind}), True),
        Column("direction", Word(_DIRECTIONS | {"any": ANY}, ANY)),
        Column("zone", Word(_ZONES | {"any": ANY}, ANY)),
        Column("forwarded", flag(False)),
        Column("weekdays", Weekdays()),
        Column("from", TimeOfDay()),
        Column("until", TimeOfDay(WHOLE_DAY[1])),
        Column("step", Step(), True),
        Column("price", Charge(), True),
        Column("packages", Text()),
        Column("valid_from", Moment(), True),
        Column("valid_until", Moment()),
    ),
)
LINES = Table(
    "lines",
    (
        Column("line_id", _KEY, True),
        Column("account_id", _KEY, True),
        Column("msisdn", OwnNumber()),
        Column("number_since", Moment()),
        Column("kind", _word("phone", "tablet", "modem", "machine", otherwise="phone")),
        Column("audience", _word("mobile", "home_office", otherwise="mobile")),
        Column("state", _word("active", "paused", "blocked", "closed", otherwise="active")),
        Column("access", _word(*_WORDS_OF_ACCESS, otherwise="open")),
        Column("tariff_plan", _CODE, True),
        Column("plan_as_of", Moment()),
        Column("user_name", Text()),
        Column("alias", Text(64)),
        Column("language", _word("ru", "uk", "be", "en", otherwise="")),
        Column("ip_address", Text(45)),
        Column("closed_user_group", flag(False)),
        Column("puk1_registration", flag(False)),
        Column("activated_on", Day(), True),
        Column("fee_discount_percent", Count(most=100)),
        Column("fee_discount_until", Day()),
        Column("sim_changed_at", Moment()),
        Column("password", Text(72)),
    ),
)
SIMS = Table(
    "sims",
    (
        Column("iccid", Digits(18, 22), True),
        Column("line_id", _KEY, True),
        Column("pin1", Digits(4, 8), True),
        Column("puk1", Digits(8, 8), True),
        Column("pin2", Digits(4, 8), True),
        Column("puk2", Digits(8, 8), True),
        Column("issued_at", Moment(), True),
        Column("retired_at", Moment()),
    ),
)
LINE_SERVICES = Table(
    "line_services",
    (
        Column("connection_id", _KEY, True),
        Column("line_id", _KEY, True),
        Column("service", _CODE, True),
        Column("connected_at", Moment(), True),
        Column("disconnected_at", Moment()),
        Column("used_at", Moment()),
    ),
)
ALLOWANCES = Table(
    "allowances",
    (
        Column("line_id", _KEY, True),
        Column("code", _CODE, True),
        Column("name", Text(), True),
        Column("kind", _word("seconds", "messages", "bytes", "minor"), True),
        Column("total", Count(), True),
        Column("used", Count()),
        Column("promo", flag(False)),
        Column("period_from", Day(), True),
        Column("period_until", Day(), True),
        Column("as_of", Moment(), True),
    ),
)
NUMBERS = Table("numbers", (Column("msisdn", OwnNumber(own=True), True), Column("category", Text(32), True)))
USAGE = Table(
    "usage",
    (
        Column("record_id", Identity()),
        Column("line_id", _KEY),
        Column("msisdn", OwnNumber()),
        Column("started_at", Stamp(), True),
        Column("kind", Word({kind.name.lower(): int(kind) for kind in codes.Kind}), True),
        Column("direction", Word(_DIRECTIONS), True),
        Column("zone", Word(_ZONES, int(codes.Zone.NONE))),
        Column("peer", Peer()),
        Column("duration_seconds", Count("time", _LONGEST_USE_SECONDS)),
        Column("bytes_in", Count("data")),
        Column("bytes_out", Count("data")),
        Column("charge", Charge(empty=NOT_CHARGED)),
        Column("service", Text(64)),
        Column("domain", Text(253)),
    ),
    either=("line_id", "msisdn"),
)

TABLES = (
    CLIENTS,
    ACCOUNTS,
    TARIFF_PLANS,
    PLAN_PACKAGES,
    PRICES,
    SERVICES,
    SERVICE_PACKAGES,
    LINES,
    SIMS,
    LINE_SERVICES,
    ALLOWANCES,
    INSTALMENTS,
    GIFTS,
    NUMBERS,
    PAYMENTS,
    VOUCHERS,
    USAGE,
)
"""In the order in which they are loaded: what is referred to comes first."""
BY_NAME = {table.name: table for table in TABLES}

__all__ = ["BY_NAME", "CHANNELS", "TABLES", "Column", "Table"]
