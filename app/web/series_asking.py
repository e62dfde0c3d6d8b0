"""Asking for a repeating booking, as members and staff do it: what the page sends, what is made of it, and what it shows."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from flask import request
from werkzeug.datastructures import MultiDict

from app.domain.actor import Actor
from app.domain.booking.series_book import book_series, preview_series
from app.domain.booking.series_terms import BookSeries, Preview, SeriesClaim
from app.domain.booking.terms import MOST_PEOPLE
from app.domain.booking.when_paid import Policy
from app.domain.booking.whereabouts import Whereabouts, whereabouts
from app.kernel.errors import NotFound
from app.kernel.request_keys import fresh_request_key, is_request_key
from app.web import auth, series, wording
from app.web.database import session
from app.web.forms import whole_or_none
from app.web.paying_now import later_words
from app.web.series_words import rule_words
from app.web.slots import Slot, parse_slot


@dataclass(frozen=True, slots=True)
class Asked:
    """Which room when for whom, as the address or the form says it."""

    slot: Slot
    room: Whereabouts
    people: int
    for_person_id: int | None
    text: str
    """The slot as it was sent."""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.room.zone)

    @property
    def times(self) -> tuple[date, int, int]:
        """Of the first date: (local day, minutes after midnight, length)."""
        return series.times_of(self.slot.span, self.zone)


def names_room(values: MultiDict[str, str]) -> bool:
    """Whether a room and a time were chosen before this page was asked for."""
    return parse_slot(values.get("slot", "")) is not None


def asked_of(values: MultiDict[str, str], for_person_id: int | None) -> Asked:
    """Raises NotFound for a room that is none, and for what no page of ours asks."""
    slot, people = parse_slot(values.get("slot", "")), whole_or_none(values.get("people", "1"))
    if slot is None or people is None or not 1 <= people <= MOST_PEOPLE:
        raise NotFound
    return Asked(slot, whereabouts(session(), slot.resource_id), people, for_person_id, values["slot"])


def wish_of(asked: Asked, form: series.RepeatForm) -> BookSeries:
    """The wish of a valid form, every date wanted at its usual time."""
    day, starts, minutes = asked.times
    return BookSeries(
        asked.slot.resource_id,
        form.pattern(day),
        starts,
        minutes,
        asked.people,
        form.title.data or "",
        asked.for_person_id,
    )


def answer_wish(
    actor: Actor, asked: Asked, form: series.RepeatForm, *, override: bool = False
) -> Preview | SeriesClaim:
    """Book what is chosen, or with `do=look` only look at it again. Raises as `book_series`; commits nothing.

    `override` is for what staff have seen and confirmed (`passing_over`).
    """
    if request.form.get("do") == "look":
        return look_at(actor, asked, form, override=override)
    wish = _chosen(actor, asked, form, override=override)
    key = request.form.get("request_key", "")
    wish = replace(
        wish,
        request_key=key if is_request_key(key) else None,
        seen_due=whole_or_none(request.form.get("due", "")),
    )
    return book_series(session(), actor, wish, auth.clock())


def look_at(actor: Actor, asked: Asked, form: series.RepeatForm, *, override: bool = False) -> Preview:
    """The dates of a sent page as they are now, of which those that it chose are wanted."""
    return preview_series(session(), actor, _chosen(actor, asked, form, override=override), auth.now())


def _chosen(actor: Actor, asked: Asked, form: series.RepeatForm, *, override: bool) -> BookSeries:
    wish = wish_of(asked, form)
    picked = series.chosen_dates(wish.starts, wish.minutes)
    wish = replace(wish, moved=picked.moved, override=override)
    # Which dates there are is known once they are looked at: all that are not chosen are left out.
    seen = preview_series(session(), actor, wish, auth.now())
    return replace(wish, left_out=frozenset(each.day for each in seen.occurrences) - picked.days)


def page_facts(
    asked: Asked,
    form: series.RepeatForm,
    preview: Preview | None,
    summed: Preview | None = None,
    policy: Policy | None = None,
) -> dict[str, Any]:
    """What the page of the wish is drawn from. `summed` is what the sum is of, where that is not what is shown; `policy` says
    when whoever asks pays for it."""
    shown = summed or preview
    return {
        "room": asked.room.name,
        "when": wording.clock(asked.slot.span, asked.zone),
        "first": wording.full_day(asked.times[0]),
        "form": form,
        "rows": series.date_rows(preview) if preview else [],
        "total": series.sum_of(shown) if shown else None,
        "pays": "" if policy is None else policy.when.value,
        "later": later_words(policy),
        "rule": rule_words(preview.rule) if preview else "",
        "request_key": request.form.get("request_key") or fresh_request_key(),
    }
