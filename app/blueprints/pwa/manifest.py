"""The web manifest of a tenant: the fixed members of `manifest/manifest.json` and what is the tenant's own."""

from itertools import islice
from typing import Any

from babel import Locale
from flask import url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from app.blueprints.pwa import screenshots
from app.blueprints.pwa.parts import fixed_members
from app.domain.portal import Portal
from app.sections import Link, Section
from app.theming.stylesheet import manifest_colours
from app.web import themes

_MOST_SHORTCUTS = 4


def manifest(portal: Portal) -> dict[str, Any]:
    """The manifest as JSON data, in the tenant's language and with the tenant's own look.

    An installed app belongs to the tenant, not to a location or a person, so neither has a say in it.
    """
    look = portal.look(None)
    colours = manifest_colours(themes.palette_of(look))
    version = themes.icon_version(portal.name, look)
    fixed = fixed_members()
    return fixed | {
        "name": portal.name,
        "short_name": portal.short_name,
        "description": _("Book rooms and desks at %(name)s.", name=portal.name),
        "start_url": _start(portal),
        "lang": portal.locale.replace("_", "-"),
        "dir": (get_locale() or Locale("en")).text_direction,
        "theme_color": colours.theme,
        "background_color": colours.background,
        "icons": [icon | {"src": _icon(version, icon["src"])} for icon in fixed["icons"]],
        "shortcuts": [_shortcut(link, version) for link in _shortcuts(portal)],
        "screenshots": screenshots.members(portal),
    }


def _icon(version: str, name: str) -> str:
    return url_for("theming.show_icon", version=version, name=name)


def _start(portal: Portal) -> str:
    """Home if it is on, else the first page of the first section that is."""
    sections = _enabled(portal)
    keys = [section.key for section in sections]
    if "home" in keys:
        return url_for(sections[keys.index("home")].links[0].endpoint)
    return url_for(sections[0].links[0].endpoint if sections else "auth.new")


def _shortcuts(portal: Portal) -> list[Link]:
    links = (link for section in _enabled(portal) for link in section.shortcuts)
    return list(islice(links, _MOST_SHORTCUTS))


def _enabled(portal: Portal) -> list[Section]:
    """Sections that are on at the tenant's first location: where the app opens for somebody without a choice."""
    place = portal.place(None)
    where = place.id if place else None
    return [
        section for section in portal.ordered_sections(where) if portal.section(section.key, where).enabled
    ]


def _shortcut(link: Link, version: str) -> dict[str, Any]:
    icon = {"src": _icon(version, "shortcut-96.png"), "sizes": "96x96", "type": "image/png"}
    return {"name": _(link.label), "url": url_for(link.endpoint), "icons": [icon]}
