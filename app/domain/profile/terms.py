"""The words that a profile's verbs share: its facts, who may see them, and every reason for a no."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.kernel.errors import Refusal

MOST_SKILLS = 20
LONGEST_SKILL = 60
LONGEST_BIO = 1000
OLDEST_BIRTHDAY = date(1900, 1, 1)


class ProfileField(StrEnum):
    """What a person decides about one by one. The name is no such field: who is listed is listed by name."""

    PHOTO = "photo"
    COMPANY = "company"
    JOB_TITLE = "job_title"
    INDUSTRY = "industry"
    BIO = "bio"
    SKILLS = "skills"
    WEBSITE = "website"
    LINKS = "links"
    LOCATION = "location"
    """The location that they call home."""
    HERE = "here"
    """That they are in the house, while they are checked in."""
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    BIRTHDAY = "birthday"


class Visibility(StrEnum):
    """Who may see a field. Members have a contract today."""

    ONLY_ME = "only_me"
    MEMBERS = "members"
    SIGNED_IN = "signed_in"

    def admits(self, *, member: bool) -> bool:
        """Whether somebody else, who is signed in and a member or not, may see it."""
        return self is Visibility.SIGNED_IN or (self is Visibility.MEMBERS and member)


HIDDEN_AT_FIRST = frozenset(
    {
        ProfileField.HERE,
        ProfileField.EMAIL,
        ProfileField.PHONE,
        ProfileField.ADDRESS,
        ProfileField.BIRTHDAY,
    }
)


def visibility_of(stored: Mapping[str, Any]) -> dict[ProfileField, Visibility]:
    """Who may see each field."""
    return {each: who_sees(stored, each) for each in ProfileField}


def who_sees(stored: Mapping[str, Any], field: ProfileField) -> Visibility:
    """Who may see a field; one that was never decided is hidden or for members, by what it is."""
    decided = stored.get(field)
    if decided is None:
        return Visibility.ONLY_ME if field in HIDDEN_AT_FIRST else Visibility.MEMBERS
    return Visibility(decided)


class Fault(StrEnum):
    """What is wrong with a fact."""

    NO_ADDRESS = "no_address"
    """Not an https address."""
    OTHER_NETWORK = "other_network"
    """Neither a name nor an address at that network."""
    NO_PHONE = "no_phone"
    IN_FUTURE = "in_future"
    LONG_AGO = "long_ago"
    NO_ZONE = "no_zone"
    NO_COUNTRY = "no_country"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"


class BadProfile(Refusal):
    """Facts that cannot be. `faults` has every field that is wrong, named as in `UpdateProfile`; a link by its network."""

    def __init__(self, faults: Mapping[str, Fault]) -> None:
        super().__init__(", ".join(f"{name}: {fault}" for name, fault in faults.items()))
        self.faults = dict(faults)


@dataclass(frozen=True, slots=True)
class UpdateProfile:
    """Everything that people say of themselves but their photograph. Texts are clean, "" for not given.

    `locale`, `location_id` and `zone` are None for "no wish of my own"; `links` is by network, as typed or as stored.
    """

    first_name: str
    last_name: str
    company: str = ""
    locale: str | None = None
    location_id: int | None = None
    job_title: str = ""
    industry: str = ""
    bio: str = ""
    website: str = ""
    links: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    billing_name: str = ""
    tax_id: str = ""
    billing_street: str = ""
    billing_postal_code: str = ""
    billing_city: str = ""
    billing_country: str = ""
    birthday: date | None = None
    zone: str | None = None
    skill_ids: frozenset[int] = frozenset()
    own_skills: tuple[str, ...] = ()


PERSON_FACTS = ("first_name", "last_name", "company", "locale", "location_id")
BILLING_FACTS = (
    "billing_name",
    "tax_id",
    "billing_street",
    "billing_postal_code",
    "billing_city",
    "billing_country",
)
PROFILE_FACTS = (
    "job_title",
    "industry",
    "bio",
    "website",
    "links",
    "phone",
    "street",
    "postal_code",
    "city",
    "country",
    *BILLING_FACTS,
    "birthday",
    "zone",
)


@dataclass(frozen=True, slots=True)
class Privacy:
    """Whether somebody may be found at all, and who may see each field then."""

    listed: bool
    visibility: Mapping[ProfileField, Visibility]
