"""Mails in words: `templates/mail/<kind>.html`, in the recipient's language and the tenant's look; the text is read off it."""

import logging
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from flask import Flask, current_app
from flask_babel import force_locale, get_locale
from markupsafe import Markup

from app.domain.calendars.writing import Mailbox, Method, invitation_text
from app.domain.devices import NEW_DEVICE
from app.domain.invoicing.terms import ISSUED
from app.domain.notices.bounces import CHECK
from app.domain.notices.digest import DIGEST
from app.jobs.deliver import Letter
from app.kernel.walltime import clock_face
from app.notice_kinds import BY_KEY
from app.ports import MailAttachment, MailInvitation, MailMessage, PaperNotMade
from app.settings import Settings
from app.theming.palette import Scheme
from app.web import wording
from app.web.calendars import booking_entry, calls_off
from app.web.language import LANGUAGES, formats_locale
from app.web.mail_text import text_of
from app.web.mail_tokens import arrival_token, digest_token, tagged
from app.web.notice_words import words_of
from app.web.origin import letter_origin
from app.web.paper import file_name
from app.web.ports import press
from app.web.themes import palette_of

_log = logging.getLogger(__name__)
_FONTS = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


def mail_templates() -> "MailTemplates":
    """The application's own, for a page that shows a mail before it is sent."""
    return cast("MailTemplates", current_app.extensions["portico_mail_templates"])


_CALLED_OFF = frozenset({"booking.cancelled", "guest.cancelled"})


class MailTemplates:
    """The MailRenderer on Jinja."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    def render(self, letter: Letter) -> MailMessage:
        """The finished mail. Raises jinja2.TemplateNotFound for a kind without templates."""
        environment = self._app.jinja_env
        with self._app.app_context(), force_locale(letter.locale if letter.locale in LANGUAGES else "en"):
            context = self._context(letter)
            module = environment.get_template(f"mail/{letter.kind}.html").make_module(context)
        html = str(module)
        return MailMessage(
            to=letter.to,
            subject=Markup(cast(Any, module).subject).unescape(),  # noqa: S704 - to undo the escaping, which it is for
            text=text_of(html),
            html=html,
            sender_name=letter.portal.name,
            tenant_id=letter.portal.tenant_id,
            reference=tagged(self._settings.secret_key, letter.reference),
            unsubscribe_url=context["unsubscribe_url"],
            server=letter.server,
            attachments=self._attached(letter),
            invitation=self._invitation(letter) if letter.invites else None,
        )

    def _invitation(self, letter: Letter) -> MailInvitation:
        """The booking for the reader's calendar, or its end there; the house invites, from where its mail comes."""
        single = "repeats" not in letter.data["calendar"]
        gone = letter.kind in _CALLED_OFF if single else calls_off(letter.data)
        method = Method.CANCEL if gone else Method.REQUEST
        entry = booking_entry(letter.data, letter_origin(self._settings, letter))
        sender = parseaddr(self._settings.mail_from)[1] if letter.server is None else letter.server.sender
        text = invitation_text(
            entry, method, Mailbox(letter.portal.name, sender), Mailbox(letter.first_name, letter.to)
        )
        return MailInvitation(method.value, text.decode())

    def _attached(self, letter: Letter) -> tuple[MailAttachment, ...]:
        """The document that a mail tells of. Without it the mail goes all the same: it has a link to where the document is."""
        document = letter.data.get("document") if letter.kind == ISSUED else None
        if document is None:
            return ()
        try:
            with self._app.app_context():
                pdf = press().pdf(
                    letter.portal.tenant_id, document, datetime.fromisoformat(letter.data["issued_at"])
                )
        except PaperNotMade:
            _log.exception("mail %s goes without its document", letter.reference)
            return ()
        return (MailAttachment(file_name(document, "pdf"), "application/pdf", pdf),)

    def _context(self, letter: Letter) -> dict[str, Any]:
        language = get_locale() or Locale("en")
        origin = letter.data.get("origin") or letter_origin(self._settings, letter)
        kind = BY_KEY.get(letter.kind)
        return {
            "tenant_name": letter.portal.name,
            "first_name": letter.first_name,
            "data": letter.data,
            "origin": origin,
            "words": words_of(letter),
            "chosen": kind is not None and kind.chosen and kind.in_app,
            **self._beside(letter, origin),
            "look": _look(palette_of(letter.portal.look(None)).light),
            "lang": str(language).replace("_", "-"),
            "dir": language.text_direction,
            "zone": letter.zone,
            "local_day": _local_day,
            "local_time": _local_time,
        }

    def _beside(self, letter: Letter, origin: str) -> dict[str, Any]:
        """What single kinds need beside the data of their notice."""
        key, tenant_id, whose = self._settings.secret_key, letter.portal.tenant_id, letter.person_id
        found: dict[str, Any] = {"unsubscribe_url": None}
        if letter.kind == DIGEST and whose is not None:
            found["unsubscribe_url"] = f"{origin}/notifications/digest/{digest_token(key, tenant_id, whose)}"
            found["entries"] = [words_of(_Item(**item)) for item in letter.data["items"]]
        if letter.kind == CHECK and whose is not None:
            found["token"] = arrival_token(key, tenant_id, whose, letter.data["email"])
        if letter.kind == NEW_DEVICE:
            found["device"] = wording.device(letter.data["browser"], letter.data["system"])
        return found


@dataclass(frozen=True, slots=True)
class _Item:
    """One notice of a digest."""

    kind: str
    data: dict[str, Any]
    times: int


def _look(colour: Scheme) -> dict[str, dict[str, str]]:
    """The style attribute of each element of a mail."""
    text, quiet = f"color: {colour['text']}", f"color: {colour['muted']}"
    styles = {
        "page": f"margin: 0; padding: 32px 16px; background: {colour['sunken']}; font-family: {_FONTS}",
        "sheet": f"max-width: 520px; margin: 0 auto; padding: 32px; border-radius: 12px; background: {colour['raised']}",
        "sender": f"margin: 0 0 24px; font-size: 14px; font-weight: 600; color: {colour['accent-text']}",
        "heading": f"margin: 0 0 16px; font-size: 24px; line-height: 1.2; {text}",
        "paragraph": f"margin: 0 0 16px; font-size: 16px; line-height: 1.5; {text}",
        "entry": f"font-weight: 600; color: {colour['accent-text']}",
        "quiet": f"margin: 0 0 16px; font-size: 14px; line-height: 1.5; {quiet}",
        "action": "margin: 24px 0",
        "button": "display: inline-block; padding: 12px 20px; border-radius: 8px; font-size: 16px; font-weight: 600; "
        f"text-decoration: none; background: {colour['accent']}; color: {colour['on-accent']}",
        "foot": f"max-width: 520px; margin: 16px auto 0; font-size: 13px; line-height: 1.4; {quiet}",
        "foot_link": quiet,
    }
    return {name: {"style": style} for name, style in styles.items()}


def _local_day(moment: str, zone: str) -> str:
    """`Tuesday, 24 November 2026`: the day of an ISO moment where the room is."""
    return format_date(_local(moment, zone), "full", locale=formats_locale())


def _local_time(moment: str, zone: str) -> str:
    """`14:30`, where the room is."""
    return clock_face(_local(moment, zone))


def _local(moment: str, zone: str) -> datetime:
    return datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
