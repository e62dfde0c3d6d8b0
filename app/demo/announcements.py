"""What the demo's house tells its people: one that home shows, an older one, and one that is still to be sent."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.spaces import DemoSpace
from app.domain.announcements.sending import tell_next
from app.domain.announcements.terms import PUBLISHED
from app.kernel.walltime import day_bounds, local_date, nearest_utc, zone
from app.models import Announcement, AnnouncementReader, AnnouncementState, Delivery, Notice, Person
from app.sections import Audience

_TOLD: dict[str, tuple[tuple[timedelta, bool, str, str], ...]] = {
    "northlight": (
        (
            timedelta(days=12),
            False,
            "New lockers on level 1",
            "There are forty of them, for a day or for a month.\n\nAsk at the desk for a key.",
        ),
        (
            timedelta(hours=3),
            True,
            "The lift is out of order until Friday",
            (
                "The engineers wait for a part. Take the stairs by the garden, or the goods lift: the desk has its key.\n\n"
                "If stairs are hard for you, tell us and we will move your booking to the ground floor."
            ),
        ),
    ),
    "harbour": (
        (
            timedelta(days=9),
            False,
            "Nueva cafetera en la cocina",
            "Funciona con café molido y en grano.\n\nLas instrucciones están al lado.",
        ),
        (
            timedelta(hours=5),
            True,
            "El jueves no hay agua de 9 a 11",
            "La compañía cambia una tubería en la calle.\n\nHabrá botellas en recepción.",
        ),
    ),
}
_PLANNED = {
    "northlight": (
        "Breakfast on the terrace",
        "Coffee, pastries and whoever else is in that morning.\n\nNo need to say that you are coming.",
    ),
    "harbour": (
        "Desayuno en la terraza",
        "Café, bollería y quien ande por aquí esa mañana.\n\nNo hace falta apuntarse.",
    ),
}


def announce_things(session: Session, space: DemoSpace, now: datetime) -> None:
    """Tell the demo's people, unless they were told something before. Nobody of them is mailed."""
    slug = space.tenant.slug
    desk = session.scalars(select(Person.id).where(Person.email_key == f"desk@{slug}.test")).one_or_none()
    if desk is None or session.scalars(select(Announcement.id).limit(1)).first() is not None:
        return
    tz = zone(space.tenant.zone)
    today = local_date(now, tz)
    for ago, at_home, title, body in _TOLD[slug]:
        told = _written(space, desk, title, body, now - ago)
        told.state, told.send_at, told.started_at = AnnouncementState.SENDING, now - ago, now - ago
        told.home_ends_at = day_bounds(today + timedelta(days=4), tz)[1] if at_home else None
        session.add(told)
        session.flush()
        while tell_next(session, now - ago):
            session.flush()
        _let_read(session, told, every=2 if at_home else 1, at=now - ago / 2)
    planned = _written(space, desk, *_PLANNED[slug], now)
    planned.state = AnnouncementState.SCHEDULED
    planned.send_at = nearest_utc(today + timedelta(days=6), time(9), tz)
    session.add(planned)
    session.flush()


def _written(space: DemoSpace, desk: int, title: str, body: str, at: datetime) -> Announcement:
    return Announcement(
        title=title,
        body=body,
        audience=Audience.SIGNED_IN,
        zone=space.tenant.zone,
        created_by_id=desk,
        created_at=at,
        told_up_to=0,
    )


def _let_read(session: Session, told: Announcement, *, every: int, at: datetime) -> None:
    """Let one of so many people have opened it, and let all mail of it count as sent."""
    readers = session.scalars(
        select(AnnouncementReader)
        .where(AnnouncementReader.announcement_id == told.id)
        .order_by(AnnouncementReader.person_id)
    ).all()
    read = {each.person_id for number, each in enumerate(readers) if number % every == every - 1}
    for each in readers:
        each.read_at = at if each.person_id in read else None
    notices = session.scalars(
        select(Notice).where(Notice.kind == PUBLISHED, Notice.about == str(told.id))
    ).all()
    for notice in notices:
        notice.read_at = at if notice.person_id in read else None
    deliveries = session.scalars(
        select(Delivery).where(Delivery.notice_id.in_([notice.id for notice in notices]))
    )
    for delivery in deliveries:
        delivery.next_try_at, delivery.delivered_at = None, told.sent_at
    session.flush()
