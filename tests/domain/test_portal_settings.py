"""Switching, opening, ordering and naming: each verb writes what differs, tells everybody, and leaves a trace."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain import portal_settings as verbs
from app.domain.actor import Actor
from app.domain.levels import UnknownLevel
from app.domain.portal import load_portal, read_portal
from app.domain.portal_settings import AudienceRefused, Group, NameRefused, OrderRefused, UnknownItem
from app.models import AuditEntry, SectionSetting
from app.sections import HOME_ELEMENTS, SECTIONS, Audience
from app.tenancy import begin_writing, tenant_session
from tests.support.world import World

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
SECTION_KEYS = [section.key for section in SECTIONS]
ELEMENT_KEYS = [element.key for element in HOME_ELEMENTS]


@pytest.fixture
def session(open_session: Callable[[], Session], world: World) -> Iterator[Session]:
    with tenant_session(open_session, world.northlight.id) as session:
        begin_writing(session)
        yield session


@pytest.fixture
def desk(world: World) -> Actor:
    return world.northlight.actor("desk")


def _audit(session: Session) -> list[AuditEntry]:
    session.flush()
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_a_section_is_switched_off_and_everybody_is_told(session: Session, desk: Actor) -> None:
    was = read_portal(session)
    assert was.section("bookings", None).enabled
    assert verbs.switch(session, desk, Group.SECTIONS, "bookings", None, NOW, enabled=False)
    session.flush()
    now = load_portal(session, was.revision + 1)
    assert now.revision == was.revision + 1
    assert not now.section("bookings", None).enabled
    assert now.section("account", None).enabled


def test_each_change_leaves_one_audit_row_with_before_and_after(session: Session, desk: Actor) -> None:
    verbs.switch(session, desk, Group.SECTIONS, "bookings", None, NOW, enabled=False)
    verbs.open_to(session, desk, Group.HOME, "member_card", None, Audience.MEMBERS, NOW)
    switched, opened = _audit(session)
    assert (switched.action, switched.actor_id) == ("sections.switched", desk.person_id)
    assert switched.before == {"key": "bookings", "enabled": None}
    assert switched.after == {"key": "bookings", "enabled": False}
    assert (opened.action, opened.after) == ("home.opened", {"key": "member_card", "audience": "members"})


def test_what_changes_nothing_writes_nothing(session: Session, desk: Actor) -> None:
    assert verbs.switch(session, desk, Group.SECTIONS, "bookings", None, NOW, enabled=False)
    session.flush()
    revision = read_portal(session).revision
    assert not verbs.switch(session, desk, Group.SECTIONS, "bookings", None, NOW, enabled=False)
    assert not verbs.put_in_order(session, desk, Group.HOME, None, None, NOW)
    assert len(_audit(session)) == 1
    assert read_portal(session).revision == revision


def test_a_location_overrides_and_inherits_again(session: Session, desk: Actor, world: World) -> None:
    porto, leith = world.northlight.locations["Porto"], world.northlight.locations["Leith Walk"]
    verbs.switch(session, desk, Group.SECTIONS, "bookings", porto, NOW, enabled=False)
    verbs.open_to(session, desk, Group.SECTIONS, "account", porto, Audience.MEMBERS, NOW)
    session.flush()
    portal = read_portal(session)
    assert portal.section("bookings", leith).enabled
    assert not portal.section("bookings", porto).enabled
    assert portal.section("account", porto).audience is Audience.MEMBERS
    verbs.switch(session, desk, Group.SECTIONS, "bookings", porto, NOW, enabled=None)
    verbs.open_to(session, desk, Group.SECTIONS, "account", porto, None, NOW)
    session.flush()
    assert read_portal(session).section("bookings", porto).enabled
    assert read_portal(session).section("account", porto).audience is Audience.SIGNED_IN


@pytest.mark.parametrize(("group", "keys"), [(Group.SECTIONS, SECTION_KEYS), (Group.HOME, ELEMENT_KEYS)])
def test_an_order_is_kept(session: Session, desk: Actor, group: Group, keys: list[str]) -> None:
    order = keys[::-1]
    assert verbs.put_in_order(session, desk, group, None, order, NOW)
    session.flush()
    portal = read_portal(session)
    items = portal.ordered_sections(None) if group is Group.SECTIONS else portal.ordered_elements(None)
    assert [item.key for item in items] == order
    verbs.put_in_order(session, desk, group, None, None, NOW)
    session.flush()
    portal = read_portal(session)
    items = portal.ordered_sections(None) if group is Group.SECTIONS else portal.ordered_elements(None)
    assert [item.key for item in items] == keys


@pytest.mark.parametrize(
    "order",
    [[], SECTION_KEYS[1:], [*SECTION_KEYS, SECTION_KEYS[0]], [*SECTION_KEYS[1:], "doors"], ["-1", "0", "1"]],
)
def test_it_refuses_an_order_that_is_not_the_list(session: Session, desk: Actor, order: list[str]) -> None:
    assert verbs.put_in_order(session, desk, Group.SECTIONS, None, SECTION_KEYS[::-1], NOW)
    with pytest.raises(OrderRefused):
        verbs.put_in_order(session, desk, Group.SECTIONS, None, order, NOW)


def test_it_refuses_what_is_not_there(session: Session, desk: Actor, world: World) -> None:
    with pytest.raises(UnknownItem):
        verbs.switch(session, desk, Group.SECTIONS, "casino", None, NOW, enabled=False)
    with pytest.raises(UnknownItem):
        verbs.switch(session, desk, Group.HOME, "bookings", None, NOW, enabled=False)
    for elsewhere in (world.harbour.locations["Porto"], 10**9):
        with pytest.raises(UnknownLevel):
            verbs.switch(session, desk, Group.SECTIONS, "bookings", elsewhere, NOW, enabled=False)
    assert not session.scalars(select(SectionSetting)).all()


def test_it_refuses_an_audience_that_makes_no_sense(session: Session, desk: Actor) -> None:
    assert verbs.open_to(session, desk, Group.SECTIONS, "account", None, Audience.CONTACTS, NOW)
    with pytest.raises(AudienceRefused) as refused:
        verbs.open_to(session, desk, Group.SECTIONS, "account", None, Audience.EVERYONE, NOW)
    assert Audience.EVERYONE not in refused.value.allowed


def test_the_portal_is_renamed(session: Session, desk: Actor) -> None:
    assert verbs.rename(session, desk, "Northlight Rooms", "Northlight", NOW)
    session.flush()
    assert read_portal(session).name == "Northlight Rooms"
    assert _audit(session)[-1].after == {"name": "Northlight Rooms"}


@pytest.mark.parametrize(
    ("name", "short", "field"),
    [("", "N", "name"), ("N", " ", "short_name"), ("N", "x" * 13, "short_name"), ("x" * 81, "N", "name")],
)
def test_it_refuses_names_that_do_not_fit(
    session: Session, desk: Actor, name: str, short: str, field: str
) -> None:
    with pytest.raises(NameRefused) as refused:
        verbs.rename(session, desk, name, short, NOW)
    assert refused.value.field == field
