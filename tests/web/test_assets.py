"""The static packer, on the real sources and the real browser packages."""

import gzip
import re
import shutil
from pathlib import Path

import brotli
import pytest

from app.sections import SECTIONS
from app.web.assets import ICONS, LAYERS, AssetError, AssetIndex, build, load

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "app/templates").rglob("*.html"))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the sources that a test may change, beside the installed packages."""
    shutil.copytree(ROOT / "app/static/css", tmp_path / "app/static/css")
    shutil.copytree(ROOT / "app/static/js", tmp_path / "app/static/js")
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    return tmp_path


def _packed(index: AssetIndex, name: str, suffix: str = "") -> bytes:
    return (index.root / "app/static/build" / (index.files[name] + suffix)).read_bytes()


def test_it_finds_a_file_by_its_plain_name(root: Path) -> None:
    index = build(root)
    assert re.fullmatch(r"/static/build/app-[0-9a-f]{12}\.css", index.url("app.css"))
    assert _packed(index, "app.css")


def test_it_refuses_a_name_that_was_not_packed(root: Path) -> None:
    with pytest.raises(AssetError, match=r"nothing\.css"):
        build(root).url("nothing.css")


def test_a_changed_file_gets_a_new_name_and_the_others_keep_theirs(root: Path) -> None:
    before = build(root)
    style = root / "app/static/css/components/badge.css"
    style.write_text(style.read_text() + "@layer components { .badge { order: 3; } }")
    after = build(root)
    assert after.url("app.css") != before.url("app.css")
    assert after.url("app.js") == before.url("app.js")
    assert after.url("icons.svg") == before.url("icons.svg")


def test_the_same_content_gets_the_same_name(root: Path) -> None:
    assert build(root).files == build(root).files


def test_it_takes_away_what_is_no_longer_used(root: Path) -> None:
    before = build(root)
    old = root / "app/static/build" / before.files["app.js"]
    assert old.exists()
    (root / "app/static/js/menus.js").unlink()
    build(root)
    assert not old.exists()


@pytest.mark.parametrize("name", ["app.css", "app.js", "icons.svg"])
def test_the_compressed_twins_hold_the_same(root: Path, name: str) -> None:
    index = build(root)
    plain = _packed(index, name)
    assert brotli.decompress(_packed(index, name, ".br")) == plain
    assert gzip.decompress(_packed(index, name, ".gz")) == plain


def test_what_was_built_can_be_loaded(root: Path) -> None:
    built = build(root)
    assert load(root) == built


def test_loading_before_building_says_what_to_do(root: Path) -> None:
    with pytest.raises(AssetError, match="make run"):
        load(root)


def test_it_notices_that_a_source_changed(root: Path) -> None:
    index = build(root)
    assert not index.stale()
    (root / "app/static/js/new.js").write_text("// a new behaviour\n")
    assert index.stale()
    assert not build(root).stale()


def test_layers_are_declared_before_anything_uses_them(root: Path) -> None:
    css = _packed(build(root), "app.css").decode()
    assert css.startswith(f"@layer {','.join(LAYERS)};")
    assert set(re.findall(r"@layer (\w+)\{", css)) <= set(LAYERS)


def test_foundations_come_before_components_and_print_last(root: Path) -> None:
    css = _packed(build(root), "app.css").decode()
    order = [
        css.index(f"@layer {name}{{")
        for name in ("reset", "tokens", "base", "layout", "components", "pages", "print")
    ]
    assert order == sorted(order)


def test_strings_survive_the_squeezing(root: Path) -> None:
    (root / "app/static/css/pages/quote.css").write_text('@layer pages { q::before { content: "a  ;  /b" } }')
    assert 'content:"a  ;  /b"' in _packed(build(root), "app.css").decode()


def test_the_font_is_found_under_its_hashed_name(root: Path) -> None:
    index = build(root)
    assert f'url("{index.files["inter.woff2"]}")' in _packed(index, "app.css").decode()
    assert _packed(index, "inter.woff2").startswith(b"wOF2")


def test_each_behaviour_has_a_scope_of_its_own(root: Path) -> None:
    for name in ("one", "two"):
        (root / f"app/static/js/{name}.js").write_text(f'const shared = "{name}";\n')
    script = _packed(build(root), "app.js").decode()
    assert '{\nconst shared = "one";\n}' in script
    assert '{\nconst shared = "two";\n}' in script


def test_the_sprite_holds_every_declared_icon_once(root: Path) -> None:
    sprite = _packed(build(root), "icons.svg").decode()
    assert re.findall(r'<symbol id="([\w-]+)"', sprite) == list(ICONS)
    assert len(set(ICONS)) == len(ICONS)


def test_an_icon_that_lucide_does_not_have_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.assets.ICONS", ("bell", "no-such-icon"))
    with pytest.raises(AssetError, match="no-such-icon"):
        build(root)


def test_a_missing_package_says_what_to_do(root: Path) -> None:
    (root / "node_modules").unlink()
    with pytest.raises(AssetError, match="npm ci"):
        build(root)


def test_every_icon_that_is_used_is_packed() -> None:
    calls = re.compile(
        r"""\bicon(?:_link|_button)?\(\s*["']([\w-]+)["']|\b(?:icon_name|icon)=["']([\w-]+)["']"""
    )
    used = {a or b for page in TEMPLATES for a, b in calls.findall(page.read_text())}
    used |= {section.icon for section in SECTIONS} | {
        link.icon for section in SECTIONS for link in section.links
    }
    assert {"search", "house"} <= used
    assert used <= set(ICONS)


def test_no_icon_is_packed_for_nobody() -> None:
    sources = (path for kind in ("html", "js", "py") for path in (ROOT / "app").rglob(f"*.{kind}"))
    text = "".join(path.read_text() for path in sources if path.name != "assets.py")
    assert [name for name in ICONS if f'"{name}"' not in text and f"#{name}" not in text] == []


@pytest.mark.parametrize(("name", "limit"), [("app.css", 10_240), ("app.js", 24_576), ("icons.svg", 4_096)])
def test_it_stays_light(root: Path, name: str, limit: int) -> None:
    assert len(_packed(build(root), name, ".br")) <= limit
