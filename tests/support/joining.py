"""Joining, for tests: the operator's choices, and a form that a person took their time for."""

import re
from dataclasses import replace
from datetime import timedelta

import time_machine
from flask import Flask

from app.domain.joining.invitations import invite, make_invitation_token
from app.domain.joining.settings import Joining, change_joining
from app.domain.joining.terms import NewTerms, publish_terms
from app.domain.joining.words import Invite
from app.domain.visit import token_hash
from app.kernel.clock import system_clock
from app.models import JoiningMode, SignUp
from tests.support.rows import inside
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld

_STAMP = re.compile(r'name="stamp" value="([^"]+)"')
_READING = timedelta(seconds=5)


def open_joining(app: Flask, tenant: TenantWorld, **choices: object) -> None:
    """Let everybody join, with these further choices of `Joining`."""
    wanted = replace(Joining(mode=JoiningMode.OPEN), **choices)  # type: ignore[arg-type]
    with inside(app, tenant) as session:
        change_joining(session, tenant.actor("owner"), wanted, system_clock)


def publish(
    app: Flask, tenant: TenantWorld, title: str = "House rules", *, for_everybody: bool = True
) -> int:
    """Publish terms; returns the version's number."""
    with inside(app, tenant) as session:
        command = NewTerms(title, "Be kind.\n\nWash your cup.", for_everybody)
        return publish_terms(session, tenant.actor("owner"), command, system_clock).number


def join_form(visitor: Visitor, email: str) -> dict[str, str]:
    """What somebody sends who opened the page a moment ago and typed."""
    with time_machine.travel(system_clock() - _READING, tick=False):
        found = _STAMP.search(visitor.get("/join").text)
    assert found
    return {"email": email, "stamp": found[1], "website": ""}


def fill_joining(app: Flask, tenant: TenantWorld) -> list[str]:
    """Something on every page of joining: open with approval, terms, somebody invited and somebody waiting.

    Returns the paths of the two forms behind mailed links.
    """
    open_joining(app, tenant, needs_approval=True)
    publish(app, tenant, for_everybody=False)
    now = system_clock()
    with inside(app, tenant) as session:
        long = Invite(
            "somebody-with-a-long-name@an-unusually-long-domain.example.test", message="Come in!\nSoon."
        )
        invitation = invite(session, tenant.actor("desk"), long, "http://localhost", system_clock)
        invited = make_invitation_token(session, invitation.id, now)
        for name in ("Ada", "Grace"):
            asked = SignUp(
                email=f"{name}@example.test",
                email_key=f"{name}@example.test".casefold(),
                token_hash=token_hash(name),
                first_name=name,
                last_name="Donaudampfschifffahrtsgesellschaft",
                asked_at=now,
                completed_at=now if name == "Grace" else None,
                expires_at=now + timedelta(days=1),
            )
            session.add(asked)
    return [f"/invitation/{invited}", "/join/link/Ada"]
