"""What limits and rules together have against one booking, for whoever decides about it without a survey of its day."""

from collections.abc import Iterable
from datetime import datetime

from app.domain.booking.house_rules.cooling import too_early
from app.domain.booking.house_rules.matching import Rules
from app.domain.booking.house_rules.quotas import Stay, too_much
from app.domain.booking.minutes import minute_of, stretch_of
from app.domain.booking.rules import Asker, Limits, obstacles
from app.domain.booking.terms import Obstacle
from app.kernel.spans import Span


def judge(
    rules: Rules,
    own: Limits,
    asker: Asker,
    stays: Iterable[Stay],
    span: Span,
    *,
    people: int,
    now: datetime,
) -> tuple[Limits, list[Obstacle]]:
    """The limits that hold for a span of a room with limits of its `own`, and everything that they have against it, but for
    other people's bookings. `stays` are those that count beside it.
    """
    wanted, counted = stretch_of(span), tuple(stays)
    limits = rules.limits(own, wanted)
    return limits, [
        *obstacles(limits, asker, rules.calendar, span, people=people, now=now),
        *too_much(limits, rules.calendar, counted, wanted, minute_of(now)),
        *too_early(limits, counted, wanted),
    ]
