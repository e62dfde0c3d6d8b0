"""When an account ends, nothing says any more who it was, and what had to stay still counts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import JSON, String, event, select
from sqlalchemy.orm import Session

from app.domain import audit, sessions
from app.domain.actor import Actor
from app.domain.new_password import make_link_token
from app.domain.notices import tell
from app.domain.passwords import WrongPassword
from app.domain.people.terms import LastOwner, NotOneself, StaffIsOwnersBusiness
from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.deletion import ask_deletion, end_due, keep_account, leaving, remind_leaving
from app.domain.privacy.holdings import BY_TABLE, HOLDINGS
from app.domain.privacy.reach import belongs_to_person, references, table_named
from app.domain.privacy.terms import AskDeletion, DeletionAsked, ProofNeeded, Reason
from app.domain.sessions import Browser
from app.kernel.errors import NotFound
from app.models import (
    Allocation,
    AuditEntry,
    Base,
    Booking,
    BookingStatus,
    CardCustomer,
    Contract,
    DataCopy,
    Deletion,
    DocumentKind,
    Invitation,
    Invoice,
    InvoiceLine,
    LoginSession,
    Merger,
    Notice,
    Occupancy,
    Payment,
    PaymentWay,
    Person,
    Role,
    TaxCategory,
    TaxRate,
    Team,
    TeamInvitation,
    WaitlistEntry,
)
from app.tenancy import begin_writing, reviewed, tenant_session
from tests.support.any_row import any_row
from tests.support.cards import card_rows
from tests.support.world import PASSWORD, TenantWorld, World

OpenSession = Callable[[], Session]
NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
ASK = AskDeletion(PASSWORD)
NAMES = ("Zebulon", "Quillfeather", "zebulon.quill@example.test", "Quill & Daughters", "Zebulon's birthday")
OTHERS = ("203.0.113.77", "Mozilla/5.0 (Zebulon)", "no longer Quillfeather", "the desk's words on Zebulon")


def _clock() -> datetime:
    return NOW


def _named(session: Session, tenant: TenantWorld) -> Person:
    """The member, with a name that stands nowhere else."""
    person = session.get_one(Person, tenant.people["member"])
    person.first_name, person.last_name, person.email, person.company = NAMES[:4]
    person.email_key = NAMES[2]
    session.flush()
    return person


def _booking(session: Session, tenant: TenantWorld, person_id: int, hours: float, **more: Any) -> Booking:
    starts = NOW + timedelta(hours=hours)
    booking = Booking(
        resource_id=tenant.rooms["Fern"],
        location_id=tenant.locations["Leith Walk"],
        person_id=person_id,
        booked_by_id=person_id,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        status=BookingStatus.CONFIRMED,
        currency="GBP",
        quote={},
        created_at=NOW,
        **more,
    )
    session.add(booking)
    session.flush()
    return booking


def _fill(session: Session, tenant: TenantWorld) -> Person:
    """A row of every kind that a person can have."""
    person = _named(session, tenant)
    past = _booking(session, tenant, person.id, -48, title=NAMES[4], cancel_reason=OTHERS[2])
    ahead = _booking(session, tenant, person.id, 48, title=NAMES[4], request_key="key-of-Zebulon")
    session.add(
        Occupancy(
            booking_id=ahead.id,
            resource_id=ahead.resource_id,
            location_id=ahead.location_id,
            unit=1,
            blocks_from=ahead.starts_at,
            blocks_until=ahead.ends_at,
        )
    )
    session.add(
        WaitlistEntry(
            person_id=person.id,
            location_id=ahead.location_id,
            starts_at=ahead.starts_at,
            ends_at=ahead.ends_at,
            people=1,
            tolerance_minutes=0,
            joined_at=NOW,
        )
    )
    # The provider's ids say nothing of anybody, and stay until the provider has forgotten them.
    session.add(CardCustomer(person_id=person.id, account="acct_1", customer="cus_1"))
    sessions.start(session, person.id, Browser(OTHERS[1], OTHERS[0]), NOW)
    make_link_token(session, person.id, NOW)
    notice = tell(session, NOW, person.id, "booking.confirmed", {"title": NAMES[4], "list": [NAMES[0]]})
    session.add(DataCopy(person_id=person.id, asked_at=NOW, digest="d" * 64))
    session.add(Deletion(person_id=person.id, asked_at=NOW, due_at=NOW))
    session.add(Merger(merged_id=tenant.people["contact"], kept_id=person.id, merged_at=NOW))
    audit.record(
        session,
        NOW,
        tenant.people["desk"],
        "person.edited",
        subject="person",
        subject_id=person.id,
        before={"email": NAMES[2], "location_id": 3},
        after={"company": NAMES[3], "role": "none"},
    )
    audit.record(
        session,
        NOW,
        tenant.people["desk"],
        "person.edited",
        subject="person",
        subject_id=tenant.people["contact"],
        after={"email": NAMES[2]},
    )
    audit.record(
        session,
        NOW,
        tenant.people["desk"],
        "booking.cancelled",
        subject="booking",
        subject_id=past.id,
        before={"status": "confirmed"},
        after={"status": "cancelled", "reason": OTHERS[3], "who": {"n": NAMES[0]}},
    )
    audit.record(
        session,
        NOW,
        person.id,
        "person.signed_in",
        subject="person",
        subject_id=person.id,
        after={"address": OTHERS[0]},
    )
    session.flush()
    assert notice
    invoice_id = _bill(session, person.id)
    card_rows(session, tenant, "member", invoice_id, NOW)
    _fill_the_rest(session, tenant, person.id)
    return person


def _bill(session: Session, person_id: int) -> int:
    """An invoice with a line, of which a part is paid: the rules of its tables want amounts that add up. Its id."""
    rate = TaxRate(name="VAT", category=TaxCategory.STANDARD)
    invoice = Invoice(
        kind=DocumentKind.INVOICE, payer_id=person_id, created_at=NOW, currency="GBP", prices_include_tax=True
    )
    payment = Payment(
        payer_id=person_id,
        way=PaymentWay.DESK,
        amount_minor=1,
        currency="GBP",
        received_on=NOW.date(),
        recorded_at=NOW,
    )
    session.add_all([rate, invoice, payment])
    session.flush()
    session.add_all(
        [
            InvoiceLine(
                invoice_id=invoice.id,
                position=1,
                description="Desk",
                quantity_thousandths=1000,
                unit_minor=1,
                tax_rate_id=rate.id,
            ),
            Allocation(invoice_id=invoice.id, payment_id=payment.id, amount_minor=1, at=NOW),
        ]
    )
    session.flush()
    return invoice.id


def _fill_the_rest(session: Session, tenant: TenantWorld, person_id: int) -> None:
    """A row of every kind that is in the register and not written above, parents first."""
    places = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
    for holding in sorted(HOLDINGS, key=lambda each: places[each.table]):
        mine, table = belongs_to_person(holding, tenant.id, person_id), table_named(holding.table)
        if mine is None or session.scalars(reviewed(select(table.c.id).where(mine))).first() is not None:
            continue
        given = {holding.whose: person_id}
        if holding.through:
            parent = table_named(holding.through)
            theirs = belongs_to_person(BY_TABLE[holding.through], tenant.id, person_id)
            assert theirs is not None
            (column,) = references(table, holding.through)
            given = {column: session.scalars(reviewed(select(parent.c.id).where(theirs))).first() or 0}
        any_row(session, table, NAMES[0], holding.plain, **given)


def test_a_row_of_every_kind_is_there_to_begin_with(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        _fill(session, north)
        empty = []
        for holding in HOLDINGS:
            mine, table = (
                belongs_to_person(holding, north.id, north.people["member"]),
                table_named(holding.table),
            )
            if mine is not None and session.scalars(reviewed(select(table.c.id).where(mine))).first() is None:
                empty.append(holding.table)
    assert empty == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_row_can_be_made_for_a_table_that_nobody_filled(open_session: OpenSession, world: World) -> None:
    """The control: what fills the tables of tomorrow puts the name wherever there is room for it."""
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        any_row(session, table_named("notice"), NAMES[0], (), person_id=north.people["member"])
        found = session.scalars(select(Notice)).one()
        assert (found.kind, found.data) == ("Zebulon notice.kind", {"said": ["Zebulon"]})


def _texts(session: Session, tenant: TenantWorld) -> dict[str, str]:
    """Everything that the tenant's tables say in words, by table and column; found in the metadata."""
    found: dict[str, str] = {}
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if isinstance(column.type, (String, JSON))]
        if "tenant_id" in table.c and columns:
            asked = reviewed(select(*columns).where(table.c.tenant_id == tenant.id))
            for row in session.execute(asked):
                for column, value in zip(columns, row, strict=True):
                    found[f"{table.name}.{column.name}"] = (
                        found.get(f"{table.name}.{column.name}", "") + f" {value}"
                    )
    return found


def _where(texts: dict[str, str], word: str) -> list[str]:
    return [place for place, text in texts.items() if word.casefold() in text.casefold()]


def test_nothing_says_any_more_who_it_was(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        _fill(session, north)
    with tenant_session(open_session, north.id) as session:
        before = _texts(session, north)
        assert [word for word in (*NAMES, *OTHERS) if not _where(before, word)] == []
        assert len(_where(before, "zebulon")) > 8
        anonymise(session, north.actor("owner"), north.people["member"], Reason.ASKED, _clock)
        session.commit()
        after = _texts(session, north)
    assert {word: _where(after, word) for word in (*NAMES, *OTHERS, "zebulon", "quill")} == {
        word: [] for word in (*NAMES, *OTHERS, "zebulon", "quill")
    }


def test_what_others_sent_to_the_address_goes_too(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        team = Team(name="Tidewater", created_at=NOW)
        session.add(team)
        session.flush()
        for email in (north.email("member"), "somebody@else.test"):
            whose = {"email": email, "email_key": email, "created_at": NOW, "expires_at": NOW}
            session.add(TeamInvitation(team_id=team.id, invited_by_id=north.people["owner"], **whose))
            session.add(Invitation(invited_by_id=north.people["owner"], **whose))
        session.commit()
        anonymise(session, north.actor("owner"), north.people["member"], Reason.ASKED, _clock)
        session.commit()
        for kind in (TeamInvitation, Invitation):
            assert list(session.scalars(select(kind.email))) == ["somebody@else.test"]


def test_numbers_stay(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        _fill(session, north)
    with tenant_session(open_session, north.id) as session:
        entries = len(session.scalars(select(AuditEntry.id)).all())
        anonymise(session, north.actor("owner"), north.people["member"], Reason.ASKED, _clock)
        session.commit()
        person = session.get_one(Person, north.people["member"])
        assert (person.name, person.role, person.anonymised_at) == (f"#{person.id}", Role.NONE, NOW)
        bookings = session.scalars(select(Booking).order_by(Booking.starts_at)).all()
        assert [each.status for each in bookings] == [BookingStatus.CONFIRMED, BookingStatus.CANCELLED]
        assert session.scalars(select(Occupancy.id)).all() == []
        assert session.scalars(select(Contract).where(Contract.person_id == person.id)).all()
        trail = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        assert len(trail) == entries + 1
        assert (trail[0].before, trail[0].after) == (
            {"email": "[removed]", "location_id": 3},
            {"company": "[removed]", "role": "none"},
        )
        assert trail[-1].action == "person.anonymised"
        assert trail[-1].after == {"reason": "asked"}


def test_the_other_people_keep_theirs(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        _fill(session, north)
        sessions.start(session, north.people["colleague"], Browser("x", "192.0.2.9"), NOW)
        audit.record(
            session,
            NOW,
            north.people["colleague"],
            "person.signed_in",
            subject="person",
            subject_id=north.people["colleague"],
            after={"address": "192.0.2.9"},
        )
    with tenant_session(open_session, north.id) as session:
        anonymise(session, north.actor("owner"), north.people["member"], Reason.ASKED, _clock)
        session.commit()
        assert len(_where(_texts(session, north), "192.0.2.9")) == 2
        assert session.get_one(Person, north.people["colleague"]).name == "Colin Colleague"


def test_who_may_make_whom_anonymous(open_session: OpenSession, world: World) -> None:
    north, harbour = world.northlight, world.harbour
    owner, manager = north.actor("owner"), north.actor("manager")
    with tenant_session(open_session, north.id) as session:
        for actor, person_id, refusal in (
            (owner, north.people["owner"], NotOneself),
            (manager, north.people["desk"], StaffIsOwnersBusiness),
            (manager, harbour.people["contact"] + 10_000, NotFound),
        ):
            with pytest.raises(refusal):
                anonymise(session, actor, person_id, Reason.UNUSED, _clock)
            session.rollback()
        anonymise(session, manager, north.people["contact"], Reason.UNUSED, _clock)
        session.commit()
        with pytest.raises(NotFound):
            anonymise(session, manager, north.people["contact"], Reason.UNUSED, _clock)


def _acting(session: Session, tenant: TenantWorld, who: str) -> Actor:
    """Somebody with a session that is not fresh any more."""
    sessions.start(session, tenant.people[who], Browser("x", "y"), NOW - timedelta(hours=1))
    session.commit()
    return tenant.actor(who)


def test_asking_takes_a_proof(open_session: OpenSession, world: World) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        actor = _acting(session, world.northlight, "member")
        for typed, refusal in (("", ProofNeeded), ("wrong", WrongPassword)):
            with pytest.raises(refusal):
                ask_deletion(session, actor, AskDeletion(typed), NOW)
        assert ask_deletion(session, actor, ASK, NOW) == NOW + timedelta(days=14)


def test_asking_ends_sessions_and_bookings_and_tells(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        actor = _acting(session, north, "member")
        for hours in (-0.5, 24, 48):
            _booking(session, north, actor.person_id, hours)
        session.commit()
        assert leaving(session, actor, NOW).upcoming == 2
        ask_deletion(session, actor, ASK, NOW)
        session.commit()
        status = [row.status for row in session.scalars(select(Booking).order_by(Booking.starts_at))]
        assert status == [BookingStatus.CONFIRMED, BookingStatus.CANCELLED, BookingStatus.CANCELLED]
        assert session.scalars(select(LoginSession.id)).all() == []
        assert [row.kind for row in session.scalars(select(Notice))] == ["deletion.asked"]
        with pytest.raises(DeletionAsked):
            ask_deletion(session, actor, ASK, NOW)


def test_a_wish_taken_back_leaves_everything(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        actor = _acting(session, north, "member")
        ask_deletion(session, actor, ASK, NOW)
        session.commit()
        keep_account(session, actor, NOW)
        session.commit()
        begin_writing(session)
        assert end_due(session, NOW + timedelta(days=90)) == []
        assert session.get_one(Person, actor.person_id).name == "Maya Member"
        with pytest.raises(NotFound):
            keep_account(session, actor, NOW)


def test_the_end_comes_after_a_reminder(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        actor = _acting(session, north, "member")
        due = ask_deletion(session, actor, ASK, NOW)
        session.commit()
        for moment in (due - timedelta(days=4), due - timedelta(days=2), due - timedelta(days=1)):
            remind_leaving(session, moment)
            session.commit()
        assert [row.kind for row in session.scalars(select(Notice))] == ["deletion.asked", "deletion.near"]
        begin_writing(session)
        assert end_due(session, due - timedelta(seconds=1)) == []
        assert [goner.person_id for goner in end_due(session, due)] == [actor.person_id]
        session.commit()
        assert session.get_one(Person, actor.person_id).name == f"#{actor.person_id}"
        assert session.scalars(select(Deletion.id)).all() == []


def test_the_last_owner_stays(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        actor = _acting(session, north, "owner")
        assert leaving(session, actor, NOW).last_owner
        with pytest.raises(LastOwner):
            ask_deletion(session, actor, ASK, NOW)
        session.rollback()
        session.get_one(Person, north.people["manager"]).role = Role.OWNER
        session.commit()
        assert not leaving(session, actor, NOW).last_owner
        due = ask_deletion(session, actor, ASK, NOW)
        session.commit()
        # The other one is the last who stays, from the asking on.
        with pytest.raises(LastOwner):
            ask_deletion(session, _acting(session, north, "manager"), ASK, NOW)
        session.rollback()
        session.get_one(Person, north.people["manager"]).suspended_at = NOW
        session.commit()
        begin_writing(session)
        assert end_due(session, due) == []
        session.commit()
        assert session.get_one(Person, actor.person_id).name == "Olive Owner"


def _count(session: Session, act: Callable[[], object]) -> int:
    sent: list[str] = []
    engine = session.get_bind()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return len(sent)


def test_thousands_of_bookings_take_no_more_statements(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    counts = []
    with tenant_session(open_session, north.id) as session:
        # Both have some that were and some to come.
        for who, numbers in (("contact", range(998, 1003)), ("colleague", range(2000))):
            for each in numbers:
                session.add(_row(north, north.people[who], each))
            session.commit()
            act = partial(anonymise, session, north.actor("owner"), north.people[who], Reason.UNUSED, _clock)
            counts.append(_count(session, act))
            session.commit()
    assert counts[0] == counts[1] < 40


def _row(tenant: TenantWorld, person_id: int, number: int) -> Booking:
    starts = NOW + timedelta(hours=number - 1000)
    return Booking(
        resource_id=tenant.rooms["Fern"],
        location_id=tenant.locations["Leith Walk"],
        person_id=person_id,
        booked_by_id=person_id,
        starts_at=starts,
        ends_at=starts + timedelta(hours=1),
        status=BookingStatus.CONFIRMED,
        currency="GBP",
        quote={},
        created_at=NOW,
        title=f"Meeting {number}",
    )
