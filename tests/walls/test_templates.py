"""What every page must keep to so that it works without JavaScript, under a strict content policy, in any direction.

djlint looks at form; this looks at promises. Each rule is shown to notice a breach before the pages are held to it.
"""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
MAILS = sorted((APP / "templates/mail").rglob("*.html"))
"""Mail programs know no stylesheets and send no content policy: their templates may style in place."""
PAGES = sorted(set((APP / "templates").rglob("*.html")) - set(MAILS))
STYLES = sorted((APP / "static" / "css").rglob("*.css"))

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
# Data for scripts, which no browser runs.
DATA_SCRIPTS = {"application/json", "application/ld+json"}
WRITES = {"hx-post", "hx-put", "hx-patch", "hx-delete"}
CSRF = re.compile(r"csrf|hidden_tag")
_NO_CSRF = "a form that writes without a csrf field"
_BY_SECRET = {"templates/rooms/panel.html"}
"""Nobody is signed in there and nothing is in a cookie: the secret in the forms' address is all that counts."""
UNSAFE = re.compile(r"\|\s*safe\b|\{%-?\s*autoescape\s+false")
# An expression may bring a whole set of attributes; what it brings cannot be seen here.
ATTRIBUTES_EXPRESSION = re.compile(r"\{\{[^}]*xmlattr[^}]*\}\}")
EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)

PHYSICAL_BOX = r"(?:(?:scroll-)?(?:margin|padding)|border)-(?:left|right|top|bottom)(?:-[a-z-]+)?"
PHYSICAL_PLACE = (
    r"left|right|top|bottom|(?:min-|max-)?(?:width|height)|border-(?:top|bottom)-(?:left|right)-radius"
)
PHYSICAL = re.compile(
    rf"(?:^|[;{{\s])((?:{PHYSICAL_BOX}|{PHYSICAL_PLACE})\s*:|(?:text-align|float|clear)\s*:\s*(?:left|right))"
)


class _Rules(HTMLParser):
    """Reads a template's HTML, with Jinja blanked out, and collects each breach with its line."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.source = text.splitlines()
        self.breaches: list[str] = []
        self.forms = 0
        self.feed(_blank(text))
        self.close()

    def _breach(self, what: str) -> None:
        self.breaches.append(f"line {self.getpos()[0]}: {what}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._look_at_any(tag, given)
        if tag == "form":
            self.forms += 1
            self._look_at_form(given)
        elif tag == "a" and "href" not in given and "jinja-xmlattr" not in given:
            self._breach("a link without href")
        elif tag in {"script", "style"}:
            self._look_at_inline(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.forms -= 1

    def _look_at_any(self, tag: str, given: dict[str, str | None]) -> None:
        for name, value in given.items():
            if name == "style":
                self._breach("a style attribute, which the content policy refuses")
            if name.startswith("on"):
                self._breach(f"{name}, which the content policy refuses")
            if value and value.strip().lower().startswith("javascript:"):
                self._breach(f"a script address in {name}")
        if WRITES & given.keys() and tag != "form" and not self.forms:
            self._breach("a write outside of a form: it would need JavaScript")

    def _look_at_form(self, given: dict[str, str | None]) -> None:
        if "method" not in given or "action" not in given:
            self._breach("a form without method or action")
        elif (given["method"] or "").lower() not in {"get", "dialog"} and not CSRF.search(
            self._rest_of_form()
        ):
            self._breach(_NO_CSRF)

    def _rest_of_form(self) -> str:
        line, column = self.getpos()
        rest = "\n".join([self.source[line - 1][column:], *self.source[line:]])
        return rest[: end if (end := rest.find("</form")) >= 0 else len(rest)]

    def _look_at_inline(self, tag: str, given: dict[str, str | None]) -> None:
        runs = "src" not in given and given.get("type") not in DATA_SCRIPTS
        if runs and "nonce" not in given:
            self._breach(f"an inline {tag} without nonce")


def _blank(text: str) -> str:
    """Replace Jinja by words without quotes and spaces; lines stay where they are."""
    text = COMMENT.sub(_same_lines, text)
    text = ATTRIBUTES_EXPRESSION.sub(lambda found: "jinja-xmlattr" + _same_lines(found), text)
    text = EXPRESSION.sub(lambda found: "jinja" + _same_lines(found), text)
    return STATEMENT.sub(lambda found: " " + _same_lines(found), text)


def _same_lines(found: re.Match[str]) -> str:
    return "\n" * found.group().count("\n")


def _page_breaches(text: str) -> list[str]:
    unescaped = [
        f"line {number}: unescaped output" for number in _lines_with(UNSAFE, COMMENT.sub(_same_lines, text))
    ]
    return _Rules(text).breaches + unescaped


def _style_breaches(text: str) -> list[str]:
    plain = re.sub(r"/\*.*?\*/", _same_lines, text, flags=re.DOTALL)
    # A condition such as `(width < 40rem)` or `(min-width: 40rem)` asks about the screen and places nothing.
    plain = re.sub(r"@(?:media|container|supports)[^{]*", _same_lines, plain)
    return [
        f"line {number}: a physical property; use inline, block, start and end"
        for number in _lines_with(PHYSICAL, plain)
    ]


def _lines_with(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    return (number for number, line in enumerate(text.splitlines(), 1) if pattern.search(line))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(APP)))
def test_a_template_keeps_its_promises(path: Path) -> None:
    name, breaches = str(path.relative_to(APP)), _page_breaches(path.read_text(encoding="utf-8"))
    if name in _BY_SECRET:
        assert breaches
        breaches = [each for each in breaches if _NO_CSRF not in each]
    assert breaches == []


@pytest.mark.parametrize("path", MAILS, ids=lambda path: str(path.relative_to(APP)))
def test_a_mail_template_breaks_nothing_but_the_rule_on_style(path: Path) -> None:
    breaches = _page_breaches(path.read_text(encoding="utf-8"))
    assert [breach for breach in breaches if "a style attribute" not in breach] == []


@pytest.mark.parametrize("path", STYLES, ids=lambda path: str(path.relative_to(APP)))
def test_a_stylesheet_works_in_both_reading_directions(path: Path) -> None:
    assert _style_breaches(path.read_text(encoding="utf-8")) == []


def test_there_are_files_to_look_at() -> None:
    assert PAGES
    assert STYLES


@pytest.mark.parametrize(
    "page",
    [
        '<p style="color: red">',
        '<p {% if x %}style="{{ y }}"{% endif %}>',
        '<button onclick="go()">',
        "<script>go()</script>",
        "<style>p { color: red }</style>",
        '<a class="x">',
        '<a href="javascript:go()">',
        '<form action="/x"></form>',
        '<form method="get"></form>',
        '<form method="post" action="/x"></form> {{ csrf() }}',
        '<form method="{{ method }}" action="/x"></form>',
        '<button hx-post="/x">',
        '<form method="get" action="/x"></form><button hx-delete="/x">',
        "{{ text|safe }}",
        "{{ text | safe }}",
        "{% autoescape false %}",
    ],
)
def test_a_broken_promise_is_noticed(page: str) -> None:
    assert len(_page_breaches(page)) == 1


@pytest.mark.parametrize(
    "page",
    [
        '{# <p style="x"> #}',
        '<a href="{{ url_for("x", y=\'z\') }}" {% if a > b %}aria-current="page"{% endif %}>',
        "<a {{ attributes|xmlattr }}>",
        '<form method="post" action="{{ here }}">\n  {{ csrf_field() }}\n</form>',
        '<form method="post" action="/x">{{ form.hidden_tag() }}<button hx-post="/x"></form>',
        '<form method="dialog" action=""></form>',
        '<script nonce="{{ nonce }}">go()</script>',
        '<script type="module" src="/x.js"></script>',
        '<script type="application/json">{{ data|tojson }}</script>',
        "{{ text|safely }}",
    ],
)
def test_a_kept_promise_is_left_alone(page: str) -> None:
    assert _page_breaches(page) == []


@pytest.mark.parametrize(
    "rule",
    [
        "left: 0",
        "margin-left: 1px",
        "padding-top: 1px",
        "border-right-color: red",
        "text-align: right",
        "width: 1px",
    ],
)
def test_a_physical_property_is_noticed(rule: str) -> None:
    assert len(_style_breaches(f".x {{ color: red; {rule} }}")) == 1


@pytest.mark.parametrize(
    "style",
    [
        ".x { inset-inline-start: 0; margin-block: 1px; inline-size: 1px; text-align: start }",
        "@media (min-width: 40rem) { .x { color: red } }",
        "/* left: 0 */",
        ".left:hover { color: red }",
        ".x { border-width: 1px; transition: inset .1s; --width: 2px; stroke-width: 2 }",
    ],
)
def test_a_logical_property_is_left_alone(style: str) -> None:
    assert _style_breaches(style) == []
