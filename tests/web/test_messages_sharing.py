"""Sharing from other apps: it waits for its person's press, for nobody else's, and not for ever."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from app.domain.messaging.drafts import keep_draft
from app.domain.messaging.sharing import MOST_WAITING
from app.domain.portal import touch
from app.jobs.privacy import end_accounts
from app.models import Attachment, Draft, Message, SectionSetting, SharedFile, Sharing, StoredFile
from app.web.database import db
from app.web.ports import files
from tests.support.bookings import statements
from tests.support.messages import Talk, list_people
from tests.support.rows import inside, rows
from tests.support.sharing import SHARING, file, picture, share
from tests.support.visitor import Visitor
from tests.support.world import PASSWORD, TenantWorld, World


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def talk(app: Flask, north: TenantWorld) -> Talk:
    list_people(app, north, "member", "colleague", "desk")
    talk = Talk(app, north, datetime.now(UTC), "member", "colleague")
    talk.say("colleague", "Send me the plan")
    return talk


@pytest.fixture
def maya(app: Flask, north: TenantWorld) -> Visitor:
    return _enter(app, north, "member")


def _enter(app: Flask, tenant: TenantWorld, who: str) -> Visitor:
    visitor = Visitor(app, tenant)
    visitor.sign_in(who)
    return visitor


def _send(visitor: Visitor, here: str, to: str, body: str = "", **more: Any) -> Any:
    return visitor.post(here, {"to": to, "body": body, **more}, form=here)


def test_what_is_shared_is_shown_and_sent_by_nothing_but_a_press(
    app: Flask, talk: Talk, north: TenantWorld, maya: Visitor
) -> None:
    answer = share(maya, file("box.png", picture()), title="The box", url="https://okafor.example/box")
    assert answer.status_code == 303
    here = answer.location
    page = maya.get(here).text
    assert "The box\nhttps://okafor.example/box</textarea>" in page
    assert "Colin Colleague" in page
    (preview,) = re.findall(r'<img src="([^"]+/files/\d+)"', page)
    assert maya.get(preview).mimetype == "image/webp"
    assert len(rows(app, north, Message)) == 1, "nothing of it is sent yet"
    sent = _send(maya, here, f"c{talk.id}", "Here it is")
    assert (sent.status_code, sent.location) == (303, f"/messages/{talk.id}")
    message = rows(app, north, Message)[-1]
    assert (message.body, message.sender_id) == ("Here it is", north.people["member"])
    (attachment,) = rows(app, north, Attachment)
    assert (attachment.message_id, attachment.name) == (message.id, "box.webp")
    assert not rows(app, north, Sharing)
    assert not rows(app, north, SharedFile)
    assert maya.get(f"/messages/{talk.id}/files/{attachment.id}").status_code == 200
    assert maya.get(here).status_code == 404


def test_a_form_without_a_token_sends_nothing(
    app: Flask, talk: Talk, north: TenantWorld, maya: Visitor
) -> None:
    """Another site may post to where the share sheet does, and to nothing that goes further."""
    here = share(maya, text="From elsewhere").location
    assert maya.post_bare(here, {"to": f"c{talk.id}", "body": "From elsewhere"}).status_code == 400
    assert maya.post_bare(f"{here}/removal").status_code == 400
    assert len(rows(app, north, Message)) == len(rows(app, north, Sharing)) == 1


def test_a_post_without_the_cookie_leaves_the_session_alone(app: Flask, north: TenantWorld) -> None:
    stranger = Visitor(app, north)
    answer = share(stranger, text="From elsewhere")
    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers
    refused = share(stranger)
    assert refused.status_code == 422
    assert "Set-Cookie" not in refused.headers


def test_it_is_kept_through_the_sign_in_and_claimed_once(app: Flask, north: TenantWorld, talk: Talk) -> None:
    visitor = Visitor(app, north)
    claim = share(visitor, file("box.png", picture()), text="The box").location
    turned_away = visitor.get(claim)
    assert turned_away.location == f"/login?next={claim}"
    entered = visitor.post(
        "/login",
        {"email": north.email("member"), "password": PASSWORD, "next": claim},
        form=turned_away.location,
    )
    assert entered.location == claim
    here = visitor.get(claim).location
    assert "The box" in visitor.get(here).text
    other = _enter(app, north, "colleague")
    assert other.get(claim).status_code == 404
    assert visitor.get(claim).status_code == 404
    assert rows(app, north, Sharing)[0].person_id == north.people["member"]


def test_nobody_else_on_the_same_browser_sees_it(app: Flask, north: TenantWorld, maya: Visitor) -> None:
    here = share(maya, file("plan.txt", b"the plan"), text="For nobody else").location
    attached = re.findall(r'href="([^"]+/files/\d+)"', maya.get(here).text)[0]
    assert maya.get(attached).data == b"the plan"
    assert maya.get(SHARING).location == here
    maya.post("/logout", form="/account")
    maya.sign_in("colleague")
    for path in (here, attached):
        assert maya.get(path).status_code == 404
    assert _send(maya, here="/messages/new", to="c1").status_code != 500
    assert "Nothing waits to be sent" in maya.get(SHARING).text
    for path in (here, f"{here}/removal"):
        assert maya.post(path, {"to": "c1"}, form="/account").status_code == 404
    assert len(rows(app, north, Sharing)) == 1


def test_the_other_tenant_has_none_of_it(app: Flask, world: World, maya: Visitor) -> None:
    claim = share(Visitor(app, world.northlight), text="Northlight's").location
    here = share(maya, text="Northlight's").location
    harbour = _enter(app, world.harbour, "member")
    for path in (claim, here):
        assert harbour.get(path).status_code == 404
    assert maya.get(here).status_code == 200


def test_somebody_new_is_chosen_by_the_picker(
    app: Flask, north: TenantWorld, talk: Talk, maya: Visitor
) -> None:
    here = share(maya, text="The box").location
    answer = maya.post(here, {"new": "1", "body": "The red box"}, form=here)
    picker = answer.location
    assert picker == f"/messages/new?sharing={here.rpartition('/')[2]}"
    chosen = maya.post(
        "/messages",
        {"people": north.people["desk"], "sharing": here.rpartition("/")[2]},
        form=picker,
    ).location
    page = maya.get(chosen).text
    assert "The red box</textarea>" in page
    to = f"p{north.people['desk']}"
    assert f'value="{to}" checked' in page
    assert _send(maya, here, to, "The red box").status_code == 303
    assert rows(app, north, Message)[-1].body == "The red box"


def test_a_new_group_is_chosen_likewise(app: Flask, north: TenantWorld, talk: Talk, maya: Visitor) -> None:
    here = share(maya, text="The box").location
    number = here.rpartition("/")[2]
    people = [north.people["desk"], north.people["colleague"]]
    chosen = maya.post(
        "/messages",
        {"people": people, "title": "Tide", "sharing": number},
        form=f"/messages/new?sharing={number}",
    ).location
    (to,) = re.findall(r"to=(c\d+)", chosen)
    assert f'value="{to}" checked' in maya.get(chosen).text
    assert _send(maya, here, to, "All").location == f"/messages/{to[1:]}"


def test_the_list_is_searched_and_the_choice_stays(
    app: Flask, north: TenantWorld, talk: Talk, maya: Visitor
) -> None:
    Talk(app, north, datetime.now(UTC), "member", "desk").say("desk", "Hello")
    here = share(maya, text="The box").location
    assert maya.get(here).text.index("Dora") < maya.get(here).text.index("Colin Colleague"), "newest first"
    found = maya.get(f"{here}?q=colin").text
    assert "Colin Colleague" in found
    assert "Dora" not in found
    kept = maya.get(f"{here}?q=dora&to=c{talk.id}").text
    assert f'value="c{talk.id}" checked' in kept
    assert "Dora" in kept
    assert "Begin a new one" in maya.get(f"{here}?q=nobody").text
    typed = maya.post(here, {"find": "1", "q": "colin", "body": "As typed"}, form=here)
    assert typed.status_code == 200
    assert "As typed</textarea>" in typed.text


@pytest.mark.parametrize("to", ["", "c", "x1", "c0", "p99999999999999999999", "c1; drop", "c\x00", "p1 "])
def test_without_a_receiver_it_says_so_and_keeps_the_words(
    app: Flask, north: TenantWorld, talk: Talk, maya: Visitor, to: str
) -> None:
    here = share(maya, text="The box").location
    answer = _send(maya, here, to, "As typed")
    assert answer.status_code == 422
    assert 'id="to-error"' in answer.text
    assert "As typed</textarea>" in answer.text
    assert len(rows(app, north, Message)) == 1


def test_a_receiver_who_is_not_ones_own_is_404(
    app: Flask, north: TenantWorld, talk: Talk, maya: Visitor
) -> None:
    others = Talk(app, north, datetime.now(UTC), "colleague", "desk")
    here = share(maya, text="The box").location
    for to in (f"c{others.id}", "c999999", f"p{north.people['contact']}", f"p{north.people['member']}"):
        assert _send(maya, here, to, "x").status_code == 404, to
    assert len(rows(app, north, Sharing)) == 1


def test_nothing_left_to_send_is_refused(talk: Talk, maya: Visitor) -> None:
    here = share(maya, text="The box").location
    answer = _send(maya, here, f"c{talk.id}", "  ")
    assert answer.status_code == 422
    assert "Write something, or choose a file." in answer.text
    assert f'value="c{talk.id}" checked' in answer.text


def test_pressed_twice_it_is_sent_once(app: Flask, north: TenantWorld, talk: Talk, maya: Visitor) -> None:
    here = share(maya, text="The box").location
    token = maya.token(here)
    form = {"to": f"c{talk.id}", "body": "Once", "client_id": "pressed-twice", "csrf_token": token}
    assert [maya.post_bare(here, form).location for _ in range(2)] == [f"/messages/{talk.id}"] * 2
    assert maya.post_bare(here, form | {"client_id": "another-press"}).status_code == 404
    assert [each.body for each in rows(app, north, Message)] == ["Send me the plan", "Once"]


def test_a_draft_of_the_conversation_stays(app: Flask, north: TenantWorld, talk: Talk, maya: Visitor) -> None:
    actor = north.actor("member")
    talk.do(lambda session: keep_draft(session, actor, talk.id, "Half a thought", datetime.now(UTC)))
    _send(maya, share(maya, text="The box").location, f"c{talk.id}", "The box")
    (draft,) = rows(app, north, Draft)
    assert draft.text == "Half a thought"


def test_what_cannot_be_taken_is_said_and_the_rest_waits(talk: Talk, maya: Visitor) -> None:
    odd = [file("run.exe", b"MZ"), file("torn.jpg", b"\xff\xd8 torn"), file("image", picture(), "image/png")]
    page = maya.get(share(maya, *odd, text="Look").location).text
    assert "run.exe" in page
    assert "cannot be sent" in page
    assert "or it is damaged" in page
    assert page.count("/files/") == 2, "one picture, linked and shown"
    assert 'alt="image.webp"' in page
    many = share(maya, *(file(f"{number}.txt", b"x%d" % number) for number in range(8)))
    page = maya.get(many.location).text
    assert "At most 6 files" in page
    assert page.count("download>") == 6


@pytest.mark.parametrize(
    ("files_", "status", "sentence"),
    [
        ([], 422, "Nothing came that a message could hold."),
        ([("run.exe", b"MZ")], 422, "cannot be sent"),
        ([("large.zip", b"\0" * (13 * 1024 * 1024))], 413, "larger than 12 MB"),
    ],
    ids=["nothing", "no sort of ours", "too large"],
)
def test_what_holds_nothing_gets_a_sentence(
    app: Flask, north: TenantWorld, maya: Visitor, files_: list[tuple[str, bytes]], status: int, sentence: str
) -> None:
    for who in (maya, Visitor(app, north)):
        answer = share(who, *(file(*each) for each in files_))
        assert answer.status_code == status
        assert sentence in answer.text
        said = share(who, *(file(*each) for each in files_), accept="application/json")
        assert said.status_code == status
        assert sentence in said.get_json()["detail"]
    assert rows(app, north, Sharing) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [("\x00\ud800 box\u202e", "box"), ("a\r\nb", "a\nb"), ("e\u0301" * 9000, "é" * 100)],
    ids=["hidden signs", "lines", "accents"],
)
def test_odd_text_ends_in_what_can_be_shown(maya: Visitor, text: str, shown: str) -> None:
    body = text.encode("utf-8", "surrogatepass")
    answer = share(maya, text=body, title=[text.replace("\ud800", ""), "twice"])
    page = maya.get(answer.location)
    assert page.status_code == 200
    assert shown in page.text


def test_too_long_a_text_says_so_at_once(app: Flask, north: TenantWorld, talk: Talk, maya: Visitor) -> None:
    here = share(maya, text="x" * 5000).location
    assert "5,000 characters are too many; 4,000 fit." in maya.get(here).text
    assert _send(maya, here, f"c{talk.id}", "x" * 5000).status_code == 422
    assert maya.post(here, {"new": "1", "body": "x" * 5000}, form=here).status_code == 422
    assert _send(maya, here, f"c{talk.id}", "x" * 4000).status_code == 303


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_a_body_that_is_no_form_is_refused(maya: Visitor, kind: str) -> None:
    for data in (b"[1]", b"{", b"\xff" * 100, b"--x\r\n"):
        answer = maya.client.post(
            SHARING, data=data, content_type=kind, base_url=f"http://{maya.tenant.host}"
        )
        assert answer.status_code in {400, 422}, (kind, data)


def test_a_script_is_told_where_it_waits(maya: Visitor) -> None:
    answer = share(maya, text="Parked", accept="application/json")
    assert re.fullmatch(r"/messages/sharing/\d+", answer.get_json()["href"])


def test_it_is_forgotten_after_a_day_with_its_bytes(app: Flask, north: TenantWorld, maya: Visitor) -> None:
    here = share(maya, file("plan.txt", b"the plan")).location
    claim = share(Visitor(app, north), text="Nobody's").location
    (stored,) = rows(app, north, StoredFile)
    _sweep(app, north, timedelta(minutes=59))
    assert maya.get(here).status_code == 200
    assert len(rows(app, north, Sharing)) == 2
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=61)):
        assert maya.get(claim).status_code == 404
        assert maya.get(here).status_code == 200
    _sweep(app, north, timedelta(minutes=61))
    assert len(rows(app, north, Sharing)) == 1
    with app.app_context():
        assert files().get(north.id, stored.digest)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=25)):
        assert maya.get(here).status_code == 404
    _sweep(app, north, timedelta(hours=25))
    for table in (Sharing, SharedFile, StoredFile):
        assert not rows(app, north, table)
    with app.app_context():
        assert files().get(north.id, stored.digest) is None


def test_discarded_it_is_gone_and_its_bytes_only_if_nothing_else_shows_them(
    app: Flask, north: TenantWorld, talk: Talk, maya: Visitor
) -> None:
    _send(maya, share(maya, file("plan.txt", b"the plan")).location, f"c{talk.id}")
    here = share(maya, file("plan.txt", b"the plan")).location
    assert maya.post(f"{here}/removal", form=here).location == "/messages"
    assert maya.get(here).status_code == 404
    _sweep(app, north, timedelta(minutes=1))
    assert rows(app, north, Sharing) == []
    (attachment,) = rows(app, north, Attachment)
    assert maya.get(f"/messages/{talk.id}/files/{attachment.id}").data == b"the plan"


def test_a_person_has_ten_waiting_at_most(app: Flask, north: TenantWorld, maya: Visitor) -> None:
    first, *_rest = [share(maya, text=f"Number {number}").location for number in range(MOST_WAITING)]
    assert maya.get(first).status_code == 200
    last = share(maya, text="One more").location
    assert maya.get(first).status_code == 404
    assert maya.get(SHARING).location == last


def test_there_is_an_end_to_sharing(app: Flask, north: TenantWorld, maya: Visitor) -> None:
    app.config["LIMITS"] |= {"share by account": "1 per hour", "share by address": "1 per hour"}
    for visitor in (maya, Visitor(app, north)):
        assert share(visitor, text="One").status_code == 303
        answer = share(visitor, text="Two")
        assert answer.status_code == 429
        assert "Too many tries" in answer.text
        assert answer.headers["Retry-After"]


@pytest.mark.parametrize("chosen", ["", "?to=p{desk}", "?q=colin&to=c{talk}"])
def test_the_page_asks_no_more_for_more_conversations(
    app: Flask, north: TenantWorld, talk: Talk, maya: Visitor, chosen: str
) -> None:
    page = share(maya, file("box.png", picture())).location + chosen.format(
        desk=north.people["desk"], talk=talk.id
    )

    def asked() -> int:
        maya.get(page)
        with statements(app) as sent:
            assert maya.get(page).status_code == 200
        return len([each for each in sent if not each.startswith("BEGIN")])

    few = asked()
    for number in range(10):
        Talk(app, north, datetime.now(UTC), "member", "colleague", "desk", title=f"Group {number}").say(
            "desk", "Hello"
        )
    assert asked() == few <= 8


def test_messages_that_are_off_take_nothing(app: Flask, north: TenantWorld, maya: Visitor) -> None:
    assert share(maya, text="On").status_code == 303
    with inside(app, north) as session:
        session.add(SectionSetting(section="messages", enabled=False))
        touch(session)
    for visitor in (maya, Visitor(app, north)):
        assert share(visitor, text="Off").status_code == 404
        assert visitor.get(SHARING).status_code == 404


def _sweep(app: Flask, tenant: TenantWorld, later: timedelta) -> None:
    at = datetime.now(UTC) + later
    with app.app_context():
        end_accounts(db.session.session_factory, tenant.id, files(), lambda: at)
