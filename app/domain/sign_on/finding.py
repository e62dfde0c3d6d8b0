"""Whose account here an account at a provider opens: by what it opened before, else by an e-mail we may believe."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.joining.accept import take_up, waiting_invitation
from app.domain.people.details import add_person
from app.domain.people.names import check_names, only_letters
from app.domain.people.terms import LONGEST_NAME, BadName, EmailTaken, PersonDetails
from app.domain.sign_on.teams import follow_groups, hold_teams
from app.domain.sign_on.terms import Reason, SignOnRefused
from app.domain.team.joining import is_invited
from app.kernel.emails import looks_like_email
from app.models import Person, SignOnIdentity, SignOnProvider
from app.models.sign_on_identity import LONGEST_ISSUER, LONGEST_SUBJECT
from app.ports import Asserted, SignOnFault


def bring_in(
    session: Session, provider: SignOnProvider, asserted: Asserted, linking: int | None, now: datetime
) -> tuple[Person, bool]:
    """As `find_or_make_person`, and into the teams of their groups, in one transaction that writes."""
    teams = hold_teams(session, provider, asserted.groups)
    try:
        person, created = find_or_make_person(session, provider, asserted, linking, now)
    except (EmailTaken, IntegrityError) as error:
        # The same account came twice at the same moment, for the first time; the other one was let in.
        raise SignOnRefused(Reason.USED_BEFORE) from error
    follow_groups(session, provider, person.id, teams, now)
    return person, created


def find_or_make_person(
    session: Session, provider: SignOnProvider, asserted: Asserted, linking: int | None, now: datetime
) -> tuple[Person, bool]:
    """The person whom the account opens, linked from now on, and whether they were created just now.

    `linking` is who asked to link an account of theirs: nobody is then found by e-mail. Raises SignOnRefused.
    """
    if (
        not asserted.subject.isprintable()
        or not asserted.subject
        or len(asserted.subject) > LONGEST_SUBJECT
        or len(asserted.issuer) > LONGEST_ISSUER
    ):
        raise SignOnRefused(SignOnFault.INCOMPLETE, "subject")
    _check_domain(provider, asserted)
    identity = session.execute(
        select(SignOnIdentity)
        .where(SignOnIdentity.issuer == asserted.issuer, SignOnIdentity.subject == asserted.subject)
        .with_for_update()
    ).scalar_one_or_none()
    if identity is not None:
        person = _person_of(session, identity, linking)
        _refresh(identity, provider, asserted, now)
        return person, False
    if linking is not None:
        person, created = session.get_one(Person, linking), False
    else:
        person, created = _by_email(session, provider, asserted, now)
    if person.suspended_at is not None:
        raise SignOnRefused(Reason.SUSPENDED, f"person {person.id}")
    _link(session, provider, asserted, person, now)
    if linking is None:
        take_up(session, person, now, created=created)
    return person, created


def _person_of(session: Session, identity: SignOnIdentity, linking: int | None) -> Person:
    if linking is not None and identity.person_id != linking:
        raise SignOnRefused(Reason.OTHERS_ACCOUNT, f"identity {identity.id}")
    person = session.get_one(Person, identity.person_id)
    if person.suspended_at is not None:
        raise SignOnRefused(Reason.SUSPENDED, f"person {person.id}")
    return person


def _check_domain(provider: SignOnProvider, asserted: Asserted) -> None:
    """Where only some domains are admitted, an e-mail that nobody verified says nothing about the domain."""
    if not provider.email_domains:
        return
    if not asserted.email:
        raise SignOnRefused(Reason.NO_EMAIL)
    if not asserted.email_verified:
        raise SignOnRefused(Reason.EMAIL_NOT_VERIFIED)
    domain = asserted.email.rpartition("@")[2].casefold()
    if domain not in provider.email_domains:
        raise SignOnRefused(Reason.DOMAIN_NOT_ADMITTED, domain)


def _by_email(
    session: Session, provider: SignOnProvider, asserted: Asserted, now: datetime
) -> tuple[Person, bool]:
    if not looks_like_email(asserted.email):
        raise SignOnRefused(Reason.NO_EMAIL)
    known = session.execute(
        select(Person).where(Person.email_key == asserted.email.casefold()).with_for_update()
    ).scalar_one_or_none()
    if known is None and not provider.creates_people and not _is_invited(session, asserted.email, now):
        raise SignOnRefused(Reason.NOT_KNOWN)
    if not asserted.email_verified:
        # Neither somebody's account nor the room for one is handed out for an e-mail that anybody may have typed.
        raise SignOnRefused(Reason.EMAIL_NOT_VERIFIED)
    if known is None:
        return _make(session, provider, asserted, now), True
    if not provider.trusted:
        raise SignOnRefused(Reason.NOT_TRUSTED, f"person {known.id}")
    return known, False


def _is_invited(session: Session, email: str, now: datetime) -> bool:
    """By staff, which is taken up at once, or into a team, which they accept with the link that they have."""
    return bool(waiting_invitation(session, email, now)) or is_invited(session, email, now)


def _make(session: Session, provider: SignOnProvider, asserted: Asserted, now: datetime) -> Person:
    """A contact: no role, no plan, no password."""
    first, last = _names(asserted)
    person = add_person(session, now, PersonDetails(asserted.email.lower(), first, last))
    audit.record(
        session,
        now,
        person.id,
        "person.created",
        subject="person",
        subject_id=person.id,
        after={"email": person.email, "provider": provider.id},
    )
    return person


def _names(asserted: Asserted) -> tuple[str, str]:
    """What is a name of what the provider sent, else something to begin with: the e-mail's own words."""
    first, last = (only_letters(name[:LONGEST_NAME]) for name in (asserted.first_name, asserted.last_name))
    try:
        check_names(first, last)
    except BadName:
        words = [word for word in _words(asserted.email) if word] + ["Guest", "Guest"]
        first, last = _fitting(first, words[0], "first"), _fitting(last, words[1], "last")
    return first, last


def _words(email: str) -> list[str]:
    local = email.partition("@")[0]
    return [
        "".join(char for char in part if char.isalpha()).title()
        for part in local.replace("_", ".").split(".")
    ]


def _fitting(sent: str, instead: str, which: str) -> str:
    for name in (sent, instead):
        try:
            check_names(*((name, "Name") if which == "first" else ("Name", name)))
        except BadName:
            continue
        return name[:LONGEST_NAME]
    return "Guest"


def _link(
    session: Session, provider: SignOnProvider, asserted: Asserted, person: Person, now: datetime
) -> None:
    identity = SignOnIdentity(
        provider_id=provider.id,
        person_id=person.id,
        issuer=asserted.issuer,
        subject=asserted.subject,
        linked_at=now,
        used_at=now,
    )
    _refresh(identity, provider, asserted, now)
    session.add(identity)
    session.flush()
    audit.record(
        session,
        now,
        person.id,
        "person.account_linked",
        subject="person",
        subject_id=person.id,
        after={"provider": provider.id, "email": identity.email},
    )


def _refresh(identity: SignOnIdentity, provider: SignOnProvider, asserted: Asserted, now: datetime) -> None:
    identity.provider_id = provider.id
    identity.email = asserted.email if looks_like_email(asserted.email) else ""
    identity.groups = sorted(asserted.groups)
    identity.used_at = now
