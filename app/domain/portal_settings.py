"""What the front desk switches: sections and home elements, for whom and in which order; and the portal's name.

Every verb holds the level, writes what differs, raises the tenant's revision and leaves one audit row, all in the
caller's transaction. It returns False, having written nothing, when things were that way already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record
from app.domain.levels import Level, hold_level
from app.domain.reach import check_within_reach
from app.kernel.errors import NotFound, Refusal
from app.models import HomeElementSetting, SectionSetting
from app.sections import BY_KEY, ELEMENT_BY_KEY, Audience, HomeElement, Section

LONGEST_NAME = 80
LONGEST_SHORT_NAME = 12
"""Characters under an icon before a phone cuts them off."""

_PERSONAL = (Audience.SIGNED_IN, Audience.MEMBERS, Audience.CONTACTS)


class Group(StrEnum):
    """The two lists of things to switch and order."""

    SECTIONS = "sections"
    HOME = "home"

    @property
    def registry(self) -> dict[str, Section] | dict[str, HomeElement]:
        return BY_KEY if self is Group.SECTIONS else ELEMENT_BY_KEY

    def audiences(self, key: str) -> tuple[Audience, ...]:
        """Whom an admin may open an item to; the home page is for people who are signed in."""
        return BY_KEY[key].audiences if self is Group.SECTIONS else _PERSONAL


class UnknownItem(NotFound):
    """No such section or home element."""


class AudienceRefused(Refusal):
    """The item cannot be for that audience; `allowed` are the ones it can be for."""

    def __init__(self, allowed: tuple[Audience, ...]) -> None:
        super().__init__(allowed)
        self.allowed = allowed


class OrderRefused(Refusal):
    """The order does not name every item exactly once: the list was an old one, or not ours."""


class NameRefused(Refusal):
    """The name or the short name is empty or too long; `field` says which."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Own:
    """What a level says about one item itself; None inherits."""

    enabled: bool | None = None
    audience: Audience | None = None
    position: int | None = None


_Setting = SectionSetting | HomeElementSetting


def own_settings(session: Session, group: Group, location_id: int | None) -> dict[str, Own]:
    """What a level says itself, by item; items that it leaves alone are missing."""
    return {
        key: Own(row.enabled, row.audience, row.position)
        for key, row in _rows(session, group, location_id).items()
    }


def switch(
    session: Session, actor: Actor, group: Group, key: str, location_id: int | None, now: datetime, *,
    enabled: bool | None,
) -> bool:  # fmt: skip
    """Switch an item on or off at a level; None inherits. Raises UnknownItem or UnknownLevel."""
    return _change(session, actor, group, key, location_id, now, "switched", enabled=enabled)


def open_to(
    session: Session, actor: Actor, group: Group, key: str, location_id: int | None, audience: Audience | None,
    now: datetime,
) -> bool:  # fmt: skip
    """Say for whom an item is at a level; None inherits. Raises AudienceRefused, UnknownItem or UnknownLevel."""
    _check_item(group, key)
    allowed = group.audiences(key)
    if audience is not None and audience not in allowed:
        raise AudienceRefused(allowed)
    return _change(session, actor, group, key, location_id, now, "opened", audience=audience)


def put_in_order(
    session: Session, actor: Actor, group: Group, location_id: int | None, order: Sequence[str] | None, now: datetime
) -> bool:  # fmt: skip
    """Put all items of a level in this order; None inherits. Raises OrderRefused or UnknownLevel."""
    known = list(group.registry)
    if order is not None and sorted(order) != sorted(known):
        raise OrderRefused
    check_within_reach(actor, location_id)
    level = hold_level(session, location_id)
    rows = _rows(session, group, location_id)
    wanted = dict.fromkeys(known) if order is None else {key: order.index(key) for key in known}
    was = {key: row.position for key, row in rows.items()}
    before, after = changes({key: was.get(key) for key in known}, wanted)
    if not after:
        return False
    for key, position in after.items():
        (rows.get(key) or _new_row(session, group, location_id, key)).position = position
    level.touch()
    _record(session, actor, level, now, f"{group}.ordered", before, after)
    return True


def rename(session: Session, actor: Actor, name: str, short_name: str, now: datetime) -> bool:
    """Change what the portal is called, and what stands under its icon. Raises NameRefused."""
    for field, value, longest in (
        ("name", name, LONGEST_NAME),
        ("short_name", short_name, LONGEST_SHORT_NAME),
    ):
        if not value.strip() or len(value) > longest:
            raise NameRefused(field)
    check_within_reach(actor, None)
    level = hold_level(session, None)
    tenant = level.tenant
    before, after = changes(
        {"name": tenant.name, "short_name": tenant.short_name}, {"name": name, "short_name": short_name}
    )
    if not after:
        return False
    tenant.name, tenant.short_name = name, short_name
    level.touch()
    _record(session, actor, level, now, "portal.renamed", before, after)
    return True


def _check_item(group: Group, key: str) -> None:
    if key not in group.registry:
        raise UnknownItem


def _change(
    session: Session, actor: Actor, group: Group, key: str, location_id: int | None, now: datetime, verb: str,
    **fields: Any,
) -> bool:  # fmt: skip
    _check_item(group, key)
    check_within_reach(actor, location_id)
    level = hold_level(session, location_id)
    row = _rows(session, group, location_id).get(key)
    before, after = changes({name: getattr(row, name, None) for name in fields}, fields)
    if not after:
        return False
    row = row or _new_row(session, group, location_id, key)
    for name, value in after.items():
        setattr(row, name, value)
    level.touch()
    _record(session, actor, level, now, f"{group}.{verb}", {"key": key, **before}, {"key": key, **after})
    return True


def _rows(session: Session, group: Group, location_id: int | None) -> dict[str, _Setting]:
    if group is Group.SECTIONS:
        sections = session.scalars(
            select(SectionSetting).where(SectionSetting.location_id.is_not_distinct_from(location_id))
        )
        return {row.section: row for row in sections}
    elements = session.scalars(
        select(HomeElementSetting).where(HomeElementSetting.location_id.is_not_distinct_from(location_id))
    )
    return {row.element: row for row in elements}


def _new_row(session: Session, group: Group, location_id: int | None, key: str) -> _Setting:
    row: _Setting = (
        SectionSetting(location_id=location_id, section=key)
        if group is Group.SECTIONS
        else HomeElementSetting(location_id=location_id, element=key)
    )
    session.add(row)
    return row


def _record(
    session: Session, actor: Actor, level: Level, now: datetime, action: str, before: dict[str, Any],
    after: dict[str, Any],
) -> None:  # fmt: skip
    record(
        session, now, actor.person_id, action, subject="location" if level.location_id else "tenant",
        subject_id=level.location_id or level.tenant.id, before=before, after=after,
    )  # fmt: skip
