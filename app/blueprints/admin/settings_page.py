"""What the pages of the companion app's settings show: the levels to choose from, and the rows of a list."""

from dataclasses import dataclass
from typing import Any

from flask import abort, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l

from app.blueprints.admin.days import places_in_reach
from app.blueprints.admin.settings_look.page import look_context, preview_address
from app.domain.portal import Portal, Switch
from app.domain.portal_settings import Group, Own, own_settings
from app.sections import BY_KEY, Audience, HomeElement, Section
from app.web import auth
from app.web.database import session

AUDIENCES = {
    Audience.EVERYONE: _l("Everyone"),
    Audience.SIGNED_IN: _l("Signed in"),
    Audience.MEMBERS: _l("Members"),
    Audience.CONTACTS: _l("Contacts"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a list or a segmented control."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One section or home element as the level in hand has it."""

    key: str
    label: str
    icon: str
    on: bool
    own_switch: bool
    """The location in hand switches it itself; the tenant always does."""
    audiences: tuple[Choice, ...]
    note: str | None
    """Why it does not show although it is on."""


def level_asked_for() -> int | None:
    """The level that the request is about: a location in reach, or None for all. 404 for any other.

    Who is limited to locations is shown the first of them; a change they must ask for by name.
    """
    asked = request.values.get("location", "")
    known = {str(place.id): place.id for place in places_in_reach()}
    if not asked and (auth.signed_in().reaches(None) or request.method == "POST"):
        return None
    if not asked and known:
        return next(iter(known.values()))
    if asked not in known:
        abort(404)
    return known[asked]


def address(group: Group, level: int | None) -> str:
    """The tab that holds the list, at that level."""
    endpoint = "admin.settings.show" if group is Group.SECTIONS else "admin.settings.show_home"
    return url_for(endpoint, location=level)


def page(group: Group, portal: Portal, level: int | None, **extra: Any) -> str:
    """A whole tab. `extra` replaces what it would show: a form with errors, the `problem` of a list or a logo."""
    context: dict[str, Any] = {
        "places": places_in_reach(),
        "preview_place": portal.place(level),
        "problem": None,
        "saved": False,
    }
    context |= {"tab_addresses": {each.value: address(each, level) for each in Group}}
    context |= group_context(group, portal, level)
    if group is Group.HOME:
        return render_template(
            "admin/settings/home.html", part=False, preview_url=preview_address(level), **context | extra
        )
    return render_template(
        "admin/settings/look.html",
        part=False,
        preview_url=preview_address(level),
        **context | look_context(portal, level) | extra,
    )


def group_context(group: Group, portal: Portal, level: int | None) -> dict[str, Any]:
    """The rows of a list, in the level's order."""
    own = own_settings(session(), group, level)
    items = portal.ordered_sections(level) if group is Group.SECTIONS else portal.ordered_elements(level)
    return {
        "group": group.value,
        "level": level,
        "rows": [_row(group, portal, level, item, own.get(item.key, Own())) for item in items],
        "own_order": level is not None and any(one.position is not None for one in own.values()),
    }


def _row(group: Group, portal: Portal, level: int | None, item: Section | HomeElement, own: Own) -> Row:
    switch = portal.section(item.key, level) if group is Group.SECTIONS else portal.element(item.key, level)
    return Row(
        key=item.key,
        label=gettext(item.label),
        icon=item.icon if isinstance(item, Section) else BY_KEY[item.section].icon,
        on=switch.enabled,
        own_switch=level is not None and own.enabled is not None,
        audiences=tuple(_audiences(group, portal, level, item.key, switch, own)),
        note=_note(portal, level, item, switch),
    )


def _audiences(
    group: Group, portal: Portal, level: int | None, key: str, switch: Switch, own: Own
) -> list[Choice]:
    choices = [
        Choice(
            audience, str(AUDIENCES[audience]), chosen=audience == (switch if level is None else own).audience
        )
        for audience in group.audiences(key)
    ]
    if level is None:
        return choices
    everywhere = portal.section(key, None) if group is Group.SECTIONS else portal.element(key, None)
    label = gettext("%(audience)s, as everywhere", audience=AUDIENCES[everywhere.audience])
    return [Choice("", label, chosen=own.audience is None), *choices]


def _note(portal: Portal, level: int | None, item: Section | HomeElement, switch: Switch) -> str | None:
    """A home element shows only while its section is on."""
    if isinstance(item, Section) or not switch.enabled or portal.section(item.section, level).enabled:
        return None
    return gettext("Hidden while %(section)s is off", section=gettext(BY_KEY[item.section].label))
