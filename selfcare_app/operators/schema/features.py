"""Everything the program can do for a subscriber, each with its page's path and icon."""

from enum import StrEnum


class Feature(StrEnum):
    """What an operator may offer; a profile names those it has."""

    HOME = "home"
    USAGE = "usage"
    MORE = "more"
    PERSONAL = "personal"
    PERSONAL_MORE = "personal_more"
    SIM_SECRETS = "sim_secrets"
    PASSWORD = "password"  # noqa: S105 - the name of a page, no secret
    SECURITY = "security"
    NOTIFICATIONS = "notifications"
    OPERATIONS = "operations"
    ACCOUNT = "account"
    PAYMENT_HISTORY = "payment_history"
    EXPENSES = "expenses"
    TOP_UP = "top_up"
    VOUCHER = "voucher"
    PROMISED_PAYMENT = "promised_payment"
    REFUND = "refund"
    TRANSFER = "transfer"
    INSTALMENTS = "instalments"
    BONUS = "bonus"
    CHARGES = "charges"
    CALL_DETAIL = "call_detail"
    INTERNET_STATISTICS = "internet_statistics"
    BILLS = "bills"
    BILL_REPEAT = "bill_repeat"
    BILL_DELIVERY_HISTORY = "bill_delivery_history"
    BILL_DELIVERY = "bill_delivery"
    DOCUMENTS = "documents"
    PREPAYMENT_INVOICE = "prepayment_invoice"
    ORDERED_DOCUMENTS = "ordered_documents"
    TAX_INVOICES = "tax_invoices"
    TARIFF_CHANGE = "tariff_change"
    SERVICES = "services"
    NUMBER_CHANGE = "number_change"
    MOBILE_INTERNET = "mobile_internet"
    FAVOURITE_NUMBERS = "favourite_numbers"
    PAUSE = "pause"
    BLOCK = "block"
    HANDSET_SETTINGS = "handset_settings"
    FORWARDING = "forwarding"
    SIP_FORWARDING = "sip_forwarding"
    SIP_PASSWORD = "sip_password"  # noqa: S105 - the name of a page, no secret
    VOICE_MAIL = "voice_mail"
    WHO_CALLED = "who_called"
    WAITING_INTERVAL = "waiting_interval"
    UNKNOWN_CALLER = "unknown_caller"
    SMS_SENDING = "sms_sending"
    RUNA = "runa"
    DELEGATION = "delegation"
    NUMBER_GROUP = "number_group"
    EXTRAS = "extras"
    FEEDBACK = "feedback"
    FEEDBACK_HISTORY = "feedback_history"
    HELP = "help"
    CALL_BACK = "call_back"
    SERVICE_CENTRES = "service_centres"
    NEWS = "news"
    SIGN_OUT = "sign_out"
    CLIENT = "client"
    CLIENT_PAYMENTS = "client_payments"
    CLIENT_BILLS = "client_bills"
    CLIENT_INSTALMENTS = "client_instalments"
    CLIENT_FEEDBACK = "client_feedback"
    LINE_CHOICE = "line_choice"
    RENAMING = "renaming"
    BULK_SERVICES = "bulk_services"

    @property
    def path(self) -> str:
        """Where the feature's page stands, from the root of the site."""
        return _PAGES[self][0]

    @property
    def icon(self) -> str:
        """Name of the feature's icon."""
        return _PAGES[self][1]


_PAGES: dict[Feature, tuple[str, str]] = {
    Feature.HOME: ("/home", "home"),
    Feature.USAGE: ("/usage", "chart"),
    Feature.MORE: ("/more", "menu"),
    Feature.PERSONAL: ("/personal", "person"),
    Feature.PERSONAL_MORE: ("/personal/more", "person"),
    Feature.SIM_SECRETS: ("/personal/sim", "sim"),
    Feature.PASSWORD: ("/settings/password", "key"),
    Feature.SECURITY: ("/settings/security", "shield"),
    Feature.NOTIFICATIONS: ("/settings/notifications", "bell"),
    Feature.OPERATIONS: ("/orders", "clock"),
    Feature.ACCOUNT: ("/account", "wallet"),
    Feature.PAYMENT_HISTORY: ("/payments", "receipt"),
    Feature.EXPENSES: ("/expenses", "chart"),
    Feature.TOP_UP: ("/top-up", "plus"),
    Feature.VOUCHER: ("/top-up/voucher", "ticket"),
    Feature.PROMISED_PAYMENT: ("/promised-payment", "handshake"),
    Feature.REFUND: ("/refund", "undo"),
    Feature.TRANSFER: ("/transfer", "send"),
    Feature.INSTALMENTS: ("/instalments", "calendar"),
    Feature.BONUS: ("/bonus", "gift"),
    Feature.CHARGES: ("/charges", "receipt"),
    Feature.CALL_DETAIL: ("/call-detail", "list"),
    Feature.INTERNET_STATISTICS: ("/internet-statistics", "globe"),
    Feature.BILLS: ("/bills", "document"),
    Feature.BILL_REPEAT: ("/bills/repeat", "mail"),
    Feature.BILL_DELIVERY_HISTORY: ("/bills/delivery-history", "clock"),
    Feature.BILL_DELIVERY: ("/bills/delivery", "mail"),
    Feature.DOCUMENTS: ("/documents", "document"),
    Feature.PREPAYMENT_INVOICE: ("/documents/prepayment", "document"),
    Feature.ORDERED_DOCUMENTS: ("/documents/ordered", "download"),
    Feature.TAX_INVOICES: ("/documents/tax", "document"),
    Feature.TARIFF_CHANGE: ("/tariff", "tag"),
    Feature.SERVICES: ("/services", "grid"),
    Feature.NUMBER_CHANGE: ("/number", "keypad"),
    Feature.MOBILE_INTERNET: ("/mobile-internet", "globe"),
    Feature.FAVOURITE_NUMBERS: ("/favourite-numbers", "heart"),
    Feature.PAUSE: ("/pause", "pause"),
    Feature.BLOCK: ("/block", "lock"),
    Feature.HANDSET_SETTINGS: ("/handset-settings", "phone"),
    Feature.FORWARDING: ("/forwarding", "forward"),
    Feature.SIP_FORWARDING: ("/forwarding/sip", "forward"),
    Feature.SIP_PASSWORD: ("/sip-password", "key"),
    Feature.VOICE_MAIL: ("/voice-mail", "voicemail"),
    Feature.WHO_CALLED: ("/who-called", "phone"),
    Feature.WAITING_INTERVAL: ("/waiting-interval", "clock"),
    Feature.UNKNOWN_CALLER: ("/unknown-caller", "bell"),
    Feature.SMS_SENDING: ("/sms", "message"),
    Feature.RUNA: ("/settings/runa", "shield"),
    Feature.DELEGATION: ("/settings/delegation", "people"),
    Feature.NUMBER_GROUP: ("/group", "people"),
    Feature.EXTRAS: ("/extras", "grid"),
    Feature.FEEDBACK: ("/feedback", "message"),
    Feature.FEEDBACK_HISTORY: ("/feedback/history", "clock"),
    Feature.HELP: ("/help", "help"),
    Feature.CALL_BACK: ("/help/call-back", "phone"),
    Feature.SERVICE_CENTRES: ("/help/centres", "pin"),
    Feature.NEWS: ("/news", "news"),
    Feature.SIGN_OUT: ("/sign-out", "exit"),
    Feature.CLIENT: ("/client", "building"),
    Feature.CLIENT_PAYMENTS: ("/client/payments", "receipt"),
    Feature.CLIENT_BILLS: ("/client/bills", "document"),
    Feature.CLIENT_INSTALMENTS: ("/client/instalments", "calendar"),
    Feature.CLIENT_FEEDBACK: ("/client/feedback", "message"),
    Feature.LINE_CHOICE: ("/lines", "search"),
    Feature.RENAMING: ("/client/renaming", "pencil"),
    Feature.BULK_SERVICES: ("/client/services", "grid"),
}

SECTION_OF: dict[Feature, str] = {
    Feature.PERSONAL: "personal",
    Feature.SIM_SECRETS: "sim_display",
    Feature.OPERATIONS: "operations",
    Feature.PAYMENT_HISTORY: "payments",
    Feature.EXPENSES: "expense_history",
    Feature.TOP_UP: "top_up",
    Feature.VOUCHER: "voucher",
    Feature.PROMISED_PAYMENT: "promised_payment",
    Feature.REFUND: "refund",
    Feature.TRANSFER: "transfer",
    Feature.INSTALMENTS: "instalments",
    Feature.BONUS: "bonus",
    Feature.CALL_DETAIL: "call_detail",
    Feature.INTERNET_STATISTICS: "internet_statistics",
    Feature.BILL_DELIVERY: "bills",
    Feature.DOCUMENTS: "documents",
    Feature.TARIFF_CHANGE: "tariff_change",
    Feature.SERVICES: "service_change",
    Feature.NUMBER_CHANGE: "number_change",
    Feature.FAVOURITE_NUMBERS: "favourite_numbers",
    Feature.PAUSE: "pause",
    Feature.BLOCK: "block",
    Feature.HANDSET_SETTINGS: "handset_settings",
    Feature.FORWARDING: "forwarding",
    Feature.SMS_SENDING: "sms_sending",
    Feature.RUNA: "runa",
    Feature.FEEDBACK: "feedback",
    Feature.RENAMING: "renaming",
}
"""The section that holds a feature's rules: the profile has both or neither."""
