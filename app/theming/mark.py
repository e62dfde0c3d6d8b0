"""The mark of a tenant without a logo: one or two initials, drawn as lines of one weight.

The letters are drawn here because an icon must look the same on every machine, with no font installed, and
because a favicon needs them as vectors. A name in another script gets the portico: a gable on two pillars.
"""

import re
from unicodedata import normalize

from app.kernel.names import initials

# Centre lines on a cap height of 100, from the left edge; then the width.
_LETTERS: dict[str, tuple[str, int]] = {
    "A": ("M0 100 42 0 84 100M15 66H69", 84),
    "B": ("M0 46H36M0 0V100H38a27 27 0 0 0 0-54M0 0H34a23 23 0 0 1 0 46", 65),
    "C": ("M85 15A50 50 0 1 0 85 85", 85),
    "D": ("M0 0V100H30a50 50 0 0 0 0-100Z", 80),
    "E": ("M58 0H0V100H58M0 49H50", 58),
    "F": ("M56 0H0V100M0 50H48", 56),
    "G": ("M85 15A50 50 0 1 0 100 52H62", 100),
    "H": ("M0 0V100M72 0V100M0 50H72", 72),
    "I": ("M0 0V100", 0),
    "J": ("M48 0V72A26 28 0 0 1 0 82", 48),
    "K": ("M0 0V100M64 0 0 62M26 38 68 100", 68),
    "L": ("M0 0V100H54", 54),
    "M": ("M0 100V0L46 66 92 0V100", 92),
    "N": ("M0 100V0L74 100V0", 74),
    "O": ("M50 0a50 50 0 1 0 0 100a50 50 0 1 0 0-100Z", 100),
    "P": ("M0 100V0H36a29 29 0 0 1 0 58H0", 65),
    "Q": ("M50 0a50 50 0 1 0 0 100a50 50 0 1 0 0-100ZM64 66 96 100", 100),
    "R": ("M0 100V0H36a28 28 0 0 1 0 56H0M36 56 66 100", 66),
    "S": ("M58 17C53 6 44 0 31 0 14 0 2 10 2 25 2 58 62 41 62 74 62 90 50 100 32 100 16 100 5 93 0 81", 62),
    "T": ("M0 0H74M37 0V100", 74),
    "U": ("M0 0V64a36 36 0 0 0 72 0V0", 72),
    "V": ("M0 0 42 100 84 0", 84),
    "W": ("M0 0 32 100 62 18 92 100 124 0", 124),
    "X": ("M0 0 76 100M76 0 0 100", 76),
    "Y": ("M0 0 40 54 80 0M40 54V100", 80),
    "Z": ("M3 0H70L0 100H73", 73),
    "0": ("M35 0C12 0 0 20 0 50S12 100 35 100 70 80 70 50 58 0 35 0Z", 70),
    "1": ("M0 20 26 0V100", 26),
    "2": ("M2 27C4 10 16 0 32 0 50 0 62 11 62 27 62 52 22 70 0 100H64", 64),
    "3": (
        "M2 13C10 4 19 0 30 0 48 0 58 10 58 24S46 47 26 47C48 47 62 57 62 73S49 100 30 100C17 100 6 95 0 84",
        62,
    ),
    "4": ("M54 100V0L0 70H72", 72),
    "5": ("M58 0H12L6 44C13 38 22 36 30 36 50 36 62 49 62 67S49 100 29 100C16 100 6 95 0 86", 62),
    "6": ("M50 0C20 22 0 44 0 68A32 32 0 1 0 64 68A32 32 0 0 0 4 54", 64),
    "7": ("M0 0H64L22 100", 64),
    "8": ("M33 46a23 23 0 1 1 .1 0a27 27 0 1 1-.2 0Z", 60),
    "9": ("M14 100C44 78 64 56 64 32A32 32 0 1 0 0 32A32 32 0 0 0 60 46", 64),
}
_PORTICO = ("M9 100V44L50 9 91 44V100", 100)

_WORD = re.compile(r"[A-Z0-9]+")
_SMALL_WORDS = frozenset({"THE", "AND", "OF", "DE", "LA", "EL", "LE"})
_WEIGHT = 20
_GAP = 17


def letters_of(name: str) -> str:
    """One or two of A–Z and 0–9 for a tenant's name, or nothing when it is written in another script."""
    plain = normalize("NFKD", name).upper().encode("ascii", "ignore").decode().replace("'", "")
    words = _WORD.findall(plain)
    telling = [word for word in words if word not in _SMALL_WORDS] or words
    return initials(" ".join(telling[:2]))


def mark(name: str, colour: str) -> tuple[str, int, int]:
    """An SVG of the initials of a name in one colour on nothing, tightly cut; then its width and height."""
    letters = letters_of(name)
    glyphs = [_LETTERS[letter] for letter in letters] or [_PORTICO]
    weight = _WEIGHT + 4 * (not letters)
    paths, x = [], weight // 2
    for path, width in glyphs:
        paths.append(f'<path transform="translate({x} {weight // 2})" d="{path}"/>')
        x += width + weight + _GAP
    width, height = x - weight // 2 - _GAP, 100 + weight
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<g fill="none" stroke="{colour}" stroke-width="{weight}" stroke-linecap="round" stroke-linejoin="round">'
        f"{''.join(paths)}</g></svg>"
    )
    return svg, width, height
