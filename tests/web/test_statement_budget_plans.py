"""SQL statements of the pages about plans, whatever the number of plans, contracts and invoices."""

from datetime import UTC, datetime

import pytest
from flask import Flask

from app.models import Contract, PlanVisibility
from tests.support.bookings import statements
from tests.support.rows import rows
from tests.support.shop import Shop
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

MOST = 9
PAGES = (
    ("contact", "/plans"),
    ("contact", "/plans/mine"),
    ("contact", "/plans/l/{token}"),
    ("nobody", "/plans/l/{token}"),
    ("contact", "/plans/{asked}/enquiry"),
    ("contact", "/plans/{offered}/join"),
    ("contact", "/plans/{offered}/join/details"),
    ("contact", "/plans/{offered}/join/review?starts_on={day}"),
    ("contact", "/plans/mine/{contract}/change"),
    ("contact", "/plans/mine/{contract}/cancellation"),
    ("owner", "/admin/people/{person}/contracts/{contract}/price"),
)


def _visitor(shop: Shop, who: str) -> Visitor:
    return Visitor(shop.app, shop.tenant) if who == "nobody" else Desk(shop.app, shop.tenant, who)


def _subjects(shop: Shop) -> dict[str, object]:
    shop.join(*shop.plan())
    (contract,) = shop.contracts()
    linked, _version = shop.plan("Studio", 26000, visibility=PlanVisibility.LINK)
    return {
        "contract": contract.id,
        "token": shop.link(linked),
        "asked": shop.another("Office", 140000, visibility=PlanVisibility.ENQUIRE)[0],
        "offered": shop.another("Day desk", 9900)[0],
        "person": shop.tenant.people["contact"],
        "day": datetime.now(UTC).date(),
    }


def _more(shop: Shop) -> None:
    for number in range(4):
        shop.join(*shop.another(f"Locker {number}", 1000 + number, capacity=9))
    assert len(rows(shop.app, shop.tenant, Contract)) > 4


@pytest.mark.parametrize(("who", "path"), PAGES)
def test_pages_keep_to_nine_statements(app: Flask, world: World, who: str, path: str) -> None:
    shop = Shop(app, world)
    address = path.format(**_subjects(shop))
    visitor = _visitor(shop, who)

    def count() -> int:
        assert visitor.get(address).status_code == 200
        with statements(app) as seen:
            visitor.get(address)
        return len(seen)

    few = count()
    _more(shop)
    assert count() == few <= MOST
