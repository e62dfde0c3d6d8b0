"""Who asked to join and waits for staff: let in or declined with one press."""

from collections.abc import Callable
from datetime import date
from typing import Any

from babel.dates import format_date, format_timedelta
from flask import Blueprint, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page, refused
from app.domain.actor import Permission
from app.domain.joining.approval import approve, decline, waiting
from app.domain.joining.fields import FIELDS, Kind
from app.domain.joining.words import AlreadyKnown
from app.domain.people.listing import home_names
from app.kernel.errors import AlreadyDecided
from app.web import auth
from app.web.access import staff
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.language import formats_locale
from app.web.origin import request_origin
from app.web.profiles import country_name

blueprint = Blueprint("sign_ups", __name__)


@blueprint.get("/people/waiting")
@staff(Permission.PEOPLE, whole_house=True)
def index() -> Response:
    homes = home_names(session())
    kinds = {each.key: each.kind for each in FIELDS}
    people = [
        (
            each,
            [
                _said(kinds[key], value, homes)
                for key, value in each.details.items()
                if value and key in kinds
            ],
            format_timedelta(each.completed_at - auth.now(), add_direction=True, locale=formats_locale()),
        )
        for each in waiting(session())
    ]
    return page("admin/sign_ups/index.html", people=people)


def _said(kind: Kind, value: Any, homes: dict[int, str]) -> str:
    match kind:
        case Kind.PLACE:
            return homes.get(value, "")
        case Kind.COUNTRY:
            return country_name(value)
        case Kind.BIRTHDAY:
            return format_date(date.fromisoformat(value), "long", locale=formats_locale())
        case _:
            return str(value)


@blueprint.post("/people/waiting/<int:sign_up_id>/approval")
@staff(Permission.PEOPLE, whole_house=True)
def create_approval(sign_up_id: int) -> Response:
    return _decide(
        lambda: approve(session(), signed_in(), sign_up_id, request_origin(), clock()),
        lambda name: _("%(name)s is in, and gets a mail that says so.", name=name),
    )


@blueprint.post("/people/waiting/<int:sign_up_id>/refusal")
@staff(Permission.PEOPLE, whole_house=True)
def create_refusal(sign_up_id: int) -> Response:
    return _decide(
        lambda: decline(session(), signed_in(), sign_up_id, request_origin(), clock()),
        lambda name: _("%(name)s is declined, and gets a mail that says so.", name=name),
    )


def _decide(verb: Callable[[], str], sentence: Callable[[str], str]) -> Response:
    here = url_for("admin.sign_ups.index")
    try:
        name = verb()
    except AlreadyDecided:
        return refused(here, _("Somebody decided that before you."))
    except AlreadyKnown:
        return refused(here, _("Somebody here has this e-mail already. Decline the request."))
    session().commit()
    return done(here, sentence(name))
