"""Money, numbers, identifiers, sealed values: the few words used everywhere."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selfcare_app import operators
from selfcare_app.kit.errors import Refused
from selfcare_app.kit.ids import new_id
from selfcare_app.kit.money import RATE_SCALE, CurrencyMismatch, Money, Rate
from selfcare_app.kit.msisdn import Msisdn, NotANumber
from selfcare_app.kit.sealing import Keyring, Tampered

KEYS = Keyring(b"k" * 32)
BY = operators.profile("issa").numbering
UA = operators.profile("assa").numbering
minor = st.integers(-(10**15), 10**15)


@given(minor, minor)
def test_money_adds_and_takes_away_exactly(a: int, b: int) -> None:
    assert Money(a, "BYN") + Money(b, "BYN") - Money(b, "BYN") == Money(a, "BYN")


@given(minor)
def test_money_reads_back_from_its_text(a: int) -> None:
    text = Money(a, "BYN").text
    sign = -1 if text.startswith("-") else 1
    whole, part = text.lstrip("-").split(".")
    assert len(part) == 2
    assert sign * (int(whole) * 100 + int(part)) == a


@pytest.mark.security("asvs_1_4_2")
@pytest.mark.parametrize("wrong", [1.0, "1", True, None])
def test_money_is_whole_minor_units(wrong: object) -> None:
    with pytest.raises(TypeError):
        Money(wrong, "BYN")  # type: ignore[arg-type]


def test_currencies_do_not_mix() -> None:
    with pytest.raises(CurrencyMismatch):
        Money(1, "BYN") + Money(1, "UAH")


@given(st.integers(-(10**15), 10**15))
def test_a_rate_rounds_to_the_nearest_minor_unit_halves_away_from_zero(units: int) -> None:
    rounded = Rate(units, "BYN").rounded().minor
    distance = abs(rounded * RATE_SCALE - units)
    assert distance <= RATE_SCALE // 2
    if distance == RATE_SCALE // 2:
        assert abs(rounded) * RATE_SCALE > abs(units)
    assert Rate(-units, "BYN").rounded().minor == -rounded


SPELLINGS = [
    "375291234567",
    "+375 29 123-45-67",
    "80291234567",
    "8 (029) 123 45 67",
    "291234567",
    "３７５２９1234567",
    " +375(29)1234567 ",
]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_every_usual_spelling_is_one_number(typed: str) -> None:
    assert Msisdn.parse(typed, BY) == "375291234567"


@pytest.mark.security("asvs_1_1_1")
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "+",
        "12",
        "37529123456",
        "3752912345678",
        "+80291234567",
        "29123456a",
        "%32",
        "375291234567\x00",
        "9" * 500,
        "٣٧٥٢٩١٢٣٤٥٦٧x",
    ],
)
def test_what_is_not_a_number_is_refused(typed: str) -> None:
    with pytest.raises(NotANumber) as refusal:
        Msisdn.parse(typed, BY)
    assert refusal.value.params == {"example": BY.example}
    assert isinstance(refusal.value, Refused)


@pytest.mark.security("asvs_1_1_1")
@given(st.text(max_size=30))
def test_canonical_form_is_stable(typed: str) -> None:
    try:
        once = Msisdn.parse(typed, BY)
    except NotANumber:
        return
    assert Msisdn.parse(once, BY) == once
    assert len(once) == len(BY.country_code) + BY.national_length
    assert once.isascii()


@given(st.integers(0, 10**9 - 1))
def test_a_number_survives_its_own_spellings(national: int) -> None:
    digits = f"{national:09d}"
    expected = "375" + digits
    assert {
        Msisdn.parse(s, BY)
        for s in (digits, expected, "+" + expected, f"+375 {digits[:2]} {digits[2:5]}-{digits[5:7]}-{digits[7:]}")
    } == {expected}


@pytest.mark.requirement("AS-005")
def test_a_leading_zero_is_not_part_of_a_number_where_the_operator_says_so() -> None:
    assert Msisdn.parse("441234567", UA).endswith("441234567")
    with pytest.raises(NotANumber):
        Msisdn.parse("0441234567", UA)


def test_a_number_in_a_log_is_masked() -> None:
    assert Msisdn("375291234567").masked == "37529***4567"


def test_identifiers_are_version_7_and_come_in_order() -> None:
    made = [new_id() for _ in range(1000)]
    assert {i.version for i in made} == {7}
    assert len(set(made)) == 1000
    assert [i.int >> 80 for i in made] == sorted(i.int >> 80 for i in made)


@pytest.mark.security("asvs_11_3_3")
@given(st.binary(max_size=64))
def test_a_sealed_value_opens_only_in_its_place_and_untouched(plain: bytes) -> None:
    sealed = KEYS.seal("pii", "sim.puk1.1", plain)
    assert KEYS.unseal("pii", "sim.puk1.1", sealed) == plain
    spoilt = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for purpose, place, value in (
        ("pii", "sim.puk1.2", sealed),
        ("otp", "sim.puk1.1", sealed),
        ("pii", "sim.puk1.1", spoilt),
    ):
        with pytest.raises(Tampered):
            KEYS.unseal(purpose, place, value)


def test_a_keyed_digest_depends_on_purpose_key_and_parts() -> None:
    assert KEYS.same("otp", KEYS.mac("otp", "a", "b"), "a", "b")
    different = {
        KEYS.mac("otp", "a", "b"),
        KEYS.mac("otp", "ab", ""),
        KEYS.mac("puk", "a", "b"),
        Keyring(b"j" * 32).mac("otp", "a", "b"),
    }
    assert len(different) == 4


@dataclass(frozen=True)
class Short:
    country_code: str = "380"
    national_length: int = 9
    trunk_prefixes: tuple[str, ...] = ()
    example: str = "441234567"


def test_without_trunk_prefixes_a_longer_number_is_refused() -> None:
    with pytest.raises(NotANumber):
        Msisdn.parse("0441234567", Short())
