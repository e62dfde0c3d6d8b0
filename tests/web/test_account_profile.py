"""What one says of oneself: saved, shown again, refused with a sentence at its field; and one's photograph."""

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.models import AuditEntry, Person, PersonProfile, PersonSkill, StoredFile
from app.web.ports import files
from tests.support.rows import rows
from tests.support.visitor import Visitor
from tests.support.world import World
from tests.web.test_admin_uploads import ORIENTATION, ROTATED, _bomb

NAMES = {"first_name": "Maya", "last_name": "Member"}
FULL = NAMES | {
    "company": "Kite & Loom",
    "job_title": "Weaver",
    "industry": "Textiles",
    "bio": "Looms,\nlarge ones.",
    "own_skills": "Weaving, dyeing , Weaving",
    "website": "kiteloom.example/about",
    "linkedin": "https://uk.linkedin.com/in/maya/?trk=x",
    "github": "@maya",
    "mastodon": "@maya@social.example",
    "phone": "+44 131 496 0000",
    "street": "1 Leith Walk",
    "postal_code": "EH6",
    "city": "Edinburgh",
    "country": "GB",
    "billing_name": "Kite & Loom Ltd",
    "tax_id": "GB 123",
    "billing_country": "GB",
    "birthday": "1984-02-03",
    "zone": "Asia/Tokyo",
    "locale": "",
    "location_id": "",
}


@pytest.fixture
def member(app: Flask, world: World) -> Visitor:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in("member")
    return visitor


def _save(visitor: Visitor, given: dict[str, Any]) -> TestResponse:
    return visitor.post("/account/profile", given, form="/account")


def _profile(app: Flask, world: World) -> PersonProfile:
    return rows(app, world.northlight, PersonProfile, person_id=world.northlight.people["member"])[0]


def _send(visitor: Visitor, data: bytes, name: str = "me.jpg", crop: str = "") -> TestResponse:
    fields = {
        "csrf_token": visitor.token("/account"),
        "crop": crop,
        "photo": FileStorage(BytesIO(data), name),
    }
    boundary, body = encode_multipart(fields)
    return visitor.client.post(
        "/account/photo",
        data=body,
        content_type=f"multipart/form-data; boundary={boundary}",
        base_url=f"http://{visitor.tenant.host}",
        buffered=True,
    )


# --- facts -----------------------------------------------------------------------------------------------------------


def test_everything_is_kept_and_shown_again(member: Visitor, app: Flask, world: World) -> None:
    skill = world.northlight.skills["Welding"]
    assert _save(member, FULL | {"skill_ids": [str(skill)]}).status_code == 303
    profile = _profile(app, world)
    assert (profile.job_title, profile.bio, profile.zone) == ("Weaver", "Looms,\nlarge ones.", "Asia/Tokyo")
    assert profile.website == "https://kiteloom.example/about"
    assert profile.links == {
        "linkedin": "https://www.linkedin.com/in/maya",
        "github": "https://github.com/maya",
        "mastodon": "https://social.example/@maya",
    }
    found = rows(app, world.northlight, PersonSkill)
    assert [(each.skill_id, each.own_words) for each in found] == [
        (skill, None),
        (None, "Weaving"),
        (None, "dyeing"),
    ]
    page = member.get("/account/profile").text
    for sign in (
        "Kite &amp; Loom Ltd",
        'value="1984-02-03"',
        'value="Weaving, dyeing"',
        "https://github.com/maya",
    ):
        assert sign in page
    assert f'value="{skill}" checked' in page
    assert "Weaver, Kite &amp; Loom" in member.get("/account").text


def test_the_trail_names_what_changed_and_not_what_was_said(
    member: Visitor, app: Flask, world: World
) -> None:
    _save(member, FULL)
    _save(member, FULL)
    (entry,) = rows(app, world.northlight, AuditEntry, action="person.updated")
    assert entry.after["company"] == "Kite & Loom"
    assert {"bio", "birthday", "phone", "skills"} <= set(entry.after["profile"])
    assert "Looms" not in str(entry.after)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("bio", "x" * 100_000),
        ("bio", "nul\0"),
        ("job_title", "bidi\u202e"),
        ("company", "x" * 121),
        ("own_skills", "x" * 61),
        ("own_skills", ",".join(f"skill {n}" for n in range(21))),
        ("website", "http://kiteloom.example"),
        ("website", "javascript:alert(1)"),
        ("website", "data:text/html,hello"),
        ("website", "https://user:secret@kiteloom.example"),
        ("website", "https://kiteloom.example:8443/"),
        ("website", "https://localhost/"),
        ("website", "https://127.0.0.1/"),
        ("website", 'https://kiteloom.example/"onmouseover='),
        ("github", "https://github.com.evil.example/maya"),
        ("github", "https://example.com/maya"),
        ("github", "javascript:alert(1)"),
        ("linkedin", "http://www.linkedin.com/in/maya"),
        ("instagram", "may a"),
        ("mastodon", "maya"),
        ("phone", "call me"),
        ("phone", "12"),
        ("phone", "٠١٢٣٤٥٦٧"),
        ("birthday", "2999-01-01"),
        ("birthday", "1850-01-01"),
        ("birthday", "2001-02-30"),
        ("zone", "Mars/Olympus"),
        ("zone", "../../etc/passwd"),
        ("country", "XX"),
        ("country", "Atlantis"),
        ("billing_country", "gb"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_nonsense_is_answered_at_its_field_and_the_rest_is_kept(
    member: Visitor, app: Flask, world: World, field: str, text: str
) -> None:
    answer = _save(member, FULL | {field: text})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="Kite &amp; Loom Ltd"' in answer.text
    assert rows(app, world.northlight, PersonProfile) == []
    assert 'href="javascript' not in answer.text


@pytest.mark.parametrize("engine", ["sqlite"])
def test_everything_wrong_is_said_at_once(member: Visitor) -> None:
    answer = _save(member, FULL | {"website": "ftp://x", "phone": "none", "birthday": "2999-01-01"})
    for field in ("website", "phone", "birthday"):
        assert f'id="{field}-error"' in answer.text


@pytest.mark.parametrize("given", ["foreign", "999999", "9" * 30, "-1", "one"])
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_skill_that_is_not_on_the_list_is_refused(
    member: Visitor, app: Flask, world: World, given: str
) -> None:
    if given == "foreign":
        given = str(world.harbour.skills["Welding"])
        assert int(given) not in world.northlight.skills.values()
    answer = _save(member, FULL | {"skill_ids": [given]})
    assert answer.status_code == 422
    assert "Choose from the list." in answer.text
    assert rows(app, world.northlight, PersonSkill) == []


# --- the photograph --------------------------------------------------------------------------------------------------


def _picture(shape: str = "JPEG", size: tuple[int, int] = (900, 600), **more: Any) -> bytes:
    """Red to the left, green in the middle, blue to the right."""
    image = Image.new("RGB", size, "#00ff00")
    third = size[0] // 3
    image.paste("#ff0000", (0, 0, third // 2, size[1]))
    image.paste("#0000ff", (size[0] - third // 2, 0, size[0], size[1]))
    out = BytesIO()
    image.save(out, shape, **more)
    return out.getvalue()


def _kept(app: Flask, world: World) -> list[Image.Image]:
    """The small and the large square, as they are stored."""
    north = world.northlight
    person = rows(app, north, Person, id=north.people["member"])[0]
    large = rows(app, north, StoredFile, id=_profile(app, world).photo_id)[0]
    with app.app_context():
        found = [files().get(north.id, digest) for digest in (person.face_digest or "", large.digest)]
    return [Image.open(BytesIO(data or b"")) for data in found]


def test_a_photograph_becomes_two_squares_of_its_middle_without_notes(
    member: Visitor, app: Flask, world: World
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[0x010F] = 1, "Camera of Maya"
    assert ">MM<" in member.get("/account").text
    assert _send(member, _picture(exif=exif)).status_code == 303
    small, large = _kept(app, world)
    assert (small.size, large.size) == ((144, 144), (512, 512))
    assert not large.getexif()
    assert all(part < 60 for part in (large.convert("RGB").getpixel((5, 5)) or (0, 0, 0))[::2])  # type: ignore[index]
    page = member.get("/account").text
    assert ">MM<" not in page
    digest = rows(app, world.northlight, Person, id=world.northlight.people["member"])[0].face_digest
    assert page.count(f'src="/media/{digest}"') == 2
    assert member.get(f"/media/{digest}").mimetype == "image/webp"


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_chosen_square_is_taken(member: Visitor, app: Flask, world: World) -> None:
    _send(member, _picture(), crop="0,0,0.4")
    red, green, _blue = _kept(app, world)[1].convert("RGB").getpixel((10, 120))  # type: ignore[misc]
    assert red > 200 > green


@pytest.mark.parametrize(
    "crop", ["nan,0,1", "1e9,0,1", "-1,0,1", "9,9,9", "a,b,c", "0,0", "inf,0,1", "0,0,0"]
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_square_that_cannot_be_does_no_harm(member: Visitor, app: Flask, world: World, crop: str) -> None:
    assert _send(member, _picture(), crop=crop).status_code == 303
    width, height = _kept(app, world)[1].size
    assert 200 <= width == height <= 512


@pytest.mark.parametrize("engine", ["sqlite"])
def test_it_is_upright(member: Visitor, app: Flask, world: World) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = ROTATED
    _send(member, _picture(exif=exif), crop="0,0,0.4")
    # Turned by a quarter, what was to the left is on top.
    red, green, _blue = _kept(app, world)[1].convert("RGB").getpixel((120, 10))  # type: ignore[misc]
    assert red > 200 > green


def test_another_photograph_takes_its_place_and_none_is_left_to_fetch(
    member: Visitor, app: Flask, world: World
) -> None:
    _send(member, _picture())
    first = {each.digest for each in rows(app, world.northlight, StoredFile)}
    assert [member.get(f"/media/{digest}").status_code for digest in first] == [200, 200]
    _send(member, _picture("PNG", (500, 700)))
    assert [member.get(f"/media/{digest}").status_code for digest in first] == [404, 404]
    assert member.post("/account/photo/removal", form="/account").status_code == 303
    assert rows(app, world.northlight, StoredFile) == []
    assert ">MM<" in member.get("/account").text


def test_the_same_photograph_of_two_people_stays_for_the_other(
    member: Visitor, app: Flask, world: World
) -> None:
    colleague = Visitor(app, world.northlight)
    colleague.sign_in("colleague")
    for each in (member, colleague):
        _send(each, _picture())
    member.post("/account/photo/removal", form="/account")
    digest = rows(app, world.northlight, Person, id=world.northlight.people["colleague"])[0].face_digest
    assert colleague.get(f"/media/{digest}").status_code == 200


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a" + b"\0" * 100,
        _bomb(20_000),
        b"\xff\xd8\xff" + b"x" * (10 * 1024 * 1024 + 1),
    ],
    ids=["empty", "svg", "gif", "bomb", "too many bytes"],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_is_no_photograph_is_refused_at_the_field(
    member: Visitor, app: Flask, world: World, data: bytes
) -> None:
    answer = _send(member, data)
    assert answer.status_code == 422
    assert 'id="photo-error"' in answer.text
    assert rows(app, world.northlight, StoredFile) == []


@pytest.mark.parametrize("engine", ["sqlite"])
def test_twenty_megabytes_are_not_even_read(member: Visitor, app: Flask, world: World) -> None:
    assert _send(member, b"x" * 20 * 1024 * 1024).status_code == 413
    assert rows(app, world.northlight, StoredFile) == []
