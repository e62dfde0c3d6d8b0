"""My account: profile, privacy, how one signs in, and where one is signed in."""

from app.blueprints.account import (  # noqa: F401 - add their routes
    activity,
    authenticator,
    data,
    deletion,
    devices,
    email,
    linked_accounts,
    notifications,
    passkeys,
    password,
    privacy,
    profile,
    proof,
    push_devices,
    security,
)
from app.blueprints.account.routes import blueprint

__all__ = ["blueprint"]
