"""Whatever is unlinked, switched, removed, forbidden, demoted, suspended or leaves: somebody can put it right."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain import sessions
from app.domain.factors.passkeys import remove_passkey
from app.domain.people.standing import reinstate, set_role, suspend
from app.domain.people.terms import GiveRole, LastOwner
from app.domain.privacy.deletion import ask_deletion, keep_account
from app.domain.privacy.terms import AskDeletion
from app.domain.sessions import Browser
from app.domain.sign_on.linking import OnlyWayIn, unlink
from app.domain.sign_on.owners import owner_can_sign_in
from app.domain.sign_on.password_rule import password_rule
from app.domain.sign_on.providers import (
    add_provider,
    details_of,
    edit_provider,
    find_provider,
    remove_provider,
    switch_provider,
)
from app.domain.sign_on.terms import LastWayIn, NoSuchProvider, ProviderDetails
from app.integrations.secret_box import KeyRing
from app.kernel.errors import NotFound, Refusal
from app.models import (
    Deletion,
    LoginSession,
    Passkey,
    Person,
    Role,
    SignOnIdentity,
    SignOnProtocol,
    SignOnProvider,
)
from app.tenancy import tenant_session
from tests.support.world import TenantWorld, World

OpenSession = Callable[[], Session]
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
BOX = KeyRing(["only-for-tests-and-long-enough-for-production"])
PEOPLE = ("owner", "manager", "member")
_numbers = count(1)

_WHO = st.sampled_from(PEOPLE)
_WHICH = st.integers(0, 1)
STEPS = st.one_of(
    st.tuples(st.just("unlink"), _WHO, _WHICH),
    st.tuples(st.just("link"), _WHO, _WHICH),
    st.tuples(st.just("switch"), st.booleans(), _WHICH),
    st.tuples(st.just("remove"), st.none(), _WHICH),
    st.tuples(st.just("forbid"), st.booleans(), _WHICH),
    st.tuples(st.just("reconnect"), st.sampled_from(["https://a.example", "https://b.example"]), _WHICH),
    st.tuples(st.just("role"), _WHO, st.sampled_from([Role.NONE, Role.MANAGER, Role.OWNER])),
    st.tuples(st.just("suspend"), _WHO, st.none()),
    st.tuples(st.just("reinstate"), _WHO, st.none()),
    st.tuples(st.just("make_passkey"), _WHO, st.none()),
    st.tuples(st.just("drop_passkey"), _WHO, st.none()),
    st.tuples(st.just("leave"), _WHO, st.none()),
    st.tuples(st.just("stay"), _WHO, st.none()),
)


class Office:
    """One tenant under the hands of an owner who tries everything."""

    def __init__(self, session: Session, tenant: TenantWorld) -> None:
        self.session, self.tenant, self.actor = session, tenant, tenant.actor("owner")
        self.providers: list[int] = []

    def open(self, passwords: set[str]) -> None:
        """Two providers that are on, everybody linked to both; only these people have a password."""
        without = [self.tenant.people[who] for who in PEOPLE if who not in passwords]
        self.session.execute(update(Person).where(Person.id.in_(without)).values(password_hash=None))
        self.session.commit()
        for name in ("first", "second"):
            added = add_provider(
                self.session, self.actor, SignOnProtocol.OIDC, ProviderDetails(name), BOX, NOW
            )
            self.providers.append(added.id)
            for who in PEOPLE:
                self._link(who, len(self.providers) - 1)
            self.session.commit()
            self.attempt(("switch", True, len(self.providers) - 1))

    def attempt(self, step: tuple[str, Any, Any]) -> bool:
        """Do it, or be refused; returns which."""
        try:
            self._do(*step)
            self.session.commit()
        except Refusal:
            self.session.rollback()
            return False
        return True

    def _do(self, verb: str, what: Any, which: Any) -> None:
        getattr(self, f"_{verb}")(what, which)

    def _unlink(self, who: str, which: int) -> None:
        found = self.session.scalars(
            select(SignOnIdentity.id).where(
                SignOnIdentity.person_id == self.tenant.people[who],
                SignOnIdentity.provider_id == self.providers[which],
            )
        ).first()
        if found is not None:
            unlink(self.session, self.tenant.actor(who), found, NOW)

    def _link(self, who: str, which: int) -> None:
        find_provider(self.session, self.providers[which])
        self.session.add(
            SignOnIdentity(
                provider_id=self.providers[which],
                person_id=self.tenant.people[who],
                issuer="https://issuer.example",
                subject=f"{next(_numbers)}",
                linked_at=NOW,
                used_at=NOW,
            )
        )
        self.session.flush()

    def _switch(self, enabled: bool, which: int) -> None:  # noqa: FBT001 - a step's own arguments
        switch_provider(self.session, self.actor, self.providers[which], NOW, enabled=enabled)

    def _remove(self, _what: None, which: int) -> None:
        remove_provider(self.session, self.actor, self.providers[which], NOW)

    def _forbid(self, passwords: bool, which: int) -> None:  # noqa: FBT001
        was = details_of(find_provider(self.session, self.providers[which]))
        wanted = replace(was, forbids_member_passwords=passwords, forbids_staff_passwords=passwords)
        edit_provider(self.session, self.actor, self.providers[which], wanted, BOX, NOW)

    def _reconnect(self, issuer: str, which: int) -> None:
        wanted = replace(
            details_of(find_provider(self.session, self.providers[which])), settings={"issuer": issuer}
        )
        later = NOW + timedelta(minutes=1)
        edit_provider(self.session, self.actor, self.providers[which], wanted, BOX, later)

    def _role(self, who: str, role: Role) -> None:
        set_role(self.session, self.actor, self.tenant.people[who], GiveRole(role), lambda: NOW)

    def _suspend(self, who: str, _which: None) -> None:
        # By another owner, so that only the rule about owners stands in the way.
        by = self.tenant.actor("owner" if who != "owner" else "manager")
        suspend(self.session, replace(by, role=Role.OWNER), self.tenant.people[who], lambda: NOW)

    def _reinstate(self, who: str, _which: None) -> None:
        reinstate(self.session, self.actor, self.tenant.people[who], lambda: NOW)

    def _make_passkey(self, who: str, _which: None) -> None:
        self.session.add(
            Passkey(
                person_id=self.tenant.people[who],
                credential_id=f"{next(_numbers)}",
                public_key=b"",
                sign_count=0,
                host="north.example",
                name="Phone",
                created_at=NOW,
            )
        )
        self.session.flush()

    def _drop_passkey(self, who: str, _which: None) -> None:
        mine = select(Passkey.id).where(Passkey.person_id == self.tenant.people[who])
        found = self.session.scalars(mine).first()
        if found is not None:
            remove_passkey(self.session, self.tenant.actor(who), found, NOW)

    def _leave(self, who: str, _which: None) -> None:
        actor = self.tenant.actor(who)
        sessions.start(self.session, actor.person_id, Browser("", "127.0.0.1"), NOW)
        self.session.commit()
        mine = select(LoginSession.id).where(LoginSession.person_id == actor.person_id)
        here = self.session.scalars(mine.order_by(LoginSession.id.desc())).first()
        ask_deletion(self.session, replace(actor, session_id=here), AskDeletion(""), NOW)

    def _stay(self, who: str, _which: None) -> None:
        keep_account(self.session, self.tenant.actor(who), NOW)

    def somebody_gets_in(self) -> bool:
        """Counted by hand, apart from the rule under test: an owner who would pass the sign-in itself."""
        rule = password_rule(self.session)
        leaving = select(Deletion.person_id)
        for person in self.session.scalars(
            select(Person).where(
                Person.role == Role.OWNER, Person.suspended_at.is_(None), Person.id.not_in(leaving)
            )
        ):
            if person.password_hash is not None and not rule.binds(person.role):
                return True
            linked = (
                select(SignOnIdentity.id)
                .join(SignOnProvider, SignOnProvider.id == SignOnIdentity.provider_id)
                .where(
                    SignOnIdentity.person_id == person.id,
                    SignOnProvider.enabled.is_(True),
                    SignOnProvider.connected_at <= SignOnIdentity.used_at,
                )
            )
            passkey = select(Passkey.id).where(Passkey.person_id == person.id)
            if any(self.session.scalars(way).first() is not None for way in (linked, passkey)):
                return True
        return False


@pytest.mark.parametrize("engine", ["sqlite"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=14), passwords=st.sets(st.sampled_from(PEOPLE)))
def test_some_owner_can_always_sign_in(
    open_session: OpenSession, world: World, steps: list[tuple[str, Any, Any]], passwords: set[str]
) -> None:
    with open_session() as session:
        session.info["tenant_id"] = world.northlight.id
        there = Office(session, world.northlight)
        _as_founded(there, passwords)
        there.open(passwords)
        assert there.somebody_gets_in()
        for step in steps:
            there.attempt(step)
            assert there.somebody_gets_in(), step
            assert owner_can_sign_in(session)


def _as_founded(there: Office, passwords: set[str]) -> None:
    """Undo what the example before did: one owner, nobody suspended or leaving, no provider, no passkey."""
    session, people = there.session, there.tenant.people
    for provider in session.scalars(select(SignOnProvider)):
        session.delete(provider)
    session.flush()
    for table in (Deletion, Passkey):
        session.execute(delete(table))
    roles = {"owner": Role.OWNER, "manager": Role.MANAGER, "member": Role.NONE}
    for who, role in roles.items():
        session.execute(
            update(Person)
            .where(Person.id == people[who])
            .values(role=role, suspended_at=None, password_hash="x" if who in passwords else None)
        )
    session.commit()


def test_without_the_rule_the_last_way_in_would_be_gone(open_session: OpenSession, world: World) -> None:
    """The opposite: what is refused would have left nobody."""
    with tenant_session(open_session, world.northlight.id) as session:
        there = Office(session, world.northlight)
        there.open(passwords=set())
        assert there.attempt(("switch", False, 0))
        with pytest.raises(LastWayIn):
            switch_provider(session, there.actor, there.providers[1], NOW, enabled=False)
        session.rollback()
        with pytest.raises(LastWayIn):
            remove_provider(session, there.actor, there.providers[1], NOW)
        session.rollback()
        assert find_provider(session, there.providers[1]).enabled
        with pytest.raises((OnlyWayIn, LastOwner)):
            there._do("unlink", "owner", 1)
        session.rollback()
        assert issubclass(NoSuchProvider, NotFound)
        session.execute(update(SignOnProvider).values(enabled=False))
        session.commit()
        assert not there.somebody_gets_in()


@pytest.mark.parametrize("stands_alone", [True, False])
def test_a_passkey_is_a_way_in_that_the_last_one_must_keep(
    open_session: OpenSession, world: World, *, stands_alone: bool
) -> None:
    with tenant_session(open_session, world.northlight.id) as session:
        there = Office(session, world.northlight)
        _as_founded(there, passwords=set() if stands_alone else {"owner"})
        there.attempt(("make_passkey", "owner", None))
        assert owner_can_sign_in(session)
        assert there.attempt(("drop_passkey", "owner", None)) is not stands_alone
        assert there.somebody_gets_in()


def test_an_owner_without_a_way_in_lets_no_other_owner_leave(open_session: OpenSession, world: World) -> None:
    """Counting owners is not enough: the one who stays must be able to sign in."""
    with tenant_session(open_session, world.northlight.id) as session:
        there = Office(session, world.northlight)
        _as_founded(there, passwords={"owner"})
        assert there.attempt(("role", "manager", Role.OWNER))
        assert not there.attempt(("leave", "owner", None))
        there.attempt(("make_passkey", "manager", None))
        assert there.attempt(("leave", "owner", None))
        assert not there.attempt(("drop_passkey", "manager", None))
