"""When and where a pass holds, in the reader's words."""

from collections.abc import Mapping
from itertools import groupby

from flask_babel import gettext as _

from app.domain.passes.fitting import Terms
from app.kernel.walltime import day_on, minute_face
from app.web import wording


def terms_words(terms: Terms, places: Mapping[int, str]) -> list[str]:
    """`Monday 09:00 – 13:00`, `At North Dock`; `places` are the names of those that are run."""
    found = []
    for weekday, windows in groupby(terms.windows, lambda each: each.weekday):
        day = wording.weekday(day_on(weekday))
        spans = (f"{minute_face(each.opens)} – {minute_face(each.closes)}" for each in windows)
        found.append(f"{day} {', '.join(spans)}")
    names = [name for place_id, name in places.items() if place_id in terms.places]
    if names:
        found.append(_("At %(place)s", place=", ".join(names)))
    return found or [_("At any time, everywhere")]
