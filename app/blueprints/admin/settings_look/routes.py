"""Saving a look, and its logo."""

from flask import flash, make_response, redirect, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.blueprints.admin.settings import blueprint
from app.blueprints.admin.settings_look.page import draft, look_form, report_context
from app.blueprints.admin.settings_page import address, level_asked_for, page
from app.domain.actor import Permission
from app.domain.look import Given, change_look, given_by, put_up_logo, setting_of, take_down_logo
from app.domain.portal import read_portal
from app.domain.portal_settings import Group, rename
from app.tenancy import begin_writing
from app.theming.errors import (
    LogoNeedsOutlines,
    LogoNotAnImage,
    LogoRefused,
    LogoTooComplex,
    LogoTooLarge,
    LogoTooSmall,
    LogoUnsafe,
    LogoWithoutSize,
)
from app.theming.logo import MAX_BYTES, Logo, read_logo
from app.web import auth, icons
from app.web.access import staff
from app.web.database import session
from app.web.limits import Allowance
from app.web.ports import files
from app.web.security import csrf

_UNPROCESSABLE, _TOO_LARGE, _TOO_MANY = 422, 413, 429
_DRAINED_BYTES = 64 * 1024 * 1024


@blueprint.post("/settings/look")
@staff(Permission.SETTINGS)
def update_look() -> Response:
    """Save name, colours, corners and font of a level."""
    who, now, portal, level = auth.signed_in(), auth.now(), auth.portal(), level_asked_for()
    was = given_by(setting_of(session(), level))
    form = look_form(portal, level, was, bound=True)
    if not form.validate():
        colour = was if form.primary.errors else Given(primary=form.primary.data or None)
        told = report_context(draft(portal, level, colour))
        return make_response(page(Group.SECTIONS, portal, level, form=form, **told), _UNPROCESSABLE)
    begin_writing(session())
    if level is None:
        rename(session(), who, form.name.data or "", form.short_name.data or "", now)
    change_look(session(), who, level, form.given(), now)
    session().commit()
    return _saved(level)


@blueprint.post("/settings/logo")
@csrf.exempt  # type: ignore[untyped-decorator] # checked in the function, where a file that is too large can be answered at its field
@staff(Permission.SETTINGS)
def update_logo() -> Response:
    """Take a level's logo: an SVG, PNG, JPEG or WebP."""
    try:
        csrf.protect()
        logo = read_logo(_bytes_of(request.files.get("logo")))
    except RequestEntityTooLarge:
        _drain()
        return _refuse_logo(None, _sentence(LogoTooLarge()), _TOO_LARGE)
    except LogoRefused as refusal:
        status = _TOO_LARGE if isinstance(refusal, LogoTooLarge) else _UNPROCESSABLE
        return _refuse_logo(level_asked_for(), _sentence(refusal), status)
    return _put_up(logo)


@blueprint.post("/settings/logo/removal")
@staff(Permission.SETTINGS)
def destroy_logo() -> Response:
    who, now, level = auth.signed_in(), auth.now(), level_asked_for()
    begin_writing(session())
    take_down_logo(session(), who, level, now)
    session().commit()
    return _saved(level)


def _put_up(logo: Logo) -> Response:
    who, now, level = auth.signed_in(), auth.now(), level_asked_for()
    if Allowance("logo by account", str(who.person_id)).spend():
        return _refuse_logo(level, _("That was many logos in a short time. Wait a few minutes."), _TOO_MANY)
    digest = files().put(who.tenant_id, logo.data)
    begin_writing(session())
    put_up_logo(session(), who, level, logo, digest, now)
    session().commit()
    return _saved(level)


def _saved(level: int | None) -> Response:
    icons.prepare(read_portal(session()), level)
    flash(_("Saved, live for everyone"))
    return redirect(address(Group.SECTIONS, level), code=303)


def _bytes_of(upload: FileStorage | None) -> bytes:
    """What was sent, cut off one byte after the most we take."""
    return upload.stream.read(MAX_BYTES + 1) if upload else b""


def _refuse_logo(level: int | None, sentence: str, status: int) -> Response:
    return make_response(page(Group.SECTIONS, auth.portal(), level, logo_problem=sentence), status)


def _drain() -> None:
    """Read what is still coming: a browser that cannot finish sending never shows the answer."""
    left = min(request.content_length or 0, _DRAINED_BYTES)
    while left > 0:
        read = len(request.environ["wsgi.input"].read(min(left, 65536)))
        left -= read or left


def _sentence(refusal: LogoRefused) -> str:
    sentences = {
        LogoTooLarge: _("This file is too large. A logo may have 5 MB and 24 million pixels, an SVG 256 kB."),
        LogoTooSmall: _("This picture is too small for an icon. It needs at least 32 pixels a side."),
        LogoNotAnImage: _("This is not a picture we can read. Choose an SVG, PNG, JPEG or WebP."),
        LogoUnsafe: _(
            "This SVG can act or reach out by itself, so we cannot take it. Export it as a plain drawing."
        ),
        LogoNeedsOutlines: _("This SVG holds live text. Turn the text into outlines and export it again."),
        LogoTooComplex: _("This SVG holds far more than a logo needs. Simplify it and export it again."),
        LogoWithoutSize: _(
            "This SVG does not say how large it is, or is a thin line. Export it with a viewBox."
        ),
    }
    return sentences[type(refusal)]
