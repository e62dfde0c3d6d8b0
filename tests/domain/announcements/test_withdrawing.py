"""Reading, taking back and forgetting: only who was told reads it, and what was sent stays counted."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.announcements.figures import Way, figures_of
from app.domain.announcements.forgetting import forget_announcements
from app.domain.announcements.reading import at_home, dismiss, open_announcement, told_page
from app.domain.announcements.sending import tell_next
from app.domain.announcements.terms import Aim, NeverSent, WriteAnnouncement
from app.domain.announcements.withdrawing import withdraw
from app.domain.announcements.writing import create_announcement, edit_announcement
from app.domain.mailed_links import make_link
from app.domain.notices.reading import inbox_page
from app.domain.privacy.settings import DEFAULTS, write_days
from app.domain.spaces.lists import remove_entry
from app.domain.spaces.terms import StillUsed
from app.domain.stored_file import Photo
from app.kernel.errors import NotFound
from app.models import (
    Announcement,
    AnnouncementReader,
    Choice,
    Delivery,
    Notice,
    NoticePreference,
    Person,
    Plan,
    ResourcePlan,
)
from app.notice_kinds import Channel
from app.tenancy import begin_writing, tenant_session
from tests.domain.announcements.conftest import EVERYBODY, NOW, Office
from tests.support.world import World


def _sent(office: Office, **aim: Any) -> int:
    made = office.write(**aim)
    office.send(made)
    office.work()
    return made


def _deliveries(session: Session, who: int, channel: Channel) -> list[Delivery]:
    query = select(Delivery).join(Notice, Notice.id == Delivery.notice_id)
    return list(session.scalars(query.where(Notice.person_id == who, Delivery.channel == channel)))


def test_opening_it_reads_its_notice_once(office: Office) -> None:
    made, member = _sent(office), office.tenant.people["member"]
    assert not inbox_page(office.session, member, 1).notices[0].read_at
    later = NOW + timedelta(hours=1)
    assert open_announcement(office.session, member, made, later).read_at is None
    assert inbox_page(office.session, member, 1).notices[0].read_at == later
    assert open_announcement(office.session, member, made, later + timedelta(hours=1)).read_at == later
    # Nobody else's is read by it.
    assert not inbox_page(office.session, office.tenant.people["colleague"], 1).notices[0].read_at


def test_who_was_not_told_does_not_find_it(office: Office, world: World) -> None:
    made = _sent(office, plan_ids=frozenset([office.tenant.plans["Studio"]]))
    people = office.tenant.people
    assert open_announcement(office.session, people["member"], made, NOW).title == "The lift"
    for who, number in (("contact", made), ("member", made + 1), ("member", 0), ("member", 2**63)):
        with pytest.raises(NotFound):
            open_announcement(office.session, people[who], number, NOW)
        with pytest.raises(NotFound):
            dismiss(office.session, people[who], number, NOW)
    office.session.commit()
    with tenant_session(office.open_session, world.harbour.id) as session, pytest.raises(NotFound):
        open_announcement(session, world.harbour.people["member"], made, NOW)


def test_home_shows_it_until_its_day_is_over_or_the_reader_has_enough(office: Office) -> None:
    people = office.tenant.people
    command = WriteAnnouncement("The lift", "Text", home_until=NOW.date())
    made = create_announcement(office.session, office.staff(), command, NOW).id
    office.session.commit()
    office.send(made)
    office.work()
    never = _sent(office)
    assert [each.id for each in at_home(office.session, people["member"], NOW)] == [made]
    assert {each.id for each in told_page(office.session, people["member"], 1)[0]} == {made, never}
    dismiss(office.session, people["member"], made, NOW)
    assert at_home(office.session, people["member"], NOW) == []
    assert len(told_page(office.session, people["member"], 1)[0]) == 2
    assert len(at_home(office.session, people["contact"], NOW + timedelta(hours=14, minutes=59))) == 1
    assert at_home(office.session, people["contact"], NOW + timedelta(hours=15)) == []


def test_a_withdrawn_one_is_gone_and_what_was_mailed_stays_counted(office: Office) -> None:
    made, people = _sent(office), office.tenant.people
    (mailed,) = _deliveries(office.session, people["member"], Channel.MAIL)
    mailed.delivered_at, mailed.next_try_at = NOW, None
    office.session.commit()
    notice = office.session.get_one(Notice, mailed.notice_id)
    assert make_link(office.session, notice, NOW) == {"body": "Take the stairs.\n\nUntil Friday."}
    assert figures_of(office.session, made).mail == Way(sent=1, waiting=5)
    for _twice in range(2):
        withdraw(office.session, office.staff(), made, NOW)
        office.session.commit()
    for who in EVERYBODY:
        assert inbox_page(office.session, people[who], 1).notices == []
        assert told_page(office.session, people[who], 1) == ([], False)
        with pytest.raises(NotFound):
            open_announcement(office.session, people[who], made, NOW)
    assert make_link(office.session, notice, NOW) is None
    figures = figures_of(office.session, made)
    assert (figures.told, figures.inbox, figures.mail) == (6, 0, Way(sent=1, none=5))


def test_it_is_withdrawn_while_it_is_being_sent(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.domain.announcements.sending.BATCH", 2)
    made = office.write()
    office.send(made)
    begin_writing(office.session)
    assert tell_next(office.session, NOW)
    office.session.commit()
    withdraw(office.session, office.staff(), made, NOW)
    office.session.commit()
    assert office.work() == 0
    assert len(office.told(made)) == 2


def test_what_nobody_was_told_cannot_be_withdrawn(office: Office) -> None:
    made = office.write()
    with pytest.raises(NeverSent):
        withdraw(office.session, office.staff(), made, NOW)
    office.session.rollback()
    office.send(made)
    withdraw(office.session, office.staff(), made, NOW)


def test_figures_say_what_became_of_each(office: Office) -> None:
    people, session = office.tenant.people, office.session
    session.add(
        NoticePreference(
            person_id=people["contact"],
            kind="announcement.published",
            channel=Channel.MAIL,
            choice=Choice.OFF,
        )
    )
    session.add(
        NoticePreference(
            person_id=people["desk"],
            kind="announcement.published",
            channel=Channel.MAIL,
            choice=Choice.DIGEST,
        )
    )
    session.commit()
    made = _sent(office)
    states = {"member": "delivered_at", "colleague": "gave_up_at", "owner": "gave_up_at"}
    for who, column in states.items():
        (row,) = _deliveries(session, people[who], Channel.MAIL)
        setattr(row, column, NOW)
        row.next_try_at, row.sent_to = None, office.tenant.email(who)
    session.get_one(Person, people["owner"]).bounced_email = office.tenant.email("owner")
    open_announcement(session, people["member"], made, NOW)
    session.commit()
    figures = figures_of(session, made)
    assert (figures.told, figures.inbox, figures.read) == (6, 6, 1)
    assert figures.mail == Way(sent=1, waiting=1, failed=1, bounced=1, none=2)
    assert figures.digest == Way(waiting=1, none=5)
    assert figures.push == Way(none=6)
    # Another announcement is counted by itself.
    assert figures_of(session, _sent(office)).read == 0


def test_a_plan_that_an_announcement_is_for_is_not_removed(office: Office) -> None:
    """Or it would be for everybody all of a sudden."""
    residents = office.tenant.plans["Residents"]
    office.session.execute(delete(ResourcePlan))  # a room that this plan opens
    made = office.write(plan_ids=frozenset([residents]))
    owner = office.tenant.actor("owner")
    with pytest.raises(StillUsed):
        remove_entry(office.session, owner, Plan, residents, lambda: NOW)
    office.session.rollback()
    studio = frozenset([office.tenant.plans["Studio"]])
    edit = WriteAnnouncement("The lift", "Text", Aim(plan_ids=studio))
    edit_announcement(office.session, office.staff(), made, edit, NOW)
    office.session.commit()
    remove_entry(office.session, owner, Plan, residents, lambda: NOW)


def test_it_is_forgotten_as_notices_are_with_its_picture(office: Office) -> None:
    session = office.session
    photo = Photo("d" * 64, "image/webp", 1, 640, 400, NOW)
    command = WriteAnnouncement("The lift", "Text", photo=photo)
    old = create_announcement(session, office.staff(), command, NOW).id
    draft = create_announcement(session, office.staff(), command, NOW).id
    session.commit()
    office.send(old)
    office.work()
    write_days(session, DEFAULTS)
    session.commit()
    days = timedelta(days=DEFAULTS.notice_days or 0)
    assert forget_announcements(session, NOW + days) == (0, [])
    # The draft still shows the picture, so its bytes stay.
    assert forget_announcements(session, NOW + days + timedelta(seconds=1)) == (1, [])
    assert session.scalars(select(Announcement.id)).all() == [draft]
    assert session.scalars(select(AnnouncementReader.id)).all() == []
