"""The promise of theming: whatever colours come in, everything can be read."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.theming.errors import ColourRefused
from app.theming.palette import (
    PAIRS,
    Palette,
    contrast,
    derive,
    failures,
    parse_colour,
    report,
)

DIFFICULT = {
    "yellow": "#ffe600",
    "lime": "#c6ff00",
    "white": "#ffffff",
    "silver": "#c0c0c0",
    "middle grey": "#808080",
    "black": "#000000",
    "ink": "#0d0d0f",
    "neon green": "#39ff14",
    "neon pink": "#ff10f0",
    "cyan": "#00ffff",
    "red": "#e60023",
    "navy": "#000080",
    "cream": "#fff8dc",
}

colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


def _linear(channel: int) -> float:
    share = channel / 255
    return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4


def _wcag_ratio(one: str, other: str) -> float:
    """The formula of WCAG 2.2, written out, so that the promise does not rest on the code it tests."""
    levels = []
    for colour in (one, other):
        red, green, blue = (_linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
        levels.append(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    return (max(levels) + 0.05) / (min(levels) + 0.05)


def _assert_everything_reads(palette: Palette) -> None:
    assert failures(palette) == []
    for scheme in (palette.light, palette.dark):
        for pair in PAIRS:
            ratio = _wcag_ratio(scheme[pair.foreground], scheme[pair.ground])
            assert ratio >= pair.minimum - 0.001, (pair, ratio)


@settings(max_examples=600, deadline=None)
@given(primary=colours, on_primary=st.none() | colours)
@example(primary="#ffe600", on_primary="#ffffff")
@example(primary="#c6ff00", on_primary="#ff00ff")
@example(primary="#ffffff", on_primary="#ffffff")
@example(primary="#000000", on_primary="#000000")
@example(primary="#000000", on_primary="#7a7a7a")
@example(primary="#fff8dc", on_primary="#6b6b6b")
@example(primary="#39ff14", on_primary=None)
@example(primary="#e60023", on_primary="#e60023")
def test_any_two_colours_give_a_palette_in_which_every_pair_reads(
    primary: str, on_primary: str | None
) -> None:
    _assert_everything_reads(derive(primary, on_primary))


@pytest.mark.parametrize("primary", DIFFICULT.values(), ids=DIFFICULT.keys())
def test_a_difficult_brand_reads_in_both_schemes(primary: str) -> None:
    _assert_everything_reads(derive(primary))


def test_failures_names_a_pair_that_does_not_read() -> None:
    good = derive("#1f5c4d")
    bad = Palette(good.primary, None, {**good.light, "muted": "#cccccc"}, good.dark)
    assert {(failure.scheme, failure.pair.foreground) for failure in failures(bad)} == {("light", "muted")}


def test_both_schemes_have_the_same_roles_and_every_pair_names_two_of_them() -> None:
    palette = derive("#1f5c4d")
    assert palette.light.keys() == palette.dark.keys()
    assert {role for pair in PAIRS for role in pair[:2]} <= palette.light.keys()


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff")


def test_a_brand_that_reads_is_left_as_it_is() -> None:
    palette = derive("#1f5c4d")
    assert (palette.light["accent"], palette.light["accent-text"]) == ("#1f5c4d", "#1f5c4d")
    assert not report(palette).adjusted


def test_a_yellow_stays_the_fill_under_ink_and_its_links_are_another_shade() -> None:
    palette = derive("#ffe600")
    told = report(palette)
    assert palette.light["accent"] == "#ffe600"
    assert contrast("#000000", palette.light["on-accent"]) < 1.2
    assert palette.light["accent-edge"] != palette.light["accent"]
    assert (told.fill_adjusted, told.links_adjusted) == (False, True)
    assert told.links_by_day.ratio >= 4.5 > contrast("#ffe600", "#ffffff")


def test_an_orange_is_nudged_until_white_reads_on_it() -> None:
    palette = derive("#e2552d")
    assert palette.light["on-accent"] == "#ffffff"
    assert report(palette).fill_adjusted


def test_a_white_brand_works_in_ink_by_day_and_a_black_one_inverts_by_night() -> None:
    assert contrast(derive("#ffffff").light["accent"], "#ffffff") > 12
    assert contrast(derive("#000000").dark["accent"], "#000000") > 12


def test_the_given_text_colour_is_kept_where_it_reads_and_reported_where_it_does_not() -> None:
    kept = derive("#1f5c4d", "#ffe9b0")
    assert kept.light["on-accent"] == "#ffe9b0"
    assert not report(kept).text_refused
    refused = derive("#ffe600", "#ffffff")
    assert refused.light["on-accent"] != "#ffffff"
    assert report(refused).text_refused


def test_a_red_brand_and_a_refusal_do_not_look_the_same() -> None:
    assert derive("#1f5c4d").light["critical"] != derive("#e60023").light["critical"]


@pytest.mark.parametrize(
    ("typed", "colour"), [("#1F5C4D", "#1f5c4d"), ("fa0", "#ffaa00"), (" #FFF ", "#ffffff")]
)
def test_a_colour_is_read_as_people_type_it(typed: str, colour: str) -> None:
    assert parse_colour(typed) == colour


@pytest.mark.parametrize(
    "typed",
    ["", "#", "#12", "#1234", "#12345678", "red", "rgb(0,0,0)", "#ggg", "#fff;}", "١٢٣", "##fff", "#fff\x00"],
)
def test_it_refuses_what_is_not_a_colour(typed: str) -> None:
    with pytest.raises(ColourRefused):
        parse_colour(typed)
    with pytest.raises(ColourRefused):
        derive("#fff", typed)
