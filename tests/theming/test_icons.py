"""Icons as the devices that show them need them."""

from io import BytesIO
from math import hypot

import pytest
from PIL import Image

from app.theming.colour import contrast
from app.theming.icons import ICON_NAMES, render_icons
from app.theming.logo import Logo, draw_svg, read_logo
from app.theming.mark import letters_of
from app.theming.palette import derive

SVG = 'xmlns="http://www.w3.org/2000/svg"'
PALETTE = derive("#1f5c4d")
TILE = (
    f'<svg {SVG} viewBox="0 0 48 48"><rect width="48" height="48" rx="11" fill="#7a1fa2"/>'
    '<path d="M12 38V22L24 11l12 11v16z" fill="#fff"/></svg>'
)
SILHOUETTE = (
    f'<svg {SVG} viewBox="0 0 200 100"><path d="M0 60q50-60 100 0t100 0v20H0z" fill="#e2552d"/></svg>'
)
PICTURE = (
    f'<svg {SVG} viewBox="0 0 100 100"><circle cx="35" cy="40" r="30" fill="#0a66c2"/>'
    '<circle cx="65" cy="60" r="30" fill="#ffb400"/></svg>'
)
OFF_CENTRE = (
    f'<svg {SVG} viewBox="0 0 400 400"><rect x="5" y="300" width="60" height="40" fill="#123456"/></svg>'
)


def _photo() -> Logo:
    out = BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, "JPEG")
    return read_logo(out.getvalue())


SOURCES: dict[str, Logo | str] = {
    "one initial": "Northlight",
    "two initials": "Harbour Works",
    "another script": "東京",
    "tile": read_logo(TILE.encode()),
    "silhouette": read_logo(SILHOUETTE.encode()),
    "picture": read_logo(PICTURE.encode()),
    "off centre": read_logo(OFF_CENTRE.encode()),
    "photo": _photo(),
}
ICONS = {name: render_icons(source, PALETTE) for name, source in SOURCES.items()}


def _opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data)).convert("RGBA")


def _pixel(image: Image.Image, x: int, y: int) -> tuple[int, ...]:
    value = image.getpixel((x, y))
    assert isinstance(value, tuple)
    return tuple(int(channel) for channel in value)


def _hexed(rgba: tuple[int, ...]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*rgba[:3])


def _differing(image: Image.Image) -> list[tuple[int, int]]:
    """Where an icon differs from its own ground, the colour of its corner."""
    ground = _pixel(image, 1, 1)
    raw = image.tobytes()
    places = (
        divmod(at // 4, image.width) for at in range(0, len(raw), 4) if _apart(raw[at : at + 4], ground) > 40
    )
    return [(x, y) for y, x in places]


def _apart(one: bytes, other: tuple[int, ...]) -> int:
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", ICONS)
def test_every_file_is_there_in_the_size_its_name_says(name: str) -> None:
    icons = ICONS[name]
    assert tuple(icons) == ICON_NAMES
    for file, data in icons.items():
        if file.endswith(".png"):
            side = int(file.removesuffix(".png").rpartition("-")[2])
            assert Image.open(BytesIO(data)).size == (side, side)
            assert len(data) < 120_000


@pytest.mark.parametrize("name", ICONS)
def test_a_maskable_icon_is_opaque_and_keeps_to_the_safe_circle(name: str) -> None:
    image = _opened(ICONS[name]["maskable-512.png"])
    assert image.getchannel("A").getextrema() == (255, 255)
    seen = _differing(image)
    assert seen
    assert max(hypot(x + 0.5 - 256, y + 0.5 - 256) for x, y in seen) <= 0.37 * 512


@pytest.mark.parametrize("name", ICONS)
def test_the_touch_icon_is_opaque(name: str) -> None:
    assert _opened(ICONS[name]["apple-touch-180.png"]).getchannel("A").getextrema() == (255, 255)


@pytest.mark.parametrize("name", ICONS)
def test_the_monochrome_icon_is_white_by_its_alpha_alone(name: str) -> None:
    image = _opened(ICONS[name]["monochrome-512.png"])
    assert [band.getextrema() for band in image.split()[:3]] == [(255, 255)] * 3
    faintest, strongest = image.getchannel("A").getextrema()
    assert (faintest, strongest) == (0, 255)
    assert _pixel(image, 1, 1)[3] == 0


@pytest.mark.parametrize("name", [name for name in ICONS if name != "photo"])
def test_one_sees_something_in_the_middle_of_every_icon(name: str) -> None:
    for file in ("maskable-512.png", "apple-touch-180.png"):
        image = _opened(ICONS[name][file])
        seen = _differing(image)
        middle_x = (min(x for x, _ in seen) + max(x for x, _ in seen)) / 2
        assert middle_x == pytest.approx(image.width / 2, abs=image.width * 0.02)
        assert len(seen) > 0.02 * image.width * image.height


@pytest.mark.parametrize("name", ICONS)
def test_the_favicon_stands_alone_and_draws_the_same_ground(name: str) -> None:
    data = ICONS[name]["favicon.svg"]
    assert len(data) < 60_000
    assert b"http://" not in data.replace(b"http://www.w3.org/2000/svg", b"")
    assert b"https://" not in data
    drawn = draw_svg(data.decode(), 128, 128)
    small = _opened(ICONS[name]["favicon-32.png"])
    assert _pixel(drawn, 0, 0)[3] == 0
    assert _apart(bytes(_pixel(drawn, 64, 4)), _pixel(small, 16, 1)) < 24


def test_initials_stand_on_the_brand_and_read() -> None:
    image = _opened(ICONS["one initial"]["maskable-512.png"])
    assert _hexed(_pixel(image, 1, 1)) == PALETTE.light["accent"]
    assert contrast(PALETTE.light["on-accent"], PALETTE.light["accent"]) >= 4.5


def test_a_tile_goes_on_to_the_edges_in_its_own_colour() -> None:
    assert _hexed(_pixel(_opened(ICONS["tile"]["maskable-512.png"]), 1, 1)) == "#7a1fa2"
    shape = _opened(ICONS["tile"]["monochrome-512.png"]).getchannel("A")
    assert shape.getpixel((256, 256)) == 255
    assert shape.getpixel((256, 20)) == 0


def test_a_silhouette_takes_the_colours_of_the_brand() -> None:
    icon = _opened(ICONS["silhouette"]["maskable-512.png"])
    colours = {_hexed(_pixel(icon, x, y)) for x in range(0, 512, 8) for y in range(0, 512, 8)}
    assert {PALETTE.light["accent"], PALETTE.light["on-accent"]} <= colours
    assert "#e2552d" not in colours


def test_a_picture_keeps_its_colours_on_white() -> None:
    icon = _opened(ICONS["picture"]["icon-512.png"])
    colours = {_hexed(_pixel(icon, x, y)) for x in range(60, 452, 8) for y in range(60, 452, 8)}
    assert {"#0a66c2", "#ffb400", "#ffffff"} <= colours


def test_a_white_picture_does_not_stand_on_white() -> None:
    white = f'<svg {SVG} viewBox="0 0 9 9"><path fill="#fff" d="M0 0h3v9H0z"/><path fill="#eee" d="M4 0h5v9z"/></svg>'
    icon = _opened(render_icons(read_logo(white.encode()), PALETTE)["apple-touch-180.png"])
    assert contrast(_hexed(_pixel(icon, 1, 1)), "#ffffff") > 3


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Northlight", "N"),
        ("Harbour Works Leith", "HW"),
        ("The Hive", "H"),
        ("The", "T"),
        ("Ñandú & Çelik", "NC"),
        ("42 Moorgate", "4M"),
        ("O'Brien's Yard", "OY"),
        ("東京", ""),
        ("", ""),
        ("<script>", "S"),
    ],
)
def test_initials_are_those_a_person_would_take(name: str, letters: str) -> None:
    assert letters_of(name) == letters
