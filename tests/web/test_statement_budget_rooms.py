"""SQL statements of every page about people and their accounts: those behind mailed links and half-done sign-ins too."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.domain.directory.index import index_people
from app.domain.factors.authenticator import begin_app
from app.domain.portal import touch
from app.domain.profile.terms import ProfileField, Visibility
from app.models import DataCopy, PaidBy, Passkey, PayAsYouGo, Person, PersonProfile, Team, TeamMember, Tenant
from tests.support.bookings import NOW, booked, span, statements
from tests.support.factors import give_app
from tests.support.identity.rows import provider_of
from tests.support.invoices import bill
from tests.support.joining import fill_joining, publish
from tests.support.mail import found, mailed, mails
from tests.support.rows import change, inside, rows
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, TenantWorld, World

MOST = 8
ROOMS = {"account", "auth", "directory", "join", "team"}
# Only there where push is on: counted beside everything else of it (`test_account_push.py`).
ELSEWHERE = {"account.index_push_devices", "account.show_push_key"}
Pages = Iterator[tuple[Visitor, str]]


pytestmark = pytest.mark.usefixtures("tuesday")


def _signed_in(app: Flask, north: TenantWorld, who: str) -> Visitor:
    visitor = Visitor(app, north)
    visitor.sign_in(who)
    return visitor


def _before_sign_in(app: Flask, north: TenantWorld) -> Pages:
    visitor = Visitor(app, north)
    for path in fill_joining(app, north):
        yield visitor, path
    yield from ((visitor, path) for path in ("/login", "/join", "/join/sent", "/terms"))
    yield from ((visitor, f"/password/forgotten{more}") for more in ("", "/sent"))
    yield from ((visitor, f"/login/link{more}") for more in ("", "/code"))
    for ask, link in (("/password/forgotten", "/password/reset/"), ("/login/link", "/login/link/")):
        visitor.post(ask, {"email": north.email("member")}, form=ask)
        yield visitor, mailed(app, north, link)
    give_app(app, north, "contact", datetime.now(UTC))
    yield _signed_in(app, north, "contact"), "/login/second"


def _own_account(app: Flask, north: TenantWorld) -> Pages:
    member = _signed_in(app, north, "member")
    for page in (
        "",
        "/activity",
        "/data",
        "/deletion",
        "/email",
        "/linked-accounts",
        "/notifications",
        "/password",
        "/privacy",
        "/privacy/preview",
        "/profile",
        "/security",
        "/security/proof",
        "/sessions",
    ):
        yield member, f"/account{page}"
    yield member, "/logout"
    with inside(app, north) as session:
        begin_app(session, north.actor("member"), app.extensions["portico_secret_box"], datetime.now(UTC))
        passkey = Passkey(
            person_id=north.people["member"],
            credential_id="a",
            public_key=b"a",
            sign_count=0,
            host=north.host,
            name="Phone",
            created_at=NOW,
        )
        session.add(passkey)
        session.flush()
        passkey_id = passkey.id
    yield member, "/account/authenticator"
    yield member, f"/account/passkeys/{passkey_id}"
    member.post("/account/data/copies", form="/account/data")
    mails(app, north)
    yield member, f"/account/data/copies/{rows(app, north, DataCopy)[-1].id}"
    member.post("/account/email", {"email": "maya@new.example", "current": PASSWORD}, form="/account")
    letters = "\n".join(mails(app, north))
    yield member, found(r"http://[^/]+(/email/confirm/\S+)", letters)
    yield member, found(r"http://[^/]+(/email/stop/\S+)", letters)


def _others(app: Flask, north: TenantWorld) -> Pages:
    colleague, member = north.people["colleague"], _signed_in(app, north, "member")
    change(app, north, Person, colleague, company="Zinc")
    with inside(app, north) as session:
        shown = dict.fromkeys(ProfileField, Visibility.SIGNED_IN)
        session.add(PersonProfile(person_id=colleague, listed=True, visibility=shown))
    team_id = make_team(app, north, "member", "colleague")
    change(app, north, Team, team_id, listed=True)
    with inside(app, north) as session:
        index_people(session, [colleague])
    for path in (f"/people/{colleague}", f"/people/{colleague}/card.vcf", "/directory", "/directory/teams"):
        yield member, path
    yield member, f"/directory/teams/{team_id}"
    (seat,) = rows(app, north, TeamMember, team_id=team_id, person_id=north.people["member"])
    change(app, north, TeamMember, seat.id, may_book_for_team=True)
    yield member, _price_of_coming(app, north)
    booking_id = booked(app, north, "member", "Fern", span(9), whose="colleague")
    team = f"/team/{team_id}"
    yield member, team
    yield member, f"{team}/people/{colleague}"
    yield member, f"{team}/bookings"
    for path in ("", "/edit", "/cancellation"):
        yield member, f"{team}/bookings/{booking_id}{path}"
    make_team(app, north, "member", name="Another")
    yield member, "/team"
    for who in ("nobody", "contact"):
        member.post(f"{team}/invitations", {"email": north.email(who)}, form=team)
        yield Visitor(app, north), mailed(app, north, "/team/invitation/")
    publish(app, north)
    yield _signed_in(app, north, "member"), "/terms/acceptance"


def _price_of_coming(app: Flask, north: TenantWorld) -> str:
    """The page that says what coming costs; with all there is to buy it is counted beside the rest (`test_pay_as_you_go.py`)."""
    change(app, north, Tenant, north.id, check_in_needs_pass=True)
    with inside(app, north) as session:
        rate_id = bill(session, north, "colleague", NOW)["rate_id"]
        session.add(PayAsYouGo(offered=True, paid_by=PaidBy.DAY, price_minor=1800, tax_rate_id=rate_id))
        touch(session)
        session.commit()
    return f"/check-in?location_id={north.locations['Leith Walk']}"


def _count(app: Flask, visitor: Visitor, path: str) -> int:
    """Statements of a page that this process has shown before."""
    assert visitor.get(path).status_code == 200, path
    with statements(app) as sent:
        visitor.get(path)
    return len([each for each in sent if not each.startswith("BEGIN")])


def test_every_page_of_people_and_their_accounts_keeps_to_its_budget(app: Flask, world: World) -> None:
    north = world.northlight
    change(app, north, Tenant, north.id, mail_links=True)
    provider_of(app, north, "https://10.0.0.1", "a secret")
    counts, endpoints = {}, set()
    adapter = app.url_map.bind("localhost")
    for pages in (_before_sign_in, _own_account, _others):
        for visitor, path in pages(app, north):
            counts[path] = _count(app, visitor, path)
            endpoints.add(adapter.match(path.partition("?")[0])[0])
    assert {path: count for path, count in counts.items() if count > MOST} == {}
    assert {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint.partition(".")[0] in ROOMS
    } - ELSEWHERE == endpoints
