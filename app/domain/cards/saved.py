"""Cards that the provider keeps for somebody: the one that pays automatically, and the others."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Update, delete, select, update
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.cards.account import Merchant, merchant_of
from app.domain.cards.terms import CardKit, NoCardKept, asking_provider
from app.domain.lookup import hold_person, one
from app.domain.or_nothing import insert_or_nothing
from app.kernel.errors import NotFound
from app.kernel.names import full_name
from app.models import CardCustomer, Person, SavedCard
from app.ports import CardFace
from app.tenancy import begin_writing, tenant_of


def cards_of(session: Session, person_id: int, account: str) -> Sequence[SavedCard]:
    """Somebody's cards at that account, the one that pays first."""
    query = select(SavedCard).where(SavedCard.person_id == person_id, SavedCard.account == account)
    return session.scalars(query.order_by(SavedCard.is_default.desc(), SavedCard.id)).all()


def pays_automatically(session: Session, person_id: int, account: str) -> bool:
    """Whether they allowed it."""
    found = _customer(session, person_id, account)
    return found is not None and found.automatic_since is not None


def known_customer(session: Session, kit: CardKit, merchant: Merchant, person_id: int) -> str:
    """Who they are to the provider; made known when they are not. Commits. Raises CardsAway and ProviderRefuses."""
    found = _customer(session, person_id, merchant.account)
    if found is not None:
        return found.customer
    person = one(session, Person, person_id)
    name, email = full_name(person.first_name, person.last_name), person.email
    key = f"customer.{tenant_of(session)}.{person_id}.{merchant.account}"
    session.rollback()
    with asking_provider():
        customer = kit.cards.new_customer(merchant.access, key, name, email)
    begin_writing(session)
    insert_or_nothing(
        session,
        CardCustomer,
        person_id=person_id,
        account=merchant.account,
        customer=customer,
    )
    session.commit()
    known = _customer(session, person_id, merchant.account)
    return known.customer if known else customer


def forget_customer(session: Session, customer: str) -> None:
    """The provider does not know them any more, nor their cards: the next time they are made known anew. Commits."""
    begin_writing(session)
    known = session.scalars(select(CardCustomer).where(CardCustomer.customer == customer)).one_or_none()
    if known is not None:
        theirs = (SavedCard.person_id == known.person_id) & (SavedCard.account == known.account)
        session.execute(delete(SavedCard).where(theirs))
        session.delete(known)
    session.commit()


def keep_card(
    session: Session, person_id: int, account: str, customer: str | None, face: CardFace, now: datetime
) -> None:
    """Remember a card that the provider keeps, and pay with it automatically from now on, as was agreed when it was typed.

    Within a transaction that holds the person.
    """
    if customer is None:
        return
    fresh = insert_or_nothing(
        session,
        SavedCard,
        person_id=person_id,
        account=account,
        method=face.method,
        brand=face.brand[:40],
        last_digits=face.last_digits[:4],
        expires_month=face.expires_month,
        expires_year=face.expires_year,
        is_default=False,
        added_at=now,
    )
    if fresh is not None:
        _make_default(session, person_id, account, fresh)
        session.execute(_from_now_on(person_id, account, now))


def choose_card(session: Session, actor: Actor, card_id: int, now: datetime) -> None:
    """Pay with this one from now on. Raises NotFound."""
    begin_writing(session)
    hold_person(session, actor.person_id)
    card = _own(session, actor, card_id)
    _make_default(session, actor.person_id, card.account, card.id)
    audit.record_row(session, actor, now, card, "chosen", after={"last_digits": card.last_digits})


def allow_automatic(session: Session, actor: Actor, account: str, *, allowed: bool, now: datetime) -> None:
    """Allow, or forbid, that invoices are paid with the chosen card as they come. Raises NoCardKept."""
    begin_writing(session)
    hold_person(session, actor.person_id)
    if allowed and not cards_of(session, actor.person_id, account):
        raise NoCardKept
    wish = _from_now_on(actor.person_id, account, now) if allowed else _no_more(actor.person_id, account)
    session.execute(wish)
    audit.record(
        session,
        now,
        actor.person_id,
        "saved_card.allowed" if allowed else "saved_card.forbidden",
        subject="person",
        subject_id=actor.person_id,
    )


def remove_card(session: Session, kit: CardKit, actor: Actor, card_id: int, now: datetime) -> None:
    """Have the provider forget a card. Raises NotFound, NoCards, CardsAway and ProviderRefuses; then
    the card is still there."""
    card = _own(session, actor, card_id)
    method, merchant = card.method, merchant_of(session, kit)
    same = card.account == merchant.account
    session.rollback()
    if same:
        with asking_provider():
            kit.cards.forget_card(merchant.access, method)
    begin_writing(session)
    hold_person(session, actor.person_id)
    card = _own(session, actor, card_id)
    audit.record_row(session, actor, now, card, "removed", before={"last_digits": card.last_digits})
    session.delete(card)
    session.flush()
    left = cards_of(session, actor.person_id, card.account)
    if not left:
        session.execute(_no_more(actor.person_id, card.account))
    elif not any(each.is_default for each in left):
        _make_default(session, actor.person_id, card.account, left[0].id)


def _make_default(session: Session, person_id: int, account: str, card_id: int) -> None:
    theirs = update(SavedCard).where(SavedCard.person_id == person_id, SavedCard.account == account)
    # One after the other, for there is never a second one
    session.execute(theirs.where(SavedCard.is_default).values(is_default=False))
    session.execute(theirs.where(SavedCard.id == card_id).values(is_default=True))
    session.flush()


def _own(session: Session, actor: Actor, card_id: int) -> SavedCard:
    card = one(session, SavedCard, card_id)
    if card.person_id != actor.person_id:
        raise NotFound
    return card


def _customer(session: Session, person_id: int, account: str) -> CardCustomer | None:
    return session.scalars(
        select(CardCustomer)
        .where(CardCustomer.person_id == person_id, CardCustomer.account == account)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _from_now_on(person_id: int, account: str, now: datetime) -> Update:
    """Allow it; whoever had allowed it goes on as before."""
    return _of(person_id, account).where(CardCustomer.automatic_since.is_(None)).values(automatic_since=now)


def _no_more(person_id: int, account: str) -> Update:
    return _of(person_id, account).values(automatic_since=None)


def _of(person_id: int, account: str) -> Update:
    return update(CardCustomer).where(CardCustomer.person_id == person_id, CardCustomer.account == account)
