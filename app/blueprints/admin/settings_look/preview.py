"""The phone on the settings page: sample pages in a look that need not be saved yet."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from flask import Response, abort, render_template, request, url_for

from app.blueprints.admin.settings import blueprint
from app.blueprints.admin.settings_look.page import draft, report_context
from app.blueprints.admin.settings_look.sample import sample
from app.blueprints.admin.settings_page import level_asked_for
from app.domain.actor import Actor, Permission
from app.domain.look import Given, Look, given_by, setting_of
from app.domain.portal import Portal
from app.kernel.names import initials
from app.models import Role
from app.theming.colour import parse_colour
from app.theming.errors import ColourRefused
from app.theming.icons import draw_favicon
from app.theming.stylesheet import FONTS, RADII
from app.web import auth, icons, navigation, themes
from app.web.access import staff
from app.web.database import session
from app.web.limits import Allowance
from app.web.security import allow_framing_by_us

_PAGES = ("home", "book", "dialog")
_SCHEMES = ("light", "dark")


@blueprint.route("/settings/preview", methods=["GET", "POST"])
@staff(Permission.SETTINGS)
def show_preview() -> str:
    """A sample page (`page`, `scheme`) in the look that is asked for. It changes nothing, by POST neither."""
    page = _one_of(_PAGES, request.values.get("page"))
    portal, level = auth.portal(), level_asked_for()
    given, look = _asked_for(portal, level)
    name = request.values.get("name", "").strip()[:80] or portal.name
    allow_framing_by_us()
    return render_template(
        f"preview/{page}.html",
        scheme=_one_of(_SCHEMES, request.values.get("scheme")),
        **_visitor(replace(portal, name=name), level, look, _params(given, level)),
        **sample(portal.currency),
    )


@blueprint.get("/settings/preview.css")
@staff(Permission.SETTINGS)
def show_preview_css() -> Response:
    """The theme of the look that is asked for."""
    _spend()
    _given, look = _asked_for(auth.portal(), level_asked_for())
    return _uncached(themes.theme_css(look), "text/css")


@blueprint.get("/settings/preview.svg")
@staff(Permission.SETTINGS)
def show_preview_mark() -> Response:
    """The portal's mark in the look that is asked for."""
    _spend()
    portal = auth.portal()
    _given, look = _asked_for(portal, level_asked_for())
    mark = draw_favicon(icons.logo_of(portal, look) or portal.name, themes.palette_of(look))
    return _uncached(mark, "image/svg+xml")


@blueprint.get("/settings/report")
@staff(Permission.SETTINGS)
def show_report() -> str:
    """The three swatches for the colours in the form."""
    _spend()
    _given, look = _asked_for(auth.portal(), level_asked_for())
    return render_template("admin/settings/_report.html", **report_context(look))


def _asked_for(portal: Portal, level: int | None) -> tuple[Given, Look]:
    """The look in the request's fields; what is missing or makes no sense is as it is saved."""
    was = given_by(setting_of(session(), level))
    given = Given(
        primary=_colour("primary", was.primary),
        on_primary=_colour("on_primary", was.on_primary),
        font=_listed("font", FONTS, was.font),
        radius=_listed("radius", RADII, was.radius),
    )
    return given, draft(portal, level, given)


def _colour(name: str, otherwise: str | None) -> str | None:
    asked = request.values.get(name)
    try:
        return parse_colour(asked) if asked else (otherwise if asked is None else None)
    except ColourRefused:
        return otherwise


def _listed(name: str, known: Mapping[str, Any], otherwise: str | None) -> str | None:
    asked = request.values.get(name)
    return asked if asked in known else (None if asked == "" else otherwise)


def _params(given: Given, level: int | None) -> dict[str, Any]:
    return {name: value or "" for name, value in asdict(given).items()} | {"location": level}


def _visitor(portal: Portal, level: int | None, look: Look, params: dict[str, Any]) -> dict[str, Any]:
    """The page's frame as a member at that level would have it."""
    place = portal.place(level)
    member = Actor(0, portal.tenant_id, Role.NONE, is_member=True, first_name="Ines", last_name="Duarte",
                   email="", location_id=level, locale=None)  # fmt: skip
    nav = navigation.navigation(portal, place, member)
    brand = themes.brand_of(portal, look, url_for("admin.settings.show_preview_css", **params))
    return {
        "tenant": replace(brand, mark_url=url_for("admin.settings.show_preview_mark", **params)),
        "location": place,
        "locations": (),
        "nav": [replace(item, current=index == 0) for index, item in enumerate(nav)],
        "more": [item for item in nav if not item.tab],
        "me": navigation.Me(member.name, initials(member.name), "", is_staff=False, key=""),
    }


def _one_of(known: tuple[str, ...], asked: str | None) -> str:
    return asked if asked in known else known[0]


def _spend() -> None:
    """Dragging a colour asks often; a palette costs milliseconds, so it may, but not without end."""
    if Allowance("preview by account", str(auth.signed_in().person_id)).spend():
        abort(429)


def _uncached(data: str | bytes, mime: str) -> Response:
    response = Response(data, mimetype=mime)
    response.headers["Cache-Control"] = "no-store"
    return response
