"""Many workers look at a series to which nobody came: its rest is cancelled once, and told once."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.booking.repeating import Every, Pattern
from app.domain.booking.series_book import book_series
from app.domain.booking.series_terms import BookSeries
from app.domain.booking.strikes import end_unused_series, limit_strikes
from app.models import Booking, BookingSeries, BookingStatus, Notice
from tests.races.conftest import NOW, RACERS, race
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race


def _unused(open_session: OpenSession, tenant: TenantWorld) -> datetime:
    """Five days of Fern, of which nobody came to the first two; the moment after that."""
    with open_session(tenant.id) as session:
        limit_strikes(session, tenant.actor("desk"), 2, lambda: NOW)
        session.commit()
        pattern = Pattern(date(2026, 3, 3), Every.DAY, count=5)
        wish = BookSeries(tenant.rooms["Fern"], pattern, 540, 60)
        series = book_series(session, tenant.actor("member"), wish, lambda: NOW).series
        first, second = session.scalars(select(Booking).order_by(Booking.starts_at)).all()[:2]
        for each in (first, second):
            each.released_at = each.starts_at + timedelta(minutes=15)
            each.ends_at = each.starts_at + timedelta(minutes=16)
        series.strikes_warned_at = first.starts_at + timedelta(minutes=17)
        session.commit()
        return second.starts_at + timedelta(minutes=20)


def test_of_many_workers_one_ends_it(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    tenant = world.northlight
    then = _unused(open_session, tenant)

    def attempt(session: Session, _racer: int) -> str:
        ended = end_unused_series(session, then)
        session.commit()
        return "ended" if ended else "found nothing"

    said = race(open_session, tenant.id, attempt)
    assert (said.count("ended"), len(said)) == (1, RACERS)
    with open_session(tenant.id) as session:
        stand = session.scalars(select(Booking.id).where(Booking.status == BookingStatus.CONFIRMED)).all()
        assert len(stand) == 2
        assert len(session.scalars(select(Notice).where(Notice.kind == "series.changed")).all()) == 1
        assert session.scalars(select(BookingSeries)).one().strikes_cleared_at == then
