"""Who can look around in a demo: what its sign-in page offers."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Person

PEOPLE = ("member", "contact", "desk", "owner")


def demo_addresses(session: Session, slug: str) -> dict[str, str]:
    """The e-mail addresses of the session's tenant's demo people, by what they are; empty where there is no demo."""
    wanted = {who: f"{who}@{slug}.test" for who in PEOPLE}
    known = set(session.scalars(select(Person.email_key).where(Person.email_key.in_(wanted.values()))))
    return {who: address for who, address in wanted.items() if address in known}
