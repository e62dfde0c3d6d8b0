"""Colour arithmetic that theming shares: OKLCH in, ``#rrggbb`` out.

coloraide does the conversions, the luminance and the gamut mapping. Its ray-trace mapping, run in OKLCH,
keeps lightness and hue to ten digits and gives up chroma only; its default mapping may move both. A
conversion costs about 10 microseconds and a mapping 60, so that a palette of two schemes takes about three
milliseconds.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from coloraide import Color

from app.theming.errors import ColourRefused

WHITE = "#ffffff"
BLACK = "#000000"

_HEX = re.compile(r"#?(?:[0-9a-f]{3}|[0-9a-f]{6})", re.ASCII | re.IGNORECASE)


class Lch(NamedTuple):
    """An OKLCH colour: lightness 0..1, chroma (0 is grey, about .37 the most a screen shows), hue in degrees."""

    lightness: float
    chroma: float
    hue: float


def parse_colour(text: str) -> str:
    """A colour as a person types it (``#rgb`` or ``#rrggbb``, the # may be missing) as lower-case
    ``#rrggbb``.

    Raises ColourRefused for anything else, names and functions included.
    """
    typed = text.strip()
    if not _HEX.fullmatch(typed):
        raise ColourRefused(typed[:40])
    digits = typed.lstrip("#").lower()
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}"


@lru_cache(maxsize=1024)
def to_lch(colour: str) -> Lch:
    """``#rrggbb`` in OKLCH; greys get chroma and hue 0 instead of an undefined hue."""
    lightness, chroma, hue = Color(colour).convert("oklch").coords(nans=False)
    return Lch(lightness, chroma, hue)


@lru_cache(maxsize=8192)
def to_hex(colour: Lch) -> str:
    """The nearest ``#rrggbb`` of the same lightness and hue; chroma falls until a screen can show it."""
    wanted = Color("oklch", [min(max(colour.lightness, 0.0), 1.0), max(colour.chroma, 0.0), colour.hue])
    if not wanted.in_gamut("srgb", tolerance=1e-4):
        wanted.fit("srgb", method="raytrace", pspace="oklch")
    channels = (
        round(255 * min(max(channel, 0.0), 1.0)) for channel in wanted.convert("srgb").coords(nans=False)
    )
    return "#" + "".join(f"{channel:02x}" for channel in channels)


@lru_cache(maxsize=8192)
def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0..1, as WCAG 2 defines it."""
    return Color(colour).luminance()


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast ratio of two ``#rrggbb`` colours, 1..21, whichever comes first."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
