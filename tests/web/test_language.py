"""Every page in the reader's language and formats, in either reading direction."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from flask import Flask, current_app
from flask_babel import force_locale, ngettext
from playwright.sync_api import Browser, Page

from app.kernel.money import Money
from app.kernel.spans import Span
from app.models import Person, Tenant
from app.web import language, wording
from app.web.language import babel, format_number
from tests.support.bookings import booked
from tests.support.browser import DESKTOP, PHONE, new_page
from tests.support.rows import change
from tests.support.sign_in import sign_in_browser
from tests.support.visitor import Visitor
from tests.support.world import World
from tools import translations

MEMBERS_PAGES = ("/", "/bookings/search", "/bookings/mine", "/account", "/offline", "/nothing-here")
STAFF_PAGES = (
    "/admin",
    "/admin/bookings",
    "/admin/people",
    "/admin/resources",
    "/admin/locations",
    "/admin/settings",
    "/admin/settings/home",
)
TODAY = date(2026, 11, 24)  # a Tuesday


@pytest.fixture(scope="module")
def english() -> list[str]:
    """Sentences that only an English page has: long enough to be no accident, and others in Spanish."""
    with translations._path("es").open("rb") as file:
        catalogue: Catalog = read_po(file, locale="es")
    return [
        sentence
        for message in catalogue
        for sentence, spanish in zip(
            translations._forms(message.id), translations._forms(message.string), strict=False
        )
        if len(sentence) > 12 and sentence != spanish and message.context is None
    ]


def _shown(page: str) -> str:
    """What a page shows or says aloud, with names of tags and addresses left out."""
    text = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    said = re.findall(
        r"""\b(?:aria-label|title|placeholder|alt|content|data-[a-z-]+)=["']([^"']*)["']""", text
    )
    return unescape(" ".join([re.sub(r"<[^>]*>", " ", text), *said]))


def _english_on(page: str, english: list[str]) -> list[str]:
    shown = " ".join(_shown(page).split())
    return [each for each in english if re.search(_as_pattern(each), shown)]


def _as_pattern(sentence: str) -> str:
    """The sentence with whatever its placeholders may have become, between ends of words."""
    pieces = re.split(r"%\(\w+\)s", " ".join(sentence.split()))
    if max(len(piece) for piece in pieces) <= 12:  # too little of it is its own to tell it by
        return r"(?!)"
    return r"(?<!\w)" + r".{1,40}?".join(re.escape(piece) for piece in pieces) + r"(?!\w)"


# --- whole pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(("who", "pages"), [("member", MEMBERS_PAGES), ("owner", STAFF_PAGES)])
def test_a_spanish_person_reads_spanish(
    app: Flask, world: World, english: list[str], who: str, pages: tuple[str, ...]
) -> None:
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) + timedelta(days=2)
    booked(app, world.northlight, "member", "Fern", Span(noon, noon + timedelta(hours=1)))
    reader = Visitor(app, world.northlight)
    reader.sign_in(who)
    for page in pages[:2]:
        assert _english_on(reader.get(page).text, english), (
            f"{page} shows nothing that this test would notice"
        )
    change(app, world.northlight, Person, world.northlight.people[who], locale="es")
    for page in pages:
        answer = reader.get(page, headers={"Accept-Language": "en-GB,en"})
        assert '<html lang="es" dir="ltr"' in answer.text, page
        assert _english_on(answer.text, english) == [], page


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("page", ["/login", "/password/forgotten"])
def test_a_spanish_browser_signs_in_in_spanish(
    app: Flask, world: World, english: list[str], page: str
) -> None:
    visitor = Visitor(app, world.northlight)
    assert _english_on(visitor.get(page).text, english)
    answer = visitor.get(page, headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"})
    assert '<html lang="es"' in answer.text
    assert _english_on(answer.text, english) == []


# --- whose language --------------------------------------------------------------------------------------------------


@pytest.fixture
def visitor(app: Flask, world: World) -> Visitor:
    return Visitor(app, world.northlight)


def _language(visitor: Visitor, accepted: str = "", page: str = "/login") -> str:
    found = re.search(r'<html lang="([^"]+)"', visitor.get(page, headers={"Accept-Language": accepted}).text)
    assert found
    return found[1]


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [
        ("", "en"),
        ("es", "es"),
        ("es-419", "es"),
        ("de,es;q=0.5", "es"),
        ("de", "en"),
        ("en-US,es;q=0.9", "en"),
        ("es-MX,en;q=0.8", "es"),
        ("es;q=0,en", "en"),
        (";;", "en"),
    ],
)
def test_a_browser_is_answered_in_its_language(visitor: Visitor, accepted: str, spoken: str) -> None:
    assert _language(visitor, accepted) == spoken


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_visitor_chooses_on_the_sign_in_page(visitor: Visitor) -> None:
    assert 'lang="es">Español</button>' in visitor.get("/login").text
    answer = visitor.post("/language", {"language": "es", "next": "/bookings/mine"})
    assert (answer.status_code, answer.location) == (303, "/login?next=/bookings/mine")
    assert _language(visitor, "en") == "es"
    assert 'lang="en">English</button>' in visitor.get("/login").text
    visitor.sign_in("member")
    assert _language(visitor, "en", "/account") == "es"
    visitor.post("/logout", form="/account")
    assert _language(visitor, "en") == "es"


@pytest.mark.parametrize("engine", ["sqlite"])
@pytest.mark.parametrize("chosen", ["", "xx", "es\0", "../es"])
def test_a_language_we_do_not_speak_is_refused(visitor: Visitor, chosen: str) -> None:
    assert visitor.post("/language", {"language": chosen}).status_code == 400
    assert _language(visitor) == "en"


@pytest.mark.parametrize("engine", ["sqlite"])
def test_choosing_leads_nowhere_else(visitor: Visitor) -> None:
    answer = visitor.post("/language", {"language": "es", "next": "https://evil.example/"})
    assert answer.location == "/login"


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_persons_own_choice_stands_above_the_browsers(visitor: Visitor, app: Flask, world: World) -> None:
    visitor.post("/language", {"language": "es"})
    visitor.sign_in("member")
    assert _language(visitor, "en", "/account") == "es"
    change(app, world.northlight, Person, world.northlight.people["member"], locale="en")
    assert _language(visitor, "es", "/account") == "en"


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_space_speaks_its_own_language_to_strangers(visitor: Visitor, app: Flask, world: World) -> None:
    change(app, world.northlight, Tenant, world.northlight.id, locale="es")
    assert _language(visitor, "de") == "es"
    assert "Iniciar sesión" in visitor.get("/login", headers={"Accept-Language": "de"}).text
    assert _language(visitor, "de", "/nothing-here") == "es"
    assert _language(visitor, "en") == "en"


# --- formats ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def formats() -> Iterator[None]:
    """The formats alone, with neither tenant nor database."""
    app = Flask(language.__name__.partition(".")[0])
    babel.init_app(app, locale_selector=None)
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("locale", "amounts"),
    [
        ("en", ["£10.20", "€1,234.50", "¥500"]),
        ("es", ["10,20 £", "1.234,50 €", "500 ¥"]),
    ],
)
def test_money_reads_as_the_reader_writes_it(formats: None, locale: str, amounts: list[str]) -> None:
    money = (Money(1020, "GBP"), Money(123450, "EUR"), Money(500, "JPY"))
    with force_locale(locale):
        said = [wording.money(each).replace("\xa0", " ").replace("JP¥", "¥") for each in money]
        assert said == amounts


@pytest.mark.parametrize(
    ("locale", "ahead", "label", "inside"),
    [
        ("en", 0, "Today", "today"),
        ("en", 3, "Friday", "Friday"),
        ("en", 7, "Tue 1 Dec", "Tue 1 Dec"),
        ("en", 40, "Sun 3 Jan 2027", "Sun 3 Jan 2027"),
        ("es", 0, "Hoy", "hoy"),
        ("es", -1, "Ayer", "ayer"),
        ("es", 1, "Mañana", "mañana"),
        ("es", 3, "Viernes", "el viernes"),
        ("es", 7, "Mar 1 dic", "el mar 1 dic"),
        ("es", 40, "Dom 3 ene 2027", "el dom 3 ene 2027"),
    ],
)
def test_a_day_reads_as_people_say_it(
    formats: None, locale: str, ahead: int, label: str, inside: str
) -> None:
    day = TODAY + timedelta(days=ahead)
    with force_locale(locale):
        assert (wording.day(day, TODAY), wording.day_inside(day, TODAY)) == (label, inside)


def test_dates_follow_the_language(formats: None) -> None:
    with force_locale("en"):
        assert (wording.long_day(TODAY), wording.day_and_month(TODAY)) == (
            "Tuesday 24 November",
            "24 November",
        )
    with force_locale("es"):
        assert (wording.long_day(TODAY), wording.day_and_month(TODAY)) == (
            "Martes 24 de noviembre",
            "24 de noviembre",
        )
        assert (wording.weekday(TODAY), wording.short_day(TODAY)) == ("Martes", "mar 24 nov")
        assert wording.city("Europe/London") == "Londres"


@pytest.mark.parametrize("locale", ["en", "es"])
def test_lengths_are_short_in_every_language(formats: None, locale: str) -> None:
    with force_locale(locale):
        assert [wording.minutes(each) for each in (45, 60, 90, 1500)] == [
            "45 min",
            "1 h",
            "1 h 30 min",
            "25 h",
        ]


# --- right to left ---------------------------------------------------------------------------------------------------


@pytest.fixture
def mirrored(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The portal as somebody reads it whose language runs from the right; its words stay English."""
    monkeypatch.setattr(app.extensions["babel"], "locale_selector", lambda: "ar")
    assert Locale("ar").text_direction == "rtl"
    return app


def _sideways(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.journey
@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_layout_stands_mirrored(
    mirrored: Flask, world: World, browser: Browser, live_server: str
) -> None:
    for shape, who in ((PHONE, "member"), (PHONE, "owner"), (DESKTOP, "owner")):
        with new_page(browser, live_server, shape) as page:
            sign_in_browser(mirrored, page.context, live_server, world.northlight, who)
            for address in MEMBERS_PAGES + (STAFF_PAGES if who == "owner" else ()):
                page.goto(address)
                assert page.locator("html").get_attribute("dir") == "rtl", address
                assert _sideways(page) <= 0, f"{address} scrolls sideways at {shape['viewport']}"
            rail = page.locator(".rail").bounding_box() if shape is DESKTOP else None
            assert shape is PHONE or (rail and rail["x"] + rail["width"] == shape["viewport"]["width"])


@pytest.mark.parametrize(("locale", "many"), [("en", "12,040"), ("es", "12.040")])
def test_a_count_has_the_separators_of_its_reader(app: Flask, locale: str, many: str) -> None:
    sentence = ("%(num)s person", "%(num)s people")
    with app.test_request_context(), force_locale(locale):
        assert format_number(999) == "999"
        assert format_number(12_040) == many
        assert ngettext(*sentence, 12_040).startswith(f"{many} ")
        template = current_app.jinja_env.from_string(
            "{{ n|number }} / {{ ngettext('%(num)s person', '%(num)s people', n) }}"
        )
        said = template.render(n=12_040)
        assert said.startswith(f"{many} / {many} ")
        assert template.render(n=1).startswith("1 / 1 ")
