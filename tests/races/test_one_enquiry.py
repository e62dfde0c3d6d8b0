"""Somebody presses Send many times at the same moment: the desk reads it once."""

from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.domain.plans import enquiring
from app.domain.plans.enquiring import Enquiry, enquire
from app.domain.plans.telling import ENQUIRED
from app.models import Notice, PlanVisibility
from tests.races.conftest import race
from tests.races.test_last_place import TODAY
from tests.support.sessions import OpenSession
from tests.support.tariffs import Tariffs
from tests.support.world import TenantWorld, World

pytestmark = pytest.mark.race


def _presses(open_session: OpenSession, tenant: TenantWorld) -> list[str]:
    with open_session(tenant.id) as session:
        plan_id = Tariffs(session, tenant, TODAY).plan("Office", 9, visibility=PlanVisibility.ENQUIRE).plan_id
    wish, actor = Enquiry(plan_id, "Is it quiet?"), tenant.actor("contact")

    def attempt(session: Session, _racer: int) -> str:
        new = enquire(session, actor, wish, TODAY, Tariffs.now_of(TODAY))
        session.commit()
        return "sent" if new else "known"

    return race(open_session, tenant.id, attempt)


def _read(open_session: OpenSession, tenant: TenantWorld) -> list[Any]:
    with open_session(tenant.id) as session:
        desk = Notice.person_id == tenant.people["desk"]
        return list(session.scalars(select(Notice).where(Notice.kind == ENQUIRED, desk)))


def test_it_is_sent_once(racing: tuple[Engine, OpenSession], world: World) -> None:
    _engine, open_session = racing
    assert _presses(open_session, world.northlight).count("sent") == 1
    assert len(_read(open_session, world.northlight)) == 1


@pytest.mark.parametrize("engine", ["postgres"])
def test_without_the_person_in_hand_it_is_sent_again(
    racing: tuple[Engine, OpenSession], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _engine, open_session = racing
    monkeypatch.setattr(enquiring, "hold_person", lambda _session, _person_id: None)
    assert _presses(open_session, world.northlight).count("sent") > 1
