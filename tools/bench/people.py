"""The directory at 10,000 people: profiles and entries written in bulk, and questions as people type them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import urlencode

from flask import Flask
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.directory.index import index_people
from app.models import CheckIn, Person, PersonProfile, Role
from app.models.person import folded_of
from app.tenancy import reviewed, tenant_session
from app.web.database import db
from tools.bench.stage import Stage

PEOPLE = 10_000
_CHUNK = 500
_HERE = 20
"""One of so many is in the house."""
_FIRST = (
    "Anna",
    "Béla",
    "Chloé",
    "Darius",
    "Élodie",
    "Farid",
    "Grace",
    "Hana",
    "Ivo",
    "Jürgen",
    "Katarína",
    "Łukasz",
)
_LAST = (
    "Almeida",
    "Björk",
    "Castro",
    "Dvořák",
    "Ekström",
    "Ferrer",
    "García",
    "Holm",
    "Ito",
    "Jansen",
    "Kowalski",
)
_COMPANY = ("Kite & Loom", "Tidewater", "Atelier Nord", "Fieldnotes", "Paperlane", "Sal y Mar", "Byrne Legal")
_WORK = (
    "Architect",
    "Bookbinder",
    "Copywriter",
    "Data scientist",
    "Engineer",
    "Founder",
    "Illustrator",
    "Translator",
)
_INDUSTRY = ("Design", "Law", "Software", "Publishing", "Climate", "Textiles")
_BIO = (
    "Small editions and slipcases. Happy to look at a dummy over coffee.",
    "I make loud rooms quiet; ask me about your phone booth.",
    "Maps for people who walk, and walks for people who read maps.",
)


def fill_people(app: Flask, on: Stage) -> None:
    """Write that many listed people with their entries, in the stage's tenant; some of them are here."""
    random, now, tenant_id = Random(7), datetime.now(UTC), on.world.tenant_id  # noqa: S311 - the same on every machine
    with app.app_context():
        for start in range(0, PEOPLE, _CHUNK):
            with tenant_session(db.session.session_factory, tenant_id) as session:
                _write(session, tenant_id, range(start, start + _CHUNK), on.world.location_id, now, random)


def _write(
    session: Session, tenant_id: int, numbers: range, location_id: int, now: datetime, random: Random
) -> None:
    # Reviewed: each statement writes rows of the one tenant that this session has entered.
    some: Callable[[tuple[str, ...]], str] = random.choice
    session.execute(
        reviewed(insert(Person)),
        [_person(tenant_id, number, location_id, now, some) for number in numbers],
    )
    keys = [f"listed{number}@bench.test" for number in numbers]
    ids = list(session.scalars(select(Person.id).where(Person.email_key.in_(keys))))
    session.add_all(
        PersonProfile(
            person_id=each,
            job_title=some(_WORK),
            industry=some(_INDUSTRY),
            bio=some(_BIO),
            listed=True,
            visibility={"here": "members"},
        )
        for each in ids
    )
    session.add_all(
        CheckIn(
            person_id=each,
            location_id=location_id,
            starts_at=now - timedelta(hours=1),
            ends_at=now + timedelta(days=1),
        )
        for each in ids[::_HERE]
    )
    index_people(session, ids)


def _person(
    tenant_id: int, number: int, location_id: int, now: datetime, some: Callable[[tuple[str, ...]], str]
) -> dict[str, object]:
    first_name, last_name, company = some(_FIRST), some(_LAST), some(_COMPANY)
    email = f"listed{number}@bench.test"
    folded_name, folded = folded_of(f"{first_name} {last_name}", email, company)
    return {
        "tenant_id": tenant_id,
        "email": email,
        "email_key": email,
        "first_name": first_name,
        "last_name": last_name,
        "company": company,
        "folded_name": folded_name,
        "folded": folded,
        "role": Role.NONE,
        "card_token": f"listed {number}",
        "location_id": location_id,
        "created_at": now,
    }


def searches(on: Stage) -> tuple[str, ...]:
    """What people type, letter by letter, and some filters: `path cookie` each."""
    words = [*_FIRST, *_LAST, *_COMPANY, *_WORK, "walk maps", "nobody at all", "dvorak founder"]
    typed = [word[:length] for word in words for length in range(2, min(len(word), 7) + 1)]
    questions = [{"q": each} for each in typed] + [{"q": each, "here": "1"} for each in words]
    questions += [{"page": str(page)} for page in (1, 2, 40, 300)] + [
        {"industry": each.lower()} for each in _INDUSTRY
    ]
    return tuple(
        f"/directory?{urlencode(each)} {on.cookies[at % len(on.cookies)]}"
        for at, each in enumerate(questions)
    )
