"""Amounts as people read them."""

import pytest
from flask import Flask
from flask_babel import force_locale

from app.kernel.money import Money, plain
from app.web import wording


@pytest.mark.parametrize(
    ("language", "said"), [("en", "−£3.50"), ("es", "−3,50 £"), ("sv", "−3,50 £"), ("ar", "−")]
)
def test_less_than_nothing_has_a_minus_and_no_hyphen(app: Flask, language: str, said: str) -> None:
    with app.test_request_context(), force_locale(language):
        text = wording.money(Money(-350, "GBP")).replace("\N{NO-BREAK SPACE}", " ")
    assert said in text
    assert "-" not in text
    assert text.count("−") == 1


def test_what_machines_read_keeps_its_hyphen() -> None:
    assert plain(-350, "GBP") == "-3.50"
