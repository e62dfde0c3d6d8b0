"""When a pass holds is said as all times of the portal are."""

from flask import Flask
from flask_babel import force_locale

from app.domain.passes.fitting import Terms, Window
from app.web.pass_words import terms_words


def test_hours_have_two_digits_like_everywhere_else(app: Flask) -> None:
    terms = Terms((Window(0, 540, 780), Window(0, 840, 1080)), frozenset())
    with app.test_request_context(), force_locale("en"):
        assert terms_words(terms, {}) == ["Monday 09:00 – 13:00, 14:00 – 18:00"]
