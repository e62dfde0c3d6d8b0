"""What is said of bookings."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from babel.lists import format_list
from flask_babel import gettext as _
from flask_babel import ngettext

from app.kernel.money import Money
from app.kernel.spans import Span
from app.kernel.walltime import zone
from app.models import PayWhen
from app.web import wording
from app.web.language import formats_locale
from app.web.notice_words.terms import NoticeAction, NoticeWords, Worded
from app.web.unit_words import told_room

_ASKS = ("date", "start", "minutes", "people")
"""What the search is asked for that finds what is free."""


def confirmed(notice: Worded) -> NoticeWords:
    here = f"/bookings/{notice.data['booking_id']}"
    return NoticeWords(
        _("%(room)s is booked", room=told_room(notice.data)),
        when_and_where(notice),
        here,
        actions=(NoticeAction("show", _("Show booking"), here),),
    )


def changed(notice: Worded) -> NoticeWords:
    here = f"/bookings/{notice.data['booking_id']}"
    return NoticeWords(
        _what_changed(notice),
        when_and_where(notice),
        here,
        actions=(
            NoticeAction("show", _("Show booking"), here),
            NoticeAction("cancel", _("Cancel it"), f"{here}/cancellation"),
        ),
    )


def _what_changed(notice: Worded) -> str:
    room = told_room(notice.data)
    if notice.data.get("zone_was"):
        return other_clock(notice)
    if "was_room" in notice.data:
        return _("Your booking of %(before)s is now in %(room)s", before=notice.data["was_room"], room=room)
    if "was_time" in notice.data:
        return _("Your booking of %(room)s has another time", room=room)
    return _("Your booking of %(room)s has changed", room=room)


def other_clock(notice: Worded) -> str:
    """That a place changed its time zone, and what is booked there with it."""
    return _(
        "%(place)s goes by the clock of %(city)s now",
        place=notice.data["location"],
        city=wording.city(notice.data["zone"]),
    )


def cancelled(notice: Worded) -> NoticeWords:
    body, reason = when_and_where(notice), notice.data.get("reason")
    if reason:
        body = f"{body}. {_('The reason: %(reason)s', reason=reason)}"
    if notice.data.get("unpaid"):
        unpaid = _("It was not paid in time, so there is nothing to pay any more.")
        body = f"{body}. {unpaid}"
    return NoticeWords(
        _("%(room)s is cancelled", room=told_room(notice.data)),
        body,
        f"/bookings/{notice.data['booking_id']}",
        actions=(NoticeAction("again", _("Book another time"), "/bookings/search"),),
    )


def extras_changed(notice: Worded) -> NoticeWords:
    """What comes with it by now, and what that costs."""
    data = notice.data
    here = f"/bookings/{data['booking_id']}"
    return NoticeWords(
        _("What comes with %(room)s has changed", room=told_room(data)),
        f"{when_and_where(notice)}. {_what_comes(data)}",
        here,
        actions=(NoticeAction("show", _("Show booking"), here),),
    )


def _what_comes(data: Mapping[str, Any]) -> str:
    if not data["extras"]:
        return _("Nothing comes with it any more.")
    each = [_("%(count)s × %(name)s", count=count, name=name) for name, count in data["extras"]]
    return _(
        "With it now: %(what)s. Together %(price)s.",
        what=format_list(each, locale=formats_locale()),
        price=wording.price(Money(data["extras_minor"], data["currency"])),
    )


def guests_changed(notice: Worded) -> NoticeWords:
    """How many are expected by now. Its page says who, for as long as they are known."""
    data = notice.data
    here = f"/bookings/{data['booking_id']}"
    expected = _("No guest is expected any more.")
    if data["guests"]:
        expected = ngettext("%(num)s guest is expected.", "%(num)s guests are expected.", data["guests"])
    return NoticeWords(
        _("Your guests at %(room)s have changed", room=told_room(data)),
        f"{when_and_where(notice)}. {expected}",
        here,
        actions=(NoticeAction("show", _("Show booking"), here),),
    )


def offered(notice: Worded) -> NoticeWords:
    tz = zone(notice.data["zone"])
    until = wording.clock_time(datetime.fromisoformat(notice.data["until"]), tz)
    here, price = f"/bookings/{notice.data['booking_id']}", notice.data["price_minor"]
    costs = wording.price(Money(price, notice.data["currency"]))
    return NoticeWords(
        _("%(room)s is free: take it?", room=told_room(notice.data)),
        f"{when_and_where(notice)}, {costs}. {_('Held for you until %(time)s', time=until)}",
        f"{here}/checkout",
        actions=(_take(notice, here, price),),
    )


def _take(notice: Worded, here: str, price: int) -> NoticeAction:
    """One tap books it; what is paid at once is booked in the checkout, which says how much that is with tax, and until when."""
    pays = notice.data.get("pays", "")
    if price and pays == PayWhen.NOW:
        return NoticeAction("take", _("Take it and pay"), f"{here}/checkout")
    # What its price has become since is shown first, as in the checkout.
    fields = {"people": str(notice.data.get("people", 1)), "due": str(price), "pays": pays}
    return NoticeAction("take", _("Take it"), f"{here}/confirmation", posts=True, fields=fields)


def freed(notice: Worded) -> NoticeWords:
    data = notice.data
    asks = {"location": data["location_id"], **{name: data[name] for name in _ASKS}}
    here = f"/bookings/search?{urlencode(asks)}"
    hurry = _("It is not held for you: whoever books it first has it.")
    return NoticeWords(
        _("%(room)s is free", room=told_room(data)),
        f"{when_and_where(notice)}. {hurry}",
        here,
        actions=(NoticeAction("book", _("Book it"), here),),
    )


def contradicted(notice: Worded) -> NoticeWords:
    """To staff: a calendar of elsewhere says that a room is busy which is booked here."""
    here = f"/admin/bookings/{notice.data['booking_id']}"
    busy = _("The calendar at %(host)s says that it is busy then.", host=notice.data["host"])
    return NoticeWords(
        _("%(room)s is booked here and busy elsewhere", room=told_room(notice.data)),
        f"{when_and_where(notice)}. {busy}",
        here,
        actions=(NoticeAction("show", _("Show booking"), here),),
    )


def when_and_where(notice: Worded) -> str:
    """By its date, for a notice is read on another day than it was written."""
    tz = zone(notice.data["zone"])
    span = Span(*(datetime.fromisoformat(notice.data[each]) for each in ("starts_at", "ends_at")))
    return _(
        "%(day)s, %(time)s, %(place)s",
        day=wording.short_day(span.start.astimezone(tz).date()),
        time=wording.clock(span, tz),
        place=notice.data["location"],
    )
