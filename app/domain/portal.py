"""What a tenant's portal is like at one settings revision: places, sections, home, look. Remembered per process."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.levels import hold_level
from app.domain.look import BASE, Given, LogoFile, Look, given_by
from app.domain.memory import Memory
from app.models import HomeElementSetting, Location, SectionSetting, StoredFile, Tenant, ThemeSetting
from app.sections import HOME_ELEMENTS, SECTIONS, Audience, HomeElement, Section
from app.tenancy import tenant_of


@dataclass(frozen=True, slots=True)
class Place:
    """A location as pages need it."""

    id: int
    name: str
    address: str
    zone: str


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
    places: tuple[Place, ...]
    sections: dict[int | None, dict[str, Switch]]
    elements: dict[int | None, dict[str, Switch]]
    looks: dict[int | None, Look]

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
    """Read the portal from the database: five statements, whatever the tenant's size."""
    tenant = session.execute(select(Tenant).where(Tenant.id == tenant_of(session))).scalar_one()
    places = session.execute(
        select(Location.id, Location.name, Location.address, Location.zone)
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
        places=tuple(Place(*row) for row in places),
        sections=_switches([(s.location_id, s.section, s) for s in sections], SECTIONS),
        elements=_switches([(e.location_id, e.element, e) for e in elements], HOME_ELEMENTS),
        looks=_looks((setting, file) for setting, file in looks),
    )


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
