"""A portal's look: what was given at each level, what that comes to, and the changes an admin may make to it.

A location inherits from the tenant whatever it does not give itself. Without any colour given, the main colour of
the logo is the portal's; without a logo, a colour of ours stands in.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record
from app.domain.levels import hold_level
from app.domain.reach import check_within_reach
from app.domain.stored_file import digest_of, keep_file
from app.models import ThemeSetting
from app.theming.colour import parse_colour
from app.theming.errors import FontRefused, RadiusRefused
from app.theming.logo import Logo, main_colour
from app.theming.stylesheet import FONTS, RADII

DEFAULT_PRIMARY = "#1f5c4d"
DEFAULT_FONT = "inter"
DEFAULT_RADIUS = "soft"
WHITE_TEXT = "#ffffff"
INK_TEXT = "#17181a"
"""What "white" and "ink" mean where an admin chooses the text on the main colour."""

LOGO_MIME = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True, slots=True)
class LogoFile:
    """A stored logo. `digest` finds its bytes, `colour` is its main colour as `#rrggbb`; sizes as in `Logo`."""

    digest: str
    mime: str
    width: int
    height: int
    colour: str | None

    @property
    def is_svg(self) -> bool:
        return self.mime == LOGO_MIME["svg"]


@dataclass(frozen=True, slots=True)
class Given:
    """What one level gives of the look; None inherits. Colours are `#rrggbb`."""

    primary: str | None = None
    on_primary: str | None = None
    font: str | None = None
    radius: str | None = None

    def checked(self) -> "Given":
        """The same with colours in their one spelling. Raises ColourRefused, FontRefused or RadiusRefused."""
        if self.font is not None and self.font not in FONTS:
            raise FontRefused(self.font)
        if self.radius is not None and self.radius not in RADII:
            raise RadiusRefused(self.radius)
        return replace(
            self,
            primary=None if self.primary is None else parse_colour(self.primary),
            on_primary=None if self.on_primary is None else parse_colour(self.on_primary),
        )


@dataclass(frozen=True, slots=True)
class Look:
    """The inputs of the theme after inheritance."""

    given_primary: str | None = None
    on_primary: str | None = None
    font: str = DEFAULT_FONT
    radius: str = DEFAULT_RADIUS
    logo: LogoFile | None = None

    @property
    def primary(self) -> str:
        """The main colour: given, else the logo's, else ours."""
        return self.given_primary or (self.logo.colour if self.logo else None) or DEFAULT_PRIMARY

    def with_given(self, given: Given, logo: LogoFile | None = None) -> "Look":
        """This look with what a level below it gives laid over it."""
        return Look(
            given_primary=given.primary or self.given_primary,
            # A text colour belongs to the main colour beside which it was chosen.
            on_primary=given.on_primary if given.primary else (given.on_primary or self.on_primary),
            font=given.font or self.font,
            radius=given.radius or self.radius,
            logo=logo or self.logo,
        )


BASE = Look()
"""What a tenant that has given nothing looks like."""


def given_by(setting: ThemeSetting | None) -> Given:
    """What a level's row gives; nothing where there is no row."""
    if setting is None:
        return Given()
    return Given(setting.primary, setting.on_primary, setting.font, setting.radius)


def change_look(session: Session, actor: Actor, location_id: int | None, given: Given, now: datetime) -> bool:
    """Give one level these colours, corners and font; a None inherits. False when that is how it was.

    Raises ColourRefused, FontRefused, RadiusRefused, and UnknownLevel for a location that is not there.
    """
    given = given.checked()
    check_within_reach(actor, location_id)
    level = hold_level(session, location_id)
    setting = setting_of(session, location_id)
    before, after = changes(asdict(given_by(setting)), asdict(given))
    if not after:
        return False
    setting = setting or _new_setting(session, location_id)
    for name, value in after.items():
        setattr(setting, name, value)
    level.touch()
    record(
        session, now, actor.person_id, "look.changed", subject="location" if location_id else "tenant",
        subject_id=location_id or actor.tenant_id, before=before, after=after,
    )  # fmt: skip
    return True


def put_up_logo(
    session: Session, actor: Actor, location_id: int | None, logo: Logo, digest: str, now: datetime
) -> bool:
    """Make a logo that the Files port keeps under `digest` the level's own. False when it is already.

    Raises UnknownLevel.
    """
    check_within_reach(actor, location_id)
    level = hold_level(session, location_id)
    setting = setting_of(session, location_id) or _new_setting(session, location_id)
    file_id = keep_file(
        session,
        now,
        digest,
        mime=LOGO_MIME[logo.kind],
        size=len(logo.data),
        width=logo.width,
        height=logo.height,
    )
    if setting.logo_id == file_id:
        return False
    before = digest_of(session, setting.logo_id)
    setting.logo_id, setting.logo_colour = file_id, main_colour(logo)
    level.touch()
    _record_logo(session, actor, location_id, now, before, digest)
    return True


def take_down_logo(session: Session, actor: Actor, location_id: int | None, now: datetime) -> bool:
    """Let the level inherit its logo again; the file stays, for pages that still show it. False when it had none.

    Raises UnknownLevel.
    """
    check_within_reach(actor, location_id)
    level = hold_level(session, location_id)
    setting = setting_of(session, location_id)
    if setting is None or setting.logo_id is None:
        return False
    before = digest_of(session, setting.logo_id)
    setting.logo_id = setting.logo_colour = None
    level.touch()
    _record_logo(session, actor, location_id, now, before, None)
    return True


def setting_of(session: Session, location_id: int | None) -> ThemeSetting | None:
    """The row of a level; None where it gives nothing."""
    return session.scalars(
        select(ThemeSetting).where(ThemeSetting.location_id.is_not_distinct_from(location_id))
    ).one_or_none()


def _new_setting(session: Session, location_id: int | None) -> ThemeSetting:
    setting = ThemeSetting(location_id=location_id)
    session.add(setting)
    session.flush()
    return setting


def _record_logo(
    session: Session,
    actor: Actor,
    location_id: int | None,
    now: datetime,
    before: str | None,
    after: str | None,
) -> None:
    record(
        session, now, actor.person_id, "logo.changed", subject="location" if location_id else "tenant",
        subject_id=location_id or actor.tenant_id, before={"logo": before}, after={"logo": after},
    )  # fmt: skip
