"""The answer to a search as rows of ready strings.

The search page is the one that everybody waits for: nothing here is translated, formatted or looked up twice, and the
template only lays out what it is given.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.booking.terms import Alternative, FreeRoom, RefusedRoom, Room, RoomSearch
from app.kernel.spans import Span
from app.kernel.walltime import clock_face
from app.web import wording
from app.web.language import format_number
from app.web.pictures import Gallery
from app.web.sentences import refusal_sentence
from app.web.slots import slot_value
from app.web.strips import Ruler, Strip


@dataclass(frozen=True, slots=True)
class FreeRow:
    """A room to be had: everything its card shows. `slot` is what its button sends."""

    id: int
    name: str
    facts: str
    picture: str
    price: str
    price_note: str
    until: str
    strip: Strip
    slot: str
    best: bool


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A room that is not to be had as asked, why, and the button that is the alternative (or none)."""

    id: int
    name: str
    reason: str
    picture: str
    slot: str
    button: str
    why: str
    """Where every check is told."""


@dataclass(frozen=True, slots=True)
class AlternativeRow:
    """Something near to what was asked: the button books it."""

    name: str
    when: str
    price: str
    picture: str
    slot: str


@dataclass(frozen=True, slots=True)
class Results:
    """What the page says below the questions."""

    heading: str
    when: str
    zone_note: str
    free: list[FreeRow]
    taken: list[RefusedRow]
    not_allowed: list[RefusedRow]
    alternatives: list[AlternativeRow]
    ruler: Ruler


def facts(room: Room) -> str:
    """`6 people, screen, level 2`."""
    return _facts(room, ngettext("%(num)s person", "%(num)s people", room.capacity))


def short_facts(room: Room) -> str:
    """`6, screen`: what fits beside a name in a narrow column."""
    return ", ".join(
        [format_number(room.capacity), *(_inside(name) for _id, name, _icon in room.amenities[:1])]
    )


@lru_cache(4096)
def _facts(room: Room, people: str) -> str:
    words = [people, *(name for _id, name, _icon in room.amenities), room.level]
    return ", ".join([words[0], *(_inside(word) for word in words[1:] if word)])


def _inside(word: str) -> str:
    """A word as it stands within a sentence: `Screen` → `screen`, but `TV` and `iMac` stay."""
    return word[0].lower() + word[1:] if word[1:2].islower() or word[1:2] == " " else word


def results(search: RoomSearch, span: Span, gallery: Gallery, now: datetime, why: str) -> Results:
    """Everything the results show, for a span of which the search was made; `why` begins the address that explains a no."""
    tz = ZoneInfo(search.zone)
    ruler = Ruler(search.day, tz, now, span)
    count = len(search.free)
    return Results(
        heading=ngettext("%(num)s room free", "%(num)s rooms free", count)
        if count
        else _("No room is free then"),
        when=wording.clock(span, tz),
        zone_note=wording.zone_note(search.zone),
        free=_free_rows(search.free, span, gallery, ruler, tz),
        taken=_refused_rows((room for room in search.taken if _waits(room)), gallery, tz, span, why),
        not_allowed=_refused_rows(
            (*(room for room in search.taken if not _waits(room)), *search.not_allowed),
            gallery,
            tz,
            span,
            why,
        ),
        alternatives=alternative_rows(search.alternatives, gallery, tz, span),
        ruler=ruler,
    )


def _free_rows(
    rooms: Sequence[FreeRoom], span: Span, gallery: Gallery, ruler: Ruler, tz: ZoneInfo
) -> list[FreeRow]:
    until, all_day, people = _("Free until %(time)s"), _("Free for the rest of the day"), _people_words()
    prices = {
        quote: (wording.price(quote.total), wording.price_note(quote))
        for quote in {free.quote for free in rooms}
    }
    return [
        FreeRow(
            id=free.room.id,
            name=free.room.name,
            facts=_facts(free.room, people(free.room.capacity)),
            picture=gallery.url(free.room.id),
            price=prices[free.quote][0],
            price_note=prices[free.quote][1],
            until=_until(free.free_until, span, tz, until, all_day),
            strip=ruler.strip(free.strip),
            slot=slot_value(free.room.id, span),
            best=index == 0,
        )
        for index, free in enumerate(rooms)
    ]


def _people_words() -> Callable[[int], str]:
    known: dict[int, str] = {}

    def words(count: int) -> str:
        if count not in known:
            known[count] = ngettext("%(num)s person", "%(num)s people", count)
        return known[count]

    return words


def _until(moment: datetime, span: Span, tz: ZoneInfo, until: str, all_day: str) -> str:
    local = moment.astimezone(tz)
    if local.date() > span.start.astimezone(tz).date():
        return all_day
    return until % {"time": clock_face(local)}


def _waits(taken: RefusedRoom) -> bool:
    """Whether another time would do: a room that is also too small is no matter of the time."""
    return taken.next_free is not None or len(taken.obstacles) == 1


def _refused_rows(
    rooms: Iterable[RefusedRoom], gallery: Gallery, tz: ZoneInfo, span: Span, why: str
) -> list[RefusedRow]:
    return [
        RefusedRow(
            id=refused.room.id,
            name=refused.room.name,
            reason=refusal_sentence(refused, tz),
            picture=gallery.url(refused.room.id),
            slot=slot_value(refused.room.id, refused.next_free) if refused.next_free else "",
            button=_button(refused.next_free, span, tz) if refused.next_free else "",
            why=why + slot_value(refused.room.id, span),
        )
        for refused in rooms
    ]


def _button(following: Span, span: Span, tz: ZoneInfo) -> str:
    """When it begins, and where it is not as long as was asked, until when."""
    if following.length == span.length:
        return wording.clock_time(following.start, tz)
    return wording.clock(following, tz)


def alternative_rows(
    alternatives: Iterable[Alternative], gallery: Gallery, tz: ZoneInfo, span: Span
) -> list[AlternativeRow]:
    """The nearest things to be had instead of `span`; the day is said only where it is another one."""
    asked = span.start.astimezone(tz).date()
    rows = []
    for each in alternatives:
        when = wording.clock(each.span, tz)
        day = each.span.start.astimezone(tz).date()
        rows.append(
            AlternativeRow(
                name=each.room.name,
                when=when if day == asked else f"{wording.short_day(day)}, {when}",
                price=wording.price(each.quote.total),
                picture=gallery.url(each.room.id),
                slot=slot_value(each.room.id, each.span),
            )
        )
    return rows
