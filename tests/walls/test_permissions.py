"""Every route says what it asks for, and docs/permissions.md says so, too."""

import pytest
from flask import Flask

from app.web.access import access_of, check_declarations, public
from tools.permissions import PAGE, page, rules_of

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])


def test_the_page_is_up_to_date(app: Flask) -> None:
    assert PAGE.read_text() == page(app), "`python -m tools.permissions` writes it anew"


def test_a_route_that_is_added_is_missing_in_the_page(app: Flask) -> None:
    app.add_url_rule("/new-room", "new_room", public(lambda: ""))
    assert PAGE.read_text() != page(app)


def test_every_route_declares_what_it_asks(app: Flask) -> None:
    assert [rule.endpoint for rule in rules_of(app) if access_of(app, rule.endpoint) is None] == []
    check_declarations(app)


def test_a_route_that_declares_nothing_is_found(app: Flask) -> None:
    app.add_url_rule("/silent", "silent", lambda: "")
    with pytest.raises(RuntimeError, match="silent"):
        check_declarations(app)
    with pytest.raises(RuntimeError, match="silent"):
        page(app)
