"""The documented layout of what has to do with money paid in: payments, instalments, vouchers."""

from selfcare_app.intake.kinds import Amount, Count, Day, Digits, Moment, Text
from selfcare_app.intake.table import KEY, Column, Table, word

CHANNELS = ("cash", "card", "bank_card", "erip", "terminal", "voucher", "bank", "internet_bank", "promised", "other")

PAYMENTS = Table(
    "payments",
    (
        Column("payment_id", KEY, True),
        Column("account_id", KEY, True),
        Column("paid_at", Moment(), True),
        Column("amount", Amount(above_zero=True), True),
        Column("currency", Text(3)),
        Column("channel", word(*CHANNELS), True),
    ),
)
INSTALMENTS = Table(
    "instalments",
    (
        Column("instalment_id", KEY, True),
        Column("line_id", KEY, True),
        Column("title", Text(), True),
        Column("bought_on", Day(), True),
        Column("matures_on", Day(), True),
        Column("next_on", Day()),
        Column("payments", Count(most=1_200), True),
        Column("monthly", Amount(above_zero=True), True),
        Column("rest", Amount(), True),
        Column("as_of", Moment(), True),
    ),
)
GIFTS = Table(
    "gifts",
    (
        Column("code", KEY, True),
        Column("name", Text(), True),
        Column("description", Text(1000)),
        Column("units", Count(), True),
        Column("kind", word("seconds", "messages", "bytes"), True),
        Column("amount", Count(), True),
        Column("days", Count(most=3_660), True),
        Column("valid_from", Moment(), True),
        Column("valid_until", Moment()),
    ),
)
VOUCHERS = Table(
    "vouchers",
    (
        Column("code", Digits(8, 24), True),
        Column("batch", Text(64), True),
        Column("value", Amount(above_zero=True), True),
        Column("currency", Text(3)),
        Column("expires_at", Moment(), True),
        Column("state", word("active", "blocked", otherwise="active")),
    ),
)
