"""Plots drawn as SVG: bars by month, lines by month, and shares of a whole below each other.

They have no styles and no scripts of their own: colours come from the theme through classes (`css/staff/plots.css`), and
each series has a pattern or a dash as well, so that a print in black and white says the same. A plot is an image to a
screen reader, with a title and a description; the numbers stand in a table beside it. Where one reads from the right, time
runs from the right, too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, takewhile

from markupsafe import Markup, escape

WIDTH, HEIGHT = 480, 240
"""Of bars and lines, in the units of the drawing."""
_CLASSES = ("plot-1", "plot-2", "plot-3", "plot-4", "plot-5")
"""What the series wear in their order; so many differ from each other in print."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 8, 12, 26
_ROW, _ROW_BAR = 44, 14
_SHARE_ROOM = 52
_LABELS = 8
"""More labels than so many would run into each other."""
_TICKS = 5
_FULL = 1000


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers of one kind, one for each label; whatever they count."""

    name: str
    values: Sequence[int]


@dataclass(frozen=True, slots=True)
class Plot:
    """What is to be drawn. `key` begins the ids of its parts and is unique in its page."""

    key: str
    title: str
    description: str
    labels: Sequence[str]
    series: Sequence[Series]
    say: Callable[[int], str]
    """A number as the axis has it."""
    rtl: bool = False


def bars(plot: Plot) -> Markup:
    """A column for each label, its series on top of each other; what is below zero hangs below."""
    tops = [sum(max(each.values[at], 0) for each in plot.series) for at in range(len(plot.labels))]
    bottoms = [sum(min(each.values[at], 0) for each in plot.series) for at in range(len(plot.labels))]
    axis = _Axis.over(min(bottoms, default=0), max(tops, default=0))
    step = _step(plot)
    marks = []
    for at in range(len(plot.labels)):
        above = below = 0
        for number, each in enumerate(plot.series, 1):
            value = each.values[at]
            if not value:
                continue
            start = above if value > 0 else below
            above, below = above + max(value, 0), below + min(value, 0)
            ends = sorted((axis.y(start), axis.y(start + value)))
            x = _mirrored(plot, _LEFT + step * (at + 0.15), step * 0.7)
            marks.append(_rect(x, ends[0], step * 0.7, max(ends[1] - ends[0], 1), _fill(plot, number)))
    return _drawing(plot, HEIGHT, [*_axes(plot, axis), *marks, *_below(plot)], patterns=True)


def lines(plot: Plot) -> Markup:
    """A line for each series, with a mark at each of its numbers."""
    values = [value for each in plot.series for value in each.values]
    axis = _Axis.over(min([*values, 0]), max([*values, 0]))
    step = _step(plot)
    marks = []
    for number, each in enumerate(plot.series, 1):
        points = [
            (_mirrored(plot, _LEFT + step * (at + 0.5)), axis.y(value))
            for at, value in enumerate(each.values)
        ]
        path = " ".join(f"{_short(x)},{_short(y)}" for x, y in points)
        marks.append(
            Markup('<polyline class="plot-line {}" points="{}"/>').format(_CLASSES[number - 1], path)
        )
        marks += [
            Markup('<circle class="plot-mark {}" cx="{}" cy="{}" r="3.5"/>').format(
                _CLASSES[number - 1], _short(x), _short(y)
            )
            for x, y in points
        ]
    return _drawing(plot, HEIGHT, [*_axes(plot, axis), *marks, *_below(plot)])


def shares(plot: Plot) -> Markup:
    """A bar for each label that says how much of a whole it is, below each other. Values are thousandths of the whole; a
    bar of more than that is drawn full."""
    (series,) = plot.series
    parts: list[Markup] = []
    room = WIDTH - _SHARE_ROOM
    for at, label in enumerate(plot.labels):
        y = at * _ROW + 20
        length = room * min(max(series.values[at], 0), _FULL) / _FULL
        middle = y + _ROW_BAR - 3
        parts += [
            _text(_mirrored(plot, 0), y - 6, _anchor(plot, "start"), label),
            _rect(_mirrored(plot, 0, room), y, room, _ROW_BAR, Markup('class="plot-empty"')),
            _rect(_mirrored(plot, 0, length), y, length, _ROW_BAR, _fill(plot, 1)),
            _text(_mirrored(plot, WIDTH), middle, _anchor(plot, "end"), plot.say(series.values[at])),
        ]
    return _drawing(plot, max(len(plot.labels), 1) * _ROW, parts, patterns=True)


def legend(plot: Plot, *, lined: bool = False) -> Markup:
    """What each pattern of bars stands for, or each dash of lines; nothing where there is only one."""
    if len(plot.series) == 1:
        return Markup()
    rows = Markup().join(
        Markup("<li>{}{}</li>").format(_key(plot, number, lined=lined), each.name)
        for number, each in enumerate(plot.series, 1)
    )
    return Markup('<ul class="plot-legend">{}</ul>').format(rows)


def _key(plot: Plot, number: int, *, lined: bool) -> Markup:
    inside = (
        Markup('<line class="plot-line {}" x1="0" x2="24" y1="8" y2="8"/>').format(_CLASSES[number - 1])
        if lined
        else _rect(0, 0, 24, 16, _fill(plot, number))
    )
    return Markup(
        '<svg class="plot-key" viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">{}</svg>'
    ).format(inside)


@dataclass(frozen=True, slots=True)
class _Axis:
    """From which number to which, and how far apart its ticks are."""

    low: int
    high: int
    step: int

    @classmethod
    def over(cls, low: int, high: int) -> "_Axis":
        """Round numbers around these and zero."""
        step = _round_step(max(high - low, 1))
        return cls(low // step * step, -(-high // step) * step or step, step)

    def y(self, value: int) -> float:
        room = HEIGHT - _TOP - _BOTTOM
        return _TOP + room * (self.high - value) / (self.high - self.low)

    def ticks(self) -> Iterator[int]:
        return takewhile(lambda tick: tick <= self.high, count(self.low, self.step))


def _round_step(span: int) -> int:
    """1, 2 or 5 times a power of ten, so that a handful of them make the span."""
    power = 1
    while span > 5 * power * _TICKS:
        power *= 10
    return next(factor * power for factor in (1, 2, 5) if span <= factor * power * _TICKS)


def _step(plot: Plot) -> float:
    return (WIDTH - _LEFT - _RIGHT) / max(len(plot.labels), 1)


def _axes(plot: Plot, axis: _Axis) -> Iterator[Markup]:
    for tick in axis.ticks():
        y = _short(axis.y(tick))
        yield Markup('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
            "plot-zero" if tick == 0 else "plot-grid",
            _short(_mirrored(plot, _LEFT)),
            _short(_mirrored(plot, WIDTH - _RIGHT)),
            y,
            y,
        )
        yield _text(_mirrored(plot, _LEFT - 6), axis.y(tick) + 4, _anchor(plot, "end"), plot.say(tick))


def _below(plot: Plot) -> Iterator[Markup]:
    """The labels, or every second or third of them; the last one always."""
    step, last = _step(plot), len(plot.labels) - 1
    every = -(-len(plot.labels) // _LABELS)
    for at, label in enumerate(plot.labels):
        if (last - at) % every == 0:
            yield _text(_mirrored(plot, _LEFT + step * (at + 0.5)), HEIGHT - 8, "middle", label)


def _drawing(plot: Plot, height: int, parts: list[Markup], *, patterns: bool = False) -> Markup:
    return Markup(
        '<svg class="plot" role="img" viewBox="0 0 {width} {height}" direction="ltr" '
        'aria-labelledby="{key}-title {key}-desc"><title id="{key}-title">{title}</title>'
        '<desc id="{key}-desc">{desc}</desc>{patterns}{parts}</svg>'
    ).format(
        width=WIDTH,
        height=height,
        key=plot.key,
        title=plot.title,
        desc=plot.description,
        patterns=_patterns(plot) if patterns else Markup(),
        parts=Markup().join(parts),
    )


# What is drawn over a series' colour: nothing, slanted lines, dots, lines, lines slanted the other way.
_OVER = (
    Markup(),
    Markup('<path class="plot-hatch" d="M-2 2 2-2M0 8 8 0M6 10 10 6"/>'),
    Markup('<circle class="plot-dot" cx="4" cy="4" r="1.6"/>'),
    Markup('<path class="plot-hatch" d="M0 4H8"/>'),
    Markup('<path class="plot-hatch" d="M-2 6 2 10M0 0 8 8M6-2 10 2"/>'),
)


def _patterns(plot: Plot) -> Markup:
    made = Markup().join(
        Markup(
            '<pattern id="{0}-{1}" width="8" height="8" patternUnits="userSpaceOnUse">'
            '<rect class="{2}" width="8" height="8"/>{3}</pattern>'
        ).format(plot.key, number, _CLASSES[number - 1], _OVER[number - 1])
        for number, _series in enumerate(plot.series, 1)
    )
    return Markup("<defs>{}</defs>").format(made)


def _fill(plot: Plot, number: int) -> Markup:
    return Markup('fill="url(#{}-{})"').format(plot.key, number)


def _rect(x: float, y: float, width: float, height: float, look: Markup) -> Markup:
    return Markup('<rect {} x="{}" y="{}" width="{}" height="{}" rx="2"/>').format(
        look, _short(x), _short(y), _short(width), _short(height)
    )


def _text(x: float, y: float, anchor: str, words: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(
        _short(x), _short(y), anchor, escape(words)
    )


def _mirrored(plot: Plot, x: float, width: float = 0) -> float:
    """Where something is, from the side that one reads from."""
    return WIDTH - x - width if plot.rtl else x


def _anchor(plot: Plot, side: str) -> str:
    return {"start": "end", "end": "start"}[side] if plot.rtl else side


def _short(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
