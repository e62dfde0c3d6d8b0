"""The outside world as this server is configured to reach it; the factory has put it on the application."""

from typing import cast

from flask import current_app

from app.domain.cards.terms import CardKit
from app.domain.push_keys import PushKit
from app.domain.sign_on.terms import Kit
from app.ports import Files, Mail, Outbox, SecretBox
from app.web.paper import Press


def files() -> Files:
    return cast("Files", current_app.extensions["portico_files"])


def mail() -> Mail:
    return cast("Mail", current_app.extensions["portico_mail"])


def outbox() -> Outbox | None:
    """The kept mails, where mail is kept instead of sent."""
    return cast(Outbox | None, current_app.extensions["portico_outbox"])


def press() -> Press:
    """What makes PDFs of stored documents."""
    return cast("Press", current_app.extensions["portico_press"])


def secret_box() -> SecretBox:
    """What seals the secrets that must be read again."""
    return cast("SecretBox", current_app.extensions["portico_secret_box"])


def sign_on() -> Kit:
    """The clients of identity providers, and the box that their secrets are in."""
    return cast("Kit", current_app.extensions["portico_sign_on"])


def cards() -> CardKit:
    """The payment provider, and the box that its keys are in."""
    return cast("CardKit", current_app.extensions["portico_cards"])


def push() -> PushKit | None:
    """What push messages are sent with; None where the server's host has not set them up."""
    return cast(PushKit | None, current_app.extensions["portico_push"])
