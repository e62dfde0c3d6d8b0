"""One person of the cast with something to hide, two who look, and everything that either is given of them."""

import io
import re
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from app.domain.notices.digest import make_digests
from app.domain.notices.preferences import save_wishes
from app.domain.notices.wishes import Habits
from app.domain.privacy.archive import write_archive
from app.domain.profile.own import profile_row
from app.domain.profile.terms import ProfileField, Visibility
from app.domain.push_keys import PushKit
from app.jobs.deliver import MailTools, deliver_due
from app.jobs.push import PushTools, push_due
from app.models import Choice, Contract, Message, Person, StoredFile, Team
from app.notice_kinds import Channel
from app.ports import MailMessage
from app.web.database import db
from app.web.mail import MailTemplates
from app.web.push_words import PushWords
from tests.support.directory import checks_in, lists
from tests.support.messages import Talk, list_people
from tests.support.push.devices import device_for
from tests.support.push.process import PushService
from tests.support.rows import change, inside, rows
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld

NOW = datetime.now(UTC)
_AHEAD = timedelta(hours=1)
"""Things are said so much later than all else happens, because a block counts from its moment on."""
SUBJECT, STRANGER, COMPANION, DAILY = "colleague", "member", "contact", "manager"
"""Whom it is about; who could only come across them; who shares a conversation and a team; who does and is mailed daily."""
LOOKERS = (STRANGER, COMPANION, DAILY)
NAME = "Zelmira"
PHOTO, FACE = "ab" * 32, "cd" * 32
FACTS: dict[str, Any] = {
    "first_name": NAME,
    "last_name": "Quent",
    "company": "Zinnober Works",
    "job_title": "Zinc Architect",
    "industry": "Zymurgy",
    "bio": "Zodiacal biography",
    "website": "https://zebu-website.example",
    "links": {"github": "https://github.com/zonal-link"},
    "phone": "+44 131 496 0555",
    "street": "Zephyr Street 5",
    "postal_code": "ZX7",
    "city": "Zembla",
    "country": "PT",
    "birthday": date(1984, 2, 3),
}
SIGNS: dict[ProfileField, tuple[str, ...]] = {
    ProfileField.PHOTO: (PHOTO, FACE),
    ProfileField.COMPANY: ("Zinnober",),
    ProfileField.JOB_TITLE: ("Zinc Architect",),
    ProfileField.INDUSTRY: ("Zymurgy",),
    ProfileField.BIO: ("Zodiacal",),
    ProfileField.SKILLS: ("Zoetropes", "CATEGORIES:"),
    ProfileField.WEBSITE: ("zebu-website.example",),
    ProfileField.LINKS: ("github.com/zonal-link",),
    ProfileField.LOCATION: (">Home location</span></div>",),
    ProfileField.HERE: ("here-dot", "Here now, Leith Walk"),
    ProfileField.EMAIL: ("colleague@example.test",),
    ProfileField.PHONE: ("+44 131 496 0555", "+441314960555"),
    ProfileField.ADDRESS: ("Zephyr Street 5", "ZX7", "Zembla", "Portugal"),
    ProfileField.BIRTHDAY: ("3 February", "BDAY:"),
}
"""What tells that something of a field is there. None of it is part of anything else."""
_EACH_TIME = re.compile(
    r'(?<=name="csrf_token" value=")[^"]+|(?<=name="client_id" value=")[^"]+|(?<=nonce=")[^"]+|(?<="X-CSRFToken": ")[^"]+'
)
_HEADERS = ("Cache-Control", "Vary", "Location", "Link", "ETag", "Content-Disposition", "Content-Type")
_TOKENS = re.compile(r"(?<=nonce-)[\w-]+")


@dataclass
class _Office:
    """A mailbox for everybody."""

    taken: list[MailMessage]

    def send(self, message: MailMessage) -> None:
        self.taken.append(message)


class Scene:
    """The subject is in the house, in a team that shows itself, and in a group and a team with the companion."""

    def __init__(self, app: Flask, tenant: TenantWorld, service: PushService) -> None:
        self.app, self.tenant, self.service = app, tenant, service
        self.id = tenant.people[SUBJECT]
        self.speaker = SUBJECT
        self.said = 0
        with inside(app, tenant) as session:
            session.add(
                Contract(
                    person_id=tenant.people[COMPANION],
                    plan_id=tenant.plans["Studio"],
                    starts_on=date(2026, 1, 5),
                )
            )
        list_people(app, tenant, "desk")
        self.team = make_team(app, tenant, "desk", SUBJECT, name="Tidewater")
        self.weavers = make_team(app, tenant, "desk", SUBJECT, COMPANION, name="Weavers")
        change(app, tenant, Team, self.team, listed=True)
        self.talk = Talk(app, tenant, NOW + _AHEAD, "desk", SUBJECT, COMPANION, DAILY, title="Paper order")
        self.own = Talk(app, tenant, NOW, "desk", STRANGER, COMPANION, title="Without them").id
        facts = FACTS | {"location_id": tenant.locations["Porto"]}
        lists(app, tenant, SUBJECT, listed=False, skills=("Welding", "Zoetropes"), **facts)
        self._give_photograph()
        checks_in(app, tenant, SUBJECT, "Leith Walk")
        self._visitors: dict[str, Visitor] = {}
        self._etags: dict[tuple[str, str], str] = {}
        with inside(app, tenant) as session:
            daily = {("message.received", Channel.MAIL): Choice.DIGEST}
            save_wishes(session, tenant.actor(DAILY), Habits(), daily, NOW)
        with inside(app, tenant) as session:
            self._device = device_for(session, tenant, COMPANION, self._kit, service, NOW)

    def _give_photograph(self) -> None:
        with inside(self.app, self.tenant) as session:
            photo = StoredFile(digest=PHOTO, mime="image/webp", size=1, created_at=NOW)
            session.add(photo)
            session.flush()
            profile_row(session, self.id).photo_id = photo.id
            session.get_one(Person, self.id).face_digest = FACE

    @property
    def _kit(self) -> PushKit:
        kit = self.app.extensions["portico_push"]
        assert isinstance(kit, PushKit)
        return kit

    def decide(self, *, listed: bool = True, hidden: Collection[ProfileField] = ()) -> None:
        """The subject says who sees what of them, on their own page."""
        form = {
            f"see_{field}": Visibility.ONLY_ME if field in hidden else Visibility.SIGNED_IN
            for field in ProfileField
        }
        answer = self.visitor(SUBJECT).post(
            "/account/privacy", form | ({"listed": "y"} if listed else {}), form="/account"
        )
        assert answer.status_code == 303

    def visitor(self, who: str) -> Visitor:
        """Somebody's browser, the same one each time."""
        if who not in self._visitors:
            self._visitors[who] = Visitor(self.app, self.tenant)
            self._visitors[who].sign_in(who)
        return self._visitors[who]

    def page(self, who: str, address: str, *, part: bool = False) -> str:
        """What somebody is answered, with its headers; asks as a browser that has kept what it got before."""
        headers = {"HX-Request": "true"} if part else {}
        if kept := self._etags.get((who, address)):
            headers["If-None-Match"] = kept
        answer = self.visitor(who).get(address, headers=headers)
        assert answer.status_code != 304, address
        self._etags[who, address] = answer.headers.get("ETag", "")
        return _words_of(answer)

    def picker(self, words: str) -> str:
        """What looking for people without scripts answers, with the subject ticked."""
        form = {"find": "1", "q": words, "people": self.id}
        return _words_of(self.visitor(STRANGER).post("/messages", form, form="/messages/new"))

    def say(self, who: str = "") -> str:
        """Something new in the group, unlike all that was said before."""
        self.said += 1
        words = f"zaffre{self.said}"
        self.talk.say(who or self.speaker, words)
        return words

    def message_with(self, words: str) -> int:
        """The id of the message that says this."""
        (message,) = rows(self.app, self.tenant, Message, body=words)
        return message.id

    def mails(self, who: str) -> str:
        """All mail that goes out to somebody within a day, the daily one too."""
        office = _Office([])
        later = self.talk.now + timedelta(days=1, minutes=1)
        renderer = MailTemplates(self.app, self.app.extensions["portico_settings"])
        with inside(self.app, self.tenant) as session:
            make_digests(session, later)
        with self.app.app_context():
            tools = MailTools(office, renderer, self.app.app_context)
            deliver_due(db.session.session_factory, self.tenant.id, tools, lambda: later).result()
        to = self.tenant.email(who)
        for each in (COMPANION, DAILY):
            # Whoever has read it is told anew of what comes next.
            self.visitor(each).get(f"/messages/{self.talk.id}")
        return "\n".join(
            f"{each.subject}\n{each.text}\n{each.html}" for each in office.taken if each.to == to
        )

    def pushed(self) -> str:
        """What the companion's phone gets now."""
        before = len(self.service.messages(self._device))
        tools = PushTools(self._kit, PushWords(self.app), self.app.app_context)
        with self.app.app_context():
            push_due(db.session.session_factory, self.tenant.id, tools, lambda: self.talk.now).result()
        return "\n".join(each["text"] for each in self.service.messages(self._device)[before:])

    def archive(self, who: str) -> str:
        """Everything in the copy of somebody's data."""
        target = io.BytesIO()
        with inside(self.app, self.tenant) as session:
            write_archive(session, self.tenant.people[who], target, lambda _: None, lambda _: "")
        with zipfile.ZipFile(target) as archive:
            return "\n".join(archive.read(name).decode() for name in archive.namelist())


def _words_of(answer: TestResponse) -> str:
    """Status, headers and body, without what is new with each answer."""
    head = [f"{name}: {answer.headers.get(name)}" for name in _HEADERS if name in answer.headers]
    body = _EACH_TIME.sub("", answer.get_data(as_text=True))
    return "\n".join([answer.status, *(_TOKENS.sub("", line) for line in head), "", body])


Read = Callable[[Scene], str]


@dataclass(frozen=True)
class Surface:
    """One way in which something of a person reaches another one."""

    name: str
    read: Read
    endpoints: tuple[str, ...] = ()
    """The routes that it looks at."""
    shows: frozenset[ProfileField] = frozenset()
    """What of a profile is there at the widest choice."""
    sign: str = NAME
    """What tells that the person is there."""
    needs: ProfileField | None = None
    """They are there by this field alone, and not at all for whom it is hidden from."""
    shares: bool = False
    """For who shares a conversation or a team with them: their name is there whether they are listed or not."""
    tells: bool = False
    """Has what they said last."""
    knows_the_block: bool = False
    """Who blocks them finds them there, and how to unblock them or that they have to."""
    needs_trigrams: bool = False
    """A search that forgives slips, which not every database can."""
