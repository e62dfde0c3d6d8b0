"""Giving somebody of the cast a second factor."""

from datetime import datetime

import pyotp
from flask import Flask

from app.domain.factors.authenticator import begin_app, confirm_app
from app.models import Authenticator
from tests.support.rows import inside, rows
from tests.support.world import TenantWorld


def secret_of(app: Flask, tenant: TenantWorld, who: str) -> str:
    """The secret of somebody's authenticator, as their app knows it."""
    (kept,) = rows(app, tenant, Authenticator, person_id=tenant.people[who])
    opened: str = app.extensions["portico_secret_box"].open(kept.sealed_secret)
    return opened


def code_at(secret: str, moment: datetime) -> str:
    """What an app with that secret shows at that moment."""
    return pyotp.TOTP(secret).at(moment)


def give_app(app: Flask, tenant: TenantWorld, who: str, now: datetime) -> tuple[str, list[str]]:
    """Switch somebody's second factor on; returns the app's secret and the recovery codes."""
    box = app.extensions["portico_secret_box"]
    with inside(app, tenant) as session:
        begin_app(session, tenant.actor(who), box, now)
        session.commit()
    secret = secret_of(app, tenant, who)
    with inside(app, tenant) as session:
        return secret, confirm_app(session, tenant.actor(who), code_at(secret, now), box, now)
