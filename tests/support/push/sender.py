"""Telling people of the cast, and pushing what they are told."""

import json
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.notices import tell
from app.domain.push_keys import PushKit
from app.jobs.push import PushTools, push_due
from app.models import Delivery
from app.notice_kinds import Channel
from app.ports import PushTarget
from app.tenancy import tenant_session
from app.web.push_words import PushWords
from tests.support.notices import BOOKING
from tests.support.push.devices import device_for
from tests.support.push.process import PushService
from tests.support.world import TenantWorld


class Sender:
    """Pushes for one tenant at a time that the test sets."""

    def __init__(
        self,
        app: Flask,
        open_session: Callable[[], Session],
        tenant: TenantWorld,
        service: PushService,
        now: datetime,
    ) -> None:
        kit = app.extensions["portico_push"]
        assert isinstance(kit, PushKit)
        self.kit = kit
        self.now = now
        self.tenant = tenant
        self.service = service
        self.words = PushWords(app)
        self._open_session = open_session

    def session(self) -> AbstractContextManager[Session]:
        return tenant_session(self._open_session, self.tenant.id)

    def device(self, who: str = "member", locale: str = "en") -> PushTarget:
        with self.session() as session:
            return device_for(session, self.tenant, who, self.kit, self.service, self.now, locale)

    def tell(
        self, who: str = "member", kind: str = "booking.confirmed", data: dict[str, Any] | None = None
    ) -> int:
        with self.session() as session:
            notice = tell(session, self.now, self.tenant.people[who], kind, data or BOOKING)
            assert notice is not None
            return notice.id

    def push(self, kit: PushKit | None = None) -> int:
        return self.begin(PushTools(kit or self.kit, self.words)).result()

    def begin(self, tools: PushTools) -> Future[int]:
        return push_due(self._open_session, self.tenant.id, tools, lambda: self.now)

    def got(self, target: PushTarget) -> list[dict[str, Any]]:
        return [json.loads(each["text"]) for each in self.service.messages(target)]

    def delivery(self) -> Delivery:
        with self.session() as session:
            found = session.scalars(
                select(Delivery).where(Delivery.channel == Channel.PUSH).order_by(Delivery.id.desc())
            ).first()
            assert found is not None
            session.expunge_all()
            return found

    def count(self, model: type[Any]) -> int:
        with self.session() as session:
            return session.scalars(select(func.count(model.id))).one()
