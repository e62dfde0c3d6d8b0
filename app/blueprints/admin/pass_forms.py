"""The form of a kind of pass."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from app.blueprints.admin.answers import same_name
from app.blueprints.admin.opening_forms import HOURS_WORDS, HoursForm
from app.domain.passes.fitting import Window
from app.domain.passes.keeping import PassDetails
from app.domain.spaces.terms import NameTaken, Opening
from app.models import CreditKind
from app.web.attempts import Words, say
from app.web.forms import ChoicesField, SegmentField, TextField, WholeField, options

KINDS = {CreditKind.DAYS: _l("Days"), CreditKind.MINUTES: _l("Hours in the house")}


class PassForm(HoursForm):
    """A week of windows, a line a day, beside the pass's own fields; what is made already has no `kind`."""

    name = TextField(_l("Name"), longest=80)
    kind = SegmentField(_l("It is of"), choices=options(KINDS.items()), default="days")
    priority = WholeField(_l("Order of use"), least=0, most=9999, default=0)
    place_ids = ChoicesField(_l("Where it holds"))

    def __init__(
        self, places: Iterable[tuple[int, str]], known: PassDetails | None = None, **kwargs: Any
    ) -> None:
        windows = () if known is None else known.windows
        openings = [Opening(each.weekday, each.opens, each.closes) for each in windows]
        super().__init__(openings, obj=known, **kwargs)
        self.place_ids.choices = options(places)

    def details(self) -> PassDetails:
        windows = tuple(Window(each.weekday, each.opens, each.closes) for each in self.openings())
        return PassDetails(
            self.name.data,
            CreditKind(self.kind.data),
            self.priority.data,
            windows,
            tuple(sorted(self.place_ids.data or ())),
        )


PASS_WORDS: Words = {NameTaken: say("name", same_name), **HOURS_WORDS}
