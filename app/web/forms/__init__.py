"""What every form is made of: fields that clean what was typed, refuse nonsense with a sentence, and keep the rest.

Field names are short because forms read like lists: `name = TextField(_l("Name"), longest=80)`.
"""

from app.web.forms.base import Form, Label, only_text
from app.web.forms.choices import (
    CheckField,
    ChoiceField,
    ChoicesField,
    SegmentField,
    options,
    text_or_none,
)
from app.web.forms.guests import GuestLinesField
from app.web.forms.ids import id_of, id_or_none
from app.web.forms.keys import RequestKeyField
from app.web.forms.numbers import DecimalField, MoneyField, WholeField, money_text, parse_money, whole_or_none
from app.web.forms.secret import SecretField
from app.web.forms.text import (
    EmailField,
    SearchField,
    TextField,
    clean_text,
    no_address,
    too_long,
    without_forbidden,
)
from app.web.forms.times import (
    EARLIEST,
    LATEST,
    BirthdayField,
    ClockField,
    DayField,
    moment_of,
    parse_clock,
    parse_day,
)

__all__ = [
    "EARLIEST",
    "LATEST",
    "BirthdayField",
    "CheckField",
    "ChoiceField",
    "ChoicesField",
    "ClockField",
    "DayField",
    "DecimalField",
    "EmailField",
    "Form",
    "GuestLinesField",
    "Label",
    "MoneyField",
    "RequestKeyField",
    "SearchField",
    "SecretField",
    "SegmentField",
    "TextField",
    "WholeField",
    "clean_text",
    "id_of",
    "id_or_none",
    "moment_of",
    "money_text",
    "no_address",
    "only_text",
    "options",
    "parse_clock",
    "parse_day",
    "parse_money",
    "text_or_none",
    "too_long",
    "whole_or_none",
    "without_forbidden",
]
