"""Push messages in words: the JSON that Safari shows by itself and that our service worker shows elsewhere.

The format is declarative web push. The number for the app's icon stands twice: the standard looks for it outside, the
Safari that came first looks inside of `notification`.
"""

import json
from dataclasses import dataclass, replace
from typing import Any

from babel import Locale
from flask import Flask, url_for
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from app.domain.portal import Portal
from app.domain.push_sending import Receiver
from app.jobs.push_parcel import Banner, topic_of
from app.web import themes
from app.web.language import LANGUAGES
from app.web.notice_words import words_of

FORMAT = 8030
_LONGEST_TITLE, _LONGEST_BODY = 120, 1000
_MOST_BUTTONS = 2
"""What browsers show of them."""


class PushWords:
    """The PushRenderer."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def render(self, banner: Banner, receiver: Receiver, most: int) -> bytes:
        """The message, in the person's language, or the device's where they chose none."""
        locales = (banner.locale, receiver.locale, banner.portal.locale)
        locale = next((each for each in locales if each in LANGUAGES), "en")
        with self._app.test_request_context(base_url=receiver.origin), force_locale(locale):
            address = url_for("inbox.show", notice_id=banner.notice_id, _external=True)
            told = _Told(*_said(banner), address, topic_of(banner.notice_id), banner.unread)
            return _fitting(banner.portal, told if banner.discreet else _with_buttons(told, banner), most)


def _said(banner: Banner) -> tuple[str, str]:
    if banner.discreet:
        return banner.portal.name, _("There is something new for you.")
    words = words_of(banner)
    return words.title, words.body


def _with_buttons(told: "_Told", banner: Banner) -> "_Told":
    """What the inbox offers to do about it, and which of it the worker does without opening anything."""
    actions = words_of(banner).actions[:_MOST_BUTTONS]
    buttons = tuple(
        {
            "action": each.key,
            "title": each.label,
            "navigate": url_for("inbox.show", notice_id=banner.notice_id, action=each.key, _external=True),
        }
        for each in actions
    )
    reads = next((each.key for each in actions if each.reads), None)
    data = {"notice": banner.notice_id, "reads": reads} if reads else None
    return replace(told, buttons=buttons, data=data)


def trial(portal: Portal, origin: str, unread: int) -> bytes:
    """The message with which somebody tries a device, in the language of the page that asks for it."""
    words = _("Notifications work on this device.")
    told = _Told(portal.name, words, f"{origin}/account/devices", "trial", unread)
    return _json(portal, told)


@dataclass(frozen=True, slots=True)
class _Told:
    title: str
    body: str
    address: str
    tag: str
    unread: int
    buttons: tuple[dict[str, str], ...] = ()
    data: dict[str, Any] | None = None


def _fitting(portal: Portal, told: _Told, most: int) -> bytes:
    """The JSON, its body cut until it fits, and without its buttons if it must be."""
    told = replace(told, title=_cut(told.title, _LONGEST_TITLE), body=_cut(told.body, _LONGEST_BODY))
    while len(data := _json(portal, told)) > most and told.body:
        told = replace(told, body=_cut(told.body, len(told.body) * 2 // 3))
    return data if len(data) <= most else _json(portal, replace(told, buttons=(), data=None))


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: max(0, most - 1)].rstrip() + "…" * (most > 1)


def _json(portal: Portal, told: _Told) -> bytes:
    language = get_locale() or Locale("en")
    version = themes.icon_version(portal.name, portal.look(None))
    notification: dict[str, Any] = {
        "title": told.title,
        "body": told.body,
        "lang": str(language).replace("_", "-"),
        "dir": language.text_direction,
        "navigate": told.address,
        "tag": told.tag,
        "icon": url_for("theming.show_icon", version=version, name="icon-192.png", _external=True),
        "app_badge": told.unread,
    }
    if told.buttons:
        notification["actions"] = told.buttons
    if told.data:
        notification["data"] = told.data
    data = {"web_push": FORMAT, "notification": notification, "app_badge": told.unread}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
