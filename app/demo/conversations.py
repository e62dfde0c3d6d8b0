"""What the demo's people say to each other: the member to look through has something to read, and something to say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.messaging.start import direct_key
from app.domain.stored_file import keep_file
from app.kernel.folding import fold
from app.models import (
    Attachment,
    Conversation,
    ConversationKind,
    ConversationMember,
    Message,
    Person,
    Reaction,
    Report,
    ReportReason,
)
from app.ports import Files

_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation of the demo's member, who is called `Me`; `unread` of its last messages are new to them."""

    people: tuple[str, ...]
    said: tuple[tuple[int, str, str], ...]
    """(minutes ago, who, words); words of which the last begin with `+` carry a reaction, `*` a picture of that name."""
    unread: int = 0
    title: str = ""
    muted: bool = False


TALKS: dict[str, tuple[Talk, ...]] = {
    "northlight": (
        Talk(("Hana",), (
            (_DAY + 95, "Hana", "The sample book came. Do you want to see the cloths before I order?"),
            (_DAY + 80, "Me", "Yes! I’m in the quiet room until four"),
            (212, "Hana", "Morning! I’ve cut the boards for your portfolio box. Grey cloth or the oxblood?"),
            (205, "Me", "Oxblood, please. Is the spine still 32 mm?"),
            (204, "Me", "I added four prints at the last minute"),
            (190, "Hana", "36 then. Two more days for the glue to dry, and it’s better for it"),
            (48, "Hana", "*slipcase-dummy.webp"),
            (47, "Hana", "The slipcase dummy is at the desk"),
        ), unread=2),
        Talk(("Tomasz", "Priya", "Luca", "Bea"), (
            (3 * _DAY, "Tomasz", "Shall we book Juniper for the map workshop, or is it too small for eight?"),
            (3 * _DAY - 30, "Luca", "Eight is fine if nobody brings a loom"),
            (3 * _DAY - 28, "Tomasz", "+No promises"),
            (130, "Bea", "I can bring the projector. It’s heavy, so somebody meet me at the door"),
            (118, "Me", "I will. Nine sharp?"),
            (86, "Priya", "Juniper at nine then"),
        ), unread=1),
        Talk(("Maya",), (
            (260, "Maya", "Your booth rattles at 180 Hz. I have a strip of felt for it: https://fraser.example/felt"),
            (244, "Me", "You’re a star. What do I owe you?"),
            (240, "Maya", "+A print. The one with the heron"),
            (238, "Me", "Tack! See you Thursday"),
        )),
        Talk(("Callum",), (
            (340, "Callum", "Your parcel has come. It’s the long one, so I put it behind the counter"),
            (331, "Me", "Perfect, thank you"),
            (330, "Callum", "The courier left a card for Okafor Prints as well"),
        )),
        Talk(("Anouk",), (
            (2 * _DAY + 40, "Anouk", "Drawing evening on Friday, ink only. Six places left"),
            (2 * _DAY + 30, "Me", "Keep me one. Can I bring Yusuf?"),
            (2 * _DAY + 20, "Anouk", "Six places left for Friday, five after you two"),
        )),
        Talk(("Dev", "Sorcha", "Elif"), (
            (5 * _DAY, "Sorcha", "The template for joint orders is in the usual place"),
            (5 * _DAY - 55, "Dev", "Paper order goes out on the 1st. Tell me your weights by Monday"),
            (4 * _DAY, "Me", "180 and 300, two reams each"),
        ), title="Paper order", muted=True),
    ),
    "harbour": (
        Talk(("Marc",), (
            (_DAY + 60, "Marc", "Tengo las fotos del muelle. ¿Te las paso hoy?"),
            (_DAY + 45, "Me", "Sí, por favor. Las del amanecer primero"),
            (65, "Marc", "*muelle.webp"),
            (64, "Marc", "La tercera es la buena"),
        ), unread=2),
        Talk(("Sara", "Inés", "Pau"), (
            (3 * _DAY, "Pau", "¿Quién se apunta a comer el jueves?"),
            (3 * _DAY - 20, "Sara", "Yo. Reservo para cuatro"),
            (150, "Inés", "+Llego a las dos y cuarto"),
            (140, "Me", "Perfecto, os guardo sitio"),
        ), title="Jueves"),
        Talk(("Nico",), (
            (300, "Nico", "Ha llegado un paquete para Navarro Textil"),
            (290, "Me", "Gracias, bajo ahora"),
        )),
    ),
}  # fmt: skip
_RUDE = {
    "northlight": (("Ewan", "Elif"), "Last time I say it: move your bike or I move it for you"),
    "harbour": (("Bruno", "Pau"), "Otra vez tu música. Ya está bien, pesado"),
}


def let_talk(session: Session, files: Files, slug: str, tenant_id: int, now: datetime) -> None:
    """Write the tenant's conversations, and one message that was reported."""
    people = {person.first_name: person for person in session.scalars(select(Person))}
    people["Me"] = session.scalars(select(Person).where(Person.email_key == f"member@{slug}.test")).one()
    for talk in TALKS[slug]:
        _talk(session, files, tenant_id, people, talk, now)
    _report(session, people, slug, now)


def _talk(
    session: Session, files: Files, tenant_id: int, people: dict[str, Person], talk: Talk, now: datetime
) -> None:
    me = people["Me"]
    there = [me, *(people[name] for name in talk.people)]
    begun = now - timedelta(minutes=talk.said[0][0] + 1)
    conversation = _begin(session, there, begun, talk.title)
    made: list[Message] = []
    for minutes, who, words in talk.said:
        at = now - timedelta(minutes=minutes)
        made.append(_say(session, conversation, people[who], words, at))
        if words.startswith("*"):
            _attach(session, files, tenant_id, made[-1], words[1:], at)
        if words.startswith("+"):
            session.add(Reaction(message_id=made[-1].id, person_id=me.id, sign="laugh"))
    read = made[len(made) - 1 - talk.unread].id
    for person in there:
        session.add(
            ConversationMember(
                conversation_id=conversation.id,
                person_id=person.id,
                joined_at=begun,
                read_up_to=read if person is me else made[-1].id,
                muted=talk.muted and person is me,
            )
        )
    session.flush()


def _begin(session: Session, there: list[Person], at: datetime, title: str) -> Conversation:
    direct = len(there) == len(("me", "somebody"))
    conversation = Conversation(
        kind=ConversationKind.DIRECT if direct else ConversationKind.GROUP,
        direct_key=direct_key(there[0].id, there[1].id) if direct else None,
        title=title,
        created_by_id=there[1].id,
        created_at=at,
    )
    session.add(conversation)
    session.flush()
    return conversation


def _say(session: Session, conversation: Conversation, sender: Person, words: str, at: datetime) -> Message:
    body = "" if words.startswith("*") else words.removeprefix("+")
    message = Message(
        conversation_id=conversation.id, sender_id=sender.id, body=body, folded=fold(body), sent_at=at
    )
    session.add(message)
    session.flush()
    return message


def _report(session: Session, people: dict[str, Person], slug: str, now: datetime) -> None:
    (rude, hurt), words = _RUDE[slug]
    there, at = [people[rude], people[hurt]], now - timedelta(hours=5)
    conversation = _begin(session, there, at, "")
    message = _say(session, conversation, people[rude], words, at)
    for person in there:
        session.add(
            ConversationMember(
                conversation_id=conversation.id,
                person_id=person.id,
                joined_at=at,
                read_up_to=message.id,
            )
        )
    session.add(
        Report(
            message_id=message.id,
            reporter_id=people[hurt].id,
            reason=ReportReason.RUDE,
            said=message.body,
            reported_at=now - timedelta(hours=4),
        )
    )
    session.flush()


def _attach(
    session: Session, files: Files, tenant_id: int, message: Message, name: str, at: datetime
) -> None:
    picture = _draw()
    out = BytesIO()
    picture.save(out, "WEBP", quality=82)
    data = out.getvalue()
    file_id = keep_file(
        session,
        at,
        files.put(tenant_id, data),
        mime="image/webp",
        size=len(data),
        width=picture.width,
        height=picture.height,
    )
    session.add(Attachment(message_id=message.id, file_id=file_id, name=name))
    session.flush()


def _draw() -> Image.Image:
    """A box on a table by a window, flat as the drawn rooms are."""
    image = Image.new("RGB", (960, 640), "#d9cfc0")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 960, 400), fill="#cfd9d2")
    draw.rectangle((560, 40, 860, 320), fill="#e9f0f4")
    draw.line((710, 40, 710, 320), fill="#cfd9d2", width=14)
    draw.rectangle((0, 400, 960, 640), fill="#b98f63")
    draw.polygon(((200, 250), (430, 210), (430, 500), (200, 540)), fill="#6d2230")
    draw.polygon(((430, 210), (500, 240), (500, 520), (430, 500)), fill="#52171f")
    draw.polygon(((232, 290), (398, 262), (398, 330), (232, 360)), fill="#e6d9c3")
    return image
