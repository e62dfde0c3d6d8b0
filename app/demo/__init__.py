"""Two spaces to look around in: filled on the first start, kept lively on each later one."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.announcements import announce_things
from app.demo.booking_rules import set_rules
from app.demo.bookings import book_days
from app.demo.check_ins import check_people_in
from app.demo.credits import use_credits
from app.demo.disputes import dispute_payment
from app.demo.extras import offer_extras
from app.demo.floor_plan import hang_floor_plan
from app.demo.invoices import bill_people
from app.demo.notices import fill_inbox
from app.demo.passes import let_visitors_in
from app.demo.plans import price_plans
from app.demo.products import fill_shop
from app.demo.requests import ask_for_rooms
from app.demo.spaces import SPACES, found_space
from app.demo.strikes import miss_dates
from app.models import Tenant
from app.ports import Files
from app.tenancy import tenant_session


def fill_demo(open_session: Callable[[], Session], files: Files, now: datetime) -> bool:
    """Found the demo tenants unless some tenant exists, and book the days around `now`. True when it founded them."""
    with open_session() as session:
        known = {tenant.slug: tenant.id for tenant in session.scalars(select(Tenant))}
    founded = not known
    if founded:
        for space in SPACES:
            known[space.tenant.slug] = found_space(open_session, files, space, now)
    for space in SPACES:
        if space.tenant.slug in known:
            with tenant_session(open_session, known[space.tenant.slug]) as session:
                book_days(session, space, now)
                ask_for_rooms(session, space, now)
                check_people_in(session, space.tenant.slug, now)
                fill_inbox(session, space, now)
                announce_things(session, space, now)
                bill_people(session, space, now)
                dispute_payment(session, now)
                price_plans(session, space, now)
                use_credits(session, space, now)
                fill_shop(session, space, now)
                let_visitors_in(session, space, now)
                set_rules(session, space, now)
                hang_floor_plan(session, files, space, now)
                offer_extras(session, space, now)
                miss_dates(session, space, now)
    return founded
