"""Prices: what types of resource and single resources cost, when and for whom; and a trial of it."""

from collections.abc import Iterable, Mapping
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.blueprints.admin.price_forms import RATE_WORDS, RateForm, TrialForm
from app.domain.actor import Permission
from app.domain.booking.terms import OutOfReach
from app.domain.lookup import one
from app.domain.prices.keeping import (
    Owner,
    RateDetails,
    copy_rate,
    create_rate,
    details_of,
    edit_rate,
    move_rate,
    owner_name,
    remove_rate,
)
from app.domain.prices.naming import Named, NamesToChoose, named_by, names_to_choose
from app.domain.prices.tables import PriceTable, RoomToPrice, price_tables, rooms_to_price
from app.domain.prices.trial import NobodyOfThatEmail, Trial, try_price
from app.domain.spaces.lists import entries_of
from app.kernel.money import Money
from app.kernel.walltime import local_date, zone
from app.models import Rate, RateUnit, ResourceType
from app.web import auth, rate_words, wording
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import signed_in
from app.web.database import session
from app.web.prices import tax_note
from app.web.quote_words import by_credit_reasons, credit_lines, quote_lines, reasons

blueprint = Blueprint("prices", __name__, url_prefix="/prices")


@blueprint.get("")
@staff(Permission.SPACES, whole_house=True)
def index() -> Response:
    named = named_by(session())
    names = names_to_choose(session(), _together(named.values()))
    return page(
        "admin/prices/index.html",
        tables=[_table(each, named, names) for each in price_tables(session())],
        tax=tax_note(),
    )


@blueprint.get("/new")
@staff(Permission.SPACES, whole_house=True)
def new() -> Response:
    names = names_to_choose(session(), Named())
    form = RateForm(_owners(), names, chosen=request.args.get("of", ""), formdata=None)
    return page("admin/prices/new.html", form=form)


@blueprint.post("")
@staff(Permission.SPACES, whole_house=True)
def create() -> Response:
    form, made = RateForm(_owners(), names_to_choose(session(), Named())), list[Rate]()
    if not attempt(
        form,
        lambda: made.append(create_rate(session(), signed_in(), form.of(), form.details(), auth.now())),
        RATE_WORDS,
    ):
        return page("admin/prices/new.html", wrong=True, form=form)
    return done(url_for("admin.prices.index"), _("%(name)s is added.", name=made[0].name))


@blueprint.get("/<int:price_id>")
@staff(Permission.SPACES, whole_house=True)
def show(price_id: int) -> Response:
    rate = one(session(), Rate, price_id)
    named = _named(price_id)
    form = RateForm(None, names_to_choose(session(), named), details_of(rate, named), formdata=None)
    return _show(rate, form)


@blueprint.post("/<int:price_id>")
@staff(Permission.SPACES, whole_house=True)
def update(price_id: int) -> Response:
    one(session(), Rate, price_id)
    form = RateForm(None, names_to_choose(session(), _named(price_id)))
    if not attempt(
        form,
        lambda: edit_rate(session(), signed_in(), price_id, form.details(), auth.now()),
        RATE_WORDS,
    ):
        return _show(one(session(), Rate, price_id), form, wrong=True)
    return done(url_for("admin.prices.index"), _("Saved."))


@blueprint.post("/<int:price_id>/copy")
@staff(Permission.SPACES, whole_house=True)
def create_copy(price_id: int) -> Response:
    name = _("%(name)s (copy)", name=one(session(), Rate, price_id).name)
    made = copy_rate(session(), signed_in(), price_id, name, auth.now())
    session().commit()
    return done(_url(made.id), _("Here is the copy. It is off until you switch it on."))


@blueprint.post("/<int:price_id>/rise")
@staff(Permission.SPACES, whole_house=True)
def create_rise(price_id: int) -> Response:
    return _move(price_id, up=True)


@blueprint.post("/<int:price_id>/fall")
@staff(Permission.SPACES, whole_house=True)
def create_fall(price_id: int) -> Response:
    return _move(price_id, up=False)


@blueprint.post("/<int:price_id>/removal")
@staff(Permission.SPACES, whole_house=True)
def destroy(price_id: int) -> Response:
    remove_rate(session(), signed_in(), price_id, auth.now())
    session().commit()
    return done(url_for("admin.prices.index"), _("Removed."))


@blueprint.get("/trial")
@staff(Permission.SPACES, whole_house=True)
def show_trial() -> Response:
    """What a booking would cost somebody, explained; with no question yet, the form alone."""
    rooms = {room.id: room for room in rooms_to_price(session())}
    asked = "room" in request.args
    form = TrialForm(
        [(room.id, room.words) for room in rooms.values()],
        names_to_choose(session(), Named()),
        request.args if asked else None,
        _usual(),
    )
    found = _tried(form, rooms) if asked else None
    return page(
        "admin/prices/trial.html", wrong=asked and found is None, form=form, found=found, tax=tax_note()
    )


def _usual() -> dict[str, Any]:
    """An hour of the next morning."""
    today = local_date(auth.now(), zone(auth.portal().zone))
    return {"day": today + timedelta(days=1), "at": time(10), "minutes": 60, "whom": "member"}


def _tried(form: TrialForm, rooms: dict[int, RoomToPrice]) -> dict[str, Any] | None:
    """The quote in words; None where the form says what is wrong with the question."""
    if not form.validate():
        return None
    room = rooms[form.room.data]
    tz = ZoneInfo(room.zone)
    wish = form.wish(tz)
    if wish is None:
        return None
    try:
        trial = try_price(session(), signed_in(), wish, auth.now())
    except NobodyOfThatEmail:
        form.say("email", _("Nobody here has this address."))
        return None
    except OutOfReach:
        form.say("day", _("That is longer or further away than anybody can book."))
        return None
    day = wording.full_day(wish.span.start.astimezone(tz).date())
    when = f"{day}, {wording.clock(wish.span, tz)}"
    return {"heading": room.words, "when": when, **_answer(trial, tz)}


def _answer(trial: Trial, tz: ZoneInfo) -> dict[str, Any]:
    quote, paid = trial.quote, trial.paid
    if quote is None:
        return {"lines": [], "why": [], "total": None}
    due = Money(quote.total_minor - paid.total_minor, quote.currency)
    return {
        "lines": [*quote_lines(quote, tz), *credit_lines(paid, quote.currency)],
        "why": [*reasons(quote, tz), *by_credit_reasons(paid, quote.currency)],
        "total": (_("Together"), wording.money(due)),
    }


def _owners() -> list[tuple[str, str]]:
    """What a rate can be of: each type, then each room."""
    types = [
        (f"type-{each.id}", _("%(type)s: all", type=each.name))
        for each in entries_of(session(), ResourceType)
    ]
    return [*types, *((f"resource-{each.id}", each.words) for each in rooms_to_price(session()))]


def _show(rate: Rate, form: RateForm, *, wrong: bool = False) -> Response:
    name = owner_name(session(), Owner(rate.resource_type_id, rate.resource_id))
    return page("admin/prices/show.html", wrong=wrong, rate=rate, owner=name, form=form)


def _named(price_id: int) -> Named:
    return named_by(session(), [price_id]).get(price_id, Named())


def _together(found: Iterable[Named]) -> Named:
    """All that any of them names."""
    each = list(found)
    return Named(
        frozenset().union(*(one.plan_ids for one in each)), frozenset().union(*(one.team_ids for one in each))
    )


def _table(table: PriceTable, named: Mapping[int, Named], names: NamesToChoose) -> dict[str, Any]:
    owner = table.owner
    usual = (
        None
        if table.hourly_minor is None
        else RateDetails("", RateUnit.HOUR, table.hourly_minor, cap_minor=table.cap_minor)
    )
    chosen = f"type-{owner.type_id}" if owner.type_id is not None else f"resource-{owner.resource_id}"
    return {
        "key": chosen,
        "name": table.name,
        "place": table.place,
        "add": url_for("admin.prices.new", of=chosen),
        "standard": "" if usual is None else rate_words.amount(usual),
        "standard_detail": _("None: only the rates count")
        if usual is None
        else rate_words.summary(usual, names),
        "standard_href": url_for("admin.resource_types.show", entry_id=owner.type_id)
        if owner.type_id is not None
        else url_for("admin.resources.show", resource_id=owner.resource_id),
        "rows": [_row(rate, named.get(rate.id), names) for rate in table.rates],
        "holes": _holes(table),
    }


def _row(rate: Rate, named: Named | None, names: NamesToChoose) -> dict[str, Any]:
    details = details_of(rate, named)
    return {
        "href": _url(rate.id),
        "name": rate.name,
        "amount": rate_words.amount(details),
        "summary": rate_words.summary(details, names),
        "always": rate.always,
        "active": rate.active,
    }


def _holes(table: PriceTable) -> list[tuple[str, str]]:
    """(for whom, when) an hour has no price."""
    members, others = table.holes[True], table.holes[False]
    if members == others:
        return [(_("Nobody has a price"), rate_words.hours(members))] if members else []
    whom = {True: _("Members have no price"), False: _("Who is no member has no price")}
    return [(whom[each], rate_words.hours(found)) for each, found in table.holes.items() if found]


def _move(price_id: int, *, up: bool) -> Response:
    move_rate(session(), signed_in(), price_id, auth.now(), up=up)
    session().commit()
    return done(url_for("admin.prices.index"), _("Moved."))


def _url(price_id: int) -> str:
    return url_for("admin.prices.show", price_id=price_id)
