"""Signing in and out, and the way back in for who forgot the password."""

from app.blueprints.auth import (  # noqa: F401 - add their routes
    email_links,
    forgotten,
    mail_link,
    passkeys,
    second_step,
)
from app.blueprints.auth.routes import blueprint

__all__ = ["blueprint"]
