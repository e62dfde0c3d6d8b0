"""The form of a look. An empty answer inherits: from all locations, from the logo, from us."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from app.domain.look import INK_TEXT, WHITE_TEXT, Given, Look
from app.domain.portal_settings import LONGEST_NAME, LONGEST_SHORT_NAME
from app.theming.colour import parse_colour
from app.theming.errors import ColourRefused
from app.theming.stylesheet import FONTS
from app.web.forms import ChoiceField, Form, SegmentField, TextField, options

FONT_NAMES = {
    "inter": "Inter",
    "system": _l("The device's own"),
    "humanist": _l("Humanist"),
    "geometric": _l("Geometric"),
    "rounded": _l("Rounded"),
    "classic": _l("Classic, with serifs"),
}
RADIUS_NAMES = {"crisp": _l("Crisp"), "soft": _l("Soft"), "round": _l("Round")}


class ColourField(TextField):
    """A colour as `#1f5c4d`; `data` is "" when it is left to others."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, longest=40, required=False, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data:
            try:
                self.data = parse_colour(self.data)
            except ColourRefused:
                raise ValidationError(
                    _("Write a colour as # and six digits or letters a to f, such as #1F5C4D.")
                ) from None


class LookForm(Form):
    """Name and look of one level. The name is the tenant's, so a location's form has none."""

    name = TextField(_l("Name"), longest=LONGEST_NAME)
    short_name = TextField(_l("Under the icon"), longest=LONGEST_SHORT_NAME)
    primary = ColourField(_l("Main colour"))
    on_primary = SegmentField(_l("Text on it"))
    radius = SegmentField(_l("Corners"))
    font = ChoiceField(_l("Font"))

    def __init__(self, look: Look, was: Given, *, at_location: bool, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._was, self._look = was, look
        self.on_primary.choices = options(_texts(was), empty=_automatic(was, at_location=at_location))
        everywhere = _l("As everywhere") if at_location else None
        self.radius.choices = options(RADIUS_NAMES.items(), empty=everywhere)
        self.font.choices = options(((key, FONT_NAMES[key]) for key in FONTS), empty=everywhere)
        if at_location:
            del self.name, self.short_name

    def given(self) -> Given:
        """What the level gives from now on. What only repeats what it inherited stays inherited."""
        font, radius = self.font.data or None, self.radius.data or None
        return Given(
            primary=self.primary.data or None,
            on_primary=self.on_primary.data or None,
            font=None if self._was.font is None and font == self._look.font else font,
            radius=None if self._was.radius is None and radius == self._look.radius else radius,
        )


def values_of(given: Given, look: Look, *, at_location: bool) -> dict[str, str]:
    """What the form shows for a level; the tenant's choices stand even where it never made them."""
    return {
        "primary": given.primary or "",
        "on_primary": given.on_primary or "",
        "radius": given.radius or ("" if at_location else look.radius),
        "font": given.font or ("" if at_location else look.font),
    }


def _texts(given: Given) -> list[tuple[str, Any]]:
    texts: list[tuple[str, Any]] = [(WHITE_TEXT, _l("White")), (INK_TEXT, _l("Ink"))]
    if given.on_primary and given.on_primary not in dict(texts):
        texts.append((given.on_primary, given.on_primary.upper()))
    return texts


def _automatic(given: Given, *, at_location: bool) -> Any:
    return _l("As everywhere") if at_location and given.primary is None else _l("Automatic")
