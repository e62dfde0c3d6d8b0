"""A floor plan as it is sent: a photograph or scan as pictures are kept, or a drawing rebuilt from nothing but lines."""

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from wtforms.validators import ValidationError

from app.domain.stored_file import Photo
from app.theming.errors import LogoNeedsOutlines, LogoRefused, LogoTooComplex, LogoTooLarge, LogoUnsafe
from app.theming.logo import read_logo
from app.web import ports
from app.web.uploads import PhotoField, Picture, check_bytes, keep_photo, read_photo

_MARKUP = b"<"
_BEFORE_MARKUP = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"


class Drawing(Picture):
    """An SVG that holds drawing alone (`theming.svg`); its size is that of its viewBox."""


class FloorPlanField(PhotoField):
    """A floor plan; `data` is a Picture or a Drawing."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.render_kw = {"accept": "image/svg+xml,image/jpeg,image/png,image/webp"}

    def read(self, data: bytes) -> Picture:
        check_bytes(data)
        if not data[:64].lstrip(_BEFORE_MARKUP).startswith(_MARKUP):
            return read_photo(data)
        try:
            drawn = read_logo(data)
        except LogoRefused as refusal:
            raise ValidationError(_sentence(refusal)) from None
        return Drawing(drawn.data, drawn.width, drawn.height)


def keep_floor_plan(tenant_id: int, picture: Picture, now: datetime) -> Photo:
    """Hand the bytes to the Files port; the row is written by the verb that uses them."""
    if not isinstance(picture, Drawing):
        return keep_photo(tenant_id, picture, now)
    digest = ports.files().put(tenant_id, picture.data)
    return Photo(digest, "image/svg+xml", len(picture.data), picture.width, picture.height, now)


def _sentence(refusal: LogoRefused) -> str:
    if isinstance(refusal, LogoTooLarge):
        return _("This drawing is too large. An SVG may have 256 kB; larger ones are better sent as a PNG.")
    if isinstance(refusal, LogoUnsafe):
        return _(
            "This SVG can act or reach out by itself, so we cannot take it. Export it as a plain drawing."
        )
    if isinstance(refusal, LogoNeedsOutlines):
        return _("This SVG holds live text. Turn the text into outlines and export it again.")
    if isinstance(refusal, LogoTooComplex):
        return _("This SVG holds more than we can draw quickly. Simplify it, or send it as a PNG.")
    return _("This is no drawing that we can read. Send an SVG with a viewBox, a PNG, a JPEG or a WebP.")
