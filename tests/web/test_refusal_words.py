"""Every no of booking, of its extras and of its guests has a sentence, in every language."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from app.domain.booking.check_in import NotCheckInTime
from app.domain.booking.moving import TooLateToMove
from app.domain.booking.repeating import TooFarAhead
from app.domain.booking.series_terms import AllElsewhere, NothingToChange, Preview, SeriesNotBookable
from app.domain.booking.terms import FeeChanged, NotBookable, Obstacle, Reason, TooLateToCancel
from app.domain.credits.terms import CreditChanged
from app.domain.extras.terms import ExtraGone, ExtraRefusal, TooFewExtras, TooLateForExtra
from app.kernel.errors import Refusal
from app.kernel.money import Money
from app.kernel.spans import Span
from tests.support.busy.words import Voice

NOON, ONE = datetime(2026, 3, 2, 12, tzinfo=UTC), datetime(2026, 3, 2, 13, tzinfo=UTC)
FACTS: dict[Reason, dict[str, Any]] = {
    Reason.UNIT_TAKEN: {"unit": "Desk 3"},
    Reason.OUTSIDE_HOURS: {"opens": NOON, "closes": ONE},
    Reason.CLOSED: {"message": ""},
    Reason.TOO_SHORT: {"minutes": 30},
    Reason.TOO_LONG: {"minutes": 60},
    Reason.OFF_GRID: {"minutes": 15},
    Reason.TOO_SOON: {"minutes": 60},
    Reason.TOO_FAR_AHEAD: {"days": 30},
    Reason.TOO_MANY_PEOPLE: {"capacity": 4},
    Reason.PLAN_NEEDED: {"plans": ["Studio"]},
    Reason.TEAM_NEEDED: {"plans": []},
    Reason.TOO_MANY_AHEAD: {"most": 3},
    Reason.TOO_MUCH_TIME: {"period": "day", "minutes": 120, "left": 0},
    Reason.COOLING_DOWN: {"minutes": 30, "any": True},
    Reason.EXTRA_TAKEN: {"name": "Lunch", "left": 2},
    Reason.OUT_OF_SHIFT: {"shifts": [(540, 780)]},
    Reason.EXTRA_TOO_LATE: {"name": "Lunch", "hours": 2},
    Reason.EXTRA_PREPARED: {"name": "Lunch"},
}
TELLING: dict[type[Refusal], Refusal] = {
    NotBookable: NotBookable((Obstacle(Reason.IN_THE_PAST),)),
    TooLateToCancel: TooLateToCancel(NOON),
    TooLateToMove: TooLateToMove(NOON),
    FeeChanged: FeeChanged(Money(500, "GBP")),
    NotCheckInTime: NotCheckInTime(Span(NOON, ONE)),
    TooFarAhead: TooFarAhead(date(2028, 3, 2)),
    NothingToChange: NothingToChange((date(2026, 3, 2),)),
    AllElsewhere: AllElsewhere((date(2026, 3, 2),)),
    SeriesNotBookable: SeriesNotBookable(Preview("FREQ=DAILY", "Europe/London", (), "GBP")),
    CreditChanged: CreditChanged(500),
    TooFewExtras: TooFewExtras(1, "Lunch", 2),
    TooLateForExtra: TooLateForExtra(1, "Lunch", 2),
    ExtraGone: ExtraGone(1, "Lunch"),
}
ROOMS = "app.domain.booking.", "app.domain.extras.", "app.domain.guests."
ELSEWHERE = "app.domain.booking.house_rules.", "app.domain.booking.rezoning"
"""What staff are told who write rules, or give a location another zone."""


def _kinds(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for each in kind.__subclasses__():
        ours = each.__module__.startswith(ROOMS) and not each.__module__.startswith(ELSEWHERE)
        if ours and each is not ExtraRefusal:
            yield each
        yield from _kinds(each)


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_one(app: Flask, reason: Reason) -> None:
    Voice(app).check(NotBookable((Obstacle(reason, FACTS.get(reason, {})),)))


@pytest.mark.parametrize("engine", ["sqlite"])
def test_every_refusal_has_one(app: Flask) -> None:
    kinds = {*_kinds(), CreditChanged}
    assert {NotBookable, NotCheckInTime, ExtraGone} < kinds
    voice, silent = Voice(app), []
    for kind in sorted(kinds, key=lambda each: each.__name__):
        try:
            voice.check(TELLING.get(kind) or kind())
        except Refusal:
            silent.append(kind.__name__)
    assert not silent
