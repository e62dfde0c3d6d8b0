"""What the units of a resource are called."""

from collections.abc import Sequence

UnitName = str | int
"""What the house calls it, or else its number, from 1."""


def unit_name(names: Sequence[str] | None, unit: int) -> UnitName:
    """Of the unit at that place, from 0."""
    return names[unit] if names and unit < len(names) else unit + 1


def unit_names(
    units: int, names: Sequence[str] | None, unit_numbers: Sequence[int] | None
) -> tuple[UnitName, ...]:
    """Of those that a booking has, in order; none where the resource has but one, or nobody wrote it down."""
    return tuple(unit_name(names, number) for number in unit_numbers or ()) if units > 1 else ()
