"""Stylesheets and pages name the same classes: a rule that nothing wears costs every visitor, a class without one misleads."""

import re
from collections.abc import Iterable
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app"
STYLES = sorted((APP / "static/css").rglob("*.css"))
PAGES = [page for page in sorted((APP / "templates").rglob("*.html")) if "mail" not in page.parts]
SCRIPTS = sorted((APP / "static/js").rglob("*.js"))
# htmx puts these on by itself.
OF_HTMX = {"htmx-request"}

_STYLE_COMMENT_OR_STRING = re.compile(r'/\*.*?\*/|"[^"]*"', re.DOTALL)
_TEMPLATE_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
_GLUED = re.compile(r"\S*\x00\S*")


def _styled(styles: Iterable[str]) -> set[str]:
    selectors = (
        selector
        for text in styles
        for selector in re.findall(r"([^{};]+)\{", _STYLE_COMMENT_OR_STRING.sub("", text))
    )
    return {name for selector in selectors for name in re.findall(r"\.(-?[A-Za-z_][\w-]*)", selector)}


def _words(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"[\w-]+", _TEMPLATE_COMMENT.sub("", text))}


def _worn(page: str) -> set[str]:
    """Classes that a page spells out whole; `btn-{{ kind }}` says none."""
    plain = _STATEMENT.sub(" ", _EXPRESSION.sub("\x00", _TEMPLATE_COMMENT.sub("", page)))
    names = (_GLUED.sub("", value) for value in re.findall(r'\bclass="([^"]*)"', plain))
    return {name for value in names for name in value.split()}


def _texts(paths: Iterable[Path]) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in paths]


def test_no_class_is_styled_that_nothing_wears() -> None:
    worn = _words(_texts([*PAGES, *SCRIPTS, *APP.rglob("*.py")])) | OF_HTMX
    styled = _styled(_texts(STYLES))
    assert {"button", "list-row"} <= styled
    assert styled - worn == set()


def test_no_class_is_worn_that_nothing_styles() -> None:
    worn = set().union(*map(_worn, _texts(PAGES)))
    assert {"button", "list-row"} <= worn
    assert worn - _styled(_texts(STYLES)) == set()


def test_both_are_read_as_they_are_written() -> None:
    assert _styled(
        ['/* .no */ .a > .b-c:hover { d: "x.e{" } @media (min-width: 1.5em) { .f { g: .5em } }']
    ) == {"a", "b-c", "f"}
    assert _worn('<p class="a {{ b }} c-{{ d }}{% if e %} f{% endif %}">{# class="g" #}') == {"a", "f"}
