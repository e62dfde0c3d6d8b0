"""Paper for drawn screenshots: shapes as SVG, words in the portal's own font, icons from the packed sheet."""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from app.theming.logo import draw_svg, png
from app.theming.pictures import draw_room

_REGULAR, _BOLD = 420, 640
_LATIN = re.compile(r"[\u0020-\u024f\u2010-\u2026\u20ac\u2212]*")
_SEATS_BEFORE_A_SCREEN = 6
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}


@dataclass(frozen=True, slots=True)
class _Words:
    x: float
    y: float
    text: str
    size: float
    colour: str
    weight: int
    anchor: str


@dataclass(frozen=True, slots=True)
class _Picture:
    x: float
    y: float
    width: float
    height: float
    radius: float
    image: Image.Image


@dataclass(slots=True)
class Canvas:
    """A page of `width` by `height` CSS pixels, `scale` device pixels each."""

    width: int
    height: int
    scale: int
    font: Path
    sprite: str
    """The packed sheet of icons, as text."""
    _shapes: list[str] = field(default_factory=list)
    _words: list[_Words] = field(default_factory=list)
    _pictures: list[_Picture] = field(default_factory=list)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str,
        radius: float = 0,
        line: str = "none",
    ) -> None:
        place = f'x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"'
        self._shapes.append(f'<rect {place} fill="{fill}" stroke="{line}"/>')

    def rule(self, x: float, y: float, width: float, colour: str) -> None:
        self._shapes.append(f'<path d="M{x} {y}h{width}" stroke="{colour}"/>')

    def icon(self, name: str, x: float, y: float, size: float, colour: str) -> None:
        """An icon of the sheet with its upper left corner at (x, y). Raises ValueError for one not packed."""
        found = re.search(rf'<symbol id="{name}"[^>]*>(.*?)</symbol>', self.sprite)
        if found is None:
            raise ValueError(f"there is no icon {name!r}")
        pen = f'fill="none" stroke="{colour}" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"'
        self._shapes.append(f'<g transform="translate({x} {y}) scale({size / 24})" {pen}>{found[1]}</g>')

    def words(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        colour: str,
        *,
        bold: bool = False,
        anchor: str = "start",
    ) -> None:
        """One line on the baseline `y`. A script that the font lacks leaves its place empty: better than boxes."""
        if _LATIN.fullmatch(text):
            self._words.append(_Words(x, y, text, size, colour, _BOLD if bold else _REGULAR, anchor))

    def picture(
        self, x: float, y: float, width: float, height: float, radius: float, image: Image.Image
    ) -> None:
        """An image that fills the box and is cut to it, with round corners."""
        self._pictures.append(_Picture(x, y, width, height, radius, image))

    def render(self) -> bytes:
        """The page as a PNG."""
        size = self.width * self.scale, self.height * self.scale
        view = f'viewBox="0 0 {self.width} {self.height}" width="{self.width}" height="{self.height}"'
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" {view}>{"".join(self._shapes)}</svg>'
        page = draw_svg(svg, *size)
        for picture in self._pictures:
            self._paste(page, picture)
        self._write(page)
        # A palette of its own halves the file, and flat drawings do not show it.
        return png(page.convert("RGB").quantize(256, dither=Image.Dither.NONE))

    def _paste(self, page: Image.Image, picture: _Picture) -> None:
        width, height = round(picture.width * self.scale), round(picture.height * self.scale)
        grow = max(width / picture.image.width, height / picture.image.height)
        grown = picture.image.resize((round(picture.image.width * grow), round(picture.image.height * grow)))
        left, top = (grown.width - width) // 2, (grown.height - height) // 2
        cut = grown.crop((left, top, left + width, top + height)).convert("RGBA")
        mask = Image.new("L", (width * 2, height * 2))
        ImageDraw.Draw(mask).rounded_rectangle(
            (0, 0, width * 2 - 1, height * 2 - 1), picture.radius * self.scale * 2, fill=255
        )
        shape = Image.new("L", (width, height))
        shape.paste(cut.getchannel("A"), mask=mask.resize((width, height)))
        page.paste(cut, (round(picture.x * self.scale), round(picture.y * self.scale)), shape)

    def _write(self, page: Image.Image) -> None:
        pen = ImageDraw.Draw(page)
        for words in self._words:
            font = ImageFont.truetype(self.font, words.size * self.scale)
            font.set_variation_by_axes([words.weight])
            place = words.x * self.scale, words.y * self.scale
            pen.text(place, words.text, words.colour, font, _ANCHORS[words.anchor])


@lru_cache(64)
def room_picture(name: str, seats: int) -> Image.Image:
    """The drawn room of that name, large enough for any canvas."""
    feature = "screen" if seats >= _SEATS_BEFORE_A_SCREEN else "whiteboard"
    return draw_svg(draw_room(name, seats=seats, features=(feature,)), 960, 640)
