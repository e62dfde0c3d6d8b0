"""In which order people do things in the busy house: by chance, some of it one after the other as people do it; and a tour on
which each verb has something to do."""

from hypothesis import strategies as st

from tests.support.busy.around import PASSING
from tests.support.busy.house import NIGHT
from tests.support.busy.steps import Step
from tests.support.busy.verbs import VERBS


def _numbers(verb: str, **fixed: int) -> st.SearchStrategy[Step]:
    free = {
        "who": st.integers(0, 3),
        "which": st.integers(0, 5),
        "at": st.integers(0, NIGHT + 1),
        "long": st.integers(1, 6),
        "more": st.integers(0, 5),
    }
    known = {name: st.just(value) for name, value in fixed.items()}
    return st.builds(Step, st.just(verb), **{**free, **known})


_HELD = _numbers("hold", who=0, which=0)
_ASKED = _numbers("book", who=0, which=4, at=8)
_BOOKED = _numbers("book", who=0)
_BEGINS = _numbers("one begins", which=0)
_REPEATED = _numbers("repeat", who=0, long=1)
_AT_ONCE = _numbers("book", who=2)
"""By somebody without a plan, who pays at once."""
_UNUSED = (
    _BEGINS,
    _numbers("time passes", more=2),
    _numbers("release no-shows"),
    _numbers("time passes", more=2),
    _numbers("release no-shows"),
    _numbers("time passes", more=0),
    _numbers("end unused"),
)
_SCENES: tuple[tuple[st.SearchStrategy[Step], ...], ...] = (
    (_HELD, _numbers("confirm", who=0, which=0)),
    (_HELD, _numbers("order", who=0, which=0), _numbers("confirm", who=0, which=0)),
    (_HELD, _numbers("release", who=0, which=0)),
    (_HELD, _numbers("time passes", more=2), _numbers("let holds lapse")),
    (_ASKED, _numbers("approve", which=0)),
    (_ASKED, _numbers("decline", which=0)),
    (_ASKED, _BEGINS, _numbers("let requests lapse")),
    (_BOOKED, _numbers("order", who=0, which=0, more=0), _numbers("leave out", who=0, which=0)),
    (_BOOKED, _numbers("expect", who=0, which=0), _numbers("expect no more", who=0, which=0)),
    (_BOOKED, _numbers("move", who=0, which=0), _numbers("cancel", who=0, which=0)),
    (_BOOKED, _BEGINS, _numbers("check in", who=0, which=0), _numbers("extend", who=0, which=0, long=1)),
    (_BOOKED, _BEGINS, _numbers("extend", who=3, which=0), _numbers("end early", who=0, which=0)),
    (_BOOKED, *_UNUSED),
    (
        _numbers("book for somebody", which=2, at=9, long=2),
        _numbers("wait", who=1, at=9, long=2, more=5),
        _numbers("cancel", who=3, which=0),
        _numbers("offer"),
        _numbers("take an offer", who=0, which=0),
    ),
    (_numbers("wait"), _numbers("stop waiting", which=0)),
    (_REPEATED, _numbers("move dates", who=0, which=0, long=1), _numbers("add dates", who=0, which=0, at=2)),
    (_REPEATED, _numbers("pause dates", who=0, which=0), _numbers("add dates", who=0, which=0)),
    (_REPEATED, _numbers("cancel dates", who=0, which=0)),
    (_numbers("close"), _REPEATED, _numbers("open again", which=0)),
    (_numbers("hold", which=5), _numbers("choose a unit", who=0, which=0), _numbers("move", who=0, which=0)),
    (_numbers("hold", who=1, which=3), _numbers("choose a unit", who=0, which=0), _numbers("one more unit")),
    (_numbers("book", who=1, which=1), _numbers("repeat", who=1, which=1), _numbers("move", who=0, which=0)),
    (_AT_ONCE, _numbers("bill"), _numbers("move", who=0, which=0), _numbers("bill")),
    (
        _AT_ONCE,
        _numbers("bill"),
        _numbers("pay", which=0),
        _numbers("cancel", who=3, which=0),
        _numbers("bill"),
    ),
    (_AT_ONCE, _numbers("bill"), _numbers("time passes", more=3), _numbers("cancel unpaid")),
    (
        _AT_ONCE,
        _numbers("order", who=0, which=0, at=1),
        _numbers("bill"),
        _numbers("leave out", who=0, which=0),
    ),
    (_numbers("book for somebody"), _BEGINS, _numbers("run the bills")),
    (_REPEATED, *_UNUSED, *_UNUSED, _numbers("forgive", which=0)),
)


_EVERY = (*_SCENES, *((_numbers(verb),) for verb in sorted(VERBS)))
DAYS = st.lists(st.one_of([st.tuples(*each) for each in _EVERY]), min_size=5, max_size=9).map(
    lambda scenes: [step for scene in scenes for step in scene]
)
"""Steps of a few days, some of them one after the other as people take them."""
MOMENTS = DAYS.map(lambda steps: [step for step in steps if step.verb not in PASSING])
"""The same at a single moment."""

TOUR = [
    Step("hold", which=0, at=14),
    Step("order", at=0),
    Step("leave out"),
    Step("confirm"),
    Step("hold", which=0, at=15),
    Step("release"),
    Step("hold", which=0, at=13),
    Step("time passes", more=2),
    Step("let holds lapse"),
    Step("book", which=4, at=8),
    Step("approve"),
    Step("book", which=4, at=9),
    Step("decline"),
    Step("book", which=0, at=0),
    Step("book", which=4, at=0),
    Step("one begins"),
    Step("let requests lapse"),
    Step("check in"),
    Step("extend", long=1),
    Step("end early"),
    Step("book", who=1, which=1, at=2),
    Step("one begins"),
    Step("time passes", more=2),
    Step("release no-shows"),
    Step("time passes", more=2),
    Step("release no-shows"),
    Step("book for somebody", which=2, at=9),
    Step("wait", who=1, at=9, more=5),
    Step("cancel", who=3),
    Step("offer"),
    Step("take an offer"),
    Step("wait", at=20),
    Step("stop waiting"),
    Step("expect"),
    Step("expect no more"),
    Step("move", at=17, more=2),
    Step("repeat", which=0, at=5, long=1, more=1),
    Step("move dates", long=1, more=2),
    Step("pause dates"),
    Step("add dates"),
    Step("cancel dates"),
    Step("close", which=0, more=1),
    Step("open again"),
    Step("hold", which=5, at=13),
    Step("choose a unit", more=1),
    Step("one more unit"),
    Step("choose when to pay", more=1),
]
"""Each verb once but those of `AFTER`, and each of them has something to do."""

_NOBODY_COMES = [
    Step("one begins"),
    Step("time passes", more=2),
    Step("release no-shows"),
    Step("time passes", more=2),
    Step("release no-shows"),
    Step("time passes"),
    Step("end unused"),
]
BEFORE = [
    Step("repeat", which=0, at=0, long=1, more=2),
    Step("repeat", who=1, which=3, at=2, long=1, more=2),
    Step("book", who=2, which=0, at=18, long=6),
    Step("bill"),
    Step("book for somebody", who=1, which=1, at=4, long=6, more=4),
    *_NOBODY_COMES,
    *_NOBODY_COMES,
    Step("one begins"),
    *_NOBODY_COMES[:-1],
    Step("book", who=2, which=1, at=20, long=4),
]
"""Until Sunday: two series of which nobody came to two dates of the one and to one of the other, what was not paid for a day, and
what is paid now that it is over."""
AFTER = [
    Step("forgive"),
    Step("end unused"),
    Step("cancel unpaid"),
    Step("pay"),
    Step("run the bills"),
]
"""What can be done after `BEFORE`, by each of several at the same moment."""
