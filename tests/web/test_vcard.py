"""A card for one's address book: escaped and folded as RFC 6350 says, and nothing in it that is not for its reader."""

from datetime import date
from typing import Any

import pytest
from flask import Flask

from app.domain.profile.terms import ProfileField, Visibility
from app.domain.profile.visible import VisibleProfile
from app.web.vcard import fold_line, vcard
from tests.support.directory import WIDE, lists
from tests.support.visitor import Visitor
from tests.support.world import World

FACTS: dict[str, Any] = {
    "company": "Zinc, Copper; & Söhne",
    "job_title": "Smith",
    "bio": "Line one,\nline two; and a back\\slash.",
    "phone": "+44 131 496 0555",
    "website": "https://zinc.example/a,b;c",
    "street": "Zinc Street 5",
    "city": "Zincburgh",
    "postal_code": "EH7",
    "country": "PT",
    "birthday": date(1984, 2, 3),
}


def _unfold(card: str) -> list[str]:
    assert card.endswith("\r\n")
    assert all(len(line.encode()) <= 75 for line in card.split("\r\n"))
    return card.replace("\r\n ", "").split("\r\n")[:-1]


def _card(app: Flask, world: World, who: str, person_id: int) -> list[str]:
    visitor = Visitor(app, world.northlight)
    visitor.sign_in(who)
    answer = visitor.get(f"/people/{person_id}/card.vcf")
    assert answer.status_code == 200
    assert answer.mimetype == "text/vcard"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return _unfold(answer.get_data(as_text=True))


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_card_says_what_may_be_seen(app: Flask, world: World) -> None:
    person_id = lists(app, world.northlight, "colleague", skills=("Welding", "Lost wax; casting"), **FACTS)
    card = _card(app, world, "member", person_id)
    assert card[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    assert card[-1] == "END:VCARD"
    for line in (
        "FN:Colin Colleague",
        "N:Colleague;Colin;;;",
        "ORG:Zinc\\, Copper\\; & Söhne",
        "TITLE:Smith",
        "EMAIL:colleague@example.test",
        "TEL:+44 131 496 0555",
        "NOTE:Line one\\,\\nline two\\; and a back\\\\slash.",
        "CATEGORIES:Welding,Lost wax\\; casting",
        "URL:https://zinc.example/a,b;c",
        "ADR:;;Zinc Street 5;Zincburgh;;EH7;Portugal",
        "BDAY:--0203",
        f"UID:http://localhost/people/{person_id}",
    ):
        assert line in card, line
    assert "1984" not in "".join(card)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_what_is_hidden_is_not_in_it(app: Flask, world: World) -> None:
    nothing = dict.fromkeys(map(str, ProfileField), str(Visibility.ONLY_ME))
    person_id = lists(app, world.northlight, "colleague", visibility=nothing, skills=("Welding",), **FACTS)
    own, others = (_card(app, world, who, person_id) for who in ("colleague", "member"))
    assert set(own) > set(others)
    assert {line.partition(":")[0] for line in others} == {
        "BEGIN", "VERSION", "PRODID", "KIND", "UID", "FN", "N", "END",
    }  # fmt: skip


@pytest.mark.parametrize("engine", ["sqlite"])
def test_who_is_not_there_has_no_card(app: Flask, world: World) -> None:
    person_id = lists(app, world.northlight, "colleague", visibility=WIDE, listed=False)
    visitor = Visitor(app, world.northlight)
    assert visitor.get(f"/people/{person_id}/card.vcf").status_code == 302
    visitor.sign_in("member")
    assert visitor.get(f"/people/{person_id}/card.vcf").status_code == 404
    lists(app, world.northlight, "colleague", visibility=WIDE)
    assert visitor.get(f"/people/{person_id}/card.vcf").status_code == 200
    assert visitor.get(f"/people/{world.harbour.people['colleague']}/card.vcf").status_code == 404


def test_a_line_is_never_cut_inside_of_a_character() -> None:
    for text in ("ä" * 200, "🙂" * 80, "x" * 74 + "€uro", "x" * 75, ""):
        folded = fold_line(text)
        assert folded.replace("\r\n ", "") == text
        assert all(len(line.encode()) <= 75 for line in folded.split("\r\n"))


def test_no_value_begins_a_line_of_its_own() -> None:
    """A line end in a name would let its owner write any property into others' address books."""
    seen = VisibleProfile(1, "Eve\r\nTEL:+1", "Evil\nEMAIL:x@y", listed=True, bio="a\r\n\r\nEND:VCARD")
    card = _unfold(vcard(seen, "http://localhost/people/1"))
    assert [line.partition(":")[0] for line in card] == [
        "BEGIN", "VERSION", "PRODID", "KIND", "UID", "FN", "N", "NOTE", "END",
    ]  # fmt: skip
