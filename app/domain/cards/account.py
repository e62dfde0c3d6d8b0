"""The tenant's account at the payment provider: brought along with a key, connected to the host's, given up."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.cards.terms import CardKit, NoCards, StillUnderWay, asking_provider
from app.domain.cards.tokens import account_token
from app.domain.levels import hold_level
from app.kernel.errors import NotFound
from app.models import AttemptState, CardAttempt, CardMode, CardSetting
from app.ports import (
    AccountFacts,
    CardAccess,
    CardsDown,
    CardsRefused,
    Endpoint,
    SecretBox,
    SecretUnreadable,
)
from app.tenancy import begin_writing, tenant_of

_TEST_PREFIXES = ("sk_test_", "rk_test_")
_LONGEST_NAME = 120
_OF_TESTS = ":test"


@dataclass(frozen=True, slots=True)
class Merchant:
    """The tenant as who takes cards, and as whom the provider is asked. It outlives the transaction that it was read in."""

    account: str
    ready: bool
    access: CardAccess


def card_setting(session: Session) -> CardSetting | None:
    """How the tenant takes cards; None where it does not."""
    return session.scalars(select(CardSetting)).one_or_none()


def takes_cards(session: Session) -> CardSetting | None:
    """The same, where money can be taken at this moment."""
    found = card_setting(session)
    return found if found is not None and found.ready else None


def merchant_of(session: Session, kit: CardKit) -> Merchant:
    """Raises NoCards, also where the stored key cannot be read any more."""
    setting = card_setting(session)
    if setting is None:
        raise NoCards
    return Merchant(setting.account, setting.ready, access_of(setting, kit))


def access_of(setting: CardSetting, kit: CardKit) -> CardAccess:
    """Raises NoCards for a key that no key of ours opens, and for a host that has no account any more."""
    if setting.mode is CardMode.CONNECT:
        if not kit.platform.key:
            raise NoCards
        return CardAccess(kit.platform.key, setting.account)
    try:
        return CardAccess(kit.box.open(setting.secret_key or ""))
    except SecretUnreadable as error:
        raise NoCards from error


def ask_about(kit: CardKit, access: CardAccess) -> AccountFacts:
    """Whose account it is; the test of a key. Raises CardsAway and ProviderRefuses."""
    with asking_provider():
        return kit.cards.account(access)


def use_key(session: Session, kit: CardKit, actor: Actor, key: str, url: str, now: datetime) -> CardSetting:
    """Take cards with a key of the tenant's own from now on, once the provider knows it. Audited, without the key.

    `url` is where the provider's messages are to come to; where it cannot reach that, we ask it instead. Raises CardsAway,
    ProviderRefuses and StillUnderWay.
    """
    access = CardAccess(key)
    facts = ask_about(kit, access)
    session.rollback()  # nobody waits for us while the provider thinks
    endpoint = _listen(kit, access, url)
    begin_writing(session)
    hold_level(session, None)
    _check_nothing_is_under_way(session)
    old = card_setting(session)
    before = _facts(old)
    left = (access_of(old, kit), old.endpoint) if old is not None and _can_leave(old, kit) else None
    row = old or CardSetting(mode=CardMode.OWN_KEY)
    row.mode, row.secret_key, row.test = CardMode.OWN_KEY, kit.box.seal(key), key.startswith(_TEST_PREFIXES)
    # Customers and cards of tests are none when money moves, though the account is the same
    row.account = f"{facts.id}{_OF_TESTS if row.test else ''}"
    row.name, row.ready = facts.name[:_LONGEST_NAME], facts.ready
    row.endpoint = endpoint.id if endpoint else ""
    row.endpoint_secret = kit.box.seal(endpoint.secret) if endpoint else None
    row.since = now
    session.add(row)
    session.flush()
    audit.record_tenant(session, actor, now, "card_setting.changed", before, _facts(row))
    session.commit()
    if left is not None:
        _stop_listening(kit, *left)
    return row


def connect(session: Session, kit: CardKit, actor: Actor, back: str, again: str, now: datetime) -> str:
    """Open an account that the host speaks for, or go on with one; where its owner tells the provider who they are.

    Raises NoCards (the host has none itself), CardsAway and ProviderRefuses.
    """
    if not kit.platform.key:
        raise NoCards
    setting = card_setting(session)
    known = setting.account if setting is not None and setting.mode is CardMode.CONNECT else ""
    session.rollback()
    with asking_provider():
        account = known or kit.cards.new_account(
            kit.platform.key, actor.email, account_token(tenant_of(session))
        )
        url = kit.cards.onboarding(kit.platform.key, account, back, again)
    if not known:
        _keep_account(session, kit, actor, account, now)
    return url


def look_at_account(session: Session, kit: CardKit) -> CardSetting:
    """Ask whether the account may take money, and note it. Raises NoCards, CardsAway and ProviderRefuses."""
    merchant = merchant_of(session, kit)
    facts = ask_about(kit, merchant.access)
    begin_writing(session)
    hold_level(session, None)
    row = card_setting(session)
    if row is None or row.account != merchant.account:
        raise NoCards
    row.ready, row.name = facts.ready, facts.name[:_LONGEST_NAME]
    session.flush()
    return row


def give_up(session: Session, kit: CardKit, actor: Actor, now: datetime) -> None:
    """Take no cards any more. What is under way is still asked about for as long as the key can be read. Audited.

    Raises NotFound where there is nothing to give up.
    """
    begin_writing(session)
    hold_level(session, None)
    _check_nothing_is_under_way(session)
    row = card_setting(session)
    if row is None:
        raise NotFound
    left = (access_of(row, kit), row.endpoint) if _can_leave(row, kit) else None
    audit.record_tenant(session, actor, now, "card_setting.removed", _facts(row), {})
    session.delete(row)
    session.commit()
    if left is not None:
        _stop_listening(kit, *left)


def endpoint_secret(session: Session, box: SecretBox) -> str | None:
    """What messages to this tenant are signed with; None where none are expected."""
    setting = card_setting(session)
    if setting is None or setting.endpoint_secret is None:
        return None
    try:
        return box.open(setting.endpoint_secret)
    except SecretUnreadable:
        return None


def reseal_card_secrets(session: Session, box: SecretBox) -> tuple[int, int]:
    """Seal both secrets under the newest key; returns how many were, and how many no key opens."""
    begin_writing(session)
    row = card_setting(session)
    if row is None:
        return 0, 0
    try:
        row.secret_key = row.secret_key and box.reseal(row.secret_key)
        row.endpoint_secret = row.endpoint_secret and box.reseal(row.endpoint_secret)
    except SecretUnreadable:
        session.rollback()
        return 0, 1
    session.flush()
    return 1, 0


def _keep_account(session: Session, kit: CardKit, actor: Actor, account: str, now: datetime) -> None:
    begin_writing(session)
    hold_level(session, None)
    _check_nothing_is_under_way(session)
    old = card_setting(session)
    before = _facts(old)
    row = old or CardSetting(mode=CardMode.CONNECT)
    row.mode, row.secret_key, row.account, row.name = CardMode.CONNECT, None, account, ""
    row.ready, row.test, row.since = False, kit.platform.key.startswith(_TEST_PREFIXES), now
    row.endpoint, row.endpoint_secret = "", None
    session.add(row)
    session.flush()
    audit.record_tenant(session, actor, now, "card_setting.changed", before, _facts(row))
    session.commit()


def _check_nothing_is_under_way(session: Session) -> None:
    """Money of an attempt comes to the account it was begun with. Raises StillUnderWay."""
    under_way = select(CardAttempt.id).where(CardAttempt.state == AttemptState.OPEN).limit(1)
    if session.scalars(under_way).first() is not None:
        raise StillUnderWay


def _listen(kit: CardKit, access: CardAccess, url: str) -> Endpoint | None:
    """None where the provider cannot reach us, as on a developer's machine: then we ask it."""
    try:
        return kit.cards.listen(access, url)
    except (CardsDown, CardsRefused):
        return None


def _can_leave(row: CardSetting, kit: CardKit) -> bool:
    if row.mode is not CardMode.OWN_KEY or not row.endpoint:
        return False
    try:
        access_of(row, kit)
    except NoCards:
        return False
    return True


def _stop_listening(kit: CardKit, access: CardAccess, endpoint: str) -> None:
    try:
        kit.cards.stop_listening(access, endpoint)
    except (CardsDown, CardsRefused):
        return  # its messages are refused from now on, and the provider gives up by itself


def _facts(row: CardSetting | None) -> dict[str, object]:
    if row is None:
        return {}
    return {"mode": str(row.mode), "account": row.account, "test": row.test}
