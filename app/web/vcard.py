"""Somebody's card in the format of RFC 6350 (vCard 4.0), which address books read."""

from collections.abc import Iterator

from app.domain.profile.visible import VisibleProfile
from app.web.profiles import country_name

_LONGEST_LINE = 75
"""Octets of a line, without its end; longer ones are folded."""
_ESCAPES = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n", "\r": None})


def vcard(seen: VisibleProfile, address: str) -> str:
    """The card of what may be seen; `address` is where the person stands in the portal."""
    lines = ("BEGIN:VCARD", "VERSION:4.0", *_properties(seen, address), "END:VCARD")
    return "".join(f"{fold_line(line)}\r\n" for line in lines)


def _properties(seen: VisibleProfile, address: str) -> Iterator[str]:
    yield "PRODID:-//Portico//Directory//EN"
    yield "KIND:individual"
    yield f"UID:{address}"
    yield f"FN:{escape(seen.name)}"
    yield f"N:{escape(seen.last_name)};{escape(seen.first_name)};;;"
    for name, value in (
        ("ORG", seen.company),
        ("TITLE", seen.job_title),
        ("EMAIL", seen.email),
        ("TEL", seen.phone),
        ("NOTE", seen.bio),
    ):
        if value:
            yield f"{name}:{escape(value)}"
    if seen.skills:
        yield f"CATEGORIES:{','.join(map(escape, seen.skills))}"
    # Addresses are taken as they stand: the signs that mean something in a text mean nothing in them.
    yield from (f"URL:{url}" for url in (seen.website, *seen.links.values()) if url)
    place = (seen.street, seen.city, "", seen.postal_code, country_name(seen.country))
    if any(place):
        yield f"ADR:;;{';'.join(map(escape, place))}"
    if seen.birthday:
        # Day and month: how old they become is nobody's business.
        yield f"BDAY:--{seen.birthday:%m%d}"


def escape(text: str) -> str:
    """A text as a value, or as a part of one."""
    return text.translate(_ESCAPES)


def fold_line(line: str) -> str:
    """The line in pieces of 75 octets at most, never cut inside of a character; each further one begins with a space."""
    pieces, piece, room = [], "", _LONGEST_LINE
    for char in line:
        size = len(char.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", _LONGEST_LINE - 1
        piece += char
        room -= size
    return "\r\n ".join([*pieces, piece])
