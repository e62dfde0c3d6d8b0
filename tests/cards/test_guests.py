"""The link by which somebody without an account pays."""

import re

from tests.support.cards import OPEN_MINOR, Till
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World


def _link(till: Till, invoice: int) -> str:
    maya = till.person()
    assert maya.post(f"/invoices/{invoice}/link", form="/account").status_code == 303
    found = re.search(r'value="https?://[^/"]+(/pay/[^"]+)"', maya.get(f"/invoices/{invoice}").text)
    assert found
    return found[1]


def test_a_guest_pays_and_the_link_is_dead(till: Till) -> None:
    invoice = till.bill()
    link, guest = _link(till, invoice), Visitor(till.app, till.tenant)
    shown = guest.get(link)
    assert "Studio plan" in shown.text
    assert shown.headers["X-Robots-Tag"] == "noindex"
    url = str(guest.post(link, form=link).location)
    assert "Paid. Thank you." in till.come_back(guest, till.stripe.pay(url))
    assert till.open_of(invoice) == 0
    assert till.by_card() == till.balance() == OPEN_MINOR
    assert guest.get(link).status_code == 404


def test_a_guest_and_the_member_pay_once_between_them(till: Till) -> None:
    invoice = till.bill()
    link, guest = _link(till, invoice), Visitor(till.app, till.tenant)
    theirs = str(guest.post(link, form=link).location)
    assert till.press_pay(till.person(), invoice) == theirs
    till.stripe.pay(theirs)
    till.stripe.pay(theirs)
    assert till.balance() == OPEN_MINOR


def test_a_link_that_is_withdrawn_wrong_or_of_another_tenant_leads_nowhere(till: Till, world: World) -> None:
    invoice = till.bill()
    link = _link(till, invoice)
    assert Visitor(till.app, world.harbour).get(link).status_code == 404
    assert Visitor(till.app, till.tenant).get(link[:-1]).status_code == 404
    maya = till.person()
    maya.post(f"/invoices/{invoice}/link/removal", form="/account")
    assert Visitor(till.app, till.tenant).get(link).status_code == 404
    assert _link(till, invoice) != link


def test_only_who_is_to_pay_makes_a_link(till: Till) -> None:
    invoice = till.bill()
    assert till.person("contact").post(f"/invoices/{invoice}/link", form="/account").status_code == 404


def test_the_front_desk_makes_a_link_too(till: Till) -> None:
    invoice, desk = till.bill(), Desk(till.app, till.tenant, "desk")
    here = f"/admin/invoices/{invoice}"
    assert desk.send(f"{here}/link").status_code == 303
    found = re.search(r'value="https?://[^/"]+(/pay/[^"]+)"', desk.get(here).text)
    assert found
    assert Visitor(till.app, till.tenant).get(found[1]).status_code == 200
    assert till.person().get(f"/invoices/{invoice}").text.count(found[1]) == 1
    assert desk.send(f"{here}/link/removal").status_code == 303
    assert Visitor(till.app, till.tenant).get(found[1]).status_code == 404
