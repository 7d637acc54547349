"""A whole operator profile and the rules that hold between its sections."""

from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, StringConstraints, model_validator

from selfcare_app.operators.schema.access import (
    Code,
    Delegation,
    Desk,
    Lockout,
    Password,
    Puk1,
    Recovery,
    Registration,
    Runa,
    Session,
    SignIn,
    SimDisplay,
)
from selfcare_app.operators.schema.bills import Bills, ClosedWindow, DaysOfMonth, Documents, LastDaysOfMonth
from selfcare_app.operators.schema.brand import Brand
from selfcare_app.operators.schema.care import ChargeQuestion, Feedback, NotPossible, Personal
from selfcare_app.operators.schema.features import SECTION_OF, Feature
from selfcare_app.operators.schema.identity import Channels, Contacts, Numbering
from selfcare_app.operators.schema.menu import BottomBar, Menu
from selfcare_app.operators.schema.money import (
    AutomaticTopUp,
    Bonus,
    Charging,
    Instalments,
    Payments,
    PromisedPayment,
    Refund,
    TopUp,
    Transfer,
    Voucher,
)
from selfcare_app.operators.schema.numbers import NumberChange
from selfcare_app.operators.schema.orders import (
    Block,
    FavouriteNumbers,
    Forwarding,
    HandsetSettings,
    Operations,
    Pause,
    Renaming,
    ServiceChange,
    SmsSending,
    TariffChange,
)
from selfcare_app.operators.schema.proof import Proofs
from selfcare_app.operators.schema.section import Key, Language, Section, Text
from selfcare_app.operators.schema.usage import CallDetail, ExpenseHistory, InternetStatistics, LateUsage
from selfcare_app.operators.schema.vocabulary import TopUpWay


class KnownAddress(Section):
    """An address that is printed or linked elsewhere, and the page that it means."""

    path: Annotated[str, StringConstraints(pattern=r"^/(ru|uk|be|en)/([a-z0-9-]+/)+$")]
    page: Literal["register", "sign_in", "recover"]


class ClosedWindows(Section):
    """When parts of the service rest; None: never."""

    bills: ClosedWindow | None = None
    renaming: ClosedWindow | None = None

    def for_feature(self, feature: Feature) -> DaysOfMonth | LastDaysOfMonth | None:
        """The window that closes a feature, or None."""
        windows = (self.bills, self.renaming)
        return next((window for window in windows if window and feature in window.features), None)


class Profile(Section):
    """All that differs by operator. A section is None where the operator has no such thing."""

    key: Key
    name: Text
    short_name: Annotated[str, StringConstraints(min_length=1, max_length=12)]
    legal_name: Text
    host: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+$")]
    country: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
    time_zone: str
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    currency_scale: Annotated[int, Field(ge=0, le=4)]
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    default_language: Language

    brand: Brand
    numbering: Numbering
    channels: Channels
    contacts: Contacts

    password: Password
    registration: Registration
    recovery: Recovery
    sign_in: SignIn
    session: Session
    desk: Desk
    code: Code
    lockout: Lockout
    puk1: Puk1
    runa: Runa | None = None
    sim_display: SimDisplay | None = None
    delegation: Delegation | None = None
    proofs: Proofs

    personal: Personal
    feedback: Feedback | None = None
    charge_question: ChargeQuestion | None = None
    not_possible: tuple[NotPossible, ...]
    addresses: tuple[KnownAddress, ...] = ()

    call_detail: CallDetail
    late_usage: LateUsage
    expense_history: ExpenseHistory | None = None
    internet_statistics: InternetStatistics | None = None
    number_change: NumberChange | None = None

    charging: Charging
    payments: Payments
    top_up: TopUp
    automatic_top_up: AutomaticTopUp | None = None
    voucher: Voucher | None = None
    promised_payment: PromisedPayment | None = None
    refund: Refund | None = None
    transfer: Transfer | None = None
    instalments: Instalments | None = None
    bonus: Bonus | None = None

    tariff_change: TariffChange
    service_change: ServiceChange
    pause: Pause | None = None
    block: Block | None = None
    forwarding: Forwarding | None = None
    favourite_numbers: FavouriteNumbers | None = None
    renaming: Renaming | None = None
    sms_sending: SmsSending | None = None
    handset_settings: HandsetSettings | None = None
    operations: Operations

    bills: Bills | None = None
    documents: Documents | None = None
    closed_windows: ClosedWindows

    features: frozenset[Feature]
    menu: Menu
    bottom_bar: BottomBar

    @property
    def zone(self) -> ZoneInfo:
        """The operator's time zone, in which days and months are counted."""
        return ZoneInfo(self.time_zone)

    def has(self, feature: Feature) -> bool:
        """Whether the operator offers the feature at all."""
        return feature in self.features

    @model_validator(mode="after")
    def _names(self) -> "Profile":
        if self.time_zone not in available_timezones():
            raise ValueError(f"time_zone {self.time_zone!r} does not exist")
        if self.default_language not in self.languages:
            raise ValueError("default_language must be one of languages")
        return self

    @model_validator(mode="after")
    def _features_have_rules(self) -> "Profile":
        for feature, section in SECTION_OF.items():
            if (getattr(self, section) is not None) != (feature in self.features):
                raise ValueError(f"feature {feature.value!r} and section {section!r} go together")
        return self

    @model_validator(mode="after")
    def _cards_top_up_by_themselves(self) -> "Profile":
        both = {self.automatic_top_up is not None, self.proofs.automatic_top_up is not None}
        if both != {TopUpWay.BANK_CARD in self.top_up.ways}:
            raise ValueError("top_up.ways with bank_card, automatic_top_up and its proof go together")
        return self

    @model_validator(mode="after")
    def _menu_is_offered(self) -> "Profile":
        linked = self.menu.features() | {item.feature for item in self.bottom_bar.items}
        if missing := sorted(linked - self.features):
            raise ValueError(f"menu names features that are not in features: {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _offered_numbers_are_own(self) -> "Profile":
        if self.number_change is None:
            return self
        for prefix in self.number_change.prefixes:
            if not prefix.startswith(self.numbering.prefixes):
                raise ValueError(f"number_change.prefixes: {prefix} is not the operator's own")
        return self
