"""What products carry: given once with each purchase, and with each cycle of what recurs."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from app.domain.credits.balance import funds_of
from app.domain.credits.history import history
from app.domain.credits.terms import Holder
from app.domain.plans.terms import Benefit
from app.domain.products.keeping import edit_product
from app.domain.products.terms import ProductDetails
from app.models import CreditGrant, CreditKind, CreditSource
from tests.support.products import Counter

TEN_DAYS = Benefit(CreditKind.DAYS, 10)


def _grants(counter: Counter) -> list[tuple[int, datetime | None]]:
    rows = counter.session.scalars(select(CreditGrant).order_by(CreditGrant.id))
    return [(row.amount, row.expires_at) for row in rows]


def test_what_is_bought_brings_its_credit_once(counter: Counter) -> None:
    money = Benefit(CreditKind.MONEY, 500)
    product = counter.product("Ten days", 9000, benefits=(TEN_DAYS, money), credit_days=30)
    counter.put("contact", product, 2)
    counter.buy("contact", "k1")
    counter.put("contact", product)
    # The same key again is the same purchase
    counter.buy("contact", "k1")
    # 10 March and 29 days more; the clocks are put on in between
    ends = datetime(2026, 4, 8, 23, tzinfo=UTC)
    assert _grants(counter) == [(20, ends), (1000, ends)]
    (step, _other) = history(counter.session, Holder(counter.tenant.people["contact"]))
    assert (step.source, step.product) == (CreditSource.PRODUCT, "Ten days")


def test_a_sale_at_the_desk_brings_it_too(counter: Counter) -> None:
    counter.sell("contact", counter.product("Ten days", 9000, benefits=(TEN_DAYS,)))
    assert _grants(counter) == [(10, None)]


def test_what_recurs_brings_it_with_each_cycle(counter: Counter) -> None:
    counter.join("contact", counter.plan("Desk", 30000))
    product = counter.product("Days", 3000, recurring=True, benefits=(TEN_DAYS,))
    counter.put("contact", product)
    counter.buy("contact")
    counter.run()
    assert [amount for amount, _until in _grants(counter)] == [10]
    counter.set_day(date(2026, 4, 11))
    counter.run()
    counter.run()
    assert [amount for amount, _until in _grants(counter)] == [10, 10]
    # What the month before brought is over with it
    left = funds_of(counter.session, Holder(counter.tenant.people["contact"]), counter.now)
    assert [each.left for each in left] == [10]


def test_an_edit_changes_what_the_next_one_brings(counter: Counter) -> None:
    product = counter.product("Ten days", 9000, benefits=(TEN_DAYS,))
    counter.put("contact", product)
    counter.buy("contact")
    details = ProductDetails("Ten days", 9000, counter.rates[20], benefits=(Benefit(CreditKind.DAYS, 5),))
    edit_product(counter.session, counter.owner, product.id, details, counter.tick())
    counter.session.commit()
    counter.put("contact", product)
    counter.buy("contact")
    assert [amount for amount, _until in _grants(counter)] == [10, 5]
