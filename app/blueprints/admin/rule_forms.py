"""The forms of a booking rule, and of trying the rules on somebody's wish."""

import re
from datetime import datetime, time, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms.validators import ValidationError

from app.blueprints.admin.answers import same_name
from app.blueprints.admin.opening_forms import HoursField, hours_text
from app.domain.booking.house_rules.choices import RuleChoices, UnknownEmails, people_by_email
from app.domain.booking.house_rules.keeping import (
    MOST_RULES,
    NAME_LENGTH,
    SENTENCE_LENGTH,
    DaysBackwards,
    NobodyNamed,
    NoRoomNamed,
    SetsNothing,
    ShiftsOverlap,
    ShortestAboveLongest,
    TooManyRules,
)
from app.domain.booking.house_rules.terms import LIMITS, Access, Rooms, Rule, Sets, When, Whom
from app.domain.booking.shifts import Shift, Shifts
from app.domain.spaces.terms import NameTaken
from app.kernel.spans import Span
from app.kernel.walltime import day_on, zone
from app.web import wording
from app.web.attempts import Words, say
from app.web.database import session
from app.web.forms import (
    CheckField,
    ChoiceField,
    ChoicesField,
    ClockField,
    DayField,
    Form,
    SegmentField,
    TextField,
    WholeField,
    id_or_none,
    moment_of,
    options,
)
from app.web.language import format_number
from app.web.rule_words import ACCESS, ANY_HOUR, APPROVAL, ROOMS, WHOM

_WEEK, _MONTH, _YEAR = 7 * 24 * 60, 31 * 24 * 60, 366 * 24 * 60
_MIDNIGHT = 24 * 60
_YES_NO = "any_hour", "needs_approval"
_IN_OTHER_WORDS = frozenset({"access", "shifts", *_YES_NO})
"""Limits that the form does not say as a number."""
_ANSWERS = {"yes": True, "no": False}
_WORDS = {None: "", True: "yes", False: "no"}
_BETWEEN = re.compile(r"[\s,;]+")


class RuleForm(Form):
    """A rule with all that it may name and set. Limits that are left empty stay as the room has them."""

    name = TextField(_l("Name"), longest=NAME_LENGTH)
    whom = SegmentField(_l("Whose bookings"), choices=options(WHOM.items()), default=Whom.EVERYBODY.value)
    plan_ids = ChoicesField(_l("Plans"))
    team_ids = ChoicesField(_l("Teams"))
    emails = TextField(_l("E-mail addresses"), longest=4000, required=False, multiline=True)
    location_id = ChoiceField(_l("Location"), coerce=id_or_none)
    rooms = SegmentField(_l("Which rooms"), choices=options(ROOMS.items()), default=Rooms.ALL.value)
    type_ids = ChoicesField(_l("Types"))
    resource_ids = ChoicesField(_l("Rooms"))
    weekdays = ChoicesField(_l("Days"), coerce=int)
    opens = ClockField(_l("From"), required=False)
    closes = ClockField(_l("Until"), required=False)
    first = DayField(_l("First day"), required=False)
    last = DayField(_l("Last day"), required=False)
    access = SegmentField(_l("May they book"), choices=options(ACCESS.items()), default="")
    min_minutes = WholeField(_l("Shortest"), least=1, most=_MONTH, required=False)
    max_minutes = WholeField(_l("Longest"), least=1, most=_MONTH, required=False)
    grid_minutes = WholeField(_l("Starts every"), least=5, most=_MIDNIGHT, required=False)
    shifts = HoursField(_l("Shifts"))
    without_shifts = CheckField(_l("Not in shifts"))
    any_hour = SegmentField(_l("Opening hours"), choices=options(ANY_HOUR.items()), default="")
    needs_approval = SegmentField(_l("Approval"), choices=options(APPROVAL.items()), default="")
    cooldown_minutes = WholeField(_l("Between bookings of it"), least=0, most=_WEEK, required=False)
    cooldown_any_minutes = WholeField(_l("Between it and any other"), least=0, most=_WEEK, required=False)
    notice_minutes = WholeField(_l("Notice"), least=0, most=_YEAR, required=False)
    horizon_days = WholeField(_l("Days ahead"), least=0, most=3660, required=False)
    capacity = WholeField(_l("People"), least=1, most=5000, required=False)
    cancel_minutes = WholeField(_l("Cancel until"), least=0, most=_YEAR, required=False)
    most_ahead = WholeField(_l("Bookings ahead"), least=0, most=1000, required=False)
    day_minutes = WholeField(_l("Minutes a day"), least=0, most=_MONTH, required=False)
    week_minutes = WholeField(_l("Minutes a week"), least=0, most=_MONTH, required=False)
    month_minutes = WholeField(_l("Minutes a month"), least=0, most=_MONTH, required=False)
    sentence = TextField(
        _l("What they read when it refuses"), longest=SENTENCE_LENGTH, required=False, multiline=True
    )
    stop_here = CheckField(_l("Stop here"))

    def __init__(self, names: RuleChoices, rule: Rule | None = None, **kwargs: Any) -> None:
        super().__init__(data=None if rule is None else _answers(rule, names), **kwargs)
        self.plan_ids.choices = options(names.plans.items())
        self.team_ids.choices = options(names.teams.items())
        self.location_id.choices = options(names.places.items(), empty=_("Everywhere"))
        self.type_ids.choices = options(names.types.items())
        self.resource_ids.choices = options(names.rooms.items())
        days = ((each, wording.weekday(day_on(each))) for each in range(7))
        self.weekdays.choices = options(days)

    def validate_closes(self, field: Any) -> None:
        if field.data is not None and field.data == self.opens.data and _minute(field.data):
            raise ValidationError(_("It ends when it begins. Leave both empty for the whole day."))

    def validate_without_shifts(self, field: Any) -> None:
        if field.data and self.shifts.data:
            raise ValidationError(_("Either shifts or none: empty the line above, or leave this out."))

    def rule(self) -> Rule:
        """What the valid form says. Raises UnknownEmails."""
        rooms, whom = Rooms(self.rooms.data), Whom(self.whom.data)
        return Rule(
            id=0,
            number=0,
            name=self.name.data,
            sets=self._sets(),
            sentence=" ".join((self.sentence.data or "").split()),
            location_id=self.location_id.data,
            rooms=rooms,
            room_ids=frozenset(
                self._chosen({Rooms.TYPES: "type_ids", Rooms.RESOURCES: "resource_ids"}.get(rooms))
            ),
            whom=whom,
            whom_ids=people_by_email(session(), self._emails())
            if whom is Whom.PEOPLE
            else frozenset(self._chosen({Whom.PLANS: "plan_ids", Whom.TEAMS: "team_ids"}.get(whom))),
            when=When(
                frozenset(self.weekdays.data or ()),
                _minute(self.opens.data),
                _minute(self.closes.data) or _MIDNIGHT,
                self.first.data,
                self.last.data,
            ),
            stop_here=bool(self.stop_here.data),
        )

    def _chosen(self, name: str | None) -> list[int]:
        return [] if name is None else self[name].data or []

    def _emails(self) -> list[str]:
        return [each for each in _BETWEEN.split(self.emails.data or "") if each]

    def _sets(self) -> Sets:
        limits = {name: self[name].data for name in LIMITS if name not in _IN_OTHER_WORDS}
        said = {name: _ANSWERS.get(self[name].data) for name in _YES_NO}
        access = Access(self.access.data) if self.access.data else None
        return Sets(access, shifts=self._shifts(), **limits, **said)

    def _shifts(self) -> Shifts | None:
        shifts = tuple(Shift(*span) for span in sorted(self.shifts.spans))
        return shifts if shifts or self.without_shifts.data else None


def _answers(rule: Rule, names: RuleChoices) -> dict[str, Any]:
    """A rule as its form has it."""
    sets = {name: getattr(rule.sets, name) for name in LIMITS if name not in _IN_OTHER_WORDS}
    ids = {
        "plan_ids": rule.whom is Whom.PLANS,
        "team_ids": rule.whom is Whom.TEAMS,
        "type_ids": rule.rooms is Rooms.TYPES,
        "resource_ids": rule.rooms is Rooms.RESOURCES,
    }
    chosen = {
        name: sorted(rule.whom_ids if name in {"plan_ids", "team_ids"} else rule.room_ids) if own else []
        for name, own in ids.items()
    }
    when = rule.when
    return {
        "name": rule.name,
        "whom": rule.whom.value,
        "emails": "\n".join(names.emails[each] for each in names.emails if each in rule.whom_ids),
        "location_id": rule.location_id,
        "rooms": rule.rooms.value,
        **chosen,
        "weekdays": sorted(when.weekdays),
        "opens": None if when.all_day else _clock(when.opens),
        "closes": None if when.all_day else _clock(when.closes),
        "first": when.first,
        "last": when.last,
        "access": rule.sets.access.value if rule.sets.access else "",
        **{name: _WORDS[getattr(rule.sets, name)] for name in _YES_NO},
        **sets,
        "shifts": hours_text(each[:2] for each in rule.sets.shifts or ()),
        "without_shifts": rule.sets.shifts == (),
        "sentence": rule.sentence,
        "stop_here": rule.stop_here,
    }


def _minute(at: time | None) -> int:
    return at.hour * 60 + at.minute if at else 0


def _clock(minute: int) -> time:
    return time(minute // 60 % 24, minute % 60)


class TrialForm(Form):
    """Whose wish is tried, in the address of its page: nothing is written."""

    class Meta:
        csrf = False

    who = TextField(_l("As"), longest=120)
    resource_id = ChoiceField(_l("Room"), coerce=id_or_none)
    day = DayField(_l("Day"))
    at = ClockField(_l("From"))
    minutes = WholeField(_l("Minutes"), least=1, most=_MONTH)
    people = WholeField(_l("People"), least=1, most=5000)

    def __init__(self, names: RuleChoices, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.resource_id.choices = options(names.rooms.items())

    def span(self, zone_name: str) -> Span | None:
        """What is asked for, where the room is; None, with a sentence at the time, when there is no such moment."""
        start: datetime | None = moment_of(self.day, self.at, zone(zone_name))
        return None if start is None else Span(start, start + timedelta(minutes=self.minutes.data))


def _unknown(refusal: UnknownEmails) -> tuple[str, str]:
    sentence = ngettext(
        "Nobody here has this address: %(emails)s.",
        "Nobody here has these addresses: %(emails)s.",
        len(refusal.emails),
        emails=", ".join(refusal.emails),
    )
    return "emails", sentence


RULE_WORDS: Words = {
    NameTaken: say("name", same_name),
    UnknownEmails: _unknown,
    NobodyNamed: say("whom", lambda: _("Say which: choose or write at least one.")),
    NoRoomNamed: say("rooms", lambda: _("Say which: choose at least one.")),
    SetsNothing: say(
        "", lambda: _("It sets nothing yet. Fill in one limit at least, or let it end the list.")
    ),
    ShortestAboveLongest: say("max_minutes", lambda: _("That is below the shortest, so nobody could book.")),
    ShiftsOverlap: say("shifts", lambda: _("These shifts overlap.")),
    DaysBackwards: say("last", lambda: _("That is before the first day.")),
    TooManyRules: say(
        "", lambda: _("There are %(most)s rules already. Remove one first.", most=format_number(MOST_RULES))
    ),
}
