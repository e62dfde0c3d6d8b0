"""Whoever becomes nobody here is forgotten by Stripe too, however often that takes."""

from datetime import UTC, datetime, timedelta

from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.terms import Reason
from app.kernel.clock import system_clock
from app.models import CardFarewell, CardSetting
from tests.support.cards import Till
from tests.support.rows import change, inside, rows


def _with_card(till: Till) -> None:
    maya = till.person()
    url = str(maya.post("/invoices/cards", form="/account").location)
    till.come_back(maya, till.stripe.pay(url, "4242424242424242"))
    assert _known(till) == (1, 1)


def _made_nobody(till: Till) -> None:
    with inside(till.app, till.tenant) as session:
        owner, member = till.tenant.actor("owner"), till.tenant.people["member"]
        anonymise(session, owner, member, Reason.ASKED, system_clock)


def _known(till: Till) -> tuple[int, int]:
    """How many people Stripe knows, and how many cards of theirs."""
    cards = till.stripe.objects("payment_method", till.account)
    return len(till.stripe.objects("customer", till.account)), sum(1 for each in cards if each["customer"])


def _waiting(till: Till) -> int:
    return len(rows(till.app, till.tenant, CardFarewell))


def _later(days: int = 2) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def test_their_cards_and_they_themselves_are_forgotten(till: Till) -> None:
    _with_card(till)
    till.work()
    assert _known(till) == (1, 1)  # nobody is forgotten who is somebody
    _made_nobody(till)
    assert (_known(till), _waiting(till)) == ((1, 1), 1)
    till.work()
    assert (_known(till), _waiting(till)) == ((0, 0), 0)
    detached = [each["path"] for each in till.stripe.calls() if each["path"].endswith("/detach")]
    assert len(detached) == 1


def test_a_stripe_that_is_down_is_told_later(till: Till) -> None:
    _with_card(till)
    _made_nobody(till)
    till.stripe.fail("error_before", "/v1/customers/", times=50)
    till.work()
    till.work()
    assert (_known(till), _waiting(till)) == ((1, 1), 1)
    till.stripe.calm()
    till.work()
    assert _waiting(till) == 1  # not each minute
    till.work(_later)
    assert (_known(till), _waiting(till)) == ((0, 0), 0)


def test_an_answer_that_was_lost_is_as_good_as_one_that_came(till: Till) -> None:
    _with_card(till)
    _made_nobody(till)
    # Whoever is asked to forget has done it, and fails to say so, as often as the library asks by itself
    till.stripe.fail("error_after", "/v1/customers/", method="DELETE", times=3)
    till.work()
    till.work(_later)
    assert (_known(till), _waiting(till)) == ((0, 0), 0)


def test_what_another_account_knows_waits_for_it(till: Till) -> None:
    _with_card(till)
    _made_nobody(till)
    (setting,) = rows(till.app, till.tenant, CardSetting)
    change(till.app, till.tenant, CardSetting, setting.id, account="acct_of_somebody_else")
    till.work(_later)
    assert (_known(till), _waiting(till)) == ((1, 1), 1)
    change(till.app, till.tenant, CardSetting, setting.id, account=setting.account)
    till.work(_later)
    assert (_known(till), _waiting(till)) == ((0, 0), 0)
