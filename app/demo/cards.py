"""Cards in the demo: each space has an account at the double of Stripe that `make run` starts."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.demo.invoices import demo_owner
from app.domain.cards.account import access_of, card_setting, use_key
from app.domain.cards.terms import CardKit, NoCards


def demo_key(slug: str) -> str:
    """The key of a demo space; the double is told to know it."""
    return f"sk_test_{slug}_demo"


def take_cards(session: Session, kit: CardKit, slug: str, origin: str, now: datetime) -> None:
    """Enter the space's key, unless somebody has entered one of their own. Raises CardsAway and ProviderRefuses."""
    setting = card_setting(session)
    if setting is None or _is_ours(session, kit, slug):
        use_key(session, kit, demo_owner(session), demo_key(slug), f"{origin}/webhooks/stripe", now)


def _is_ours(session: Session, kit: CardKit, slug: str) -> bool:
    setting = card_setting(session)
    try:
        return setting is not None and access_of(setting, kit).key == demo_key(slug)
    except NoCards:
        return True
