"""A stranger's view of every field of a profile at each visibility: absent unless it is for them."""

import re
from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from flask import Flask

from app.domain.profile.terms import HIDDEN_AT_FIRST, ProfileField, Visibility, visibility_of
from app.models import CheckIn, Person, PersonProfile, PersonSkill, StoredFile
from tests.support.bookings import NOW
from tests.support.rows import change, inside
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

PHOTO = "ab" * 32
# What tells that a field is on the page. None of it is part of anything else there.
SIGNS: dict[ProfileField, tuple[str, ...]] = {
    ProfileField.PHOTO: (PHOTO,),
    ProfileField.COMPANY: ("Zinc Company",),
    ProfileField.JOB_TITLE: ("Zinc Architect",),
    ProfileField.INDUSTRY: ("Zinc Industry",),
    ProfileField.BIO: ("Zinc biography",),
    ProfileField.SKILLS: ("Welding", "Zinc own skill"),
    ProfileField.WEBSITE: ("zinc-website.example",),
    ProfileField.LINKS: ("github.com/zinc-link",),
    ProfileField.LOCATION: ("Home location",),
    ProfileField.HERE: ("Here now",),
    ProfileField.EMAIL: ("colleague@example.test",),
    ProfileField.PHONE: ("+44 131 496 0555", "+441314960555"),
    ProfileField.ADDRESS: ("Zinc Street 5", "EH7", "Zincburgh", "Portugal"),
    ProfileField.BIRTHDAY: ("3 February",),
}
VIEWERS = {"member": True, "contact": False, "desk": False}
"""Who looks, and whether they are a member. Whoever works here is one or is not like anybody else."""


def _describe(
    app: Flask, tenant: TenantWorld, visibility: Mapping[str, str] | None = None, *, listed: bool = True
) -> int:
    person_id = tenant.people["colleague"]
    with inside(app, tenant) as session:
        photo = StoredFile(digest=PHOTO, mime="image/webp", size=1, created_at=NOW)
        session.add(photo)
        session.flush()
        session.add_all(
            [
                PersonProfile(
                    person_id=person_id,
                    photo_id=photo.id,
                    job_title="Zinc Architect",
                    industry="Zinc Industry",
                    bio="Zinc biography",
                    website="https://zinc-website.example",
                    links={"github": "https://github.com/zinc-link"},
                    phone="+44 131 496 0555",
                    street="Zinc Street 5",
                    postal_code="EH7",
                    city="Zincburgh",
                    country="PT",
                    billing_name="Secret Billing",
                    tax_id="SECRET-TAX",
                    birthday=date(1984, 2, 3),
                    zone="Asia/Tokyo",
                    listed=listed,
                    visibility=dict(visibility or {}),
                ),
                PersonSkill(person_id=person_id, skill_id=tenant.skills["Welding"]),
                PersonSkill(person_id=person_id, own_words="Zinc own skill"),
            ]
        )
        person = session.get_one(Person, person_id)
        person.company, person.location_id = "Zinc Company", tenant.locations["Porto"]
        session.add(
            CheckIn(
                person_id=person_id,
                location_id=tenant.locations["Porto"],
                starts_at=NOW - timedelta(days=700),
                ends_at=NOW + timedelta(days=700),
            )
        )
    return person_id


def _visitor(app: Flask, tenant: TenantWorld, who: str) -> Visitor:
    visitor = Visitor(app, tenant)
    visitor.sign_in(who)
    return visitor


def _seen(page: str) -> set[ProfileField]:
    """The fields of which anything is on the page."""
    return {each for each, signs in SIGNS.items() if any(sign in page for sign in signs)}


def _fully_seen(page: str) -> set[ProfileField]:
    return {each for each, signs in SIGNS.items() if all(sign in page for sign in signs)}


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("who", VIEWERS)
@pytest.mark.parametrize("field", ProfileField)
@pytest.mark.parametrize("choice", Visibility)
def test_a_field_is_on_the_page_for_whom_it_is_meant_and_absent_for_everybody_else(
    app: Flask, world: World, field: ProfileField, choice: Visibility, who: str
) -> None:
    others: dict[str, str] = dict.fromkeys(map(str, ProfileField), str(Visibility.SIGNED_IN))
    person_id = _describe(app, world.northlight, others | {str(field): str(choice)})
    # Its owner, and at the widest choice anybody, does see it: so it is there to be hidden.
    assert field in _fully_seen(_visitor(app, world.northlight, "colleague").get(f"/people/{person_id}").text)
    page = _visitor(app, world.northlight, who).get(f"/people/{person_id}").text
    rest = set(ProfileField) - {field}
    meant = choice is Visibility.SIGNED_IN or (choice is Visibility.MEMBERS and VIEWERS[who])
    assert _fully_seen(page) >= rest
    assert _seen(page) == (rest | {field} if meant else rest)


def test_at_first_what_leads_to_ones_door_is_hidden_and_the_rest_is_for_members(
    app: Flask, world: World
) -> None:
    person_id = _describe(app, world.northlight)
    assert {ProfileField.EMAIL, ProfileField.PHONE} <= HIDDEN_AT_FIRST
    for who, member in VIEWERS.items():
        page = _visitor(app, world.northlight, who).get(f"/people/{person_id}").text
        assert "Colin Colleague" in page
        assert _seen(page) == (set(ProfileField) - HIDDEN_AT_FIRST if member else set())


@pytest.mark.parametrize("who", [*VIEWERS, "colleague"])
def test_what_is_for_nobody_else_is_on_nobodys_page(app: Flask, world: World, who: str) -> None:
    wide = dict.fromkeys(map(str, ProfileField), str(Visibility.SIGNED_IN))
    person_id = _describe(app, world.northlight, wide)
    own = _visitor(app, world.northlight, "colleague").get("/account/profile").text
    page = _visitor(app, world.northlight, who).get(f"/people/{person_id}").text
    for secret in ("Secret Billing", "SECRET-TAX", "Asia/Tokyo", "1984"):
        assert secret in own
        assert secret not in page


def test_nobody_is_there_who_did_not_agree(app: Flask, world: World) -> None:
    person_id = _describe(app, world.northlight, listed=False)
    for who in VIEWERS:
        assert _visitor(app, world.northlight, who).get(f"/people/{person_id}").status_code == 404
    assert _visitor(app, world.northlight, "colleague").get(f"/people/{person_id}").status_code == 200
    # Who never opened the page has no row at all, and is not there either.
    contact = world.northlight.people["contact"]
    assert _visitor(app, world.northlight, "member").get(f"/people/{contact}").status_code == 404


def test_the_suspended_and_the_other_tenants_people_are_not_there(app: Flask, world: World) -> None:
    person_id = _describe(app, world.northlight)
    member = _visitor(app, world.northlight, "member")
    assert member.get(f"/people/{person_id}").status_code == 200
    assert _visitor(app, world.harbour, "member").get(f"/people/{person_id}").status_code == 404
    change(app, world.northlight, Person, person_id, suspended_at=NOW)
    assert member.get(f"/people/{person_id}").status_code == 404


def test_a_visitor_signs_in_first(app: Flask, world: World) -> None:
    person_id = _describe(app, world.northlight)
    answer = Visitor(app, world.northlight).get(f"/people/{person_id}")
    assert answer.location == f"/login?next=/people/{person_id}"
    assert "Zinc" not in answer.text


@pytest.mark.parametrize(("as_", "who"), [("member", "member"), ("contact", "contact")])
def test_the_preview_is_what_they_see(app: Flask, world: World, as_: str, who: str) -> None:
    mixed = {
        str(field): str(choice)
        for field, choice in zip(ProfileField, [*Visibility] * len(ProfileField), strict=False)
    }
    person_id = _describe(app, world.northlight, mixed)
    preview = _visitor(app, world.northlight, "colleague").get(f"/account/privacy/preview?as={as_}").text
    theirs = _visitor(app, world.northlight, who).get(f"/people/{person_id}").text
    assert _part(preview) == _part(theirs)
    assert 0 < len(_seen(_part(theirs))) < len(ProfileField)


def test_one_sees_the_preview_before_one_agrees(app: Flask, world: World) -> None:
    _describe(app, world.northlight, listed=False)
    page = _visitor(app, world.northlight, "colleague").get("/account/privacy/preview").text
    assert "You are not listed" in page
    assert "Zinc Architect" in page


def test_privacy_is_saved_and_holds_on_the_next_request(app: Flask, world: World) -> None:
    person_id = _describe(app, world.northlight, listed=False)
    colleague = _visitor(app, world.northlight, "colleague")
    member = _visitor(app, world.northlight, "member")
    wish = {f"see_{each}": str(who) for each, who in visibility_of({}).items()}
    wish |= {"listed": "y", "see_phone": "members", "see_bio": "only_me"}
    assert colleague.post("/account/privacy", wish, form="/account").status_code == 303
    page = member.get(f"/people/{person_id}").text
    assert ProfileField.PHONE in _seen(page)
    assert ProfileField.BIO not in _seen(page)
    wish.pop("listed")
    assert colleague.post("/account/privacy", wish, form="/account").status_code == 303
    assert member.get(f"/people/{person_id}").status_code == 404


@pytest.mark.parametrize("given", ["everyone", "", "members\0", "x" * 100_000])
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_visibility_that_there_is_not_is_refused(app: Flask, world: World, given: str) -> None:
    colleague = _visitor(app, world.northlight, "colleague")
    wish = {f"see_{each}": str(who) for each, who in visibility_of({}).items()} | {"see_phone": given}
    answer = colleague.post("/account/privacy", wish, form="/account")
    assert answer.status_code == 422
    assert 'id="see_phone-error"' in answer.text


def _part(page: str) -> str:
    """The person's part of a page."""
    found = re.search(r'<article class="person">.*?</article>', page, re.DOTALL)
    assert found
    return found[0]
