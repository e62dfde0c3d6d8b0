"""The pages that belong together lead to each other: my account, the settings, and People at the front desk."""

import re

import pytest
from flask import Flask

from app.models import Booking, TeamMember
from tests.support.booking_rows import book
from tests.support.rows import change, rows
from tests.support.staff import Desk
from tests.support.teams import make_team
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

SETTINGS = {
    "/admin/settings": "Look and sections",
    "/admin/settings/home": "Home page",
    "/admin/settings/joining": "Joining",
    "/admin/settings/invoices": "Invoices",
    "/admin/settings/payments": "Payments",
    "/admin/settings/overdue": "Overdue",
    "/admin/settings/sign-on": "Signing in",
    "/admin/settings/mail": "Mail",
    "/admin/settings/privacy": "Privacy",
    "/admin/settings/push": "Push messages",
}
PEOPLE = {
    "/admin/people": "Everybody",
    "/admin/people/waiting": "Waiting",
    "/admin/contracts": "Contracts",
    "/admin/people/invitations": "Invitations",
    "/admin/teams": "Teams",
    "/admin/skills": "Skills",
    "/admin/community/reports": "Reports",
    "/admin/roles": "Staff roles",
    "/admin/audit": "Audit log",
}
_TABS = re.compile(r'<nav class="tabs".*?</nav>', re.DOTALL)
_TAB = re.compile(r'<a href="([^"]+)"( aria-current="page")?>([^<]+)</a>')


def _tabs(page: str) -> list[tuple[str, bool, str]]:
    """Address, current, words of each tab of a page."""
    strip = _TABS.search(page)
    return [(href, bool(here), words) for href, here, words in _TAB.findall(strip.group())] if strip else []


@pytest.mark.parametrize("pages", [SETTINGS, PEOPLE], ids=["settings", "people"])
def test_every_page_has_the_tabs_and_marks_itself(app: Flask, world: World, pages: dict[str, str]) -> None:
    owner = Desk(app, world.northlight, "owner")
    for path, words in pages.items():
        tabs = _tabs(owner.get(path).text)
        assert {href: each for href, _here, each in tabs} == pages, path
        assert [each for _href, here, each in tabs if here] == [words]


def test_the_pages_of_spaces_stand_in_groups_that_lead_to_all_of_them(app: Flask, world: World) -> None:
    owner = Desk(app, world.northlight, "owner")
    first = owner.get("/admin/resources").text
    groups = _TAB.findall(_part(first, '<nav class="segmented" aria-label="Spaces"'))
    assert [words for _href, _here, words in groups] == ["Rooms", "Sales", "Rules"]
    found = [href for group, _here, _words in groups for href, _at, _name in _tabs(owner.get(group).text)]
    assert len(found) == len(set(found)) == 11
    for path in found:
        page = owner.get(path).text
        assert len(_tabs(page)) <= 5
        assert [href for href, here, _words in _tabs(page) if here] == [path]
        assert page.count('aria-current="page"') >= 2


@pytest.mark.parametrize(
    ("who", "missing"),
    [
        ("owner", set()),
        ("manager", {"Signing in", "Mail"}),
        ("desk", {"Invoices", "Payments", "Overdue", "Signing in", "Mail", "Privacy"}),
    ],
)
def test_only_what_one_may_open_has_a_tab(app: Flask, world: World, who: str, missing: set[str]) -> None:
    somebody = Desk(app, world.northlight, who)
    tabs = _tabs(somebody.get("/admin/settings").text)
    assert {words for _href, _here, words in tabs} == set(SETTINGS.values()) - missing
    for path, words in SETTINGS.items():
        assert somebody.get(path).status_code == (404 if words in missing else 200)


@pytest.mark.parametrize("who", ["owner", "manager", "desk"])
@pytest.mark.parametrize("path", ["/admin/settings", "/admin/bookings/requests"])
def test_on_a_phone_every_section_is_in_the_bar_or_under_more(
    app: Flask, world: World, who: str, path: str
) -> None:
    somebody = Desk(app, world.northlight, who)
    page = somebody.get(path).text
    everywhere = set(re.findall(r'<a [^>]*href="([^"]+)"', _part(page, '<nav aria-label="Sections"')))
    bar = re.findall(r'<a [^>]*href="([^"]+)"', _part(page, '<nav class="tabbar"'))
    assert len(bar) <= 5
    more = _part(somebody.get("/admin/more").text, '<nav class="list with-icons"') if len(bar) == 5 else ""
    assert everywhere <= {*bar, *re.findall(r'<a [^>]*href="([^"]+)"', more)}


def _part(page: str, begins: str) -> str:
    """What stands from there to the end of that list of links."""
    return page.split(begins, 1)[1].split("</nav>", 1)[0]


def test_the_location_in_hand_stays_between_the_settings_that_differ_by_it(app: Flask, world: World) -> None:
    place = world.northlight.locations["Porto"]
    addresses = {
        words: href
        for href, _here, words in _tabs(
            Desk(app, world.northlight, "owner").get(f"/admin/settings/home?location={place}").text
        )
    }
    assert addresses["Look and sections"] == f"/admin/settings?location={place}"
    assert addresses["Joining"] == "/admin/settings/joining"


def _made_for_a_colleague(app: Flask, north: TenantWorld, team_id: int) -> int:
    """A booking that the team's administrator made; its id."""
    (seat,) = rows(app, north, TeamMember, team_id=team_id, person_id=north.people["member"])
    change(app, north, TeamMember, seat.id, may_book_for_team=True)
    made = book(app, north, "colleague", "Cedar", 30)
    change(app, north, Booking, made, booked_by_id=north.people["member"])
    return made


def test_every_page_of_the_account_marks_where_it_is_and_leads_back(app: Flask, world: World) -> None:
    north = world.northlight
    team_id = make_team(app, north, "member", "colleague")
    team = f"/team/{team_id}"
    made = _made_for_a_colleague(app, north, team_id)
    visitor = Visitor(app, north)
    visitor.sign_in("member")
    pages = {
        "/account/profile": ("Profile", "/account"),
        "/account/email": ("Profile", "/account/profile"),
        "/account/privacy": ("Privacy", "/account"),
        "/account/privacy/preview": ("Privacy", "/account/privacy"),
        "/account/data": ("My data", "/account"),
        "/account/deletion": ("My data", "/account/data"),
        "/account/security": ("Security", "/account"),
        "/account/password": ("Security", "/account/security"),
        "/account/notifications": ("Notifications", "/account"),
        "/account/sessions": ("Security", "/account/security"),
        "/account/linked-accounts": ("Security", "/account/security"),
        "/team": ("Teams", "/account"),
        team: ("Teams", "/team"),
        f"{team}/bookings": ("Teams", team),
        f"{team}/bookings/{made}": ("Teams", f"{team}/bookings"),
        f"{team}/people/{north.people['colleague']}": ("Teams", team),
    }
    for path, (words, back) in pages.items():
        page = visitor.get(path).text
        assert [each for _href, here, each in _tabs(page) if here] == [words], path
        assert f'<a class="icon-button" href="{back}" aria-label="Back">' in page, path
        assert page.count("<h1") == 1, path
        assert re.search(r'<a href="/account" aria-current="page">', page), f"{path} is under My account"
