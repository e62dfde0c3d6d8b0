"""What the demo's people say of themselves."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.faces import draw_face, encode_square
from app.domain.directory.index import index_people
from app.domain.profile.own import profile_row
from app.domain.profile.photo import Portrait, put_photo
from app.domain.profile.terms import ProfileField, Visibility
from app.domain.stored_file import Photo
from app.models import Person, PersonSkill, Skill
from app.ports import Files


@dataclass(frozen=True, slots=True)
class DemoProfile:
    """Of somebody, by first name: job, industry, a few words, skills; the first ones of the list are the operator's."""

    job: str
    industry: str
    bio: str
    skills: tuple[str, ...]
    listed: bool = True


SKILLS = {
    "northlight": (
        "Accounting",
        "Acoustics",
        "Branding",
        "Illustration",
        "Law",
        "Mapping",
        "Photography",
        "Python",
    ),
    "harbour": ("Contabilidad", "Derecho", "Diseño textil", "Fotografía", "Python", "Redacción"),
}
PROFILES: dict[str, dict[str, DemoProfile]] = {
    "northlight": {
        "Ines": DemoProfile("Printmaker", "Design", "Linocut and risograph, mostly for small publishers.\nAlways up for a walk round a proof.", ("Illustration", "Branding", "Letterpress")),
        "Tomasz": DemoProfile("Weaver", "Textiles", "Two looms and a lot of wool.", ("Pattern cutting", "Dyeing")),
        "Maya": DemoProfile("Acoustic engineer", "Construction", "I make loud rooms quiet. Ask me about your phone booth.", ("Acoustics", "Python")),
        "Priya": DemoProfile("Data scientist", "Climate", "Tides, and what they do to harbours.", ("Python", "Mapping")),
        "Anouk": DemoProfile("Illustrator", "Publishing", "Children’s books, in ink.", ("Illustration",)),
        "Dev": DemoProfile("Founder", "Stationery", "Paper that grows into flowers.", ("Branding", "Accounting")),
        "Sorcha": DemoProfile("Solicitor", "Law", "Contracts in plain words.", ("Law",)),
        "Luca": DemoProfile("Cartographer", "Travel", "Maps for people who walk.", ("Mapping", "Illustration")),
        "Hana": DemoProfile("Architect", "Architecture", "Small public buildings, mostly libraries.", ("Model making",)),
        "Bea": DemoProfile("Photographer", "Photography", "Portraits on film.", ("Photography", "Darkroom")),
        "Yusuf": DemoProfile("Bike maker", "Making", "Frames brazed by hand.", ("Brazing",)),
        "Callum": DemoProfile("Front desk", "", "Ask me anything.", ()),
        "Marta": DemoProfile("Translator", "Languages", "Swedish, Polish, English.", ("Translation",), listed=False),
    },
    "harbour": {
        "Lucía": DemoProfile("Diseñadora", "Textil", "Estampados del puerto.", ("Diseño textil", "Serigrafía")),
        "Marc": DemoProfile("Fotógrafo", "Fotografía", "Barcos y gente.", ("Fotografía",)),
        "Sara": DemoProfile("Abogada", "Derecho", "Contratos claros.", ("Derecho", "Redacción")),
        "Inés": DemoProfile("Analista", "Datos", "Mareas y tráfico.", ("Python",)),
        "Nico": DemoProfile("Recepción", "", "Pregúntame lo que quieras.", ()),
    },
}  # fmt: skip
_LARGE, _SMALL = 512, 144


def describe_people(session: Session, files: Files, slug: str, tenant_id: int, now: datetime) -> None:
    """Give the tenant its list of skills and its people their profiles."""
    listed = [Skill(name=name, position=at) for at, name in enumerate(SKILLS[slug])]
    session.add_all(listed)
    session.flush()
    skills = {skill.name: skill.id for skill in listed}
    for person in session.scalars(select(Person).order_by(Person.id)).all():
        said = PROFILES[slug].get(person.first_name)
        if said is None:
            continue
        put_photo(session, person, _portrait(files, tenant_id, person.name, now))
        row = profile_row(session, person.id)
        row.job_title, row.industry, row.bio, row.listed = said.job, said.industry, said.bio, said.listed
        row.website = f"https://{person.first_name.lower()}.example".encode("ascii", "ignore").decode()
        row.city = "Edinburgh" if slug == "northlight" else "València"
        row.country = "GB" if slug == "northlight" else "ES"
        row.phone, row.birthday = "+44 131 496 0123", date(1988, 1 + person.id % 12, 9)
        row.billing_name = person.company
        row.visibility = {ProfileField.HERE: Visibility.MEMBERS}
        session.add_all(_skill(person.id, name, skills) for name in said.skills)
        index_people(session, [person.id])


def _skill(person_id: int, name: str, skills: dict[str, int]) -> PersonSkill:
    if name in skills:
        return PersonSkill(person_id=person_id, skill_id=skills[name])
    return PersonSkill(person_id=person_id, own_words=name)


def _portrait(files: Files, tenant_id: int, name: str, now: datetime) -> Portrait:
    face = draw_face(name)
    return Portrait(
        *(_photo(files, tenant_id, encode_square(face, side), side, now) for side in (_LARGE, _SMALL))
    )


def _photo(files: Files, tenant_id: int, data: bytes, side: int, now: datetime) -> Photo:
    return Photo(files.put(tenant_id, data), "image/webp", len(data), side, side, now)
