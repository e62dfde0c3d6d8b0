"""Limits that staff pass over: those that they were shown and said so about, and no others."""

from collections.abc import Iterable

from flask import request

from app.domain.actor import Permission
from app.domain.booking.terms import OVERRIDABLE, Obstacle
from app.web import auth


def may_pass_over(found: Iterable[Obstacle]) -> bool:
    """Whether the page in hand lets whoever looks pass over all of it."""
    actor = auth.signed_in()
    reasons = {each.reason for each in found}
    return actor.on_behalf and actor.may(Permission.OVERRIDE) and reasons <= OVERRIDABLE


def passable(found: tuple[Obstacle, ...]) -> str:
    """What the button says that passes over all of it; empty for nothing, and for what cannot be passed over."""
    return ",".join(sorted({each.reason for each in found})) if may_pass_over(found) else ""


def was_confirmed(confirm: str) -> bool:
    """Whether the button that was pressed passes over all of that, which `passable` has said by now; never over nothing."""
    return bool(confirm) and set(confirm.split(",")) <= confirmed()


def confirmed() -> set[str]:
    """What the button said that was pressed."""
    return set(request.form.get("confirmed", "").split(","))
