"""Coming in for a price, and what the visit is charged: a day at once, hours once they are over."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.billing.charging import NewCharge, put_charge
from app.domain.billing.next_bill import next_bills
from app.domain.billing.reasons import day_visit_key, visit_key
from app.domain.billing.words import ChargeWords, VisitLine, languages_of
from app.domain.credits.staying import minutes_between
from app.domain.house_day import house_day
from app.domain.lookup import hold_people
from app.domain.passes.fitting import day_at
from app.domain.pay_as_you_go.offering import offer_for
from app.domain.pay_as_you_go.terms import Offer, PriceToAgree
from app.kernel.spans import Span
from app.models import CheckIn, Location, PaidBy, PaidVisit, TeamMember
from app.tenancy import begin_writing

_HOUR = 60
_ONE = 1000
_AT_A_TIME = 200


def pay_to_enter(
    session: Session, person_id: int, place: Location, agreed: str, words: ChargeWords, now: datetime
) -> int | None:
    """The id of the visit that somebody pays for, within a transaction that holds them; None where nobody pays as they go.

    `agreed` is the `Offer.seen` that they were shown. Who has paid for the day at any location comes in for nothing more.
    Raises PriceToAgree and NoRateYet.
    """
    day = day_at(place, now)
    had = select(PaidVisit.id).where(
        PaidVisit.person_id == person_id, PaidVisit.day == day, PaidVisit.paid_by == PaidBy.DAY
    )
    paid_id = session.scalars(had.order_by(PaidVisit.id).limit(1)).one_or_none()
    if paid_id is not None:
        return paid_id
    offer = offer_for(session, person_id, now)
    if offer is None:
        return None
    if agreed != offer.seen:
        raise PriceToAgree(offer, changed=bool(agreed))
    visit = _note(session, person_id, place, offer, now)
    if visit.paid_by is PaidBy.DAY:
        due = max(visit.price_minor - _spent(session, visit), 0)
        _charge(session, visit, place, due, day_visit_key(person_id, day), words, now)
    return visit.id


def settle_visit(session: Session, stay: CheckIn, words: ChargeWords, now: datetime) -> PaidVisit | None:
    """Charge the hours of a stay that is over, within a transaction that holds whose it is; once, and all stays of a day never
    more than the cap. None where nothing is left to charge."""
    if stay.paid_visit_id is None:
        return None
    visit = session.get_one(PaidVisit, stay.paid_visit_id, populate_existing=True)
    if visit.charged_minor is not None or visit.cap_minor is None:
        return None
    minutes = minutes_between(stay.starts_at, stay.ends_at)
    hours = -(-minutes // _HOUR)
    due = min(hours * visit.price_minor, max(visit.cap_minor - _spent(session, visit), 0))
    visit.minutes = minutes
    place = session.get_one(Location, visit.location_id)
    span = Span(stay.starts_at, stay.ends_at) if minutes else None
    whole = hours if due == hours * visit.price_minor else 0
    _charge(session, visit, place, due, visit_key(visit.id), words, now, span=span, hours=whole)
    return visit


def settle_visits(session: Session, words: ChargeWords, now: datetime) -> int:
    """Charge the hours of those who did not check out and whose day is over, within a transaction of its own that the caller
    commits; how many stays."""
    over = (
        select(CheckIn.id, CheckIn.person_id)
        .join(
            PaidVisit,
            (PaidVisit.tenant_id == CheckIn.tenant_id) & (PaidVisit.id == CheckIn.paid_visit_id),
        )
        .where(PaidVisit.charged_minor.is_(None), CheckIn.ends_at <= now)
        .order_by(CheckIn.id)
        .limit(_AT_A_TIME)
    )
    people = {row.person_id for row in session.execute(over)}
    if not people:
        return 0
    begin_writing(session)
    hold_people(session, people)
    # What somebody else has settled meanwhile is no longer among them
    ids = [row.id for row in session.execute(over.where(CheckIn.person_id.in_(people)))]
    stays = select(CheckIn).where(CheckIn.id.in_(ids)).order_by(CheckIn.id)
    for stay in session.scalars(stays.execution_options(populate_existing=True)).all():
        settle_visit(session, stay, words, now)
    return len(ids)


def _note(session: Session, person_id: int, place: Location, offer: Offer, now: datetime) -> PaidVisit:
    price = offer.price
    visit = PaidVisit(
        person_id=person_id,
        team_id=offer.payer.team_id,
        location_id=place.id,
        day=day_at(place, now),
        paid_by=price.paid_by,
        price_minor=price.price_minor,
        cap_minor=price.cap_minor,
        tax_rate_id=price.tax_rate_id,
    )
    session.add(visit)
    session.flush()
    return visit


def _spent(session: Session, visit: PaidVisit) -> int:
    """What somebody's visits of that day came to already."""
    query = select(func.sum(PaidVisit.charged_minor)).where(
        PaidVisit.person_id == visit.person_id, PaidVisit.day == visit.day
    )
    return int(session.scalars(query).one() or 0)


def _charge(
    session: Session,
    visit: PaidVisit,
    place: Location,
    due: int,
    key: str,
    words: ChargeWords,
    now: datetime,
    *,
    span: Span | None = None,
    hours: int = 0,
) -> None:
    """Put it down with whoever pays now; `hours` where it is so many at the price of one."""
    if due:
        payer_id = payer_of(session, visit)
        locale = languages_of(session, [payer_id])[payer_id]
        charge = NewCharge(
            payer_id,
            key,
            words.visit(locale, VisitLine(place.name, visit.day, span, place.zone)),
            visit.price_minor if hours else due,
            visit.tax_rate_id,
            next_bills(session, [payer_id]).of_usage(payer_id, house_day(session, now)),
            (hours or 1) * _ONE,
            visit.day,
            visit.day,
            place.id,
        )
        put_charge(session, charge, now)
    visit.charged_minor = due
    session.flush()


def payer_of(session: Session, visit: PaidVisit) -> int:
    """The team's payer as it is now; whoever came where it is no team's, or the team has nobody left who pays."""
    if visit.team_id is None:
        return visit.person_id
    query = select(TeamMember.person_id).where(TeamMember.team_id == visit.team_id, TeamMember.pays)
    return session.scalars(query).one_or_none() or visit.person_id
