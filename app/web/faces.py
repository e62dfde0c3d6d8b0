"""Where somebody's photograph is; without one, their initials stand in (`components/parts.html`)."""

from dataclasses import dataclass
from typing import cast

from flask import Flask, g, url_for

from app.kernel.names import initials


@dataclass(frozen=True, slots=True)
class Face:
    """What the macro `face` draws."""

    initials: str
    photo_url: str | None


def face_url(digest: str | None) -> str | None:
    """The address of a photograph by its digest."""
    return f"{_address_start()}{digest}" if digest else None


def face_of(name: str, digest: str | None) -> Face:
    """The face that stands beside a name; the digest is of a photograph that the reader may see."""
    return Face(initials(name), face_url(digest))


def init_faces(app: Flask) -> None:
    """Give templates the faces of lists."""
    app.add_template_global(face_of)


def _address_start() -> str:
    """What every photograph's address starts with; built once a request, for a list has fifty."""
    if "faces_at" not in g:
        g.faces_at = url_for("media.show_file", digest="0").removesuffix("0")
    return cast("str", g.faces_at)
