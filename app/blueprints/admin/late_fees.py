"""What cancelling late costs: the steps of the house, and of types of room that differ."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page
from app.domain.actor import Permission
from app.domain.booking.late_fees import MOST_HOURS, MOST_STEPS, Ladder, Step, ladders, set_ladder
from app.domain.lookup import one
from app.domain.spaces.lists import entries_of
from app.models import ResourceType
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.fee_words import ladder_words
from app.web.forms import Form, WholeField

blueprint = Blueprint("late_fees", __name__, url_prefix="/limits/cancelling")


class LadderForm(Form):
    """As many lines as there may be steps, of which any may stay empty: `hours_1`, `percent_1` and so on."""

    @property
    def lines(self) -> Iterator[tuple[Any, Any]]:
        for number in range(1, MOST_STEPS + 1):
            yield self[f"hours_{number}"], self[f"percent_{number}"]

    def validate(self, extra_validators: Any = None) -> bool:
        """Shape; that each line is whole; and that nothing nearer to the start keeps less than what is farther."""
        if not super().validate(extra_validators):
            return False
        for hours, percent in self.lines:
            if (hours.data is None) is not (percent.data is None):
                self.say((hours if hours.data is None else percent).name, _("This is needed."))
        self._check_order()
        return not self.errors

    def steps(self) -> list[Step]:
        return [Step(hours.data, percent.data) for hours, percent in self.lines if hours.data is not None]

    def _check_order(self) -> None:
        whole = [each for each in self.lines if each[0].data is not None and each[1].data is not None]
        whole.sort(key=lambda each: int(each[0].data))
        for (near, kept), (far, kept_there) in pairwise(whole):
            if near.data == far.data:
                self.say(far.name, _("Another step begins at the same hour."))
            elif kept.data < kept_there.data:
                self.say(kept.name, _("Nearer to the start it cannot keep less than earlier."))


for _number in range(1, MOST_STEPS + 1):
    setattr(
        LadderForm,
        f"hours_{_number}",
        WholeField(_l("Hours before"), least=1, most=MOST_HOURS, required=False),
    )
    setattr(
        LadderForm, f"percent_{_number}", WholeField(_l("Percent kept"), least=0, most=100, required=False)
    )


@blueprint.get("")
@staff(Permission.SPACES, whole_house=True)
def show() -> Response:
    return _page(None)


@blueprint.post("")
@staff(Permission.SPACES, whole_house=True)
def update() -> Response:
    return _save(None)


@blueprint.get("/<int:type_id>")
@staff(Permission.SPACES, whole_house=True)
def show_type(type_id: int) -> Response:
    return _page(one(session(), ResourceType, type_id))


@blueprint.post("/<int:type_id>")
@staff(Permission.SPACES, whole_house=True)
def update_type(type_id: int) -> Response:
    return _save(one(session(), ResourceType, type_id))


def _save(kind: ResourceType | None) -> Response:
    type_id, form = None if kind is None else kind.id, LadderForm()
    if not attempt(form, lambda: set_ladder(session(), signed_in(), type_id, form.steps(), clock())):
        return _page(None if type_id is None else one(session(), ResourceType, type_id), form)
    return done(url_for("admin.late_fees.show"), _("Saved."))


def _page(kind: ResourceType | None, form: LadderForm | None = None) -> Response:
    known = ladders(session())
    house, own = known.get(None, ()), known.get(None if kind is None else kind.id, ())
    return page(
        "admin/late_fees.html",
        wrong=form is not None,
        form=form or LadderForm(formdata=None, data=_filled(own)),
        kind=kind,
        action=url_for("admin.late_fees.update")
        if kind is None
        else url_for("admin.late_fees.update_type", type_id=kind.id),
        house=ladder_words(house),
        types=[
            (each.name, _of_type(known.get(each.id)), url_for("admin.late_fees.show_type", type_id=each.id))
            for each in entries_of(session(), ResourceType)
        ]
        if kind is None
        else [],
    )


def _of_type(ladder: Ladder | None) -> str:
    return _("As the house") if ladder is None else ladder_words(ladder)


def _filled(ladder: Ladder) -> dict[str, int]:
    """The earliest first, as people tell it."""
    found = {}
    for number, step in enumerate(reversed(ladder), start=1):
        found[f"hours_{number}"], found[f"percent_{number}"] = step.hours, step.percent
    return found
