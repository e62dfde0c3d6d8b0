"""Photographs that people send: checked before they are decoded, decoded, stripped, and kept in one modest size."""

import struct
import zlib
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any
from warnings import catch_warnings, simplefilter

from flask_babel import gettext as _
from PIL import Image, ImageCms, ImageOps
from werkzeug.datastructures import FileStorage
from wtforms import FileField
from wtforms.validators import ValidationError

from app.domain.stored_file import Photo
from app.web import ports

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
"""What the best phones make. Decoded, a PNG of that size takes 200 MB for a moment, so no more."""
MIN_SIDE = 200
KEPT_SIDE = 1440
KEPT_BYTES = 200 * 1024
LARGE_SIDE, SMALL_SIDE = 512, 144
"""Of a portrait's two squares, in pixels: for a page about somebody, and for wherever their name stands."""

_FORMATS = ("JPEG", "PNG", "WEBP")
_MEGABYTE = 1024 * 1024
_FARTHEST = 1000.0
"""No picture is a thousand times as long as it is high; and no number that is none passes."""
# Tried in this order until the file is light enough: (longest side in pixels, WebP quality).
_ATTEMPTS = ((KEPT_SIDE, 80), (KEPT_SIDE, 70), (1200, 65), (960, 60), (800, 50), (640, 40))
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)


@dataclass(frozen=True, slots=True)
class Picture:
    """A WebP without metadata, upright, at most 1440 pixels a side and 200 kB."""

    data: bytes
    width: int
    height: int


class PhotoField(FileField):
    """A photograph; `data` is a Picture, or None when no file was chosen."""

    def __init__(self, label: Any = None, *, required: bool = True, **kwargs: Any) -> None:
        super().__init__(label, render_kw={"accept": "image/jpeg,image/png,image/webp"}, **kwargs)
        self.required = self.flags.required = required

    def read(self, data: bytes) -> Any:
        """The picture that was sent. Raises ValidationError."""
        return read_photo(data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        sent = next((value for value in valuelist if isinstance(value, FileStorage) and value.filename), None)
        if sent is None and not self.required:
            return
        if sent is None:
            raise ValidationError(_("Choose a photograph."))
        with closing(sent):  # a large one lies in a temporary file
            data = sent.stream.read(MAX_BYTES + 1)
        self.data = self.read(data)


class PortraitField(PhotoField):
    """A photograph of somebody; `data` is Squares. `crop` is the form's other field that says of which part."""

    def __init__(self, label: Any = None, *, crop: str, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self._crop = crop

    def process(self, formdata: Any, *more: Any, **also: Any) -> None:
        self._asked = parse_crop(formdata.get(self._crop, "")) if formdata else None
        super().process(formdata, *more, **also)

    def read(self, data: bytes) -> "Squares":
        return read_squares(data, self._asked)


def parse_crop(text: str) -> "Crop | None":
    """`0.12,0,0.8`: left, top and side. None, which takes the middle, for whatever no script of ours sends."""
    try:
        left, top, side = (float(part) for part in text.split(","))
    except ValueError:
        return None
    wanted = (left, top, side)
    return Crop(*wanted) if all(0 <= each <= _FARTHEST for each in wanted) else None


def read_photo(data: bytes, least: int = MIN_SIDE) -> Picture:
    """Turn an uploaded JPEG, PNG or WebP into a Picture, whatever its file name says; `least` pixels a side.

    Raises ValidationError with a sentence for too many bytes or pixels, too few, and what is no such picture.
    """
    check_bytes(data)
    image = _decode(data, least)
    attempts = (_encode(image, side, quality) for side, quality in _ATTEMPTS)
    light = next((picture for picture in attempts if len(picture.data) <= KEPT_BYTES), None)
    return light or _encode(image, *_ATTEMPTS[-1])


@dataclass(frozen=True, slots=True)
class Crop:
    """A square of a picture: its left and upper edge and its side, as shares of the picture's shorter side."""

    left: float
    top: float
    side: float


@dataclass(frozen=True, slots=True)
class Squares:
    """One photograph of somebody in both sizes."""

    large: Picture
    small: Picture


def read_squares(data: bytes, crop: Crop | None = None) -> Squares:
    """Turn an uploaded photograph into squares: of the part that was chosen, else of its middle.

    Raises ValidationError as `read_photo`.
    """
    check_bytes(data)
    image = _decode(data, MIN_SIDE)
    square = image.crop(_box(image.width, image.height, crop))
    return Squares(_encode(square, LARGE_SIDE, 82), _encode(square, SMALL_SIDE, 82))


def _box(width: int, height: int, crop: Crop | None) -> tuple[int, int, int, int]:
    """The square in whole pixels, inside of the picture whatever was asked."""
    shorter = min(width, height)
    if crop is None:
        left, top, side = (width - shorter) // 2, (height - shorter) // 2, shorter
    else:
        side = min(max(round(crop.side * shorter), min(MIN_SIDE, shorter)), shorter)
        left = min(max(round(crop.left * shorter), 0), width - side)
        top = min(max(round(crop.top * shorter), 0), height - side)
    return left, top, left + side, top + side


def keep_photo(tenant_id: int, picture: Picture, now: datetime) -> Photo:
    """Hand the bytes to the Files port; the row is written by the verb that uses the photo.

    Bytes whose row was never written are found by nobody, and kept once if they come again.
    """
    digest = ports.files().put(tenant_id, picture.data)
    return Photo(digest, "image/webp", len(picture.data), picture.width, picture.height, now)


def check_bytes(data: bytes) -> None:
    """Raises ValidationError with a sentence for more bytes than any file may have."""
    if len(data) > MAX_BYTES:
        raise ValidationError(
            _("The file is larger than %(size)s MB. Choose a smaller one.", size=MAX_BYTES // _MEGABYTE)
        )


def _decode(data: bytes, least: int) -> Image.Image:
    try:
        with catch_warnings():
            simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data), formats=_FORMATS) as image:
                _check_size(image.width, image.height, least)  # from the header: nothing is decoded yet
                # A JPEG can be decoded at half or a quarter of its size, which is much cheaper.
                image.draft("RGB", (KEPT_SIDE, KEPT_SIDE))
                return _plain(ImageOps.exif_transpose(image))
    except ValidationError:
        raise  # which is a ValueError, too
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValidationError(_too_many_pixels()) from None
    except _BROKEN:
        raise ValidationError(_("This is no JPEG, PNG or WebP picture, or it is damaged.")) from None


def _check_size(width: int, height: int, least: int) -> None:
    if width * height > MAX_PIXELS:
        raise ValidationError(_too_many_pixels())
    if min(width, height) < least:
        raise ValidationError(
            _("The picture is smaller than %(side)s pixels. Choose a larger one.", side=least)
        )


def _too_many_pixels() -> str:
    return _(
        "The picture has more than %(millions)s million pixels. Choose a smaller one.",
        millions=MAX_PIXELS // 1_000_000,
    )


def _plain(image: Image.Image) -> Image.Image:
    """The picture in sRGB on white, without the camera's notes about place, time and owner."""
    profile = image.info.get("icc_profile")
    if image.has_transparency_data:
        backed = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(backed, image.convert("RGBA"))
    plain = image.convert("RGB")
    plain.info.clear()
    return _in_srgb(plain, profile) if profile and image.mode == "RGB" else plain


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Phones photograph in wider colours than screens assume; without this a room would look dull."""
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError):
        return image
    return converted or image


def _encode(image: Image.Image, side: int, quality: int) -> Picture:
    copy = image.copy()
    copy.thumbnail((side, side), Image.Resampling.LANCZOS)
    copy.info.clear()
    out = BytesIO()
    copy.save(out, "WEBP", quality=quality, method=4)
    return Picture(out.getvalue(), copy.width, copy.height)
