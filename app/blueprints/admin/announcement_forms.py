"""What staff fill in to tell many people something, and the sentences of what the rules refuse."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.announcements.terms import (
    LONGEST_BODY,
    LONGEST_TITLE,
    Aim,
    AlreadyBegun,
    HomeOver,
    LocationNeeded,
    NobodyToTell,
    NotAhead,
    WriteAnnouncement,
)
from app.domain.announcements.writing import last_home_day
from app.domain.stored_file import Photo
from app.models import Announcement
from app.sections import Audience
from app.web.attempts import Words, say
from app.web.forms import (
    CheckField,
    ChoicesField,
    ClockField,
    DayField,
    Form,
    SegmentField,
    TextField,
    moment_of,
    options,
)
from app.web.uploads import PhotoField

_AUDIENCES = {
    Audience.SIGNED_IN: _l("Everybody"),
    Audience.MEMBERS: _l("Members"),
    Audience.CONTACTS: _l("Contacts"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What an audience may be narrowed down to: (id, name) of each."""

    locations: list[tuple[int, str]]
    plans: list[tuple[int, str]]
    teams: list[tuple[int, str]]


class AnnouncementForm(Form):
    title = TextField(_l("Title"), longest=LONGEST_TITLE)
    body = TextField(_l("Text"), longest=LONGEST_BODY, multiline=True)
    audience = SegmentField(_l("For"), choices=options(_AUDIENCES.items()))
    location_ids = ChoicesField(_l("Who calls one of these home"))
    plan_ids = ChoicesField(_l("On one of these plans"))
    team_ids = ChoicesField(_l("In one of these teams"))
    here_now = CheckField(_l("Only who is checked in when it is sent"))
    home_until = DayField(_l("On the home page until"), required=False)
    photo = PhotoField(_l("Picture"), required=False)
    drop_photo = CheckField(_l("Take the picture away"))

    def __init__(
        self, choices: Choices, written: tuple[Announcement, Aim] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(data=_typed(*written) if written else _BLANK, **kwargs)
        for field, offered in (
            (self.location_ids, choices.locations),
            (self.plan_ids, choices.plans),
            (self.team_ids, choices.teams),
        ):
            field.choices = options(offered)

    def to_command(self, photo: Photo | None) -> WriteAnnouncement:
        return WriteAnnouncement(
            self.title.data,
            self.body.data,
            Aim(
                Audience(self.audience.data),
                bool(self.here_now.data),
                frozenset(self.location_ids.data or ()),
                frozenset(self.plan_ids.data or ()),
                frozenset(self.team_ids.data or ()),
            ),
            self.home_until.data,
            photo,
            drop_photo=bool(self.drop_photo.data),
        )


class ScheduleForm(Form):
    day = DayField(_l("Day"))
    at = ClockField(_l("Time"))

    def __init__(self, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._zone = zone
        self.moment: Any = None

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        if super().validate(*args, **kwargs):
            self.moment = moment_of(self.day, self.at, self._zone)
        return self.moment is not None


_BLANK = {"audience": Audience.SIGNED_IN.value}


def _typed(announcement: Announcement, aim: Aim) -> dict[str, Any]:
    """What stands in the fields of an announcement that was written before."""
    return {
        "title": announcement.title,
        "body": announcement.body,
        "audience": aim.audience.value,
        "here_now": aim.here_now,
        "location_ids": sorted(aim.location_ids),
        "plan_ids": sorted(aim.plan_ids),
        "team_ids": sorted(aim.team_ids),
        "home_until": last_home_day(announcement),
    }


def already_begun() -> str:
    return _("It is being sent already, so nothing about it changes any more.")


WRITING: Words = {
    AlreadyBegun: say("", already_begun),
    LocationNeeded: say(
        "location_ids", lambda: _("You work in some locations only. Choose of these whom it is for.")
    ),
    HomeOver: say(
        "home_until", lambda: _("That day is over before anybody is told. Choose a later one, or none.")
    ),
}
SENDING: Words = {
    AlreadyBegun: say("", already_begun),
    NobodyToTell: say("", lambda: _("Nobody belongs to this audience at the moment, so nothing was sent.")),
    NotAhead: say("at", lambda: _("That moment has passed. Choose a later one, or send it now.")),
    HomeOver: say(
        "",
        lambda: _("The home page would stop showing it before that. Change the day until which it is shown."),
    ),
}
