"""What is said of plans and contracts."""

from datetime import date

from flask_babel import gettext as _

from app.kernel.money import Money
from app.kernel.names import isolated
from app.web import wording
from app.web.notice_words.terms import NoticeAction, NoticeWords, Worded

_MINE = "/plans/mine"


def waiting(notice: Worded) -> NoticeWords:
    """To staff: a contract that they approve, or not."""
    data, here = notice.data, _person(notice)
    approval = f"{here}/contracts/{data['contract_id']}/approval"
    return NoticeWords(
        _("%(name)s wants to be on %(plan)s", name=isolated(data["name"]), plan=data["plan"]),
        _("From %(day)s. They wait until somebody decides.", day=_day(data["starts_on"])),
        here,
        actions=(
            NoticeAction("approve", _("Approve"), approval, posts=True),
            NoticeAction("look", _("Look first"), here),
        ),
    )


def leaving(notice: Worded) -> NoticeWords:
    """To staff: somebody cancels by themselves, maybe with a reason."""
    data = notice.data
    said = [_("The last day is %(day)s.", day=_day(data["ends_on"]))]
    if data.get("reason"):
        said.append(_("The reason: %(reason)s", reason=data["reason"]))
    return NoticeWords(
        _("%(name)s cancels %(plan)s", name=isolated(data["name"]), plan=data["plan"]),
        " ".join(said),
        _person(notice),
        actions=(_look(notice),),
    )


def enquired(notice: Worded) -> NoticeWords:
    """To staff: what somebody asks about a plan."""
    data = notice.data
    said = [data["text"]]
    if data.get("phone"):
        said.append(_("Phone: %(phone)s", phone=data["phone"]))
    return NoticeWords(
        _("%(name)s asks about %(plan)s", name=isolated(data["name"]), plan=data["plan"]),
        "\n".join(said),
        _person(notice),
        actions=(_look(notice),),
    )


def started(notice: Worded) -> NoticeWords:
    data = notice.data
    return _mine(_("You are on %(plan)s", plan=data["plan"]), _("From %(day)s.", day=_day(data["starts_on"])))


def approved(notice: Worded) -> NoticeWords:
    data = notice.data
    return _mine(
        _("Your wish to be on %(plan)s is approved", plan=data["plan"]),
        _("From %(day)s.", day=_day(data["starts_on"])),
    )


def refused(notice: Worded) -> NoticeWords:
    return NoticeWords(
        _("You cannot be on %(plan)s", plan=notice.data["plan"]),
        _("The front desk has not approved it. Nothing is billed; ask them if you want to know more."),
        "/plans",
        actions=(NoticeAction("show", _("See the plans"), "/plans"),),
    )


def cancelled(notice: Worded) -> NoticeWords:
    data = notice.data
    return _mine(
        _("%(plan)s is cancelled", plan=data["plan"]),
        _("The last day is %(day)s.", day=_day(data["ends_on"])),
    )


def changed(notice: Worded) -> NoticeWords:
    data = notice.data
    day, plan = _day(data["starts_on"]), data["plan"]
    if "price_minor" not in data:
        # Many go along to new terms at once, each with a price of their own
        return _mine(_("Your plan changes"), _("From %(day)s: %(plan)s.", day=day, plan=plan))
    amount = wording.money(Money(data["price_minor"], data["currency"]))
    return _mine(
        _("Your plan changes"),
        _(
            "From %(day)s: %(plan)s, %(amount)s for each billing period.",
            day=day,
            plan=plan,
            amount=amount,
        ),
    )


def paused(notice: Worded) -> NoticeWords:
    data = notice.data
    return _mine(
        _("%(plan)s is paused", plan=data["plan"]),
        _(
            "From %(first)s until %(last)s.",
            first=_day(data["from_day"]),
            last=_day(data["until_day"]),
        ),
    )


def _mine(title: str, body: str) -> NoticeWords:
    return NoticeWords(title, body, _MINE, actions=(NoticeAction("show", _("Show my plans"), _MINE),))


def _look(notice: Worded) -> NoticeAction:
    return NoticeAction("look", _("Look at their page"), _person(notice))


def _person(notice: Worded) -> str:
    return f"/admin/people/{notice.data['person_id']}"


def _day(iso: str) -> str:
    return wording.full_day(date.fromisoformat(iso))
