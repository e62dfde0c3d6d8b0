"""Many press Accept, Join or Invite at the same moment: one person comes of it, one invitation, one request."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.domain.joining.accept import accept_invitation
from app.domain.joining.invitations import invite, make_invitation_token
from app.domain.joining.settings import Joining, change_joining
from app.domain.joining.sign_up import ask_to_join, complete_sign_up, make_sign_up_token
from app.domain.joining.words import AlreadyInvited, Invite, Newcomer
from app.domain.sessions import Browser
from app.kernel.errors import Refusal
from app.models import Invitation, JoiningMode, LoginSession, Person, SignUp
from tests.races.conftest import NOW, RACERS, race
from tests.support.sessions import OpenSession
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race

ADA = "ada@example.test"
ME = Newcomer("Ada", "Byron", "a brand new pass phrase")
SOMEWHERE = Browser("test", "127.0.0.1")
ORIGIN = "http://localhost"


def _people(open_session: OpenSession, tenant: TenantWorld) -> int:
    with open_session(tenant.id) as session:
        return session.execute(
            select(func.count(Person.id)).where(Person.email_key.startswith("ada"))
        ).scalar_one()


def _invited(open_session: OpenSession, tenant: TenantWorld, email: str) -> str:
    with open_session(tenant.id) as session:
        invitation = invite(session, tenant.actor("desk"), Invite(email), ORIGIN, lambda: NOW)
        token = make_invitation_token(session, invitation.id, NOW)
        session.commit()
        assert token
        return token


def _accept(session: Session, token: str) -> str:
    try:
        accept_invitation(session, token, ME, SOMEWHERE, NOW + timedelta(hours=1), NOW.date())
        session.commit()
    except Refusal as refusal:
        return type(refusal).__name__
    return "accepted"


def test_one_invitation_makes_one_person(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    tenant = world.northlight
    token = _invited(open_session, tenant, ADA)
    answers = race(open_session, tenant.id, lambda session, _racer: _accept(session, token))
    assert answers.count("accepted") == 1
    assert set(answers) <= {"accepted", "LinkGone", "AlreadyKnown"}
    assert _people(open_session, tenant) == 1
    with open_session(tenant.id) as session:
        assert session.execute(select(func.count(LoginSession.id))).scalar_one() == 1


def test_invitations_of_their_own_are_all_accepted(racing: tuple[Engine, OpenSession], world: World) -> None:
    """The opposite: the race holds nobody back who has a link of their own."""
    _, open_session = racing
    tenant = world.northlight
    tokens = [_invited(open_session, tenant, f"ada{number}@example.test") for number in range(RACERS)]
    answers = race(open_session, tenant.id, lambda session, racer: _accept(session, tokens[racer]))
    assert set(answers) == {"accepted"}
    assert _people(open_session, tenant) == RACERS


def test_one_address_gets_one_open_invitation(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    tenant = world.northlight

    def attempt(session: Session, _racer: int) -> str:
        try:
            invite(session, tenant.actor("desk"), Invite(ADA), ORIGIN, lambda: NOW)
            session.commit()
        except AlreadyInvited:
            return "invited already"
        return "invited"

    answers = race(open_session, tenant.id, attempt)
    assert (answers.count("invited"), answers.count("invited already")) == (1, RACERS - 1)
    with open_session(tenant.id) as session:
        assert session.execute(select(func.count(Invitation.id))).scalar_one() == 1


def test_joining_twice_at_once_makes_one_person(racing: tuple[Engine, OpenSession], world: World) -> None:
    _, open_session = racing
    tenant = world.northlight
    with open_session(tenant.id) as session:
        change_joining(session, tenant.actor("owner"), Joining(JoiningMode.OPEN), lambda: NOW)
        session.commit()

    def ask(session: Session, _racer: int) -> str:
        ask_to_join(session, ADA, ORIGIN, "en", NOW)
        session.commit()
        return "asked"

    assert set(race(open_session, tenant.id, ask)) == {"asked"}
    with open_session(tenant.id) as session:
        assert session.execute(select(func.count(SignUp.id))).scalar_one() == 1
        token = make_sign_up_token(session, ADA, NOW)
        session.commit()
    assert token

    def complete(session: Session, _racer: int) -> str:
        try:
            complete_sign_up(session, token, ME, SOMEWHERE, NOW)
            session.commit()
        except Refusal as refusal:
            return type(refusal).__name__
        return "joined"

    answers = race(open_session, tenant.id, complete)
    assert answers.count("joined") == 1
    assert set(answers) <= {"joined", "AlreadyKnown"}
    assert _people(open_session, tenant) == 1
