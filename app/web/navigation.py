"""What every page is given: tenant, location, navigation, me, language. The names are the templates' contract."""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

from babel import Locale
from flask import Flask, g, request, url_for
from flask_babel import get_locale, gettext

from app.domain.actor import Actor
from app.domain.portal import Place, Portal
from app.kernel.names import initials
from app.sections import Link
from app.web import auth, themes
from app.web.assets import AssetIndex
from app.web.faces import face_url
from app.web.person_key import person_key
from app.web.security import nonce

_TABS = 5
_COUNTED = {"messages.index": "messages"}
"""Which links have a number, and of what."""


@dataclass(frozen=True, slots=True)
class NavItem:
    """One place to go. `tab` marks what fits on the phone's tab bar; the rest is under More."""

    key: str
    label: str
    icon: str
    href: str
    current: bool
    tab: bool
    badge: int | None = None
    counts: str = ""
    """The word of `counted` whose number it shows."""


@dataclass(frozen=True, slots=True)
class Me:
    name: str
    initials: str
    email: str
    is_staff: bool
    key: str
    """What this person's device knows them by."""
    photo_url: str | None = None


@dataclass(frozen=True, slots=True)
class Bell:
    """The way to the inbox, and how much there is new."""

    unread: int
    current: bool


def bell() -> Bell | None:
    """What the frame shows of the inbox; nothing for a visitor who is not signed in."""
    if auth.actor() is None:
        return None
    return Bell(auth.visit().unread, (request.endpoint or "").startswith("inbox."))


def counted() -> tuple[tuple[str, int], ...]:
    """What there is to read, by the words that open pages hear of it (`domain.live`); nothing for a visitor."""
    if auth.actor() is None:
        return ()
    visit = auth.visit()
    return (("inbox", visit.unread), ("messages", visit.unread_messages))


def navigation(portal: Portal, place: Place | None, actor: Actor | None) -> list[NavItem]:
    """Links of every section that is on and for this person, in the tenant's order."""
    location_id = place.id if place else None
    links = [
        (section, link)
        for section in portal.ordered_sections(location_id)
        if portal.section(section.key, location_id).open_to(
            signed_in=actor is not None, member=actor is not None and actor.is_member
        )
        for link in section.links
    ]
    numbers = dict(counted())
    tabs = _tabs([link for _section, link in links])
    return [
        NavItem(
            key=link.endpoint,
            label=gettext(link.label),
            icon=link.icon,
            href=url_for(link.endpoint),
            current=link.leads_to(request.endpoint or ""),
            tab=link in tabs,
            badge=numbers.get(_COUNTED.get(link.endpoint, "")),
            counts=_COUNTED.get(link.endpoint, ""),
        )
        for _section, link in links
    ]


def _tabs(links: list[Link]) -> list[Link]:
    """What a phone's tab bar shows: everything, or what matters most, and More."""
    if len(links) <= _TABS:
        return links
    return sorted(links, key=lambda link: not link.tab)[: _TABS - 1]


def page_facts() -> tuple[Hashable, ...]:
    """Everything that the frame of a page shows of a request, for keeping whole pages (`web.fragments`).

    All else comes from the settings at their revision. Messages for the next page are not among it: such a page is
    shown once and must not be kept.
    """
    portal = auth.portal()
    return (
        portal.tenant_id,
        portal.revision,
        auth.visit().unread_messages,
        request.endpoint,
        auth.place(),
        # Equal in each browser of theirs.
        auth.actor(),
        bell(),
        str(get_locale()),
        request.cookies.get("font"),
    )


def page_context() -> dict[str, Any]:
    """Template variables of a request to a tenant's host; error pages before that get only what needs none."""
    assets: AssetIndex = themes.assets()
    language = get_locale() or Locale("en")
    context: dict[str, Any] = {
        "assets": assets,
        "lang": str(language).replace("_", "-"),
        "dir": language.text_direction,
        "csp_nonce": nonce(),
        "tenant": None,
        "location": None,
        "locations": (),
        "nav": [],
        "more": [],
        "more_href": "/more",
        "me": None,
        "bell": None,
        "counted": (),
    }
    if not _knows_tenant():
        return context
    portal, place, actor = auth.portal(), auth.place(), auth.actor()
    nav = navigation(portal, place, actor)
    return context | {
        "tenant": themes.brand(portal, place.id if place else None),
        "location": place,
        "locations": portal.places,
        "nav": nav,
        "bell": bell(),
        "counted": counted(),
        "more": [item for item in nav if not item.tab],
        "me": Me(
            actor.name,
            initials(actor.name),
            actor.email,
            actor.is_staff,
            person_key(actor),
            face_url(actor.face_digest),
        )
        if actor
        else None,
    }


def _knows_tenant() -> bool:
    """Whether this request found its tenant; an error page must not ask a database that is away."""
    if "tenant" not in g or g.get("database_is_away"):
        return False
    auth.portal()
    return True


def init_navigation(app: Flask) -> None:
    app.context_processor(page_context)
