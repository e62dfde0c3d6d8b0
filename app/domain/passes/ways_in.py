"""What somebody could buy to be let in at a place."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.passes.fitting import ANYWHERE, terms_of
from app.domain.plans import showing as plans
from app.domain.plans.benefits import PASSES, PRODUCTS, benefits_of
from app.domain.plans.terms import Benefit
from app.domain.products import showing as products
from app.kernel.walltime import zone
from app.models import Location


@dataclass(frozen=True, slots=True)
class WaysIn:
    """Products with a pass that holds at that place now, and plans that let in, or give such a pass."""

    products: tuple[products.Offer, ...]
    plans: tuple[plans.Offer, ...]


def ways_in(
    session: Session, actor: Actor, place: Location, today: date, now: datetime, *, shop: bool, joining: bool
) -> WaysIn:
    """What is on sale for somebody, of what is to be had at all: `shop` for products, `joining` for plans."""
    on_sale = [each for each in products.offers(session, actor, today) if not each.sold_out] if shop else []
    to_join = (
        [each for each in plans.offers(session, actor, today) if not (each.sold_out or each.own)]
        if joining
        else []
    )
    carried = benefits_of(session, [each.product.id for each in on_sale], PRODUCTS) if on_sale else {}
    given = benefits_of(session, [each.version.id for each in to_join]) if to_join else {}
    passes = [each for found in (carried, given) for rows in found.values() for each in rows]
    ids = {each.pass_type_id for each in passes if each.pass_type_id is not None}
    terms, tz = terms_of(session, ids), zone(place.zone)

    def lets_in(benefit: Benefit) -> bool:
        known = ANYWHERE if benefit.pass_type_id is None else terms[benefit.pass_type_id]
        return benefit.kind in PASSES and known.holds_until(place.id, now, tz) is not None

    def opens(benefits: tuple[Benefit, ...]) -> bool:
        """A plan without passes lets in at any time."""
        return not any(each.kind in PASSES for each in benefits) or any(map(lets_in, benefits))

    return WaysIn(
        tuple(each for each in on_sale if any(map(lets_in, carried.get(each.product.id, ())))),
        tuple(each for each in to_join if opens(given.get(each.version.id, ()))),
    )
