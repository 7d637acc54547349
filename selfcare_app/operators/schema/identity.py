"""How the operator's numbers are written, and how it can be reached."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from selfcare_app.operators.schema.section import Dialled, Digits, Section, Text
from selfcare_app.operators.schema.vocabulary import DialPurpose


class Numbering(Section):
    """The number plan: how numbers are typed, kept and shown."""

    country_code: Digits
    national_length: Annotated[int, Field(ge=7, le=12)]
    prefixes: Annotated[tuple[Digits, ...], Field(min_length=1)]
    """First digits of the operator's own national numbers."""
    trunk_prefixes: tuple[Digits, ...]
    """Digits before a national number that are accepted when typing and taken away."""
    refused_trunk_prefixes: tuple[Digits, ...]
    """Digits before a national number that are refused with the input hint."""
    display: Annotated[str, StringConstraints(pattern=r"^\+[0-9]+ [#() -]+$")]
    """Whole number as shown: the country code, then a `#` for each national digit."""
    example: Digits
    """A national number of the operator, as a person should type it."""
    input_hint: Text

    @model_validator(mode="after")
    def _fits(self) -> "Numbering":
        if not self.display.startswith(f"+{self.country_code} "):
            raise ValueError("display must begin with the country code")
        if self.display.count("#") != self.national_length:
            raise ValueError(f"display must have {self.national_length} places for digits")
        if len(self.example) != self.national_length or not self.example.startswith(self.prefixes):
            raise ValueError("example must be a national number of the operator")
        return self

    @property
    def national_display(self) -> str:
        """National number as shown: a `#` for each digit."""
        return self.display.removeprefix(f"+{self.country_code} ")


class DialCode(Section):
    """A code or number dialled, and what for."""

    purpose: DialPurpose
    code: Dialled


class Channels(Section):
    """The ways around the browser: USSD, SMS and voice."""

    ussd: tuple[DialCode, ...]
    sms: tuple[DialCode, ...]
    voice: tuple[DialCode, ...]
    sms_sender: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9 ]{1,11}$")]

    def ussd_code(self, purpose: DialPurpose) -> str | None:
        """The first USSD code for a purpose, as it is dialled, or None."""
        return next((dial.code for dial in self.ussd if dial.purpose == purpose), None)

    def sms_number(self, purpose: DialPurpose) -> str | None:
        """The first number that an SMS for a purpose is sent to, or None."""
        return next((dial.code for dial in self.sms if dial.purpose == purpose), None)

    def voice_number(self, purpose: DialPurpose) -> str | None:
        """The first number that is called for a purpose, or None."""
        return next((dial.code for dial in self.voice if dial.purpose == purpose), None)


class Hotline(Section):
    """A number where people answer."""

    number: Text
    own_network_only: bool
    free: bool
    round_the_clock: bool


class Contacts(Section):
    """Where to turn to."""

    site: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+$")]
    reference_service: Text
    hotlines: Annotated[tuple[Hotline, ...], Field(min_length=1)]
