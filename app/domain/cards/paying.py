"""Paying on the provider's page: whoever presses is sent there, and twice to the same one."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.domain.cards.account import Merchant, card_setting, merchant_of
from app.domain.cards.arriving import end, money_in_hand
from app.domain.cards.attempts import Bill, begin, begin_keeping
from app.domain.cards.looking import clear_the_way, look
from app.domain.cards.saved import forget_customer, known_customer
from app.domain.cards.terms import (
    PAGE_LASTS,
    Addresses,
    CardKit,
    CardsAway,
    NoCards,
    PaidMeanwhile,
    ProviderRefuses,
    StillUnderWay,
)
from app.kernel.clock import Clock
from app.models import AttemptState, CardAttempt
from app.ports import CardsDown, CardsRefused, Page, PageLine, PageOrder

_ROUNDS = 3
"""Each time something else was in the way; more often than that is not a person."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants to pay what: `invoice_ids` of one payer, by themselves or by a guest, who keeps no card."""

    payer_id: int
    invoice_ids: Collection[int]
    keeps_card: bool
    call: Callable[[str], str]
    """What the provider's page calls an invoice of a number."""


def page_to_pay(session: Session, kit: CardKit, wish: Wish, addresses: Addresses, clock: Clock) -> str:
    """The address of the provider's page for these invoices; commits.

    Raises NotFound, NothingOpen, SeveralCurrencies, TooMany, NoCards, CardsAway, ProviderRefuses, PaidMeanwhile and
    StillUnderWay.
    """
    merchant = _ready_merchant(session, kit)
    for _round in range(_ROUNDS):
        begun = begin(
            session, wish.payer_id, wish.invoice_ids, merchant.account, clock(), keeps_card=wish.keeps_card
        )
        if begun.attempt is not None:
            url = _go_on(session, kit, merchant, begun.attempt, begun.bill, wish, addresses, clock)
            if url:
                return url
            continue
        for attempt_id in begun.in_the_way:
            clear_the_way(session, kit, attempt_id, clock)
    raise StillUnderWay


def page_to_keep(
    session: Session, kit: CardKit, person_id: int, currency: str, addresses: Addresses, clock: Clock
) -> str:
    """The address of the provider's page on which a card is kept; commits. Raises NoCards, CardsAway, ProviderRefuses."""
    merchant = _ready_merchant(session, kit)
    customer = known_customer(session, kit, merchant, person_id)
    attempt = begin_keeping(session, person_id, merchant.account, currency, clock())
    order = PageOrder(
        attempt.token,
        currency,
        (),
        addresses.back(attempt.token),
        addresses.away(attempt.token),
        addresses.language,
        customer,
        keeps_card=True,
        ends_at=attempt.begun_at + PAGE_LASTS,
    )
    return _open(session, kit, merchant, attempt, order).url or ""


def _ready_merchant(session: Session, kit: CardKit) -> Merchant:
    merchant = merchant_of(session, kit)
    if not merchant.ready:
        raise NoCards
    return merchant


def _go_on(
    session: Session,
    kit: CardKit,
    merchant: Merchant,
    attempt: CardAttempt,
    bill: Bill,
    wish: Wish,
    addresses: Addresses,
    clock: Clock,
) -> str:
    """Where to send the browser; empty when the attempt is over and another one has to be begun."""
    if attempt.page is not None:
        attempt = look(session, kit, attempt.id, clock)
        if attempt.state in {AttemptState.PAID, AttemptState.HELD}:
            raise PaidMeanwhile
        return attempt.url or "" if attempt.state is AttemptState.OPEN else ""
    customer = known_customer(session, kit, merchant, wish.payer_id) if wish.keeps_card else None
    order = PageOrder(
        attempt.token,
        attempt.currency,
        [PageLine(wish.call(bill.numbers[each]), minor) for each, minor in bill.amounts.items()],
        addresses.back(attempt.token),
        addresses.away(attempt.token),
        addresses.language,
        customer,
        keeps_card=wish.keeps_card,
        ends_at=attempt.begun_at + PAGE_LASTS,
    )
    return _open(session, kit, merchant, attempt, order).url or ""


def _open(
    session: Session, kit: CardKit, merchant: Merchant, attempt: CardAttempt, order: PageOrder
) -> CardAttempt:
    """Have the provider make the page. The wish has a name, so that two tabs get one page, and a repeated call no second."""
    attempt_id, tries = attempt.id, attempt.tries
    session.rollback()
    try:
        page = kit.cards.open_page(merchant.access, f"page.{order.token}.{tries}", order)
    except CardsDown as error:
        _note_failure(session, attempt_id, tries)
        raise CardsAway from error
    except CardsRefused as error:
        _note_refusal(session, attempt_id, error.code)
        if error.code == "resource_missing" and order.customer is not None:
            forget_customer(session, order.customer)
        raise ProviderRefuses(error.code) from error
    kept = _keep_page(session, attempt_id, page)
    if kept.page != page.id:
        # Somebody else was given another one after a fault of the provider: never two that can be paid on
        _close_quietly(kit, merchant, page)
    return kept


def _keep_page(session: Session, attempt_id: int, page: Page) -> CardAttempt:
    attempt = money_in_hand(session, attempt_id)
    setting = card_setting(session)
    if setting is None or setting.account != attempt.account:
        end(attempt, AttemptState.ENDED)  # the account was changed meanwhile
    elif attempt.page is None and attempt.state is AttemptState.OPEN:
        attempt.page, attempt.url = page.id, page.url
    session.commit()
    return attempt


def _note_failure(session: Session, attempt_id: int, tries: int) -> None:
    attempt = money_in_hand(session, attempt_id)
    attempt.tries = max(attempt.tries, tries + 1)
    session.commit()


def _note_refusal(session: Session, attempt_id: int, code: str) -> None:
    attempt = money_in_hand(session, attempt_id)
    if attempt.state is AttemptState.OPEN and attempt.page is None:
        end(attempt, AttemptState.ENDED, code)
    session.commit()


def _close_quietly(kit: CardKit, merchant: Merchant, page: Page) -> None:
    try:
        kit.cards.close_page(merchant.access, page.id)
    except (CardsDown, CardsRefused):
        return
