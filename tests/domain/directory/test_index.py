"""Whoever writes what stands in the directory writes its entries too: every such verb, walked."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo import fill_demo
from app.domain.directory.index import entries_of, mend
from app.domain.joining.accept import accept_invitation
from app.domain.joining.invitations import invite_person
from app.domain.joining.newcomer import make_person
from app.domain.joining.words import Newcomer
from app.domain.people.details import edit_person
from app.domain.people.standing import reinstate, suspend
from app.domain.people.terms import PersonDetails
from app.domain.privacy.anonymise import anonymise
from app.domain.privacy.merge import merge_people
from app.domain.privacy.terms import Merge, Reason
from app.domain.profile.own import own_profile, update_profile
from app.domain.profile.privacy import own_privacy, set_privacy
from app.domain.profile.terms import ProfileField, UpdateProfile, Visibility
from app.domain.sessions import Browser
from app.domain.sign_on.finding import find_or_make_person
from app.domain.spaces.lists import SkillDetails, save_entry
from app.domain.visit import token_hash
from app.factory import create_app
from app.models import CheckIn, DirectoryEntry, Person, PersonProfile, SignOnProvider, Tenant
from app.ports import Asserted
from app.tenancy import tenant_session
from app.web.database import db
from app.web.ports import files
from tests.conftest import settings_for
from tests.support.directory import OpenSession, describe
from tests.support.identity.rows import provider_of
from tests.support.world import TenantWorld, World

NOW = datetime(2026, 11, 24, 9, 7, tzinfo=UTC)
TODAY = date(2026, 11, 24)
_SAID = ("sort_key", "words", "industry", "industry_key", "location_id", "shows_skills", "shows_here")
Facts = dict[tuple[int, bool], dict[str, Any]]


def _clock() -> datetime:
    return NOW


def _kept(session: Session) -> Facts:
    """The entries as they are."""
    session.flush()
    kept = session.scalars(select(DirectoryEntry).execution_options(populate_existing=True))
    return {
        (entry.person_id, entry.for_members): {name: getattr(entry, name) for name in _SAID} for entry in kept
    }


def _true(session: Session) -> Facts:
    """The entries as they would be if they were all written now."""
    return entries_of(session, list(session.scalars(select(Person.id))))


def _update(session: Session, tenant: TenantWorld, **facts: Any) -> None:
    actor = tenant.actor("member")
    known = own_profile(session, actor)
    now = {name: getattr(known, name) for name in UpdateProfile.__slots__} | facts
    update_profile(session, actor, UpdateProfile(**now), NOW, TODAY)


def _privacy(session: Session, tenant: TenantWorld, *, listed: bool, **choice: Visibility) -> None:
    actor = tenant.actor("member")
    privacy = own_privacy(session, actor)
    decided = dict(privacy.visibility) | {ProfileField(name): who for name, who in choice.items()}
    set_privacy(session, actor, type(privacy)(listed, decided), NOW)


def _edit(session: Session, tenant: TenantWorld) -> None:
    details = PersonDetails(tenant.email("member"), "Zora", "Zinc", "Zinc Works", tenant.locations["Porto"])
    edit_person(session, tenant.actor("owner"), tenant.people["member"], details, _clock)


def _merge(session: Session, tenant: TenantWorld) -> None:
    describe(session, tenant, "colleague", company="Other", skills=("Bookkeeping",))
    command = Merge(tenant.people["member"], tenant.people["colleague"], take_name=True)
    merge_people(session, tenant.actor("owner"), command, _clock)


def _accept(session: Session, tenant: TenantWorld) -> None:
    """Staff added somebody, listed by what another system knew of them; they choose a name as they come in."""
    person = session.get_one(Person, tenant.people["member"])
    person.password_hash = None
    invitation = invite_person(session, person, None, NOW, invited_by_id=tenant.people["owner"])
    invitation.token_hash = token_hash("a token")
    session.commit()
    newcomer = Newcomer("Zora", "Zinc", "correct-horse-battery-staple")
    accept_invitation(session, "a token", newcomer, Browser("test", "127.0.0.1"), NOW, TODAY)


WRITERS: dict[str, Callable[[Session, TenantWorld], object]] = {
    "the name": lambda session, tenant: _update(session, tenant, first_name="Zora"),
    "the company": lambda session, tenant: _update(session, tenant, company="Zinc Works"),
    "a few words": lambda session, tenant: _update(session, tenant, bio="Zinc and lead"),
    "the home": lambda session, tenant: _update(session, tenant, location_id=tenant.locations["Porto"]),
    "skills": lambda session, tenant: _update(session, tenant, skill_ids=frozenset(), own_skills=("Zinc",)),
    "hiding the company": lambda session, tenant: _privacy(
        session, tenant, listed=True, company=Visibility.ONLY_ME
    ),
    "not being listed": lambda session, tenant: _privacy(session, tenant, listed=False),
    "staff's edit": _edit,
    "suspension": lambda session, tenant: suspend(
        session, tenant.actor("owner"), tenant.people["member"], _clock
    ),
    "anonymising": lambda session, tenant: anonymise(
        session, tenant.actor("owner"), tenant.people["member"], Reason.ASKED, _clock
    ),
    "a merger": _merge,
    "an invitation": _accept,
    "a skill's new name": lambda session, tenant: save_entry(
        session, tenant.actor("owner"), tenant.skills["Welding"], SkillDetails("Zinc welding"), _clock
    ),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_every_writer_keeps_the_entries(open_session: OpenSession, world: World, writer: str) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        describe(session, north, "member", company="Copper Works", skills=("Welding",), industry="Metal")
    with tenant_session(open_session, north.id) as session:
        before = _kept(session)
        assert before == _true(session)
        WRITERS[writer](session, north)
    with tenant_session(open_session, north.id) as session:
        assert _kept(session) == _true(session)
        assert _kept(session) != before, "the writer changed nothing that the directory shows"


def test_a_change_behind_the_portals_back_is_noticed_by_this_file(
    open_session: OpenSession, world: World
) -> None:
    """The opposite case: without the verb, entries and truth part."""
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        describe(session, north, "member", company="Copper Works")
        session.get_one(Person, north.people["member"]).company = "Zinc Works"
        session.flush()
        assert _kept(session) != _true(session)


def test_who_is_let_in_again_is_found_again(open_session: OpenSession, world: World) -> None:
    north = world.northlight
    person_id = north.people["member"]
    with tenant_session(open_session, north.id) as session:
        describe(session, north, "member")
        before = _kept(session)
        suspend(session, north.actor("owner"), person_id, _clock)
        assert _kept(session) == {}
        reinstate(session, north.actor("owner"), person_id, _clock)
        assert _kept(session) == before != {}


def test_the_sweep_writes_what_is_missing_and_drops_what_nobody_agreed_to(
    open_session: OpenSession, world: World
) -> None:
    north = world.northlight
    with tenant_session(open_session, north.id) as session:
        describe(session, north, "colleague")
        session.get_one(Person, north.people["colleague"]).suspended_at = NOW
        session.add(PersonProfile(person_id=north.people["contact"], listed=True))
        session.add(PersonProfile(person_id=north.people["desk"], listed=False))
        session.flush()
        assert {person_id for person_id, _member in _kept(session)} == {north.people["colleague"]}
        mend(session, NOW)
        assert {person_id for person_id, _member in _kept(session)} == {north.people["contact"]}
        assert _kept(session) == _true(session)


def test_who_comes_in_is_not_listed(open_session: OpenSession, app: Flask, world: World) -> None:
    """By a provider, by an invitation of a spreadsheet or the form: nobody agreed to anything yet."""
    north = world.northlight
    provider_id = provider_of(app, north, "https://10.0.0.1", "a secret")
    with tenant_session(open_session, north.id) as session:
        provider = session.get_one(SignOnProvider, provider_id)
        provider.creates_people = True
        asserted = Asserted(
            "https://10.0.0.1",
            "new",
            "new@example.test",
            email_verified=True,
            first_name="Nora",
            last_name="New",
        )
        made, created = find_or_make_person(session, provider, asserted, None, NOW)
        joined = make_person(
            session,
            NOW,
            "j@example.test",
            ("Joe", "Join"),
            {"industry": "Glass"},
            password_hash=None,
            locale=None,
            how="form",
        )
        assert (created, {made.id, joined.id} & {each for each, _member in _true(session)}) == (True, set())
        assert _kept(session) == _true(session) == {}


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_demos_people_have_theirs(empty_database: str, tmp_path: Path) -> None:
    app = create_app(settings_for(empty_database, tmp_path))
    with app.app_context():
        fill_demo(db.session.session_factory, files(), NOW)
        tenants = list(db.session.scalars(select(Tenant.id)))
        db.session.remove()
        assert len(tenants) == 2
        for tenant_id in tenants:
            with tenant_session(db.session.session_factory, tenant_id) as session:
                assert len(_kept(session)) > 8
                assert _kept(session) == _true(session)
                assert session.scalars(select(CheckIn.id)).first() is not None
        db.engine.dispose()
