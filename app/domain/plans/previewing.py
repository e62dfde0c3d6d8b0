"""What joining a plan, or terms that nobody has saved yet, would come to."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.plans.calculating import Deal, ForecastInvoice, Rules, earliest_end, forecast, minimum_until
from app.domain.plans.contracts import cycles_of, latest_start
from app.domain.plans.showing import Offer, offer
from app.domain.plans.terms import BadStart, VersionDetails
from app.domain.plans.versions import details_of
from app.kernel.cycles import Cycles, anchored
from app.kernel.errors import NotFound
from app.models import CycleUnit

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Joining:
    """The plan as it is now, the first invoices from a day on, and the earliest last day."""

    offer: Offer
    invoices: tuple[ForecastInvoice, ...]
    earliest_end: date


def seen_offer(
    session: Session, actor: Actor, plan_id: int, today: date, link_token: str | None = None
) -> Offer:
    """A plan that somebody may see. Raises NotFound."""
    found = offer(session, actor, plan_id, today, link_token)
    if found is None:
        raise NotFound
    return found


def preview_join(
    session: Session,
    actor: Actor,
    plan_id: int,
    starts_on: date,
    today: date,
    link_token: str | None = None,
) -> Joining:
    """What joining on a day would come to. Raises NotFound and BadStart."""
    found = seen_offer(session, actor, plan_id, today, link_token)
    latest = latest_start(today)
    if not today <= starts_on <= latest:
        raise BadStart(today, latest)
    version = found.version
    cycles = cycles_of(version, anchored(starts_on, version.billing_day))
    rules = Rules(
        cycles,
        starts_on,
        minimum_until(cycles, starts_on, version.min_cycles),
        version.notice_days,
        version.prorate_last,
        version.pauses_a_year,
        version.pause_cycles,
    )
    invoices = first_invoices(details_of(version), starts_on)
    return Joining(found, tuple(invoices), earliest_end(rules, today))


def first_invoices(terms: VersionDetails, joins_on: date) -> list[ForecastInvoice]:
    """The first invoices of one place, as the tenant enters prices."""
    anchor = anchored(joins_on, terms.billing_day)
    deal = Deal(
        Cycles(anchor, terms.cycle_count, weeks=terms.cycle_unit is CycleUnit.WEEK),
        terms.price_minor,
        joins_on,
        prorate_first=terms.prorate_first,
        prorate_last=terms.prorate_last,
    )
    return forecast(deal, SHOWN, signup_fee_minor=terms.signup_fee_minor, deposit_minor=terms.deposit_minor)
