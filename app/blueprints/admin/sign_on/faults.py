"""What is wrong with a provider, said to who can put it right: exactly, and with what was found."""

from flask_babel import gettext as _

from app.domain.sign_on.terms import Reason, SignOnRefused
from app.ports import FetchFault, SignOnFailed, SignOnFault


def fault_sentence(wrong: SignOnFailed | SignOnRefused) -> str:
    """One sentence for the admin."""
    if isinstance(wrong, SignOnRefused):
        if wrong.reason is Reason.SECRET_UNREADABLE:
            return _("The stored secret cannot be read with this server's keys. Enter it again.")
        return _("It answers in a way that we do not understand: %(what)s.", what=wrong.detail)
    fault, what = wrong.fault, wrong.detail
    return fetching(fault, what) if isinstance(fault, FetchFault) else _answering(fault, what)


def fetching(fault: FetchFault, what: str) -> str:
    """What went wrong on the way to an address."""
    return {
        FetchFault.NO_ADDRESS: _("“%(what)s” is not a web address.", what=what),
        FetchFault.NOT_HTTPS: _("Its address must begin with https://."),
        FetchFault.UNKNOWN_NAME: _("The name “%(what)s” does not exist. Check how it is spelled.", what=what),
        FetchFault.PRIVATE_ADDRESS: _(
            "It is inside a private network, which this server does not look into (%(what)s).", what=what
        ),
        FetchFault.TLS: _("No secure connection could be made: %(what)s.", what=what),
        FetchFault.NO_ANSWER: _("Nobody answers there: %(what)s.", what=what),
        FetchFault.SLOW: _("%(what)s takes too long to answer.", what=what),
        FetchFault.TOO_LARGE: _("%(what)s answers with far more than it should.", what=what),
        FetchFault.REDIRECTED: _("It sends us on to another place, %(what)s. Enter that one.", what=what),
    }[fault]


def _answering(fault: SignOnFault, what: str) -> str:
    sentences = {
        SignOnFault.BAD_STATUS: _(
            "Its settings are not where they should be: it answers %(what)s. Check the address.", what=what
        ),
        SignOnFault.NOT_JSON: _(
            "It answers with a page instead of its settings: %(what)s. Check the address.", what=what
        ),
        SignOnFault.INCOMPLETE: _("Its settings lack “%(what)s”.", what=what),
        SignOnFault.ISSUER_DIFFERS: _(
            "It calls itself “%(what)s”. Enter exactly that as the issuer.", what=what
        ),
        SignOnFault.NO_KEYS: _("It publishes no keys to check its signatures with (%(what)s).", what=what),
        SignOnFault.UNREADABLE: _("This cannot be read as what it should be: %(what)s.", what=what),
        SignOnFault.ALTERED: _(
            "This holds something that nobody needs and that is dangerous: %(what)s.", what=what
        ),
        SignOnFault.CLIENT_REFUSED: _("It does not accept this client ID and secret."),
    }
    return sentences.get(fault) or _(
        "It answers in a way that we do not understand: %(what)s.", what=fault.value
    )
