"""A place where people have met: who can be found, conversations, something to read, and something to decide."""

from datetime import UTC, datetime
from typing import Any

from flask import Flask

from app.domain.notices import tell
from tests.support.directory import checks_in, lists
from tests.support.messages import Talk
from tests.support.notices import BOOKING
from tests.support.rows import inside
from tests.support.world import World

WIDE: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "service_workers": "block"}


class Meeting:
    """People who can be found, two conversations, something to read, and something to decide."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.tenant = app, world.northlight
        lists(app, self.tenant, "colleague", company="Zinc Works", job_title="Smith", skills=("Welding",))
        lists(app, self.tenant, "desk")
        lists(app, self.tenant, "member")
        checks_in(app, self.tenant, "colleague")
        now = datetime.now(UTC)
        self.direct = Talk(app, self.tenant, now, "member", "colleague")
        self.group = Talk(app, self.tenant, now, "member", "colleague", "desk", title="Paper order")
        self.own = self.direct.say("member", "Are you at the desk?").message_id
        self.theirs = self.direct.say("colleague", "By the window").message_id
        self.group.say("desk", "A4 or A3?")
        self.direct.report("member", self.theirs, "Again")
        with inside(app, self.tenant) as session:
            tell(session, now, self.tenant.people["member"], "booking.confirmed", BOOKING)

    @property
    def pages(self) -> dict[str, str]:
        """Where a member goes, by what it is called here."""
        colin = self.tenant.people["colleague"]
        return {
            "directory": "/directory",
            "beside the directory": f"/directory?person={colin}",
            "profile": f"/people/{colin}",
            "messages": "/messages",
            "conversation": f"/messages/{self.direct.id}",
            "group": f"/messages/{self.group.id}",
            "about the group": f"/messages/{self.group.id}/details",
            "new conversation": "/messages/new",
            "inbox": "/inbox",
            "notifications": "/account/notifications",
        }
