"""Devices of the cast, registered at a push service as their browsers would."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.push_devices import Registration, register
from app.domain.push_keys import PushKit, public_key
from app.domain.sessions import Browser, start
from app.domain.visit import token_hash
from app.models import LoginSession
from app.ports import PushTarget
from tests.support.push.process import PushService
from tests.support.world import TenantWorld

AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) Version/18.4 Mobile/15E148 Safari/604.1"


def device_for(
    session: Session,
    tenant: TenantWorld,
    who: str,
    kit: PushKit,
    service: PushService,
    now: datetime,
    locale: str = "en",
    origin: str = "",
) -> PushTarget:
    """Sign somebody in on a phone and register it; returns what the push service knows it by. `origin` is the portal's address there."""
    token = start(session, tenant.people[who], Browser(AGENT, "127.0.0.1"), now)
    session.flush()
    query = select(LoginSession.id).where(LoginSession.token_hash == token_hash(token))
    actor = tenant.actor(who, session_id=session.scalars(query).one())
    target = service.subscribe(public_key(session, kit, now))
    wanted = Registration(target, origin or f"http://{tenant.host}", AGENT, locale)
    register(session, actor, kit.client, wanted, now)
    return target
