"""Faces of the demo's people, drawn from their names: always the same person, nobody's photograph."""

import hashlib
from io import BytesIO

from PIL import Image, ImageDraw

_SIDE = 512
_FINER = 2
"""Drawn so many times as large and scaled down, which smooths the edges."""
_GROUNDS = ("#f3c9c9", "#cfe3d6", "#d5dcf2", "#f5dfb8", "#e2d3ee", "#c9e4ea")
_SKINS = ("#8d5b3d", "#f0cdb0", "#d9a47e", "#6d4330", "#e8b892", "#b9805a")
_HAIRS = ("#2b211d", "#4a2f22", "#8a5a33", "#c48a4a", "#1b1b22", "#8e8d92")
_CLOTHES = ("#4f7a5b", "#3c5a8a", "#b5533c", "#7a4f7a", "#d59a2f", "#2f6f73")


def draw_face(name: str) -> Image.Image:
    """A square of 512 pixels: head and shoulders on a plain ground."""
    dice = hashlib.sha256(name.encode()).digest()
    ground, skin, hair, cloth = (
        colours[dice[at] % len(colours)] for at, colours in enumerate((_GROUNDS, _SKINS, _HAIRS, _CLOTHES))
    )
    image = Image.new("RGB", (_SIDE * _FINER, _SIDE * _FINER), ground)
    draw = ImageDraw.Draw(image)
    style = dice[4] % 4
    if style == 0:  # long hair falls behind the shoulders
        _round(draw, (146, 96, 366, 420), hair, 105)
    if style == 1:  # a bun on top
        draw.ellipse(_finer(204, 52, 308, 156), fill=hair)
    draw.ellipse(_finer(70, 372, 442, 740), fill=cloth)
    _round(draw, (222, 300, 290, 412), _darker(skin), 34)
    draw.ellipse(_finer(170, 122, 342, 348), fill=skin)
    top = (164, 96, 348, 300)
    if style == 3:  # curls
        for at in range(7):
            draw.ellipse(_finer(150 + at * 26, 92 - (at % 2) * 14, 212 + at * 26, 166), fill=hair)
    draw.pieslice(_finer(*top), 180 + dice[5] % 18, 360 - dice[6] % 18, fill=hair)
    _features(draw, dice[7], hair)
    return image.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)


def encode_square(image: Image.Image, side: int) -> bytes:
    """The picture as a WebP of so many pixels a side."""
    out = BytesIO()
    image.resize((side, side), Image.Resampling.LANCZOS).save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def _features(draw: ImageDraw.ImageDraw, dice: int, hair: str) -> None:
    for left in (214, 282):
        draw.ellipse(_finer(left, 226, left + 16, 244), fill="#2a2320")
    draw.arc(_finer(226, 256, 286, 304), 25, 155, fill="#7c3f35", width=6 * _FINER)
    if dice % 3 == 0:  # glasses
        for left in (196, 264):
            draw.ellipse(_finer(left, 208, left + 52, 260), outline="#2a2320", width=5 * _FINER)
        draw.line(_finer(248, 232, 264, 232), fill="#2a2320", width=5 * _FINER)
    elif dice % 3 == 1:  # a fringe
        draw.chord(_finer(170, 112, 342, 262), 195, 330, fill=hair)


def _round(draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], colour: str, radius: int) -> None:
    draw.rounded_rectangle(_finer(*box), radius * _FINER, fill=colour)


def _finer(*places: int) -> tuple[int, ...]:
    return tuple(place * _FINER for place in places)


def _darker(colour: str) -> str:
    return "#" + "".join(f"{int(colour[at : at + 2], 16) * 22 // 25:02x}" for at in (1, 3, 5))
