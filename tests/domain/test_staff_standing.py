"""Whatever is given, by whomever, in whatever order: nobody ends with more than who gave it, and an owner remains."""

from collections.abc import Callable
from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from app.domain.actor import Actor, Permission
from app.domain.people.owners import owners
from app.domain.people.staff import standing_of
from app.domain.people.standing import reinstate, set_role, suspend
from app.domain.people.terms import GiveRole
from app.kernel.errors import Refusal
from app.models import Person, Role
from app.tenancy import tenant_session
from tests.support.world import CAST, TenantWorld, World

NOW = datetime(2026, 3, 2, 7, 0, tzinfo=UTC)
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(sorted(CAST)),
        st.sampled_from(sorted(CAST)),
        st.sampled_from(["suspend", "reinstate", *Role]),
        st.sampled_from([(), ("Leith Walk",), ("Porto",), ("Leith Walk", "Porto")]),
    ),
    max_size=12,
)


def _acting(session: Session, tenant: TenantWorld, who: str) -> Actor | None:
    """Somebody as a request would know them; None for who is suspended."""
    person = session.get_one(Person, tenant.people[who])
    standing = standing_of(session, person)
    if person.suspended_at is not None:
        return None
    return Actor(
        person.id,
        tenant.id,
        standing.role,
        False,  # noqa: FBT003 - whether they are a member makes no difference here
        person.first_name,
        person.last_name,
        person.email,
        person.location_id,
        None,
        granted=standing.permissions if standing.role is Role.CUSTOM else frozenset(),
        limited_to=standing.limited_to,
    )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_no_sequence_raises_anybody_above_who_gave_it_or_leaves_no_owner(
    open_session: Callable[[], Session], world: World, steps: list[tuple[str, str, str, tuple[str, ...]]]
) -> None:
    tenant = world.northlight
    with tenant_session(open_session, tenant.id) as session:
        for who, whom, what, places in steps:
            actor = _acting(session, tenant, who)
            if actor is None:
                continue
            person_id = tenant.people[whom]
            before = standing_of(session, session.get_one(Person, person_id))
            try:
                if what == "suspend":
                    suspend(session, actor, person_id, lambda: NOW)
                elif what == "reinstate":
                    reinstate(session, actor, person_id, lambda: NOW)
                else:
                    role = Role(what)
                    own = tenant.roles["Event host"] if role is Role.CUSTOM else None
                    wish = GiveRole(role, own, frozenset(tenant.locations[place] for place in places))
                    set_role(session, actor, person_id, wish, lambda: NOW)
                session.commit()
            except Refusal:
                session.rollback()
            after = standing_of(session, session.get_one(Person, person_id, populate_existing=True))
            assert after == before or (after.within(actor) and actor.may(Permission.STAFF))
            assert owners(session)
