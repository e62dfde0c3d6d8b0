"""Two rows that are one person: nothing is lost, nothing is there twice."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Column, MetaData, String, Table, UniqueConstraint, func, select
from sqlalchemy.orm import Session

from app.domain import sessions
from app.domain.notices import tell
from app.domain.people.staff import standing_of
from app.domain.people.standing import set_role
from app.domain.people.terms import GiveRole
from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.holding import Ending, Holding, Merging
from app.domain.privacy.merge import _move_column, merge_people, plan_merge, unique_beside
from app.domain.privacy.reach import table_named
from app.domain.privacy.terms import Merge, Reason
from app.domain.sessions import Browser
from app.models import (
    AuditEntry,
    Booking,
    BookingStatus,
    Contract,
    Deletion,
    LoginSession,
    Notice,
    Person,
    Role,
    StaffLocation,
)
from app.models.base import BigId
from app.tenancy import tenant_session
from tests.support.world import TenantWorld, World

OpenSession = Callable[[], Session]
NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)


def _fill(session: Session, tenant: TenantWorld, who: str, number: int) -> None:
    person_id = tenant.people[who]
    for each in range(number):
        starts = NOW + timedelta(hours=each)
        session.add(
            Booking(
                resource_id=tenant.rooms["Fern"],
                location_id=tenant.locations["Leith Walk"],
                person_id=person_id,
                booked_by_id=person_id,
                starts_at=starts,
                ends_at=starts + timedelta(hours=1),
                status=BookingStatus.CONFIRMED,
                currency="GBP",
                quote={},
                request_key=f"key {each}",
                created_at=NOW,
            )
        )
    tell(session, NOW, person_id, "password.changed", {})
    sessions.start(session, person_id, Browser("x", "y"), NOW)


def _counts(session: Session, person_id: int) -> list[int]:
    kinds = (Booking, Contract, Notice, LoginSession)
    return [
        session.execute(select(func.count(kind.id)).where(kind.person_id == person_id)).scalar_one()
        for kind in kinds
    ]


def test_the_plan_is_what_happens(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    member, colleague = north.people["member"], north.people["colleague"]
    with tenant_session(open_session, north.id) as session:
        _fill(session, north, "member", 2)
        _fill(session, north, "colleague", 3)
    with tenant_session(open_session, north.id) as session:
        _kept, _gone, plan = plan_merge(session, north.actor("desk"), member, colleague)
        assert {each.table: (each.rows, each.moves) for each in plan} == {
            "booking": (3, True),
            "contract": (1, True),
            "notice": (1, True),
            "login_session": (1, False),
            "known_device": (1, True),
        }
        merge_people(session, north.actor("desk"), Merge(member, colleague), lambda: NOW)
        session.commit()
        assert _counts(session, member) == [5, 2, 2, 0]
        assert _counts(session, colleague) == [0, 0, 0, 0]


def test_what_the_trail_said_of_both_goes_with_the_one(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    member, colleague = north.people["member"], north.people["colleague"]
    with tenant_session(open_session, north.id) as session:
        for person_id in (member, colleague):
            entry = AuditEntry(
                at=NOW,
                action="person.edited",
                subject="person",
                subject_id=person_id,
                before={},
                after={"email": "old@example.test"},
            )
            session.add(entry)
        session.commit()
        merge_people(session, north.actor("desk"), Merge(member, colleague), lambda: NOW)
        session.commit()
        said = session.scalars(select(AuditEntry.after).where(AuditEntry.action == "person.edited")).all()
        assert said == [{"email": "old@example.test"}] * 2
        anonymise(session, north.actor("owner"), member, Reason.ASKED, lambda: NOW)
        session.commit()
        said = session.scalars(select(AuditEntry.after).where(AuditEntry.action == "person.edited")).all()
        assert said == [{"email": "[removed]"}] * 2


def test_a_suspended_one_that_stays_stays_suspended(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        session.get_one(Person, north.people["member"]).suspended_at = NOW
        session.commit()
        wish = Merge(north.people["member"], north.people["contact"], take_name=True)
        merge_people(session, north.actor("desk"), wish, lambda: NOW)
        session.commit()
        kept = session.get_one(Person, north.people["member"])
        assert (kept.name, kept.suspended_at) == ("Conny Contact", NOW)


def test_what_somebody_is_of_staff_survives_as_a_whole(open_session: OpenSession, world: World) -> None:
    """Never both: who is limited in one of the rows does not work everywhere with the role of the other."""
    north = world.northlight
    member, desk, manager = north.people["member"], north.people["desk"], north.people["manager"]
    owner, here = north.actor("owner"), frozenset({north.locations["Leith Walk"]})
    host = GiveRole(Role.CUSTOM, north.roles["Event host"], here)
    with tenant_session(open_session, north.id) as session:
        set_role(session, owner, member, host, lambda: NOW)
        set_role(session, owner, desk, GiveRole(Role.NONE), lambda: NOW)
        set_role(session, owner, manager, GiveRole(Role.MANAGER, None, here), lambda: NOW)
        hosts = standing_of(session, session.get_one(Person, member))
        managers = standing_of(session, session.get_one(Person, manager))
        assert hosts != managers
    for gone, kept, expected in ((member, desk, hosts), (desk, manager, managers)):
        with tenant_session(open_session, north.id) as session:
            merge_people(session, owner, Merge(kept, gone, take_email=False, take_name=False), lambda: NOW)
        with tenant_session(open_session, north.id) as session:
            assert standing_of(session, session.get_one(Person, kept)) == expected
            assert standing_of(session, session.get_one(Person, gone)).role is Role.NONE
            left = session.scalars(select(StaffLocation).where(StaffLocation.person_id == gone)).all()
            assert left == []


def test_unique_rules_are_found_with_what_stands_beside() -> None:
    table = Table(
        "badge",
        MetaData(),
        Column("tenant_id", BigId),
        Column("person_id", BigId),
        Column("kind", String(9)),
        UniqueConstraint("tenant_id", "person_id", "kind"),
        UniqueConstraint("tenant_id", "kind"),
    )
    assert unique_beside(table, "person_id") == [["kind"]]
    assert unique_beside(table, "other") == []


def test_of_two_alike_the_one_that_stays_keeps_its_own(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    member, colleague = north.people["member"], north.people["colleague"]
    once = Holding("deletion", Ending.DELETE, Merging.ONE, whose="person_id")
    column = table_named("deletion").c.person_id
    with tenant_session(open_session, north.id) as session:
        session.add(Deletion(person_id=colleague, asked_at=NOW, due_at=NOW))
        session.flush()
        _move_column(session, once, column, north.id, member, colleague)
        assert session.scalars(select(Deletion.person_id)).all() == [member]
        session.add(Deletion(person_id=colleague, asked_at=NOW, due_at=NOW + timedelta(days=1)))
        session.flush()
        _move_column(session, once, column, north.id, member, colleague)
        assert session.execute(select(Deletion.person_id, Deletion.due_at)).all() == [(member, NOW)]
