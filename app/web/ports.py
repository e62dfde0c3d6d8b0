"""The outside world as this server is configured to reach it; the factory puts it on the application."""

from typing import cast

from flask import Flask, current_app

from app.integrations.disk_files import DiskFiles
from app.integrations.outbox import OutboxMail
from app.integrations.smtp import SmtpMail
from app.ports import Files, Mail
from app.settings import Settings


def init_ports(app: Flask, settings: Settings) -> None:
    app.extensions["portico_files"] = DiskFiles(settings.files_dir)
    app.extensions["portico_mail"] = (
        SmtpMail(settings.mail_url, settings.mail_from) if settings.mail_url
        else OutboxMail(settings.outbox_dir, settings.mail_from))


def files() -> Files:
    return cast(Files, current_app.extensions["portico_files"])


def mail() -> Mail:
    return cast(Mail, current_app.extensions["portico_mail"])
