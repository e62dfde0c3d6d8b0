"""One row of everything that an address can name, for the walks over all routes."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.domain.booking.house_rules.terms import Rooms, Sets, When, Whom, terms_json
from app.domain.booking.quotes import Quote
from app.domain.directory.index import index_people
from app.domain.sign_on.saml import NOT_SET_UP, add_saml_provider
from app.domain.visit import token_hash
from app.models import (
    Booking,
    BookingExtraOffer,
    BookingGuest,
    BookingRule,
    BookingSeries,
    BookingStatus,
    Closure,
    Contract,
    CreditKind,
    DataCopy,
    EmailChange,
    ExtraPricing,
    Invitation,
    InvitationList,
    LoginSession,
    Notice,
    Passkey,
    PassType,
    PasswordReset,
    PersonProfile,
    Plan,
    PlanVersion,
    PlanVisibility,
    PushDevice,
    Rate,
    RateUnit,
    Resource,
    RoomSign,
    SignOnIdentity,
    SignOnProtocol,
    SignOnProvider,
    SignUp,
    StoredFile,
    Team,
    TeamInvitation,
    TeamMember,
    WaitlistEntry,
)
from app.tenancy import tenant_session
from app.web.ports import files
from tests.support.announcements import announced
from tests.support.cards import card_rows
from tests.support.invoices import bill
from tests.support.messages import reported_message, waiting_share
from tests.support.products import sold
from tests.support.tariffs import give_prices
from tests.support.world import TenantWorld

OpenSession = Callable[[], Session]


Ids = dict[str, int | str]


# A route with an argument that is not listed here fails the walk: say whose it is, or why it is nobody's.
NOBODYS = {
    "auth.edit_password",
    "auth.update_password",  # tested below: the token is a password link
    "team.show_invitation",
    "team.create_member",  # tested in tests/web/test_team_invitations.py: the token is a mailed link
    "auth.show_confirmation",
    "auth.create_confirmation",
    "auth.show_stop",
    "auth.create_stop",  # likewise: the token is a link about an e-mail
    "join.edit",
    "join.update",
    "join.edit_invitation",
    "join.update_invitation",  # tested below: the token is a mailed link of joining
    "inbox.edit_digest",
    "inbox.destroy_digest",
    "inbox.edit_arrival",
    "inbox.create_arrival",  # signed for one tenant; their own tests keep tenants apart
    "auth.edit_mail_link",
    "auth.update_mail_link",  # its own tests keep tenants apart: the token is a mailed link
    "invoices.show_paid",  # its own tests keep tenants apart: who comes back from paying has only the token
    "invoices.show_guest",
    "invoices.create_guest_payment",  # likewise: the token is a link that its payer made
    "bookings.show_feed",  # its own tests keep tenants apart: whoever reads it has only the token
    "rooms.listen",  # likewise: a stream of words without content, behind the panel's token
    "messages.show_claim",  # its own tests keep tenants apart: the token is in an address that only the sharer has
    "media.show_rooms",
    "theming.show_stylesheet",
    "theming.show_icon",
    "pwa.show_screenshot",  # the look is public, by digest
    "outbox.show",  # not in production; its own tests keep tenants apart
    "admin.settings.update_audience",
    "admin.settings.update_order",
    "admin.settings.update_switch",  # names from the registry
    "admin.sign_on.create",  # the name of a preset
}


def belongings(app: Flask, open_session: OpenSession, tenant: TenantWorld) -> Ids:
    """One row of everything that an address can name, belonging to the tenant's member."""
    now = datetime.now(UTC)
    with app.app_context(), tenant_session(open_session, tenant.id) as session:
        digest = files().put(tenant.id, f"a file of {tenant.slug}".encode())
        rows: dict[str, Any] = {
            "booking_id": Booking(
                resource_id=tenant.rooms["Fern"],
                location_id=tenant.locations["Leith Walk"],
                person_id=tenant.people["owner"],
                # For their team, so that its pages have it, too
                booked_by_id=tenant.people["colleague"],
                starts_at=now + timedelta(days=2),
                ends_at=now + timedelta(days=2, hours=1),
                status=BookingStatus.CONFIRMED,
                currency="GBP",
                quote=Quote(60, 0, 0, "GBP").as_json(),
                created_at=now,
            ),
            "series_id": BookingSeries(
                person_id=tenant.people["owner"],
                booked_by_id=tenant.people["owner"],
                resource_id=tenant.rooms["Fern"],
                location_id=tenant.locations["Leith Walk"],
                rule="FREQ=DAILY",
                first_day=now.date() + timedelta(days=4),
                last_day=now.date() + timedelta(days=6),
                starts=600,
                minutes=60,
                created_at=now,
                changed_at=now,
            ),
            "closure_id": Closure(
                location_id=tenant.locations["Leith Walk"],
                first_day=date(2027, 1, 1),
                last_day=date(2027, 1, 1),
            ),
            "contract_id": Contract(
                person_id=tenant.people["owner"],
                plan_id=tenant.plans["Studio"],
                starts_on=date(2026, 1, 1),
            ),
            "copy_id": DataCopy(
                person_id=tenant.people["owner"],
                asked_at=now,
                ready_at=now,
                expires_at=now + timedelta(days=1),
                digest=digest,
            ),
            "price_id": Rate(
                resource_type_id=tenant.types["Meeting room"],
                name="Evening",
                unit=RateUnit.HOUR,
                amount_minor=1200,
                from_minute=18 * 60,
                until_minute=22 * 60,
                active=False,
            ),
            "session_id": LoginSession(
                person_id=tenant.people["owner"],
                token_hash=token_hash(f"s-{tenant.slug}"),
                created_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(days=1),
            ),
            "notice_id": Notice(
                person_id=tenant.people["owner"],
                kind="password.changed",
                data={},
                in_app=True,
                created_at=now,
            ),
            "passkey_id": Passkey(
                person_id=tenant.people["owner"],
                credential_id=f"p-{tenant.slug}",
                public_key=b"",
                sign_count=0,
                host=tenant.host,
                name="A phone",
                created_at=now,
            ),
            "reset": PasswordReset(
                person_id=tenant.people["member"],
                token_hash=token_hash(f"r-{tenant.slug}"),
                created_at=now,
                expires_at=now + timedelta(hours=1),
            ),
            "profile": PersonProfile(person_id=tenant.people["colleague"], listed=True),
            "email": EmailChange(
                person_id=tenant.people["member"],
                old_email=tenant.email("member"),
                new_email="other@example.test",
                confirm_hash=token_hash(f"c-{tenant.slug}"),
                stop_hash=token_hash(f"s-{tenant.slug}"),
                created_at=now,
                confirm_until=now + timedelta(hours=1),
                stop_until=now + timedelta(hours=1),
            ),
            "invitation_id": Invitation(
                email="guest@example.test",
                email_key="guest@example.test",
                token_hash=token_hash(f"i-{tenant.slug}"),
                invited_by_id=tenant.people["owner"],
                created_at=now,
                expires_at=now + timedelta(days=7),
            ),
            "list_id": InvitationList(
                uploaded_by_id=tenant.people["owner"],
                rows=[],
                created_at=now,
                expires_at=now + timedelta(hours=1),
            ),
            "sign_up_id": SignUp(
                email="asks@example.test",
                email_key="asks@example.test",
                token_hash=token_hash(f"u-{tenant.slug}"),
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
            "wait_id": WaitlistEntry(
                person_id=tenant.people["owner"],
                location_id=tenant.locations["Leith Walk"],
                starts_at=now + timedelta(days=3),
                ends_at=now + timedelta(days=3, hours=1),
                people=1,
                tolerance_minutes=0,
                joined_at=now,
            ),
            "sign_of_room": RoomSign(
                resource_id=tenant.rooms["Cedar"],
                code=f"code-{tenant.slug}",
                panel_hash=token_hash(f"panel-{tenant.slug}"),
                panel_made_at=now,
            ),
            "rule_id": BookingRule(
                position=0,
                name="Short",
                terms=terms_json(Rooms.ALL, Whom.EVERYBODY, When(), Sets(max_minutes=600)),
                enabled=False,
            ),
            "pass_id": PassType(name="Mornings", kind=CreditKind.DAYS),
            "extra_id": BookingExtraOffer(name="Lunch", price_minor=900, pricing=ExtraPricing.PERSON),
            "file": StoredFile(digest=digest, mime="image/png", size=1, created_at=now),
        }
        session.add_all(rows.values())
        session.flush()
        identity = SignOnIdentity(
            provider_id=rows["provider_id"].id,
            person_id=tenant.people["owner"],
            issuer="https://10.0.0.1",
            subject="owner",
            linked_at=now,
            used_at=now,
        )
        rows["guest_id"] = BookingGuest(
            booking_id=rows["booking_id"].id,
            person_id=tenant.people["owner"],
            name="Gus Guest",
            added_at=now,
        )
        session.add_all([identity, rows["guest_id"]])
        session.get_one(Resource, tenant.rooms["Cedar"]).photo_id = rows["file"].id
        session.flush()
        rows["identity_id"] = identity
        rows["device_id"] = PushDevice(
            session_id=rows["session_id"].id,
            endpoint=f"https://fcm.googleapis.com/{tenant.slug}",
            endpoint_hash=tenant.slug,
            origin=f"http://{tenant.host}",
            p256dh="",
            auth="",
            browser="",
            system="",
            mobile=True,
            created_at=now,
            last_seen_at=now,
        )
        session.add(rows["device_id"])
        session.flush()
        rows["saml"] = add_saml_provider(
            session, app.extensions["portico_sign_on"], tenant.actor("owner"), "Acme", NOT_SET_UP, now
        )
        rows["saml"].enabled = True
        ids: Ids = {name: row.id for name, row in rows.items()}
        ids["type_id"] = tenant.types["Meeting room"]
        ids |= _team(session, tenant, now)
        ids |= reported_message(session, tenant, "colleague", "owner", now)
        billed = bill(session, tenant, "owner", now)
        give_prices(session, tenant, rows["contract_id"].id, billed["rate_id"], now)
        ids |= billed
        ids |= card_rows(session, tenant, "owner", billed["invoice_id"], now)
        ids |= _plans(session, tenant, billed["rate_id"], now)
        ids |= sold(session, tenant, "owner", rows["contract_id"].id, billed["rate_id"], now)
        ids["announcement_id"] = announced(session, tenant, now, to="owner", photo_id=rows["file"].id)
        ids |= waiting_share(session, tenant, "owner", rows["file"].id, now)
    return ids | {
        "person_id": tenant.people["colleague"],
        "plan_id": tenant.plans["Residents"],
        "location_id": tenant.locations["Leith Walk"],
        "resource_id": tenant.rooms["Cedar"],
        "role_id": tenant.roles["Event host"],
        "digest": digest,
        "sign": "heart",
        "token": f"r-{tenant.slug}",
        "code": f"code-{tenant.slug}",
        "rooms.show_panel.token": f"panel-{tenant.slug}",
        "rooms.create_check_in.token": f"panel-{tenant.slug}",
        "rooms.create_ending.token": f"panel-{tenant.slug}",
        "admin.people.edit_contract_price.person_id": tenant.people["owner"],
    }


def _plans(session: Session, tenant: TenantWorld, rate_id: int, now: datetime) -> Ids:
    """A plan behind a link, and one that people ask about."""
    linked = Plan(name="Founders", link_token=f"r-{tenant.slug}")
    asked = Plan(name="Office")
    session.add_all([linked, asked])
    session.flush()
    for plan, visibility in ((linked, PlanVisibility.LINK), (asked, PlanVisibility.ENQUIRE)):
        terms = {"number": 1, "made_at": now, "price_minor": 900, "tax_rate_id": rate_id}
        session.add(PlanVersion(plan_id=plan.id, visibility=visibility, **terms))
    session.flush()
    return {"plans.new_enquiry.plan_id": asked.id}


def _team(session: Session, tenant: TenantWorld, now: datetime) -> Ids:
    """A team that the owner administrates, somebody in it who books for the others, and somebody who is invited."""
    team = Team(name="Tidewater", created_at=now, listed=True)
    session.add(team)
    session.flush()
    index_people(session, [tenant.people["colleague"]])
    invitation = TeamInvitation(
        team_id=team.id,
        email="ines@elsewhere.test",
        email_key="ines@elsewhere.test",
        token_hash=token_hash(f"t-{tenant.slug}"),
        invited_by_id=tenant.people["owner"],
        created_at=now,
        expires_at=now + timedelta(days=7),
    )
    session.add_all(
        [
            invitation,
            TeamMember(
                team_id=team.id,
                person_id=tenant.people["owner"],
                administrator=True,
                pays=True,
                joined_at=now,
            ),
            TeamMember(
                team_id=team.id, person_id=tenant.people["colleague"], may_book_for_team=True, joined_at=now
            ),
        ]
    )
    session.flush()
    return {"team_id": team.id, "invitation_id": invitation.id}


def _entry(endpoint: str, tenant: TenantWorld) -> int:
    """The small editors share one argument name; the endpoint says which list it is of."""
    lists = {
        "amenities": tenant.amenities["Screen"],
        "plans": tenant.plans["Residents"],
        "skills": tenant.skills["Welding"],
        "resource_types": tenant.types["Meeting room"],
    }
    return next(entry for name, entry in lists.items() if f".{name}." in endpoint)


def _is_about_saml(rule: Rule) -> bool:
    """One protocol's addresses are not there for the other's providers."""
    return "/saml" in rule.rule or rule.rule.endswith(("/attributes", "/trial"))


def address_of(app: Flask, rule: Rule, ids: Ids, tenant: TenantWorld) -> str:
    if "provider_id" in rule.arguments and _is_about_saml(rule):
        ids = {**ids, "provider_id": ids["saml"]}
    values = {
        # Where a page is about something else of the kind, the endpoint stands before the name.
        name: _entry(rule.endpoint, tenant)
        if name == "entry_id"
        else ids.get(f"{rule.endpoint}.{name}", ids[name])
        for name in rule.arguments
    }
    return str(app.url_map.bind("localhost").build(rule.endpoint, values))
