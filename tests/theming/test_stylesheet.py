import re

import pytest

from app.theming.errors import ColourRefused, FontRefused, RadiusRefused
from app.theming.palette import derive
from app.theming.stylesheet import FONTS, RADII, Theme, manifest_colours, properties, render, theme_colours


def test_it_is_one_small_rule_in_the_theme_layer() -> None:
    css = render(Theme("#1f5c4d"))
    assert css.startswith("@layer theme{:root{")
    assert css.endswith("}}\n")
    assert len(css.encode()) <= 3_000
    assert css.count("{") == css.count("}") == 2


def test_every_role_carries_both_schemes() -> None:
    palette = derive("#e2552d")
    css = render(Theme("#e2552d"))
    for role, light in palette.light.items():
        assert f"--{role}:light-dark({light},{palette.dark[role]});" in css
    assert len(re.findall(r"light-dark\(", css)) == len(palette.light)


def test_the_same_choices_say_the_same() -> None:
    assert render(Theme("#1F5C4D")) == render(Theme("#1f5c4d"))
    assert render(Theme("#1f5c4e")) != render(Theme("#1f5c4d"))


@pytest.mark.parametrize("font", FONTS)
@pytest.mark.parametrize("radius", RADII)
def test_it_takes_every_font_and_radius_of_the_lists(font: str, radius: str) -> None:
    given = properties(Theme("#1f5c4d", font=font, radius=radius))
    assert given["--font"] == FONTS[font]
    assert given["--r"] == f"{RADII[radius]}px"
    assert len(render(Theme("#1f5c4d", font=font, radius=radius))) <= 3_000


def test_it_refuses_a_font_a_radius_and_a_colour_off_the_lists() -> None:
    with pytest.raises(FontRefused):
        Theme("#1f5c4d", font="Comic Sans;}")
    with pytest.raises(RadiusRefused):
        Theme("#1f5c4d", radius="99")
    with pytest.raises(ColourRefused):
        Theme("#1f5c4d;}")


def test_the_browser_bar_and_the_splash_continue_the_page() -> None:
    palette = derive("#1f5c4d")
    assert theme_colours(palette) == (palette.light["surface"], palette.dark["surface"])
    assert manifest_colours(palette).background == palette.light["surface"]
