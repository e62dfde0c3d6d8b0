"""Rates as one column of text, so that a catalogue has all of them from the statement that it is read with anyway."""

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from datetime import date
from functools import reduce
from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, case, func, literal
from sqlalchemy import cast as sql_cast

from app.domain.booking.rates import Conditions, Tariff
from app.models import Rate
from app.models.base import table_of
from app.models.rate import RateUnit
from app.sections import Audience

RATE = table_of(Rate)
_BETWEEN = ";"
_AMOUNTS = ("unit", "step_minutes", "minimum_minor", "cap_minor", "fixed_minutes", "fixed_minor", "always")
NAMED = ("plan_ids", "team_ids")
"""Of the conditions, those that have rows of their own."""
CONDITIONS = tuple(field.name for field in fields(Conditions) if field.name not in NAMED)
"""Those that are columns of a rate."""
_READ: dict[str, Callable[[str], Any]] = {
    "unit": RateUnit,
    "always": lambda said: said == "1",
    "named_only": lambda said: said == "1",
    "audience": Audience,
    "first_day": date.fromisoformat,
    "last_day": date.fromisoformat,
}
"""How a term is read that is no whole number."""


def _text(name: str) -> ColumnElement[str]:
    column = RATE.c[name]
    if isinstance(column.type, Boolean):
        return case((column, "1"), else_="0")
    return func.coalesce(sql_cast(column, String), "")


TERMS: ColumnElement[str] = reduce(
    lambda text, piece: text + literal(_BETWEEN, String) + piece, map(_text, (*_AMOUNTS, *CONDITIONS))
)
"""Everything about a rate but its name, its amount and its place among the others."""


def tariff_of(name: str, amount_minor: int, terms: str) -> Tariff:
    """The rate of a name, an amount and the text of its other terms."""
    pieces = zip((*_AMOUNTS, *CONDITIONS), terms.split(_BETWEEN), strict=True)
    return _tariff(
        name, amount_minor, {each: _READ.get(each, int)(text) if text else None for each, text in pieces}
    )


def tariff(rate: Rate) -> Tariff:
    """A rate of which the whole row is in hand, for whoever is on no plan and in no team that it names."""
    said = {each: getattr(rate, each) for each in (*_AMOUNTS, *CONDITIONS)}
    return _tariff(rate.name, rate.amount_minor, said)


def for_named(tariff: Tariff, plan_ids: Iterable[int], team_ids: Iterable[int]) -> Tariff:
    """The rate with the plans and teams that it names."""
    if tariff.conditions is None:
        return tariff
    named = replace(tariff.conditions, plan_ids=frozenset(plan_ids), team_ids=frozenset(team_ids))
    return replace(tariff, conditions=named)


def _tariff(name: str, amount_minor: int, said: dict[str, Any]) -> Tariff:
    conditions = Conditions(**{each: said[each] for each in CONDITIONS})
    amounts = {each: said[each] for each in _AMOUNTS}
    limits = None if conditions == Conditions() else conditions
    return Tariff(name=name, amount_minor=amount_minor, conditions=limits, **amounts)
