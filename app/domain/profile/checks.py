"""Which facts can be: every fault of a profile at once, so that nobody puts one right to meet the next."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from app.domain.profile.links import NETWORKS, network_address, website_address
from app.domain.profile.terms import (
    LONGEST_SKILL,
    MOST_SKILLS,
    OLDEST_BIRTHDAY,
    BadProfile,
    Fault,
    UpdateProfile,
)
from app.kernel.walltime import zone

_PHONE = re.compile(r"\+?[\d\s()./-]+(\s?(x|ext\.?)\s?\d{1,6})?", re.IGNORECASE)
_FEWEST_DIGITS, _MOST_DIGITS = 5, 20
_COUNTRY = re.compile(r"[A-Z]{2}")


def checked(command: UpdateProfile, today: date) -> UpdateProfile:
    """The same with links in their one spelling and skills named once. Raises BadProfile with everything wrong."""
    faults: dict[str, Fault] = {}
    website = website_address(command.website) if command.website else ""
    if website is None:
        faults["website"] = Fault.NO_ADDRESS
    links = _links(command.links, faults)
    skills = _own_skills(command, faults)
    if command.phone and not is_phone(command.phone):
        faults["phone"] = Fault.NO_PHONE
    if command.birthday is not None and (fault := birthday_fault(command.birthday, today)):
        faults["birthday"] = fault
    if command.zone is not None and not _is_zone(command.zone):
        faults["zone"] = Fault.NO_ZONE
    for name in ("country", "billing_country"):
        if not is_country(getattr(command, name)):
            faults[name] = Fault.NO_COUNTRY
    if faults:
        raise BadProfile(faults)
    return replace(command, website=website or "", links=links, own_skills=skills)


def is_phone(text: str) -> bool:
    """A number as people write one, with spaces and signs between its digits."""
    digits = sum(char.isdigit() for char in text)
    return text.isascii() and bool(_PHONE.fullmatch(text)) and _FEWEST_DIGITS <= digits <= _MOST_DIGITS


def birthday_fault(birthday: date, today: date) -> Fault | None:
    """Why nobody who lives today was born on that day."""
    if OLDEST_BIRTHDAY <= birthday <= today:
        return None
    return Fault.IN_FUTURE if birthday > today else Fault.LONG_AGO


def is_country(code: str) -> bool:
    """A code in the shape of ISO 3166, or none."""
    return not code or bool(_COUNTRY.fullmatch(code))


def _links(typed: Mapping[str, str], faults: dict[str, Fault]) -> dict[str, str]:
    links = {}
    for network in NETWORKS:
        given = typed.get(network, "")
        address = network_address(network, given) if given else ""
        if address is None:
            faults[network] = Fault.OTHER_NETWORK
        elif address:
            links[network] = address
    return links


def _own_skills(command: UpdateProfile, faults: dict[str, Fault]) -> tuple[str, ...]:
    once: dict[str, str] = {}
    for each in command.own_skills:
        once.setdefault(each.casefold(), each)
    skills = tuple(once.values())
    if len(skills) + len(command.skill_ids) > MOST_SKILLS:
        faults["own_skills"] = Fault.TOO_MANY
    elif any(len(each) > LONGEST_SKILL for each in skills):
        faults["own_skills"] = Fault.TOO_LONG
    return skills


def _is_zone(name: str) -> bool:
    try:
        zone(name)
    except ValueError:
        return False
    return True
