"""Secrets at rest: sealed by the newest key, opened by every one, unreadable without."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.integrations.secret_box import KeyRing
from app.ports import SecretUnreadable

OLD, NEW = "an-old-word-of-at-least-32-characters", "a-new-word-of-at-least-32-characters!"


@given(st.text())
def test_what_is_sealed_is_opened_again(secret: str) -> None:
    box = KeyRing([NEW])
    sealed = box.seal(secret)
    assert box.open(sealed) == secret
    assert sealed != box.seal(secret)


def test_a_new_key_is_put_before_the_old_one_and_then_the_old_one_can_go() -> None:
    sealed = KeyRing([OLD]).seal("secret")
    both = KeyRing([NEW, OLD])
    assert both.open(sealed) == "secret"
    with pytest.raises(SecretUnreadable):
        KeyRing([NEW]).open(sealed)
    assert KeyRing([NEW]).open(both.reseal(sealed)) == "secret"


@pytest.mark.parametrize("damaged", ["", "x", "gAAAAA"])
def test_what_is_damaged_is_said_to_be(damaged: str) -> None:
    with pytest.raises(SecretUnreadable):
        KeyRing([NEW]).open(damaged)
    with pytest.raises(SecretUnreadable):
        KeyRing([NEW]).reseal(damaged)
