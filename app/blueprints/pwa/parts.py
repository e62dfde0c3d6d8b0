"""The files under `manifest/`, read once, and the release that the service worker is named after."""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import current_app

from app.web import themes

_FOLDER = Path(__file__).resolve().parents[3] / "manifest"
_OFFLINE_PAGE = "pwa/offline.html"


@cache
def fixed_members() -> dict[str, Any]:
    """The manifest's members that no tenant changes; icons are named by file, without an address."""
    members: dict[str, Any] = json.loads((_FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return members


def service_worker() -> str:
    """The worker's source with its release in front: the same for everybody, new when the shell is."""
    return f'const RELEASE = "{_release()}";\n{_source()}'


@cache
def _source() -> str:
    return (_FOLDER / "service-worker.js").read_text(encoding="utf-8")


def _release() -> str:
    """Sixteen hex digits over what the shell is made of, by content, so that every server of a fleet says the same.

    A tenant's look is no part of it: new colours reach the offline page without an update notice.
    """
    environment = current_app.jinja_env
    page = environment.loader.get_source(environment, _OFFLINE_PAGE)[0] if environment.loader else ""
    files = sorted(themes.assets().files.values())
    return sha256("\n".join([_source(), page, *files]).encode()).hexdigest()[:16]
