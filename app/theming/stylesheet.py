"""A tenant's theme and the one small stylesheet made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from app.theming.errors import FontRefused, RadiusRefused
from app.theming.palette import Palette, derive

_SYSTEM = 'system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif'

FONTS: Mapping[str, str] = MappingProxyType(
    {
        "inter": f"Inter,{_SYSTEM}",
        "system": _SYSTEM,
        "humanist": 'Seravek,"Gill Sans Nova",Ubuntu,Calibri,"DejaVu Sans",sans-serif',
        "geometric": 'Avenir,Montserrat,Corbel,"URW Gothic",sans-serif',
        "rounded": f'ui-rounded,"Hiragino Maru Gothic ProN",Nunito,"Arial Rounded MT Bold",{_SYSTEM}',
        "classic": 'Charter,"Bitstream Charter","Sitka Text",Cambria,Georgia,serif',
    }
)
"""Fonts a tenant may choose. Inter alone is a file of ours; the others are on the reader's device already."""

RADII: Mapping[str, int] = MappingProxyType({"crisp": 4, "soft": 12, "round": 18})
"""Corner shapes in CSS pixels, the value of ``--r``."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What a tenant chooses. Raises ColourRefused, FontRefused or RadiusRefused for anything off the lists."""

    primary: str
    on_primary: str | None = None
    font: str = "inter"
    radius: str = "soft"

    def __post_init__(self) -> None:
        derive(self.primary, self.on_primary)
        if self.font not in FONTS:
            raise FontRefused(self.font)
        if self.radius not in RADII:
            raise RadiusRefused(self.radius)

    @property
    def palette(self) -> Palette:
        return derive(self.primary, self.on_primary)


class ThemeColours(NamedTuple):
    """``#rrggbb`` for ``<meta name=theme-color>`` in each scheme."""

    light: str
    dark: str


class ManifestColours(NamedTuple):
    """``theme_color`` and ``background_color`` of a manifest, which knows one scheme only."""

    theme: str
    background: str


def properties(theme: Theme) -> dict[str, str]:
    """Custom properties by name, for the stylesheet and for a preview that a script sets one by one."""
    palette = theme.palette
    colours = {
        f"--{role}": f"light-dark({palette.light[role]},{palette.dark[role]})" for role in palette.light
    }
    return {
        "--brand": palette.primary,
        **colours,
        "--r": f"{RADII[theme.radius]}px",
        "--font": FONTS[theme.font],
    }


def render(theme: Theme) -> str:
    """The stylesheet of a theme, below 3 kB, in the cascade layer ``theme``."""
    body = ";".join(f"{name}:{value}" for name, value in properties(theme).items())
    return f"@layer theme{{:root{{{body}}}}}\n"


def theme_colours(palette: Palette) -> ThemeColours:
    """The browser's own bar continues the page: the brand is the accent, not the wallpaper."""
    return ThemeColours(palette.light["surface"], palette.dark["surface"])


def manifest_colours(palette: Palette) -> ManifestColours:
    """The splash screen shows the icon on the page's own ground, so that the first paint does not flash."""
    return ManifestColours(palette.light["surface"], palette.light["surface"])
