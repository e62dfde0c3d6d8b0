"""The outside world as this server is configured to reach it; the factory has put it on the application."""

from typing import cast

from flask import current_app

from app.ports import Files, Mail, Outbox


def files() -> Files:
    return cast("Files", current_app.extensions["portico_files"])


def mail() -> Mail:
    return cast("Mail", current_app.extensions["portico_mail"])


def outbox() -> Outbox | None:
    """The kept mails, where mail is kept instead of sent."""
    return cast(Outbox | None, current_app.extensions["portico_outbox"])
