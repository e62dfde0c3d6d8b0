"""Somebody takes what was offered to them from several windows at the same moment, over real sockets: it is booked and billed once,
and each window is told so."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from threading import Barrier
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.billing.settings import BillingChoice, choose_billing
from app.domain.booking.claim import claim
from app.domain.booking.terms import BookRoom
from app.kernel.clock import system_clock
from app.kernel.spans import Span
from app.models import Booking, BookingStatus, Charge, Invoice, Notice, PayWhen, ResourceType, TaxRate
from tests.support.live import cookie_of
from tests.support.rows import inside, rows
from tests.support.servers import PATIENCE_S
from tests.support.shop import Shop
from tests.support.world import World

pytestmark = pytest.mark.race

TAPS = 6


class _Window:
    """A browser's window at the server; cookies are its own."""

    def __init__(self, address: str, host: str, cookie: str) -> None:
        self._to, self._host, self._cookie = urlsplit(address), host, cookie

    def get(self, path: str) -> str:
        return self._ask("GET", path)[1]

    def post(self, path: str, form: dict[str, str]) -> tuple[int, str, str]:
        """Status, body, and where it leads."""
        answer, body = self._ask("POST", path, urlencode(form))
        return answer.status, body, answer.getheader("Location", "")

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[HTTPResponse, str]:
        line = HTTPConnection("127.0.0.1", self._to.port or 80, timeout=PATIENCE_S)
        headers = {"Host": f"{self._host}:{self._to.port}", "Cookie": self._cookie}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        with closing(line):
            line.request(method, path, body, headers)
            answer = line.getresponse()
            for each in answer.headers.get_all("Set-Cookie") or ():
                self._cookie = each.partition(";")[0]
            return answer, answer.read().decode()


def _offered(app: Flask, world: World, pays: PayWhen) -> int:
    """Fern is held for the contact, who waited for it; returns the booking."""
    shop = Shop(app, world)
    start = (datetime.now(UTC) + timedelta(days=2)).replace(hour=10, minute=0, second=0, microsecond=0)
    with inside(app, shop.tenant) as session:
        kind = session.get_one(ResourceType, shop.tenant.types["Meeting room"])
        kind.tax_rate_id = session.scalars(select(TaxRate.id)).one()
        session.commit()
        choice = BillingChoice(contacts_pay=pays, pay_within_minutes=30)
        choose_billing(session, shop.tenant.actor("owner"), choice, system_clock)
        session.commit()
        wish = BookRoom(shop.tenant.rooms["Fern"], Span(start, start + timedelta(hours=1)), offered=True)
        held = claim(
            session, shop.tenant.actor("contact"), wish, system_clock, hold_for=timedelta(minutes=30)
        )
        session.commit()
        return held.booking.id


def _tap(window: _Window, booking: int, start: Barrier) -> Callable[[], tuple[int, str, str]]:
    """With the page in hand, at the same moment as the others."""
    page = window.get(f"/bookings/{booking}/checkout")
    names = "csrf_token|people|due|pays"
    form = dict(re.findall(rf'name="({names})"[^>]*value="([^"]*)"', page))

    def tap() -> tuple[int, str, str]:
        start.wait(PATIENCE_S)
        return window.post(f"/bookings/{booking}/confirmation", form)

    return tap


@pytest.mark.parametrize("pays", [PayWhen.NOW, PayWhen.INVOICE])
def test_it_is_booked_once_and_each_window_is_told(
    app: Flask, world: World, live_server: str, pays: PayWhen
) -> None:
    booking, tenant = _offered(app, world, pays), world.northlight
    windows = [_Window(live_server, tenant.host, cookie_of(app, tenant, "contact")) for _ in range(TAPS)]
    start = Barrier(TAPS)
    taps = [_tap(window, booking, start) for window in windows]
    with ThreadPoolExecutor(TAPS) as pool:
        answers = [each.result() for each in [pool.submit(tap) for tap in taps]]
    for window, (status, body, leads_to) in zip(windows, answers, strict=True):
        said = window.get(leads_to) if status == 303 else body
        assert status in (303, 422)
        assert "Fern is yours" in said
    (stored,) = rows(app, tenant, Booking)
    assert (stored.status, stored.pays) == (BookingStatus.CONFIRMED, pays)
    billed = 1 if pays is PayWhen.NOW else 0
    assert len(rows(app, tenant, Charge)) == len(rows(app, tenant, Invoice)) == billed
    led = [leads_to for _status, _body, leads_to in answers if leads_to.startswith("/invoices/")]
    assert len(led) == billed
    assert len(rows(app, tenant, Notice, kind="booking.confirmed")) == 1
