"""Saying that one is here, and that one leaves: buttons on the home page and in the directory."""

from dataclasses import dataclass

from flask import render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.directory.room import blueprint
from app.domain.credits.terms import NoPass
from app.domain.directory import check_in
from app.domain.lookup import one
from app.domain.passes.ways_in import ways_in
from app.domain.plans.benefits import PASSES
from app.domain.plans.showing import Offer as PlanOffer
from app.domain.products.showing import Offer as ProductOffer
from app.kernel.errors import NotFound
from app.models import Location
from app.web import auth, contract_words, credit_words, wording
from app.web.access import in_section, places_with
from app.web.addresses import local_path
from app.web.database import session
from app.web.forms import id_or_none
from app.web.htmx import go_to


@dataclass(frozen=True, slots=True)
class Way:
    """Something to buy that lets somebody in."""

    href: str
    name: str
    detail: str
    price: str


@blueprint.post("/check-in")
@in_section("directory")
def create_check_in() -> Response | tuple[str, int]:
    """Be at a location from now on. 404 for one that is not ours, or has no directory."""
    try:
        wanted = id_or_none(request.form.get("location_id"))
    except ValueError:
        raise NotFound from None
    if wanted not in {place.id for place in places_with("directory")}:
        raise NotFound
    try:
        check_in.check_in(session(), auth.signed_in(), wanted or 0, auth.clock())
    except NoPass as refusal:
        session().rollback()
        return _without_pass(wanted or 0, refusal)
    session().commit()
    return _back()


def _without_pass(place_id: int, refusal: NoPass) -> tuple[str, int]:
    """Say what is needed, and where that is to be had."""
    place = one(session(), Location, place_id)
    found = ways_in(
        session(),
        auth.signed_in(),
        place,
        auth.today(),
        auth.now(),
        shop=bool(places_with("products")),
        joining=bool(places_with("plans")),
    )
    shown = render_template(
        "directory/no_pass.html",
        title=_("You cannot check in at %(place)s now", place=place.name),
        others=", ".join(refusal.others),
        ways=[*map(_of_product, found.products), *map(_of_plan, found.plans)],
    )
    return shown, 422


def _of_product(each: ProductOffer) -> Way:
    detail = ", ".join(credit_words.given(gift) for gift in each.gives if gift.kind in PASSES)
    price = wording.tenant_money(each.product.price_minor)
    if each.product.recurring:
        price = _("%(price)s a month", price=price)
    return Way(url_for("products.index"), each.product.name, detail, price)


def _of_plan(each: PlanOffer) -> Way:
    cycle = contract_words.cycle_words(each.version.cycle_unit, each.version.cycle_count)
    return Way(url_for("plans.index"), each.plan.name, cycle, wording.tenant_money(each.version.price_minor))


@blueprint.post("/check-in/end")
@in_section("directory")
def destroy_check_in() -> Response:
    """Be there no longer."""
    check_in.check_out(session(), auth.signed_in(), auth.clock())
    session().commit()
    return _back()


def _back() -> Response:
    """To where the button was pressed."""
    return go_to(local_path(request.headers.get("Referer", ""), absolute=True) or url_for("directory.index"))
