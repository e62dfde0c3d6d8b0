"""Whatever was mailed or begun stops working at suspension, at the wish to leave and at the end, and does not wake up."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import NoReturn

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import sessions
from app.domain.factors.entering import enter, open_half
from app.domain.joining.accept import open_invitation
from app.domain.joining.invitations import invite_person, make_invitation_token
from app.domain.new_email import (
    CONFIRM,
    LEAVING,
    ChangeEmail,
    ask_for_email,
    confirmable,
    make_email_token,
    stoppable,
)
from app.domain.new_password import ask_for_link, link_holder, make_link_token
from app.domain.people.standing import reinstate, suspend
from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.deletion import ask_deletion
from app.domain.privacy.terms import AskDeletion, Reason
from app.domain.sessions import Browser
from app.domain.sign_in_link import AskForLink, ask_for_sign_in_link, check_link, make_keys, sign_in_with_code
from app.domain.sign_on.coming import complete
from app.domain.sign_on.terms import Complete, Kit, SignOnRefused
from app.domain.sign_on.terms import Reason as Why
from app.domain.visit import token_hash
from app.integrations.secret_box import KeyRing
from app.kernel.errors import Refusal
from app.models import (
    Authenticator,
    Delivery,
    EmailChange,
    LoginSession,
    Notice,
    Person,
    SignOnAttempt,
    SignOnProtocol,
    SignOnProvider,
    SignOnPurpose,
    Way,
)
from app.ports import SignOnFailed, SignOnFault
from app.tenancy import begin_writing, tenant_session
from tests.support.world import PASSWORD, TenantWorld, World

OpenSession = Callable[[], Session]
Try = Callable[[], object]
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HERE, KEY, ORIGIN = Browser("x", "203.0.113.5"), "a browser's key", "https://north.example"


class There:
    """Somebody, and the ways in that they have begun. Each returns how it is tried: that raises once it is shut."""

    def __init__(self, session: Session, tenant: TenantWorld) -> None:
        self.session, self.tenant, self.actor = session, tenant, tenant.actor("member")

    @property
    def person(self) -> Person:
        return self.session.get_one(Person, self.actor.person_id, populate_existing=True)

    def session_in_hand(self) -> Try:
        sessions.start(self.session, self.actor.person_id, HERE, NOW)
        mine = select(LoginSession.id).where(LoginSession.person_id == self.actor.person_id)
        return lambda: self.session.scalars(mine).first() or _shut()

    def password_link(self) -> Try:
        token = make_link_token(self.session, self.actor.person_id, NOW)
        return lambda: link_holder(self.session, token, NOW)

    def mailed_link(self) -> Try:
        keys = make_keys(self.session, self.actor.person_id, token_hash(KEY), "", NOW)
        return lambda: check_link(self.session, keys.token, KEY, NOW)

    def mailed_code(self) -> Try:
        keys = make_keys(self.session, self.actor.person_id, token_hash(KEY), "", NOW)
        return lambda: sign_in_with_code(self.session, keys.code, KEY, HERE, NOW)

    def second_step(self) -> Try:
        app = Authenticator(
            person_id=self.actor.person_id, sealed_secret="x", created_at=NOW, confirmed_at=NOW
        )
        self.session.add(app)
        self.session.flush()
        entry = enter(self.session, self.person, HERE, Way.PASSWORD, NOW)
        assert not entry.complete
        return lambda: open_half(self.session, entry.token, NOW)

    def new_email(self) -> Try:
        token = self._change(CONFIRM)
        return lambda: confirmable(self.session, token, NOW)

    def old_email(self) -> Try:
        token = self._change(LEAVING)
        return lambda: stoppable(self.session, token, NOW)

    def _change(self, kind: str) -> str:
        ask_for_email(self.session, self.actor, ChangeEmail("other@example.test", PASSWORD, ORIGIN), NOW)
        change = self.session.scalars(select(EmailChange)).one()
        return make_email_token(self.session, kind, change.id)

    def invitation(self) -> Try:
        person = self.person
        person.password_hash = None
        self.session.flush()
        invitation = invite_person(self.session, person, ORIGIN, NOW, invited_by_id=None)
        self.session.flush()
        token = make_invitation_token(self.session, invitation.id, NOW) or ""
        return lambda: open_invitation(self.session, token, NOW)

    def linking(self) -> Try:
        provider = SignOnProvider(
            protocol=SignOnProtocol.OIDC, name="Acme", enabled=True, created_at=NOW, connected_at=NOW
        )
        self.session.add(provider)
        self.session.flush()
        self.session.add(
            SignOnAttempt(
                provider_id=provider.id,
                purpose=SignOnPurpose.LINK,
                token_hash=token_hash("a token"),
                browser_hash=token_hash(KEY),
                person_id=self.actor.person_id,
                created_at=NOW,
                expires_at=NOW.replace(hour=13),
            )
        )
        self.session.flush()
        wish = Complete(provider.id, "a token", {}, ORIGIN, KEY, HERE, self.actor.person_id)
        return lambda: self._come_back(wish)

    def _come_back(self, wish: Complete) -> None:
        silent = _Silent()
        kit = Kit({SignOnProtocol.OIDC: silent}, KeyRing(["only-for-tests-and-long-enough"]), silent)  # type: ignore[dict-item, arg-type]
        try:
            complete(self.session, kit, wish, NOW)
        except SignOnRefused as refused:
            if refused.reason is Why.ATTEMPT_GONE:
                raise
            # It was sent on to the provider, which is as far as a try needs to come.

    def waiting_password_mail(self) -> Try:
        ask_for_link(self.session, self.tenant.email("member"), ORIGIN, NOW)
        return self._waiting("password.forgotten")

    def waiting_sign_in_mail(self) -> Try:
        ask_for_sign_in_link(self.session, AskForLink(self.tenant.email("member"), KEY, ORIGIN), NOW)
        return self._waiting("sign_in.link")

    def _waiting(self, kind: str) -> Try:
        due = select(Delivery.id).join(Notice, Notice.id == Delivery.notice_id)
        return lambda: self.session.scalars(due.where(Notice.kind == kind)).first() or _shut()


class _Silent:
    """A provider that never answers."""

    def complete(self, *_all: object) -> None:
        raise SignOnFailed(SignOnFault.INCOMPLETE)


def _shut() -> NoReturn:
    raise Refusal


def _suspended(there: There) -> None:
    """And let in again: nothing wakes up."""
    suspend(there.session, there.tenant.actor("desk"), there.actor.person_id, lambda: NOW)
    there.session.commit()
    reinstate(there.session, there.tenant.actor("desk"), there.actor.person_id, lambda: NOW)


def _leaving(there: There) -> None:
    actor = there.actor
    if there.person.password_hash is None:
        sessions.start(there.session, actor.person_id, HERE, NOW)
        there.session.commit()
        mine = select(LoginSession.id).where(LoginSession.person_id == actor.person_id)
        actor = replace(actor, session_id=there.session.scalars(mine).first())
        ask_deletion(there.session, actor, AskDeletion(""), NOW)
    else:
        ask_deletion(there.session, actor, AskDeletion(PASSWORD), NOW)


def _anonymous(there: There) -> None:
    anonymise(there.session, there.tenant.actor("owner"), there.actor.person_id, Reason.ASKED, lambda: NOW)


ENDINGS: Mapping[str, Callable[[There], None]] = {
    "suspended": _suspended,
    "leaving": _leaving,
    "anonymous": _anonymous,
}
WAYS = (
    There.session_in_hand,
    There.password_link,
    There.mailed_link,
    There.mailed_code,
    There.second_step,
    There.new_email,
    There.old_email,
    There.invitation,
    There.linking,
    There.waiting_password_mail,
    There.waiting_sign_in_mail,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("ending", [None, *ENDINGS])
def test_what_was_begun_or_mailed_stops_at_once(
    open_session: OpenSession, world: World, ending: str | None, way: Callable[[There], Try]
) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        begin_writing(session)
        there = There(session, world.northlight)
        use = way(there)
        session.commit()
        if ending is None:
            use()  # the opposite: nothing else stands in its way
            return
        ENDINGS[ending](there)
        session.commit()
        with pytest.raises(Refusal):
            use()


def test_what_is_mailed_to_others_stays(open_session: OpenSession, world: World) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        begin_writing(session)
        token = make_link_token(session, world.northlight.people["colleague"], NOW)
        session.commit()
        _suspended(There(session, world.northlight))
        session.commit()
        assert link_holder(session, token, NOW).id == world.northlight.people["colleague"]
