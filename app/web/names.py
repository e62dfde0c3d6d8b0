"""What is wrong with somebody's name, in words."""

from flask_babel import gettext as _

from app.domain.people.terms import BadName, NameFault


def explain_name(bad: BadName) -> tuple[str, str]:
    """The field of a name that is none, and the sentence for it."""
    return bad.field, {
        NameFault.NOT_LETTERS: _("A name has letters, spaces, apostrophes, hyphens and full stops."),
        NameFault.TOO_SHORT: _(
            "That is too short for a name: at least 2 letters for the first, 1 for the last."
        ),
    }[bad.fault]
