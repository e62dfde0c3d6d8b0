"""Names, in full and short."""

import pytest

from app.kernel.names import full_name, initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ann Byrne", "AB"),
        ("ana maría lópez garcía", "AG"),
        ("Cher", "C"),
        ("محمد علي", "مع"),
        ("", ""),
    ],
)
def test_initials_are_of_the_first_and_the_last_word(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_person_may_have_one_name() -> None:
    assert full_name("Ann", "Byrne") == "Ann Byrne"
    assert full_name("Cher", "") == "Cher"
    assert full_name("", "Cher") == "Cher"
