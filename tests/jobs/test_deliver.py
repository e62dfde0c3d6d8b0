"""Delivering notices: once, again after a failure, never for ever, and in the reader's language."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.notices import dead_letters, post, tell
from app.jobs.claiming import CLAIM, WAITS
from app.jobs.deliver import MailTools, deliver_due
from app.models import Delivery, Notice, Person
from app.ports import MailMessage, MailNotSent
from app.tenancy import tenant_session
from app.web.mail import MailTemplates
from tests.support.notices import BOOKING
from tests.support.world import TenantWorld, World

NOW = datetime(2030, 5, 6, 9, tzinfo=UTC)


@dataclass
class PostOffice:
    """A Mail port with a door that can be shut, and something that may happen while it works."""

    trouble: MailNotSent | None = None
    taken: list[MailMessage] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def send(self, message: MailMessage) -> None:
        self.meanwhile()
        if self.trouble:
            raise self.trouble
        self.taken.append(message)


class Sender:
    """Delivers for Northlight at a time that the test sets."""

    def __init__(self, app: Flask, open_session: Callable[[], Session], tenant: TenantWorld) -> None:
        self.office = PostOffice()
        self.now = NOW
        self.tenant = tenant
        self._open_session = open_session
        self._renderer = MailTemplates(app, app.extensions["portico_settings"])

    def tell(
        self, kind: str = "password.changed", who: str = "member", data: dict[str, object] | None = None
    ) -> None:
        with self.session() as session:
            tell(session, self.now, self.tenant.people[who], kind, data or {})

    def deliver(self) -> int:
        tools = MailTools(self.office, self._renderer)
        return deliver_due(self._open_session, self.tenant.id, tools, lambda: self.now).result()

    def delivery(self) -> Delivery:
        with self.session() as session:
            found = session.scalars(select(Delivery).order_by(Delivery.id.desc())).first()
            assert found is not None
            session.expunge_all()
            return found

    def session(self) -> AbstractContextManager[Session]:
        return tenant_session(self._open_session, self.tenant.id)


@pytest.fixture
def sender(app: Flask, open_session: Callable[[], Session], world: World) -> Sender:
    return Sender(app, open_session, world.northlight)


def test_it_is_sent_once(sender: Sender) -> None:
    sender.tell()
    assert sender.deliver() == 1
    assert sender.deliver() == 0
    (mail,) = sender.office.taken
    assert (mail.to, mail.subject) == ("member@example.test", "Your password was changed")
    assert sender.delivery().delivered_at == NOW


def test_what_was_rolled_back_is_never_sent(sender: Sender) -> None:
    with sender.session() as session:
        tell(session, NOW, sender.tenant.people["member"], "password.changed", {})
        session.rollback()
    assert sender.deliver() == 0


def test_a_failure_is_tried_again_later_and_later(sender: Sender) -> None:
    sender.tell()
    sender.office.trouble = MailNotSent("450 try later", permanent=False)
    for wait in WAITS:
        assert sender.deliver() == 0
        assert sender.delivery().next_try_at == sender.now + wait
        sender.now += wait - timedelta(seconds=1)
        tries = sender.delivery().attempts
        sender.deliver()
        assert sender.delivery().attempts == tries
        sender.now += timedelta(seconds=1)
    sender.office.trouble = None
    assert sender.deliver() == 1
    assert sender.delivery().error == ""


def test_in_the_end_it_is_a_dead_letter_that_can_be_seen(sender: Sender) -> None:
    sender.tell()
    sender.office.trouble = MailNotSent("450 try later", permanent=False)
    for wait in (*WAITS, timedelta(days=365)):
        sender.deliver()
        sender.now += wait
    sender.office.trouble = None
    assert sender.deliver() == 0
    with sender.session() as session:
        (letter,) = dead_letters(session)
    assert (letter.kind, letter.email, letter.error, letter.attempts) == (
        "password.changed",
        "member@example.test",
        "450 try later",
        len(WAITS) + 1,
    )


def test_a_final_no_is_not_asked_again(sender: Sender) -> None:
    sender.tell()
    sender.office.trouble = MailNotSent("550 no such mailbox", permanent=True)
    sender.deliver()
    assert sender.delivery().gave_up_at == NOW
    assert sender.delivery().next_try_at is None


def test_one_bad_letter_does_not_stop_the_next(sender: Sender) -> None:
    with sender.session() as session:
        # A kind of a version to come, which nobody can tell of in this one.
        post(
            session,
            Notice(person_id=sender.tenant.people["member"], kind="kind.without_templates", created_at=NOW),
            NOW,
        )
    sender.tell("password.changed")
    assert sender.deliver() == 1
    with sender.session() as session:
        errors = sorted(row.error for row in session.scalars(select(Delivery)))
    assert errors[0] == ""
    assert "TemplateNotFound" in errors[1]


def test_a_worker_that_died_loses_nothing(sender: Sender) -> None:
    sender.tell()

    def die() -> None:
        raise KeyboardInterrupt

    sender.office.meanwhile = die
    with pytest.raises(KeyboardInterrupt):
        sender.deliver()
    sender.office.meanwhile = lambda: None
    assert sender.deliver() == 0
    sender.now += CLAIM
    assert sender.deliver() == 1


def test_two_workers_do_not_send_the_same(sender: Sender) -> None:
    sender.tell()
    second: list[int] = []
    sender.office.meanwhile = lambda: second.append(sender.deliver()) if not second else None
    assert sender.deliver() == 1
    assert second == [0]
    assert len(sender.office.taken) == 1


def test_a_repeat_bears_the_same_reference(sender: Sender) -> None:
    sender.tell()
    sender.deliver()
    with sender.session() as session:
        row = session.scalars(select(Delivery)).one()
        row.next_try_at = sender.now
    sender.deliver()
    first, again = sender.office.taken
    assert first.reference == again.reference


def test_the_other_tenants_mail_stays_where_it_is(sender: Sender, world: World) -> None:
    sender.tell()
    sender.tenant = world.harbour
    assert sender.deliver() == 0
    sender.tenant = world.northlight
    assert sender.deliver() == 1


def test_it_speaks_the_readers_language_and_wears_the_tenants_colours(sender: Sender) -> None:
    with sender.session() as session:
        session.get_one(Person, sender.tenant.people["member"]).locale = "es"
    sender.tell("booking.confirmed", data=BOOKING)
    assert sender.deliver() == 1
    (mail,) = sender.office.taken
    assert "martes, 7 de mayo de 2030" in mail.text
    assert "09:00 – 10:30" in mail.text
    assert 'lang="es"' in mail.html
    assert "#1f5c4d" in mail.html
    assert mail.sender_name == "Northlight"


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("kind", ["booking.confirmed", "booking.cancelled"])
def test_every_booking_mail_names_room_place_and_time(sender: Sender, kind: str) -> None:
    sender.tell(kind, data=BOOKING | {"reason": "The <heating> broke"})
    assert sender.deliver() == 1
    (mail,) = sender.office.taken
    for words in ("Fern", "Leith Walk", "Tuesday, 7 May 2030", "09:00 – 10:30"):
        assert words in mail.text
        assert words in mail.html
    assert "<heating>" not in mail.html
    assert "http://localhost:5000/bookings/" in mail.text
