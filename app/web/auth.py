"""Who is asking: the session cookie's token, the person behind it, and Flask-Login in between."""

from dataclasses import replace
from datetime import date, datetime
from typing import cast
from zoneinfo import ZoneInfo

from flask import Flask, Response, g, request
from flask import session as cookie
from flask_login import AnonymousUserMixin, LoginManager, UserMixin, current_user

from app.domain.actor import Actor
from app.domain.portal import Place, Portal, load_portal
from app.domain.visit import Visit, load_visit
from app.kernel.clock import Clock, system_clock
from app.kernel.walltime import local_date, zone
from app.web.database import session

TOKEN_KEY = "_user_id"  # noqa: S105 (the key, not the token)
"""Flask-Login's key in the signed cookie. What it holds is the login session's random token."""


class _LoginManager(LoginManager):
    def _session_protection_failed(self) -> bool:
        # It is switched off (`init_auth`), but Flask-Login hashes the browser's name and address with each request before
        # it looks. Should it call this something else one day, we lose that time and nothing else.
        return False


login_manager = _LoginManager()


class SignedIn(UserMixin):
    """What Flask-Login calls a user: the token in hand and the actor behind it."""

    def __init__(self, token: str, actor: Actor) -> None:
        self.token = token
        self.actor = actor

    def get_id(self) -> str:
        return self.token


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _user_of(token: str) -> SignedIn | None:
    if "tenant" not in g:
        # An error page before any tenant was entered: an unknown host, a forged form.
        return None
    found = visit()
    return SignedIn(token, found.actor) if found.actor else None


def clock() -> Clock:
    return cast("Clock", g.get("clock", system_clock))


def now() -> datetime:
    """One "now" per request, so that a page does not straddle two moments."""
    found: datetime | None = g.get("now")
    if found is None:
        found = g.now = clock()()
    return found


def today() -> date:
    """The date where the tenant is: what contracts and invoices go by."""
    return local_date(now(), zone(portal().zone))


def visit() -> Visit:
    """The tenant's revision and the person asking; one statement per request, however often it is called."""
    found: Visit | None = g.get("visit")
    if found is None:
        today = local_date(now(), zone(g.tenant.zone))
        found = g.visit = load_visit(session(), cookie.get(TOKEN_KEY), now(), today)
    return found


def look_again() -> None:
    """What this request itself has read counts no more in the navigation of its page."""
    g.pop("visit", None)


def portal() -> Portal:
    """The tenant's settings as of this request."""
    found: Portal | None = g.get("portal")
    if found is None:
        found = g.portal = load_portal(session(), visit().revision)
    return found


def actor() -> Actor | None:
    """The signed-in person, or None."""
    user = _user()
    return user.actor if user else None


def signed_in() -> Actor:
    """The signed-in person, on routes that nobody else reaches."""
    found = actor()
    if found is None:
        raise RuntimeError("this route must be declared for signed-in people")
    return found


def act_on_behalf() -> None:
    """Let the signed-in person act for somebody else in this request; the gate calls it where a route says so."""
    user = _user()
    if user is not None:
        user.actor = replace(user.actor, on_behalf=True)


def _user() -> SignedIn | None:
    # Kept beside Flask-Login's own: a page asks ten times, and each question to the proxy would look it up again.
    user: SignedIn | AnonymousUserMixin | None = g.get("user")
    if user is None:
        user = g.user = cast("SignedIn | AnonymousUserMixin", current_user._get_current_object())  # noqa: SLF001
    return user if isinstance(user, SignedIn) else None


def place() -> Place | None:
    """The location that the portal shows: chosen in this browser, else the person's own, else the first."""
    who = actor()
    chosen = who.location_id if who else cookie.get("location_id")
    return portal().place(chosen)


def place_clock() -> ZoneInfo:
    """The clock of the location that the portal shows, else the tenant's."""
    here = place()
    return zone(here.zone if here else portal().zone)


def own_clock() -> ZoneInfo:
    """The clock by which the reader's own things are told: their wish, else that of the location."""
    who = actor()
    return zone(who.zone) if who and who.zone else place_clock()


def is_elsewhere(zone_name: str) -> bool:
    """Whether times there need their zone beside them: it is not the reader's wish, or without one not the tenant's."""
    who = actor()
    return zone_name != ((who and who.zone) or portal().zone)


def init_auth(app: Flask) -> None:
    # We end sessions on the server; Flask-Login's own fingerprint of the browser would add nothing but surprises.
    app.config["SESSION_PROTECTION"] = None
    login_manager.init_app(app)

    @app.after_request
    def keep_private(response: Response) -> Response:
        if request.endpoint != "static" and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
