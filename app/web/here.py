"""The switch by which somebody says that they are in the house."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from app.domain.directory.here import Presence
from app.domain.portal import Place
from app.web import auth, wording
from app.web.access import places_with


@dataclass(frozen=True, slots=True)
class Switch:
    """As `directory/_switch.html` shows it: where one can be, or, while one is somewhere, the sentence that says so."""

    places: tuple[Place, ...]
    chosen_id: int | None
    sentence: str
    shown: bool


def switch(mine: Presence | None) -> Switch:
    """For who is asking; `mine` is where they are."""
    here = auth.place()
    chosen_id = here.id if here else None
    if mine is None:
        return Switch(places_with("directory"), chosen_id, "", shown=False)
    time = wording.clock_time(mine.until, ZoneInfo(mine.zone))
    sentence = _("You are at %(place)s until %(time)s.", place=mine.location, time=time)
    return Switch((), chosen_id, sentence, mine.shown)


def here_words(where: Presence | None) -> str:
    """`Here now`, with the location where there are several."""
    if where is None:
        return ""
    if len(auth.portal().places) > 1:
        return _("Here now, %(place)s", place=where.location)
    return _("Here now")
