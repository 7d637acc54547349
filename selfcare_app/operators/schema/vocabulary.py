"""The words that a profile may choose from where code has to know what each of them means."""

from enum import StrEnum


class Method(StrEnum):
    """A way to show who one is: at registration, recovery, unlocking or as a fresh proof."""

    SMS = "sms"
    USSD = "ussd"
    PUK1 = "puk1"
    VOICE = "voice"
    OWN_NETWORK = "own_network"
    RUNA = "runa"
    PAPER = "paper"
    EMAIL = "email"
    PASSWORD = "password"  # noqa: S105 - the name of a method, no secret
    PASSKEY = "passkey"
    DESK = "desk"


class Audience(StrEnum):
    """Whom an account is for: a mobile line, or internet for home and office."""

    MOBILE = "mobile"
    HOME_OFFICE = "home_office"


class Asked(StrEnum):
    """Whether a form asks for a value."""

    NO = "no"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Alphabet(StrEnum):
    """Which characters a password may be made of."""

    LETTERS_OR_DIGITS = "letters_or_digits"
    PRINTABLE = "printable"


class SecondFactor(StrEnum):
    """When a sign-in by password asks for a code as well."""

    NEVER = "never"
    UNKNOWN_DEVICE = "unknown_device"
    ALWAYS = "always"


class EnumerationMode(StrEnum):
    """How much an answer tells about numbers that are not known."""

    BUDGETED = "budgeted"
    STRICT = "strict"
    LEGACY = "legacy"


class SignInFailure(StrEnum):
    """Why a sign-in did not succeed, where the operator gives the reason a code."""

    NUMBER_NOT_REGISTERED = "number_not_registered"
    ACCESS_CLOSED = "access_closed"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of a reason, no secret
    ATTEMPTS_LEFT = "attempts_left"


class Scope(StrEnum):
    """How long a fresh proof counts: until the session's end, or for one act."""

    SESSION = "session"
    ONCE = "once"


class LineKind(StrEnum):
    """What kind of device a line is used in."""

    PHONE = "phone"
    TABLET = "tablet"
    MODEM = "modem"
    MACHINE = "machine"


class PlanClass(StrEnum):
    """What a tariff plan is for."""

    VOICE = "voice"
    INTERNET = "internet"
    VIDEO_SURVEILLANCE = "video_surveillance"
    SATELLITE_MONITORING = "satellite_monitoring"


class Direction(StrEnum):
    """Which way a call, a message or data went, seen from the subscriber."""

    OUTGOING = "outgoing"
    INCOMING = "incoming"


class UsageKind(StrEnum):
    """What was used."""

    CALL = "call"
    SMS = "sms"
    MMS = "mms"
    DATA = "data"


class CurrentUntil(StrEnum):
    """Up to when the current period is shown."""

    YESTERDAY = "yesterday"
    NOW = "now"


class Period(StrEnum):
    """How a person chooses a period: a whole month, or from one day to another."""

    MONTH = "month"
    RANGE = "range"


class FileFormat(StrEnum):
    """The format of a file that a person receives."""

    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"
    HTML = "html"
    XML = "xml"


class EffectKind(StrEnum):
    """When an order takes effect: see `orders.Effect`."""

    AT_ONCE = "at_once"
    WITHIN = "within"
    NEXT_DAY = "next_day"
    NEXT_MONTH = "next_month"


class NumberWay(StrEnum):
    """A way to look for a new number."""

    LIST = "list"
    MASK = "mask"
    CATEGORY = "category"


class NumberCategory(StrEnum):
    """How good a number is to remember."""

    PLATINUM = "platinum"
    DIAMOND = "diamond"
    GOLD = "gold"
    SILVER = "silver"
    BRONZE = "bronze"
    SIMPLE = "simple"


class TopUpWay(StrEnum):
    """A way to put money on an account from inside the cabinet."""

    BANK_CARD = "bank_card"
    VOUCHER = "voucher"
    WEBMONEY = "webmoney"


class Recurrence(StrEnum):
    """How often something repeats."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Delivery(StrEnum):
    """How a bill or a document reaches a person."""

    EMAIL = "email"
    IN_HAND = "in_hand"
    CABINET = "cabinet"


class DialPurpose(StrEnum):
    """What a USSD code, short number or voice number is for."""

    REGISTRATION = "registration"
    ACCESS = "access"
    PASSWORD = "password"  # noqa: S105 - the name of a purpose, no secret
    BALANCE = "balance"
    MENU = "menu"


class QuestionReason(StrEnum):
    """What a subscriber finds wrong with a charge."""

    NOT_MINE = "not_mine"
    PRICE = "price"
    AMOUNT = "amount"
    IN_PACKAGE = "in_package"
    TWICE = "twice"
    OTHER = "other"
