"""Telling somebody: by which ways it reaches them, by what they want, and what is never told."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.notices import tell
from app.domain.notices.digest import make_digests
from app.domain.notices.preferences import kinds_for, save_wishes, stop_digest
from app.domain.notices.reading import mark_all_read
from app.domain.notices.wishes import Habits
from app.domain.sessions import Browser, start
from app.models import (
    Choice,
    Delivery,
    LoginSession,
    Notice,
    Person,
    PersonProfile,
    PushDevice,
    SectionSetting,
)
from app.models.base import table_of
from app.notice_kinds import Channel
from app.sections import Audience
from app.tenancy import tenant_session
from tests.support.any_row import any_row
from tests.support.notices import BOOKING, SAMPLES
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
OpenSession = Callable[[], Session]


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def session(open_session: OpenSession, north: TenantWorld) -> Iterator[Session]:
    with tenant_session(open_session, north.id) as session:
        yield session


class Told:
    """Somebody of the cast, told things in one session."""

    def __init__(self, session: Session, tenant: TenantWorld, who: str = "member") -> None:
        self.session, self.tenant, self.who = session, tenant, who
        self.id = tenant.people[who]

    def tell(self, kind: str = "booking.confirmed", now: datetime = NOW, **data: Any) -> Notice | None:
        return tell(self.session, now, self.id, kind, SAMPLES[kind] | data)

    def ways(self, notice: Notice | None) -> dict[str, datetime | None]:
        assert notice
        self.session.flush()
        rows = self.session.execute(
            select(Delivery.channel, Delivery.next_try_at).where(Delivery.notice_id == notice.id)
        )
        return {row.channel: row.next_try_at for row in rows}

    def wish(self, *, habits: Habits | None = None, **choices: Choice) -> None:
        """`booking_confirmed_mail=Choice.OFF`."""
        wanted = {}
        for name, choice in choices.items():
            key, _, channel = name.rpartition("_")
            wanted[key.replace("_", ".", 1), Channel(channel)] = choice
        self.session.commit()
        save_wishes(self.session, self.tenant.actor(self.who), habits or Habits(), wanted, NOW)

    def take_device(self) -> None:
        start(self.session, self.id, Browser("test", "127.0.0.1"), NOW)
        self.session.flush()
        held = self.session.scalars(select(LoginSession.id).where(LoginSession.person_id == self.id)).first()
        any_row(self.session, table_of(PushDevice), "x", (), session_id=held, gave_up_at=None)


@pytest.fixture
def member(session: Session, north: TenantWorld) -> Told:
    return Told(session, north)


def test_it_is_mailed_at_once_unless_somebody_wants_otherwise(member: Told) -> None:
    assert member.ways(member.tell()) == {"mail": NOW}
    member.wish(booking_confirmed_mail=Choice.OFF)
    assert member.ways(member.tell(booking_id=8)) == {}
    assert member.ways(member.tell("booking.cancelled")) == {"mail": NOW}
    member.wish(booking_confirmed_mail=Choice.ON)
    assert member.ways(member.tell(booking_id=9)) == {"mail": NOW}


def test_what_keeps_an_account_safe_is_always_mailed(member: Told) -> None:
    member.wish(booking_confirmed_mail=Choice.OFF)
    assert member.ways(member.tell()) == {}
    assert member.ways(member.tell("password.changed")) == {"mail": NOW}


def test_a_device_is_told_when_there_is_one_and_not_in_quiet_hours(member: Told) -> None:
    assert "push" not in member.ways(member.tell())
    member.take_device()
    assert member.ways(member.tell(booking_id=8)) == {"mail": NOW, "push": NOW}
    member.wish(habits=Habits(quiet=(8 * 60, 10 * 60)))
    assert member.ways(member.tell(booking_id=9)) == {"mail": NOW, "push": NOW + timedelta(hours=1)}
    # The person's own clock goes before their location's.
    member.session.add(PersonProfile(person_id=member.id, zone="America/New_York"))
    member.session.flush()
    assert member.ways(member.tell(booking_id=10)) == {"mail": NOW, "push": NOW}
    member.wish(booking_confirmed_push=Choice.OFF)
    assert member.ways(member.tell(booking_id=11)) == {"mail": NOW}


def test_a_device_is_told_of_each_news_and_a_mail_sent_once(member: Told) -> None:
    member.take_device()
    first = member.tell("booking.confirmed")
    member.session.flush()
    for delivery in member.session.scalars(select(Delivery)):
        delivery.next_try_at, delivery.delivered_at, delivery.attempts = None, NOW, 1
    later = NOW + timedelta(minutes=5)
    assert member.tell("booking.confirmed", later) is first
    assert member.ways(first) == {"mail": None, "push": later}
    assert first
    assert (first.times, first.created_at) == (2, later)


def test_a_section_that_is_off_tells_nobody(member: Told) -> None:
    assert member.tell() is not None
    setting = SectionSetting(section="bookings", enabled=False)
    member.session.add(setting)
    member.session.flush()
    assert member.tell(booking_id=8) is None
    assert member.tell("password.changed") is not None
    setting.enabled, setting.audience = None, Audience.CONTACTS
    member.session.flush()
    assert member.tell(booking_id=9) is None
    assert Told(member.session, member.tenant, "contact").tell() is not None
    # There is no section of messages before it is built.
    assert len(list(member.session.scalars(select(Notice).where(Notice.person_id == member.id)))) == 2


def test_a_section_that_is_off_at_ones_own_place_tells_nobody(member: Told) -> None:
    person = member.session.get_one(Person, member.id)
    person.location_id = member.tenant.locations["Porto"]
    member.session.add(
        SectionSetting(section="bookings", enabled=False, location_id=member.tenant.locations["Porto"])
    )
    member.session.flush()
    assert member.tell() is None
    assert Told(member.session, member.tenant, "colleague").tell() is not None


def test_a_kind_that_nobody_registered_is_a_mistake(member: Told) -> None:
    with pytest.raises(KeyError):
        tell(member.session, NOW, member.id, "parcel.come", {})


def test_only_staff_choose_about_what_staff_are_told(north: TenantWorld) -> None:
    assert "sign_up.waiting" in {kind.key for kind in kinds_for(north.actor("owner"))}
    offered = {kind.key for kind in kinds_for(north.actor("member"))}
    assert "sign_up.waiting" not in offered
    assert {"booking.confirmed", "device.new"} <= offered
    assert "password.changed" not in offered


def test_the_daily_mail_gathers_what_is_unread(member: Told) -> None:
    member.wish(booking_confirmed_mail=Choice.DIGEST, habits=Habits(daily_hour=18))
    for number in (1, 2):
        notice = member.tell(booking_id=number, now=NOW + timedelta(hours=number))
        assert member.ways(notice) == {"digest": NOW + timedelta(hours=9)}
    make_digests(member.session, NOW + timedelta(hours=8))
    assert _digests(member) == []
    make_digests(member.session, NOW + timedelta(hours=9))
    (digest,) = _digests(member)
    assert [item["data"]["booking_id"] for item in digest.data["items"]] == [1, 2]
    assert member.ways(digest) == {"mail": NOW + timedelta(hours=9)}
    assert not digest.in_app
    make_digests(member.session, NOW + timedelta(hours=10))
    assert len(_digests(member)) == 1


def test_nothing_new_is_no_mail(member: Told) -> None:
    member.wish(booking_confirmed_mail=Choice.DIGEST)
    member.tell()
    mark_all_read(member.session, member.id, NOW, NOW)
    make_digests(member.session, NOW + timedelta(days=2))
    assert _digests(member) == []


def test_each_person_has_a_daily_mail_of_their_own(member: Told) -> None:
    other = Told(member.session, member.tenant, "colleague")
    for each in (member, other):
        each.wish(booking_confirmed_mail=Choice.DIGEST)
        each.tell()
    member.session.commit()
    make_digests(member.session, NOW + timedelta(days=1))
    assert {digest.person_id for digest in _digests(member)} == {member.id, other.id}


def test_another_hour_holds_for_what_waits_already(member: Told) -> None:
    member.wish(booking_confirmed_mail=Choice.DIGEST)
    notice = member.tell()
    member.wish(habits=Habits(daily_hour=20))
    assert member.ways(notice) == {"digest": NOW + timedelta(hours=11)}


def test_a_stopped_daily_mail_stays_stopped(member: Told) -> None:
    member.wish(booking_confirmed_mail=Choice.DIGEST)
    notice = member.tell()
    member.session.commit()
    stop_digest(member.session, member.id)
    stop_digest(member.session, member.id)
    assert member.ways(notice) == {}
    assert member.ways(member.tell(booking_id=8)) == {}
    make_digests(member.session, NOW + timedelta(days=1))
    assert _digests(member) == []


def test_no_mail_but_the_needed_goes_where_mail_comes_back(member: Told) -> None:
    person = member.session.get_one(Person, member.id)
    assert member.ways(member.tell()) == {"mail": NOW}
    person.bounced_email = person.email
    member.session.flush()
    assert member.ways(member.tell(booking_id=8)) == {}
    assert member.ways(member.tell("password.changed")) == {"mail": NOW}
    person.bounced_email = "an.older@example.test"
    member.session.flush()
    assert member.ways(member.tell(booking_id=9)) == {"mail": NOW}


def _digests(member: Told) -> list[Notice]:
    member.session.flush()
    return list(member.session.scalars(select(Notice).where(Notice.kind == "digest.daily")))


def test_the_data_is_what_the_section_said(member: Told) -> None:
    notice = member.tell()
    assert notice
    assert notice.data == BOOKING
    assert notice.about == "7"
