"""SQL statements per page: at most eight, the rooms page five, and not one more for twice the rows."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.domain.booking.house_rules.terms import Rooms, Sets, When, Whom, terms_json
from app.domain.directory.index import index_people
from app.domain.joining.invitation_file import Line
from app.domain.joining.invitations import invite
from app.domain.joining.lists import ListRow, keep_list
from app.domain.joining.terms import NewTerms, publish_terms
from app.domain.joining.words import Invite
from app.domain.people.details import add_person
from app.domain.people.terms import PersonDetails
from app.domain.portal import touch
from app.domain.profile.terms import ProfileField, Visibility
from app.domain.spaces.locations import add_location
from app.domain.spaces.terms import LocationDetails, Opening
from app.models import (
    Amenity,
    AnnouncementState,
    BookingExtraOffer,
    BookingRule,
    CheckIn,
    Closure,
    Contract,
    CreditKind,
    ExtraPricing,
    OpeningHours,
    PassType,
    PersonProfile,
    PersonSkill,
    Plan,
    Product,
    Rate,
    RateUnit,
    Resource,
    ResourceType,
    SignUp,
    StoredFile,
    Team,
    TeamInvitation,
    TeamMember,
    TenantOwned,
)
from app.tenancy import tenant_session
from app.web.database import db
from app.web.slots import slot_value
from tests.support.announcements import announced
from tests.support.bookings import NOW, SEARCH, booked, repeated, span, statements
from tests.support.identity.rows import provider_of
from tests.support.invoices import bill
from tests.support.rows import inside
from tests.support.tariffs import give_prices
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

MOST = 8
# Redirects, files and what a browser asks by itself are no pages.
_NO_PAGES = ("/static/", "/healthz", "/readyz", "/outbox", "/sign-on/")


@pytest.fixture(autouse=True)
def tuesday(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    # Whose host it is, a process asks twice a minute: by the clock on the wall, whatever page is counted just then.
    monkeypatch.setattr("app.web.tenant._REMEMBER_SECONDS", 3600.0)
    with time_machine.travel(NOW) as traveller:
        yield traveller


def _pages(app: Flask, ids: dict[str, int], questions: list[str]) -> list[str]:
    """Every address whose arguments are known, and some with a question."""
    adapter = app.url_map.bind("localhost")
    found = list(questions)
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.rule.startswith(_NO_PAGES):
            continue
        # The small lists share one argument; the endpoint says which list it is of.
        values = {name: ids.get(name, ids.get(f"{rule.endpoint}.{name}")) for name in rule.arguments}
        if None not in values.values():
            found.append(adapter.build(rule.endpoint, values))
    return sorted(found)


def _subjects(north: TenantWorld, **made: int) -> dict[str, int]:
    """What the pages about one thing are about: those of the cast's world, and those that the test made."""
    return made | {
        "person_id": north.people["member"],
        "location_id": north.locations["Leith Walk"],
        "resource_id": north.rooms["Cedar"],
        "role_id": north.roles["Event host"],
        "admin.plans.show.entry_id": north.plans["Studio"],
        "admin.plan_terms.show.plan_id": north.plans["Studio"],
        "admin.amenities.show.entry_id": north.amenities["Screen"],
        "admin.skills.show.entry_id": north.skills["Welding"],
        "admin.resource_types.show.entry_id": north.types["Meeting room"],
        "admin.late_fees.show_type.type_id": north.types["Meeting room"],
    }


def _questions(north: TenantWorld) -> list[str]:
    person, place = north.people["member"], north.locations["Leith Walk"]
    return [
        SEARCH,
        "/admin/people?q=more",
        "/admin/people?show=members",
        "/admin/bookings/new?q=more",
        f"/admin/bookings/new?person={person}",
        f"/admin/bookings/series/new?person={person}&slot={slot_value(north.rooms['Fern'], span(10))}",
        f"/admin/people/{person}/merging?other={north.people['colleague']}",
        f"/admin/people/{person}/merging?q=more",
        f"/admin/settings?location={place}",
        f"/admin/people/{north.people['desk']}",
        "/admin/audit?who=olive&about=maya&what=bookings&since=2026-01-01",
        f"/admin/settings/home?location={place}",
        f"/directory?q=more&here=1&skill={north.skills['Welding']}&location={place}",
        f"/directory?person={person}&page=2",
        "/directory/teams?q=more",
    ]


def _grow(app: Flask, north: TenantWorld, round_: int) -> None:
    """More of everything that pages list."""
    with app.app_context(), tenant_session(db.session.session_factory, north.id) as session:
        for number in range(5):
            name = f"More {round_} {number}"
            details = PersonDetails(f"more{round_}{number}@example.test", "More", "People")
            added = add_person(session, datetime.now(UTC), details)
            session.add_all(
                [*_spaces(north, name), Contract(person_id=added.id, **_first_days(north, number))]
            )
            session.add(Contract(person_id=north.people["member"], **_first_days(north, number)))
            _grow_directory(session, north, added.id)
            _grow_teams(session, north, name, added.id)
            add_location(session, LocationDetails(name, "", "Europe/Madrid"), [Opening(number, 60, 120)])
        touch(session)
    _grow_joining(app, north, round_)
    with inside(app, north) as session:
        for number in range(5):
            session.add(Team(name=f"Band {round_} {number}", created_at=NOW))
            for state in AnnouncementState:
                announced(session, north, NOW, state=state, to="owner", place="Leith Walk")
    for hour in (9, 11, 13):
        booked(app, north, "owner", "Fern", span(hour, days=1 + round_))
        booked(app, north, "member", "Rowan", span(hour, days=0 if round_ and hour > 9 else 1 + round_))


def _grow_directory(session: Session, north: TenantWorld, person_id: int) -> None:
    """Somebody lets others find them, and know that they are here; the member did before."""
    everybody = dict.fromkeys(map(str, ProfileField), str(Visibility.SIGNED_IN))
    known = session.scalars(select(PersonProfile.person_id)).all()
    for each in {person_id, north.people["member"]} - set(known):
        session.add_all(
            [
                PersonProfile(person_id=each, listed=True, visibility=everybody, industry=f"Trade {each}"),
                PersonSkill(person_id=each, skill_id=north.skills["Welding"]),
                CheckIn(
                    person_id=each,
                    location_id=north.locations["Leith Walk"],
                    starts_at=NOW,
                    ends_at=NOW + timedelta(hours=9),
                ),
            ]
        )
        index_people(session, [each])
    session.execute(update(Team).values(listed=True))


def _grow_teams(session: Session, north: TenantWorld, name: str, person_id: int) -> None:
    """One more of the first team, another team of the owner's, and somebody who is invited into the first."""
    now = datetime.now(UTC)
    first = session.scalars(select(Team.id).order_by(Team.id)).first()
    other = Team(name=name, created_at=now)
    session.add(other)
    session.flush()
    invitation = TeamInvitation(
        team_id=first,
        email=f"{name}@elsewhere.test",
        email_key=f"{name}@elsewhere.test",
        invited_by_id=north.people["owner"],
        created_at=now,
        expires_at=now + timedelta(days=7),
    )
    session.add_all(
        [
            invitation,
            TeamMember(team_id=first, person_id=person_id, joined_at=now),
            TeamMember(team_id=other.id, person_id=north.people["owner"], administrator=True, joined_at=now),
        ]
    )


def _grow_joining(app: Flask, north: TenantWorld, round_: int) -> None:
    owner = north.actor("owner")
    for number in range(5):
        email = f"guest{round_}{number}@example.test"
        with inside(app, north) as session:
            invite(session, owner, Invite(email), "http://localhost", lambda: NOW)
            publish_terms(session, owner, NewTerms("Terms", "Be kind.", for_everybody=False), lambda: NOW)
            session.add(SignUp(email=email, email_key=email, asked_at=NOW, completed_at=NOW, expires_at=NOW))


def _spaces(north: TenantWorld, name: str) -> list[TenantOwned]:
    place, cedar, day = north.locations["Leith Walk"], north.rooms["Cedar"], date(2027, 1, 1)
    return [
        Plan(name=name),
        Amenity(name=name, icon="sun"),
        ResourceType(name=name),
        Resource(
            name=name,
            resource_type_id=north.types["Meeting room"],
            location_id=place,
            position=90,
            capacity=4,
        ),
        Closure(location_id=place, first_day=day, last_day=day),
        Closure(location_id=place, resource_id=cedar, first_day=day, last_day=day),
        OpeningHours(location_id=place, resource_id=cedar, weekday=len(name) % 7, opens=0, closes=1440),
    ]


def _first_days(north: TenantWorld, number: int) -> dict[str, Any]:
    day = date(2026, 1, 1 + number)
    return {"plan_id": north.plans["Studio"], "starts_on": day, "ends_on": None if number else day}


def _counts(app: Flask, visitor: Visitor, pages: list[str]) -> dict[str, int]:
    found = {}
    for path in pages:
        if visitor.get(path).status_code != 200:
            continue
        with statements(app) as sent:
            visitor.get(path)
        found[path] = len([each for each in sent if not each.startswith("BEGIN")])
    return found


def test_pages_keep_to_their_budget_however_many_rows(
    app: Flask, world: World, tuesday: time_machine.Traveller
) -> None:
    north = world.northlight
    booking = booked(app, north, "member", "Cedar", span(9, 15, days=0))
    team = make_team(app, north, "owner", "member", "contact", name="First")
    tuesday.shift(20 * 60)
    with inside(app, north) as session:
        rows = [ListRow(Line(number, f"row{number}@example.test")) for number in range(40)]
        people = keep_list(session, north.actor("owner"), rows, "", lambda: NOW)
        draft = announced(session, north, NOW, state=AnnouncementState.DRAFT, place="Leith Walk")
        digest = app.extensions["portico_files"].put(north.id, b"a picture")
        picture = StoredFile(digest=digest, mime="image/webp", size=9, created_at=NOW)
        session.add(picture)
        session.flush()
        told = announced(session, north, NOW, to="owner", photo_id=picture.id)
    with inside(app, north) as session:
        billed = bill(session, north, "owner", NOW)
        of_member = select(Contract.id).where(Contract.person_id == north.people["member"]).limit(1)
        contract = session.scalars(of_member).one()
        give_prices(session, north, contract, billed["rate_id"], NOW)
        product = Product(name="Ticket", price_minor=500, tax_rate_id=billed["rate_id"], stock=5)
        kind = PassType(name="Mornings", kind=CreditKind.DAYS)
        rate = Rate(
            resource_type_id=north.types["Meeting room"], name="Evening", unit=RateUnit.HOUR, amount_minor=900
        )
        lunch = BookingExtraOffer(name="Lunch", price_minor=900, pricing=ExtraPricing.PERSON, stock=40)
        terms = terms_json(Rooms.ALL, Whom.EVERYBODY, When(), Sets(max_minutes=600))
        rule = BookingRule(position=0, name="Short", terms=terms, enabled=True)
        session.add_all([product, kind, rate, lunch, rule])
        session.commit()
        product_id, pass_id, rate_id, extra_id, rule_id = product.id, kind.id, rate.id, lunch.id, rule.id
    provider = provider_of(app, north, "https://10.0.0.1", "a secret")
    made = _subjects(
        north,
        booking_id=booking,
        series_id=repeated(app, north, "member"),
        team_id=team,
        list_id=people,
        provider_id=provider,
        announcement_id=told,
        invoice_id=billed["invoice_id"],
        contract_id=contract,
        product_id=product_id,
        pass_id=pass_id,
        price_id=rate_id,
        extra_id=extra_id,
        rule_id=rule_id,
    )
    pages = _pages(app, made, [*_questions(north), f"/admin/announcements/{draft}"])
    visitor = Visitor(app, north)
    visitor.sign_in("owner")
    _grow(app, north, 0)
    few = _counts(app, visitor, pages)
    assert {SEARCH, "/", "/bookings/mine", "/admin", "/admin/people", f"/team/{team}"} <= few.keys()
    assert {"/announcements", f"/announcements/{told}", f"/admin/announcements/{draft}"} <= few.keys()
    assert {"/directory", f"/people/{north.people['member']}", f"/directory/teams/{team}"} <= few.keys()
    assert {rule.endpoint for rule in app.url_map.iter_rules() if _is_admin_page(rule)} == {
        app.url_map.bind("localhost").match(path.partition("?")[0])[0] for path in few if "/admin" in path
    }
    assert {path: count for path, count in few.items() if count > MOST} == {}
    assert few[SEARCH] <= 5
    _grow(app, north, 1)
    assert _counts(app, visitor, pages) == few


def _is_admin_page(rule: Rule) -> bool:
    return "GET" in (rule.methods or ()) and rule.endpoint.startswith("admin.")
