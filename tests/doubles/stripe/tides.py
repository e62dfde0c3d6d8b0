"""What happens by itself as time passes: sessions expire, refunds turn."""

from tests.doubles.stripe.charges import turn_refund
from tests.doubles.stripe.checkout import end
from tests.doubles.stripe.world import Account, World


def turn_what_is_due(world: World) -> None:
    """Let it happen. The caller holds the world's lock."""
    for account in world.accounts.values():
        _turn(world, account)


def _turn(world: World, account: Account) -> None:
    now = world.now()
    for session in account.table("checkout.session").values():
        if session["status"] == "open" and session["expires_at"] <= now:
            end(world, account, session)
    for refund in account.table("refund").values():
        if refund["_turns"] and refund["_turns_at"] <= now:
            turn_refund(world, account, refund, refund["_turns"])
