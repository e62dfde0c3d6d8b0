"""What happens to a photograph that somebody sends, and to what only pretends to be one."""

import random
import struct
import zlib
from collections.abc import Iterator
from io import BytesIO

import pytest
from flask import Flask
from flask_babel import Babel
from PIL import Image
from wtforms.validators import ValidationError

from app.web.uploads import KEPT_BYTES, KEPT_SIDE, MAX_BYTES, read_photo

ORIENTATION, MAKER = 0x0112, 0x010F
ROTATED = 6


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        yield


def _picture(
    width: int, height: int, shape: str = "JPEG", mode: str = "RGB", exif: Image.Exif | None = None
) -> bytes:
    out = BytesIO()
    image = Image.new(mode, (width, height), "#1f5c4d")
    image.save(out, shape, **({"exif": exif} if exif else {}))
    return out.getvalue()


def _noise(width: int, height: int) -> bytes:
    out = BytesIO()
    Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3)).save(
        out, "JPEG", quality=95
    )
    return out.getvalue()


def _bomb(side: int) -> bytes:
    """A valid PNG of so many pixels squared in less than a hundred kilobytes; 20,000 are 1.2 GB once decoded."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    packer = zlib.compressobj(9)
    rows = b"".join([*(packer.compress(bytes(1 + side // 8)) for _ in range(side)), packer.flush()])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _sentence(data: bytes) -> str:
    with pytest.raises(ValidationError) as refused:
        read_photo(data)
    return str(refused.value)


@pytest.mark.parametrize(
    ("shape", "mode"),
    [
        ("JPEG", "RGB"),
        ("JPEG", "CMYK"),
        ("JPEG", "L"),
        ("PNG", "RGBA"),
        ("PNG", "P"),
        ("PNG", "1"),
        ("WEBP", "RGB"),
    ],
)
def test_it_keeps_a_webp_of_modest_size(shape: str, mode: str) -> None:
    kept = read_photo(_picture(3000, 2000, shape, mode))
    assert (kept.width, kept.height) == (KEPT_SIDE, 960)
    with Image.open(BytesIO(kept.data)) as image:
        assert (image.format, image.size) == ("WEBP", (1440, 960))


def test_it_does_not_blow_a_small_picture_up() -> None:
    assert read_photo(_picture(640, 400)).width == 640


def test_it_turns_the_picture_upright_and_drops_what_the_camera_wrote() -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = ROTATED, "The owner's telephone"
    sent = _picture(1000, 500, exif=exif)
    assert b"telephone" in sent
    kept = read_photo(sent)
    assert (kept.width, kept.height) == (500, 1000)
    assert b"telephone" not in kept.data
    with Image.open(BytesIO(kept.data)) as image:
        assert not image.getexif()


def test_even_noise_ends_up_light() -> None:
    assert len(read_photo(_noise(2400, 1600)).data) <= KEPT_BYTES


@pytest.mark.parametrize("side", [7_200, 10_000, 20_000])
def test_it_refuses_a_bomb_before_decoding_it(side: int) -> None:
    bomb = _bomb(side)
    assert len(bomb) < 100_000
    assert "more than 50 million pixels" in _sentence(bomb)


def test_it_refuses_too_many_bytes() -> None:
    fine = _picture(400, 400)
    assert read_photo(fine + b"\0" * (MAX_BYTES - len(fine))).width == 400
    assert "larger than 10 MB" in _sentence(fine + b"\0" * 20 * 1024 * 1024)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"just some text that somebody named photo.png",
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a" + b"\0" * 100,
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7",
        b"RIFF\0\0\0\0WEBPVP8 ",
        _picture(400, 400)[:300],
        _picture(400, 400, "PNG")[:200],
    ],
)
def test_it_refuses_what_is_no_picture(data: bytes) -> None:
    assert "no JPEG, PNG or WebP" in _sentence(data)


@pytest.mark.parametrize("shape", ["GIF", "BMP", "TIFF"])
def test_it_refuses_pictures_of_other_kinds(shape: str) -> None:
    assert "no JPEG, PNG or WebP" in _sentence(_picture(400, 400, shape))


def test_it_refuses_a_thumbnail() -> None:
    assert "smaller than 200 pixels" in _sentence(_picture(400, 199))
