"""Taking up an invitation: the link is opened, the form is sent in, and the browser is signed in."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain import audit, passwords
from app.domain.directory.index import index_people
from app.domain.factors.entering import Entry, enter
from app.domain.house_day import house_day
from app.domain.joining.invitations import record_accepted
from app.domain.joining.newcomer import make_person, person_with
from app.domain.joining.settings import read_joining
from app.domain.joining.terms import note_acceptance, require_current
from app.domain.joining.words import AlreadyKnown, JoiningClosed, Newcomer, SignsInElsewhere
from app.domain.people.names import check_names
from app.domain.plans.contracts import put_contract
from app.domain.sessions import Browser
from app.domain.sign_on.password_rule import password_rule
from app.domain.visit import token_hash
from app.kernel.errors import LinkGone
from app.models import Invitation, JoiningMode, Person, Plan, Role, SignUp, Way
from app.tenancy import begin_writing


def open_invitation(session: Session, token: str, now: datetime, *, hold: bool = False) -> Invitation:
    """The invitation that a link leads to. With `hold` a second use at the same moment waits and then finds it used.

    Raises LinkGone, JoiningClosed, and what `known` says when the e-mail belongs by now to somebody who can sign in.
    """
    query = select(Invitation).where(
        Invitation.token_hash == token_hash(token),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
    )
    if hold:
        query = query.with_for_update().execution_options(populate_existing=True)
    invitation = session.execute(query).scalar_one_or_none()
    if invitation is None or invitation.accepted_at is not None:
        raise LinkGone
    person = person_with(session, invitation.email)
    if invitation.person_id is not None:
        _check_added(session, invitation, person)
    elif person is not None:
        raise known(session, person)
    elif read_joining(session).mode is JoiningMode.OFF:
        raise JoiningClosed
    return invitation


def note_opened(session: Session, token: str, now: datetime) -> None:
    """Note the first time that the link was opened."""
    session.execute(
        update(Invitation)
        .where(Invitation.token_hash == token_hash(token), Invitation.opened_at.is_(None))
        .values(opened_at=now)
    )


def accept_invitation(
    session: Session, token: str, newcomer: Newcomer, browser: Browser, now: datetime, today: date
) -> Entry:
    """Become a person, or choose the first password of one whom staff added: that one may have a second factor to show,
    or to set up first.

    `today` is the date where the tenant is: the day that the contract starts on, where the invitation has a plan.
    Raises as `open_invitation`, and SignsInElsewhere, BadName, PasswordRefused and TermsNotAccepted, which leave the link
    usable.
    """
    opened = open_invitation(session, token, now)
    check_password_way(session, opened)
    email = opened.email
    check_names(newcomer.first_name, newcomer.last_name)
    passwords.check_new(newcomer.password, email)
    password_hash = passwords.hashed(newcomer.password)

    begin_writing(session)
    invitation = open_invitation(session, token, now, hold=True)
    check_password_way(session, invitation)
    require_current(session, newcomer.terms_id)
    person = _added(session, invitation)
    if person is None:
        person = make_person(
            session,
            now,
            invitation.email,
            (newcomer.first_name, newcomer.last_name),
            {"location_id": invitation.location_id, **newcomer.details},
            password_hash=password_hash,
            locale=newcomer.locale,
            how="invitation",
        )
        _forget_request(session, person, now)
        _start_contract(session, invitation, person, now, today)
    else:
        person.first_name, person.last_name = newcomer.first_name, newcomer.last_name
        person.password_hash = password_hash
    invitation.accepted_at, invitation.person_id = now, person.id
    invitation.first_name, invitation.last_name = person.first_name, person.last_name
    index_people(session, [person.id])
    note_acceptance(session, person.id, newcomer.terms_id, now)
    record_accepted(session, invitation, person.id, now)
    return enter(session, person, browser, Way.MAIL, now)


def check_password_way(session: Session, invitation: Invitation | None = None) -> None:
    """Raises SignsInElsewhere for who would choose a password and may not: a newcomer, or whom the invitation is for."""
    added = invitation.person_id if invitation else None
    role = session.get_one(Person, added).role if added else Role.NONE
    if password_rule(session).binds(role):
        raise SignsInElsewhere


def known(session: Session, person: Person) -> AlreadyKnown | SignsInElsewhere:
    """What to say to a link's holder who is somebody here: sign in, with the password or where they may have none."""
    return SignsInElsewhere() if password_rule(session).binds(person.role) else AlreadyKnown()


def waiting_invitation(session: Session, email: str, now: datetime) -> Invitation | None:
    """The invitation that waits for whoever proves that this e-mail is theirs, held; none while nobody may join."""
    found = session.execute(
        select(Invitation)
        .where(
            Invitation.email_key == email.casefold(),
            Invitation.accepted_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now,
        )
        .with_for_update()
    ).scalar_one_or_none()
    if found is not None and found.person_id is None and read_joining(session).mode is JoiningMode.OFF:
        return None
    return found


def take_up(session: Session, person: Person, now: datetime, *, created: bool) -> None:
    """Take up what waits for somebody who came in through a provider with the e-mail that was invited."""
    invitation = waiting_invitation(session, person.email, now)
    if created:
        _forget_request(session, person, now)
    if invitation is None:
        return
    if created:
        person.location_id = invitation.location_id
        _start_contract(session, invitation, person, now, house_day(session, now))
    invitation.accepted_at, invitation.person_id = now, person.id
    session.flush()
    record_accepted(session, invitation, person.id, now)


def _check_added(session: Session, invitation: Invitation, person: Person | None) -> None:
    """Of an invitation to whom staff had added: the e-mail must still be theirs, and the way in still missing."""
    if person is None or person.id != invitation.person_id or person.suspended_at is not None:
        raise LinkGone
    if person.password_hash is not None:
        raise known(session, person)


def _added(session: Session, invitation: Invitation) -> Person | None:
    if invitation.person_id is None:
        return None
    return session.get_one(Person, invitation.person_id, with_for_update=True, populate_existing=True)


def _forget_request(session: Session, person: Person, now: datetime) -> None:
    """Who asked to join, too, waits for nobody's decision any more."""
    asked = session.execute(
        select(SignUp).where(SignUp.email_key == person.email_key).with_for_update()
    ).scalar_one_or_none()
    if asked is None:
        return
    asked.completed_at = asked.completed_at or now
    asked.decided_at, asked.person_id, asked.password_hash = now, person.id, None


def _start_contract(
    session: Session, invitation: Invitation, person: Person, now: datetime, today: date
) -> None:
    """The plan was promised when the invitation was sent, so one that was retired since counts as well."""
    if invitation.plan_id is None:
        return
    contract = put_contract(session, person.id, invitation.plan_id, today)
    audit.record(
        session,
        now,
        invitation.invited_by_id,
        "contract.started",
        subject="person",
        subject_id=person.id,
        after={
            "contract": contract.id,
            "plan": session.get_one(Plan, invitation.plan_id).name,
            "starts_on": today.isoformat(),
            "ends_on": None,
        },
    )
