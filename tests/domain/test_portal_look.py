"""What a portal looks like: given, else the logo's, else ours; and a location's own."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.look import DEFAULT_PRIMARY, Given, change_look, put_up_logo, take_down_logo
from app.domain.portal import read_portal
from app.models import AuditEntry, StoredFile, ThemeSetting
from app.tenancy import begin_writing, tenant_session
from app.theming.errors import ColourRefused, FontRefused, RadiusRefused
from app.theming.logo import read_logo
from tests.support.world import World

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ORANGE = read_logo(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#e0501a"/></svg>'
)
BLUE = read_logo(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><circle cx="32" cy="32" r="30" fill="#1a50e0"/></svg>'
)


@pytest.fixture
def session(open_session: Callable[[], Session], world: World) -> Iterator[Session]:
    with tenant_session(open_session, world.northlight.id) as session:
        begin_writing(session)
        yield session


@pytest.fixture
def owner(world: World) -> Actor:
    return world.northlight.actor("owner")


def test_without_anything_given_the_colour_is_ours(session: Session) -> None:
    assert read_portal(session).look(None).primary == DEFAULT_PRIMARY


def test_the_logos_main_colour_is_the_default(session: Session, owner: Actor) -> None:
    assert put_up_logo(session, owner, None, ORANGE, "a" * 64, NOW)
    session.flush()
    assert read_portal(session).look(None).primary == "#e0501a"
    change_look(session, owner, None, Given(primary="#00F"), NOW)
    session.flush()
    look = read_portal(session).look(None)
    assert look.primary == "#0000ff"
    assert look.logo is not None
    assert (look.logo.digest, look.logo.width, look.logo.is_svg) == ("a" * 64, 64, True)


def test_a_location_has_its_own_look_and_gives_it_up(session: Session, owner: Actor, world: World) -> None:
    porto, leith = world.northlight.locations["Porto"], world.northlight.locations["Leith Walk"]
    change_look(session, owner, None, Given("#112233", "#ffffff", "classic", "round"), NOW)
    change_look(session, owner, porto, Given(primary="#ffcc00"), NOW)
    session.flush()
    portal = read_portal(session)
    assert portal.look(leith) == portal.look(None)
    here = portal.look(porto)
    assert (here.primary, here.font, here.radius) == ("#ffcc00", "classic", "round")
    assert here.on_primary is None, "the text colour was chosen for another main colour"
    change_look(session, owner, porto, Given(), NOW)
    session.flush()
    assert read_portal(session).look(porto) == portal.look(None)


def test_a_locations_logo_colours_it_unless_a_colour_is_given(
    session: Session, owner: Actor, world: World
) -> None:
    porto = world.northlight.locations["Porto"]
    put_up_logo(session, owner, None, ORANGE, "a" * 64, NOW)
    put_up_logo(session, owner, porto, BLUE, "b" * 64, NOW)
    session.flush()
    assert read_portal(session).look(porto).primary == "#1a50e0"
    change_look(session, owner, None, Given(primary="#112233"), NOW)
    session.flush()
    assert read_portal(session).look(porto).primary == "#112233"


def test_taking_a_logo_down_inherits_again(session: Session, owner: Actor) -> None:
    put_up_logo(session, owner, None, ORANGE, "a" * 64, NOW)
    assert take_down_logo(session, owner, None, NOW)
    session.flush()
    assert read_portal(session).look(None).primary == DEFAULT_PRIMARY
    assert not take_down_logo(session, owner, None, NOW)
    assert len(session.scalars(select(StoredFile)).all()) == 1


def test_the_same_logo_twice_is_one_file_and_one_change(session: Session, owner: Actor) -> None:
    assert put_up_logo(session, owner, None, ORANGE, "a" * 64, NOW)
    assert not put_up_logo(session, owner, None, ORANGE, "a" * 64, NOW)
    session.flush()
    assert len(session.scalars(select(StoredFile)).all()) == 1
    trail = session.scalars(select(AuditEntry)).all()
    assert [(row.action, row.before, row.after) for row in trail] == [
        ("logo.changed", {"logo": None}, {"logo": "a" * 64})
    ]


def test_a_change_of_look_raises_the_revision_and_is_on_record(session: Session, owner: Actor) -> None:
    revision = read_portal(session).revision
    assert change_look(session, owner, None, Given("#123456", radius="crisp"), NOW)
    assert not change_look(session, owner, None, Given("#123456", radius="crisp"), NOW)
    session.flush()
    assert read_portal(session).revision == revision + 1
    (row,) = session.scalars(select(AuditEntry)).all()
    assert (row.before, row.after) == (
        {"primary": None, "radius": None},
        {"primary": "#123456", "radius": "crisp"},
    )


@pytest.mark.parametrize(
    ("given", "refusal"),
    [(Given("red"), ColourRefused), (Given(on_primary="#12345"), ColourRefused), (Given(font="comic"), FontRefused),
     (Given(radius="square"), RadiusRefused)],
)  # fmt: skip
def test_it_refuses_what_is_off_the_lists(
    session: Session, owner: Actor, given: Given, refusal: type[Exception]
) -> None:
    assert change_look(session, owner, None, Given("#123456"), NOW)
    with pytest.raises(refusal):
        change_look(session, owner, None, given, NOW)
    session.flush()
    assert session.scalars(select(ThemeSetting.primary)).all() == ["#123456"]
