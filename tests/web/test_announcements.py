"""Announcements over HTTP: written, tried, sent, planned, read, put aside and withdrawn."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from app.models import Announcement, AnnouncementReader, Notice, Person, Role
from tests.support.limited import give
from tests.support.rows import change, rows
from tests.support.sign_in import sign_in_client
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import World

WRITTEN = {
    "title": "The lift is out of order",
    "body": "Take the stairs.\nBoth of them.\n\nMore at https://lift.example/today.",
    "audience": "signed_in",
}


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    return Desk(app, world.northlight, "desk")


def _reader(app: Flask, world: World, who: str) -> Visitor:
    visitor = Visitor(app, world.northlight)
    sign_in_client(app, visitor.client, world.northlight, who)
    return visitor


def _write(desk: Desk, **more: object) -> str:
    answer = desk.send("/admin/announcements", {**WRITTEN, **more})
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def _work(app: Flask, world: World) -> None:
    app.extensions["portico_work"].deliver(world.northlight.id)


def _sent(app: Flask, world: World, desk: Desk, **more: object) -> str:
    here = _write(desk, **more)
    assert desk.send(f"{here}/sending").status_code == 303
    _work(app, world)
    return here


def test_from_the_first_word_to_the_last_reader(app: Flask, world: World, desk: Desk) -> None:
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    here = _write(desk, home_until=tomorrow.isoformat())
    page = desk.get(here).text
    assert "6 people at the moment: Colin, Conny, Dora, Maya, Mona, Olive." in page
    maya = _reader(app, world, "member")
    path = here.removeprefix("/admin")
    assert maya.get(path).status_code == 404
    assert desk.send(f"{here}/sending").status_code == 303
    _work(app, world)
    assert "The lift is out of order" in maya.get("/").text
    assert "The lift is out of order" in maya.get("/inbox").text
    assert "The lift is out of order" in maya.get("/announcements").text
    shown = maya.get(path).text
    assert 'href="https://lift.example/today"' in shown
    notices = {each.person_id: each.read_at is not None for each in rows(app, world.northlight, Notice)}
    assert notices == {person_id: name == "member" for name, person_id in world.northlight.people.items()}
    sheet = desk.get(here).text
    assert "17%" in sheet
    assert maya.post(f"{path}/dismissal", form="/").status_code == 303
    assert "The lift is out of order" not in maya.get("/").text
    assert maya.get(path).status_code == 200
    assert desk.send(f"{here}/withdrawal").status_code == 303
    assert maya.get(path).status_code == 404
    for page_ in ("/announcements", "/inbox"):
        assert "The lift is out of order" not in maya.get(page_).text
    assert [each.action for each in desk.audit() if each.subject == "announcement"] == [
        "announcement.created",
        "announcement.sent",
        "announcement.withdrawn",
    ]


def test_who_was_not_told_does_not_find_it(app: Flask, world: World, desk: Desk) -> None:
    path = _sent(app, world, desk, audience="members").removeprefix("/admin")
    assert _reader(app, world, "member").get(path).status_code == 200
    conny = _reader(app, world, "contact")
    assert conny.get(path).status_code == 404
    assert conny.post(f"{path}/dismissal", form="/inbox").status_code == 404
    assert "The lift" not in conny.get("/announcements").text


def test_a_planned_one_is_sent_by_itself(app: Flask, world: World, desk: Desk) -> None:
    here = _write(desk)
    ahead = datetime.now(UTC) + timedelta(days=2)
    answer = desk.send(f"{here}/schedule", {"day": ahead.date().isoformat(), "at": "14:30"})
    assert answer.status_code == 303
    page = desk.get(here).text
    assert "Planned" in page
    assert "14:30" in page
    _work(app, world)
    assert rows(app, world.northlight, AnnouncementReader) == []
    change(app, world.northlight, Announcement, int(here.rsplit("/", 1)[1]), send_at=datetime.now(UTC))
    _work(app, world)
    assert len(rows(app, world.northlight, AnnouncementReader)) == 6
    assert desk.send(f"{here}/schedule/removal").status_code == 422


@pytest.mark.parametrize(
    ("day", "at", "sentence"),
    [
        ("2026-01-05", "14:30", "That moment has passed."),
        ("2027-03-28", "01:30", "The clocks skip 01:30 that night."),
        ("2027-10-31", "01:30", "comes twice"),
        ("2027-02-30", "14:30", "There is no such day"),
        ("", "", "Choose a day."),
        ("2027-03-01", "25:00", "Write a time such as 14:30."),
    ],
)
def test_odd_moments_are_said_at_their_field(desk: Desk, day: str, at: str, sentence: str) -> None:
    answer = desk.send(f"{_write(desk)}/schedule", {"day": day, "at": at})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{at}"' in answer.text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("title", "", "This is needed."),
        ("title", "x" * 121, "characters"),
        ("body", "", "This is needed."),
        ("body", "x" * 1_000_000, "characters"),
        ("body", "a\x00b", "characters that cannot be shown"),
        ("title", "in\u202eert", "characters that cannot be shown"),
        ("audience", "nobody", "Choose one from the list."),
        ("location_ids", "9223372036854775807", "Choose from the list."),
        ("plan_ids", "x", "Choose from the list."),
        ("home_until", "2026-01-01", "That day is over"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(desk: Desk, field: str, typed: str, sentence: str) -> None:
    before = desk.counts()
    answer = desk.send("/admin/announcements", {**WRITTEN, field: typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert desk.counts() == before


def test_a_picture_is_shown_to_who_was_told(app: Flask, world: World, desk: Desk) -> None:
    out = BytesIO()
    Image.new("RGB", (640, 400), "teal").save(out, "PNG")
    answer = desk.send(
        "/admin/announcements",
        {**WRITTEN, "photo": (BytesIO(out.getvalue()), "lift.png")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    here = answer.location
    assert f"{here}/picture" in desk.get(here).text
    assert desk.get(f"{here}/picture").data.startswith(b"RIFF")
    desk.send(f"{here}/sending")
    _work(app, world)
    picture = f"{here.removeprefix('/admin')}/picture"
    maya = _reader(app, world, "member")
    assert picture in maya.get(here.removeprefix("/admin")).text
    assert maya.get(picture).data.startswith(b"RIFF")
    desk.send(f"{here}/withdrawal")
    assert maya.get(picture).status_code == 404


def test_a_test_goes_to_oneself_alone(app: Flask, world: World, desk: Desk) -> None:
    here = _write(desk)
    assert desk.send(f"{here}/trial").status_code == 303
    (notice,) = rows(app, world.northlight, Notice)
    assert (notice.person_id, notice.kind) == (world.northlight.people["desk"], "announcement.tried")
    assert "Test: The lift is out of order" in desk.get("/inbox").text


def test_the_mail_is_shown_and_does_nothing(desk: Desk) -> None:
    answer = desk.get(f"{_write(desk, title='<b>Lift</b>')}/mail")
    assert "&lt;b&gt;Lift" in answer.text
    assert "Take the stairs.<br>Both of them." in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_nobody_is_nobody(app: Flask, world: World, desk: Desk) -> None:
    for name in ("member", "colleague"):
        change(app, world.northlight, Person, world.northlight.people[name], suspended_at=datetime.now(UTC))
    answer = desk.send(f"{_write(desk, audience='members')}/sending")
    assert answer.status_code == 422
    assert "Nobody belongs to this audience" in answer.text


def test_what_is_on_its_way_does_not_change(app: Flask, world: World, desk: Desk) -> None:
    here = _sent(app, world, desk)
    assert desk.send(here, {**WRITTEN, "title": "Other"}).status_code == 422
    assert desk.send(f"{here}/sending").status_code == 422
    assert desk.send(f"{here}/removal").status_code == 303
    (found,) = rows(app, world.northlight, Announcement)
    assert found.title == WRITTEN["title"]


def test_a_draft_is_thrown_away(app: Flask, world: World, desk: Desk) -> None:
    here = _write(desk)
    assert desk.send(f"{here}/withdrawal").status_code == 303
    assert desk.send(f"{here}/removal").status_code == 303
    assert desk.get(here).status_code == 404
    assert rows(app, world.northlight, Announcement) == []


def test_who_works_in_one_place_tells_its_people_only(app: Flask, world: World, desk: Desk) -> None:
    north = world.northlight
    everywhere = _write(desk)
    change(app, north, Person, north.people["member"], location_id=north.locations["Porto"])
    give(app, north, "desk", Role.FRONT_DESK, places=["Porto"])
    local = Desk(app, north, "desk")
    assert local.get(everywhere).status_code == 404
    refused = local.send("/admin/announcements", WRITTEN)
    assert refused.status_code == 422
    assert "Choose of these whom it is for." in refused.text
    elsewhere = {**WRITTEN, "location_ids": str(north.locations["Leith Walk"])}
    assert local.send("/admin/announcements", elsewhere).status_code == 422
    here = _write(local, location_ids=str(north.locations["Porto"]))
    local.send(f"{here}/sending")
    _work(app, world)
    assert [each.person_id for each in rows(app, north, AnnouncementReader)] == [north.people["member"]]


def test_members_have_no_say(app: Flask, world: World, desk: Desk) -> None:
    here = _write(desk)
    maya = _reader(app, world, "member")
    for path in ("/admin/announcements", "/admin/announcements/new", here, f"{here}/mail"):
        assert maya.get(path).status_code == 404
    assert maya.post(f"{here}/sending", form="/inbox").status_code == 404


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999", "\x00", "２"])  # noqa: RUF001
def test_odd_pages_are_the_first(desk: Desk, page: str) -> None:
    assert desk.get("/admin/announcements", query_string={"page": page}).status_code == 200
    assert desk.get("/announcements", query_string={"page": page}).status_code == 200


def test_the_day_on_the_home_page_ends(app: Flask, world: World, desk: Desk) -> None:
    here = _sent(app, world, desk, home_until=date(2100, 12, 31).isoformat())
    maya = _reader(app, world, "member")
    assert "The lift" in maya.get("/").text
    change(app, world.northlight, Announcement, int(here.rsplit("/", 1)[1]), home_ends_at=datetime.now(UTC))
    assert "The lift" not in maya.get("/").text
