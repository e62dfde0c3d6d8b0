"""Strikes of a series: after so many dates in a row to which nobody came, the rest of them goes to others.

Off unless the house says after how many (`strike_limit`). A strike is a date whose room was freed because nobody had checked in
(`no_shows`), so a room that is kept to the end gives none. Nothing counts them but the bookings themselves: somebody who comes
once clears them all.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.audit import record
from app.domain.booking.announce_series import Done, announce_series, series_facts
from app.domain.booking.house_limits import house_limit, set_house_limit
from app.domain.booking.series_cancel import cancel_in_hand, end_series
from app.domain.booking.series_rows import Range, day_of, hold_series, hold_standing
from app.domain.booking.writing import writing
from app.domain.guests.telling import CANCELLED, tell_guests_of
from app.domain.lookup import hold_person, one
from app.domain.notices import tell, tell_all
from app.domain.notices.reading import forget_about
from app.domain.people.staff import staff_at
from app.kernel.clock import Clock
from app.kernel.errors import NotFound
from app.kernel.spans import Span
from app.models import Booking, BookingSeries, BookingStatus, Tenant
from app.tenancy import begin_writing

LEAST_STRIKES = 2
"""Whoever loses a series was warned at the date before."""
MOST_STRIKES = 20
WARNING = "series.unused"
_FARTHEST = timedelta(days=1)
"""What was freed longer ago has been decided about, or nobody meant it."""


def strike_limit(session: Session) -> int | None:
    """After how many dates in a row to which nobody came the house cancels the rest of a series; None for never."""
    return house_limit(session, Tenant.strike_limit)


def limit_strikes(session: Session, actor: Actor, strikes: int | None, clock: Clock) -> None:
    """Set that, or with None turn it off. Raises as `set_house_limit`."""
    set_house_limit(
        session,
        actor,
        Tenant.strike_limit,
        strikes,
        MOST_STRIKES,
        clock,
        name="strike_limit",
        least=LEAST_STRIKES,
    )


def strikes_of(series: BookingSeries, standing: Iterable[Booking], now: datetime) -> list[Booking]:
    """Of its confirmed bookings those to which nobody came since somebody last did, or staff forgave, in the order of time.

    A date counts once it is over: until then somebody may still check in.
    """
    in_order = sorted(standing, key=lambda each: each.starts_at)
    came = max((each.starts_at for each in in_order if each.checked_in_at), default=None)
    return [
        each for each in in_order if _counts(series, each, now) and (came is None or each.starts_at > came)
    ]


def _counts(series: BookingSeries, booking: Booking, now: datetime) -> bool:
    freed, cleared = booking.released_at, series.strikes_cleared_at
    if freed is None or booking.checked_in_at is not None or booking.ends_at > now:
        return False
    return cleared is None or freed > cleared


def end_unused_series(session: Session, now: datetime) -> int:
    """Warn whose series ends with one no-show more, and cancel what is to come of those that had it; returns how many were.

    Idempotent, and safe to run beside itself: each series is decided about in a transaction of its own, under its lock.
    """
    limit = strike_limit(session)
    if limit is None:
        return 0
    found = session.execute(_lately_freed(now)).all()
    return sum(_decide(session, series_id, person_id, limit, now) for series_id, person_id in found)


def _lately_freed(now: datetime) -> Select[*tuple[int, int]]:
    return (
        select(BookingSeries.id, BookingSeries.person_id)
        .join(
            Booking, (Booking.tenant_id == BookingSeries.tenant_id) & (Booking.series_id == BookingSeries.id)
        )
        .where(
            Booking.released_at > now - _FARTHEST,
            Booking.status == BookingStatus.CONFIRMED,
            Booking.checked_in_at.is_(None),
            or_(
                BookingSeries.strikes_cleared_at.is_(None),
                Booking.released_at > BookingSeries.strikes_cleared_at,
            ),
        )
        .distinct()
        .order_by(BookingSeries.id)
    )


def _decide(session: Session, series_id: int, person_id: int, limit: int, now: datetime) -> bool:
    """Whether the rest was cancelled. Commits what the session had begun."""
    begin_writing(session)
    hold_person(session, person_id)
    series = one(session, BookingSeries, series_id, lock=True)
    standing = hold_standing(session, series, Range())
    strikes = strikes_of(series, standing, now)
    coming = tuple(each for each in standing if each.starts_at > now)
    if len(strikes) < limit - 1 or not coming:
        return False
    if not _was_warned(series, strikes[limit - 2]):
        _warn(session, series, coming, len(strikes), now)
        return False
    if len(strikes) < limit or not _came_after_warning(series, strikes[-1]):
        return False
    _strike_off(session, series, standing, coming, len(strikes), now)
    return True


def _was_warned(series: BookingSeries, last_but_one: Booking) -> bool:
    """Since the no-show that left one: what was said of another row of them, or under another limit, warns of nothing."""
    warned, freed = series.strikes_warned_at, last_but_one.released_at
    return warned is not None and freed is not None and warned >= freed


def _came_after_warning(series: BookingSeries, strike: Booking) -> bool:
    warned, freed = series.strikes_warned_at, strike.released_at
    return warned is not None and freed is not None and freed > warned


def _warn(
    session: Session, series: BookingSeries, coming: tuple[Booking, ...], strikes: int, now: datetime
) -> None:
    series.strikes_warned_at = now
    session.flush()
    facts = series_facts(session, series, _spans(coming)) | {"strikes": strikes}
    tell(session, now, series.person_id, WARNING, facts)


def _strike_off(
    session: Session,
    series: BookingSeries,
    standing: list[Booking],
    coming: tuple[Booking, ...],
    strikes: int,
    now: datetime,
) -> None:
    # Whoever adds dates to it begins anew
    series.strikes_cleared_at = now
    cancel_in_hand(session, coming, now, by_id=None)
    end_series(series, Range(), [day_of(each) for each in standing if each not in coming], now)
    session.flush()
    forget_about(session, WARNING, str(series.id))
    announce_series(session, series, Done.UNUSED, _spans(coming), now, strikes=strikes)
    tell_guests_of(session, [each.id for each in coming], CANCELLED, now)
    _tell_staff(session, series, coming, strikes, now)
    record(
        session,
        now,
        None,
        "series.struck_off",
        subject="booking_series",
        subject_id=series.id,
        for_id=series.person_id,
        after={"dates": len(coming), "strikes": strikes},
    )
    session.flush()


def _tell_staff(
    session: Session, series: BookingSeries, coming: tuple[Booking, ...], strikes: int, now: datetime
) -> None:
    """Those who work where it is, but whose it was. Its page says who that is, so that no inbox keeps a name for ever."""
    facts = series_facts(session, series, _spans(coming)) | {"strikes": strikes, "title": ""}
    whom = set(staff_at(session, Permission.BOOKINGS, series.location_id)) - {series.person_id}
    tell_all(session, now, whom, "series.struck_off", facts)


def _spans(bookings: Iterable[Booking]) -> list[Span]:
    return [Span(each.starts_at, each.ends_at) for each in bookings]


def forgive_strikes(session: Session, actor: Actor, series_id: int, clock: Clock) -> None:
    """Have the no-shows of a series until now count no more; forgiving none changes nothing. Staff do, audited.

    Commits nothing but what `begin_writing` ends. Raises NotFound for whoever may not act for others there.
    """
    with writing(session):
        series = hold_series(session, actor, series_id)
        if not actor.acts_for_others(series.location_id):
            raise NotFound
        now = clock()
        strikes = strikes_of(series, hold_standing(session, series, Range()), now)
        if not strikes:
            return
        series.strikes_cleared_at = now
        forget_about(session, WARNING, str(series.id))
        record(
            session,
            now,
            actor.person_id,
            "series.strikes_forgiven",
            subject="booking_series",
            subject_id=series.id,
            for_id=series.person_id,
            before={"strikes": len(strikes)},
        )
        session.flush()
