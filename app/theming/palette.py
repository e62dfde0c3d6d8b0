"""One brand colour becomes the light and the dark palette of a tenant.

Everything works on the colours that are emitted: a step of the search turns its OKLCH candidate into
``#rrggbb`` and measures that, so rounding cannot undo a ratio. "Walking" looks for the smallest number of
lightness steps that reads on every ground; contrast rises with each step, so the search halves instead of
counting (a palette takes about three milliseconds).
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from types import MappingProxyType
from typing import Literal, NamedTuple

from app.theming.colour import BLACK, WHITE, Lch, contrast, parse_colour, to_hex, to_lch

__all__ = [
    "PAIRS",
    "Failure",
    "Pair",
    "Palette",
    "Report",
    "Swatch",
    "contrast",
    "derive",
    "failures",
    "parse_colour",
    "report",
]

Scheme = Mapping[str, str]
SchemeName = Literal["light", "dark"]

AA_TEXT = 4.5
AA_SHAPE = 3.0

# What a walk aims for: a little above the minimum, because a hover or a 1px line costs some of it again.
_QUIET_TEXT = 4.9
_TEXT = 4.6
_EDGE = 3.05

_STEP = 0.005
_GREY_CHROMA = 0.035
_GREY_HUE = 260.0
_STATUS_HUES = {"positive": (155.0, 0.13), "caution": (68.0, 0.13), "critical": (27.0, 0.18)}


class Pair(NamedTuple):
    """Two roles that meet in the interface and the ratio they need there."""

    foreground: str
    ground: str
    minimum: float


class Failure(NamedTuple):
    """A pair that does not reach its ratio."""

    scheme: SchemeName
    pair: Pair
    ratio: float


class Swatch(NamedTuple):
    """Text on a ground, as the settings page shows it; the ratio is not rounded."""

    text: str
    ground: str
    ratio: float


@dataclass(frozen=True, slots=True)
class Palette:
    """Roles (names as in the stylesheet, without the dashes in front) to ``#rrggbb``, for both schemes."""

    primary: str
    on_primary: str | None
    light: Scheme
    dark: Scheme


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the brand colour, for the person who chose it.

    ``as_given`` is the untouched brand colour under the text it gets; buttons use ``fill_by_day`` and
    ``fill_by_night``, links ``links_by_day`` and ``links_by_night``.
    """

    as_given: Swatch
    fill_by_day: Swatch
    fill_by_night: Swatch
    links_by_day: Swatch
    links_by_night: Swatch
    fill_adjusted: bool
    """The fill by day is not the colour as given."""
    links_adjusted: bool
    """The links by day are not the colour as given."""
    text_refused: bool
    """A text colour was given and does not read on the fill by day."""

    @property
    def adjusted(self) -> bool:
        return self.fill_adjusted or self.links_adjusted or self.text_refused


def _pairs() -> tuple[Pair, ...]:
    grounds = ("surface", "raised", "sunken", "tone", "accent-soft")
    text = [Pair(role, ground, AA_TEXT) for role in ("text", "muted", "accent-text") for ground in grounds]
    status = [
        Pair(role, ground, AA_TEXT)
        for role in _STATUS_HUES
        for ground in ("surface", "raised", "sunken", "tone", f"{role}-soft")
    ]
    on_status = [Pair(role, f"{name}-soft", AA_TEXT) for role in ("text", "muted") for name in _STATUS_HUES]
    on_status += [Pair("raised", name, AA_TEXT) for name in ("positive", "critical")]
    brand = [
        Pair("on-accent", "accent", AA_TEXT),
        Pair("on-panel", "panel", AA_TEXT),
        Pair("on-panel", "panel-well", AA_TEXT),
        Pair("panel-muted", "panel", AA_TEXT),
        Pair("panel-accent", "panel", AA_SHAPE),
        Pair("panel-accent", "panel-well", AA_SHAPE),
    ]
    shapes = [
        Pair(role, ground, AA_SHAPE) for role in ("edge", "accent-edge") for ground in ("surface", "raised")
    ]
    shapes += [Pair("focus", ground, AA_SHAPE) for ground in grounds]
    return (*text, *status, *on_status, *brand, *shapes)


PAIRS = _pairs()
"""Every foreground and ground that meet in the interface, with the least ratio they may have."""


def failures(palette: Palette) -> list[Failure]:
    """The pairs of PAIRS that a palette breaks; empty for every palette that derive() returns."""
    measured = (
        Failure(name, pair, contrast(scheme[pair.foreground], scheme[pair.ground]))
        for name, scheme in _schemes(palette)
        for pair in PAIRS
    )
    return [failure for failure in measured if failure.ratio < failure.pair.minimum]


def report(palette: Palette) -> Report:
    """The three pictures of the settings page (as given, links by day, links by night) and what was changed."""
    light, dark = palette.light, palette.dark
    return Report(
        as_given=_swatch(light["on-accent"], palette.primary),
        fill_by_day=_swatch(light["on-accent"], light["accent"]),
        fill_by_night=_swatch(dark["on-accent"], dark["accent"]),
        links_by_day=_swatch(light["accent-text"], light["raised"]),
        links_by_night=_swatch(dark["accent-text"], dark["raised"]),
        fill_adjusted=light["accent"] != palette.primary,
        links_adjusted=light["accent-text"] != palette.primary,
        text_refused=palette.on_primary is not None and light["on-accent"] != palette.on_primary,
    )


def derive(primary: str, on_primary: str | None = None) -> Palette:
    """Both schemes from the brand colour and, where it reads, the text colour wanted on it.

    Raises ColourRefused when either is not ``#rgb`` or ``#rrggbb``.
    """
    return _derive(parse_colour(primary), parse_colour(on_primary) if on_primary is not None else None)


@lru_cache(maxsize=256)
def _derive(primary: str, on_primary: str | None) -> Palette:
    brand = _Brand.of(primary)
    return Palette(
        primary,
        on_primary,
        MappingProxyType(_light(brand, on_primary)),
        MappingProxyType(_dark(brand, on_primary)),
    )


@dataclass(frozen=True, slots=True)
class _Brand:
    """The brand colour as given, and what its relatives take from it."""

    given: Lch
    chroma: float
    hue: float
    grey: bool

    @classmethod
    def of(cls, primary: str) -> "_Brand":
        given = to_lch(primary)
        if given.chroma < _GREY_CHROMA:
            return cls(given, 0.0, _GREY_HUE, grey=True)
        return cls(given, given.chroma, given.hue, grey=False)

    @property
    def tint(self) -> float:
        """How much of the brand's hue the neutrals carry; yellows less, because they soil a white."""
        if self.grey:
            return 0.004
        return min(0.012, self.chroma * 0.08) * (0.6 if 75 <= self.hue <= 125 else 1.0)

    @property
    def is_red(self) -> bool:
        return not self.grey and min(abs(self.hue - 27), 360 - abs(self.hue - 27)) < 22

    def neutral(self, lightness: float, tint: float) -> str:
        return to_hex(Lch(lightness, self.tint * tint, self.hue))

    def shade(self, lightness: float, chroma_cap: float, share: float = 1.0) -> str:
        return to_hex(Lch(lightness, min(chroma_cap, self.chroma * share), self.hue))

    def warmed(self, colour: Lch) -> Lch:
        """A yellow turns towards amber as it darkens: at its own hue it would be olive."""
        fallen = self.given.lightness - colour.lightness
        if self.grey or fallen <= 0 or not 80 <= self.hue <= 115:
            return colour
        return colour._replace(hue=self.hue - min(self.hue - 68, fallen * 70))


def _light(brand: _Brand, on_primary: str | None) -> dict[str, str]:
    roles = {
        "surface": brand.neutral(0.984, 0.45),
        "raised": WHITE,
        "sunken": brand.neutral(0.957, 0.8),
        "tone": brand.neutral(0.957, 0.8),
        "line": brand.neutral(0.905, 1),
        "text": brand.neutral(0.235, 1.6),
        "accent-soft": brand.shade(0.957, 0.034, 0.22),
        "accent-line": brand.shade(0.84, 0.09, 0.5),
    }
    roles |= _statuses(brand, roles, start=0.60, soft=(0.955, 0.035), step=-_STEP)
    roles |= _quiet(brand, roles, muted=0.52, edge=0.66, step=-_STEP)
    fill = _fill_by_day(brand)
    roles |= _filled(brand, roles, fill, on_primary, step=-_STEP)
    roles |= _links_by_day(brand, roles)
    roles |= _panel(roles["accent"], roles["on-accent"], roles["on-accent"])
    return roles


def _dark(brand: _Brand, on_primary: str | None) -> dict[str, str]:
    roles = {
        "surface": brand.neutral(0.178, 1),
        "raised": brand.neutral(0.222, 1.1),
        "sunken": brand.neutral(0.146, 1),
        "tone": brand.neutral(0.276, 1.15),
        "line": brand.neutral(0.315, 1.2),
        "text": brand.neutral(0.955, 0.5),
        "accent-soft": brand.shade(0.272, 0.05, 0.32),
        "accent-line": brand.shade(0.42, 0.09, 0.5),
    }
    roles |= _statuses(brand, roles, start=0.70, soft=(0.262, 0.045), step=_STEP)
    roles |= _quiet(brand, roles, muted=0.715, edge=0.50, step=_STEP)
    fill = _fill_by_night(brand, roles["raised"])
    roles |= _filled(brand, roles, fill, on_primary, step=_STEP)
    start = 0.93 if brand.grey else max(brand.given.lightness, 0.76)
    roles |= _links(brand, roles, Lch(start, min(brand.chroma, 0.135), brand.hue), _STEP)
    if brand.grey or brand.given.lightness > 0.78:
        # A bright brand at this lightness would be a brown: it lives in links and progress instead.
        panel = brand.shade(0.285, 0.03, 0.2)
    else:
        panel = brand.shade(0.34, 0.085, 0.62)
    roles |= _panel(panel, to_hex(Lch(0.975, 0.004, brand.hue)), roles["accent-text"])
    return roles


def _fill_by_day(brand: _Brand) -> Lch:
    if brand.grey and brand.given.lightness > 0.80:
        return Lch(0.25, 0.0, brand.hue)  # white or silver: ink does the work
    return brand.given._replace(chroma=min(brand.given.chroma, 0.24))


def _fill_by_night(brand: _Brand, raised: str) -> Lch:
    if brand.grey:
        return Lch(0.93, 0.0, brand.hue) if brand.given.lightness < 0.45 else brand.given  # black inverts
    start = brand.given._replace(
        lightness=max(brand.given.lightness, 0.50), chroma=min(brand.given.chroma, 0.19)
    )
    return _walk(start, _STEP, [(raised, AA_SHAPE)])


def _filled(
    brand: _Brand, roles: Scheme, fill: Lch, on_primary: str | None, *, step: float
) -> dict[str, str]:
    """accent, on-accent and accent-edge."""
    fill, text = _text_on(fill, on_primary)
    accent = to_hex(fill)
    edge = accent
    grounds = [(roles["surface"], _EDGE), (roles["raised"], _EDGE)]
    if not _reads(accent, grounds):
        start = brand.warmed(fill._replace(lightness=min(fill.lightness, 0.6))) if step < 0 else fill
        edge = to_hex(_walk(start, step, grounds))
    return {"accent": accent, "on-accent": text, "accent-edge": edge}


def _text_on(fill: Lch, wanted: str | None) -> tuple[Lch, str]:
    """The text for a fill, and the fill, nudged a little where that is all that white needs."""
    colour = to_hex(fill)
    if wanted is not None and contrast(wanted, colour) >= AA_TEXT:
        return fill, wanted
    if contrast(WHITE, colour) >= AA_TEXT:
        return fill, WHITE
    if contrast(WHITE, colour) >= AA_SHAPE:
        nudged = _walk(fill, -_STEP / 2, [(WHITE, AA_TEXT)])
        if fill.lightness - nudged.lightness <= 0.075:
            return nudged, WHITE
    ink = to_hex(Lch(0.19, min(fill.chroma, 0.03), fill.hue))
    return fill, ink if contrast(ink, colour) >= AA_TEXT else BLACK


def _links_by_day(brand: _Brand, roles: Scheme) -> dict[str, str]:
    if not brand.grey:
        return _links(brand, roles, brand.given._replace(chroma=min(brand.chroma, 0.17)), -_STEP)
    if brand.given.lightness < 0.45:
        return _links(brand, roles, brand.given, -_STEP)
    return _links(
        brand, roles, Lch(0.25, 0.0, brand.hue), -_STEP
    )  # a mid grey link would pass for quiet text


def _links(brand: _Brand, roles: Scheme, start: Lch, step: float) -> dict[str, str]:
    """accent-text and focus."""

    def shade_at(lightness: float) -> Lch:
        return brand.warmed(start._replace(lightness=lightness))

    grounds = [(roles[name], _TEXT) for name in ("surface", "raised", "sunken", "tone", "accent-soft")]
    count = _steps(shade_at, start.lightness, step, grounds)
    link = to_hex(shade_at(start.lightness + count * step))
    return {"accent-text": link, "focus": link}


def _panel(panel: str, text: str, accent: str) -> dict[str, str]:
    """The one brand surface of a screen: its text, its quiet text, its wells and its progress."""
    well = _well(panel, text)
    return {
        "panel": panel,
        "on-panel": text,
        "panel-accent": accent if contrast(accent, well) >= AA_SHAPE else text,
        "panel-well": well,
        "panel-muted": _thinned(text, panel),
    }


def _well(panel: str, text: str) -> str:
    """A step away from the text colour, so that a label on it never loses contrast."""
    base, ink = to_lch(panel), to_lch(text)
    if ink.lightness < base.lightness:
        return to_hex(Lch(base.lightness + (1 - base.lightness) * 0.5, base.chroma * 0.55, base.hue))
    if base.lightness <= 0.36:
        # Below black there is no room, and a screen hardly shows a step that ends under .22.
        lighter = to_hex(base._replace(lightness=max(base.lightness + 0.095, 0.22)))
        if contrast(text, lighter) >= AA_TEXT:
            return lighter
    return to_hex(base._replace(lightness=base.lightness - 0.062))


def _thinned(text: str, panel: str) -> str:
    ink, base = to_lch(text), to_lch(panel)
    for share in (0.72, 0.78, 0.84, 0.90, 0.95):
        thin = to_hex(
            Lch(
                ink.lightness * share + base.lightness * (1 - share),
                ink.chroma * share + base.chroma * (1 - share),
                base.hue,
            )
        )
        if contrast(thin, panel) >= 5.2:
            return thin
    return text


def _statuses(
    brand: _Brand, roles: Scheme, *, start: float, soft: tuple[float, float], step: float
) -> dict[str, str]:
    """positive, caution, critical and their soft grounds; a red brand moves critical to crimson."""
    made = {}
    for name, (usual_hue, chroma) in _STATUS_HUES.items():
        hue = 8.0 if name == "critical" and brand.is_red else usual_hue
        ground = to_hex(Lch(*soft, hue))
        grounds = [(roles[other], _TEXT) for other in ("surface", "raised", "sunken", "tone")] + [
            (ground, _TEXT)
        ]
        made[f"{name}-soft"] = ground
        made[name] = to_hex(_walk(Lch(start, chroma, hue), step, grounds))
    return made


def _quiet(brand: _Brand, roles: Scheme, *, muted: float, edge: float, step: float) -> dict[str, str]:
    """Quiet text and the edge of fields and toggles."""
    softs = [(roles[name], _TEXT) for name in ("tone", "accent-soft", *(f"{s}-soft" for s in _STATUS_HUES))]
    pages = [(roles[name], _QUIET_TEXT) for name in ("surface", "raised", "sunken")]
    edges = [(roles[name], _EDGE) for name in ("surface", "raised")]
    chroma = brand.tint * 1.4
    return {
        "muted": to_hex(_walk(Lch(muted, chroma, brand.hue), step, pages + softs)),
        "edge": to_hex(_walk(Lch(edge, chroma, brand.hue), step, edges)),
    }


def _walk(start: Lch, step: float, grounds: Sequence[tuple[str, float]]) -> Lch:
    """The first colour on the way up or down from ``start`` that reads on every ground."""
    count = _steps(lambda lightness: start._replace(lightness=lightness), start.lightness, step, grounds)
    return start._replace(lightness=start.lightness + count * step)


def _steps(
    shade_at: Callable[[float], Lch], start: float, step: float, grounds: Sequence[tuple[str, float]]
) -> int:
    """How many lightness steps it takes; as many as there are to black or white when none is enough."""
    last = ceil(((1.0 if step > 0 else 0.0) - start) / step)
    return bisect_left(range(last), 1, key=lambda n: _reads(to_hex(shade_at(start + n * step)), grounds))


def _reads(colour: str, grounds: Sequence[tuple[str, float]]) -> bool:
    return all(contrast(colour, ground) >= minimum for ground, minimum in grounds)


def _swatch(text: str, ground: str) -> Swatch:
    return Swatch(text, ground, contrast(text, ground))


def _schemes(palette: Palette) -> tuple[tuple[SchemeName, Scheme], tuple[SchemeName, Scheme]]:
    return ("light", palette.light), ("dark", palette.dark)
