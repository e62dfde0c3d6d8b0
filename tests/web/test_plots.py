"""Plots: their parts stand where the numbers say, they can be read without being seen, and nothing in them is styled or run."""

import re
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from app.web.plots import HEIGHT, WIDTH, Plot, Series, bars, legend, lines, shares

SVG = "{http://www.w3.org/2000/svg}"


def _plot(*values: tuple[int, ...], rtl: bool = False, labels: tuple[str, ...] | None = None) -> Plot:
    count = len(values[0]) if values else 0
    series = [Series(f"Series <{number}>", each) for number, each in enumerate(values, 1)]
    names = labels or tuple(f"L{at}" for at in range(count))
    return Plot("key", "A & B", "What <it> shows", names, series, str, rtl)


def _read(svg: str) -> Any:
    return fromstring(str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def _columns(svg: str) -> list[tuple[float, float, float]]:
    """Where columns begin, and from where to where they reach."""
    return [
        (float(each.get("x", "")), float(each.get("y", "")), float(each.get("height", "")))
        for each in _read(svg).findall(f"{SVG}rect")
        if each.get("fill")
    ]


@pytest.mark.parametrize("draw", [bars, lines])
def test_it_is_an_image_with_a_title_and_a_description(draw: object) -> None:
    root = _read((bars if draw is bars else lines)(_plot((1, 2), (3, 4))))
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "key-title key-desc"
    assert [root.findtext(f"{SVG}title"), root.findtext(f"{SVG}desc")] == ["A & B", "What <it> shows"]


@pytest.mark.parametrize("values", [(), (0,), (5, -3, 0, 12), (10**11, 1), (-4, -2)])
def test_nothing_is_drawn_outside(values: tuple[int, ...]) -> None:
    for svg in (bars(_plot(values)), lines(_plot(values)), shares(_plot(values))):
        assert "style" not in svg
        assert "script" not in svg
        height = float(_read(svg).get("viewBox", "").split()[3])
        for each in _read(svg).iter():
            for name, most in (("x", WIDTH), ("cx", WIDTH), ("y", height), ("cy", height)):
                assert 0 <= float(each.get(name, 0)) <= most


def test_columns_are_as_high_as_their_numbers() -> None:
    (first, second, below) = _columns(bars(_plot((100, 50, -50))))
    assert first[2] == pytest.approx(2 * second[2], abs=0.2)
    assert below[2] == pytest.approx(second[2], abs=0.2)
    zero = first[1] + first[2]
    assert below[1] == pytest.approx(zero, abs=0.2)


def test_series_stand_on_each_other() -> None:
    lower, upper = _columns(bars(_plot((100,), (50,))))
    assert lower[0] == upper[0]
    assert upper[1] + upper[2] == pytest.approx(lower[1], abs=0.2)


def test_who_reads_from_the_right_sees_it_from_there() -> None:
    there = [x for x, _y, _height in _columns(bars(_plot((1, 2, 3))))]
    width = (WIDTH - 64) / 3 * 0.7
    back = [x for x, _y, _height in _columns(bars(_plot((1, 2, 3), rtl=True)))]
    assert there == sorted(there)
    assert back == pytest.approx([WIDTH - x - width for x in there], abs=0.2)
    assert 'text-anchor="start"' in bars(_plot((1,), rtl=True))


def test_each_series_differs_without_its_colour() -> None:
    patterns = re.findall(r"<pattern .*?</pattern>", bars(_plot(*[(1,)] * 5)))
    inside = {re.sub(r"key-\d|plot-\d", "", each) for each in patterns}
    assert len(patterns) == len(inside) == 5


def test_a_legend_names_every_series_but_a_single_one() -> None:
    assert "Series &lt;2&gt;" in legend(_plot((1,), (2,)))
    assert legend(_plot((1,), (2,)), lined=True).count("<line") == 2
    assert not legend(_plot((1,)))


def test_many_labels_do_not_run_into_each_other() -> None:
    words = [each.text for each in _read(bars(_plot(tuple(range(36))))).findall(f"{SVG}text")]
    labels = [each for each in words if each and each.startswith("L")]
    assert labels[-1] == "L35"
    assert len(labels) <= 8


def test_more_than_all_is_drawn_full_and_said() -> None:
    svg = shares(_plot((1250, 500), labels=("A", "B")))
    full, half = (
        float(each.get("width", "")) for each in _read(svg).findall(f"{SVG}rect") if each.get("fill")
    )
    assert full == pytest.approx(2 * half, abs=0.2)
    assert ">1250</text>" in svg
    assert float(_read(svg).get("viewBox", "").split()[3]) < HEIGHT
