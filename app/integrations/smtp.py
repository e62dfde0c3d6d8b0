"""Mail by SMTP."""

import smtplib
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from urllib.parse import unquote, urlsplit

from app.ports import MailMessage, MailNotSent

_TIMEOUT_SECONDS = 20
_PERMANENT = 500
"""SMTP replies from here on mean that the same message will be refused again."""


def compose(message: MailMessage, sender: str) -> EmailMessage:
    """The message in its wire form: text first, HTML as the alternative."""
    mail = EmailMessage()
    mail["From"] = formataddr((message.sender_name, sender))
    mail["To"] = message.to
    mail["Date"] = formatdate(usegmt=True)
    mail["Subject"] = " ".join(message.subject.split())
    mail["Message-ID"] = f"<{message.reference}@{sender.rpartition('@')[2] or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    return mail


class SmtpMail:
    """The Mail port on an SMTP server: `smtp://user:password@host:587` (STARTTLS when offered) or `smtps://…:465`."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("MAIL_URL must look like smtp://user:password@host:587")
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._tls else 587)
        self._login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self._sender = sender

    def send(self, message: MailMessage) -> None:
        try:
            self._deliver(compose(message, self._sender))
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            codes = (
                [code for code, _ in error.recipients.values()]
                if isinstance(error, smtplib.SMTPRecipientsRefused)
                else [error.smtp_code]
            )
            raise MailNotSent(str(error), permanent=all(code >= _PERMANENT for code in codes)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise MailNotSent(str(error), permanent=False) from error

    def _deliver(self, mail: EmailMessage) -> None:
        connect = smtplib.SMTP_SSL if self._tls else smtplib.SMTP
        with connect(self._host, self._port, timeout=_TIMEOUT_SECONDS) as server:
            if not self._tls and server.has_extn("starttls"):
                server.starttls()
            if self._login:
                server.login(*self._login)
            server.send_message(mail)
