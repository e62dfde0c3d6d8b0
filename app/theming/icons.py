"""The icons of an installed portal, from the tenant's logo or from its initials.

How a logo stands on its ground decides whether an icon looks meant:

- a **tile** (its edges are filled) keeps its own ground, which goes on to the edges of the icon;
- a **silhouette** (one colour on nothing) becomes the colour of text on the brand colour;
- a **picture** (several colours on nothing) keeps its colours, on whichever ground swallows least of it.
"""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import hypot

from PIL import Image, ImageChops, ImageDraw

from app.theming.colour import WHITE, contrast
from app.theming.logo import Logo, main_colour, opaque_pixels, png, rasterise
from app.theming.mark import mark
from app.theming.palette import Palette

ICON_NAMES = (
    "icon-192.png",
    "icon-512.png",
    "maskable-512.png",
    "monochrome-512.png",
    "apple-touch-180.png",
    "favicon.svg",
    "favicon-32.png",
    "shortcut-96.png",
)

_MEASURE = 160
_CORNER = 0.225
_BOX = 0.56
_SMALL_BOX = 0.72
_SAFE_RADIUS = 0.36
_RASTER = 1024

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Art:
    """A logo ready to stand on its ground. ``box`` is what one sees of it and ``reach`` the greatest distance
    of that from the centre of the box, both in shares of the longer side.
    """

    logo: Logo
    image: Image.Image
    """The logo drawn once and large: a drawing program's worth of shapes may take a second."""
    ground: str
    ink: str | None
    """The colour it is drawn in; None leaves it its own."""
    fills: bool
    """It covers a square icon from edge to edge by itself."""
    shape: Callable[[Image.Image], Image.Image]
    """From a raster of the logo, how much of each pixel belongs to the drawing (mode L)."""
    box: Box
    reach: float

    @property
    def centre(self) -> tuple[float, float]:
        left, top, right, bottom = self.box
        return (left + right) / 2, (top + bottom) / 2

    def scale_in_square(self, share: float) -> float:
        """The longer side of the logo, in shares of the icon, that brings its box into a square of that
        share.
        """
        left, top, right, bottom = self.box
        wide = (right - left) / (bottom - top) > 1.6
        return share * (1.2 if wide else 1.0) / max(right - left, bottom - top)

    def scale_in_circle(self) -> float:
        return min(_SAFE_RADIUS / self.reach, self.scale_in_square(_BOX))


def render_icons(source: Logo | str, palette: Palette) -> dict[str, bytes]:
    """Every file of ICON_NAMES from a logo, or from the initials of a tenant's name; takes a fifth of a second."""
    art = _art(source, palette)
    return {
        "icon-192.png": png(_rounded(_icon(art, 192))),
        "icon-512.png": png(_rounded(_icon(art, 512))),
        "maskable-512.png": png(_on_ground(art, 512, art.scale_in_circle()).convert("RGB")),
        "monochrome-512.png": png(_monochrome(art, 512)),
        "apple-touch-180.png": png(_icon(art, 180).convert("RGB")),
        "favicon.svg": _favicon(art).encode(),
        "favicon-32.png": png(_rounded(_icon(art, 32, _SMALL_BOX))),
        "shortcut-96.png": png(_rounded(_icon(art, 96))),
    }


def draw_favicon(source: Logo | str, palette: Palette) -> bytes:
    """``favicon.svg`` alone, in a few milliseconds: for a preview that changes as one drags."""
    return _favicon(_art(source, palette)).encode()


def _art(source: Logo | str, palette: Palette) -> _Art:
    return _art_of_name(source, palette) if isinstance(source, str) else _art_of_logo(source, palette)


def _art_of_name(name: str, palette: Palette) -> _Art:
    svg, width, height = mark(name, palette.light["on-accent"])
    logo = Logo("svg", svg.encode(), width, height)
    return _measured(logo, rasterise(logo, _RASTER), palette.light["accent"], None, _alpha)


def _art_of_logo(logo: Logo, palette: Palette) -> _Art:
    image = rasterise(logo, _RASTER)
    sample = _resized(image, _MEASURE)
    edge = _edge_colour(sample)
    if edge is not None:
        ground, even = edge
        square = max(logo.width, logo.height) <= 1.15 * min(logo.width, logo.height)
        return _measured(
            logo, image, ground, None, _difference_from(ground) if even else _alpha, fills=square
        )
    if _is_silhouette(logo, sample):
        return _measured(logo, image, palette.light["accent"], palette.light["on-accent"], _alpha)
    return _measured(logo, image, _kindest_ground(sample, palette), None, _alpha)


def _measured(
    logo: Logo,
    image: Image.Image,
    ground: str,
    ink: str | None,
    shape: Callable[[Image.Image], Image.Image],
    *,
    fills: bool = False,
) -> _Art:
    seen = shape(_resized(image, _MEASURE)).point(lambda level: 255 * (level > 40))
    left, top, right, bottom = seen.getbbox() or (0, 0, seen.width, seen.height)
    x, y = (left + right) / 2, (top + bottom) / 2
    raw = seen.tobytes()
    lit = (divmod(at, seen.width) for at in range(len(raw)) if raw[at])
    reach = max(
        (hypot(abs(column + 0.5 - x) + 0.5, abs(row + 0.5 - y) + 0.5) for row, column in lit),
        default=_MEASURE,
    )
    box = left / _MEASURE, top / _MEASURE, right / _MEASURE, bottom / _MEASURE
    art = _Art(logo, image, ground, ink, fills, shape, box, reach / _MEASURE)
    if logo.kind == "svg" and art.scale_in_square(_BOX) * 512 > _RASTER:  # a small drawing on a large canvas
        return replace(art, image=rasterise(logo, 2 * _RASTER))
    return art


def _alpha(image: Image.Image) -> Image.Image:
    return image.getchannel("A")


def _difference_from(ground: str) -> Callable[[Image.Image], Image.Image]:
    """How far each pixel is from the tile's own ground, the farthest being all there."""

    def shape(image: Image.Image) -> Image.Image:
        apart = ImageChops.difference(image.convert("RGB"), Image.new("RGB", image.size, ground)).split()
        most = ImageChops.lighter(ImageChops.lighter(apart[0], apart[1]), apart[2])
        return _stretched(ImageChops.multiply(most, image.getchannel("A")))

    return shape


def _stretched(levels: Image.Image) -> Image.Image:
    """The same levels with the strongest at 255; what is fainter than a tenth is noise and goes."""
    extremes = levels.getextrema()
    strongest = max(int(extremes[1]), 1) if isinstance(extremes[1], (int, float)) else 255
    return levels.point(lambda level: min(255, 320 * level // strongest) if level * 10 > strongest else 0)


def _edge_colour(sample: Image.Image) -> tuple[str, bool] | None:
    """The colour along the middle of the four edges and whether it is even; None where they are not filled.

    Corners are left out, because most tiles have round ones.
    """
    width, height = sample.size
    middle_x, middle_y = range(width * 3 // 10, width * 7 // 10), range(height * 3 // 10, height * 7 // 10)
    places = [(x, y) for x in middle_x for y in (1, height - 2)] + [
        (x, y) for y in middle_y for x in (1, width - 2)
    ]
    pixels = [sample.getpixel(place) for place in places]
    solid = [pixel for pixel in pixels if isinstance(pixel, tuple) and pixel[3] > 245]
    if not solid or len(solid) < 0.95 * len(pixels):
        return None
    channels = [sorted(pixel[channel] for pixel in solid) for channel in range(3)]
    middle = [channel[len(channel) // 2] for channel in channels]
    even = all(channel[-1] - channel[0] < 24 for channel in channels)
    return "#{:02x}{:02x}{:02x}".format(*middle), even


def _is_silhouette(logo: Logo, sample: Image.Image) -> bool:
    main = main_colour(logo)
    red, green, blue = (int(main[at : at + 2], 16) for at in (1, 3, 5))
    pixels = opaque_pixels(sample)
    near = sum(abs(r - red) + abs(g - green) + abs(b - blue) < 60 for r, g, b in pixels)
    return near >= 0.96 * len(pixels)


def _kindest_ground(sample: Image.Image, palette: Palette) -> str:
    """White, unless another ground swallows clearly less of the picture."""
    pixels = ["#{:02x}{:02x}{:02x}".format(*pixel) for pixel in opaque_pixels(sample.reduce(4))]

    def lost(ground: str) -> float:
        return sum(contrast(pixel, ground) < 1.3 for pixel in pixels) / max(len(pixels), 1)

    grounds = (WHITE, palette.light["accent"], palette.light["text"])
    losses = {ground: lost(ground) for ground in grounds}
    return next(ground for ground in grounds if losses[ground] <= min(losses.values()) + 0.03)


def _icon(art: _Art, side: int, share: float = _BOX) -> Image.Image:
    if not art.fills:
        return _on_ground(art, side, art.scale_in_square(share))
    return _on_ground(
        art,
        side,
        max(art.logo.width, art.logo.height) / min(art.logo.width, art.logo.height),
        centre=(0.5, 0.5),
    )


def _on_ground(
    art: _Art, side: int, scale: float, *, centre: tuple[float, float] | None = None
) -> Image.Image:
    """A full square of the ground with the drawing on it, its box in the middle."""
    drawing = _resized(art.image, round(side * scale))
    if art.ink is not None:
        coloured = Image.new("RGBA", drawing.size, art.ink)
        coloured.putalpha(drawing.getchannel("A"))
        drawing = coloured
    ground = Image.new("RGBA", (side, side), art.ground)
    layer = Image.new("RGBA", (side, side))
    layer.paste(drawing, _corner(art, drawing, side, centre))
    return Image.alpha_composite(ground, layer)


def _monochrome(art: _Art, side: int) -> Image.Image:
    """White where the drawing is; Android colours it by its alpha."""
    drawing = _resized(art.image, round(side * art.scale_in_circle()))
    shape = art.shape(drawing)
    if art.ink is None and shape.tobytes() == drawing.getchannel("A").tobytes():
        shape = _cut_by_white(drawing)
    alpha = Image.new("L", (side, side))
    alpha.paste(shape, _corner(art, drawing, side, None))
    white = Image.new("RGBA", (side, side), WHITE)
    white.putalpha(alpha)
    return white


def _cut_by_white(drawing: Image.Image) -> Image.Image:
    """White inside of a picture becomes a hole, or a badge with a white letter would end as a blot."""
    red, green, blue, alpha = drawing.split()
    whiteness = ImageChops.darker(ImageChops.darker(red, green), blue)
    cut = ImageChops.multiply(alpha, ImageChops.invert(whiteness))
    return _stretched(cut) if cut.getextrema()[1] else alpha


def _resized(image: Image.Image, longer: int) -> Image.Image:
    scale = longer / max(image.size)
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS)


def _corner(
    art: _Art, drawing: Image.Image, side: int, centre: tuple[float, float] | None
) -> tuple[int, int]:
    if centre is not None:
        return round(side / 2 - drawing.width * centre[0]), round(side / 2 - drawing.height * centre[1])
    longer = max(drawing.size)
    return round(side / 2 - art.centre[0] * longer), round(side / 2 - art.centre[1] * longer)


def _rounded(icon: Image.Image) -> Image.Image:
    side = icon.width
    mask = Image.new("L", (side * 4, side * 4))
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, side * 4 - 1, side * 4 - 1), radius=side * 4 * _CORNER, fill=255
    )
    cut = icon.copy()
    cut.putalpha(mask.resize((side, side), Image.Resampling.LANCZOS))
    return cut


def _favicon(art: _Art) -> str:
    """64 units square, self-contained, vectors where the logo has them."""
    scale = 64 * (
        max(art.logo.width, art.logo.height) / min(art.logo.width, art.logo.height)
        if art.fills
        else art.scale_in_square(_SMALL_BOX)
    )
    longer = max(art.logo.width, art.logo.height)
    width, height = scale * art.logo.width / longer, scale * art.logo.height / longer
    x, y = (
        (32 - width / 2, 32 - height / 2)
        if art.fills
        else (32 - art.centre[0] * scale, 32 - art.centre[1] * scale)
    )
    place = f'x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}"'
    drawing = _vector(art.logo, place) if art.logo.kind == "svg" else _embedded(art.logo, place)
    if art.ink is not None:
        drawing = (
            f'<mask id="portico-mark" mask-type="alpha" maskUnits="userSpaceOnUse" x="0" y="0" width="64" height="64">'
            f'{drawing}</mask><path fill="{art.ink}" mask="url(#portico-mark)" d="M0 0h64v64H0z"/>'
        )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="64" height="64">'
        f'<clipPath id="portico-tile"><rect width="64" height="64" rx="{64 * _CORNER:g}"/></clipPath>'
        f'<g clip-path="url(#portico-tile)"><path fill="{art.ground}" d="M0 0h64v64H0z"/>{drawing}</g></svg>'
    )


def _vector(logo: Logo, place: str) -> str:
    """The logo's own root, which carries viewBox, width and height as we wrote them, placed inside of
    another.
    """
    text = logo.data.decode()
    return text.replace(f'width="{logo.width}" height="{logo.height}"', place, 1)


def _embedded(logo: Logo, place: str) -> str:
    small = b64encode(png(rasterise(logo, 256))).decode()
    return f'<image {place} href="data:image/png;base64,{small}"/>'
