"""Mail by SMTP, handed over to the host's own server."""

import smtplib
from email.message import EmailMessage
from email.utils import formataddr, formatdate
from urllib.parse import unquote, urlsplit

from app.ports import MailFault, MailMessage, MailNotSent

_TIMEOUT_SECONDS = 20
_PERMANENT = 500
"""SMTP replies from here on mean that the same message will be refused again."""


def compose(message: MailMessage, sender: str) -> EmailMessage:
    """The message in its wire form: text first, HTML as the alternative, then what goes with it."""
    mail = EmailMessage()
    mail["From"] = formataddr((message.sender_name, sender))
    mail["To"] = message.to
    mail["Date"] = formatdate(usegmt=True)
    mail["Subject"] = " ".join(message.subject.split())
    mail["Message-ID"] = f"<{message.reference}@{sender.rpartition('@')[2] or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe_url:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.text)
    mail.add_alternative(message.html, subtype="html")
    if message.invitation is not None:
        # An alternative, not an attachment: mail programs look for it there. Quoted-printable keeps its lines as they are.
        mail.add_alternative(
            message.invitation.text,
            subtype="calendar",
            cte="quoted-printable",
            params={"method": message.invitation.method},
        )
    for each in message.attachments:
        main, _slash, sub = each.mime.partition("/")
        mail.add_attachment(each.data, maintype=main, subtype=sub, filename=each.name)
    return mail


def failure_of(error: smtplib.SMTPException) -> MailNotSent:
    """What a server's reply means for the mail, in our words."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            replies = list(error.recipients.values())
            permanent = all(code >= _PERMANENT for code, _words in replies)
            # 5.7 is a server's policy, such as that it carries no mail of ours: it says nothing of the address.
            refused = permanent and not any(_is_policy(words) for _code, words in replies)
            words = " ".join(f"{code} {_text(words)}" for code, words in replies)
            return MailNotSent(
                words, permanent=permanent, address_refused=refused, fault=MailFault.ADDRESS_REFUSED
            )
        case smtplib.SMTPSenderRefused():
            return MailNotSent(_reply(error), permanent=False, fault=MailFault.SENDER_REFUSED)
        case smtplib.SMTPDataError():
            return MailNotSent(
                _reply(error), permanent=error.smtp_code >= _PERMANENT, fault=MailFault.MAIL_REFUSED
            )
        case smtplib.SMTPAuthenticationError():
            return MailNotSent(_reply(error), permanent=False, fault=MailFault.LOGIN_REFUSED)
        case smtplib.SMTPNotSupportedError():
            return MailNotSent(str(error), permanent=False, fault=MailFault.NO_LOGIN)
        case _:
            return MailNotSent(str(error), permanent=False, fault=MailFault.NO_MAIL_SERVER)


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
        except smtplib.SMTPException as error:
            raise failure_of(error) from error
        except OSError as error:
            raise MailNotSent(str(error), permanent=False) from error

    def _deliver(self, mail: EmailMessage) -> None:
        connect = smtplib.SMTP_SSL if self._tls else smtplib.SMTP
        with connect(self._host, self._port, timeout=_TIMEOUT_SECONDS) as server:
            if not self._tls and server.has_extn("starttls"):
                server.starttls()
            if self._login:
                server.login(*self._login)
            server.send_message(mail)


def _reply(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_text(error.smtp_error)}"


def _text(words: bytes | str) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else words


def _is_policy(words: bytes | str) -> bool:
    return _text(words).startswith("5.7.")
