"""The rows of a catalogue's facts, each kind in the form in which it is used."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Row

from app.domain.booking.calendar import ClosedDays, WeeklyHours
from app.domain.booking.house_rules.terms import Rule, read_terms
from app.domain.booking.quotes import Discount
from app.domain.booking.rate_facts import for_named, tariff_of
from app.domain.booking.rates import Tariff, standard


def best_of(found: Iterable[tuple[int | None, Discount]]) -> dict[int | None, Discount]:
    """The greatest discount of each type of resource, and by None of all of them."""
    best: dict[int | None, Discount] = {}
    for type_id, each in found:
        if type_id not in best or each.hundredths > best[type_id].hundredths:
            best[type_id] = each
    return best


class Facts:
    """Collects the rows of `FACTS`, each kind into the form in which it is used."""

    def __init__(self) -> None:
        self.hours: defaultdict[int | None, list[WeeklyHours]] = defaultdict(list)
        self.closures: defaultdict[int | None, list[ClosedDays]] = defaultdict(list)
        self.amenities: defaultdict[int, list[tuple[int, int, str, str]]] = defaultdict(list)
        self.plans: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        self.teams: defaultdict[int, set[int]] = defaultdict(set)
        self.parts: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        self.type_rates: defaultdict[int, list[tuple[int, int, Tariff]]] = defaultdict(list)
        self.own_rates: defaultdict[int, list[tuple[int, int, Tariff]]] = defaultdict(list)
        self.my_plans: set[int] = set()
        self.my_discounts: list[tuple[int | None, Discount]] = []
        self.has_discounts = False
        self.my_teams: set[int] = set()
        self._rules: list[Row[*tuple[Any, ...]]] = []
        self._named: defaultdict[tuple[int, str], set[int]] = defaultdict(set)
        self._named_in_rates: defaultdict[tuple[int, str], set[int]] = defaultdict(set)

    def take(self, fact: Row[*tuple[Any, ...]]) -> None:
        kind, of, a, b, c, x, y, z = fact
        if kind == "amenity":
            self.amenities[of].append((b, a, x, y))
        elif kind == "hours":
            self.hours[of].append(WeeklyHours(a, b, c))
        elif kind == "closure":
            self.closures[of].append(ClosedDays(date.fromisoformat(x), date.fromisoformat(y), bool(a), z))
        elif kind == "part":
            self.parts[of].append((a, b))
        elif kind in {"plan", "team"}:
            self._take_audience(fact)
        elif kind in {"rule", "named", "named in rate"}:
            self._take_rule(fact)
        else:
            self._take_price(fact)

    def _take_audience(self, fact: Row[*tuple[Any, ...]]) -> None:
        kind, of, named_id, mine, _c, name, *_rest = fact
        if kind == "plan":
            self.plans[of].append((named_id, name))
        else:
            self.teams[of].add(named_id)
        if mine:
            (self.my_plans if kind == "plan" else self.my_teams).add(named_id)

    def closed_days(self) -> dict[int | None, list[ClosedDays]]:
        """By resource, and by None for the place. What is made of several is closed where one of them is."""
        found = {of: list(closures) for of, closures in self.closures.items()}
        for whole, parts in self.parts.items():
            for part, _ in parts:
                if part in self.closures:
                    found.setdefault(whole, []).extend(self.closures[part])
        return found

    def _take_price(self, fact: Row[*tuple[Any, ...]]) -> None:
        kind, of, a, b, c, x, y, _ = fact
        if kind == "type rate":
            self.type_rates[of].append((a, b, tariff_of(x, c, y)))
        elif kind == "rate":
            self.own_rates[of].append((a, b, tariff_of(x, c, y)))
        elif kind == "discount":
            self.my_discounts.append((of, Discount(a, x)))
        else:
            self.has_discounts = a > 0

    def _take_rule(self, fact: Row[*tuple[Any, ...]]) -> None:
        kind, of, named_id, mine, _c, name, *_rest = fact
        if kind == "rule":
            self._rules.append(fact)
            return
        (self._named if kind == "named" else self._named_in_rates)[of, name].add(named_id)
        if mine:
            (self.my_plans if name == "plan" else self.my_teams).add(named_id)

    def tariffs(self, row: Row[*tuple[Any, ...]]) -> tuple[Tariff, ...]:
        """What prices a resource: a price or rates of its own stand in place of its type's rates."""
        own = self.own_rates.get(row.id, ())
        of_type = () if own or row.hourly_minor is not None else self.type_rates.get(row.resource_type_id, ())
        hourly = row.type_hourly if row.hourly_minor is None else row.hourly_minor
        cap = row.type_cap if row.cap_minor is None else row.cap_minor
        rates = sorted((*own, *of_type), key=lambda each: each[:2])
        return (*(self._named_tariff(*each[1:]) for each in rates), *standard(hourly, cap))

    def _named_tariff(self, rate_id: int, tariff: Tariff) -> Tariff:
        found = self._named_in_rates
        return for_named(tariff, found.get((rate_id, "plan"), ()), found.get((rate_id, "team"), ()))

    def all_parts(self, resource_id: int) -> tuple[tuple[int, int], ...]:
        """Parts, and parts of parts; a part that is listed twice counts once."""
        found: dict[int, int] = {}
        waiting = list(self.parts.get(resource_id, ()))
        while waiting:
            part_id, units = waiting.pop()
            if part_id not in found and part_id != resource_id:
                found[part_id] = units
                waiting.extend(self.parts.get(part_id, ()))
        return tuple(sorted(found.items()))

    def rules(self) -> tuple[Rule, ...]:
        """In the operator's order."""
        return tuple(self._rule(*row[1:]) for row in sorted(self._rules, key=lambda row: (row[2], row[1])))

    def _rule(
        self,
        rule_id: int,
        position: int,
        stops: int,
        location_id: int | None,
        name: str,
        sentence: str,
        text: str,
    ) -> Rule:
        terms = read_terms(json.loads(text))
        whom = (self._named.get((rule_id, each), ()) for each in ("plan", "team", "person"))
        return Rule(
            id=rule_id,
            number=position + 1,
            name=name,
            sets=terms.sets,
            sentence=sentence,
            location_id=location_id,
            rooms=terms.rooms,
            room_ids=frozenset(self._named.get((rule_id, "room"), ())),
            whom=terms.whom,
            whom_ids=frozenset().union(*whom),
            when=terms.when,
            stop_here=bool(stops),
        )
