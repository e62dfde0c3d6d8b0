"""What moved dates of a series would be and cost, before anything is done."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.booking.paying import would_pay_each_anew
from app.domain.booking.series_ground import Weighed
from app.domain.booking.series_moving import MoveDate, MoveDates, MovePreview, Paid, Stays
from app.domain.booking.series_picking import (
    Picked,
    following_of,
    ground_of,
    late_of,
    pick,
    priced_anew,
    wanted_of,
)
from app.domain.booking.series_rows import (
    changeable,
    changes_of,
    check_override,
    day_of,
    series_for,
    standing_of,
)
from app.domain.booking.when_paid import due_of
from app.domain.extras.following import Following
from app.kernel.spans import Span
from app.models import Booking


def preview_move(session: Session, actor: Actor, wish: MoveDates, now: datetime) -> MovePreview:
    """What each date of the range would be and cost, by the code that moves them. Writes nothing; no more statements than for one.

    Raises NotFound, NothingToChange where none may be changed, NotPermitted, Malformed, TooFarAhead, OutOfReach.
    """
    series = series_for(session, actor, wish.series_id)
    check_override(actor, series, asked=wish.override)
    standing = standing_of(session, series, wish.ranged)
    found = changeable(session, actor, series, standing, now)
    picked = pick(session, series, wish, found, now)
    weighed: dict[date, Weighed] = {}
    follows = following_of(session, actor, series, picked, standing, now)
    if picked.moving:
        ground = ground_of(session, actor, series, wish, picked, now)
        late = late_of(picked, follows)
        weighed = {each.occurrence.day: each for each in ground.weigh(wanted_of(picked), late)}
    after = _paid_after(session, picked, weighed, now)
    return MovePreview(
        picked.zone,
        standing[0].currency,
        changes_of(session, series),
        tuple(
            _with_extras(_date(each, found.late, picked, weighed, after), follows.get(each.id, Following()))
            for each in standing
            if each.starts_at > now
        ),
    )


def _paid_after(
    session: Session, picked: Picked, weighed: Mapping[date, Weighed], now: datetime
) -> dict[date, Paid]:
    """Of the dates that can move, and cost something else then."""
    can = [booking for booking in picked.moving if weighed[day_of(booking)].occurrence.free]
    anew = priced_anew(picked, can, weighed)
    credit = would_pay_each_anew(session, anew, picked.room_id, now)
    return {
        day_of(booking): Paid(price.total_minor, price.total_minor - paid.total_minor)
        for (booking, price), paid in zip(anew, credit, strict=True)
    }


def _date(
    booking: Booking,
    late: tuple[date, ...],
    picked: Picked,
    weighed: Mapping[date, Weighed],
    after: Mapping[date, Paid],
) -> MoveDate:
    day, was, before = day_of(booking), Span(booking.starts_at, booking.ends_at), _paid(booking)
    if day not in weighed:
        stays = Stays.LATE if day in late else picked.stays.get(day, Stays.ELSEWHERE)
        span = picked.wanted[day].span if day in picked.wanted else was
        return MoveDate(day, was, span, stays, (), before, before, booking.pays)
    one = weighed[day].occurrence
    return MoveDate(day, was, one.span, None, one.obstacles, before, after.get(day, before), booking.pays)


def _with_extras(one: MoveDate, follows: Following) -> MoveDate:
    """Credit pays nothing of what was ordered with it."""
    after = follows.after_minor() if one.moves else follows.before_minor
    return replace(one, before=_more(one.before, follows.before_minor), after=_more(one.after, after))


def _more(paid: Paid, minor: int) -> Paid:
    return Paid(paid.price_minor + minor, paid.due_minor + minor)


def _paid(booking: Booking) -> Paid:
    return Paid(booking.price_minor, due_of(booking))
