"""Pushing notices to a push service that is a process of its own: each device once, and nobody who should not hear."""

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain import sessions
from app.domain.locking_out import lock_out
from app.domain.notices.preferences import save_wishes
from app.domain.notices.reading import mark_all_read
from app.domain.notices.wishes import Habits
from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.terms import Reason
from app.domain.push_devices import with_device
from app.domain.push_keys import PushKit, last_refusal
from app.domain.push_sending import MOST_FAILURES, forget_sent
from app.jobs.claiming import CLAIM, WAITS
from app.jobs.push import PushTools, push_due
from app.models import Choice, Notice, Person, PushDevice, PushKey, PushSent, SectionSetting
from app.notice_kinds import KINDS, Channel, NoticeKind
from app.ports import Push, PushKeys, PushManner, PushTarget
from app.sections import BY_KEY as SECTION_KEYS
from app.sections import Audience
from app.settings import Settings
from app.web.push_words import PushWords
from tests.conftest import settings_for
from tests.support.notices import BOOKING, SAMPLES
from tests.support.push.process import PushService, push_service
from tests.support.push.sender import Sender
from tests.support.world import World

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    return replace(settings_for(database, tmp_path / "instance"), push_subject="mailto:host@example.org")


@pytest.fixture
def sender(app: Flask, open_session: Callable[[], Session], world: World, service: PushService) -> Sender:
    return Sender(app, open_session, world.northlight, service, NOW)


def test_each_device_gets_it_once_in_the_declarative_format(sender: Sender) -> None:
    phone, laptop, other = sender.device(), sender.device(), sender.device("colleague")
    notice_id = sender.tell()
    assert sender.push() == 1
    assert sender.push() == 0
    for target in (phone, laptop):
        (message,) = sender.got(target)
        shown = message["notification"]
        assert (message["web_push"], message["app_badge"], shown["app_badge"]) == (8030, 1, 1)
        assert shown["title"] == "Fern is booked"
        assert "Leith Walk" in shown["body"]
        assert shown["navigate"] == f"http://localhost/inbox/{notice_id}"
        assert shown["tag"] == f"n{notice_id}"
        assert (shown["lang"], shown["dir"]) == ("en", "ltr")
        (wire,) = sender.service.messages(target)
        assert (wire["topic"], wire["urgency"], wire["ttl"]) == (f"n{notice_id}", "normal", 86_400)
    assert sender.got(other) == []
    assert sender.delivery().delivered_at == NOW


def _pushed() -> list[NoticeKind]:
    """The kinds that devices get, of the sections that there are."""
    return [kind for kind in KINDS if kind.push is not None and (kind.section or "home") in SECTION_KEYS]


@pytest.mark.parametrize("kind", _pushed(), ids=lambda kind: kind.key)
def test_every_kind_arrives_exactly_once(sender: Sender, kind: NoticeKind) -> None:
    who = "owner" if kind.permission else "member"
    target = sender.device(who)
    sender.tell(who, kind.key, SAMPLES[kind.key])
    for _ in range(3):
        sender.push()
        sender.now += timedelta(minutes=10)
    (wire,) = sender.service.messages(target)
    assert (wire["urgency"], wire["ttl"]) == (kind.urgency, int(kind.ttl.total_seconds()))
    assert json.loads(wire["text"])["notification"]["title"]


class Dying:
    """A Push whose worker dies when the push service has taken the first message, before anything is noted of it."""

    def __init__(self, real: Push, first: PushTarget) -> None:
        self._real, self._first = real, first
        self.new_keys, self.check = real.new_keys, real.check

    def send(self, target: PushTarget, payload: bytes, own: PushKeys, manner: PushManner) -> None:
        self._real.send(target, payload, own, manner)
        if target == self._first:
            raise SystemExit


def test_a_worker_that_died_in_between_leaves_one_message_to_be_seen(sender: Sender) -> None:
    first, second = sender.device(), sender.device()
    sender.tell()
    with pytest.raises(SystemExit):
        sender.push(PushKit(Dying(sender.kit.client, first), sender.kit.box))
    assert len(sender.got(first)) == 1
    assert sender.push() == 0
    sender.now += CLAIM
    assert sender.push() == 1
    messages = sender.service.messages(first)
    # At least once: the repeat takes the place of what still waits, and of the banner that is shown already.
    assert [each["replaced"] for each in messages] == [True, False]
    assert len({each["topic"] for each in messages}) == 1
    assert len({each["notification"]["tag"] for each in sender.got(first)}) == 1
    assert len(sender.got(second)) == 1


def test_a_repeat_goes_only_to_who_did_not_get_it(sender: Sender) -> None:
    good, bad = sender.device(), sender.device()
    sender.service.answer(bad, 500)
    sender.tell()
    assert sender.push() == 0
    assert sender.delivery().next_try_at == NOW + WAITS[0]
    assert "500" in sender.delivery().error
    sender.now += WAITS[0]
    assert sender.push() == 1
    assert [len(sender.got(each)) for each in (good, bad)] == [1, 1]
    assert sender.count(PushSent) == 2
    with sender.session() as session:
        forget_sent(session, sender.now)
    assert sender.count(PushSent) == 0


def test_what_waits_is_remembered_until_it_is_over(sender: Sender) -> None:
    sender.device()
    sender.service.answer(sender.device(), 500)
    sender.tell()
    sender.push()
    with sender.session() as session:
        forget_sent(session, sender.now)
    assert sender.count(PushSent) == 1


def test_it_is_given_up_in_the_end(sender: Sender) -> None:
    target = sender.device()
    sender.service.answer(target, 503, times=100)
    sender.tell(kind="device.new", data=SAMPLES["device.new"])
    for wait in (*WAITS, timedelta(0)):
        sender.push()
        sender.now += wait
    delivery = sender.delivery()
    assert (delivery.attempts, delivery.gave_up_at is None) == (len(WAITS) + 1, False)


def test_a_busy_service_is_left_alone_for_as_long_as_it_wants(sender: Sender) -> None:
    target = sender.device()
    sender.service.answer(target, 429, headers={"Retry-After": "600"})
    sender.tell()
    assert sender.push() == 0
    assert sender.delivery().next_try_at == NOW + timedelta(seconds=600)
    sender.now += timedelta(seconds=599)
    assert sender.push() == 0
    assert sender.got(target) == []
    sender.now += timedelta(seconds=1)
    assert sender.push() == 1
    assert len(sender.got(target)) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_ended_is_forgotten(sender: Sender, status: int) -> None:
    gone, stays = sender.device(), sender.device()
    sender.service.answer(gone, status)
    sender.tell()
    assert sender.push() == 1
    assert sender.count(PushDevice) == 1
    assert len(sender.got(stays)) == 1


def test_what_is_too_large_is_sent_once_more_and_shorter(sender: Sender) -> None:
    target = sender.device()
    sender.service.answer(target, 413)
    sender.tell(kind="booking.cancelled", data=BOOKING | {"reason": "Flooded. " * 300})
    assert sender.push() == 1
    (message,) = sender.service.messages(target)
    assert len(message["text"].encode()) <= 1000
    sender.service.answer(target, 413, times=2)
    sender.tell(kind="booking.cancelled", data=BOOKING | {"booking_id": 8, "reason": "Flooded. " * 300})
    assert sender.push() == 0
    assert sender.delivery().gave_up_at == NOW
    assert len(sender.got(target)) == 1


def test_no_message_is_larger_than_a_service_takes(sender: Sender) -> None:
    target = sender.device()
    sender.tell(kind="booking.cancelled", data=BOOKING | {"resource": "💡" * 200, "reason": "💧" * 5000})
    assert sender.push() == 1
    (message,) = sender.service.messages(target)
    assert 1000 < len(message["text"].encode()) <= 3000


@pytest.mark.parametrize("status", [401, 403])
def test_who_is_not_believed_is_told_and_keeps_the_device(
    sender: Sender, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    target = sender.device()
    sender.service.answer(target, status, body='{"reason": "BadJwtToken"}')
    sender.tell()
    with caplog.at_level(logging.ERROR):
        assert sender.push() == 0
    assert "does not accept this server" in caplog.text
    with sender.session() as session:
        refusal = last_refusal(session)
        assert refusal is not None
        assert "BadJwtToken" in refusal.said
        assert session.scalars(select(PushDevice.failures)).one() == 0
    sender.now += WAITS[0]
    assert sender.push() == 1
    with sender.session() as session:
        assert last_refusal(session) is None
    assert len(sender.got(target)) == 1


def test_a_key_that_cannot_be_opened_is_an_error_of_the_server(sender: Sender) -> None:
    target = sender.device()
    with sender.session() as session:
        key = session.scalars(select(PushKey)).one()
        sealed, key.private_key = key.private_key, "sealed under a key that is lost"
    sender.tell()
    assert sender.push() == 0
    with sender.session() as session:
        assert last_refusal(session) is not None
        session.scalars(select(PushKey)).one().private_key = sealed
    sender.now += WAITS[0]
    assert sender.push() == 1
    assert len(sender.got(target)) == 1


def test_a_device_that_never_takes_anything_is_left_alone(sender: Sender) -> None:
    target = sender.device()
    sender.service.answer(target, 400, times=MOST_FAILURES)
    member = sender.tenant.people["member"]
    for number in range(MOST_FAILURES):
        with sender.session() as session:
            assert with_device(session, [member]) == {member}
        sender.tell(data=BOOKING | {"booking_id": 100 + number})
        sender.push()
    with sender.session() as session:
        assert with_device(session, [member]) == set()
    sender.tell(data=BOOKING | {"booking_id": 999})
    assert sender.push() == 0
    assert sender.got(target) == []


# --- who gets nothing ---------------------------------------------------------------------------------------------


def _told_after(sender: Sender, change: Callable[[Session], object]) -> list[dict[str, Any]]:
    """What a device gets of a notice that was told before `change`; that it gets others is shown first."""
    target = sender.device()
    sender.tell(data=BOOKING | {"booking_id": 1})
    assert sender.push() == 1
    assert len(sender.got(target)) == 1
    sender.tell()
    with sender.session() as session:
        change(session)
    sender.push()
    return sender.got(target)[1:]


def test_who_signed_out_gets_nothing_there(sender: Sender) -> None:
    def sign_out(session: Session) -> None:
        device = session.scalars(select(PushDevice)).one()
        sessions.sign_out(session, sender.tenant.actor("member", device.session_id), NOW)

    assert _told_after(sender, sign_out) == []
    assert sender.count(PushDevice) == 0


def test_who_was_not_seen_for_too_long_gets_nothing(sender: Sender) -> None:
    def wait(_session: Session) -> None:
        sender.now += sessions.LIFETIME

    assert _told_after(sender, wait) == []


def test_who_is_suspended_gets_nothing(sender: Sender) -> None:
    def suspend(session: Session) -> None:
        person = session.get_one(Person, sender.tenant.people["member"])
        person.suspended_at = NOW
        lock_out(session, person, NOW)

    assert _told_after(sender, suspend) == []
    assert sender.count(PushDevice) == 0


def test_who_is_anonymous_gets_nothing_and_nothing_is_kept(sender: Sender) -> None:
    def end(session: Session) -> None:
        member = sender.tenant.people["member"]
        anonymise(session, sender.tenant.actor("owner"), member, Reason.ASKED, lambda: NOW)

    assert _told_after(sender, end) == []
    assert (sender.count(PushDevice), sender.count(PushSent)) == (0, 0)


def test_what_was_read_meanwhile_is_not_pushed(sender: Sender) -> None:
    def read(session: Session) -> None:
        mark_all_read(session, sender.tenant.people["member"], NOW, NOW)

    assert _told_after(sender, read) == []


def test_a_section_that_was_switched_off_is_not_pushed(sender: Sender) -> None:
    def switch_off(session: Session) -> None:
        session.add(SectionSetting(section="bookings", enabled=False, audience=Audience.MEMBERS))

    assert _told_after(sender, switch_off) == []


def test_who_wants_no_more_of_it_gets_no_more(sender: Sender) -> None:
    def stop(session: Session) -> None:
        wanted = {("booking.confirmed", Channel.PUSH): Choice.OFF}
        save_wishes(session, sender.tenant.actor("member"), Habits(), wanted, NOW)

    assert _told_after(sender, stop) == []


def test_what_is_over_is_not_pushed(sender: Sender) -> None:
    def wait(_session: Session) -> None:
        sender.now += timedelta(days=1)

    assert _told_after(sender, wait) == []


def test_a_notice_that_is_gone_is_not_pushed(sender: Sender) -> None:
    def forget(session: Session) -> None:
        session.execute(delete(Notice))

    assert _told_after(sender, forget) == []


def test_without_a_key_to_push_with_nothing_waits_for_ever(sender: Sender, app: Flask) -> None:
    sender.device()
    sender.tell()
    tools = PushTools(None, PushWords(app))
    assert push_due(sender._open_session, sender.tenant.id, tools, lambda: NOW).result() == 0
    assert sender.delivery().next_try_at is None


# --- what is said -------------------------------------------------------------------------------------------------


def test_a_locked_screen_says_no_more_than_is_wanted(sender: Sender) -> None:
    target = sender.device()
    sender.tell(data=BOOKING | {"booking_id": 1})
    sender.push()
    with sender.session() as session:
        save_wishes(session, sender.tenant.actor("member"), Habits(discreet=True), {}, NOW)
    sender.tell()
    sender.push()
    open_, discreet = sender.service.messages(target)
    assert "Fern" in open_["text"]
    assert "Leith Walk" in open_["text"]
    assert "Fern" not in discreet["text"]
    assert "Leith Walk" not in discreet["text"]
    shown = json.loads(discreet["text"])["notification"]
    assert (shown["title"], shown["body"]) == ("Northlight", "There is something new for you.")


def test_it_speaks_the_language_of_its_reader(sender: Sender) -> None:
    target = sender.device(locale="es")
    sender.tell()
    sender.push()
    (message,) = sender.got(target)
    assert message["notification"]["lang"] == "es"
    with sender.session() as session:
        session.get_one(Person, sender.tenant.people["member"]).locale = "en"
    sender.tell(data=BOOKING | {"booking_id": 8})
    sender.push()
    assert sender.got(target)[1]["notification"]["lang"] == "en"


def test_the_number_on_the_icon_is_what_is_unread(sender: Sender) -> None:
    target = sender.device()
    for number in (1, 2, 3):
        sender.tell(data=BOOKING | {"booking_id": number})
        sender.push()
    with sender.session() as session:
        mark_all_read(session, sender.tenant.people["member"], sender.now, sender.now)
    sender.tell(data=BOOKING | {"booking_id": 4})
    sender.push()
    assert [each["app_badge"] for each in sender.got(target)] == [1, 2, 3, 1]


def test_news_about_the_same_thing_is_sent_anew(sender: Sender) -> None:
    target = sender.device()
    sender.tell(data=BOOKING)
    sender.push()
    sender.now += timedelta(minutes=1)
    sender.tell(data=BOOKING | {"location": "Dalston"})
    assert sender.push() == 1
    first, second = sender.got(target)
    assert first["notification"]["tag"] == second["notification"]["tag"]
    assert "Dalston" in second["notification"]["body"]


def test_two_tenants_push_with_keys_of_their_own(
    app: Flask, open_session: Callable[[], Session], world: World, service: PushService
) -> None:
    keys = []
    for tenant in (world.northlight, world.harbour):
        sender = Sender(app, open_session, tenant, service, NOW)
        target = sender.device()
        sender.tell()
        assert sender.push() == 1
        assert len(sender.got(target)) == 1
        assert sender.got(target)[0]["notification"]["navigate"].startswith(f"http://{tenant.host}/")
        with sender.session() as session:
            keys.append(session.scalars(select(PushKey.public_key)).one())
    assert keys[0] != keys[1]
