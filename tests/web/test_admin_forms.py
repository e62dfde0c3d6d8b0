"""What form fields take, and with which sentence they refuse."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import Babel, force_locale
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms.validators import ValidationError

from app.web.forms import (
    ChoiceField,
    ChoicesField,
    ClockField,
    DayField,
    EmailField,
    Form,
    MoneyField,
    SearchField,
    TextField,
    WholeField,
    clean_text,
    id_or_none,
    moment_of,
    money_text,
    options,
    parse_money,
)

EDINBURGH = ZoneInfo("Europe/London")


class _Everything(Form):
    name = TextField("Name", longest=10)
    note = TextField("Note", longest=40, required=False, multiline=True)
    words = SearchField("Search")
    email = EmailField("E-mail", required=False)
    people = WholeField("People", least=1, most=20)
    level = WholeField("Level", least=0, most=9, required=False)
    price = MoneyField("Price", required=False, currency=lambda: "GBP")
    day = DayField("Day", required=False)
    at = ClockField("At", required=False)
    plan = ChoiceField("Plan", choices=options([(7, "Studio")], empty="None"), coerce=id_or_none)
    rooms = ChoicesField("Rooms", choices=options([(1, "Rowan"), (2, "Cedar")]))


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    app = Flask(__name__)
    app.config.update(SECRET_KEY="s", WTF_CSRF_ENABLED=False)
    Babel(app)
    with app.test_request_context(method="POST"), force_locale("en"):
        yield


def _form(**typed: Any) -> _Everything:
    given = {"name": "Rowan", "people": "4", "plan": ""} | typed
    return _Everything(
        MultiDict(
            [
                (key, value)
                for key, values in given.items()
                for value in (values if isinstance(values, list) else [values])
            ]
        )
    )


def _refused(name: str, typed: Any) -> tuple[str, Any]:
    """The sentence with which a field refuses what was typed; every other field must be fine."""
    form = _form(**{name: typed})
    assert not form.validate()
    assert list(form.errors) == [name]
    return str(form[name].errors[0]), form[name]


def test_it_takes_sensible_answers() -> None:
    form = _form(
        name="  Rowan \t Hall ",
        note="one\r\ntwo ",
        email="Ann@Example.com",
        level="",
        price="12.50",
        day="2026-11-24",
        at="14:30",
        plan="7",
        rooms=["1", "2"],
    )
    assert form.validate(), form.errors
    assert form.data == {
        "name": "Rowan Hall",
        "note": "one\ntwo",
        "words": "",
        "email": "Ann@Example.com",
        "people": 4,
        "level": None,
        "price": 1250,
        "day": date(2026, 11, 24),
        "at": time(14, 30),
        "plan": 7,
        "rooms": [1, 2],
    }


@pytest.mark.parametrize("char", ["\0", "\x07", "\x1b", "\u202e", "\u2066", "\u2028", "\ud800", "\uffff"])
def test_it_refuses_characters_that_deceive_and_takes_them_out(char: str) -> None:
    sentence, field = _refused("name", f"Ro{char}wan")
    assert "cannot be shown" in sentence
    assert field._value() == "Rowan"


def test_it_keeps_scripts_and_their_marks() -> None:
    for name in ("Zoë", "Łukasz", "محمد", "सीता", "O’Brien", "\u200fאב", "नि\u200dधि"):
        assert clean_text(name) == name
    assert clean_text("Zoe\u0308") == "Zoë"


def test_it_refuses_a_line_break_in_a_single_line() -> None:
    assert clean_text("one\ntwo", multiline=True) == "one\ntwo"
    with pytest.raises(ValidationError):
        clean_text("one\ntwo")


def test_it_refuses_endless_text_and_keeps_it() -> None:
    sentence, field = _refused("name", "x" * 100_000)
    assert sentence == "100,000 characters are too many; 10 fit."
    assert field._value() == "x" * 100_000


@pytest.mark.parametrize("typed", ["", "   ", "\u00a0"])
def test_it_asks_for_what_is_needed(typed: str) -> None:
    assert _refused("name", typed)[0] == "This is needed."


def test_it_does_not_take_a_file_for_text() -> None:
    assert _refused("name", FileStorage())[0] == "This is needed."


def test_search_words_are_never_refused_for_their_characters() -> None:
    form = _form(words="Ann\0 \u202eByrne")
    assert form.validate()
    assert form.words.data == "Ann Byrne"


@pytest.mark.parametrize(
    "typed",
    [
        "ann",
        "ann@",
        "@x.test",
        "ann@host",
        "a nn@x.test",
        "ann@x..test",
        "a@b@x.test",
        "ann@x.test>",
        "x" * 65 + "@x.test",
    ],
)
def test_it_refuses_what_is_no_email(typed: str) -> None:
    assert "looks like" in _refused("email", typed)[0]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "This is needed."),
        ("four", "Write a whole number, such as 4."),
        ("4.5", "Write a whole number, such as 4."),
        ("٤", "Write a whole number, such as 4."),
        ("9" * 5000, "Write a whole number, such as 4."),
        ("-3", "At least 1."),
        ("0", "At least 1."),
        ("21", "At most 20."),
        ("9" * 18, "At most 20."),
    ],
)
def test_it_refuses_what_is_no_number_of_people(typed: str, sentence: str) -> None:
    said, field = _refused("people", typed)
    assert said == sentence
    assert field._value() == typed


@pytest.mark.parametrize(
    "typed", ["abc", "12.505", "1,2", "-1", "NaN", "Infinity", "1e9", "£5", "1000000.01"]
)
def test_it_refuses_what_is_no_amount(typed: str) -> None:
    _sentence, field = _refused("price", typed)
    assert field._value() == typed


def test_money_is_read_as_the_reader_writes_it() -> None:
    assert parse_money("1,250.5", "GBP") == 125_050
    assert parse_money("500", "JPY") == 500
    with force_locale("es"):
        assert parse_money("12,50", "EUR") == 1250
        assert money_text(1250, "EUR") == "12,50"
        with pytest.raises(ValidationError):
            parse_money("12.50", "EUR")


@pytest.mark.parametrize(
    "typed",
    ["2026-02-30", "2025-02-29", "24/11/2026", "tomorrow", "1999-12-31", "9999-12-31", "2026-11-24\0"],
)
def test_it_refuses_days_that_do_not_exist(typed: str) -> None:
    _refused("day", typed)


@pytest.mark.parametrize("typed", ["24:00", "14:60", "half past two", "1430"])
def test_it_refuses_times_that_do_not_exist(typed: str) -> None:
    assert _refused("at", typed)[0] == "Write a time such as 14:30."


@pytest.mark.parametrize("typed", ["8", "x", "-7", "9" * 40])
def test_it_refuses_what_is_not_on_the_list(typed: str) -> None:
    assert _refused("plan", typed)[0] == "Choose one from the list."
    assert _refused("rooms", ["1", typed])[0] == "Choose from the list."


def test_a_local_time_becomes_a_moment() -> None:
    form = _form(day="2026-07-01", at="14:30")
    assert form.validate()
    assert moment_of(form.day, form.at, EDINBURGH) == datetime(2026, 7, 1, 13, 30, tzinfo=UTC)


def test_a_time_that_the_clocks_skip_is_refused_with_the_next_one() -> None:
    form = _form(day="2026-03-29", at="01:30")
    assert form.validate()
    assert moment_of(form.day, form.at, EDINBURGH) is None
    assert form.errors == {"at": ["The clocks skip 01:30 that night. The next time there is: 02:30."]}


def test_a_time_that_comes_twice_is_refused() -> None:
    form = _form(day="2026-10-25", at="01:30")
    assert form.validate()
    assert moment_of(form.day, form.at, EDINBURGH) is None
    assert "comes twice" in form.at.errors[0]


def test_a_rule_can_speak_at_a_field_or_for_the_whole_form() -> None:
    form = _form()
    assert form.validate()
    form.say("name", "Taken.")
    form.say("", "Not today.")
    assert form.errors == {"name": ["Taken."], "": ["Not today."]}
