"""Make the typefaces of documents: a PDF needs files of one weight each, and the packages that carry them have variable ones.

The scripts of Inter are a file each, so each becomes a family of its own; a document names them all, one after the other.
"""

import json
from importlib.resources import files
from pathlib import Path

from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

FOLDER = Path("app/integrations/paper/fonts")
_INTER = Path("node_modules/@fontsource-variable/inter/files")
_INTER_SCRIPTS = ("latin", "latin-ext", "greek", "greek-ext", "cyrillic", "cyrillic-ext", "vietnamese")
_RTL = files("justmytype_intl_rtl") / "fonts" / "ofl"
_NOTO = {
    "arabic": ("notosansarabic", "NotoSansArabic[wdth,wght].ttf"),
    "hebrew": ("notosanshebrew", "NotoSansHebrew[wdth,wght].ttf"),
}
_WEIGHTS = {400: "Regular", 600: "SemiBold"}
_FAMILY, _STYLE, _FULL, _POSTSCRIPT, _LONG_FAMILY, _LONG_STYLE = 1, 2, 4, 6, 16, 17


def build_fonts(root: Path) -> None:
    """Write `<script>-<weight>.ttf`, and `families.json`: which families there are, in the order to try them, and every
    character that they have. Made once of the same packages: it takes some seconds. Raises FileNotFoundError.
    """
    sources = _sources(root)
    key = {script: Path(source).stat().st_size for script, source in sources.items()}
    index = root / FOLDER / "families.json"
    if index.exists() and json.loads(index.read_text())["made_of"] == key:
        return
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    characters: set[int] = set()
    for script, source in sources.items():
        for weight in _WEIGHTS:
            font = _of_weight(Path(source), script, weight)
            font.save(root / FOLDER / f"{script}-{weight}.ttf")
            characters |= font.getBestCmap().keys()
    found = {"made_of": key, "families": [_family(each) for each in sources], "ranges": _ranges(characters)}
    index.write_text(json.dumps(found))


def _sources(root: Path) -> dict[str, str]:
    inter = {each: str(root / _INTER / f"inter-{each}-wght-normal.woff2") for each in _INTER_SCRIPTS}
    return inter | {script: str(_RTL.joinpath(*path)) for script, path in _NOTO.items()}


def _family(script: str) -> str:
    return f"Paper {script}"


def _of_weight(source: Path, script: str, weight: int) -> TTFont:
    # Without the time of making, so that the same source gives the same bytes.
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    axes = {
        axis.axisTag: weight if axis.axisTag == "wght" else axis.defaultValue for axis in font["fvar"].axes
    }
    instantiateVariableFont(font, axes, inplace=True)
    family, style = _family(script), _WEIGHTS[weight]
    names = {
        _FAMILY: family,
        _LONG_FAMILY: family,
        _STYLE: style,
        _LONG_STYLE: style,
        _FULL: f"{family} {style}",
        _POSTSCRIPT: f"{family.replace(' ', '')}-{style}",
    }
    for record in font["name"].names:
        record.string = names.get(record.nameID, record.string)
    font["OS/2"].usWeightClass = weight
    return font


def _ranges(characters: set[int]) -> list[tuple[int, int]]:
    """The characters as ranges, both ends included."""
    found: list[tuple[int, int]] = []
    for each in sorted(characters):
        if found and found[-1][1] == each - 1:
            found[-1] = (found[-1][0], each)
        else:
            found.append((each, each))
    return found
