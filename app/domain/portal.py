"""What a tenant's portal is like at one settings revision: places, sections, home, look. Remembered per process."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, exists, false, func, not_, or_, select, true
from sqlalchemy.orm import Session

from app.domain.billing.settings import BillingChoice, billing_choice
from app.domain.dunning.ladder import Step, ladder
from app.domain.invoicing.seller import prices_include_tax
from app.domain.levels import hold_level
from app.domain.look import BASE, Given, LogoFile, Look, given_by
from app.domain.memory import Memory
from app.kernel.walltime import local_date, zone
from app.models import (
    Contract,
    FloorPlan,
    HomeElementSetting,
    Location,
    Person,
    SectionSetting,
    StoredFile,
    Tenant,
    ThemeSetting,
)
from app.models.plan import running_on
from app.sections import BY_KEY, HOME_ELEMENTS, SECTIONS, Audience, HomeElement, Section
from app.tenancy import tenant_of


@dataclass(frozen=True, slots=True)
class Place:
    """A location as pages need it."""

    id: int
    name: str
    address: str
    zone: str
    day_ends: int
    """Minutes into the night at which a day is over, as passes have it."""
    has_floor_plan: bool


@dataclass(frozen=True, slots=True)
class Switch:
    """Whether something is on, and for whom, after location, tenant and registry have had their say."""

    enabled: bool
    audience: Audience
    position: int

    def open_to(self, *, signed_in: bool, member: bool) -> bool:
        return self.enabled and self.audience.admits(signed_in=signed_in, member=member)


@dataclass(frozen=True, slots=True)
class Portal:
    """An immutable picture of a tenant's settings. Keys of the dictionaries: location id, or None for the tenant."""

    tenant_id: int
    revision: int
    slug: str
    name: str
    short_name: str
    currency: str
    locale: str
    zone: str
    mail_links: bool
    """Whether a mailed link is a way to sign in."""
    staff_factor: bool
    """Whether staff must show a second factor, or a passkey."""
    places: tuple[Place, ...]
    sections: dict[int | None, dict[str, Switch]]
    elements: dict[int | None, dict[str, Switch]]
    looks: dict[int | None, Look]
    ladder: tuple[Step, ...]
    """What is done about unpaid invoices."""
    prices_include_tax: bool
    """As the tenant enters them, and shows them."""
    billing: BillingChoice
    """When bookings are paid is said before they are made."""

    def place(self, location_id: int | None) -> Place | None:
        """The location of that id, else the first one; None while the tenant has none."""
        for place in self.places:
            if place.id == location_id:
                return place
        return self.places[0] if self.places else None

    def section(self, key: str, location_id: int | None) -> Switch:
        return self.sections.get(location_id, self.sections[None])[key]

    def element(self, key: str, location_id: int | None) -> Switch:
        return self.elements.get(location_id, self.elements[None])[key]

    def look(self, location_id: int | None) -> Look:
        return self.looks.get(location_id, self.looks[None])

    def ordered_sections(self, location_id: int | None) -> list[Section]:
        """Every section in the order that the settings give, on or off."""
        return sorted(SECTIONS, key=lambda section: self.section(section.key, location_id).position)

    def ordered_elements(self, location_id: int | None) -> list[HomeElement]:
        return sorted(HOME_ELEMENTS, key=lambda element: self.element(element.key, location_id).position)


_portals: Memory[Portal] = Memory(256)


def load_portal(session: Session, revision: int) -> Portal:
    """The portal of the session's tenant at that revision; from memory when this process has seen it."""
    return _portals.recall(session, (tenant_of(session), revision), lambda: read_portal(session))


def read_portal(session: Session) -> Portal:
    """Read the portal from the database: eight statements, whatever the tenant's size."""
    tenant = session.execute(select(Tenant).where(Tenant.id == tenant_of(session))).scalar_one()
    places = session.execute(
        select(
            Location.id,
            Location.name,
            Location.address,
            Location.zone,
            Location.day_ends,
            exists().where(FloorPlan.tenant_id == Location.tenant_id, FloorPlan.location_id == Location.id),
        )
        .where(Location.retired_at.is_(None))
        .order_by(Location.position, Location.id)
    ).all()
    sections = session.execute(select(SectionSetting)).scalars().all()
    elements = session.execute(select(HomeElementSetting)).scalars().all()
    looks = session.execute(
        select(ThemeSetting, StoredFile).outerjoin(StoredFile, ThemeSetting.logo_id == StoredFile.id)
    ).all()
    return Portal(
        tenant_id=tenant.id,
        revision=tenant.revision,
        slug=tenant.slug,
        name=tenant.name,
        short_name=tenant.short_name,
        currency=tenant.currency,
        locale=tenant.locale,
        zone=tenant.zone,
        mail_links=tenant.mail_links,
        staff_factor=tenant.staff_factor,
        places=tuple(Place(*row) for row in places),
        sections=_switches([(s.location_id, s.section, s) for s in sections], SECTIONS),
        elements=_switches([(e.location_id, e.element, e) for e in elements], HOME_ELEMENTS),
        looks=_looks((setting, file) for setting, file in looks),
        ladder=ladder(session),
        prices_include_tax=prices_include_tax(session),
        billing=billing_choice(session),
    )


def section_is_open_to(session: Session, key: str, person_ids: Collection[int], now: datetime) -> set[int]:
    """For whom of these people a section is on, each at the location that the portal opens on for them.

    For who is told something without asking; a request goes by its `Portal`. A section that does not exist is off.
    """
    section = BY_KEY.get(key)
    if section is None:
        return set()
    people = session.execute(
        select(Person.id, Person.location_id, Tenant.zone)
        .join(Tenant, Tenant.id == Person.tenant_id)
        .where(Person.id.in_(person_ids))
    ).all()
    first = session.scalar(
        select(Location.id)
        .where(Location.retired_at.is_(None))
        .order_by(Location.position, Location.id)
        .limit(1)
    )
    settings = session.scalars(select(SectionSetting).where(SectionSetting.section == key)).all()
    levels = _switches([(each.location_id, key, each) for each in settings], (section,))
    switches = {row.id: levels.get(row.location_id or first, levels[None])[key] for row in people}
    members: set[int] = set()
    if any(each.audience in {Audience.MEMBERS, Audience.CONTACTS} for each in switches.values()):
        members = _members(session, person_ids, local_date(now, zone(people[0].zone)))
    return {id_ for id_, switch in switches.items() if switch.open_to(signed_in=True, member=id_ in members)}


def for_whom_open(portal: Portal, key: str, member: ColumnElement[bool]) -> ColumnElement[bool]:
    """The same as a condition on people, of whom there may be thousands; `member` is that of being one."""
    first = portal.places[0].id if portal.places else 0
    place = func.coalesce(Person.location_id, first)
    own = {id_: switches[key] for id_, switches in portal.sections.items() if id_ is not None}
    elsewhere = and_(place.not_in(own), _is_open(portal.section(key, None), member))
    return or_(elsewhere, *(and_(place == id_, _is_open(switch, member)) for id_, switch in own.items()))


def _is_open(switch: Switch, member: ColumnElement[bool]) -> ColumnElement[bool]:
    for_members, for_others = (switch.open_to(signed_in=True, member=each) for each in (True, False))
    if for_members == for_others:
        return true() if for_members else false()
    return member if for_members else not_(member)


def _members(session: Session, person_ids: Collection[int], today: date) -> set[int]:
    running = select(Contract.person_id).where(Contract.person_id.in_(person_ids), running_on(today))
    return set(session.scalars(running))


def touch(session: Session) -> None:
    """Settings changed: raise the tenant's revision in the same transaction, so that every process looks again."""
    hold_level(session, None).touch()


_Setting = SectionSetting | HomeElementSetting


def _switches(
    settings: list[tuple[int | None, str, _Setting]], registry: Iterable[Section | HomeElement]
) -> dict[int | None, dict[str, Switch]]:
    by_place: dict[int | None, dict[str, _Setting]] = {None: {}}
    for location_id, key, setting in settings:
        by_place.setdefault(location_id, {})[key] = setting
    defaults = {
        item.key: Switch(enabled=True, audience=item.audience, position=index)
        for index, item in enumerate(registry)
    }
    tenant = {key: _override(switch, by_place[None].get(key)) for key, switch in defaults.items()}
    return {
        place: {key: _override(switch, settings_here.get(key)) for key, switch in tenant.items()}
        if place is not None
        else tenant
        for place, settings_here in by_place.items()
    }


def _override(switch: Switch, setting: _Setting | None) -> Switch:
    if setting is None:
        return switch
    return Switch(
        enabled=switch.enabled if setting.enabled is None else setting.enabled,
        audience=setting.audience or switch.audience,
        position=switch.position if setting.position is None else setting.position,
    )


def _looks(rows: Iterable[tuple[ThemeSetting, StoredFile | None]]) -> dict[int | None, Look]:
    by_place = {setting.location_id: (given_by(setting), _logo(setting, file)) for setting, file in rows}
    tenant = BASE.with_given(*by_place.pop(None, (Given(), None)))
    return {None: tenant} | {place: tenant.with_given(*own) for place, own in by_place.items()}


def _logo(setting: ThemeSetting, file: StoredFile | None) -> LogoFile | None:
    if file is None:
        return None
    return LogoFile(file.digest, file.mime, file.width or 1, file.height or 1, setting.logo_colour)
