"""What the look's part of the settings page shows, saved or not yet."""

from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from flask import url_for
from flask_babel import gettext as _

from app.blueprints.admin.settings_look.forms import LookForm, values_of
from app.domain.look import BASE, Given, Look, given_by, setting_of
from app.domain.portal import Portal
from app.theming.colour import WHITE, contrast, to_lch
from app.theming.palette import Report, Swatch, report
from app.web import themes
from app.web.database import session
from app.web.language import formats_locale

_LIGHT_TEXT = 0.6
"""Lightness in OKLCH above which text on a colour is called white rather than ink."""


@dataclass(frozen=True, slots=True)
class SwatchView:
    """A colour as the page shows it: its name, the words under it, and both colours as `#rrggbb`."""

    label: str
    detail: str
    text: str
    ground: str


def draft(portal: Portal, level: int | None, given: Given) -> Look:
    """The look of a level if it gave this; its logo is the one it has."""
    above = BASE if level is None else portal.look(None)
    return above.with_given(given, portal.look(level).logo)


def look_form(portal: Portal, level: int | None, given: Given, *, bound: bool) -> LookForm:
    """The look's form of a level: as it was sent when `bound`, else as it is saved."""
    look, at_location = portal.look(level), level is not None
    sources: dict[str, Any] = {} if bound else {"formdata": None}
    shown = values_of(given, look, at_location=at_location)
    return LookForm(
        look,
        given,
        at_location=at_location,
        name=portal.name,
        short_name=portal.short_name,
        **shown,
        **sources,
    )


def look_context(portal: Portal, level: int | None) -> dict[str, Any]:
    """What `admin/settings/_look.html` needs for the look as it is saved."""
    setting = setting_of(session(), level)
    given, look = given_by(setting), portal.look(level)
    return {
        "form": look_form(portal, level, given, bound=False),
        "look": look,
        "inherited_primary": draft(portal, level, Given()).primary,
        "own_logo": setting is not None and setting.logo_id is not None,
        "mark_url": themes.brand(portal, level).mark_url,
        "logo_problem": None,
        **report_context(look),
    }


def report_context(look: Look) -> dict[str, Any]:
    """What `admin/settings/_report.html` needs: the three swatches and what became of the colour."""
    told = report(themes.palette_of(look))
    return {
        "hue": round(to_lch(look.primary).hue),
        "effective_primary": look.primary,
        "swatches": (
            SwatchView(_("As given"), _text_on(told.as_given), told.as_given.text, told.as_given.ground),
            SwatchView(
                _("Links by day"), _ratio(told.links_by_day), told.links_by_day.text, told.links_by_day.ground
            ),
            SwatchView(
                _("Links by night"),
                _ratio(told.links_by_night),
                told.links_by_night.text,
                told.links_by_night.ground,
            ),
        ),
        "verdict": " ".join(_verdict(told)),
    }


def preview_address(level: int | None) -> str:
    return url_for("admin.settings.show_preview", location=level)


def _ratio(swatch: Swatch) -> str:
    # Cut, not rounded: 4.46 must not read as 4.5.
    return _(
        "%(ratio)s : 1", ratio=format_decimal(int(swatch.ratio * 10) / 10, "0.0", locale=formats_locale())
    )


def _text_on(swatch: Swatch) -> str:
    if to_lch(swatch.text).lightness > _LIGHT_TEXT:
        return _("White on it, %(ratio)s", ratio=_ratio(swatch))
    return _("Ink on it, %(ratio)s", ratio=_ratio(swatch))


def _verdict(told: Report) -> list[str]:
    if not told.adjusted:
        return [_("Reads well in light and dark. Nothing to adjust.")]
    sentences = []
    if told.text_refused:
        sentences.append(_("The text you chose does not read on this colour, so buttons use another."))
    if told.fill_adjusted:
        sentences.append(_("Buttons use a shade close to it, so that their words read."))
    if told.links_adjusted:
        sentences.append(_links_sentence(told))
    return sentences


def _links_sentence(told: Report) -> str:
    if contrast(told.as_given.ground, WHITE) < contrast(told.links_by_day.text, WHITE):
        return _("Links take a darker shade of it by day. Everything reads well.")
    return _("Links take a quieter shade of it by day. Everything reads well.")
