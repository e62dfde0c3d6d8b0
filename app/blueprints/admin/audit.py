"""The audit log: who did what, about whom, and what was before and after."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import page
from app.domain.actor import Permission
from app.domain.audit_log import NamedEntry, Sought, audit_page, every_entry
from app.kernel.walltime import day_bounds, zone
from app.web import auth
from app.web.access import staff
from app.web.audit_actions import KINDS, Kind, actions_of
from app.web.audit_words import change_sentence, changes_of, deed, moment
from app.web.csv_files import csv_answer
from app.web.database import session
from app.web.forms import ChoiceField, DayField, Form, SearchField, WholeField, options

blueprint = Blueprint("audit", __name__)

_LARGEST = 2**63 - 1


class _Find(Form):
    class Meta:
        csrf = False

    who = SearchField(_l("Who did it"))
    about = SearchField(_l("About whom"))
    what = ChoiceField(_l("What"), choices=options(KINDS.items(), empty=_l("Everything")), default="")
    since = DayField(_l("From"), required=False)
    until = DayField(_l("Until"), required=False)
    before = WholeField(least=1, most=_LARGEST, required=False)
    after = WholeField(least=1, most=_LARGEST, required=False)

    def sought(self, tz: ZoneInfo) -> Sought:
        kind = "" if self.what.errors else self.what.data
        return Sought(
            self.who.data or "",
            self.about.data or "",
            actions_of(Kind(kind)) if kind else (),
            day_bounds(self.since.data, tz)[0] if self.since.data else None,
            day_bounds(self.until.data, tz)[1] if self.until.data else None,
        )


def _asked() -> _Find:
    """What the address asks for; of what makes no sense, the form says so and everything is shown."""
    form = _Find(request.args)
    form.validate()
    return form


def _zone() -> ZoneInfo:
    return zone(auth.portal().zone)


@blueprint.get("/audit")
@staff(Permission.AUDIT, whole_house=True)
def index() -> Response:
    form, tz = _asked(), _zone()
    found = audit_page(session(), form.sought(tz), before_id=form.before.data, after_id=form.after.data)
    return page(
        "admin/audit/index.html",
        form=form,
        rows=[_row(each, tz) for each in found.entries],
        newer=_url("index", after=found.newer) if found.newer else None,
        older=_url("index", before=found.older) if found.older else None,
        person_url=url_for("admin.people.show", person_id=0).removesuffix("0")
        if auth.signed_in().may(Permission.PEOPLE)
        else None,
        export_url=_url("export"),
        asked=any((form.who.data, form.about.data, form.what.data, form.since.data, form.until.data)),
    )


@blueprint.get("/audit.csv")
@staff(Permission.AUDIT, whole_house=True)
def export() -> Response:
    tz = _zone()
    head = (_("When"), _("Who"), _("What"), _("About whom"), _("Thing"), _("Before and after"))
    return csv_answer("audit.csv", head, _lines(_asked().sought(tz), tz))


def _lines(sought: Sought, tz: ZoneInfo) -> Iterator[tuple[str, ...]]:
    for entry in every_entry(session(), sought):
        row = _row(entry, tz)
        at = entry.at.astimezone(tz).replace(tzinfo=None).isoformat(" ", "seconds")
        yield at, row["actor"], row["deed"], row["about"], row["thing"], "; ".join(row["changes"])


def _row(entry: NamedEntry, tz: ZoneInfo) -> dict[str, Any]:
    return {
        "when": moment(entry.at, tz),
        "actor": entry.actor or _("Nobody known"),
        "deed": deed(entry),
        "about": entry.about if entry.about_id != entry.actor_id else "",
        "about_id": entry.about_id,
        "thing": entry.thing,
        "changes": [change_sentence(each) for each in changes_of(entry, tz, auth.portal().currency)],
    }


def _url(view: str, **more: int | None) -> str:
    """The address of the same search, elsewhere in it."""
    kept = {
        name: request.args[name]
        for name in ("who", "about", "what", "since", "until")
        if request.args.get(name)
    }
    return url_for(f"admin.audit.{view}", **kept, **more)  # type: ignore[arg-type]
