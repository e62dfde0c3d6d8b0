"""Saying that one is here, and that one leaves: buttons on the home page and in the directory."""

from dataclasses import dataclass

from flask import current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.directory.room import blueprint
from app.domain.credits.terms import NoPass
from app.domain.directory import check_in
from app.domain.passes.ways_in import PlanIn, ProductIn, ways_in
from app.domain.pay_as_you_go.offering import offer_of, recall_asked
from app.domain.pay_as_you_go.terms import Offer, PriceToAgree
from app.domain.portal import Place
from app.kernel.errors import NotFound
from app.models import DunningAction, PaidBy, PaidVisit, Role
from app.web import auth, contract_words, credit_words, visit_words, wording
from app.web.access import in_section, is_open, places_with
from app.web.addresses import local_path
from app.web.arrears import arrears, lead_to_invoices
from app.web.charge_words import ChargeSentences
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


@blueprint.get("/check-in")
@in_section("directory")
def new_check_in() -> Response | str:
    """What coming costs who has no pass; to the directory and its button where nothing is asked, or no location is named. 404 as
    `create_check_in`."""
    if "location_id" not in request.args:
        return go_to(url_for("directory.index"))
    wanted = _place(request.args["location_id"])
    who, asks = auth.signed_in(), recall_asked(session(), auth.portal().revision)
    if asks is None or who.role is not Role.NONE:
        return go_to(url_for("directory.index"))
    owing = _owing()
    if owing is not None:
        return lead_to_invoices(owing)
    return _at_a_price(wanted, offer_of(session(), who.person_id, auth.today(), asks))


@blueprint.post("/check-in")
@in_section("directory")
def create_check_in() -> Response | tuple[str, int]:
    """Be at a location from now on. 404 for one that is not ours, or has no directory."""
    wanted = _place(request.form.get("location_id"))
    owing, words = _owing(), ChargeSentences(current_app)
    # What is paid for already lets in whoever owes something else
    agreed = "" if owing else request.form.get("agreed", "")
    try:
        stay = check_in.check_in(session(), auth.signed_in(), wanted.id, words, auth.clock(), agreed)
    except NoPass as refusal:
        session().rollback()
        return _without_pass(wanted, refusal)
    except PriceToAgree as refusal:
        session().rollback()
        if owing is not None:
            return lead_to_invoices(owing)
        if not refusal.changed:
            return go_to(url_for("directory.new_check_in", location_id=wanted.id, back=_here()))
        return _at_a_price(wanted, refusal.offer, changed=True), 422
    if stay.paid_visit_id is not None:
        visit = session().get_one(PaidVisit, stay.paid_visit_id)
        flash(visit_words.here_words(visit, agreed=bool(agreed)))
    session().commit()
    return _back()


def _owing() -> DunningAction | None:
    """What keeps who asks from buying anything new, a visit too."""
    return arrears() if is_open("invoices") else None


def _place(typed: str | None) -> Place:
    """Raises NotFound for a location that is not ours, or has no directory."""
    try:
        wanted = id_or_none(typed)
    except ValueError:
        raise NotFound from None
    for place in places_with("directory"):
        if place.id == wanted:
            return place
    raise NotFound


def _without_pass(place: Place, refusal: NoPass) -> tuple[str, int]:
    """Say what is needed, and where that is to be had."""
    shown = render_template(
        "directory/no_pass.html",
        title=_("You cannot check in at %(place)s now", place=place.name),
        others=", ".join(refusal.others),
        ways=_ways_to(place),
    )
    return shown, 422


def _at_a_price(place: Place, offer: Offer, *, changed: bool = False) -> str:
    """Say what the visit costs, before the button that agrees to it; and that this changed, where it did."""
    price = visit_words.offer_words(offer)
    return render_template(
        "directory/pay_as_you_go.html",
        title=_("Check in at %(place)s", place=place.name),
        changed=_("The price has changed: it is %(price)s now. You have not been charged.", price=price)
        if changed
        else "",
        back=_here(),
        place_id=place.id,
        seen=offer.seen,
        press=visit_words.press_words(offer),
        billed=visit_words.billed_words(offer, auth.today()),
        **_lines(offer, place),
        ways=_ways_to(place),
    )


def _lines(offer: Offer, place: Place) -> dict[str, object]:
    """What it costs as an invoice says it: without tax, the tax, with it."""
    amounts = offer.amounts
    by_day = offer.price.paid_by is PaidBy.DAY
    cut_off = f"{place.day_ends // 60}:{place.day_ends % 60:02}"
    return {
        "what": _("A day in the house") if by_day else _("Each hour that begins"),
        "until": _("Come and go until %(time)s in the night.", time=cut_off)
        if by_day
        else _("It runs until you check out, at the latest until the location closes."),
        "total": _("Total") if by_day else _("An hour, with tax"),
        "offer": {
            "net": wording.tenant_money(amounts.net_minor),
            "tax": wording.tenant_money(amounts.tax_minor),
            "gross": wording.tenant_money(amounts.gross_minor),
        },
        "most": "" if offer.most is None else wording.tenant_money(offer.most.gross_minor),
    }


def _ways_to(place: Place) -> list[Way]:
    """What is to be had that lets somebody in there."""
    found = ways_in(
        session(),
        auth.signed_in(),
        place,
        auth.today(),
        auth.now(),
        shop=bool(places_with("products")),
        joining=bool(places_with("plans")),
    )
    return [*map(_of_product, found.products), *map(_of_plan, found.plans)]


def _of_product(each: ProductIn) -> Way:
    detail = ", ".join(map(credit_words.given, each.gives))
    price = wording.tenant_money(each.product.price_minor)
    if each.product.recurring:
        price = _("%(price)s a month", price=price)
    return Way(url_for("products.index"), each.product.name, detail, price)


def _of_plan(each: PlanIn) -> Way:
    cycle = contract_words.cycle_words(each.version.cycle_unit, each.version.cycle_count)
    return Way(url_for("plans.index"), each.plan.name, cycle, wording.tenant_money(each.version.price_minor))


@blueprint.post("/check-in/end")
@in_section("directory")
def destroy_check_in() -> Response:
    """Be there no longer."""
    visit = check_in.check_out(session(), auth.signed_in(), ChargeSentences(current_app), auth.clock())
    if visit is not None:
        flash(visit_words.left_words(visit))
    session().commit()
    return _back()


def _back() -> Response:
    return go_to(_here())


def _here() -> str:
    """Where the button was pressed; of the page of a price, where that led here from."""
    led_from = local_path(request.values.get("back", ""))
    return (
        led_from
        or local_path(request.headers.get("Referer", ""), absolute=True)
        or url_for("directory.index")
    )
