"""Nothing is said in one language only: no words beside gettext, and a complete catalogue for every language.

Each rule is shown to notice a breach before the portal is held to it.
"""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools import translations

APP = Path(__file__).resolve().parents[2] / "app"
TEMPLATES = sorted(path for path in (APP / "templates").rglob("*") if path.suffix in {".html", ".txt"})
MODULES = sorted(path for part in ("web", "blueprints") for path in (APP / part).rglob("*.py"))
SCRIPTS = sorted((APP / "static/js").rglob("*.js"))

EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# Comments, statements, and the blocks that hold names of classes.
UNSEEN = re.compile(
    r"\{#.*?#\}|\{%-?\s*block (?:main_class|body_class|sheet_class)\s*-?%\}.*?\{%-?\s*endblock\s*-?%\}|\{%.*?%\}",
    re.DOTALL,
)
WORD = re.compile(r"[^\W\d_]{2,}")
READ_ALOUD = {
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "aria-valuetext",
    "data-busy",
    "data-confirm",
    "data-confirm-text",
    "data-confirm-yes",
    "data-confirm-no",
    "label",
    "placeholder",
    "summary",
    "title",
}
# The world's name for its clock; and the pieces of ids and attributes that the field macros put together.
ALLOWED = re.compile(r"\bUTC\b|-help\b|-error\b|aria-describedby=")
# Functions whose argument of that number is shown to somebody.
SHOWN = {"flash": 0, "say": -1, "ValidationError": 0}
SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)
SENTENCE = re.compile(r"""(["'`])[A-Z][\w’']*(?: [\w’']+)+[.…?]?\1""")


class _Words(HTMLParser):
    """Collects the words of a template that stand outside of any expression, each with its line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0
        text = UNSEEN.sub(_lines, text)
        self.feed(EXPRESSION.sub(lambda gone: "j " + _lines(gone), text))
        self.close()

    def _look(self, text: str) -> None:
        words = WORD.search(ALLOWED.sub("", text))
        if words:
            self.found.append(f"line {self.getpos()[0]}: {' '.join(text.split())!r}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in {"script", "style"}
        given = dict(attrs)
        names = READ_ALOUD | ({"content"} if given.get("name") == "description" else set())
        for name in names & given.keys():
            self._look(given[name] or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._look(data)


def _lines(gone: re.Match[str]) -> str:
    return "\n" * gone.group().count("\n")


def _bare_words(template: str) -> list[str]:
    return _Words(template).found


def _bare_sentences(module: str) -> Iterator[str]:
    """Sentences that a module shows as they are: messages, refusals, and labels of form fields."""
    for node in ast.walk(ast.parse(module)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        at = 0 if name.endswith("Field") else SHOWN.get(name)
        if at is not None and _is_said(node.args[at]):
            yield f"line {node.lineno}: {name}"


def _script_sentences(script: str) -> list[str]:
    return [found.group() for found in SENTENCE.finditer(SCRIPT_COMMENT.sub("", script))]


def _is_said(argument: ast.expr) -> bool:
    text = ast.unparse(argument) if isinstance(argument, ast.JoinedStr) else getattr(argument, "value", None)
    return isinstance(text, str) and bool(WORD.search(text))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(APP)))
def test_a_template_says_nothing_beside_gettext(path: Path) -> None:
    assert _bare_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(APP)))
def test_a_module_shows_no_sentence_beside_gettext(path: Path) -> None:
    assert list(_bare_sentences(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_takes_its_sentences_from_the_page(path: Path) -> None:
    assert _script_sentences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Book now</p>",
        "<p>{{ price }} total</p>",
        "<p>{{ count }}min</p>",
        '<input placeholder="Your name">',
        '<button aria-label="Close">{{ icon("x") }}</button>',
        '<meta name="description" content="Rooms">',
        "{% if late %}Late{% endif %}",
        "{% block title %}Home{% endblock %}",
    ],
)
def test_bare_words_are_noticed(template: str) -> None:
    assert len(_bare_words(template)) == 1


@pytest.mark.parametrize(
    "template",
    [
        '<p>{{ _("Book now") }}</p>',
        '<p class="small muted">{{ a }} · {{ b }}</p>',
        '<{{ "a" if href else "div" }} class="row"{% if href %} href="{{ href }}"{% endif %}>',
        '{# Says nothing #}<script nonce="{{ nonce }}">go(now)</script>',
        "{% block main_class %}reading{% endblock %}",
        '<input value="inherit" data-kind="day" placeholder="{{ _(\'Name\') }}">',
    ],
)
def test_what_is_not_said_is_left_alone(template: str) -> None:
    assert _bare_words(template) == []


@pytest.mark.parametrize(
    "line",
    ['flash("Saved.")', 'form.say("name", "Too long.")', 'TextField("Name")', 'ValidationError(f"Not {x}.")'],
)
def test_a_bare_sentence_in_a_module_is_noticed(line: str) -> None:
    assert len(list(_bare_sentences(line))) == 1


@pytest.mark.parametrize(
    "line", ['flash(_("Saved."))', 'form.say("name", sentence)', 'TextField(_l("Name"))']
)
def test_a_translated_sentence_in_a_module_is_left_alone(line: str) -> None:
    assert list(_bare_sentences(line)) == []


def test_a_sentence_in_a_script_is_noticed() -> None:
    assert _script_sentences('say("Try again."); /* as "It says" */')
    assert not _script_sentences('say(words.failed); key === "ArrowUp" || on("pointer down") // as "It says"')


# --- the catalogues --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def template() -> Catalog:
    return translations.collect()


@pytest.fixture
def catalogue(template: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the Spanish catalogue that may be spoiled; the tools look at it instead."""
    copy = tmp_path / "es/LC_MESSAGES/messages.po"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(translations._path("es").read_bytes())
    monkeypatch.setattr(translations, "CATALOGUES", tmp_path)
    monkeypatch.setattr(translations, "collect", lambda: template)
    return copy


def test_every_sentence_is_translated(catalogue: Path) -> None:
    assert list(translations.problems()) == []


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ('msgstr "Hoy"', 'msgstr ""', "not translated 'Today'"),
        ('msgid "Today"', 'msgid "Nowadays"', "missing 'Today'"),
        ('msgid "Today"', 'msgid "Nowadays"', "no longer said 'Nowadays'"),
        ('msgid "Tomorrow"', '#, fuzzy\nmsgid "Tomorrow"', "not translated 'Tomorrow'"),
        ("Libre hasta las %(time)s", "Libre hasta luego", "%(time)s is lost"),
        ("Libre hasta las %(time)s", "Libre hasta las %(hora)s", "unknown named placeholder 'hora'"),
        ("%(num)s salas libres", "salas libres", "%(num)s is lost"),
    ],
)
def test_a_spoiled_catalogue_is_noticed(catalogue: Path, before: str, after: str, complaint: str) -> None:
    text = catalogue.read_text(encoding="utf-8")
    assert before in text
    catalogue.write_text(text.replace(before, after, 1), encoding="utf-8")
    assert any(complaint in line for line in translations.problems())


def test_collecting_again_changes_no_byte(catalogue: Path, template: Catalog) -> None:
    committed = catalogue.read_bytes()
    assert translations.updated("es", template) == committed
    for noise in (b"#: ", b"-Date: ", b"Translator", b"Generated-By", b"EMAIL"):
        assert noise not in committed
