"""Who may ask for what: every route declares it, one gate checks it, and the factory refuses a route that is silent."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from werkzeug.exceptions import MethodNotAllowed

from app.domain.actor import Permission
from app.domain.portal import Place
from app.sections import BY_KEY
from app.web import auth
from app.web.htmx import redirect_to_sign_in

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Access:
    """What a route asks of its visitor. `section` gates by switch and audience, `permission` by staff role."""

    section: str | None = None
    permission: Permission | None = None
    signed_in: bool = False


PUBLIC = Access()


def public(view: View) -> View:
    """Anybody may ask, signed in or not: the sign-in page, the manifest, a stylesheet."""
    return _declare(view, PUBLIC)


def signed_in(view: View) -> View:
    """Anybody who is signed in, whatever sections are on."""
    return _declare(view, Access(signed_in=True))


def in_section(key: str) -> Callable[[View], View]:
    """Part of a section: 404 while it is off or not for this person."""
    if key not in BY_KEY:
        raise ValueError(f"there is no section {key!r}")
    return lambda view: _declare(view, Access(section=key))


def staff(permission: Permission) -> Callable[[View], View]:
    """Staff with that permission. Others get 404: the admin area is nobody's business."""
    return lambda view: _declare(view, Access(permission=permission))


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
        return _check(access)


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


def _check(access: Access) -> Any:
    if access is PUBLIC:
        return None
    actor = auth.actor()
    if access.section is not None:
        place = auth.place()
        switch = auth.portal().section(access.section, place.id if place else None)
        if not switch.enabled:
            abort(404)
        if switch.open_to(signed_in=actor is not None, member=actor is not None and actor.is_member):
            return None
        if actor is not None:
            abort(404)
    if actor is None:
        return redirect_to_sign_in()
    if access.permission is not None and not actor.may(access.permission):
        abort(404)
    return None
