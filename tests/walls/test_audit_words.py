"""Every action that a verb writes into the audit trail has words that a person reads."""

import ast
from collections.abc import Iterator
from pathlib import Path

from app.domain.portal_settings import Group
from app.models import (
    Amenity,
    Announcement,
    Booking,
    BookingExtraOffer,
    BookingRule,
    DunningStep,
    Invitation,
    InvitationList,
    Invoice,
    Location,
    Passkey,
    PassType,
    Plan,
    Product,
    Rate,
    Resource,
    ResourceType,
    RoomSign,
    SignOnProvider,
    Skill,
    StaffRole,
    TaxRate,
    Team,
    Terms,
)
from app.web.audit_actions import ACTIONS, KINDS, actions_of

DOMAIN = Path(__file__).resolve().parent.parent.parent / "app" / "domain"
_WRITERS = {
    "record",
    "record_row",
    "record_for_person",
    "record_contract",
    "record_change",
    "record_end",
    "_record",
}
# `record_row` makes an action of the table's name and a verb; these are the tables of each file that calls it.
_NOUNS = {
    "announcements/sending.py": (Announcement.__tablename__,),
    "announcements/withdrawing.py": (Announcement.__tablename__,),
    "announcements/writing.py": (Announcement.__tablename__,),
    "billing/unpaid.py": (Booking.__tablename__,),
    "booking/move.py": (Booking.__tablename__,),
    "extras/choosing.py": (Booking.__tablename__,),
    "booking/house_rules/keeping.py": (BookingRule.__tablename__,),
    "cards/disputes.py": ("card_dispute",),
    "cards/held.py": ("held_money",),
    "cards/outside.py": ("outside_refund",),
    "cards/saved.py": ("saved_card",),
    "extras/keeping.py": (BookingExtraOffer.__tablename__,),
    "dunning/ladder.py": (DunningStep.__tablename__,),
    "invoicing/drafting.py": (Invoice.__tablename__,),
    "invoicing/rates.py": (TaxRate.__tablename__,),
    "messaging/reports.py": ("report",),
    "people/details.py": ("person",),
    "passes/keeping.py": (PassType.__tablename__,),
    "prices/keeping.py": (Rate.__tablename__,),
    "plans/versions.py": (Plan.__tablename__,),
    "people/standing.py": ("person",),
    "products/keeping.py": (Product.__tablename__,),
    "spaces/locations.py": (Location.__tablename__,),
    "spaces/resources.py": (Resource.__tablename__,),
    "spaces/room_signs.py": (RoomSign.__tablename__,),
    "spaces/shifts.py": (Resource.__tablename__,),
    "people/billing.py": ("person",),
    "privacy/merge.py": ("person",),
    "joining/invitations.py": (Invitation.__tablename__,),
    "factors/passkeys.py": (Passkey.__tablename__,),
    "joining/lists.py": (InvitationList.__tablename__, Invitation.__tablename__),
    "joining/terms.py": (Terms.__tablename__,),
    "sign_on/providers.py": (SignOnProvider.__tablename__,),
    "team/manage.py": (Team.__tablename__,),
    "team/showing.py": (Team.__tablename__,),
    "spaces/lists.py": (
        ResourceType.__tablename__,
        Amenity.__tablename__,
        Plan.__tablename__,
        Skill.__tablename__,
    ),
    "retiring.py": tuple(
        each.__tablename__ for each in (Location, Resource, Plan, Product, PassType, BookingExtraOffer)
    ),
    "staff_roles.py": (StaffRole.__tablename__,),
}
# A file with two tables writes of each only some verbs.
_NEVER = {"invitation.uploaded", "invitation_list.created"}
# Helpers that make an action of a noun and the verb they are given, in each file that has one.
_PUT_TOGETHER = {
    "team/members.py": ("_record", "team"),
    "team/invite.py": ("_record", "team"),
    "booking/approval.py": ("_decided", "booking"),
    "guests/expecting.py": ("_record", "booking"),
    "joining/approval.py": ("_decide", "sign_up"),
    "privacy/anonymise.py": ("empty", "person"),
    "privacy/merge.py": ("empty", "person"),
}


def _words_in(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield child.value


def _calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def _actions() -> Iterator[tuple[str, str]]:
    """(file, action) of every action that is written out in a call."""
    for path in sorted(DOMAIN.rglob("*.py")):
        file = path.relative_to(DOMAIN).as_posix()
        for name, call in _calls(ast.parse(path.read_text())):
            # Of a dictionary of facts, the keys are no verbs.
            plain = [argument for argument in call.args if not isinstance(argument, ast.Dict)]
            for word in (word for argument in plain for word in _words_in(argument)):
                yield from ((file, action) for action in _made_of(file, name, word) if action not in _NEVER)


def _made_of(file: str, name: str, word: str) -> Iterator[str]:
    """The actions that a call with this word in it may write."""
    helper, noun = _PUT_TOGETHER.get(file, ("", ""))
    if name == helper:
        yield f"{noun}.{word}"
    elif name == "record_row":
        yield from (f"{each}.{word}" for each in _NOUNS.get(file, ("of which table",)))
    elif name in _WRITERS and "." in word[1:-1] and word.replace(".", "").replace("_", "").isalpha():
        yield word


def test_every_action_has_words() -> None:
    found = list(_actions())
    assert len(found) > 20
    assert [each for each in found if each[1] not in ACTIONS] == []
    # These are put together of a group and a verb.
    assert {
        f"{group}.{verb}" for group in Group for verb in ("switched", "opened", "ordered")
    } <= ACTIONS.keys()


def test_an_action_without_words_is_found() -> None:
    tree = ast.parse('record(session, now, actor.person_id, "moon.landed", subject="moon")')
    (_name, call), *_rest = _calls(tree)
    assert "moon.landed" in {word for argument in call.args for word in _words_in(argument)} - ACTIONS.keys()


def test_every_kind_has_actions_and_every_action_a_kind() -> None:
    assert sorted(action for kind in KINDS for action in actions_of(kind)) == sorted(ACTIONS)
    assert all(actions_of(kind) for kind in KINDS)
