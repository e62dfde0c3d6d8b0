"""Many buy at the same moment: the last piece is sold once, and a form that is sent many times buys once."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.products import buying
from app.domain.products.basket import put_in
from app.domain.products.buying import buy
from app.domain.products.checkout import preview_checkout
from app.domain.products.stock import left_of
from app.domain.products.terms import BasketEmpty, Buy, CannotBuy
from app.models import Charge, Product, ProductSubscription, Purchase, PurchaseLine
from tests.races.conftest import race
from tests.support.products import Counter
from tests.support.sessions import OpenSession
from tests.support.world import CAST, TenantWorld, World

pytestmark = pytest.mark.race

TODAY = date(2026, 3, 2)
PIECES = 3


def _stock(open_session: OpenSession, tenant: TenantWorld, **details: Any) -> tuple[int, dict[str, str]]:
    """A product of which everybody of the cast has one in their basket, and what their checkouts showed."""
    with open_session(tenant.id) as session:
        counter = Counter(session, tenant, TODAY)
        product = counter.product("Ticket", 500, stock=PIECES, **details)
        seen = {}
        if product.recurring:
            version = counter.plan("Desk", 30000)
            for name in CAST:
                counter.join(name, version)
        for name in CAST:
            put_in(session, tenant.actor(name), product.id, 1, TODAY)
            session.commit()
            seen[name] = preview_checkout(session, tenant.actor(name), TODAY).seen
        return product.id, seen


def _buys(open_session: OpenSession, tenant: TenantWorld, seen: dict[str, str]) -> list[str]:
    names = list(CAST)

    def attempt(session: Session, racer: int) -> str:
        name = names[racer % len(names)]
        wish = Buy(f"the-key-of-one-racer-{racer}", seen[name])
        try:
            buy(session, tenant.actor(name), wish, TODAY, Counter.now_of(TODAY))
            session.commit()
        except (CannotBuy, BasketEmpty) as refusal:
            session.rollback()
            return type(refusal).__name__
        return "bought"

    return race(open_session, tenant.id, attempt)


def test_the_last_piece_is_sold_once(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    tenant = world.northlight
    product_id, seen = _stock(open_session, tenant)
    assert len(CAST) > PIECES
    assert _buys(open_session, tenant, seen).count("bought") == PIECES
    with open_session(tenant.id) as session:
        assert session.get_one(Product, product_id).stock == 0
        assert len(session.scalars(select(Charge)).all()) == PIECES
        assert len(session.scalars(select(PurchaseLine)).all()) == PIECES


def test_the_last_one_that_is_had_by_the_month_is_had_once(
    racing: tuple[Engine, OpenSession], world: World
) -> None:
    _engine, open_session = racing
    tenant = world.northlight
    product_id, seen = _stock(open_session, tenant, recurring=True)
    assert _buys(open_session, tenant, seen).count("bought") == PIECES
    with open_session(tenant.id) as session:
        assert len(session.scalars(select(ProductSubscription)).all()) == PIECES
        assert left_of(session, [session.get_one(Product, product_id)], TODAY) == {product_id: 0}


@pytest.mark.parametrize("recurring", [False, True])
@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_product_in_hand_it_is_oversold(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch, *, recurring: bool
) -> None:
    _engine, open_session = racing
    tenant = world.northlight
    _product_id, seen = _stock(open_session, tenant, recurring=recurring)
    monkeypatch.setattr(buying, "products_in_hand", lambda _session, _ids: {})
    assert _buys(open_session, tenant, seen).count("bought") > PIECES


def test_one_form_sent_by_many_buys_once(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    tenant = world.northlight
    _product_id, seen = _stock(open_session, tenant)

    def attempt(session: Session, _racer: int) -> str:
        wish = Buy("the-key-of-one-form", seen["contact"])
        found = buy(session, tenant.actor("contact"), wish, TODAY, Counter.now_of(TODAY)).id
        session.commit()
        return str(found)

    assert len(set(race(open_session, tenant.id, attempt))) == 1
    with open_session(tenant.id) as session:
        assert len(session.scalars(select(Purchase)).all()) == 1
        assert len(session.scalars(select(Charge)).all()) == 1
