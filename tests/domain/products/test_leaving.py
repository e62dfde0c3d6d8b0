"""What becomes of a shop's rows when somebody is nobody any more, or turns out to be somebody else."""

from sqlalchemy import select

from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.merge import merge_people
from app.domain.privacy.terms import Merge, Reason
from app.domain.products.stock import taken
from app.kernel.cycles import DAY
from app.models import BasketLine, Charge, ProductBilling, ProductSubscription, Purchase
from tests.support.products import Counter


def _fill(counter: Counter) -> ProductSubscription:
    """The contact has a locker, bought prints that are not billed yet, and has prints in the basket."""
    counter.join("contact", counter.plan("Desk", 30000, billing_day=1))
    counter.bill("contact")
    counter.put("contact", counter.product("Locker", 3100, recurring=True))
    prints = counter.product("Prints", 500, billing=ProductBilling.NEXT)
    counter.put("contact", prints)
    counter.buy("contact")
    counter.put("contact", prints)
    return counter.session.scalars(select(ProductSubscription)).one()


def test_who_is_nobody_has_nothing_and_is_billed_for_nothing_more(counter: Counter) -> None:
    subscription = _fill(counter)
    product_ids, tomorrow = [subscription.product_id], counter.today + DAY
    assert taken(counter.session, product_ids, tomorrow) != {}
    anonymise(counter.session, counter.owner, counter.tenant.people["contact"], Reason.ASKED, counter.tick)
    counter.session.commit()
    assert counter.session.scalars(select(BasketLine)).all() == []
    assert taken(counter.session, product_ids, tomorrow) == {}
    prints = select(Charge).where(Charge.description == "Prints")
    assert counter.session.scalars(prints).all() == []
    # The books stay: something was sold that day
    assert len(counter.session.scalars(select(Purchase)).all()) == 1
    counter.ahead(90)
    assert counter.run().total == 0


def test_what_somebody_bought_and_has_goes_along_to_who_they_turn_out_to_be(counter: Counter) -> None:
    subscription = _fill(counter)
    kept, gone = (counter.tenant.people[name] for name in ("colleague", "contact"))
    wish = Merge(kept_id=kept, gone_id=gone, take_email=False, take_name=False)
    merge_people(counter.session, counter.owner, wish, counter.tick)
    counter.session.commit()
    counter.session.refresh(subscription)
    assert subscription.person_id == kept
    for column in (Purchase.person_id, BasketLine.person_id):
        assert counter.session.scalars(select(column)).all() == [kept]
    counter.ahead(30)
    assert counter.run().failed == 0
    assert counter.invoices("colleague") != []
