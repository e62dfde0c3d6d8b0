"""The operator's terms: publish a version, show the one that holds, and who has still to accept it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record, record_row
from app.domain.joining.words import TermsNotAccepted
from app.domain.levels import hold_level
from app.domain.visit import token_hash
from app.kernel.clock import Clock
from app.models import LoginSession, Person, Terms, TermsAcceptance
from app.tenancy import begin_writing

LONGEST_TEXT = 60_000


@dataclass(frozen=True, slots=True)
class NewTerms:
    """A version to publish. `for_everybody` asks everybody at their next sign-in, else only who joins from now on."""

    title: str
    text: str
    for_everybody: bool


@dataclass(frozen=True, slots=True)
class Version:
    """A published version as a list shows it, with how many people have accepted it."""

    number: int
    title: str
    for_everybody: bool
    published_at: datetime
    accepted: int


def publish_terms(session: Session, actor: Actor, command: NewTerms, clock: Clock) -> Terms:
    """Publish the next version; what was accepted before stays on record."""
    begin_writing(session)
    hold_level(session, None)
    number = (session.execute(select(func.max(Terms.number))).scalar() or 0) + 1
    terms = Terms(
        number=number,
        title=command.title,
        text=command.text,
        for_everybody=command.for_everybody,
        published_at=clock(),
        published_by_id=actor.person_id,
    )
    session.add(terms)
    session.flush()
    # Who publishes them has read them.
    _accept(session, actor.person_id, terms.id, terms.published_at)
    record_row(
        session,
        actor,
        terms.published_at,
        terms,
        "published",
        after={"number": number, "title": command.title, "for_everybody": command.for_everybody},
    )
    session.flush()
    return terms


def current_terms(session: Session) -> Terms | None:
    """The version that holds; None where the operator has published none."""
    return session.execute(select(Terms).order_by(Terms.number.desc()).limit(1)).scalar_one_or_none()


def versions(session: Session) -> list[Version]:
    """Every version, the newest first."""
    accepted = (
        select(func.count(TermsAcceptance.id))
        .where(TermsAcceptance.tenant_id == Terms.tenant_id, TermsAcceptance.terms_id == Terms.id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Terms.number, Terms.title, Terms.for_everybody, Terms.published_at, accepted).order_by(
            Terms.number.desc()
        )
    ).all()
    return [Version(*row) for row in rows]


def must_accept(session: Session, token: str) -> bool:
    """Whether the person behind a login session's token has to accept a version before they go on.

    That is one for everybody, or one that held already when they came. One statement.
    """
    needed = (
        select(func.max(Terms.number))
        .where(or_(Terms.for_everybody, Terms.published_at <= Person.created_at))
        .correlate(Person)
        .scalar_subquery()
    )
    accepted = (
        select(func.max(Terms.number))
        .join(TermsAcceptance, TermsAcceptance.terms_id == Terms.id)
        .where(TermsAcceptance.person_id == Person.id)
        .correlate(Person)
        .scalar_subquery()
    )
    row = session.execute(
        select(needed.label("needed"), accepted.label("accepted"))
        .select_from(Person)
        .join(LoginSession, LoginSession.person_id == Person.id)
        .where(LoginSession.token_hash == token_hash(token))
    ).one_or_none()
    return row is not None and row.needed is not None and row.needed > (row.accepted or 0)


def accept_terms(session: Session, actor: Actor, terms_id: int, now: datetime) -> None:
    """Note that the actor accepted the version they were shown. Raises TermsNotAccepted when another one holds by now."""
    begin_writing(session)
    require_current(session, terms_id)
    note_acceptance(session, actor.person_id, terms_id, now)


def require_current(session: Session, terms_id: int | None) -> None:
    """Raises TermsNotAccepted unless that is the version that holds; None is right where there is none."""
    current = current_terms(session)
    if (current.id if current else None) != terms_id:
        raise TermsNotAccepted


def note_acceptance(session: Session, person_id: int, terms_id: int | None, at: datetime) -> None:
    """Record, once, that a person accepted a version at that moment; None is no version at all."""
    if terms_id is None:
        return
    known = select(TermsAcceptance.id).where(
        TermsAcceptance.person_id == person_id, TermsAcceptance.terms_id == terms_id
    )
    if session.execute(known).first() is not None:
        return
    try:
        with session.begin_nested():
            _accept(session, person_id, terms_id, at)
            session.flush()
    except IntegrityError:
        return  # pressed twice at the same moment: the other one noted it
    record(session, at, person_id, "terms.accepted", subject="terms", subject_id=terms_id)
    session.flush()


def _accept(session: Session, person_id: int, terms_id: int, at: datetime) -> None:
    session.add(TermsAcceptance(person_id=person_id, terms_id=terms_id, accepted_at=at))
