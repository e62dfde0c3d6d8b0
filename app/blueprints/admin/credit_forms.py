"""The form by which staff give somebody credit or take it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.credits.granting import ChangeCredit
from app.domain.credits.terms import MOST_DAYS, NOTE_LENGTH, BadCredit, Holder, NotEnoughCredit
from app.domain.passes.choices import PassChoice
from app.domain.plans.benefits import PASSES
from app.kernel.walltime import day_bounds
from app.models import CreditKind
from app.web import credit_words
from app.web.attempts import Words
from app.web.forms import (
    ChoiceField,
    ChoicesField,
    DayField,
    DecimalField,
    Form,
    MoneyField,
    RequestKeyField,
    SegmentField,
    TextField,
    WholeField,
    id_or_none,
    options,
)

_MINUTES_OF_A_TENTH = 6


class Way(StrEnum):
    GIVE = "give"
    TAKE = "take"


_WAYS = {Way.GIVE: _l("Give"), Way.TAKE: _l("Take away")}
_KINDS = {
    CreditKind.TIME: _l("Hours of rooms"),
    CreditKind.MONEY: _l("Money to book with"),
    CreditKind.DAYS: _l("Day passes"),
    CreditKind.MINUTES: _l("Hours in the house"),
}

_AMOUNTS = {
    CreditKind.TIME: "tenths",
    CreditKind.MONEY: "money_minor",
    CreditKind.DAYS: "days",
    CreditKind.MINUTES: "tenths",
}
_IN_TENTHS = (CreditKind.TIME, CreditKind.MINUTES)


class CreditForm(Form):
    way = SegmentField(_l("What to do"), choices=options(_WAYS.items()), default="give")
    kind = SegmentField(_l("Of what"), choices=options(_KINDS.items()), default="time")
    tenths = DecimalField(_l("Hours"), places=1, most=100_000, required=False)
    type_ids = ChoicesField(_l("In which rooms"))
    money_minor = MoneyField(_l("Amount"), required=False)
    days = WholeField(_l("Days"), least=1, most=MOST_DAYS, required=False)
    pass_type_id = ChoiceField(_l("Which pass"), coerce=id_or_none)
    until = DayField(_l("Last day"), required=False)
    note = TextField(_l("Reason"), longest=NOTE_LENGTH)
    request_key = RequestKeyField()

    def __init__(self, types: Iterable[tuple[int, str]], passes: Iterable[PassChoice], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.type_ids.choices = options(types)
        known = [(each.id, each.name) for each in passes if not each.retired]
        self.pass_type_id.choices = options(known, empty=_("At any time, everywhere"))

    @property
    def gives(self) -> bool:
        return bool(self.way.data == Way.GIVE)

    def to_command(self, holder: Holder, tz: ZoneInfo) -> ChangeCredit:
        kind = CreditKind(self.kind.data)
        return ChangeCredit(
            holder,
            kind,
            (self[self._amount].data or 0) * (_MINUTES_OF_A_TENTH if kind in _IN_TENTHS else 1),
            tuple(sorted(self.type_ids.data or ())) if self._asks_types(kind) else (),
            self.note.data,
            self._expires_at(tz),
            self.request_key.key,
            self.pass_type_id.data if kind in PASSES else None,
        )

    def _asks_types(self, kind: CreditKind) -> bool:
        """Money is taken wherever it is for."""
        return kind is CreditKind.TIME or (kind is CreditKind.MONEY and self.gives)

    def _expires_at(self, tz: ZoneInfo) -> datetime | None:
        return None if self.until.data is None else day_bounds(self.until.data, tz)[1]

    def words(self) -> Words:
        return {BadCredit: self._explain_fault, NotEnoughCredit: self._explain_left}

    def _explain_fault(self, refusal: BadCredit) -> tuple[str, str]:
        if refusal.field == "amount":
            return self._amount, _("Say how much.")
        if refusal.field == "until":
            return "until", _("A day from today on.")
        if refusal.field == "pass_type_id":
            return "pass_type_id", _("This pass is of the other kind: days, or hours.")
        if refusal.field == "note":
            return "note", _("This is needed.")
        if self.gives:
            return "type_ids", _("Choose the rooms that the hours are for.")
        return "type_ids", _("Choose one kind of room to take hours of.")

    def _explain_left(self, refusal: NotEnoughCredit) -> tuple[str, str]:
        left = credit_words.amount(CreditKind(self.kind.data), refusal.left)
        return self._amount, _("They have %(amount)s of it.", amount=left)

    @property
    def _amount(self) -> str:
        return _AMOUNTS[CreditKind(self.kind.data)]
