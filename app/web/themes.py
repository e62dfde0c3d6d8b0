"""A tenant's look as pages need it: stylesheet, icons and colours, derived once per settings revision."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import cast

from flask import current_app, url_for

from app.domain.look import Look
from app.domain.portal import Portal
from app.theming.palette import Palette
from app.theming.stylesheet import Theme, render, theme_colours
from app.web.assets import AssetIndex
from app.web.packed import Packed, pack

_REMEMBERED = 512
_SHEETS_REMEMBERED = 128
"""Some 20 kB each."""
_RECIPE = 1
"""Raised when icons of the same look are drawn differently, so that phones fetch them anew."""


@dataclass(frozen=True, slots=True)
class Brand:
    """The tenant as templates know it: `tenant` in every page."""

    name: str
    short_name: str
    mark_url: str
    stylesheet_url: str
    theme_color_light: str
    theme_color_dark: str
    icon_version: str
    """Changes whenever an icon would look different: phones fetch an icon anew only under a new address."""
    currency: str

    def icon_url(self, name: str) -> str:
        """The address of one of `theming.icons.ICON_NAMES`."""
        return url_for("theming.show_icon", version=self.icon_version, name=name)


def theme_of(look: Look) -> Theme:
    return Theme(look.primary, look.on_primary, look.font, look.radius)


@lru_cache(_REMEMBERED)
def theme_css(look: Look) -> str:
    """What the tenant's choices come to, alone: for a page that has our styles already."""
    return render(theme_of(look))


def stylesheet_digest(look: Look) -> str:
    """Sixteen hex digits over all that `stylesheet` says: the look, and our own styles."""
    return _digest(look, assets().path("app.css"))


def stylesheet(look: Look) -> Packed:
    """The one stylesheet of a tenant's pages, so that they need not wait for two: ours, then the theme in its layer."""
    return _stylesheet(look, assets().path("app.css"))


# A packed file carries its content's hash in its name, so the path stands for what is in it.
@lru_cache(_REMEMBERED)
def _digest(look: Look, ours: Path) -> str:
    return sha256(f"{ours.name}\n{theme_css(look)}".encode()).hexdigest()[:16]


@lru_cache(_SHEETS_REMEMBERED)
def _stylesheet(look: Look, ours: Path) -> Packed:
    return pack(ours.read_bytes() + theme_css(look).encode())


def palette_of(look: Look) -> Palette:
    return theme_of(look).palette


@lru_cache(_REMEMBERED)
def icon_version(name: str, look: Look) -> str:
    """Sixteen hex digits over everything that an icon is drawn from: colours, and the logo or else the name."""
    drawn = look.logo.digest if look.logo else name
    return sha256("\n".join([str(_RECIPE), look.primary, look.on_primary or "", drawn]).encode()).hexdigest()[
        :16
    ]


@lru_cache(_REMEMBERED)
def _colours(look: Look) -> tuple[str, str]:
    colours = theme_colours(palette_of(look))
    return colours.light, colours.dark


def brand(portal: Portal, location_id: int | None) -> Brand:
    """What a page of this tenant, at this location, looks like."""
    look = portal.look(location_id)
    return brand_of(portal, look, url_for("theming.show_stylesheet", digest=stylesheet_digest(look)))


def brand_of(portal: Portal, look: Look, stylesheet_url: str) -> Brand:
    """The tenant in any look, such as one that is not saved yet and whose stylesheet is elsewhere."""
    version = icon_version(portal.name, look)
    light, dark = _colours(look)
    return Brand(
        name=portal.name,
        short_name=portal.short_name,
        mark_url=url_for("theming.show_icon", version=version, name="favicon.svg"),
        stylesheet_url=stylesheet_url,
        theme_color_light=light,
        theme_color_dark=dark,
        icon_version=version,
        currency=portal.currency,
    )


def assets() -> AssetIndex:
    """The index of hashed static files that the packer wrote."""
    return cast("AssetIndex", current_app.extensions["portico_assets"])
