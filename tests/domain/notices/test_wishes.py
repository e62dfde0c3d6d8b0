"""When a device may sound and when the daily mail comes, by the person's own clock."""

from datetime import UTC, datetime

import pytest

from app.domain.notices.wishes import Habits, Wishes
from app.models import Choice
from app.notice_kinds import BY_KEY, Channel

BOOKED = BY_KEY["booking.confirmed"]


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2026-11-24T20:59", "2026-11-24T20:59"),  # 21:59 in Madrid
        ("2026-11-24T21:00", "2026-11-25T06:30"),
        ("2026-11-25T03:00", "2026-11-25T06:30"),
        ("2026-11-25T06:29", "2026-11-25T06:30"),
        ("2026-11-25T06:30", "2026-11-25T06:30"),
    ],
)
def test_quiet_over_midnight_ends_in_the_morning(now: str, then: str) -> None:
    wishes = Wishes(Habits(quiet=(22 * 60, 7 * 60 + 30)), "Europe/Madrid")
    assert wishes.after_quiet(_at(now)) == _at(then)
    assert Wishes(zone="Europe/Madrid").after_quiet(_at(now)) == _at(now)


def test_quiet_within_a_day() -> None:
    wishes = Wishes(Habits(quiet=(13 * 60, 15 * 60)), "Europe/London")
    assert wishes.after_quiet(_at("2026-11-24T12:59")) == _at("2026-11-24T12:59")
    assert wishes.after_quiet(_at("2026-11-24T13:00")) == _at("2026-11-24T15:00")
    assert wishes.after_quiet(_at("2026-11-24T15:00")) == _at("2026-11-24T15:00")


def test_quiet_that_ends_in_an_hour_that_does_not_exist() -> None:
    """The clocks in Madrid skip from 2:00 to 3:00 on 28 March 2027."""
    wishes = Wishes(Habits(quiet=(22 * 60, 2 * 60 + 30)), "Europe/Madrid")
    end = wishes.after_quiet(_at("2027-03-28T00:30"))
    assert end == _at("2027-03-28T01:30")
    assert wishes.after_quiet(end) == end


@pytest.mark.parametrize(
    ("zone", "now", "then"),
    [
        ("Europe/London", "2026-11-24T07:59", "2026-11-24T08:00"),
        ("Europe/London", "2026-11-24T08:00", "2026-11-25T08:00"),
        ("America/New_York", "2026-11-24T08:00", "2026-11-24T13:00"),
        ("Pacific/Auckland", "2026-11-24T20:00", "2026-11-25T19:00"),
        ("Europe/London", "2026-10-24T20:00", "2026-10-25T08:00"),  # the clocks go back that night
    ],
)
def test_the_daily_mail_comes_at_its_hour(zone: str, now: str, then: str) -> None:
    assert Wishes(zone=zone).next_digest(_at(now)) == _at(then)


def test_a_wish_goes_before_what_the_kind_does_by_itself() -> None:
    assert Wishes().choice(BOOKED, Channel.MAIL) is Choice.ON
    wished = Wishes(choices={("booking.confirmed", "mail"): Choice.DIGEST})
    assert wished.choice(BOOKED, Channel.MAIL) is Choice.DIGEST
    assert wished.choice(BOOKED, Channel.PUSH) is Choice.ON


def test_what_keeps_an_account_safe_knows_no_wishes() -> None:
    wished = Wishes(
        choices={("password.changed", "mail"): Choice.OFF, ("password.changed", "push"): Choice.ON}
    )
    assert wished.choice(BY_KEY["password.changed"], Channel.MAIL) is Choice.ON
    assert wished.choice(BY_KEY["password.changed"], Channel.PUSH) is Choice.OFF
