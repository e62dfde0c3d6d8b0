"""Rates in the reader's words: what each costs, and when and for whom it holds."""

from collections.abc import Iterable, Iterator

from babel.lists import format_list
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext, pgettext

from app.domain.booking.rates import Conditions
from app.domain.prices.keeping import RateDetails
from app.domain.prices.naming import NamesToChoose
from app.domain.prices.tables import WeekHole
from app.kernel.money import Money
from app.kernel.walltime import minute_face
from app.models.rate import EVERY_DAY, RateUnit
from app.sections import Audience
from app.web import auth, wording
from app.web.language import formats_locale
from app.web.quote_words import unit_price

UNITS = {
    RateUnit.HOUR: _l("Hour"),
    RateUnit.STEP: _l("Step of minutes"),
    RateUnit.HALF_DAY: _l("Half day (4 hours)"),
    RateUnit.DAY: _l("Day"),
    RateUnit.WEEK: _l("Week"),
    RateUnit.MONTH: _l("Month"),
    RateUnit.USE: _l("Whole booking"),
}
"""What the amount of a rate is the price of."""


def amount(rate: RateDetails) -> str:
    """`£18.00 an hour`, or that it is free."""
    if not rate.amount_minor and not rate.fixed_minor:
        return pgettext("price", "Free")
    return unit_price(rate.unit, rate.step_minutes, rate.amount_minor, auth.portal().currency)


def summary(rate: RateDetails, names: NamesToChoose) -> str:
    """When it holds and what bounds it, as one line: `Mon–Fri, 18:00 – 22:00, members, at most £40.00`. `names` are those of
    the plans and teams that it may be for."""
    said = [*_when(rate.conditions), *_for_whom(rate.conditions, names), *_bounds(rate)]
    return ", ".join(said) or _("At any time, for everybody")


def hours(found: Iterable[WeekHole]) -> str:
    """The hours of a week, those of neighbouring days together: `Mon–Fri 00:00 – 18:00; Sat 00:00 – 24:00`."""
    days: dict[tuple[int, int], int] = {}
    for each in found:
        days[each.start, each.end] = days.get((each.start, each.end), 0) | 1 << each.weekday
    return "; ".join(
        f"{weekdays(bits)} {minute_face(start * 60)} – {minute_face(end * 60)}"
        for (start, end), bits in days.items()
    )


def weekdays(bits: int) -> str:
    """`Mon–Fri, Sun`, of the days of a rate."""
    return wording.weekdays((day for day in range(7) if bits >> day & 1), wording.short_weekday)


def _when(when: Conditions) -> Iterator[str]:
    if when.weekdays != EVERY_DAY:
        yield weekdays(when.weekdays)
    if when.from_minute is not None and when.until_minute is not None:
        yield f"{minute_face(when.from_minute)} – {minute_face(when.until_minute)}"
    if when.first_day and when.last_day:
        first, last = wording.full_day(when.first_day), wording.full_day(when.last_day)
        yield _("from %(first)s through %(last)s", first=first, last=last)
    elif when.first_day:
        yield _("from %(day)s on", day=wording.full_day(when.first_day))
    elif when.last_day:
        yield _("through %(day)s", day=wording.full_day(when.last_day))


def _for_whom(when: Conditions, names: NamesToChoose) -> Iterator[str]:
    if when.named_only:
        yield _named(when, names)
    if when.audience is Audience.MEMBERS:
        yield pgettext("rate", "members")
    if when.audience is Audience.CONTACTS:
        yield pgettext("rate", "who is no member")
    if when.least_minutes:
        yield _("for %(length)s or longer", length=wording.minutes(when.least_minutes))
    if when.most_minutes:
        yield _("for up to %(length)s", length=wording.minutes(when.most_minutes))
    if when.least_notice_minutes:
        yield _("booked %(length)s ahead or more", length=_ahead(when.least_notice_minutes))
    if when.most_notice_minutes is not None:
        yield _("booked %(length)s ahead or less", length=_ahead(when.most_notice_minutes))


def _named(when: Conditions, names: NamesToChoose) -> str:
    found = [
        *(name for plan_id, name in names.plans.items() if plan_id in when.plan_ids),
        *(name for team_id, name in names.teams.items() if team_id in when.team_ids),
    ]
    if not found:
        return _("for nobody: its plans and teams are gone")
    return _("only for %(names)s", names=format_list(found, "or", formats_locale()))


def _ahead(minutes: int) -> str:
    """Whole days as such: `30 days`, `36 h`."""
    days, rest = divmod(minutes, 24 * 60)
    return ngettext("%(num)s day", "%(num)s days", days) if days and not rest else wording.minutes(minutes)


def _bounds(rate: RateDetails) -> Iterator[str]:
    def money(minor: int) -> str:
        return wording.money(Money(minor, auth.portal().currency))

    if rate.fixed_minutes is not None and rate.fixed_minor is not None:
        length = wording.minutes(rate.fixed_minutes)
        yield _(
            "%(price)s up to %(length)s and by the unit from then on",
            price=money(rate.fixed_minor),
            length=length,
        )
    if rate.minimum_minor:
        yield _("at least %(price)s", price=money(rate.minimum_minor))
    if rate.cap_minor is not None:
        yield _("at most %(price)s", price=money(rate.cap_minor))
