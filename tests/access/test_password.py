"""What a password may be, by operator, and how one is kept and compared."""

import string
import time
from importlib import resources

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from selfcare_app.access import password
from selfcare_app.access.password import Owner
from selfcare_app.kit.sealing import Keyring
from selfcare_app.operators import profile as profile_of

ISSA, ASSA, IHELPER = profile_of("issa"), profile_of("assa"), profile_of("ihelper")
OWNER = Owner("375291234567", ("Анна Ковалёва", "DG-2020/4471"))
KEYS = Keyring(b"0123456789abcdef0123456789abcdef")


def refusal(plain: str, profile=ISSA, owner: Owner = OWNER) -> type | None:  # type: ignore[no-untyped-def]
    try:
        password.check(plain, profile, owner)
    except password.Refused as refused:
        return type(refused)
    return None


@pytest.mark.requirement("ISSA-011")
@pytest.mark.parametrize(
    ("plain", "why"),
    [
        ("вяз7", password.Length),
        ("вяз7д", None),
        ("вяз7дуб3рж", None),
        ("вяз7дуб3ржи", password.Length),
        ("вяз 7д", password.Letters),
        ("vyaz-7", password.Letters),
        ("вязы9ё", None),
        ("70419", None),
        ("vqzkd", None),
        ("vq²kd", password.Letters),
        ("vq😀kd", password.Letters),
        ("", password.Length),
    ],
)
def test_five_to_ten_letters_or_digits(plain: str, why: type | None) -> None:
    assert refusal(plain) is why


@pytest.mark.requirement("IH-006")
@pytest.mark.parametrize(
    ("plain", "why"),
    [("v-7", password.Length), ("v-7q", None), ("v-7q" * 2 + "zd", None), ("v-7q" * 2 + "zdx", password.Length)],
)
def test_four_to_ten_characters(plain: str, why: type | None) -> None:
    assert refusal(plain, IHELPER) is why


@pytest.mark.requirement("AS-006", "AS-007")
@pytest.mark.parametrize(
    ("plain", "why"),
    [
        ("vq7kd", password.Length),
        ("vq7kdz", None),
        ("vq7kdz" * 2 + "b4", None),
        ("vq7kdz" * 2 + "b4x", password.Length),
        ("vqzkdb", password.Mixed),
        ("704193", password.Mixed),
        ("вяз7дуб", password.Latin),
        ("vq7 kdz", None),
        (" vq7kdz", password.Printable),
        ("vq7kdz\u200b", password.Printable),
        ("vq7\0kdz", password.Printable),
    ],
)
def test_six_to_fourteen_latin_letters_and_digits(plain: str, why: type | None) -> None:
    assert refusal(plain, ASSA) is why


@pytest.mark.requirement("AS-008")
@pytest.mark.security("asvs_6_1_2")
@pytest.mark.parametrize("plain", ["291234567", "1234567", "34567", "75291", "x1234567", "1234567ab"])
def test_the_own_number_in_any_spelling_is_no_password(plain: str) -> None:
    assert refusal(plain) is password.OwnNumber


@pytest.mark.security("asvs_6_1_2")
@pytest.mark.parametrize("plain", ["+375-29-123", "29.12.34.5", "80291234567a"])
def test_the_own_number_with_signs_is_none_either(plain: str) -> None:
    assert refusal(plain[:14], ASSA, OWNER) in (password.OwnNumber, password.Mixed)


@pytest.mark.security("asvs_6_1_2", "asvs_6_2_11")
@pytest.mark.parametrize("plain", ["Анна77", "anna77", "KOVALEVA1", "xковалёва", "velcom1", "Исса2026"])
def test_what_others_know_of_the_person_or_of_the_operator_is_no_password(plain: str) -> None:
    assert refusal(plain) in (password.Personal, password.Common)


def test_a_name_of_three_letters_forbids_nothing() -> None:
    assert refusal("qzyna7", owner=Owner("375291234567", ("Ян Ли",))) is None


@pytest.mark.security("asvs_6_2_4", "asvs_6_2_12")
def test_every_common_value_that_fits_is_refused_in_any_case_and_backwards() -> None:
    listed = password.common()
    assert len(listed) >= 10_000
    fits = [
        value for value in sorted(listed) if 5 <= len(value) <= 10 and value.isalnum() and not set(value) & set("²³¹")
    ]
    assert len(fits) > 3000
    for value in fits:
        assert refusal(value) in (password.Common, password.OwnNumber), value
        assert refusal(value.upper()) is not None, value
        assert refusal(value[::-1]) is not None, value


def test_the_list_is_clean() -> None:
    lines = (resources.files("selfcare_app.access") / "common_passwords.txt").read_text("utf-8").splitlines()
    assert lines == sorted(set(lines))
    assert all(4 <= len(line) <= 14 and line == line.casefold() for line in lines)


@pytest.mark.parametrize(
    "plain",
    ["11111", "121212", "56789", "98765432", "abcdef", "zyxwv", "абвгд", "01021990", "19900201", "010290", "31122005"],
)
def test_runs_and_dates_are_common(plain: str) -> None:
    assert refusal(plain, owner=Owner("380000000000")) is password.Common


@pytest.mark.parametrize("plain", ["31022005", "01029", "99999998", "704193"])
def test_other_digits_are_not(plain: str) -> None:
    assert refusal(plain, owner=Owner("380000000000")) is None


@given(st.text(alphabet=string.ascii_letters + string.digits, min_size=0, max_size=16))
def test_a_password_passes_only_if_its_length_and_letters_do(plain: str) -> None:
    if refusal(plain, owner=Owner("000000000000")) is None:
        assert 5 <= len(plain) <= 10


@given(st.text(max_size=12))
def test_any_text_is_answered(plain: str) -> None:
    for profile in (ISSA, ASSA, IHELPER):
        refusal(plain, profile)


@pytest.mark.security("asvs_6_2_5", "asvs_6_2_8", "asvs_6_2_9")
@settings(max_examples=6, deadline=None)
@given(plain=st.text(min_size=1, max_size=128), more=st.characters())
def test_the_whole_password_counts_whatever_its_length_and_letters(plain: str, more: str) -> None:
    assume(password._canonical(plain + more) != password._canonical(plain))
    kept = password.hashed(KEYS, plain)
    assert password.matches(KEYS, plain, kept)
    assert not password.matches(KEYS, plain + more, kept)


@pytest.mark.security("asvs_6_2_8")
def test_case_counts_and_two_spellings_of_one_letter_are_one() -> None:
    kept = password.hashed(KEYS, "Жёлудь7")
    assert password.matches(KEYS, "Же\u0308лудь7", kept)
    assert not password.matches(KEYS, "жёлудь7", kept)


@pytest.mark.security("F14", "asvs_11_4_2")
def test_a_stolen_hash_is_no_use_without_the_key_and_costs_its_time() -> None:
    kept = password.hashed(KEYS, "вяз7дуб3")
    assert kept.startswith("$2b$12$")
    assert not password.matches(Keyring(b"x" * 32), "вяз7дуб3", kept)


@pytest.mark.security("asvs_6_3_8")
def test_an_unknown_number_takes_as_long_as_a_known_one() -> None:
    kept = password.hashed(KEYS, "вяз7дуб3")

    def best(stored: str) -> float:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            assert password.matches(KEYS, "wrong", stored) is False
            times.append(time.perf_counter() - began)
        return min(times)

    known, unknown = best(kept), best("")
    assert 0.5 < known / unknown < 2


def test_nothing_kept_matches_nothing() -> None:
    for plain in ("", "nobody", "wrong"):
        assert not password.matches(KEYS, plain, "")
