"""The static packer, on the real sources and the real browser packages."""

import gzip
import re
import shutil
from pathlib import Path

import brotli
import pytest

from app.sections import SECTIONS
from app.web.assets import ENTRIES, ICONS, RARE_ICONS, AssetError, AssetIndex, build, load

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
    (root / "app/static/js/menus.js").write_text("document.title = 'changed';\n")
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


def test_layers_are_declared_before_anything_uses_them(root: Path) -> None:
    index = build(root)
    css = _packed(index, "app.css").decode()
    declared = re.match(r"@layer ([\w,]+);", css)
    assert declared
    layers = declared[1].split(",")
    assert layers[0] == "reset"
    assert layers[-1] == "print"
    assert "theme" in layers
    for sheet in (name for name in ENTRIES if name.endswith(".css")):
        used = re.findall(r"@layer (\w+)\{", _packed(index, Path(sheet).name).decode())
        assert used
        assert set(used) <= set(layers), sheet


def test_foundations_come_before_components_and_print_last(root: Path) -> None:
    css = _packed(build(root), "app.css").decode()
    order = [
        css.index(f"@layer {name}{{")
        for name in ("reset", "tokens", "base", "layout", "components", "pages", "print")
    ]
    assert order == sorted(order)


def test_strings_survive_the_squeezing(root: Path) -> None:
    with (root / "app/static/css/pages/home.css").open("a") as style:
        style.write('@layer pages { q::before { content: "a  ;  /b" } }')
    assert 'content:"a  ;  /b"' in _packed(build(root), "app.css").decode()


def test_the_font_is_found_under_its_hashed_name(root: Path) -> None:
    index = build(root)
    assert f"url({index.url('inter.woff2')})" in _packed(index, "app.css").decode()
    assert _packed(index, "inter.woff2").startswith(b"wOF2")


def _reached(entry: Path) -> set[Path]:
    """The file and all of ours that it imports, over however many files."""
    imported = re.findall(r"""^(?:@import|import) "(\./[^"]+)";$""", entry.read_text(), re.MULTILINE)
    return {entry}.union(*(_reached((entry.parent / name).resolve()) for name in imported))


def test_every_stylesheet_and_script_reaches_a_page() -> None:
    static = ROOT / "app/static"
    reached = set().union(*(_reached(static / entry) for entry in ENTRIES))
    assert static / "css/components/badge.css" in reached
    assert {*static.glob("css/**/*.css"), *static.glob("js/*.js")} - reached == set()


def test_every_packed_file_is_asked_for_by_a_page() -> None:
    asked = set(
        re.findall(r"assets\.url\([\"']([\w.-]+)[\"']\)", "".join(page.read_text() for page in TEMPLATES))
    )
    assert asked == {Path(entry).name for entry in ENTRIES} | {"inter.woff2", "icons.svg", "rare-icons.svg"}


def test_members_carry_nothing_that_only_staff_or_one_page_need(root: Path) -> None:
    index = build(root)
    for mine, theirs in (("staff.js", b"data-reorder"), ("day-grid.js", b"data-day-grid"), ("offline-page.js", b"data-offline-page"),
                         ("staff.css", b".settings-row"), ("day.css", b".lane"), ("account.css", b".account-page")):  # fmt: skip
        everybodys = f"app.{mine.rpartition('.')[2]}"
        assert theirs in _packed(index, mine)
        assert theirs not in _packed(index, everybodys)


def test_a_script_that_cannot_be_read_is_named(root: Path) -> None:
    (root / "app/static/js/menus.js").write_text("const half = ;\n")
    with pytest.raises(AssetError, match=r"js/menus\.js:1"):
        build(root)


def test_a_stylesheet_with_a_mistake_is_named(root: Path) -> None:
    (root / "app/static/css/print.css").write_text("@layer print { .x { color red } }\n")
    with pytest.raises(AssetError, match=r"css/print\.css:1"):
        build(root)


@pytest.mark.parametrize(("name", "icons"), [("icons.svg", ICONS), ("rare-icons.svg", RARE_ICONS)])
def test_the_sprite_holds_every_declared_icon_once(root: Path, name: str, icons: tuple[str, ...]) -> None:
    sprite = _packed(build(root), name).decode()
    assert re.findall(r'<symbol id="([\w-]+)"', sprite) == list(icons)
    assert len({*ICONS, *RARE_ICONS}) == len(ICONS) + len(RARE_ICONS)


def test_an_icon_that_lucide_does_not_have_is_an_error(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.assets.ICONS", ("bell", "no-such-icon"))
    with pytest.raises(AssetError, match="no-such-icon"):
        build(root)


def _without(root: Path, *missing: str) -> None:
    """Only the packages that are not named."""
    modules = root / "node_modules"
    modules.unlink()
    modules.mkdir()
    for package in (ROOT / "node_modules").iterdir():
        if package.name not in missing:
            (modules / package.name).symlink_to(package)


@pytest.mark.parametrize("package", ["@fontsource-variable", "@esbuild", "htmx.org", "lucide-static"])
def test_a_missing_package_is_named(root: Path, package: str) -> None:
    _without(root)
    build(root)
    shutil.rmtree(root / "node_modules")
    (root / "node_modules").symlink_to(ROOT / "node_modules")
    _without(root, package)
    with pytest.raises(AssetError, match=package.strip("@")):
        build(root)


def test_a_missing_packer_says_in_one_sentence_what_to_do(root: Path) -> None:
    _without(root, "@esbuild")
    with pytest.raises(AssetError) as refusal:
        build(root)
    assert re.fullmatch(
        r"esbuild is missing in \S+; `npm ci` installs the browser packages\.", str(refusal.value)
    )


def test_every_icon_that_is_used_is_packed() -> None:
    calls = re.compile(
        r"""\bicon(?:_link|_button)?\(\s*["']([\w-]+)["']|\b(?:icon_name|icon)=["']([\w-]+)["']"""
    )
    used = {a or b for page in TEMPLATES for a, b in calls.findall(page.read_text())}
    used |= {section.icon for section in SECTIONS} | {
        link.icon for section in SECTIONS for link in section.links
    }
    assert {"search", "house"} <= used
    assert used <= {*ICONS, *RARE_ICONS}
    # What is on every page is in the sprite that every page has.
    assert {section.icon for section in SECTIONS} <= set(ICONS)


def test_no_icon_is_packed_for_nobody() -> None:
    sources = (path for kind in ("html", "js", "py") for path in (ROOT / "app").rglob(f"*.{kind}"))
    text = "".join(path.read_text() for path in sources if path.name != "assets.py")
    assert [
        name for name in (*ICONS, *RARE_ICONS) if f'"{name}"' not in text and f"#{name}" not in text
    ] == []


# What a phone pays before it shows a page (docs/performance.md): more needs a reason, and a look at what could go.
@pytest.mark.parametrize(("name", "limit"), [("app.css", 9_000), ("app.js", 16_500), ("icons.svg", 2_500)])
def test_it_stays_light(root: Path, name: str, limit: int) -> None:
    assert len(_packed(build(root), name, ".br")) <= limit
