"""Somebody's page: what may be seen of them, in the reader's words and formats. Used by whoever shows a person."""

from dataclasses import dataclass
from datetime import date

from babel.dates import format_skeleton

from app.domain.directory.here import Presence
from app.domain.profile.links import NETWORKS
from app.domain.profile.visible import Listed, VisibleProfile
from app.web import auth
from app.web.faces import face_url
from app.web.here import here_words
from app.web.language import formats_locale
from app.web.profiles import country_name


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A VisibleProfile as `directory/_person.html` shows it; what is empty is left out."""

    id: int
    name: str
    initials: str
    photo_url: str | None
    listed: bool
    work: str
    industry: str
    bio: str
    skills: tuple[str, ...]
    email: str
    phone: str
    phone_href: str
    address: tuple[str, ...]
    birthday: str
    location: str
    here: str
    links: tuple[tuple[str, str, str], ...]
    """(what it is called, what to read, address)"""


@dataclass(frozen=True, slots=True)
class FaceRow:
    """Somebody in a list of people."""

    id: int
    name: str
    initials: str
    photo_url: str | None
    work: str
    here: bool


def face_row(seen: Listed, *, here: bool) -> FaceRow:
    return FaceRow(seen.person_id, seen.name, seen.initials, face_url(seen.face_digest), seen.work, here)


def person_page(seen: VisibleProfile, where: Presence | None = None) -> PersonPage:
    """The page of somebody; `where` is where they are now, if that may be seen."""
    links = [(NETWORKS[network].label, _bare(url), url) for network, url in seen.links.items()]
    town = " ".join(filter(None, (seen.postal_code, seen.city)))
    several = len(auth.portal().places) > 1
    return PersonPage(
        id=seen.person_id,
        name=seen.name,
        initials=seen.initials,
        photo_url=face_url(seen.photo_digest),
        listed=seen.listed,
        work=_work(seen),
        industry=seen.industry,
        bio=seen.bio,
        skills=seen.skills,
        email=seen.email,
        phone=seen.phone,
        phone_href="".join(char for char in seen.phone if char.isdigit() or char == "+"),
        address=tuple(filter(None, (seen.street, town, country_name(seen.country)))),
        birthday=_day_of_year(seen.birthday) if seen.birthday else "",
        location=seen.location if several else "",
        here=here_words(where),
        links=tuple(([("", _bare(seen.website), seen.website)] if seen.website else []) + links),
    )


def _work(seen: VisibleProfile) -> str:
    return ", ".join(filter(None, (seen.job_title, seen.company)))


def _bare(url: str) -> str:
    return url.removeprefix("https://").removeprefix("www.").rstrip("/")


def _day_of_year(day: date) -> str:
    """`24 November`: whose birthday it is matters to others, how old they become does not."""
    return format_skeleton("MMMMd", day, locale=formats_locale())
