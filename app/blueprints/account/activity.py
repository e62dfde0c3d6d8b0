"""What staff did for the person, and who of them looked at their record."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import render_template
from flask_babel import gettext as _

from app.blueprints.account.routes import blueprint
from app.domain.activity import done_for
from app.domain.audit_log import NamedEntry
from app.domain.record_views import Look, looks_at
from app.web import auth, wording
from app.web.access import in_section
from app.web.audit_words import change_sentence, changes_of, deed_to_you, moment
from app.web.database import session


@dataclass(frozen=True, slots=True)
class Done:
    """One thing that staff did, in words."""

    title: str
    detail: str
    changes: tuple[str, ...]


@blueprint.get("/account/activity")
@in_section("account")
def show_activity() -> str:
    actor, tz = auth.signed_in(), auth.own_clock()
    return render_template(
        "account/show_activity.html",
        done=[_done(each, tz) for each in done_for(session(), actor)],
        looks=[(each.name, _hour(each, tz)) for each in looks_at(session(), actor.person_id)],
    )


def _done(entry: NamedEntry, tz: ZoneInfo) -> Done:
    title = f"{deed_to_you(entry)}: {entry.thing}" if entry.thing else deed_to_you(entry)
    detail = _("%(name)s, %(when)s", name=entry.actor, when=moment(entry.at, tz))
    changes = changes_of(entry, tz, auth.portal().currency)
    return Done(title, detail, tuple(change_sentence(each) for each in changes))


def _hour(look: Look, tz: ZoneInfo) -> str:
    day = wording.full_day(look.hour.astimezone(tz).date())
    return _("%(day)s, after %(time)s", day=day, time=wording.clock_time(look.hour, tz))
