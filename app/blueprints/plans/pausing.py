"""Pausing one's own contract, and having it run again."""

from flask import flash, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.plans.room import blueprint, own_contract
from app.blueprints.plans.words import cycle_words
from app.domain.plans.calculating import next_cycle
from app.domain.plans.pausing import pause, resume
from app.domain.plans.terms import (
    ContractOver,
    Ending,
    NoPause,
    NotPaused,
    PausedAlready,
    StillPending,
    TooLong,
    TooManyPauses,
)
from app.web import auth, wording
from app.web.access import in_section
from app.web.attempts import Words, attempt, press, say
from app.web.auth import today
from app.web.database import session
from app.web.forms import Form, WholeField
from app.web.htmx import go_to


class PauseForm(Form):
    cycles = WholeField(_l("For how many billing periods"), least=1, most=24)


@blueprint.get("/plans/mine/<int:contract_id>/pause")
@in_section("plans")
def new_pause(contract_id: int) -> str:
    """When a pause would begin and how long it may last, before the button."""
    return _page(contract_id, PauseForm(formdata=None, data={"cycles": 1}))


@blueprint.post("/plans/mine/<int:contract_id>/pause")
@in_section("plans")
def create_pause(contract_id: int) -> Response | tuple[str, int]:
    form = PauseForm()
    if not attempt(
        form,
        lambda: pause(session(), auth.signed_in(), contract_id, form.cycles.data, today(), auth.now()),
        _REFUSED,
    ):
        return _page(contract_id, form), 422
    flash(_("The pause is set."))
    return go_to(url_for("plans.index_mine"))


@blueprint.post("/plans/mine/<int:contract_id>/pause/end")
@in_section("plans")
def destroy_pause(contract_id: int) -> Response:
    """End a pause with the period in hand, or take one back that has not begun."""
    return press(
        url_for("plans.index_mine"),
        lambda: resume(session(), auth.signed_in(), contract_id, today(), auth.now()),
        {NotPaused: say("", lambda: _("There is no pause to end."))},
        _("It runs again as soon as it can."),
    )


def _page(contract_id: int, form: PauseForm) -> str:
    shown, held = own_contract(contract_id)
    most = held.version.pause_cycles
    return render_template(
        "plans/pause.html",
        contract_id=contract_id,
        name=shown.plan_name,
        form=form,
        first=wording.full_day(next_cycle(held.rules(), today())),
        cycle=cycle_words(held.version),
        most=ngettext(
            "It lasts %(num)s billing period at most.", "It lasts %(num)s billing periods at most.", most
        )
        if most
        else "",
    )


_REFUSED: Words = {
    NoPause: say("", lambda: _("This plan has no pauses.")),
    ContractOver: say("", lambda: _("It has ended.")),
    StillPending: say("", lambda: _("It still waits for the front desk.")),
    Ending: say("", lambda: _("It ends already.")),
    TooLong: lambda refusal: (
        "cycles",
        ngettext(
            "It lasts %(num)s billing period at most.",
            "It lasts %(num)s billing periods at most.",
            refusal.most,
        ),
    ),
    PausedAlready: lambda refusal: (
        "",
        _(
            "It is paused from %(first)s until %(last)s already.",
            first=wording.full_day(refusal.from_day),
            last=wording.full_day(refusal.until_day),
        ),
    ),
    TooManyPauses: lambda refusal: (
        "",
        _(
            "You have had the pauses of this year. The next may begin on %(day)s.",
            day=wording.full_day(refusal.again_on),
        ),
    ),
}
