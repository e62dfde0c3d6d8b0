"""The icons of a portal as files on this server's disk: drawn once for each look, then only read.

Drawing takes up to a second, so no request draws what another one has drawn, and whoever saves a look has its icons
drawn before the first phone asks. The folder is a cache: losing it costs time, nothing else.
"""

import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from flask import Flask, current_app

from app.domain.look import Look
from app.domain.portal import Portal
from app.settings import Settings
from app.theming.icons import render_icons
from app.theming.logo import Logo
from app.web import ports, themes

_KEPT_VERSIONS = 12
"""Of one tenant; more than it has locations with looks of their own, or a page too many is drawn again."""

Draw = Callable[[], Mapping[str, bytes]]


class IconShelf:
    """Sets of icons under `<folder>/<tenant>/<version>/<name>`, each put there whole."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def get(self, tenant_id: int, version: str, name: str, draw: Draw) -> bytes:
        """The icon's bytes; `draw` makes the whole set when it is not here yet."""
        path = self._folder / str(tenant_id) / version / name
        if not path.exists():
            # One at a time: a page asks for several icons at once, and drawing keeps a core busy.
            with self._lock:
                if not path.exists():
                    self._put(path.parent, draw())
        return path.read_bytes()

    def _put(self, folder: Path, icons: Mapping[str, bytes]) -> None:
        folder.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix="."))
        for name, data in icons.items():
            (draft / name).write_bytes(data)
        try:
            draft.rename(folder)
        except OSError:
            # Another process was first, or an older draw lacks a picture: either way the new set is the right one.
            for name in icons:
                (draft / name).replace(folder / name)
            shutil.rmtree(draft, ignore_errors=True)
        self._tidy(folder.parent)

    def _tidy(self, tenant_folder: Path) -> None:
        kept = sorted(tenant_folder.glob("[!.]*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in kept[_KEPT_VERSIONS:]:
            shutil.rmtree(old, ignore_errors=True)


def icon(portal: Portal, look: Look, name: str) -> bytes:
    """One of `theming.icons.ICON_NAMES` for a look of this portal."""
    return _shelf().get(
        portal.tenant_id, themes.icon_version(portal.name, look), name, lambda: _draw(portal, look)
    )


def prepare(portal: Portal, location_id: int | None) -> None:
    """Have the icons of a look drawn before anybody asks."""
    icon(portal, portal.look(location_id), "favicon.svg")


def init_icons(app: Flask, settings: Settings) -> None:
    app.extensions["portico_icons"] = IconShelf(settings.data_dir / "icons")


def _shelf() -> IconShelf:
    return cast("IconShelf", current_app.extensions["portico_icons"])


def _draw(portal: Portal, look: Look) -> Mapping[str, bytes]:
    return render_icons(logo_of(portal, look) or portal.name, themes.palette_of(look))


def logo_of(portal: Portal, look: Look) -> Logo | None:
    """The look's logo from the Files port; None without one, or when its bytes are lost."""
    if look.logo is None:
        return None
    data = ports.files().get(portal.tenant_id, look.logo.digest)
    if data is None:
        current_app.logger.error(
            "the logo %s of tenant %s is not in the files", look.logo.digest, portal.tenant_id
        )
        return None
    return Logo("svg" if look.logo.is_svg else "png", data, look.logo.width, look.logo.height)
