"""Who may come in and how: passwords, registration, sign-in, sessions and codes."""

from typing import Annotated

from pydantic import Field, model_validator

from selfcare_app.operators.schema.features import Feature
from selfcare_app.operators.schema.section import Count, CountOrZero, Dialled, Key, Section, Text
from selfcare_app.operators.schema.vocabulary import (
    Alphabet,
    Asked,
    Audience,
    EnumerationMode,
    LineKind,
    Method,
    PlanClass,
    SecondFactor,
    SignInFailure,
)

Methods = Annotated[tuple[Method, ...], Field(min_length=1)]


class Password(Section):
    """What a password must be like."""

    min_length: Count
    max_length: Count
    alphabet: Alphabet
    needs_letter_and_digit: bool
    latin_only: bool
    forbid_own_number: bool
    forbid_common: bool
    max_age_days: Count | None = None
    generated_length: Count
    temporary_valid_seconds: Count
    """Life of a password that the operator issues for the first sign-in only."""

    @model_validator(mode="after")
    def _ordered(self) -> "Password":
        if not self.min_length <= self.generated_length <= self.max_length:
            raise ValueError("min_length <= generated_length <= max_length must hold")
        return self


class Registration(Section):
    """How a subscriber gets a password for the first time."""

    methods: Methods
    audiences: Annotated[tuple[Audience, ...], Field(min_length=1)]
    email: Asked
    automatic_access: bool
    """Access is open from the contract's signing; only the password has to be set."""
    free_of_charge: bool = False
    """Said where one registers."""
    detects_own_number: bool
    """On the operator's own network the form can fill in the number."""
    puk1_plan_classes: tuple[PlanClass, ...]
    """Plan classes whose lines may use PUK1 without having asked for it."""
    puk1_line_service: Key | None = None
    """The service that opens PUK1 for a line of any other plan."""
    ussd_empty_reply_generates: bool
    """An empty USSD answer to "type a password" makes one and sends it."""


class Recovery(Section):
    """How a forgotten password is replaced."""

    methods: Methods
    email_valid_seconds: Count | None = None
    """Life of the link in the letter, where recovery goes by e-mail."""


class Enumeration(Section):
    """How much is told about numbers that are not registered."""

    mode: EnumerationMode
    distinct_numbers_per_hour: Count
    """So many distinct unknown numbers an hour get a true answer, per network and per device."""
    ipv4_prefix_length: Annotated[int, Field(ge=8, le=32)]
    ipv6_prefix_length: Annotated[int, Field(ge=16, le=128)]


class ErrorCode(Section):
    """A code that the operator's papers give to a reason."""

    code: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    meaning: SignInFailure


class Breakers(Section):
    """From where on strangers answer a picture before they try anything: many fail, or far more is asked than usual."""

    failed_sign_ins_percent: Annotated[int, Field(gt=0, le=100)]
    """Of the sign-ins of five minutes."""
    failed_codes_per_thousand: Count
    """Codes of the last thousand whose tries were all wrong."""
    codes_times_median: Count
    """So many times the codes of a usual hour."""
    open_seconds: Count
    """How long it lasts after the last measure that was over a limit."""


class SignIn(Section):
    """Coming in with number and password."""

    second_factor: SecondFactor
    captcha: bool
    known_device_days: Count
    requests_per_minute_per_address: Count
    enumeration: Enumeration
    breakers: Breakers
    error_codes: tuple[ErrorCode, ...]
    shared_with: Text | None = None
    """The trade name of another service that the same number and password open; its servers ask whether they do."""

    def error_code(self, meaning: SignInFailure) -> str | None:
        """The operator's code for a reason, or None where it shows none."""
        return next((row.code for row in self.error_codes if row.meaning == meaning), None)


class Session(Section):
    """How long one stays signed in, by the server's clock."""

    idle_seconds: Count
    warn_before_seconds: Count
    absolute_seconds: Count
    max_concurrent: Count
    desk_absolute_seconds: Count
    desk_max_concurrent: Count

    @model_validator(mode="after")
    def _ordered(self) -> "Session":
        if not self.warn_before_seconds < self.idle_seconds < self.absolute_seconds:
            raise ValueError("warn_before_seconds < idle_seconds < absolute_seconds must hold")
        return self


class Desk(Section):
    """Limits of the operator's own employees at the desk."""

    looks_per_day: Count
    look_seconds: Count
    request_seconds: Count
    passkeys: Count
    wrong_proofs_per_day: Count


class Code(Section):
    """The one-time code that comes by SMS (M-code)."""

    digits: Annotated[int, Field(ge=6, le=10)]
    valid_seconds: Annotated[int, Field(gt=0, le=600)]
    tries: Count
    resend_seconds: Count
    sends_per_hour: Count
    sends_per_day: Count
    fails_per_day: Count
    """Wrong codes a number may have in 24 hours, over all codes, before codes are off for it."""
    numbers_per_hour_per_address: Count
    sends_per_hour_per_network: Count
    refused_after_sim_change_seconds: CountOrZero
    limited_after_sim_change_seconds: CountOrZero


class Lockout(Section):
    """What wrong passwords in a row lead to."""

    attempts: Count
    remaining_shown_from: Count
    """From this failure in a row on, the answer says how many attempts are left."""
    delays_seconds: Annotated[tuple[CountOrZero, ...], Field(min_length=1)]
    """Wait after the 1st, 2nd … failure; the last one also stands for all that follow."""
    unlock_methods: Methods


class Runa(Section):
    """The code that the subscriber chooses and activates from the own phone."""

    digits: Count
    valid_seconds: Count
    entries_per_activation: Count
    activations_per_hour: Count
    activations_per_day: Count
    dial_forms: Annotated[tuple[Dialled, ...], Field(min_length=1)]
    sms_number: Dialled
    needed_off_network: bool
    """Registration from another network than the own one asks for the code."""
    ends_on_sign_out: bool
    sections: tuple[Feature, ...]
    """Sections of the cabinet that a subscriber may have shut until the code is given."""


class Puk1(Section):
    """PUK1 typed as a proof."""

    digits: Count
    tries_per_day: Count
    tries_lifetime: Count


class SimDisplay(Section):
    """PIN and PUK codes shown in the cabinet."""

    per_day: Count
    on_screen_seconds: Count
    proof_fresh_seconds: Count


class Delegation(Section):
    """Who may act on the lines of others."""

    roles: Annotated[tuple[Key, ...], Field(min_length=1)]
    legal_entity_roles: tuple[Key, ...]
    """Roles that only a legal entity's lines may be given."""
    access_levels: tuple[Key, ...]


class LineMethods(Section):
    """Methods that count for some kinds of line instead of the usual ones."""

    line_kinds: Annotated[tuple[LineKind, ...], Field(min_length=1)]
    methods: Methods
