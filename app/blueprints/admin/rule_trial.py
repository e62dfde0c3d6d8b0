"""What the rules say to somebody's wish, as staff try it."""

from datetime import time
from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.blueprints.admin.rule_forms import TrialForm
from app.domain.booking.asker import asker_for
from app.domain.booking.catalogue import load_catalogue
from app.domain.booking.house_rules.choices import RuleChoices
from app.domain.booking.house_rules.explaining import Explanation, answers, explain
from app.domain.booking.house_rules.terms import Rule
from app.domain.booking.minutes import stretch_of
from app.domain.booking.terms import OutOfReach, RoomQuery
from app.domain.booking.whereabouts import Whereabouts, whereabouts
from app.domain.people.listing import PersonRow, find_people
from app.kernel.spans import Span
from app.kernel.walltime import zone
from app.web import auth, wording
from app.web.auth import signed_in
from app.web.database import session
from app.web.forms import id_of
from app.web.rule_words import answer_words
from app.web.sentences import obstacles_sentence


def first_trial(names: RuleChoices) -> TrialForm:
    """The form as it stands first: an hour this evening."""
    known = {"day": auth.today(), "at": time(18), "minutes": 60, "people": 1}
    return TrialForm(names, formdata=None, data=known)


def tried(form: TrialForm, rules: list[Rule]) -> dict[str, Any] | None:
    """What the page says of the wish; None when it makes no sense, said at the field."""
    room = whereabouts(session(), form.resource_id.data)
    span = form.span(room.zone)
    if span is None:
        return None
    found = find_people(session(), signed_in(), auth.today(), form.who.data)
    person_id = id_of(request.args.get("person", ""))
    if len(found) != 1:
        found = tuple(each for each in found if each.id == person_id) or found
    if len(found) != 1:
        form.say(
            "who",
            _("Nobody is called that.") if not found else _("Several people are called that. Choose one."),
        )
        return {"choose": [(each.name, each.email, _again(each.id)) for each in found]} if found else None
    return _answer(form, rules, room, span, found[0])


def _answer(
    form: TrialForm, rules: list[Rule], room: Whereabouts, span: Span, person: PersonRow
) -> dict[str, Any] | None:
    now = auth.now()
    catalogue = load_catalogue(session(), room.location_id, person.id, now)
    asker = asker_for(session(), signed_in(), person.id, catalogue, now)
    query = RoomQuery(room.location_id, span, form.people.data)
    try:
        explained = explain(session(), catalogue, asker, form.resource_id.data, query, now)
    except OutOfReach:
        form.say("day", _("That is longer or further away than anybody can book."))
        return None
    tz = zone(room.zone)
    return {
        "choose": [],
        "allowed": explained.allowed,
        "verdict": _verdict(explained, person.name, span, room),
        "why": obstacles_sentence(explained.obstacles, tz),
        "answers": [
            {
                "number": each.rule.number,
                "name": each.rule.name,
                "href": url_for("admin.booking_rules.show", rule_id=each.rule.id),
                "words": answer_words(each),
                "refuses": each.refuses,
                "holds": each.standing.value in {"holds", "overruled"},
            }
            for each in answers(rules, asker, catalogue, explained, stretch_of(span))
        ],
        "works": _works(explained, room),
    }


def _verdict(explained: Explanation, name: str, span: Span, room: Whereabouts) -> str:
    """`As Ben, Tuesday 18:00, 2 h: refused by rule 3, Evenings`."""
    tz = zone(room.zone)
    day = wording.short_day(span.start.astimezone(tz).date())
    wish = {
        "name": name,
        "room": room.name,
        "when": f"{day}, {wording.clock_time(span.start, tz)}",
        "length": wording.minutes(span.minutes),
    }
    if explained.allowed:
        return _("As %(name)s, %(room)s, %(when)s, %(length)s: it can be booked", **wish)
    by = list(dict.fromkeys(_rule_of(each.facts) for each in explained.obstacles if "rule" in each.facts))
    if by:
        return _(
            "As %(name)s, %(room)s, %(when)s, %(length)s: refused by %(rules)s", rules=", ".join(by), **wish
        )
    return _("As %(name)s, %(room)s, %(when)s, %(length)s: refused, but by no rule", **wish)


def _rule_of(facts: dict[str, Any]) -> str:
    return _("rule %(number)s, %(name)s", number=facts["rule"]["number"], name=facts["rule"]["name"])


def _works(explained: Explanation, room: Whereabouts) -> str:
    if explained.works is None:
        return ""
    tz = zone(room.zone)
    day = wording.short_day(explained.works.start.astimezone(tz).date())
    return _("It would work on %(day)s, %(time)s.", day=day, time=wording.clock(explained.works, tz))


def _again(person_id: int) -> str:
    asked: dict[str, Any] = {**request.args, "person": person_id}
    return url_for("admin.booking_rules.show_trial", **asked)
