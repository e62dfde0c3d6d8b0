"""Every page for everybody: axe-core finds nothing serious by day and by night, nothing scrolls sideways, keys suffice."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.domain.booking.house_rules.keeping import create_rule
from app.domain.booking.house_rules.terms import Access, Rule, Sets, When, Whom
from app.domain.credits.terms import Holder
from app.domain.messaging.sharing import Share, keep_share
from app.kernel.spans import Span
from app.models import AnnouncementState, Notice, PayAsYouGo, PlanVisibility, Team, TeamMember
from app.settings import Settings
from tests.conftest import settings_for
from tests.support.announcements import announced
from tests.support.booking_rows import book
from tests.support.bookings import booked
from tests.support.browser import new_page
from tests.support.credits import granted
from tests.support.directory import checks_in, lists
from tests.support.invoices import bill
from tests.support.joining import fill_joining
from tests.support.mail import mailed
from tests.support.messages import Talk, list_people
from tests.support.products import sold_with_plan
from tests.support.rows import change, inside, rows
from tests.support.shop import Shop
from tests.support.sign_in import sign_in_browser
from tests.support.teams import make_team
from tests.support.visits import visits_cost
from tests.support.world import TenantWorld, World

pytestmark = [pytest.mark.journey, pytest.mark.parametrize("engine", ["sqlite"])]

AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
HEIGHT = 900
WIDTHS = (320, 360, 768, 1440, 1920)
EXAMINED = (360, 1440)
_LONG = "Quarterly planning with everybody from Northumberland and Donaudampfschifffahrtsgesellschaft"
# Rules about structure do not depend on the scheme, so that by night only the colours are looked at again.
_EXAMINE = """async (colours) => {
  const only = colours ? { runOnly: { type: "rule", values: ["color-contrast"] } } : {};
  const found = await axe.run(document, { resultTypes: ["violations"], ...only });
  return found.violations.filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")} ${node.failureSummary ?? ""}`));
}"""
_STICKS_OUT = """() => {
  const { scrollWidth, clientWidth } = document.scrollingElement;
  if (scrollWidth <= clientWidth) return "";
  const out = [...document.querySelectorAll("body *")].filter((it) => it.getBoundingClientRect().right > clientWidth + 1);
  return `${scrollWidth} px: ${out.slice(0, 4).map((it) => `${it.localName}.${it.getAttribute("class")}`).join(" ")}`;
}"""
# What a sighted person sees of the focus: an outline on the thing, or on the label around a hidden field.
_FOCUS_SHOWS = """() => {
  const drawn = (it, pseudo) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(it, pseudo);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
  };
  const it = document.activeElement, around = it.closest("label") ?? it.parentElement;
  return drawn(it) || drawn(it, "::before") || drawn(around) || drawn(around, "::after") || drawn(around.parentElement);
}"""


@pytest.fixture
def settings(database: str, tmp_path: Path) -> Settings:
    """A server that sends push messages, so that what offers them is looked at as well."""
    return replace(settings_for(database, tmp_path / "instance"), push_subject="mailto:host@example.org")


@pytest.fixture
def screen(browser: Browser, live_server: str) -> Iterator[Page]:
    """A page whose size and scheme change while it stays; no service worker answers in between."""
    shape = {"reduced_motion": "reduce", "service_workers": "block"}
    with new_page(browser, live_server, shape) as page:
        yield page


@pytest.fixture
def tomorrow() -> str:
    return f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"


def _addresses(world: TenantWorld, who: str, day: str) -> list[str]:
    if who == "visitor":
        return [
            "/login",
            "/password/forgotten",
            "/password/forgotten/sent",
            "/password/reset/unknown",
            "/email/confirm/unknown",
            "/join",
            "/join/sent",
            "/invitation/unknown",
            "/terms",
            "/login/link",
            "/login/link/code",
            "/login/link/unknown",
            "/offline",
            "/email/arrival/unknown",
        ]
    if who == "member":
        search = f"/bookings/search?date={day}&start=10:00"
        return [
            "/",
            search,
            f"{search}&people=0",
            f"{search}&people=900",
            "/bookings/mine",
            "/bookings/mine?view=past",
            "/bookings/calendar",
            f"/bookings/day?date={day}",
            f"/bookings/day?date={day}&view=table",
            f"/bookings/rooms/{world.rooms['Fern']}?date={day}",
            f"/bookings/rooms/{world.rooms['Fern']}?date={day}&view=table",
            f"/bookings/week?date={day}",
            f"/bookings/week?date={day}&view=table",
            f"/bookings/month?month={day[:7]}",
            f"/bookings/month?month={day[:7]}&view=table",
            "/account",
            "/account/profile",
            "/account/privacy",
            "/account/privacy/preview",
            "/account/email",
            "/account/notifications",
            "/inbox",
            "/announcements",
            "/announcements/1",
            "/plans",
            "/plans/mine",
            "/products",
            "/products/basket",
            "/products/checkout",
            "/products/mine",
            "/products/purchases/1",
            "/invoices",
            "/invoices/1",
            "/invoices/cards",
            f"/people/{world.people['member']}",
            "/directory",
            "/directory?q=nobody",
            f"/directory?here=1&person={world.people['colleague']}",
            "/directory/teams",
            "/directory/teams?q=nobody",
            "/account/password",
            "/account/sessions",
            "/account/data",
            "/account/deletion",
            "/account/security",
            "/account/security/proof",
            "/account/linked-accounts",
            "/account/activity",
            "/account/devices",
            "/inbox",
            "/more",
            "/nowhere",
        ]
    admin = [
        "",
        "/bookings",
        "/bookings/new",
        f"/bookings/new?person={world.people['member']}",
        "/people",
        "/people?q=nobody",
        "/people/new",
        "/people/invitations",
        "/people/invitations/new",
        "/people/invitations/lists/new",
        "/people/waiting",
        f"/people/{world.people['member']}",
        "/locations",
        "/locations/new",
        f"/locations/{world.locations['Porto']}",
        f"/locations/{world.locations['Porto']}/calendar",
        "/resources",
        "/resources/new",
        f"/resources/{world.rooms['Cedar']}",
        f"/resources/{world.rooms['Cedar']}/calendar",
        "/resource-types",
        f"/resource-types/{world.types['Meeting room']}",
        "/amenities",
        f"/amenities/{world.amenities['Screen']}",
        "/plans",
        "/products",
        "/products/new",
        "/products/1",
        "/passes",
        "/passes/new",
        "/prices",
        "/prices/new",
        "/prices/trial",
        "/extras",
        "/extras/new",
        "/bookings/requests",
        "/bookings/calendars",
        "/bookings/extras",
        "/bookings/guests",
        f"/people/{world.people['member']}/sales/new",
        "/skills",
        "/limits",
        "/limits/cancelling",
        "/booking-rules",
        "/booking-rules/new",
        "/roles",
        "/roles/new",
        f"/roles/{world.roles['Event host']}",
        "/audit",
        "/announcements",
        "/announcements/new",
        "/announcements/1",
        "/announcements/2",
        "/invoices",
        "/invoices?q=nobody",
        "/invoices/new?q=maya",
        "/invoices/1",
        "/invoices/2",
        "/invoices?choose=all",
        "/invoices/journal",
        "/invoices/journal.csv?from=2026-01-01",
        "/contracts",
        "/contracts?q=nobody",
        "/figures",
        "/figures?from=2026-02-01&to=2026-01-01",
        "/figures/contracts",
        "/figures/occupancy",
        "/billing",
        f"/invoices/payers/{world.people['member']}",
        "/settings/invoices",
        "/settings/overdue",
        "/settings/payments",
        "/payments",
        "/settings",
        "/settings/home",
        "/settings/privacy",
        "/settings/mail",
        f"/people/{world.people['member']}/merging?q=colin",
        f"/people/{world.people['member']}/merging?other={world.people['colleague']}",
        f"/people/{world.people['member']}/anonymising",
        f"/people/{world.people['member']}/credits",
        f"/plans/{world.plans['Studio']}/terms",
        "/settings/joining",
        "/settings/sign-on",
        "/settings/push",
    ]
    return [f"/admin{address}" for address in admin]


def _examine(page: Page) -> list[str]:
    """Say what is wrong with the page that is open, at each width and in both schemes."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if sticks_out := page.evaluate(_STICKS_OUT):
            found.append(f"scrolls sideways at {width}, to {sticks_out}")
        if width not in EXAMINED:
            continue
        page.evaluate(AXE)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            found += [f"{width} {scheme}: {line}" for line in page.evaluate(_EXAMINE, scheme == "dark")]
    page.emulate_media(color_scheme="light")
    return found


def _visit(page: Page, address: str) -> list[str]:
    page.goto(address)
    return [f"{address}: {line}" for line in _examine(page)]


def test_the_examination_finds_what_is_wrong(screen: Page) -> None:
    screen.goto("/login")
    assert _examine(screen) == []
    screen.evaluate("""() => { document.querySelector("main").innerHTML =
        '<input><p><a href="/">go</a></p><pre>' + "wide ".repeat(200) + "</pre>"; }""")
    found = "\n".join(_examine(screen))
    assert "label" in found
    assert "scrolls sideways at 320" in found


@pytest.mark.parametrize("who", ["visitor", "member", "owner"])
def test_pages_are_open_to_everybody_at_every_width_by_day_and_by_night(
    app: Flask, screen: Page, live_server: str, world: World, tomorrow: str, who: str
) -> None:
    here = world.northlight
    book(app, here, "member", "Fern", -0.2)
    book(app, here, "member", "Cedar", 30, title=_LONG[:80])
    book(app, here, "colleague", "Rowan", 25)
    links = fill_joining(app, here)
    lists(
        app,
        here,
        "colleague",
        company=_LONG[:80],
        bio=_LONG,
        skills=(_LONG[:60], "Welding"),
        industry=_LONG[:80],
    )
    checks_in(app, here, "colleague")
    with inside(app, here) as session:
        announced(session, here, datetime.now(UTC), to="member")
        announced(session, here, datetime.now(UTC), state=AnnouncementState.DRAFT)
        granted(session, Holder(here.people["member"]), 90, here.types["Meeting room"], key="time")
        granted(session, Holder(here.people["member"]), 500, key="money")
        rate_id = bill(session, here, "member", datetime.now(UTC))["rate_id"]
        sold_with_plan(session, here, "member", rate_id, datetime.now(UTC))
    if who != "visitor":
        sign_in_browser(app, screen.context, live_server, here, who)
    addresses = _addresses(here, who, tomorrow) + (links if who == "visitor" else [])
    found = [line for address in addresses for line in _visit(screen, address)]
    assert found == [], "\n".join(found)


def test_the_way_of_a_booking_is_open_to_everybody(
    app: Flask, screen: Page, live_server: str, world: World, tomorrow: str
) -> None:
    sign_in_browser(app, screen.context, live_server, world.northlight, "member")
    screen.goto(f"/bookings/search?date={tomorrow}&start=10:00")
    screen.get_by_role("button", name="Book Fern").click()
    expect(screen.get_by_role("dialog", name="Fern")).to_be_visible()
    sheet = _examine(screen)
    screen.reload()
    expect(screen.get_by_role("heading", level=1, name="Fern")).to_be_visible()
    checkout = _examine(screen)
    screen.get_by_role("button", name="Book for £18.00").click()
    expect(screen).to_have_url(re.compile("/bookings/mine$"))
    screen.get_by_role("link", name=re.compile("Fern")).click()
    booking = _examine(screen)
    screen.get_by_role("link", name="Change booking").click()
    expect(screen.get_by_role("heading", level=1, name="Change Fern")).to_be_visible()
    screen.get_by_label("How long").select_option("120")
    expect(screen.get_by_text("You pay £18.00 more.")).to_be_visible()
    booking += _examine(screen)
    screen.go_back()
    screen.get_by_role("link", name=re.compile("Cancel")).click()
    expect(screen).to_have_url(re.compile("/cancellation$"))
    cancellation = _examine(screen)
    sign_in_browser(app, screen.context, live_server, world.northlight, "desk")
    assert sheet + checkout + booking + cancellation + _visit(screen, "/admin/bookings") == []


def test_a_booking_in_progress_is_open_to_everybody_at_the_front_desk(
    app: Flask, screen: Page, live_server: str, world: World
) -> None:
    here = world.northlight
    running = book(app, here, "member", "Lark", -0.2)
    sign_in_browser(app, screen.context, live_server, here, "desk")
    assert _visit(screen, f"/admin/bookings/{running}") == []
    screen.set_viewport_size({"width": 360, "height": HEIGHT})
    screen.get_by_role("button", name="End early").click()
    expect(screen.get_by_role("dialog", name="End Lark early?")).to_be_visible()
    assert _examine(screen) == []
    screen.get_by_role("dialog").get_by_role("button", name="End early").click()
    expect(screen.get_by_text("Ended early. Lark is free for others.")).to_be_visible()
    assert _examine(screen) == []


def _bookings_of_a_team(app: Flask, tenant: TenantWorld, team: int) -> list[str]:
    """Pages of a booking that its administrator made for a colleague, and the lists with and without it."""
    (seat,) = rows(app, tenant, TeamMember, team_id=team, person_id=tenant.people["member"])
    change(app, tenant, TeamMember, seat.id, may_book_for_team=True)
    tomorrow = datetime.now(UTC).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    made = booked(
        app,
        tenant,
        "member",
        "Fern",
        Span(tomorrow, tomorrow + timedelta(hours=1)),
        _LONG[:120],
        whose="colleague",
    )
    here = f"/team/{team}/bookings"
    return [here, f"{here}?view=past", *(f"{here}/{made}{rest}" for rest in ("", "/edit", "/cancellation"))]


def test_the_pages_of_a_team_are_open_to_everybody(
    app: Flask, screen: Page, live_server: str, world: World
) -> None:
    here = world.northlight
    team = make_team(app, here, "member", "colleague", name=_LONG[:80], seats=4)
    book(app, here, "colleague", "Cedar", 30)
    bookings = _bookings_of_a_team(app, here, team)
    colleague = f"people/{here.people['colleague']}"
    sign_in_browser(app, screen.context, live_server, here, "member")
    screen.goto(f"/team/{team}")
    screen.get_by_label("E-mail").fill("somebody.with.a.long.name@a-rather-long-place.example")
    screen.get_by_role("button", name="Send the invitation").click()
    expect(screen.get_by_role("button", name=re.compile("Take back"))).to_be_visible()
    found = _examine(screen)
    change(app, here, Team, team, listed=True, about=_LONG * 4)
    lists(app, here, "colleague")
    for address in (
        "/team",
        f"/team/{team}/{colleague}",
        *bookings,
        f"/directory/teams/{team}",
    ):
        found += _visit(screen, address)
    sign_in_browser(app, screen.context, live_server, here, "owner")
    for address in ("", "/new", f"/{team}", f"/{team}/{colleague}"):
        found += _visit(screen, f"/admin/teams{address}")
    screen.context.clear_cookies()
    found += _visit(screen, mailed(app, here, "/team/invitation/"))
    assert found == [], "\n".join(found)


def test_the_pages_of_plans_are_open_to_everybody(
    app: Flask, screen: Page, live_server: str, world: World
) -> None:
    here, shop = world.northlight, Shop(app, world)
    long: dict[str, Any] = {"description": _LONG, "terms": _LONG * 3, "min_cycles": 3, "notice_days": 30}
    joined, version = shop.plan(**long)
    shop.join(joined, version, agreed="y")
    (contract,) = shop.contracts()
    linked, _version = shop.plan("Studio", 26000, visibility=PlanVisibility.LINK, **long)
    asked, _version = shop.another("Team office", 1400000, visibility=PlanVisibility.ENQUIRE, **long)
    offered, _version = shop.another("Day desk", 9900, **long)
    token = shop.link(linked)
    day = datetime.now(UTC).date()
    found = _visit(screen, f"/plans/l/{token}")
    sign_in_browser(app, screen.context, live_server, here, "contact")
    for address in (
        "/plans",
        "/plans/mine",
        f"/plans/l/{token}",
        f"/plans/{asked}/enquiry",
        f"/plans/{offered}/join",
        f"/plans/{offered}/join/details",
        f"/plans/{offered}/join/review?starts_on={day}",
        f"/plans/mine/{contract.id}/cancellation",
        f"/plans/mine/{contract.id}/change",
        f"/plans/mine/{contract.id}/change/{offered}",
    ):
        found += _visit(screen, address)
    screen.goto(f"/plans/{offered}/join/details")
    screen.get_by_label("City").fill("")
    screen.get_by_role("button", name="See what it costs").click()
    expect(screen.get_by_role("alert")).to_be_visible()
    found += _examine(screen)
    sign_in_browser(app, screen.context, live_server, here, "owner")
    found += _visit(screen, f"/admin/people/{here.people['contact']}")
    found += _visit(screen, f"/admin/people/{here.people['contact']}/contracts/{contract.id}/price")
    screen.get_by_label("Price of one").fill("150.00")
    screen.get_by_role("button", name="Only look what it comes to").click()
    expect(screen.get_by_role("heading", name="With the new price")).to_be_visible()
    found += _examine(screen)
    assert found == [], "\n".join(found)


def _tab_to(page: Page, name: str) -> None:
    """Press Tab until what is called `name` has the focus, which must be seen at every stop on the way."""
    for _ in range(80):
        page.keyboard.press("Tab")
        label: Any = page.evaluate(
            "() => document.activeElement.ariaLabel || document.activeElement.innerText || document.activeElement.tagName"
        )
        assert page.evaluate(_FOCUS_SHOWS), f"nothing shows that {label!r} has the focus"
        if label.strip() == name:
            return
    raise AssertionError(f"80 stops, and none is {name!r}")


def test_a_room_is_booked_with_the_keyboard_alone(
    app: Flask, screen: Page, live_server: str, world: World, tomorrow: str
) -> None:
    sign_in_browser(app, screen.context, live_server, world.northlight, "member")
    screen.set_viewport_size({"width": 1280, "height": 800})
    screen.goto(f"/bookings/search?date={tomorrow}&start=10:00")
    screen.keyboard.press("Tab")
    skip = screen.get_by_role("link", name="To the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    screen.keyboard.press("Enter")
    expect(screen.locator("main")).to_be_focused()
    _tab_to(screen, "Book Fern")
    screen.keyboard.press("Enter")
    expect(screen).to_have_url(re.compile("/checkout$"))
    _tab_to(screen, "Book for £18.00")
    screen.keyboard.press("Enter")
    expect(screen).to_have_url(re.compile("/bookings/mine$"))
    expect(screen.get_by_role("link", name=re.compile("Fern"))).to_be_visible()


def test_a_question_takes_the_focus_and_gives_it_back(
    app: Flask, screen: Page, live_server: str, world: World
) -> None:
    sign_in_browser(app, screen.context, live_server, world.northlight, "owner")
    screen.goto(f"/admin/resource-types/{world.northlight.types['Meeting room']}")
    remove = screen.get_by_role("button", name="Remove", exact=True)
    remove.focus()
    screen.keyboard.press("Enter")
    question = screen.get_by_role("dialog", name="Remove Meeting room?")
    expect(question.get_by_role("button", name="Keep it")).to_be_focused()
    for _ in range(4):
        screen.keyboard.press("Tab")
        assert screen.evaluate("document.querySelector('main').contains(document.activeElement)") is False
    screen.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(remove).to_be_focused()


def test_booking_rules_are_open_to_everybody(
    app: Flask, screen: Page, live_server: str, world: World, tomorrow: str
) -> None:
    here, now = world.northlight, datetime.now(UTC)
    with inside(app, here) as session:
        owner = here.actor("owner")
        never = Sets(access=Access.NEVER)
        quiet = Rule(0, 0, "Mornings", never, _LONG, whom=Whom.MEMBERS, when=When(closes=12 * 60))
        create_rule(session, owner, quiet, now)
        rule_id = create_rule(session, owner, Rule(0, 0, _LONG[:60], Sets(max_minutes=60)), now).id
        create_rule(session, owner, Rule(0, 0, "Longer", Sets(min_minutes=90)), now)
    sign_in_browser(app, screen.context, live_server, here, "owner")
    trial = f"?who=Maya&resource_id={here.rooms['Fern']}&day={tomorrow}&at=10:00&minutes=600&people=1"
    found = _visit(screen, "/admin/booking-rules") + _visit(screen, f"/admin/booking-rules/{rule_id}")
    found += _visit(screen, f"/admin/booking-rules/trial{trial}")
    screen.context.clear_cookies()
    sign_in_browser(app, screen.context, live_server, here, "member")
    found += _visit(screen, f"/bookings/day?date={tomorrow}")
    why = screen.get_by_role("link", name="Why Fern is not for you at times").get_attribute("href")
    assert why
    found += _visit(screen, why) + _visit(screen, f"/bookings/day?date={tomorrow}&view=table")
    found += _visit(screen, f"/bookings/search?date={tomorrow}&start=10:00")
    assert found == []


def test_a_rule_is_moved_by_keyboard(app: Flask, screen: Page, live_server: str, world: World) -> None:
    here = world.northlight
    with inside(app, here) as session:
        for name in ("One", "Two"):
            create_rule(
                session, here.actor("owner"), Rule(0, 0, name, Sets(max_minutes=60)), datetime.now(UTC)
            )
    sign_in_browser(app, screen.context, live_server, here, "owner")
    screen.goto("/admin/booking-rules")
    screen.get_by_role("button", name="Move Two with the arrow keys").focus()
    with screen.expect_response(re.compile("/booking-rules/order$")):
        screen.keyboard.press("ArrowUp")
    expect(screen.locator("#order .settings-row .link")).to_have_text(["Two", "One"])
    expect(screen.locator("#order .settings-row .num")).to_have_text(["1", "2"])
    screen.reload()
    expect(screen.locator("#order .settings-row .link")).to_have_text(["Two", "One"])


def _shared_and_told(app: Flask, tenant: TenantWorld, talk: Talk) -> list[str]:
    """Something that waits to be sent, and what a banner's button asks about."""
    talk.say("colleague", _LONG)
    now = datetime.now(UTC)
    with inside(app, tenant) as session:
        share = Share(_LONG * 20, (), _LONG)
        kept = keep_share(session, tenant.actor("member"), share, now)
    (notice,) = rows(
        app, tenant, Notice, kind="message.received", person_id=tenant.people["member"], about=str(talk.id)
    )
    return [f"/messages/sharing/{kept.id}", f"/inbox/{notice.id}?action=read"]


def test_conversations_are_open_to_everybody(
    app: Flask, screen: Page, live_server: str, world: World
) -> None:
    here = world.northlight
    list_people(app, here, "member", "colleague", "desk")
    direct = Talk(app, here, datetime.now(UTC), "member", "colleague")
    group = Talk(app, here, datetime.now(UTC), "member", "colleague", "desk", title=_LONG[:80])
    own = direct.say("member", _LONG.replace(" ", "") + " https://okafor.example/" + "a" * 120)
    other = direct.say("colleague", "Yes")
    direct.report("member", other.message_id, _LONG)
    group.say("desk", _LONG)
    sign_in_browser(app, screen.context, live_server, here, "member")
    pages = [
        f"/messages/{direct.id}",
        f"/messages/{group.id}",
        f"/messages/{group.id}/details",
        f"/messages/{direct.id}/{own.message_id}",
        f"/messages/{direct.id}/{other.message_id}/report",
        "/messages",
        "/messages?q=planning",
        "/messages?q=nothing-like-it",
        "/messages/new",
        f"/messages/new?to={here.people['desk']}",
        "/messages/sharing?parked=gone",
        *_shared_and_told(app, here, direct),
    ]
    found = [line for address in pages for line in _visit(screen, address)]
    sign_in_browser(app, screen.context, live_server, here, "desk")
    found += _visit(screen, "/admin/community/reports")
    assert found == [], "\n".join(found)


def test_the_price_of_a_visit_is_open_to_everybody(
    app: Flask, screen: Page, live_server: str, world: World
) -> None:
    here, address = world.northlight, f"/check-in?location_id={world.northlight.locations['Leith Walk']}"
    with inside(app, here) as session:
        visits_cost(session, here, 1800, datetime.now(UTC))
    sign_in_browser(app, screen.context, live_server, here, "contact")
    found = _visit(screen, address)
    screen.goto(address)
    (price,) = rows(app, here, PayAsYouGo)
    change(app, here, PayAsYouGo, price.id, price_minor=2000)
    screen.get_by_role("button", name="Check in: £18.00 a day").click()
    expect(screen.get_by_role("alert")).to_contain_text("£20.00 a day now")
    found += _examine(screen)
    screen.get_by_role("button", name="Check in: £20.00 a day").click()
    expect(screen.locator("#toasts")).to_contain_text("£20.00 comes with your next invoice.")
    found += _visit(screen, "/plans/mine")
    sign_in_browser(app, screen.context, live_server, here, "owner")
    found += _visit(screen, "/admin/passes")
    assert found == [], "\n".join(found)
