"""The logo a tenant uploads: checked, made harmless, and asked for its main colour."""

import struct
import zlib
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from typing import Literal

import resvg_py
from PIL import Image, ImageOps

from app.theming.colour import WHITE, to_lch
from app.theming.errors import LogoNotAnImage, LogoTooLarge, LogoTooSmall
from app.theming.svg import MAX_BYTES as MAX_SVG_BYTES
from app.theming.svg import clean_svg

MAX_BYTES = 5 * 1024 * 1024
MAX_PIXELS = 4096 * 4096
"""Decoded, they take 64 MB for a moment, twice that where the colours have to be converted."""

MIN_SIDE = 32
KEPT_SIDE = 1024

_FORMATS = ("PNG", "JPEG", "WEBP")
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF")
Pixel = tuple[int, int, int]

_COLOURFUL = 0.045
_LEAST_SHARE = 0.02


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo that is safe to store and to serve; width and height in pixels, or viewBox units for an SVG."""

    kind: Literal["svg", "png"]
    data: bytes
    width: int
    height: int


def read_logo(data: bytes) -> Logo:
    """An uploaded SVG, PNG, JPEG or WebP as a Logo.

    An SVG is rebuilt from an allow-list, anything else becomes a PNG of at most 1024 pixels a side without
    metadata. Raises a child of LogoRefused.
    """
    if len(data) > MAX_BYTES:
        raise LogoTooLarge
    if data.startswith(_MAGIC):
        return _read_raster(data)
    if not _looks_like_xml(data):
        raise LogoNotAnImage
    if len(data) > MAX_SVG_BYTES:
        raise LogoTooLarge
    clean = clean_svg(data)
    logo = Logo("svg", clean.data, clean.width, clean.height)
    if rasterise(logo, 256).getchannel("A").getbbox() is None:
        raise LogoNotAnImage
    return logo


def rasterise(logo: Logo, side: int) -> Image.Image:
    """The logo as RGBA, its longer side ``side`` pixels."""
    scale = side / max(logo.width, logo.height)
    size = max(1, round(logo.width * scale)), max(1, round(logo.height * scale))
    if logo.kind == "png":
        with Image.open(BytesIO(logo.data), formats=("PNG",)) as image:
            return image.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
    return draw_svg(logo.data.decode(), *size)


def draw_svg(svg: str, width: int, height: int) -> Image.Image:
    """A self-contained SVG as RGBA of this many pixels, without any font of the machine."""
    try:
        drawn = resvg_py.svg_to_bytes(svg_string=svg, width=width, height=height, skip_system_fonts=True)
    except ValueError as broken:
        raise LogoNotAnImage from broken
    except BaseException as panic:
        # A panic of the renderer, which drawings of absurd extent can cause, is no Exception and has no importable name.
        if type(panic).__name__ != "PanicException":
            raise
        raise LogoNotAnImage from panic
    with Image.open(BytesIO(drawn), formats=("PNG",)) as image:
        return image.convert("RGBA")


def png(image: Image.Image) -> bytes:
    """The image as a PNG without metadata."""
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def opaque_pixels(image: Image.Image) -> list[Pixel]:
    """Red, green and blue of the pixels that are more there than not."""
    raw = image.tobytes()
    return [(raw[at], raw[at + 1], raw[at + 2]) for at in range(0, len(raw), 4) if raw[at + 3] >= 160]


def main_colour(logo: Logo) -> str:
    """The colour most of the logo is in, as ``#rrggbb``.

    Transparent parts never count; white, black and grey count only in a logo that has no colour, and white
    only in one that has nothing else.
    """
    pixels = opaque_pixels(rasterise(logo, 128))
    if not pixels:
        return WHITE
    bins: dict[tuple[int, int, int], Counter[Pixel]] = {}
    for pixel in pixels:
        bins.setdefault((pixel[0] >> 4, pixel[1] >> 4, pixel[2] >> 4), Counter())[pixel] += 1
    fullest = sorted(
        ((_commonest(held), held.total()) for held in bins.values()), key=lambda entry: -entry[1]
    )[:64]
    colourful = [(colour, count) for colour, count in fullest if to_lch(colour).chroma >= _COLOURFUL]
    if sum(count for _, count in colourful) >= _LEAST_SHARE * len(pixels):
        return max(colourful, key=lambda entry: entry[1])[0]
    dark = [(colour, count) for colour, count in fullest if to_lch(colour).lightness < 0.92]
    return max(dark or fullest, key=lambda entry: entry[1])[0]


def _looks_like_xml(data: bytes) -> bool:
    """Markup in UTF-8 or UTF-16; the parser has the last word."""
    start = data[:256].replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    return start.startswith(b"<")


def _read_raster(data: bytes) -> Logo:
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as image:
            _check_pixels(image.width, image.height)  # from the header: nothing is decoded yet
            kept = ImageOps.exif_transpose(image).convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise LogoTooLarge from bomb
    except (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error) as broken:
        raise LogoNotAnImage from broken
    kept.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    if kept.getchannel("A").getbbox() is None:
        raise LogoNotAnImage
    kept.info.clear()
    return Logo("png", png(kept), kept.width, kept.height)


def _check_pixels(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise LogoTooLarge
    if min(width, height) < MIN_SIDE:
        raise LogoTooSmall


def _commonest(pixels: Counter[Pixel]) -> str:
    """The exact colour that fills a bin most: an average would be nobody's brand colour."""
    red, green, blue = pixels.most_common(1)[0][0]
    return f"#{red:02x}{green:02x}{blue:02x}"
