"""Every kind of notice by every way that it has: delivered once, through failures, by two workers at the same time.

The mail server and the push service are real ones on loopback sockets. Both fail at first: mail is put off with 450,
the push service answers 500, then 429, then 201. A worker that dies between sending and noting is the one case that
sends twice; what is then the same of both is what makes the second one replace the first, or be known for it.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.invoicing.terms import ISSUED
from app.domain.notices import tell
from app.domain.notices.digest import DIGEST, make_digests
from app.domain.notices.preferences import save_wishes
from app.domain.notices.reading import forget_about
from app.domain.notices.telling import tell_address
from app.domain.notices.wishes import Habits
from app.domain.push_keys import PushKit
from app.jobs.claiming import CLAIM
from app.jobs.deliver import MailTools, deliver_due
from app.jobs.push import PushTools, push_due
from app.models import Choice, Delivery, Invitation, Notice, SignUp, Team, TeamInvitation
from app.notice_kinds import KINDS, Channel, Mailed, NoticeKind
from app.ports import Mail, MailMessage, Push, PushKeys, PushManner, PushTarget
from app.settings import Settings
from app.tenancy import begin_writing, tenant_session
from app.web.mail import MailTemplates
from app.web.push_words import PushWords
from tests.conftest import settings_for
from tests.support.announcements import announced
from tests.support.invoices import bill
from tests.support.mail_server import MailDouble, mail_double
from tests.support.notices import SAMPLES
from tests.support.push.devices import device_for
from tests.support.push.process import PushService, push_service
from tests.support.world import TenantWorld, World

NOW = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0)
_GUEST = "guest@elsewhere.test"
_FOR_NOBODY = {"invitation.sent", "sign_up.asked", "sign_up.known", "sign_up.declined", "team.invited"}
"""Kinds that are mailed to an address that belongs to nobody yet."""
_OFF_UNTIL = 31
# Minutes after the telling: when something fails, when it is tried again, when a mail may go that waits for half an hour,
# and the hour of the daily mail on the next day. The last rounds find nothing left to do.
ROUNDS = (0, 1, 2, 6, 7, _OFF_UNTIL, 32, 36, 37, 38, 67, 25 * 60, 25 * 60 + 1, 26 * 60)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture
def double(tmp_path: Path) -> Iterator[MailDouble]:
    with mail_double(tmp_path) as double:
        yield double


@pytest.fixture
def settings(database: str, tmp_path: Path, double: MailDouble) -> Settings:
    return replace(
        settings_for(database, tmp_path / "instance"),
        push_subject="mailto:host@example.org",
        mail_url=f"smtp://127.0.0.1:{double.port}",
        mail_from="portico@host.test",
    )


class Post:
    """Somebody who is told at once and on a phone, somebody who hears once a day, and the workers that bring it."""

    def __init__(
        self, app: Flask, open_session: Callable[[], Session], tenant: TenantWorld, service: PushService
    ) -> None:
        self.tenant, self.service, self.now = tenant, service, NOW
        self._open_session = open_session
        self.mail: Mail = app.extensions["portico_mail"]
        self.kit: PushKit = app.extensions["portico_push"]
        self._letters = MailTemplates(app, app.extensions["portico_settings"])
        self._banners = PushWords(app)

    def session(self) -> AbstractContextManager[Session]:
        return tenant_session(self._open_session, self.tenant.id)

    def device(self, who: str) -> PushTarget:
        with self.session() as session:
            return device_for(session, self.tenant, who, self.kit, self.service, self.now)

    def wish_daily(self, who: str, kind: NoticeKind) -> None:
        with self.session() as session:
            wanted = {(kind.key, Channel.MAIL): Choice.DIGEST}
            save_wishes(session, self.tenant.actor(who), Habits(), wanted, self.now)

    def tell(self, kind: NoticeKind, *people: str) -> None:
        with self.session() as session:
            data = SAMPLES[kind.key] | _rows_for(session, self.tenant, kind)
            if kind.key in _FOR_NOBODY:
                tell_address(session, self.now, _GUEST, kind.key, data)
            for who in () if kind.key in _FOR_NOBODY else people:
                assert tell(session, self.now, self.tenant.people[who], kind.key, data)

    def work(self, mail: Mail | None = None, push: Push | None = None) -> None:
        """What a worker does each minute of this."""
        kit = PushKit(push, self.kit.box) if push else self.kit
        tenant, now = self.tenant.id, self.now
        push_due(self._open_session, tenant, PushTools(kit, self._banners), lambda: now).result()
        with self.session() as session:
            begin_writing(session)
            make_digests(session, now)
        deliver_due(
            self._open_session, tenant, MailTools(mail or self.mail, self._letters), lambda: now
        ).result()

    def work_twice_at_once(self) -> None:
        start = Barrier(2)

        def one(_number: int) -> None:
            start.wait()
            self.work()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(one, range(2)))

    def notices(self, kind: str) -> dict[int | None, int]:
        """How many notices of a kind each person has."""
        found: dict[int | None, int] = {}
        with self.session() as session:
            for person_id in session.scalars(select(Notice.person_id).where(Notice.kind == kind)):
                found[person_id] = found.get(person_id, 0) + 1
        return found

    def attempts(self, channel: Channel) -> list[int]:
        """How often the deliveries of a channel were tried."""
        with self.session() as session:
            query = select(Delivery.attempts).where(Delivery.channel == channel).order_by(Delivery.id)
            return list(session.scalars(query))

    def waiting(self) -> list[str]:
        """Channels on which anything is still to come, or was given up."""
        with self.session() as session:
            rows = session.scalars(select(Delivery))
            return [row.channel for row in rows if row.next_try_at or row.gave_up_at or not row.delivered_at]


def _rows_for(session: Session, tenant: TenantWorld, kind: NoticeKind) -> dict[str, Any]:
    """What must be there for the link in a mail, and where the notice's data say so."""
    ahead = {"created_at": NOW, "expires_at": NOW + timedelta(days=7)}
    about: dict[str, Any] = {"email": _GUEST, "email_key": _GUEST, "token_hash": kind.key}
    by = {"invited_by_id": tenant.people["owner"]}
    if kind.key == "invitation.sent":
        session.add(invitation := Invitation(**about, **by, **ahead))
        session.flush()
        return {"invitation": invitation.id}
    if kind.key == "team.invited":
        session.add(team := Team(name="Weavers", created_at=NOW))
        session.flush()
        session.add(into := TeamInvitation(team_id=team.id, **about, **by, **ahead))
        session.flush()
        return {"invitation": into.id}
    if kind.key == ISSUED:
        invoice_id = bill(session, tenant, "member", NOW)["invoice_id"]
        # Issuing told of it already, which is not what is looked at here.
        forget_about(session, ISSUED, invoice_id)
        session.commit()
        return {"invoice_id": invoice_id}
    if kind.key.startswith("announcement."):
        return {"announcement_id": announced(session, tenant, NOW)}
    if kind.key == "sign_up.asked":
        session.add(SignUp(**about, asked_at=NOW, expires_at=NOW + timedelta(days=7)))
    return {"change": 1, "browser": "a browser"}


@pytest.fixture
def post(app: Flask, open_session: Callable[[], Session], world: World, service: PushService) -> Post:
    return Post(app, open_session, world.northlight, service)


def _people(kind: NoticeKind) -> tuple[str, str]:
    return ("owner", "manager") if kind.permission else ("member", "colleague")


def _to(double: MailDouble, address: str) -> list[EmailMessage]:
    return [mail for mail in double.taken if address in mail["To"]]


@every_kind
def test_a_notice_is_delivered_once_by_each_way(post: Post, double: MailDouble, kind: NoticeKind) -> None:
    at_once, daily = _people(kind)
    target = post.device(at_once)
    post.service.answer(target, 500)
    in_digest = kind.mail in {Mailed.ON, Mailed.OFF} and kind.key != DIGEST
    if in_digest:
        post.wish_daily(daily, kind)
    post.tell(kind, at_once, *([daily] if in_digest else []))
    double.replies["MAIL"] = "450 4.2.0 later"
    for minute in ROUNDS:
        post.now = NOW + timedelta(minutes=minute)
        if minute > _OFF_UNTIL:
            double.replies.pop("MAIL", None)
        if minute == 1:
            post.service.answer(target, 429, headers={"Retry-After": "60"})
        post.work_twice_at_once()
    address = _GUEST if kind.key in _FOR_NOBODY else post.tenant.email(at_once)
    assert len(_to(double, address)) == (kind.mail in {Mailed.ON, Mailed.ALWAYS})
    assert len(post.service.messages(target)) == bool(kind.push)
    assert len(_to(double, post.tenant.email(daily))) == in_digest
    assert post.notices(DIGEST).get(post.tenant.people[daily], 0) == in_digest
    wanted = (
        {None}
        if kind.key in _FOR_NOBODY
        else {post.tenant.people[who] for who in (at_once, daily)[: 1 + in_digest]}
    )
    assert post.notices(kind.key) == dict.fromkeys(wanted, 1)
    assert post.waiting() == []
    # Through both answers of the push service, and past the mail server's.
    assert post.attempts(Channel.PUSH) == [3] * bool(kind.push)
    mailed = kind.mail in {Mailed.ON, Mailed.ALWAYS}
    assert [tried > 1 for tried in post.attempts(Channel.MAIL)[:mailed]] == [True] * mailed


class _DyingMail:
    """A Mail whose worker dies when the server has the mail, before anything is noted of it."""

    def __init__(self, real: Mail) -> None:
        self._real = real

    def send(self, message: MailMessage) -> None:
        self._real.send(message)
        raise SystemExit


class _DyingPush:
    """The same of a push service."""

    def __init__(self, real: Push) -> None:
        self._real = real
        self.new_keys, self.check = real.new_keys, real.check

    def send(self, target: PushTarget, payload: bytes, own: PushKeys, manner: PushManner) -> None:
        self._real.send(target, payload, own, manner)
        raise SystemExit


@every_kind
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_worker_that_dies_after_sending_loses_nothing_and_repeats_what_can_be_told(
    post: Post, double: MailDouble, kind: NoticeKind
) -> None:
    """At least once: the same Message-ID, the same topic; no other kind of double is possible, and no third one."""
    who, _ = _people(kind)
    target = post.device(who)
    post.tell(kind, who)
    # What is soon of no use is tried again before that.
    post.now = NOW + min(timedelta(minutes=31), kind.ttl - 2 * CLAIM)
    mailed, pushed = kind.mail in {Mailed.ON, Mailed.ALWAYS}, bool(kind.push)
    for dies, ways in (
        ({"push": _DyingPush(post.kit.client)}, pushed),
        ({"mail": _DyingMail(post.mail)}, mailed),
    ):
        if ways:
            with pytest.raises(SystemExit):
                post.work(**dies)
    post.work()
    mails = [*double.taken]
    assert (len(mails), len(post.service.messages(target))) == (mailed, pushed), (
        "claimed, and left alone so far"
    )
    for _ in range(3):
        post.now += CLAIM
        post.work()
    assert len(double.taken) == 2 * mailed
    assert len({mail["Message-ID"] for mail in double.taken}) == mailed
    messages = post.service.messages(target)
    assert [each["replaced"] for each in messages] == [True, False] * pushed
    assert len({each["topic"] for each in messages}) == pushed
    assert post.waiting() == []
