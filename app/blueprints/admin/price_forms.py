"""The forms of prices: one rate, and a trial of what a booking would cost."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.blueprints.admin.opening_forms import WEEKDAYS
from app.domain.booking.rates import STEP, Conditions
from app.domain.prices.keeping import (
    Backwards,
    FixedNotByTheHour,
    Halved,
    NeverHolds,
    NobodyNamed,
    Owner,
    RateDetails,
)
from app.domain.prices.naming import NamesToChoose
from app.domain.prices.trial import TrialWish
from app.kernel.spans import Span
from app.models import RateUnit
from app.sections import Audience
from app.web.attempts import Words, say
from app.web.forms import (
    CheckField,
    ChoiceField,
    ChoicesField,
    ClockField,
    DayField,
    EmailField,
    Form,
    MoneyField,
    SegmentField,
    TextField,
    WholeField,
    id_or_none,
    moment_of,
    options,
)
from app.web.rate_words import UNITS

_MONTH = 31 * 24 * 60
_YEAR = 366 * 24
_DAY = 24 * 60

_NAMED = "named"
_AUDIENCES = {
    Audience.SIGNED_IN.value: _l("Everybody"),
    Audience.MEMBERS.value: _l("Members"),
    Audience.CONTACTS.value: _l("Who is no member"),
    _NAMED: _l("Some plans or teams"),
}


class RateForm(Form):
    """One rate. `owner` is only asked for a new one; notice is in hours, a clock's 00:00 as an end is midnight."""

    owner = ChoiceField(_l("For"))
    name = TextField(_l("Name"), longest=80)
    unit = ChoiceField(_l("Price of"), choices=options(UNITS.items()), default=RateUnit.HOUR.value)
    amount_minor = MoneyField(_l("Price"))
    step_minutes = WholeField(_l("Charged in steps of minutes"), least=5, most=_DAY, default=STEP)
    minimum_minor = MoneyField(_l("At least"), required=False)
    cap_minor = MoneyField(_l("At most"), required=False)
    fixed_minutes = WholeField(_l("Fixed up to minutes"), least=1, most=_MONTH, required=False)
    fixed_minor = MoneyField(_l("Fixed price"), required=False)
    weekdays = ChoicesField(
        _l("Days of the week"),
        choices=options(enumerate(WEEKDAYS)),
        coerce=str,
        default=[str(each) for each in range(7)],
    )
    from_minute = ClockField(_l("From"), required=False)
    until_minute = ClockField(_l("Until"), required=False)
    first_day = DayField(_l("First day"), required=False)
    last_day = DayField(_l("Last day"), required=False)
    audience = SegmentField(
        _l("For whom"), choices=options(_AUDIENCES.items()), default=Audience.SIGNED_IN.value
    )
    plan_ids = ChoicesField(_l("On one of these plans"))
    team_ids = ChoicesField(_l("In one of these teams"))
    least_minutes = WholeField(_l("Shortest, in minutes"), least=1, most=_MONTH, required=False)
    most_minutes = WholeField(_l("Longest, in minutes"), least=1, most=_MONTH, required=False)
    least_notice_hours = WholeField(
        _l("Booked ahead at least, in hours"), least=0, most=_YEAR, required=False
    )
    most_notice_hours = WholeField(_l("Booked ahead at most, in hours"), least=0, most=_YEAR, required=False)
    always = CheckField(_l("Goes before cheaper ones"))
    active = CheckField(_l("In use"), default=True)

    def __init__(
        self,
        owners: Iterable[tuple[str, str]] | None,
        names: NamesToChoose,
        known: RateDetails | None = None,
        *,
        chosen: str = "",
        **kwargs: Any,
    ) -> None:
        data = {"owner": chosen} if known is None else _typed(known)
        super().__init__(data=data, **kwargs)
        self.plan_ids.choices = options(names.plans.items())
        self.team_ids.choices = options(names.teams.items())
        if owners is None:
            del self.owner
        else:
            self.owner.choices = options(owners)

    def of(self) -> Owner:
        """The type or the resource that was chosen, of a form that asked."""
        kind, _colon, number = self.owner.data.partition("-")
        return Owner(type_id=int(number)) if kind == "type" else Owner(resource_id=int(number))

    def details(self) -> RateDetails:
        return RateDetails(
            self.name.data,
            RateUnit(self.unit.data),
            self.amount_minor.data,
            self.step_minutes.data,
            self.minimum_minor.data,
            self.cap_minor.data,
            self.fixed_minutes.data,
            self.fixed_minor.data,
            always=bool(self.always.data),
            active=bool(self.active.data),
            conditions=self._conditions(),
        )

    def _conditions(self) -> Conditions:
        named = self.audience.data == _NAMED
        return Conditions(
            Audience.SIGNED_IN if named else Audience(self.audience.data),
            sum(1 << int(day) for day in set(self.weekdays.data or ())),
            _minute(self.from_minute.data),
            _minute(self.until_minute.data, midnight=_DAY),
            self.first_day.data,
            self.last_day.data,
            self.least_minutes.data,
            self.most_minutes.data,
            _minutes(self.least_notice_hours.data),
            _minutes(self.most_notice_hours.data),
            named_only=named,
            plan_ids=frozenset(self.plan_ids.data or ()) if named else frozenset(),
            team_ids=frozenset(self.team_ids.data or ()) if named else frozenset(),
        )


def _typed(known: RateDetails) -> dict[str, Any]:
    when = known.conditions
    columns = (
        "name",
        "amount_minor",
        "step_minutes",
        "minimum_minor",
        "cap_minor",
        "fixed_minutes",
        "fixed_minor",
    )
    limits = ("first_day", "last_day", "least_minutes", "most_minutes")
    return {
        **{name: getattr(known, name) for name in (*columns, "always", "active")},
        **{name: getattr(when, name) for name in limits},
        "unit": known.unit.value,
        "audience": _NAMED if when.named_only else when.audience.value,
        "plan_ids": sorted(when.plan_ids),
        "team_ids": sorted(when.team_ids),
        "weekdays": [str(day) for day in range(7) if when.weekdays >> day & 1],
        "from_minute": _clock(when.from_minute),
        "until_minute": _clock(when.until_minute),
        "least_notice_hours": _hours(when.least_notice_minutes),
        "most_notice_hours": _hours(when.most_notice_minutes),
    }


def _minute(at: time | None, *, midnight: int = 0) -> int | None:
    return None if at is None else (at.hour * 60 + at.minute) or midnight


def _clock(minute: int | None) -> time | None:
    return None if minute is None else time(minute // 60 % 24, minute % 60)


def _minutes(hours: int | None) -> int | None:
    return None if hours is None else hours * 60


def _hours(minutes: int | None) -> int | None:
    return None if minutes is None else minutes // 60


_FIELDS = {"most_notice_minutes": "most_notice_hours"}

RATE_WORDS: Words = {
    Backwards: lambda refusal: (
        _FIELDS.get(refusal.field, refusal.field),
        _("This cannot be before what it begins with."),
    ),
    Halved: lambda refusal: (refusal.field, _("The two beside each other are needed together, or neither.")),
    FixedNotByTheHour: say(
        "fixed_minutes", lambda: _("Only a price of an hour or of a step can be fixed up to a length.")
    ),
    NobodyNamed: say("plan_ids", lambda: _("Choose a plan or a team at least.")),
    NeverHolds: say("weekdays", lambda: _("Choose a day at least, or switch it off.")),
}


class TrialForm(Form):
    """What somebody would pay. Sent with GET: it changes nothing."""

    room = ChoiceField(_l("Room"), coerce=id_or_none)
    day = DayField(_l("Day"))
    at = ClockField(_l("From"))
    minutes = WholeField(_l("Minutes"), least=1, most=_MONTH, default=60)
    whom = SegmentField(
        _l("For"),
        choices=options([("member", _l("A member")), ("contact", _l("Who is no member"))]),
        default="member",
    )
    plan_id = ChoiceField(_l("On the plan"), coerce=id_or_none)
    team_id = ChoiceField(_l("In the team"), coerce=id_or_none)
    email = EmailField(_l("Or somebody’s e-mail"), required=False)

    def __init__(
        self,
        rooms: Iterable[tuple[int, str]],
        names: NamesToChoose,
        formdata: Any,
        usual: dict[str, Any],
    ) -> None:
        super().__init__(formdata, data=usual, meta={"csrf": False})
        self.room.choices = options(rooms)
        self.plan_id.choices = options(names.plans.items(), empty=_("Any or none"))
        self.team_id.choices = options(names.teams.items(), empty=_("Any or none"))

    def wish(self, tz: ZoneInfo) -> TrialWish | None:
        """What is asked, of a valid form; None, with a sentence at the time, where the clocks have no such moment."""
        start: datetime | None = moment_of(self.day, self.at, tz)
        if start is None:
            return None
        span = Span(start, start + timedelta(minutes=self.minutes.data))
        return TrialWish(
            self.room.data,
            span,
            self.whom.data == "member",
            self.email.data,
            self.plan_id.data,
            self.team_id.data,
        )
