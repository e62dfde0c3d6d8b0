"""What theming refuses, each by the name of the fact. The web layer turns them into sentences."""

from app.kernel.errors import Refusal


class ThemingRefused(Refusal):
    """Something a person gave for the look of their portal cannot be used."""


class ColourRefused(ThemingRefused):
    """Not ``#rgb`` or ``#rrggbb``."""

    def __init__(self, typed: str) -> None:
        super().__init__(typed)
        self.typed = typed


class FontRefused(ThemingRefused):
    """A font that is not on the list."""


class RadiusRefused(ThemingRefused):
    """A corner shape that is not on the list."""


class LogoRefused(ThemingRefused):
    """A logo that cannot be used; the children say why."""


class LogoTooLarge(LogoRefused):
    """Too many bytes or too many pixels."""


class LogoTooSmall(LogoRefused):
    """Fewer pixels than an icon needs."""


class LogoNotAnImage(LogoRefused):
    """Not an SVG, PNG, JPEG or WebP, or one that is broken."""


class LogoUnsafe(LogoRefused):
    """An SVG that carries something that acts or that reaches outside of itself; ``found`` names it."""

    def __init__(self, found: str) -> None:
        super().__init__(found)
        self.found = found


class LogoNeedsOutlines(LogoRefused):
    """An SVG with live text: without its font it would change its face. Text has to be turned into outlines."""


class LogoTooComplex(LogoRefused):
    """An SVG with more elements, depth, repeats or extent than a logo needs."""


class LogoWithoutSize(LogoRefused):
    """An SVG with neither a usable viewBox nor width and height."""
