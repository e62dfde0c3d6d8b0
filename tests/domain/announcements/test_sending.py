"""Sending: each person once, in batches, stopped anywhere, late, by several at a time; planned, moved, taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.announcements import sending
from app.domain.announcements.sending import schedule, send_now, tell_next, try_on_oneself, unschedule
from app.domain.announcements.terms import Aim, AlreadyBegun, HomeOver, NotAhead, WriteAnnouncement
from app.domain.announcements.writing import create_announcement, edit_announcement, last_home_day
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.jobs.announcements import tell_announced
from app.models import Announcement, AnnouncementReader, AnnouncementState, AuditEntry, Notice, Person
from app.tenancy import begin_writing, tenant_session
from tests.domain.announcements.conftest import EVERYBODY, NOW, Office


def _found(office: Office, made: int) -> Announcement:
    office.session.expire_all()
    return office.session.get_one(Announcement, made)


def _add_people(office: Office, count: int) -> None:
    for number in range(count):
        add_person(office.session, NOW, PersonDetails(f"more{number}@example.test", "More", "People"))
    office.session.commit()


def test_each_is_told_once_however_often_it_is_tried(office: Office) -> None:
    made = office.write()
    office.send(made)
    assert office.work() == 2  # one of people, and one that finds nobody left
    assert office.work() == 0
    assert office.told(made) == EVERYBODY
    assert _found(office, made).state is AnnouncementState.SENT
    office.session.execute(
        update(Announcement).values(state=AnnouncementState.SENDING, told_up_to=0),
    )
    office.session.commit()
    office.work()
    assert office.session.scalar(select(func.count()).select_from(Notice)) == len(EVERYBODY)


def test_the_database_refuses_a_second_time(office: Office) -> None:
    made = office.write()
    office.send(made)
    office.work()
    member = office.tenant.people["member"]
    office.session.add(AnnouncementReader(announcement_id=made, person_id=member, told_at=NOW))
    with pytest.raises(IntegrityError):
        office.session.flush()
    office.session.rollback()


def test_what_is_stopped_in_the_middle_goes_on_from_there(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker dies within the second batch: the first one stands, nothing of the second does."""
    monkeypatch.setattr(sending, "BATCH", 2)
    made = office.write()
    office.send(made)
    begin_writing(office.session)
    assert tell_next(office.session, NOW)
    office.session.commit()
    first = office.told(made)
    assert len(first) == 2
    begin_writing(office.session)
    assert tell_next(office.session, NOW)
    office.session.rollback()
    assert office.told(made) == first
    assert office.work() == 3
    assert office.told(made) == EVERYBODY
    assert office.session.scalar(select(func.count()).select_from(Notice)) == len(EVERYBODY)


def test_the_worker_does_it_in_batches_of_its_own(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "BATCH", 4)
    made = office.write()
    assert tell_announced(office.open_session, office.tenant.id, lambda: NOW) == 0
    office.send(made)
    assert tell_announced(office.open_session, office.tenant.id, lambda: NOW) == 3
    assert office.told(made) == EVERYBODY


@pytest.mark.parametrize("engine", ["postgres"])  # SQLite lets one write at a time: there the second waits
def test_a_second_worker_finds_nothing_while_the_first_has_it(office: Office) -> None:
    made = office.write()
    office.send(made)
    with tenant_session(office.open_session, office.tenant.id) as first:
        begin_writing(first)
        assert tell_next(first, NOW)
        with tenant_session(office.open_session, office.tenant.id) as second:
            begin_writing(second)
            assert not tell_next(second, NOW)
    assert office.told(made) == EVERYBODY


def test_a_batch_asks_no_more_of_the_database_for_more_people(office: Office) -> None:
    few = office.write(title="Few")
    office.send(few)
    begin_writing(office.session)
    with office.asked() as little:
        assert tell_next(office.session, NOW)
    office.session.commit()
    office.work()
    _add_people(office, 60)
    many = office.write(title="Many")
    office.send(many)
    begin_writing(office.session)
    with office.asked() as much:
        assert tell_next(office.session, NOW)
    office.session.commit()
    assert len(office.told(many)) == len(EVERYBODY) + 60
    # SQLite writes each new notice by itself, for it says which number each row got.
    asked, before = ([each[:40] for each in found if "INSERT INTO" not in each] for found in (much, little))
    assert asked == before
    assert len([each for each in much if "announcement_reader (" in each]) == 1


def test_a_planned_one_waits_and_is_sent_late_as_well(office: Office) -> None:
    made = office.write()
    at = NOW + timedelta(hours=2)
    schedule(office.session, office.staff(), made, at, NOW)
    office.session.commit()
    office.later(hours=1, minutes=59)
    assert office.work() == 0
    _add_people(office, 1)
    office.later(days=3)
    assert office.work() == 2
    # Who came meanwhile belongs to it: the audience is worked out when it is sent.
    assert office.told(made) == EVERYBODY | {"more0@example.test"}
    found = _found(office, made)
    assert (found.state, found.sent_at) == (AnnouncementState.SENT, office.now)


def test_a_plan_is_moved_edited_and_taken_back(office: Office) -> None:
    made, desk = office.write(), office.staff()
    for hours in (2, 5):
        schedule(office.session, desk, made, NOW + timedelta(hours=hours), NOW)
        office.session.commit()
    edit_announcement(office.session, desk, made, WriteAnnouncement("New words", "Text"), NOW)
    office.session.commit()
    found = _found(office, made)
    assert (found.state, found.send_at, found.title) == (
        AnnouncementState.SCHEDULED,
        NOW + timedelta(hours=5),
        "New words",
    )
    unschedule(office.session, desk, made, NOW)
    office.session.commit()
    office.later(days=1)
    assert office.work() == 0
    assert _found(office, made).state is AnnouncementState.DRAFT
    actions = office.session.scalars(
        select(AuditEntry.action).where(AuditEntry.subject == "announcement").order_by(AuditEntry.id)
    ).all()
    assert [each.partition(".")[2] for each in actions] == [
        "created",
        "scheduled",
        "scheduled",
        "edited",
        "unscheduled",
    ]


def test_nothing_is_planned_for_a_moment_that_has_passed(office: Office) -> None:
    made = office.write()
    for span in (timedelta(0), timedelta(seconds=-1)):
        with pytest.raises(NotAhead):
            schedule(office.session, office.staff(), made, NOW + span, NOW)
        office.session.rollback()
    schedule(office.session, office.staff(), made, NOW + timedelta(seconds=1), NOW)


def test_what_has_begun_is_not_changed_and_not_begun_again(office: Office) -> None:
    made, desk = office.write(), office.staff()
    office.send(made)
    acts: tuple[Callable[[], object], ...] = (
        lambda: send_now(office.session, desk, made, NOW),
        lambda: schedule(office.session, desk, made, NOW + timedelta(hours=1), NOW),
        lambda: unschedule(office.session, desk, made, NOW),
        lambda: try_on_oneself(office.session, desk, made, NOW),
        lambda: edit_announcement(office.session, desk, made, WriteAnnouncement("Other", "Other"), NOW),
    )
    for act in acts:
        with pytest.raises(AlreadyBegun):
            act()
        office.session.rollback()
    assert _found(office, made).title == "The lift"


def test_its_last_day_at_home_is_a_day_of_its_own_clock(office: Office) -> None:
    """Porto of the cast is in New York: there the day ends five hours later than in London."""
    today = NOW.date()
    porto = Aim(location_ids=frozenset([office.tenant.locations["Porto"]]))
    for aim, hours in ((Aim(), 0), (porto, 5)):
        command = WriteAnnouncement("A day", "Text", aim, today)
        made = create_announcement(office.session, office.staff(), command, NOW)
        office.session.commit()
        assert made.home_ends_at == NOW.replace(hour=0) + timedelta(days=1, hours=hours)
        assert last_home_day(made) == today


def test_what_home_would_never_show_is_refused(office: Office) -> None:
    yesterday = NOW.date() - timedelta(days=1)
    with pytest.raises(HomeOver):
        create_announcement(
            office.session, office.staff(), WriteAnnouncement("A", "B", home_until=yesterday), NOW
        )
    office.session.rollback()
    today = WriteAnnouncement("A", "B", home_until=NOW.date())
    made = create_announcement(office.session, office.staff(), today, NOW).id
    office.session.commit()
    with pytest.raises(HomeOver):
        schedule(office.session, office.staff(), made, NOW + timedelta(days=2), NOW)
    office.session.rollback()
    with pytest.raises(HomeOver):
        send_now(office.session, office.staff(), made, NOW + timedelta(days=2))
    office.session.rollback()
    send_now(office.session, office.staff(), made, NOW)


def test_a_merged_person_is_not_told_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the first of two was told moved to the second, who stands behind in the order."""
    monkeypatch.setattr(sending, "BATCH", 1)
    made = office.write()
    office.send(made)
    begin_writing(office.session)
    tell_next(office.session, NOW)
    office.session.commit()
    (row,) = office.session.scalars(select(AnnouncementReader))
    last = max(office.tenant.people.values())
    row.person_id = last
    office.session.commit()
    office.work()
    assert len(office.session.scalars(select(Person.id)).all()) == len(EVERYBODY)
    told = office.session.scalars(
        select(AnnouncementReader.person_id).where(AnnouncementReader.announcement_id == made)
    ).all()
    assert sorted(told) == sorted(set(told))
    assert last in told
