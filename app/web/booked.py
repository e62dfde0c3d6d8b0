"""Bookings as rows and pages of ready words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.domain.booking.day_cells import DayCell, Label
from app.domain.booking.paying import ByCredit, by_credit
from app.domain.booking.pictures import room_pictures
from app.domain.booking.quotes import Quote, stored_quote
from app.domain.booking.terms import DayStrip
from app.domain.booking.view import BookingView
from app.domain.booking.when_paid import Policy
from app.domain.extras.terms import Ordered
from app.kernel.money import Money
from app.kernel.spans import Span
from app.kernel.walltime import clock_face
from app.models import BookingStatus, PayWhen
from app.web import auth, wording
from app.web.database import session
from app.web.paying_now import ToPay, due_words
from app.web.pictures import Gallery
from app.web.prices import tax_note
from app.web.quote_words import by_credit_reasons, credit_lines, quote_lines, reasons
from app.web.slots import slot_value
from app.web.unit_words import room_of


@dataclass(frozen=True, slots=True)
class Badge:
    """A word on a booking that is not simply coming up."""

    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class Booked:
    """One booking in words."""

    id: int
    href: str
    room: str
    where: str
    """`Level 2`, and the location when it is not the one that the portal shows."""
    day: date
    day_words: str
    when: str
    starts: str
    until: str
    length: str
    zone_note: str
    """Empty where the room's clocks are the tenant's."""
    zone: str
    detail: str
    title: str
    people: int
    price: str
    picture: str
    badge: Badge | None
    slot: str
    """Books the same room for the same time again."""


class Galleries:
    """The pictures of several locations, read in one statement."""

    def __init__(self, location_ids: Iterable[int]) -> None:
        wanted = set(location_ids)
        pictures = room_pictures(session(), wanted) if wanted else {}
        self._galleries = {location_id: Gallery(found) for location_id, found in pictures.items()}

    def url(self, view: BookingView) -> str:
        gallery = self._galleries.get(view.location_id)
        return gallery.url(view.resource_id) if gallery else ""


def booked(view: BookingView, picture: str) -> Booked:
    """A booking in the words of its reader, at the times of its place."""
    tz, now = ZoneInfo(view.zone), auth.now()
    span = Span(view.starts_at, view.ends_at)
    starts = view.starts_at.astimezone(tz)
    here = auth.place()
    elsewhere = "" if here and here.id == view.location_id else view.location
    length = wording.minutes(span.minutes)
    return Booked(
        id=view.id,
        href=_href(view, now),
        room=room_of(view),
        where=", ".join(filter(None, [view.level, elsewhere])),
        day=starts.date(),
        day_words=wording.day(starts.date(), now.astimezone(tz).date()),
        when=wording.clock(span, tz),
        starts=clock_face(starts),
        until=wording.clock_time(view.ends_at, tz),
        length=length,
        zone_note=wording.zone_note(view.zone) if auth.is_elsewhere(view.zone) else "",
        zone=view.zone,
        detail=view.title or _detail(view, length),
        title=view.title,
        people=view.people,
        price=wording.price(view.price),
        picture=picture,
        badge=_badge(view, now),
        slot=slot_value(view.resource_id, span),
    )


def _href(view: BookingView, now: datetime) -> str:
    """Of what comes again, where all of its dates are."""
    if view.series_id is not None and view.starts_at > now and view.status is BookingStatus.CONFIRMED:
        return url_for("bookings.show_series", series_id=view.series_id)
    return url_for("bookings.show", booking_id=view.id)


def _detail(view: BookingView, length: str) -> str:
    if view.people == 1:
        return length
    return f"{length}, " + ngettext("%(num)s person", "%(num)s people", view.people)


def _badge(view: BookingView, now: datetime) -> Badge | None:
    if view.status is BookingStatus.CANCELLED:
        return Badge(_("Cancelled"), "")
    if view.status is BookingStatus.HELD:
        return Badge(_("Held for you"), "caution")
    if view.status is BookingStatus.TENTATIVE:
        return Badge(_("Waits for approval"), "caution")
    if view.status is BookingStatus.LAPSED:
        return Badge(_("Not booked"), "")
    if view.runs(now):
        return Badge(_("Now"), "accent")
    return Badge(_("Repeats"), "") if view.series_id is not None and view.starts_at > now else None


def booked_rows(views: Sequence[BookingView], unpaid: Mapping[int, ToPay] | None = None) -> list[Booked]:
    """Several bookings with their pictures, in the order given; those that are to be paid say so."""
    galleries = Galleries(view.location_id for view in views)
    rows = [booked(view, galleries.url(view)) for view in views]
    owed = unpaid or {}
    return [replace(row, badge=Badge(_("Not paid"), "caution")) if row.id in owed else row for row in rows]


def by_day(rows: Iterable[Booked]) -> list[tuple[str, str, list[Booked]]]:
    """(heading, date beside it, bookings) for each day, in the order given."""
    days = []
    for day, group in groupby(rows, key=lambda row: row.day):
        found = list(group)
        heading = found[0].day_words
        # A day further away is its date already.
        beside = "" if any(char.isdigit() for char in heading) else wording.day_and_month(day)
        days.append((heading, beside, found))
    return days


@dataclass(frozen=True, slots=True)
class PriceLines:
    """A price as it was quoted: how it comes about, the sum, and when it is to be paid."""

    lines: list[tuple[str, str]]
    total: tuple[str, str]
    later: str
    why: list[str]
    """How it comes about, in sentences that a child understands."""


def price_lines(
    view: BookingView,
    credit: ByCredit | None = None,
    extras: Sequence[Ordered] = (),
    policy: Policy | None = None,
) -> PriceLines:
    """Its parts, what caps, discounts and credit take off, what comes with it, and the sum; from the stored quote, never computed
    anew.

    `credit` is what would pay for something that is only held, and `policy` says when the rest would be.
    """
    tz = ZoneInfo(view.zone)
    quote = stored_quote(view.quote)

    def words(minor: int) -> str:
        return wording.money(Money(minor, view.price.currency))

    paid = by_credit(view.quote) if credit is None else credit
    lines = [*quote_lines(quote, tz), *credit_lines(paid, quote.currency)]
    due = view.price.minor - paid.total_minor
    why = [*_reasons(quote, paid, tz), tax_note()] if lines else []
    lines += [
        (
            _("%(count)s × %(name)s", count=each.quantity, name=each.name),
            wording.price(Money(each.total_minor, quote.currency)),
        )
        for each in extras
    ]
    due += sum(each.total_minor for each in extras)
    later = _later(view, due, paid, policy or Policy(view.pays or PayWhen.INVOICE))
    return PriceLines(lines, (_("Together"), words(due)), later, why)


def price_reasons(view: BookingView) -> list[str]:
    """How the price of a booking came about, in sentences; none for what costs nothing. No statement."""
    quote = stored_quote(view.quote)
    return _reasons(quote, by_credit(view.quote), ZoneInfo(view.zone)) if quote.uncapped_minor else []


def _reasons(quote: Quote, paid: ByCredit, tz: ZoneInfo) -> list[str]:
    return [*reasons(quote, tz), *by_credit_reasons(paid, quote.currency)]


def _later(view: BookingView, due: int, paid: ByCredit, policy: Policy) -> str:
    if view.waits_for_approval:
        return _("Nothing is charged, and no credit used, before it is approved.")
    if due and not view.billed:
        return _("Nothing to pay now: the front desk says how it is paid.")
    if due:
        team = view.for_team or _books_for_team(view)
        return due_words(policy, Money(due, view.price.currency), team=team)
    return _("Credit pays for all of it.") if paid else _("This room costs you nothing.")


def _books_for_team(view: BookingView) -> bool:
    """Whether whoever looks is about to book it for somebody else."""
    return view.status is BookingStatus.HELD and view.person_id != auth.signed_in().person_id


def strip_of_cells(cells: Iterable[DayCell]) -> DayStrip:
    """A grid's row as a strip draws it."""
    busy, opened = [], []
    for cell in cells:
        if cell.label is not Label.CLOSED:
            opened.append(cell.span)
        if cell.label in (Label.BUSY, Label.MINE):
            busy.append((cell.span, cell.label is Label.MINE))
    return DayStrip(tuple(busy), tuple(opened))
