"""Who may ask for what: every route declares it, one gate checks it, and the factory refuses a route that is silent."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from werkzeug.exceptions import MethodNotAllowed

from app.domain.actor import Actor, Permission
from app.domain.portal import Place
from app.kernel.errors import NotFound
from app.models import DunningAction
from app.sections import BY_KEY
from app.web import auth
from app.web.arrears import STAY_OPEN, arrears, lead_to_invoices
from app.web.enrolling import lead_to_enrolment
from app.web.htmx import redirect_to_sign_in

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """What a route asks of its visitor. `section` gates by switch and audience, `permission` by staff role.

    `to_enrol` opens it to staff who must set up a second factor first, and whom nothing else is open to. `visitors` opens
    it to who is not signed in; who is must have settled what the portal asks of them first.
    """

    section: str | None = None
    permission: Permission | None = None
    signed_in: bool = False
    to_enrol: bool = False
    visitors: bool = False
    on_behalf: bool = False
    """Staff may act for somebody else here: audited with both of them, and shown to whom it was done for."""
    whole_house: bool = False
    """What is here belongs to no single location, so who is limited to some has no say in it."""
    paid_up: bool = False
    """It costs money or gives something away: closed to who is behind with paying, where the tenant's ladder says so."""


PUBLIC = Access()


def public(view: View) -> View:
    """Anybody may ask, signed in or not: the sign-in page, the manifest, a stylesheet."""
    return _declare(view, PUBLIC)


def public_once_settled(view: View) -> View:
    """Anybody may ask, but who is signed in acts here as themselves: only once they have the second factor, have accepted
    the terms, and stay, where the portal waits for one of these.
    """
    return _declare(view, Access(visitors=True))


def signed_in(view: View) -> View:
    """Anybody who is signed in, whatever sections are on."""
    return _declare(view, Access(signed_in=True))


def in_section(key: str, *, visitors: bool = False) -> Callable[[View], View]:
    """Part of a section: 404 while it is off or not for this person. `visitors` need not be signed in yet."""
    if key not in BY_KEY:
        raise ValueError(f"there is no section {key!r}")
    return lambda view: _declare(view, Access(section=key, visitors=visitors))


def staff(
    permission: Permission, *, on_behalf: bool = False, whole_house: bool = False
) -> Callable[[View], View]:
    """Staff with that permission. Others get 404: the admin area is nobody's business.

    Only where a route says `on_behalf` do the domain's verbs let staff act for somebody else. `whole_house` keeps out
    who is limited to locations; elsewhere the domain shows them what is in their reach.
    """
    access = Access(permission=permission, on_behalf=on_behalf, whole_house=whole_house)
    return lambda view: _declare(view, access)


def to_enrol(view: View) -> View:
    """Above another declaration: open as well to staff who must set up a second factor before anything else."""
    declared: Access = view.portico_access  # type: ignore[attr-defined]
    return _declare(view, replace(declared, to_enrol=True))


def paid_up(view: View) -> View:
    """Above another declaration: closed to who is behind with paying."""
    declared: Access = view.portico_access  # type: ignore[attr-defined]
    return _declare(view, replace(declared, paid_up=True))


def _declare(view: View, access: Access) -> View:
    view.portico_access = access  # type: ignore[attr-defined]
    return view


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What a route declares, or None when it declares nothing."""
    return getattr(app.view_functions[endpoint], "portico_access", None)


def check_declarations(app: Flask) -> None:
    """Refuse to start with a route that declares nothing."""
    silent = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static" and access_of(app, rule.endpoint) is None
    ]
    if silent:
        raise RuntimeError(f"these routes declare no access: {', '.join(sorted(set(silent)))}")


def init_access(app: Flask) -> None:
    @app.before_request
    def gate() -> Any:
        endpoint = request.endpoint or _endpoint_of_other_methods()
        if endpoint is None or endpoint == "static":
            return None
        access = access_of(current_app, endpoint)
        if access is None:
            abort(404)
        return _check(access) or _check_paid_up(access)


def _endpoint_of_other_methods() -> str | None:
    """Where the address exists but not for this method: what is switched off is not there for any method."""
    wrong = request.routing_exception
    if not isinstance(wrong, MethodNotAllowed) or not wrong.valid_methods:
        return None
    adapter = current_app.create_url_adapter(request)
    endpoint, _values = adapter.match(method=next(iter(wrong.valid_methods))) if adapter else (None, {})
    return endpoint


def places_with(section: str) -> tuple[Place, ...]:
    """The locations where a section is on for who asks: a page may name another one than the portal shows."""
    portal, actor = auth.portal(), auth.actor()
    return tuple(
        place
        for place in portal.places
        if portal.section(section, place.id).open_to(
            signed_in=actor is not None, member=actor is not None and actor.is_member
        )
    )


def require_bookings_at(location_id: int) -> None:
    """Raise NotFound unless bookings are on at that location for who asks."""
    if all(place.id != location_id for place in places_with("bookings")):
        raise NotFound


def is_open(section: str) -> bool:
    """Whether a section is on for who asks, where they are; one that does not exist is not."""
    if section not in BY_KEY:
        return False
    actor, place = auth.actor(), auth.place()
    return (
        auth.portal()
        .section(section, place.id if place else None)
        .open_to(signed_in=actor is not None, member=actor is not None and actor.is_member)
    )


def _check(access: Access) -> Any:
    if access is PUBLIC:
        return None
    actor = auth.actor()
    if actor is not None and actor.must_enrol:
        # Whatever sections are on: the tenant asks for the factor, so the way to it is there.
        return None if access.to_enrol else lead_to_enrolment()
    if access.visitors and access.section is None:
        return None
    if access.section is not None and _is_open(access.section, actor):
        return None
    if actor is None:
        return None if access.visitors else redirect_to_sign_in()
    if access.section is not None:
        abort(404)
    _check_staff(access, actor)
    return None


def _check_paid_up(access: Access) -> Any:
    action = arrears()
    # Who could not even see what to pay is kept from nothing.
    if action is None or not is_open("invoices"):
        return None
    belongs_to_none = access.section is None and access.permission is None
    stays = belongs_to_none or access.section in STAY_OPEN
    closed = access.paid_up or (action is DunningAction.SUSPEND and not stays)
    return lead_to_invoices(action) if closed else None


def _is_open(section: str, actor: Actor | None) -> bool:
    """Whether the section is on for who asks; off for everybody, it is not even there to sign in for."""
    place = auth.place()
    switch = auth.portal().section(section, place.id if place else None)
    if not switch.enabled:
        abort(404)
    return switch.open_to(signed_in=actor is not None, member=actor is not None and actor.is_member)


def _check_staff(access: Access, actor: Actor) -> None:
    if access.permission is not None and not actor.may(access.permission):
        abort(404)
    if access.whole_house and not actor.reaches(None):
        abort(404)
    if access.on_behalf:
        auth.act_on_behalf()
