"""The web manifest of a tenant: the fixed members of `manifest/manifest.json` and what is the tenant's own."""

from itertools import islice, zip_longest
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
from app.web.message_files import SORTS_ACCEPTED

_MOST_SHORTCUTS = 10
"""What a window shows of them; a phone takes the first four by itself."""


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
        **_share_target(portal),
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


def _share_target(portal: Portal) -> dict[str, Any]:
    """Where the phone's share sheet posts to, while there is a section that takes it."""
    if "messages" not in {section.key for section in _enabled(portal)}:
        return {}
    fields = {"title": "title", "text": "text", "url": "url"}
    files = [{"name": "files", "accept": list(SORTS_ACCEPTED)}]
    return {
        "share_target": {
            "action": url_for("messages.create_share"),
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": fields | {"files": files},
        }
    }


def _shortcuts(portal: Portal) -> list[Link]:
    """One of every section first, so that none is missing where few are shown; then what else they have."""
    rounds = zip_longest(*(section.shortcuts for section in _enabled(portal)))
    links = (link for round_ in rounds for link in round_ if link is not None)
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
