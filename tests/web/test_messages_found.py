"""The line that a search shows of a message: what was looked for is in sight."""

import pytest

from app.blueprints.messages.found import Excerpt, excerpt

_LONG = "Could somebody explain how the labels are printed, since the cutter is free on Thursday"


@pytest.mark.parametrize(
    ("body", "words", "expected"),
    [
        ("The second", "second", Excerpt("The ", "second", "")),
        ("Two\n\nlines", "lines", Excerpt("Two ", "lines", "")),
        (
            _LONG,
            "cutter",
            Excerpt("…printed, since the ", "cutter", " is free on Thursday"),
        ),
        ("Söhne & Crème", "creme", Excerpt("Söhne & ", "Crème", "")),
        ("both of them", "them both", Excerpt("", "both", " of them")),
        ("Straße", "strasse", Excerpt("Straße", "", "")),
        ("x" * 60 + "needle", "needle", Excerpt("x" * 60, "needle", "")),
        ("nothing of it", "", Excerpt("nothing of it", "", "")),
    ],
)
def test_the_line_begins_shortly_before_the_first_hit(body: str, words: str, expected: Excerpt) -> None:
    assert excerpt(body, words) == expected


@pytest.mark.parametrize("words", ["cutter", "explain", "thursday"])
def test_nothing_but_the_beginning_is_left_out(words: str) -> None:
    shown = excerpt(_LONG, words)
    assert _LONG.endswith((shown.before + shown.hit + shown.after).removeprefix("…"))
