"""The providers of a tenant: set up, changed, switched and removed by its owners."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_row
from app.domain.lookup import one
from app.domain.people.owners import hold_owners
from app.domain.resealing import reseal_column
from app.domain.sign_on.owners import check_owner_remains
from app.domain.sign_on.teams import check_teams, forget_provider
from app.domain.sign_on.terms import Button, Kit, NoSuchProvider, ProviderDetails, Reason, SignOnRefused
from app.kernel.errors import NotFound
from app.models import SignOnProtocol, SignOnProvider
from app.ports import SecretBox, SecretUnreadable, SignOnClient
from app.tenancy import begin_writing

_LEADS_TO = ("issuer", "client_id", "entity_id", "sign_on_url", "any_name_id")
"""Settings that accounts there are known by: with another one, those that are linked may not be found again."""
_FACTS = (
    "name",
    "button",
    "settings",
    "creates_people",
    "email_domains",
    "trusted",
    "group_claim",
    "group_teams",
    "forbids_member_passwords",
    "forbids_staff_passwords",
)


def buttons(session: Session) -> list[Button]:
    """The providers that the sign-in page offers."""
    rows = session.execute(
        select(SignOnProvider.id, SignOnProvider.name, SignOnProvider.button, SignOnProvider.protocol)
        .where(SignOnProvider.enabled.is_(True))
        .order_by(SignOnProvider.id)
    ).all()
    return [Button(*row) for row in rows]


def list_providers(session: Session) -> list[SignOnProvider]:
    """All of them, in the order in which they were added."""
    return list(session.scalars(select(SignOnProvider).order_by(SignOnProvider.id)))


def find_provider(session: Session, provider_id: int, *, enabled: bool = False) -> SignOnProvider:
    """Raises NoSuchProvider; with `enabled` also for one that is switched off."""
    try:
        provider = one(session, SignOnProvider, provider_id)
    except NotFound as error:
        raise NoSuchProvider from error
    if enabled and not provider.enabled:
        raise NoSuchProvider
    return provider


def client_of(provider: SignOnProvider, box: SecretBox, answer_to: str) -> SignOnClient:
    """The provider as its protocol's client sees it. Raises SignOnRefused when its secret cannot be read."""
    try:
        secret = None if provider.secret is None else box.open(provider.secret)
    except SecretUnreadable as error:
        raise SignOnRefused(Reason.SECRET_UNREADABLE, f"provider {provider.id}") from error
    return SignOnClient(provider.id, dict(provider.settings), secret, provider.group_claim, answer_to)


def add_provider(
    session: Session,
    actor: Actor,
    protocol: SignOnProtocol,
    details: ProviderDetails,
    box: SecretBox,
    now: datetime,
) -> SignOnProvider:
    """Set up a provider. It is switched off until somebody switches it on."""
    begin_writing(session)
    provider = SignOnProvider(protocol=protocol, enabled=False, created_at=now, connected_at=now)
    _fill(provider, details, box)
    session.add(provider)
    session.flush()
    record_row(session, actor, now, provider, "created", after=_facts(provider))
    session.flush()
    return provider


def edit_provider(
    session: Session,
    actor: Actor,
    provider_id: int,
    details: ProviderDetails,
    box: SecretBox,
    now: datetime,
) -> SignOnProvider:
    """Change how a provider is set up, and what it may decide. Raises NoSuchProvider, NoSuchTeam and LastWayIn."""
    begin_writing(session)
    hold_owners(session)
    provider = _held(session, provider_id)
    before = _facts(provider)
    check_teams(session, details.group_teams, provider.group_teams)
    _fill(provider, details, box)
    if any(before["settings"].get(name) != provider.settings.get(name) for name in _LEADS_TO):
        provider.connected_at = now
        if provider.enabled:
            check_owner_remains(session)
    old, new = changes(before, _facts(provider))
    if details.secret is not None:
        new["secret"] = True
    if new:
        record_row(session, actor, now, provider, "edited", before=old, after=new)
    session.flush()
    return provider


def switch_provider(
    session: Session, actor: Actor, provider_id: int, now: datetime, *, enabled: bool
) -> SignOnProvider:
    """Offer a provider on the sign-in page, or no more. Raises NoSuchProvider and LastWayIn."""
    begin_writing(session)
    hold_owners(session)
    provider = _held(session, provider_id)
    if provider.enabled != enabled:
        provider.enabled = enabled
        check_owner_remains(session)
        record_row(session, actor, now, provider, "enabled" if enabled else "disabled")
    session.flush()
    return provider


def remove_provider(session: Session, actor: Actor, provider_id: int, now: datetime) -> None:
    """Forget a provider and every account that was linked through it. Raises NoSuchProvider and LastWayIn."""
    begin_writing(session)
    hold_owners(session)
    provider = _held(session, provider_id)
    record_row(session, actor, now, provider, "removed", before=_facts(provider))
    forget_provider(session, provider.id)
    session.delete(provider)
    check_owner_remains(session)


def check_provider(session: Session, kit: Kit, provider_id: int, answer_to: str) -> None:
    """Ask the provider itself whether it can be used. Raises NoSuchProvider, SignOnFailed and SignOnRefused."""
    provider = find_provider(session, provider_id)
    client, protocol = client_of(provider, kit.box, answer_to), provider.protocol
    # No connection to the database waits for somebody else's server.
    session.commit()
    kit.clients[protocol].check(client)


def reseal_secrets(session: Session, box: SecretBox) -> tuple[int, int]:
    """Seal every secret of the tenant anew under the newest key; returns how many, and how many cannot be read."""
    return reseal_column(session, SignOnProvider.secret, box)


def _held(session: Session, provider_id: int) -> SignOnProvider:
    try:
        return one(session, SignOnProvider, provider_id, lock=True)
    except NotFound as error:
        raise NoSuchProvider from error


def _fill(provider: SignOnProvider, details: ProviderDetails, box: SecretBox) -> None:
    provider.name = details.name
    provider.button = details.button
    provider.settings = dict(details.settings)
    provider.creates_people = details.creates_people
    provider.email_domains = sorted({domain.casefold() for domain in details.email_domains})
    provider.trusted = details.trusted
    provider.group_claim = details.group_claim
    provider.group_teams = dict(details.group_teams)
    provider.forbids_member_passwords = details.forbids_member_passwords
    provider.forbids_staff_passwords = details.forbids_staff_passwords
    if details.secret is not None:
        provider.secret = box.seal(details.secret) if details.secret else None


def _facts(provider: SignOnProvider) -> dict[str, Any]:
    return {fact: getattr(provider, fact) for fact in _FACTS}


def details_of(provider: SignOnProvider) -> ProviderDetails:
    """A provider as it is, in the shape in which it is changed; its secret stays as it is."""
    return ProviderDetails(
        **{fact: getattr(provider, fact) for fact in _FACTS if fact != "email_domains"},
        email_domains=tuple(provider.email_domains),
    )
