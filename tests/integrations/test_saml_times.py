"""Moments in SAML's messages: in UTC, and reckoned with even where they mean "always"."""

from datetime import UTC, datetime, timedelta

import pytest

from app.integrations.sign_on.saml_terms import SamlFault, SamlRefused
from app.integrations.sign_on.saml_xml import PROTOCOL, check_plain, moment


@pytest.mark.parametrize(
    "text", ["2026-11-24T09:07:00Z", "2026-11-24T09:07:00.123456789Z", "2026-11-24T09:07:00"]
)
def test_a_moment_is_read(text: str) -> None:
    assert moment(text) == datetime(2026, 11, 24, 9, 7, tzinfo=UTC)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_the_first_and_the_last_leave_room_on_either_side(text: str) -> None:
    assert moment(text).year == int(text[:4])
    assert moment(text) - timedelta(minutes=10) < moment(text) < moment(text) + timedelta(minutes=10)


@pytest.mark.parametrize(
    "text", ["2026-11-24T09:07:00+00:00", "2026-11-24T24:00:00Z", "10000-01-01T00:00:00Z", "tomorrow", ""]
)
def test_any_other_spelling_is_refused_wherever_it_stands(text: str) -> None:
    for name in ("NotOnOrAfter", "IssueInstant"):
        sound = f'<p:LogoutRequest xmlns:p="{PROTOCOL}" {name}="2026-11-24T09:07:00Z"/>'
        check_plain(sound.encode())
        with pytest.raises(SamlRefused) as refused:
            check_plain(sound.replace("2026-11-24T09:07:00Z", text).encode())
        assert refused.value.fault is SamlFault.UNREADABLE
