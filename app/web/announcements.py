"""Announcements in the reader's words."""

from dataclasses import dataclass

from flask import url_for

from app.domain.announcements.reading import Shown
from app.kernel.walltime import zone
from app.web import auth, wording


@dataclass(frozen=True, slots=True)
class Photo:
    src: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Reading:
    """One as a list, a page and the home page show it."""

    id: int
    title: str
    beginning: str
    paragraphs: list[str]
    when: str
    moment: str
    new: bool
    photo: Photo | None


def reading(shown: Shown) -> Reading:
    place = auth.place()
    tz = zone(place.zone if place else auth.portal().zone)
    return Reading(
        shown.id,
        shown.title,
        shown.beginning,
        paragraphs(shown.body),
        wording.since(shown.told_at, auth.now(), tz),
        shown.told_at.isoformat(),
        shown.read_at is None,
        picture_of(url_for("announcements.show_picture", announcement_id=shown.id), shown.width, shown.height)
        if shown.digest
        else None,
    )


def paragraphs(body: str) -> list[str]:
    """The text's paragraphs: what empty lines part."""
    return [part.strip("\n") for part in body.split("\n\n") if part.strip()]


def picture_of(address: str, width: int | None, height: int | None) -> Photo:
    """Its picture, at an address that asks each time whether one may see it."""
    return Photo(address, width or 3, height or 2)
