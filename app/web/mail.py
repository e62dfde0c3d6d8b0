"""Mails in words: `templates/mail/<kind>.txt` and `.html`, in the recipient's language and the tenant's look."""

from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from flask import Flask
from flask_babel import force_locale, get_locale

from app.jobs.deliver import Letter
from app.kernel.walltime import clock_face
from app.ports import MailMessage
from app.settings import Settings
from app.theming.palette import Scheme
from app.web.language import LANGUAGES, formats_locale
from app.web.origin import letter_origin
from app.web.themes import palette_of

_FONTS = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"


class MailTemplates:
    """The MailRenderer on Jinja. A text template sets `subject` at its top; the HTML one is the same said prettily."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    def render(self, letter: Letter) -> MailMessage:
        """The finished mail. Raises jinja2.TemplateNotFound for a kind without templates."""
        environment = self._app.jinja_env
        with self._app.app_context(), force_locale(letter.locale if letter.locale in LANGUAGES else "en"):
            context = self._context(letter)
            text = environment.get_template(f"mail/{letter.kind}.txt").make_module(context)
            subject = cast(Any, text).subject
            html = environment.get_template(f"mail/{letter.kind}.html").render(context, subject=subject)
        return MailMessage(
            to=letter.to,
            subject=subject,
            text=str(text).strip() + "\n",
            html=html,
            sender_name=letter.portal.name,
            tenant_id=letter.portal.tenant_id,
            reference=letter.reference,
        )

    def _context(self, letter: Letter) -> dict[str, Any]:
        language = get_locale() or Locale("en")
        return {
            "tenant_name": letter.portal.name,
            "first_name": letter.first_name,
            "data": letter.data,
            "origin": letter.data.get("origin") or letter_origin(self._settings, letter),
            "look": _look(palette_of(letter.portal.look(None)).light),
            "lang": str(language).replace("_", "-"),
            "dir": language.text_direction,
            "local_day": _local_day,
            "local_time": _local_time,
        }


def _look(colour: Scheme) -> dict[str, dict[str, str]]:
    """The style attribute of each element of a mail."""
    text, quiet = f"color: {colour['text']}", f"color: {colour['muted']}"
    styles = {
        "page": f"margin: 0; padding: 32px 16px; background: {colour['sunken']}; font-family: {_FONTS}",
        "sheet": f"max-width: 520px; margin: 0 auto; padding: 32px; border-radius: 12px; background: {colour['raised']}",
        "sender": f"margin: 0 0 24px; font-size: 14px; font-weight: 600; color: {colour['accent-text']}",
        "heading": f"margin: 0 0 16px; font-size: 24px; line-height: 1.2; {text}",
        "paragraph": f"margin: 0 0 16px; font-size: 16px; line-height: 1.5; {text}",
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
