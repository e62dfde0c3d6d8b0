"""Two people change the same settings at the same moment: each change is whole, and none stops the other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from flask import Flask

from app.domain import portal_settings as verbs
from app.domain.portal import read_portal
from app.domain.portal_settings import Group
from app.models import AuditEntry, SectionSetting
from app.sections import SECTIONS
from app.tenancy import begin_writing, tenant_session
from app.web.database import db
from tests.support.world import World

KEYS = [section.key for section in SECTIONS]
NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def test_orders_at_once_leave_one_of_them(app: Flask, world: World) -> None:
    orders = (KEYS[::-1], [*KEYS[1:], KEYS[0]])

    def put(turn: int) -> None:
        actor = world.northlight.actor(("desk", "owner")[turn % 2])
        with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
            begin_writing(session)
            verbs.put_in_order(session, actor, Group.SECTIONS, None, orders[turn % 2], NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(put, range(16)))
    with app.app_context(), tenant_session(db.session.session_factory, world.northlight.id) as session:
        portal = read_portal(session)
        assert [section.key for section in portal.ordered_sections(None)] in orders
        assert session.query(SectionSetting).count() == len(KEYS)
        changes = session.query(AuditEntry).count()
        assert 1 <= changes <= 16
        assert portal.revision == 1 + changes, "no change went unannounced"
