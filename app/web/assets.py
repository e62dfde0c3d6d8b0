"""The static packer: our CSS and JavaScript, htmx and the icons in use become a few immutable, precompressed files.

`build(root)` reads `app/static/{css,js}` and `node_modules` and writes `app/static/build/`: each file carries a hash of
its content in its name, so it may be cached for a year, and `assets.json` maps the name that templates know to it.
`ENTRIES` are the files that pages ask for; whatever else there is, an entry imports it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import brotli

from app.web.esbuild import BundleError, bundle

# Each becomes a file of its own: what every page needs, what the front desk needs, and what a single page alone needs.
ENTRIES = (
    "css/app.css", "css/staff.css", "css/day.css", "css/account.css", "css/announcements.css", "css/directory.css",
    "css/inbox.css", "css/invoices.css", "css/messages.css", "css/panel.css", "css/plans.css", "css/products.css",
    "js/app.js", "js/staff.js", "js/cells.js", "js/day-grid.js", "js/desk-day.js", "js/directory.js", "js/live.js", "js/messages.js", "js/offline-page.js",
    "js/panel.js", "js/passkeys.js", "js/portrait.js", "js/push.js", "js/recovery-codes.js", "js/sharing.js",
)  # fmt: skip
FOLDER = "/static/build/"
FONT = Path("node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2")
LUCIDE = Path("node_modules/lucide-static/icons")

# Lucide's names. A section's icon, an amenity's icon and every `icon("…")` in a template must be listed here.
ICONS = (
    "accessibility", "arrow-down", "arrow-up", "bell", "cake", "calendar", "camera", "check", "chevron-down",
    "chevron-left", "chevron-right", "clock", "coffee", "door-closed", "download", "eye", "globe", "grip-vertical",
    "house", "info", "key-round", "layers", "layout-grid", "link", "list", "lock", "log-out", "mail", "map-pin",
    "megaphone", "menu", "message-square", "monitor", "moon", "package", "phone", "plus", "presentation", "printer", "receipt",
    "search", "settings", "shield", "sliders-horizontal", "smartphone", "sun", "table", "trash-2", "triangle-alert", "tv",
    "user", "users", "video", "volume-x", "wifi", "wifi-off", "x",
)  # fmt: skip


# What only pages with files of their own show: in a sprite beside the one that every page asks for.
RARE_ICONS = (
    "bell-off", "chart-column", "credit-card", "ellipsis", "file-text", "flag", "hand-heart", "heart", "laugh", "paperclip", "sparkles", "square-pen",
    "thumbs-up", "user-plus",
)  # fmt: skip


class AssetError(Exception):
    """A file that the pack needs is missing or unusable; the message says which and what to do."""


@dataclass(frozen=True)
class AssetIndex:
    """Where each packed file is: `files` maps `app.css` to `app-3f9c….css`."""

    root: Path
    files: Mapping[str, str]
    rare_icons: ClassVar[tuple[str, ...]] = RARE_ICONS
    """Names in the second sprite (`components/icon.html`)."""

    def url(self, name: str) -> str:
        """The address of a packed file, such as `/static/build/app-3f9c….css`. Raises AssetError for a name not packed."""
        return FOLDER + self._file(name)

    def path(self, name: str) -> Path:
        """Where a packed file lies on this server. Raises AssetError for a name not packed."""
        return _folder(self.root) / self._file(name)

    def _file(self, name: str) -> str:
        try:
            return self.files[name]
        except KeyError:
            raise AssetError(
                f"There is no packed file {name!r}; there are {', '.join(sorted(self.files))}."
            ) from None


def build(root: Path) -> AssetIndex:
    """Pack everything under the repository `root` and return the index. Raises AssetError when a source is missing."""
    font = _read(root / FONT)
    files = {"inter.woff2": _hashed("inter.woff2", font)}
    contents = {files["inter.woff2"]: font}
    sprites = (
        (name, _sprite(root / LUCIDE, icons).encode())
        for name, icons in (("icons.svg", ICONS), ("rare-icons.svg", RARE_ICONS))
    )
    for name, data in (*_bundles(root, files["inter.woff2"]), *sprites):
        files[name] = _hashed(name, data)
        contents[files[name]] = data
    index = AssetIndex(root, files)
    _write(_folder(root), contents, index)
    return index


def load(root: Path) -> AssetIndex:
    """The index that the last `build` wrote. Raises AssetError when nothing was built yet."""
    path = _folder(root) / "assets.json"
    if not path.exists():
        raise AssetError("The browser files are not packed yet; `make run` packs them.")
    return AssetIndex(root, json.loads(path.read_text())["files"])


def _folder(root: Path) -> Path:
    return root / "app/static/build"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise AssetError(f"{path} is missing; `npm ci` installs the browser packages.") from None


def _hashed(name: str, data: bytes) -> str:
    stem, suffix = name.rsplit(".", 1)
    return f"{stem}-{hashlib.sha256(data).hexdigest()[:12]}.{suffix}"


def _bundles(root: Path, font: str) -> Iterator[tuple[str, bytes]]:
    """Each entry, packed, under the name that templates know. `font` is the packed font's file name."""
    try:
        bundles = bundle(root, [root / "app/static" / entry for entry in ENTRIES])
    except BundleError as error:
        raise AssetError(str(error)) from error
    for name, data in bundles.items():
        # A whole address, because stylesheets are not only served from the folder that the font is in (web/themes.py).
        yield name, data.replace(b"url(inter.woff2)", f"url({FOLDER}{font})".encode())


def _sprite(folder: Path, names: tuple[str, ...]) -> str:
    symbols = "".join(_symbol(folder / f"{name}.svg") for name in names)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{symbols}</svg>\n'


def _symbol(path: Path) -> str:
    svg = _read(path).decode()
    shapes = re.search(r"<svg[^>]*>(.*)</svg>", svg, flags=re.DOTALL)
    if shapes is None:
        raise AssetError(f"{path} holds no drawing.")
    body = re.sub(r"\s+", " ", shapes[1]).replace(" />", "/>").replace("> <", "><").strip()
    return f'<symbol id="{path.stem}" viewBox="0 0 24 24">{body}</symbol>'


def _write(folder: Path, contents: Mapping[str, bytes], index: AssetIndex) -> None:
    """Write what is new, with its compressed twins, then the index; drop what no longer belongs."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {"assets.json"}
    for name, data in contents.items():
        twins = _twins(name)
        wanted.update(twins)
        if not all((folder / twin).exists() for twin in twins):
            for twin, compress in twins.items():
                _replace(folder / twin, compress(data))
    _replace(folder / "assets.json", json.dumps({"files": dict(index.files)}).encode())
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()


def _twins(name: str) -> dict[str, Callable[[bytes], bytes]]:
    """The files that one packed file becomes, each with how its bytes are made. A font is compressed already."""
    if name.endswith(".woff2"):
        return {name: bytes}
    return {
        name: bytes,
        f"{name}.br": lambda data: brotli.compress(data, mode=brotli.MODE_TEXT, quality=11),
        f"{name}.gz": lambda data: gzip.compress(data, 9, mtime=0),
    }


def _replace(path: Path, data: bytes) -> None:
    """Write beside and rename, so that a server reading at this moment sees the old file or the new, never half."""
    draft = path.with_name(f".{path.name}.part")
    draft.write_bytes(data)
    draft.replace(path)
