"""A logo is somebody else's file: what is kept, what is refused, and by which name."""

import struct
import zlib
from contextlib import suppress
from io import BytesIO
from time import perf_counter

import pytest
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from app.theming import errors
from app.theming.logo import KEPT_SIDE, Logo, main_colour, rasterise, read_logo
from app.theming.svg import clean_svg

SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def _svg(inside: str, attributes: str = 'viewBox="0 0 40 20"') -> bytes:
    return (
        f'<svg {SVG} {attributes}><rect id="a" width="40" height="20" fill="#1f5c4d"/>{inside}</svg>'.encode()
    )


def _picture(size: tuple[int, int] = (64, 64), colour: str = "#1f5c4d", mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, colour)


def _saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _png_bomb(side: int) -> bytes:
    """A PNG of a few bytes that claims side × side pixels."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0))
    return (
        b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", zlib.compress(b"\0" * 100_000)) + _chunk(b"IEND", b"")
    )


def test_a_plain_svg_keeps_its_drawing_and_says_its_size() -> None:
    logo = read_logo(_svg('<circle cx="9" cy="9" r="4" style="fill:#fff;opacity:.5"/>'))
    assert (logo.kind, logo.width, logo.height) == ("svg", 40, 20)
    assert b'<circle cx="9" cy="9" r="4" fill="#fff" opacity=".5" />' in logo.data
    assert rasterise(logo, 80).size == (80, 40)


def test_what_drawing_programs_write_is_understood() -> None:
    file = _svg(
        "<!-- made by hand --><metadata><x:rdf xmlns:x='urn:x'><x:set/></x:rdf></metadata>"
        "<defs><style>.b, .c { fill: url(#g); -x: 1 } rect{fill:red}</style>"
        '<linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>'
        '<path class="b" d="M0 0h5v5z"/><use xlink:href="#a" x="3"/>'
    )
    data = read_logo(
        b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd">' + file
    ).data
    assert b'<path d="M0 0h5v5z" fill="url(#g)" />' in data
    assert b'<use x="3" href="#a" />' in data
    for gone in (b"style", b"class", b"metadata", b"DOCTYPE", b"made by hand", b"xlink"):
        assert gone not in data


@pytest.mark.parametrize(
    ("inside", "found"),
    [
        ("<script>alert(1)</script>", "script"),
        ("<SCRIPT>alert(1)</SCRIPT>", "script"),
        ('<metadata><script xmlns="http://www.w3.org/1999/xhtml">1</script></metadata>', "script"),
        ("<filter><script>1</script></filter>", "script"),
        ("<foreignObject><b xmlns='http://www.w3.org/1999/xhtml'>x</b></foreignObject>", "foreignobject"),
        ('<rect width="1" height="1" onclick="alert(1)"/>', "onclick"),
        ('<metadata onload="alert(1)"/>', "onload"),
        ('<a href="javascript:alert(1)"><rect width="1" height="1"/></a>', "a"),
        ('<image href="https://evil.example/x.png"/>', "image"),
        ('<use href="https://evil.example/x.svg#a"/>', "href"),
        ('<use xlink:href="data:image/svg+xml;base64,AAAA"/>', "href"),
        ('<linearGradient id="g" href="other.svg#g"/>', "href"),
        ('<rect width="1" height="1" fill="url(https://evil.example/#a)"/>', "url"),
        ('<rect width="1" height="1" style="fill:url(//evil.example/#a)"/>', "url"),
        ('<rect width="1" height="1" style="fill:u\\72l(x)"/>', "style"),
        ('<rect width="1" height="1" style="width:expression(alert(1))"/>', "style"),
        ("<style>@import 'https://evil.example/a.css';</style>", "style"),
        ("<style>.a{fill:url(https://evil.example/a)}</style>", "url"),
        ('<animate attributeName="href" to="javascript:alert(1)"/>', "animate"),
        ('<set attributeName="onclick" to="alert(1)"/>', "set"),
    ],
)
def test_it_refuses_an_svg_that_acts_or_reaches_outside(inside: str, found: str) -> None:
    with pytest.raises(errors.LogoUnsafe) as refused:
        read_logo(_svg(inside))
    assert refused.value.found == found


@pytest.mark.parametrize(
    "declaration",
    [
        '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a SYSTEM "http://evil.example/a.dtd"> %a;',
    ],
)
def test_it_refuses_entities(declaration: str) -> None:
    with pytest.raises(errors.LogoUnsafe):
        read_logo(f"<!DOCTYPE svg [{declaration}]>".encode() + _svg(""))


def test_it_refuses_live_text_because_its_font_would_be_missing() -> None:
    with pytest.raises(errors.LogoNeedsOutlines):
        read_logo(_svg("<text>Harbour</text>"))


@pytest.mark.parametrize(
    "inside",
    [
        '<rect width="1" height="1"/>' * 2_100,
        "<g>" * 40 + "</g>" * 40,
        '<g id="b"><use href="#b"/></g>',
        '<g id="b"><use href="#c"/></g><g id="c"><use href="#b"/></g>',
        "".join(f'<g id="n{n}">' + f'<use href="#n{n - 1}"/>' * 10 + "</g>" for n in range(1, 9)).replace(
            "#n0", "#a"
        ),
        '<g opacity=".5"><rect width="9" height="9"/></g>' * 200,
        '<g id="h">' + '<rect width="40" height="20"/>' * 100 + "</g>" + '<use href="#h"/>' * 50,
        '<rect x="-100000000" width="200000000" height="40"/>',
        '<rect width="1e9" height="40"/>',
    ],
    ids=["many", "deep", "itself", "each other", "ten to the eighth", "layers", "repeats", "wide", "powers"],
)
def test_it_refuses_more_work_than_a_logo_needs(inside: str) -> None:
    started = perf_counter()
    with pytest.raises(errors.LogoTooComplex):
        read_logo(_svg(inside))
    assert perf_counter() - started < 5


_LONG = 24_000


@pytest.mark.parametrize(
    ("inside", "attributes"),
    [
        (f"<style>{'a' * _LONG}</style>", 'viewBox="0 0 40 20"'),
        (f"<style>{'/* ' * (_LONG // 3)}</style>", 'viewBox="0 0 40 20"'),
        (f"<style>{'.a,' * (_LONG // 4)}.b{{{'fill:red;' * (_LONG // 8)}}}</style>", 'viewBox="0 0 40 20"'),
        ("", f'width="{"1" * _LONG}x" height="20"'),
    ],
    ids=["words", "comments", "selectors", "digits"],
)
def test_reading_takes_no_longer_for_a_file_made_to_be_slow(inside: str, attributes: str) -> None:
    """Measured on the reader alone. What starts over at every letter takes ten seconds here, and an hour at 256 kB."""
    began = perf_counter()
    with suppress(errors.LogoRefused):
        clean_svg(_svg(inside, attributes))
    assert perf_counter() - began < 1


def test_a_comment_without_end_hides_the_rest_of_the_style() -> None:
    style = "<style>.a { fill: #123456 } /* .b { fill: #654321 }</style>"
    drawn = clean_svg(
        _svg(f'{style}<rect class="a" width="1" height="1"/><rect class="b" width="1" height="1"/>')
    ).data
    assert b"#123456" in drawn
    assert b"#654321" not in drawn


def test_a_drawing_that_breaks_the_renderer_is_a_refusal() -> None:
    inside = '<rect x="-9" width="99" height="9" stroke="#000"/>'
    assert read_logo(_svg(inside)).kind == "svg"
    with pytest.raises(errors.LogoNotAnImage):
        read_logo(_svg('<g transform="scale(99999)">' * 3 + inside + "</g>" * 3))


def test_a_colour_or_a_name_that_looks_like_a_power_of_ten_is_none() -> None:
    assert b'fill="#1e7c4d"' in read_logo(_svg('<path id="a1e9" d="M0-1.5e-7L9 9V0z" fill="#1e7c4d"/>')).data


def test_a_drawing_without_a_view_box_takes_its_width_and_height() -> None:
    assert read_logo(_svg("", 'width="40px" height="20"')).width == 40


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        'width="100%" height="100%"',
        'viewBox="0 0 0 0"',
        'viewBox="0 0 nan 5"',
        'viewBox="0 0 inf 5"',
        'viewBox="0 0 1e9 1e9"',
        'viewBox="0 0 1000 1"',
        'viewBox="0 0 9"',
        'viewBox="a b c d"',
    ],
)
def test_it_refuses_an_svg_without_a_sensible_size(attributes: str) -> None:
    with pytest.raises(errors.LogoWithoutSize):
        read_logo(_svg("", attributes))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_raster_becomes_a_png_of_at_most_1024_pixels(kind: str) -> None:
    logo = read_logo(_saved(_picture((2000, 500)), kind))
    assert (logo.kind, logo.width, logo.height) == ("png", KEPT_SIDE, 256)
    assert logo.data.startswith(b"\x89PNG")


def test_metadata_stays_behind_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "taken at home"
    photo = _saved(_picture((80, 40)), "JPEG", exif=exif)
    assert b"taken at home" in photo
    logo = read_logo(photo)
    assert (logo.width, logo.height) == (40, 80)
    assert b"taken at home" not in logo.data
    assert b"eXIf" not in logo.data
    notes = PngInfo()
    notes.add_text("Comment", "taken at home")
    assert b"taken at home" not in read_logo(_saved(_picture(), "PNG", pnginfo=notes)).data


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "I;16"])
def test_it_reads_every_kind_of_png(mode: str) -> None:
    image = (
        _picture(mode="RGB").convert("L").convert("I").convert("I;16")
        if mode == "I;16"
        else _picture().convert(mode)
    )
    if mode == "1":
        image.paste(255, (0, 0, 30, 30))
    assert read_logo(_saved(image, "PNG")).kind == "png"


@pytest.mark.parametrize("side", [6_000, 20_000, 2_000_000])
def test_it_refuses_an_image_bomb_before_it_goes_off(side: int) -> None:
    assert read_logo(_saved(_picture(), "PNG")).kind == "png"
    started = perf_counter()
    with pytest.raises(errors.LogoTooLarge):
        read_logo(_png_bomb(side))
    assert perf_counter() - started < 1


def test_it_refuses_files_that_are_too_large() -> None:
    with pytest.raises(errors.LogoTooLarge):
        read_logo(_saved(_picture(), "PNG") + b"\0" * 20_000_000)
    with pytest.raises(errors.LogoTooLarge):
        read_logo(_svg("<!--" + "x" * 300_000 + "-->"))


def test_it_refuses_a_raster_too_small_for_an_icon() -> None:
    with pytest.raises(errors.LogoTooSmall):
        read_logo(_saved(_picture((16, 200)), "PNG"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<html><body>hello</body></html>",
        b"<svg",
        b'<?xml version="1.0" encoding="nonsense"?><svg/>',
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 400,
        b"\xff\xd8\xff" + b"\0" * 400,
        b"RIFF\0\0\0\0WEBP" + b"\0" * 400,
        b"%PDF-1.7",
        _saved(_picture(), "GIF"),
        _saved(_picture(), "PNG")[:-40],
        _png_bomb(400),
        _saved(_picture((64, 64), "#00000000", "RGBA"), "PNG"),
        f'<svg {SVG} viewBox="0 0 9 9"/>'.encode(),
    ],
)
def test_it_refuses_what_is_not_a_picture(data: bytes) -> None:
    with pytest.raises(errors.LogoNotAnImage):
        read_logo(data)


def test_every_refusal_is_one_kind() -> None:
    named = (errors.LogoTooLarge, errors.LogoTooSmall, errors.LogoNotAnImage, errors.LogoUnsafe)
    assert all(issubclass(name, errors.LogoRefused) for name in named)
    assert issubclass(errors.LogoRefused, errors.ThemingRefused)


def test_the_main_colour_is_the_one_most_of_the_logo_is_in() -> None:
    assert main_colour(read_logo(_svg('<rect width="30" height="20" fill="#e2552d"/>'))) == "#e2552d"


def test_white_black_and_nothing_do_not_count_beside_a_colour() -> None:
    image = _picture((200, 100), "#ffffff")
    ImageDraw.Draw(image).rectangle((0, 0, 120, 60), fill="#111111")
    ImageDraw.Draw(image).ellipse((150, 50, 190, 90), fill="#0a66c2")
    assert main_colour(read_logo(_saved(image, "PNG"))) == "#0a66c2"


def test_a_logo_without_colour_gives_its_dark_and_a_white_one_white() -> None:
    image = _picture((200, 100), "#ffffff")
    ImageDraw.Draw(image).rectangle((0, 0, 40, 40), fill="#111111")
    assert main_colour(read_logo(_saved(image, "PNG"))) == "#111111"
    white = Image.new("RGBA", (64, 64))
    white.paste("#ffffff", (10, 10, 30, 30))
    assert main_colour(Logo("png", _saved(white, "PNG"), 64, 64)) == "#ffffff"


def test_a_logo_that_is_hardly_there_has_a_main_colour_too() -> None:
    faint = f'<svg {SVG} viewBox="0 0 9 9"><rect width="9" height="9" fill="#f00" opacity=".2"/></svg>'
    assert main_colour(read_logo(faint.encode())) == "#ffffff"
