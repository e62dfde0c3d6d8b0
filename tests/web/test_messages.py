"""The pages of messages: whose they are, what they take, and what they say when they do not."""

import json
import re
from datetime import UTC, datetime

import pytest
from flask import Flask

from app.domain.messaging.blocks import block
from app.domain.messaging.terms import LONGEST_MESSAGE
from app.models import Message, Person, PersonProfile
from app.web.access import access_of
from tests.support.bookings import statements
from tests.support.messages import Talk, list_people
from tests.support.rows import change, inside, rows
from tests.support.visitor import Visitor
from tests.support.world import World

_BADGE = re.compile(r'<span class="count"><span aria-hidden="true">(\d+)</span>')


@pytest.fixture
def talk(app: Flask, world: World) -> Talk:
    list_people(app, world.northlight, "member", "colleague", "desk", "manager")
    return Talk(app, world.northlight, datetime.now(UTC), "member", "colleague")


@pytest.fixture
def maya(app: Flask, world: World) -> Visitor:
    return _visitor(app, world, "member")


@pytest.fixture
def colin(app: Flask, world: World) -> Visitor:
    return _visitor(app, world, "colleague")


def _visitor(app: Flask, world: World, who: str) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in(who)
    return visitor


def _badge(visitor: Visitor, page: str) -> int:
    found = _BADGE.search(visitor.get(page).text)
    return int(found[1]) if found else 0


def test_it_works_without_javascript(talk: Talk, maya: Visitor, colin: Visitor) -> None:
    here = f"/messages/{talk.id}"
    sent = maya.post(here, {"body": "Good morning"}, form=here)
    assert (sent.status_code, sent.headers["Location"]) == (303, here)
    assert "Good morning" in colin.get("/messages").text
    assert "Good morning" in colin.get(here).text
    answer = colin.post(here, {"body": "And to you"}, form=here, follow_redirects=True)
    assert answer.status_code == 200
    assert "And to you" in maya.get(here).text


def test_who_asks_again_is_answered_the_thread_alone(talk: Talk, maya: Visitor) -> None:
    talk.say("colleague", "Hello")
    here = f"/messages/{talk.id}"
    maya.get(here)
    page, part = maya.get(here), maya.get(here, headers={"HX-Request": "true"})
    assert "<!doctype html>" in page.text
    assert part.text.lstrip().startswith('<div class="thread-scroll" id="thread"')
    assert "HX-Request" in part.headers["Vary"]
    inside_page = re.search(r'<div class="thread-scroll" id="thread".*?</ol>', page.text, re.DOTALL)
    assert inside_page
    assert inside_page[0] in part.text


def test_a_strangers_conversation_is_404(app: Flask, world: World, talk: Talk, maya: Visitor) -> None:
    talk.say("colleague", "Between us")
    desk = _visitor(app, world, "desk")
    for path in ("", "/details"):
        assert maya.get(f"/messages/{talk.id}{path}").status_code == 200
        assert desk.get(f"/messages/{talk.id}{path}").status_code == 404
    for path in ("", "/draft", "/typing", "/quiet", "/departure", "/people"):
        answer = desk.post(
            f"/messages/{talk.id}{path}", {"body": "Let me in", "people": "1"}, form="/account"
        )
        assert answer.status_code == 404, path
    assert "<b>Between</b> us" in maya.get("/messages?q=between").text
    assert "Between" not in desk.get("/messages?q=between").text


def test_looking_is_reading_and_the_sender_sees_it(talk: Talk, maya: Visitor, colin: Visitor) -> None:
    here = f"/messages/{talk.id}"
    talk.say("member", "Have you seen this")
    assert ">Seen<" not in maya.get(here).text
    assert _badge(colin, "/account") == 1
    assert _badge(colin, here) == 0, "the page that reads it counts it no more"
    assert _badge(colin, "/account") == 0
    assert ">Seen<" in maya.get(here).text


def test_the_badge_is_on_pages_that_are_kept(talk: Talk, colin: Visitor) -> None:
    """The rooms page of one person is kept under all that it shows; the badge is among that."""
    rooms = "/bookings/search"
    assert _badge(colin, rooms) == _badge(colin, rooms) == 0
    talk.say("member", "Hello")
    assert _badge(colin, rooms) == 1
    colin.get(f"/messages/{talk.id}")
    assert _badge(colin, rooms) == 0


def test_a_message_of_a_megabyte_gets_a_sentence_and_stays_in_the_field(
    app: Flask, talk: Talk, maya: Visitor
) -> None:
    here = f"/messages/{talk.id}"
    long = "word " * 200_000
    answer = maya.post(here, {"body": long}, form=here)
    assert answer.status_code == 422
    assert "1,000,000 characters are too many; 4,000 fit." in answer.text
    assert long.strip() in answer.text
    assert rows(app, talk.tenant, Message) == []
    assert maya.post(here, {"body": "x" * LONGEST_MESSAGE}, form=here).status_code == 303


@pytest.mark.parametrize("typed", ["a\x00b", "user\u202egnp.exe", "\u2066hidden\u2069"])
def test_signs_that_hide_others_are_taken_out_and_said(
    app: Flask, talk: Talk, maya: Visitor, typed: str
) -> None:
    here = f"/messages/{talk.id}"
    answer = maya.post(here, {"body": typed}, form=here)
    assert answer.status_code == 422
    assert "characters that cannot be shown" in answer.text
    assert rows(app, talk.tenant, Message) == []


@pytest.mark.parametrize("typed", ["", "   \n ", "\u200b\u200d", "\u2060"])
def test_what_nobody_can_see_is_no_message(app: Flask, talk: Talk, maya: Visitor, typed: str) -> None:
    here = f"/messages/{talk.id}"
    answer = maya.post(here, {"body": typed}, form=here)
    assert answer.status_code == 422
    assert "Write something, or choose a file." in answer.text
    assert rows(app, talk.tenant, Message) == []


def test_joiners_between_letters_stay(app: Flask, talk: Talk, maya: Visitor) -> None:
    here = f"/messages/{talk.id}"
    persian = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"
    maya.post(here, {"body": persian}, form=here)
    (message,) = rows(app, talk.tenant, Message)
    assert message.body == persian


def test_markup_is_text(talk: Talk, maya: Visitor) -> None:
    talk.say("colleague", "<script>alert(1)</script> https://okafor.example/?a=1&b=2")
    page = maya.get(f"/messages/{talk.id}").text
    assert "<script>alert(1)" not in page
    assert 'href="https://okafor.example/?a=1&amp;b=2" rel="noopener noreferrer nofollow ugc"' in page


def test_a_script_is_answered_in_json_and_twice_is_once(app: Flask, talk: Talk, maya: Visitor) -> None:
    here = f"/messages/{talk.id}"
    said = {"body": "Hello", "client_id": "0f6f1b0a-client"}
    answers = [
        maya.post(here, said, form=here, headers={"Accept": "application/json"}).get_json() for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert answers[0]["href"] == here
    assert len(rows(app, talk.tenant, Message)) == 1
    refused = maya.post(here, {"body": ""}, form=here, headers={"Accept": "application/json"})
    assert (refused.status_code, refused.get_json()["detail"]) == (422, "Write something, or choose a file.")


def test_a_thousand_messages_a_minute_are_limited_with_a_sentence(
    app: Flask, talk: Talk, maya: Visitor
) -> None:
    here = f"/messages/{talk.id}"
    app.config["LIMITS"]["message by account"] = "3 per minute"
    for number in range(3):
        assert maya.post(here, {"body": f"{number}"}, form=here).status_code == 303
    answer = maya.post(here, {"body": "One more"}, form=here)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "One more</textarea>" in answer.text
    assert len(rows(app, talk.tenant, Message)) == 3


def test_a_blocked_person_is_not_told(app: Flask, talk: Talk, maya: Visitor, colin: Visitor) -> None:
    here = f"/messages/{talk.id}"
    tenant = talk.tenant
    talk.say("member", "Heard")
    before = maya.get(here).text
    with inside(app, tenant) as session:
        block(session, tenant.actor("colleague"), tenant.people["member"], talk.tick())
    sent = maya.post(here, {"body": "Unheard"}, form=here, follow_redirects=True)
    assert sent.status_code == 200
    assert "Unheard" in sent.text
    assert "block" not in _main(sent.text).lower()
    assert "block" not in _main(before).lower()
    for page in (here, "/messages", "/messages?q=unheard"):
        assert "Unheard" not in _main(colin.get(page).text).replace("“unheard”", ""), page
    assert "You block" in colin.get(here).text
    assert _badge(colin, "/account") <= 1


def _main(page: str) -> str:
    found = re.search(r"<main\b.*?</main>", page, re.DOTALL)
    assert found
    return found[0]


def test_writing_to_somebody_for_the_first_time(app: Flask, talk: Talk, maya: Visitor) -> None:
    desk, colleague = talk.tenant.people["desk"], talk.tenant.people["colleague"]
    first = f"/messages/new?to={desk}"
    assert "Dora Desk" in maya.get(first).text
    answer = maya.post(f"/messages/to/{desk}", {"body": "Hello Dora"}, form=first)
    assert answer.status_code == 303
    assert "Hello Dora" in maya.get(answer.headers["Location"]).text
    assert maya.get(first).headers["Location"] == answer.headers["Location"]
    assert maya.get(f"/messages/new?to={colleague}").headers["Location"] == f"/messages/{talk.id}"
    contact = talk.tenant.people["contact"]
    assert maya.get(f"/messages/new?to={contact}").status_code == 404
    assert maya.post(f"/messages/to/{contact}", {"body": "Hello"}, form=first).status_code == 404
    assert maya.get(f"/messages/new?to={talk.tenant.people['member']}").status_code == 404


def test_a_group_is_begun_and_found_without_scripts(talk: Talk, maya: Visitor) -> None:
    desk, colleague = (str(talk.tenant.people[who]) for who in ("desk", "colleague"))
    looked = maya.post("/messages", {"find": "1", "q": "dora", "people": colleague}, form="/messages/new")
    assert f'value="{desk}"' in looked.text
    assert f'value="{colleague}" checked' in looked.text
    assert "Mona Manager" not in looked.text
    answer = maya.post(
        "/messages", {"people": [desk, colleague], "title": "Paper order"}, form="/messages/new"
    )
    assert answer.status_code == 303
    assert "Paper order" in maya.get(answer.headers["Location"]).text
    nobody = maya.post("/messages", {"title": "Alone"}, form="/messages/new")
    assert nobody.status_code == 422
    assert "Choose somebody to write to." in nobody.text


def test_edit_delete_react_and_report_are_pages_with_forms(talk: Talk, maya: Visitor, colin: Visitor) -> None:
    sent = talk.say("member", "Frist")
    here = f"/messages/{talk.id}/{sent.message_id}"
    maya.post(here, {"body": "First"}, form=here)
    assert "Edited" in colin.get(f"/messages/{talk.id}").text
    assert "<textarea" not in colin.get(here).text
    colin.post(f"{here}/reactions/thanks", form=here)
    assert "Thanks" in maya.get(f"/messages/{talk.id}").text
    told = colin.post(f"{here}/report", {"reason": "rude", "note": ""}, form=f"{here}/report")
    assert told.status_code == 303
    maya.post(f"{here}/removal", form=here)
    assert "Message deleted" in colin.get(f"/messages/{talk.id}").text
    assert maya.get(here).status_code == 404


@pytest.mark.usefixtures("talk")
def test_who_left_is_told_so_and_cannot_write(app: Flask, world: World, maya: Visitor) -> None:
    group = Talk(app, world.northlight, datetime.now(UTC), "member", "colleague", "desk", title="Paper order")
    here = f"/messages/{group.id}"
    group.say("desk", "Before")
    maya.post(f"{here}/departure", form=f"{here}/details")
    group.say("desk", "After")
    page = maya.get(here).text
    assert "Before" in page
    assert "After" not in page
    assert "You have left" in page
    assert "data-compose" not in page
    assert maya.post(here, {"body": "Still here"}, form="/account").status_code == 422


def test_a_draft_is_kept_and_a_photograph_that_is_hidden_is_not_shown(
    app: Flask, talk: Talk, maya: Visitor, colin: Visitor
) -> None:
    here = f"/messages/{talk.id}"
    assert maya.post(f"{here}/draft", {"body": "Dear"}, form=here).status_code == 204
    assert "Dear</textarea>" in maya.get(here).text
    assert "Dear" not in colin.get(here).text
    change(app, talk.tenant, Person, talk.tenant.people["colleague"], face_digest="a" * 64)
    talk.say("colleague", "Hello")
    assert "/media/" + "a" * 64 in maya.get(here).text
    (profile,) = rows(app, talk.tenant, PersonProfile, person_id=talk.tenant.people["colleague"])
    change(app, talk.tenant, PersonProfile, profile.id, visibility={"photo": "only_me"})
    assert "a" * 64 not in maya.get(here).text


def test_staff_decide_about_what_was_reported(app: Flask, world: World, talk: Talk, maya: Visitor) -> None:
    talk.say("member", "Nobody else's business")
    for number in range(4):
        talk.say("colleague", f"Filler {number}")
    sent = talk.say("colleague", "Rude words")
    desk = _visitor(app, world, "desk")
    assert "Rude words" not in desk.get("/admin/community/reports").text
    talk.report("member", sent.message_id, "Again")
    queue = desk.get("/admin/community/reports").text
    assert "Rude words" in queue
    assert "Again" in queue
    assert "Nobody else" not in _main(queue)
    assert maya.get("/admin/community/reports").status_code == 404
    found = re.search(r"/admin/community/reports/(\d+)/removal", queue)
    assert found
    desk.post(found[0], form="/admin/community/reports")
    page = maya.get(f"/messages/{talk.id}").text
    assert "Rude words" not in page
    assert "Removed by the front desk" in page


def test_the_pages_ask_eight_times_at_most_however_much_was_said(
    app: Flask, world: World, talk: Talk, maya: Visitor
) -> None:
    pages = [f"/messages/{talk.id}", "/messages", "/messages?q=hello", "/messages/new", "/account"]
    sent = talk.say("colleague", "Hello")
    pages += [f"/messages/{talk.id}/details", f"/messages/{talk.id}/{sent.message_id}"]
    few = _counts(app, maya, pages)
    assert {path: count for path, count in few.items() if count > 8} == {}
    for _ in range(10):
        talk.say("colleague", "Hello again")
    for number in range(3):
        group = Talk(
            app, world.northlight, datetime.now(UTC), "member", "colleague", "desk", title=f"Group {number}"
        )
        group.say("desk", "Hello all")
    assert _counts(app, maya, pages) == few


def _counts(app: Flask, visitor: Visitor, pages: list[str]) -> dict[str, int]:
    found = {}
    for path in pages:
        assert visitor.get(path).status_code == 200, path
        with statements(app) as sent:
            visitor.get(path)
        found[path] = len([each for each in sent if not each.startswith("BEGIN")])
    return found


def test_every_route_belongs_to_the_section(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/messages")]
    assert len(rules) > 15
    for rule in rules:
        access = access_of(app, rule.endpoint)
        assert access is not None
        assert access.section == "messages", rule.rule


def test_words_of_the_page_are_no_json(talk: Talk, maya: Visitor) -> None:
    """A message that looks like an answer of ours is a message."""
    talk.say("colleague", json.dumps({"href": "https://evil.example"}))
    assert "&#34;href&#34;" in maya.get(f"/messages/{talk.id}").text
