"""Passwords: kept so that they cannot be read, compared so that nothing can be learned, refused when easy."""

import pytest
from argon2 import extract_parameters

from app.domain import passwords
from app.domain.passwords import PasswordRefused, Weakness, check_new, hashed, matches, outdated

ME = "maya@example.test"


def test_only_the_right_one_matches() -> None:
    stored = hashed("correct horse battery")
    assert matches(stored, "correct horse battery")
    assert not matches(stored, "Correct horse battery")
    assert not matches(stored, "")


def test_nothing_matches_without_a_hash_or_with_a_broken_one() -> None:
    for stored in (None, "", "plain", "$argon2id$v=19$m=8,t=1,p=1$x$y"):
        assert not matches(stored, "correct horse battery")


def test_the_decoy_costs_what_a_real_one_costs() -> None:
    assert extract_parameters(passwords._decoy()) == extract_parameters(hashed("correct horse battery"))


def test_an_accent_is_the_same_however_it_was_typed() -> None:
    assert matches(hashed("caf\u00e9 con leche"), "cafe\u0301 con leche")


def test_a_hash_of_yesterdays_parameters_is_outdated() -> None:
    assert outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$q0m7Qn0sEUyB4hVnQ9LQSA")
    assert not outdated(hashed("correct horse battery"))


@pytest.mark.parametrize(
    "password", ["correct horse", "0123456789ab", "ünïcödé wörds", "a" * 199 + "b", "portico-demo"]
)
def test_it_takes_what_is_hard_to_guess(password: str) -> None:
    assert check_new(password, ME) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("123456789", Weakness.TOO_SHORT),
        ("", Weakness.TOO_SHORT),
        ("a" * 201, Weakness.TOO_LONG),
        ("maya@example.test", Weakness.IS_EMAIL),
        ("MAYA@example.TEST", Weakness.IS_EMAIL),
        ("Password123", Weakness.COMMON),
        ("qwertyuiop", Weakness.COMMON),
        ("zzzzzzzzzzzz", Weakness.COMMON),
    ],
)
def test_it_refuses_what_is_easy(password: str, weakness: Weakness) -> None:
    with pytest.raises(PasswordRefused) as refused:
        check_new(password, ME)
    assert refused.value.weakness is weakness


@pytest.mark.parametrize(
    "password", ["Password2026!", "2024-manchester-99", "abcabcabcabc", "xyxyxyxyxy", "zzzzzzzzzzzz"]
)
def test_a_worn_word_stays_one_with_a_year_around_it_and_so_does_a_pattern(password: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        check_new(password, ME)
    assert refused.value.weakness is Weakness.COMMON


@pytest.mark.parametrize("password", ["password of my cat", "manchester by the sea", "abcdeabcde"])
def test_a_worn_word_among_others_is_none(password: str) -> None:
    check_new(password, ME)
    assert matches(hashed(password), password)
