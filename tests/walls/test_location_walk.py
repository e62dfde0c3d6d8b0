"""Walks every address of the front desk as somebody who is limited to one location, with the ids of another."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from app.domain.booking.house_rules.terms import Rooms, Sets, When, Whom, terms_json
from app.domain.booking.quotes import Quote
from app.models import (
    AnnouncementState,
    Booking,
    BookingExtraOffer,
    BookingGuest,
    BookingRule,
    BookingSeries,
    BookingStatus,
    Closure,
    Contract,
    CreditKind,
    ExtraPricing,
    Invitation,
    InvitationList,
    PassType,
    Person,
    Rate,
    RateUnit,
    RecordView,
    Role,
    SignOnProtocol,
    SignOnProvider,
    SignUp,
    StoredFile,
    Team,
    TeamMember,
    TenantOwned,
)
from app.models.base import Base
from app.web.access import access_of
from tests.support.announcements import announced
from tests.support.cards import card_rows
from tests.support.invoices import bill
from tests.support.limited import give
from tests.support.messages import reported_message
from tests.support.products import sold
from tests.support.rows import change, inside
from tests.support.staff import Desk
from tests.support.tariffs import give_prices
from tests.support.world import TenantWorld, World

HERE, ELSEWHERE = "Leith Walk", "Porto"
# What is in no single location; these are tested to be closed to whoever is limited, whatever the id.
_OF_THE_HOUSE = {"entry_id", "role_id"}
_NAMES = {"group", "key", "preset"}
# Only there for a provider of another protocol than the one below.
_OF_SAML = {"admin.sign_on.update_saml", "admin.sign_on.update_attributes", "admin.sign_on.create_trial"}
_WRITTEN_BY_LOOKING: set[type[TenantOwned]] = {RecordView}


@pytest.fixture
def ids(app: Flask, world: World) -> dict[str, int]:
    """One row of everything that an address of the front desk can name, all of it in Porto."""
    north = world.northlight
    change(app, north, Person, north.people["member"], location_id=north.locations[ELSEWHERE])
    now = datetime.now(UTC)
    with inside(app, north) as session:
        rows: dict[str, Any] = {
            "booking_id": Booking(
                resource_id=north.rooms["Tejo"],
                location_id=north.locations[ELSEWHERE],
                person_id=north.people["member"],
                booked_by_id=north.people["member"],
                starts_at=now - timedelta(minutes=30),
                ends_at=now + timedelta(hours=1),
                status=BookingStatus.CONFIRMED,
                currency="GBP",
                quote=Quote(60, 0, 0, "GBP").as_json(),
                created_at=now,
            ),
            "series_id": BookingSeries(
                resource_id=north.rooms["Tejo"],
                location_id=north.locations[ELSEWHERE],
                person_id=north.people["member"],
                booked_by_id=north.people["member"],
                rule="FREQ=DAILY",
                first_day=now.date() + timedelta(days=4),
                last_day=now.date() + timedelta(days=6),
                starts=600,
                minutes=60,
                created_at=now,
                changed_at=now,
            ),
            "rule_id": BookingRule(
                position=0,
                name="Short",
                location_id=north.locations[ELSEWHERE],
                terms=terms_json(Rooms.ALL, Whom.EVERYBODY, When(), Sets(max_minutes=60)),
            ),
            "closure_id": Closure(
                location_id=north.locations[ELSEWHERE],
                resource_id=north.rooms["Tejo"],
                first_day=date(2027, 1, 1),
                last_day=date(2027, 1, 1),
            ),
            "contract_id": Contract(
                person_id=north.people["member"], plan_id=north.plans["Residents"], starts_on=date(2026, 1, 1)
            ),
            # Of no location, and closed to whoever is limited to some.
            "invitation_id": Invitation(
                email="guest@example.test",
                email_key="guest@example.test",
                token_hash="i",
                invited_by_id=north.people["owner"],
                created_at=now,
                expires_at=now + timedelta(days=7),
            ),
            "list_id": InvitationList(
                uploaded_by_id=north.people["owner"],
                rows=[],
                created_at=now,
                expires_at=now + timedelta(hours=1),
            ),
            "sign_up_id": SignUp(
                email="asks@example.test",
                email_key="asks@example.test",
                token_hash="u",
                first_name="Ada",
                last_name="Asks",
                asked_at=now,
                completed_at=now,
                expires_at=now + timedelta(days=7),
            ),
            "provider_id": SignOnProvider(
                protocol=SignOnProtocol.OIDC,
                name="Acme",
                settings={"issuer": "https://10.0.0.1", "client_id": "portal"},
                enabled=True,
                created_at=now,
                connected_at=now,
            ),
            "team_id": Team(name="Tidewater", created_at=now),
            "price_id": Rate(
                resource_type_id=north.types["Meeting room"],
                name="Evening",
                unit=RateUnit.HOUR,
                amount_minor=900,
            ),
            "pass_id": PassType(name="Mornings", kind=CreditKind.DAYS),
            "extra_id": BookingExtraOffer(name="Lunch", price_minor=900, pricing=ExtraPricing.PERSON),
        }
        session.add_all(rows.values())
        session.flush()
        rows["guest_id"] = BookingGuest(
            booking_id=rows["booking_id"].id, person_id=north.people["member"], name="Gus", added_at=now
        )
        session.add(rows["guest_id"])
        session.flush()
        found = {name: row.id for name, row in rows.items()}
        found |= reported_message(session, north, "member", "colleague", now)
        digest = app.extensions["portico_files"].put(north.id, b"a picture")
        picture = StoredFile(digest=digest, mime="image/webp", size=9, created_at=now)
        session.add(picture)
        session.flush()
        found["announcement_id"] = announced(
            session, north, now, state=AnnouncementState.DRAFT, place=ELSEWHERE, photo_id=picture.id
        )
        found |= bill(session, north, "member", now)
        found |= card_rows(session, north, "member", found["invoice_id"], now)
        give_prices(session, north, found["contract_id"], found["rate_id"], now)
        found |= sold(session, north, "member", found["contract_id"], found["rate_id"], now)
        session.add(TeamMember(team_id=found["team_id"], person_id=north.people["member"], joined_at=now))
    return found | {
        "person_id": north.people["member"],
        "plan_id": north.plans["Residents"],
        "location_id": north.locations[ELSEWHERE],
        "resource_id": north.rooms["Tejo"],
        "type_id": north.types["Meeting room"],
    }


@pytest.fixture
def limited(app: Flask, world: World) -> Desk:
    """Somebody who may everything, but in one location only."""
    north = world.northlight
    give(app, north, "manager", Role.OWNER, places=[HERE])
    return Desk(app, north, "manager")


def _rules(app: Flask) -> Iterator[Rule]:
    # What removes comes last, so that the rest is still there.
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.endpoint.endswith("destroy")):
        if rule.endpoint.startswith("admin.") and rule.arguments and not _only_names(rule):
            yield rule


def _only_names(rule: Rule) -> bool:
    """Words from a registry, which belong to nobody."""
    return rule.arguments <= _NAMES


def _address(app: Flask, rule: Rule, ids: dict[str, int]) -> str:
    values = {name: ids.get(name, 1) for name in rule.arguments}
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))


def _everything(app: Flask, tenant: TenantWorld) -> dict[str, list[object]]:
    with inside(app, tenant) as session:
        return {
            mapper.class_.__name__: list(
                session.execute(select(*mapper.columns).order_by(mapper.class_.id)).all()
            )
            for mapper in Base.registry.mappers
            if issubclass(mapper.class_, TenantOwned) and mapper.class_ not in _WRITTEN_BY_LOOKING
        }


def _statuses(app: Flask, desk: Desk, ids: dict[str, int], method: str) -> dict[str, int]:
    found = {}
    for rule in _rules(app):
        if method in (rule.methods or ()):
            answer = desk.client.open(_address(app, rule, ids), method=method, data={"sent": "1"})
            found[rule.endpoint] = answer.status_code
    return found


def test_the_walk_knows_every_argument(app: Flask, ids: dict[str, int]) -> None:
    assert [rule for rule in _rules(app) if not rule.arguments <= {*ids, *_OF_THE_HOUSE, *_NAMES}] == []


def test_a_colleague_who_works_everywhere_finds_them(app: Flask, world: World, ids: dict[str, int]) -> None:
    """The opposite first. A form without its fields is refused, but it is there."""
    app.config["WTF_CSRF_ENABLED"] = False
    owner = Desk(app, world.northlight, "owner")
    assert set(_statuses(app, owner, ids, "GET").values()) == {200}
    assert {rule.endpoint for rule in _rules(app)} >= _OF_SAML
    # A plan's id is none of a type's: of the lists' entries only some are there.
    posts = {
        endpoint: status
        for endpoint, status in _statuses(app, owner, ids, "POST").items()
        if status == 404 and "closure" not in endpoint and endpoint not in _OF_SAML
    }
    assert [endpoint for endpoint in posts if not endpoint.endswith("destroy")] == []


def test_who_is_limited_elsewhere_does_not_and_changes_nothing(
    app: Flask, world: World, ids: dict[str, int], limited: Desk
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    before = _everything(app, world.northlight)
    for method in ("GET", "POST"):
        found = _statuses(app, limited, ids, method)
        assert {endpoint: status for endpoint, status in found.items() if status != 404} == {}
    assert _everything(app, world.northlight) == before


def test_what_is_of_the_whole_house_is_closed_to_who_is_limited(
    app: Flask, world: World, limited: Desk
) -> None:
    owner = Desk(app, world.northlight, "owner")
    house = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and not rule.arguments
        and (access := access_of(app, rule.endpoint)) is not None
        and access.whole_house
    ]
    assert {rule.rule for rule in house} >= {
        "/admin/audit",
        "/admin/roles",
        "/admin/plans",
        "/admin/products",
        "/admin/passes",
        "/admin/prices",
        "/admin/limits",
        "/admin/booking-rules",
    }
    assert {owner.get(rule.rule).status_code for rule in house} == {200}
    assert {limited.get(rule.rule).status_code for rule in house} == {404}


def test_lists_hold_what_is_in_reach(app: Flask, world: World, ids: dict[str, int], limited: Desk) -> None:
    north = world.northlight
    owner = Desk(app, north, "owner")
    far = f"?location={north.locations[ELSEWHERE]}"
    for path, there in (
        ("/admin/people", "Maya Member"),
        ("/admin/people.csv", "Maya"),
        ("/admin/locations", "Porto"),
        ("/admin/bookings/new?q=maya", "Maya Member"),
        ("/admin/resources", "Porto"),
        ("/admin/settings", "Porto"),
    ):
        assert there in owner.get(path).text, path
        answer = limited.get(path)
        assert answer.status_code == 200
        assert there not in answer.text, path
    for path in ("/admin", "/admin/bookings", "/admin/resources", "/admin/settings", "/admin/bookings/new"):
        assert owner.get(path + far).status_code == 200, path
        assert limited.get(path + far).status_code == 404, path
    assert ids["person_id"] == north.people["member"]


def test_settings_elsewhere_and_of_all_stay_as_they_are(app: Flask, world: World, limited: Desk) -> None:
    north = world.northlight
    for location, expected in (("", 404), (str(north.locations[ELSEWHERE]), 404)):
        form = {"state": "off", "location": location}
        answer = limited.send("/admin/settings/sections/bookings/switch", form)
        assert answer.status_code == expected
    form = {"state": "off", "location": str(north.locations[HERE])}
    assert limited.send("/admin/settings/sections/bookings/switch", form).status_code in {200, 303}


def test_nobody_is_booked_for_across_the_reach(
    app: Flask, world: World, ids: dict[str, int], limited: Desk
) -> None:
    """A room that is in reach for somebody who is not, and the other way round."""
    north = world.northlight
    day = (datetime.now(UTC) + timedelta(days=3)).date().isoformat()
    wish = {"day": day, "at": "10:00", "minutes": "60", "people": "1", "title": "", "request_key": "k"}

    def book(desk: Desk, who: str, room: str, place: str) -> int:
        address = f"/admin/bookings?location={north.locations[place]}&person={north.people[who]}"
        return desk.send(address, wish | {"resource_id": str(north.rooms[room])}).status_code

    assert book(limited, "member", "Fern", HERE) == 404
    assert book(limited, "colleague", "Tejo", ELSEWHERE) == 404
    assert book(limited, "colleague", "Tejo", HERE) == 422
    assert book(limited, "colleague", "Fern", HERE) == 303
    assert book(Desk(app, north, "owner"), "member", "Tejo", ELSEWHERE) == 303
    assert ids["resource_id"] == north.rooms["Tejo"]
