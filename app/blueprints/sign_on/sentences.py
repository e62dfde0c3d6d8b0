"""Why nobody was signed in, in one sentence for the person; what an admin needs to know stands in the log."""

from flask_babel import gettext as _

from app.domain.sign_on.terms import Reason
from app.ports import FetchFault, SignOnFault


def reason_sentence(reason: Reason | SignOnFault | FetchFault) -> str:
    """What to say to who wanted to sign in."""
    if isinstance(reason, Reason):
        return _ours(reason)
    if reason is SignOnFault.CANCELLED:
        return _("The sign-in was stopped before it was done.")
    if reason is FetchFault.SLOW:
        return _("The sign-in service took too long to answer. Try again in a minute.")
    if isinstance(reason, FetchFault) or reason in {SignOnFault.BAD_STATUS, SignOnFault.NOT_JSON}:
        return _("The sign-in service cannot be reached right now. Try again in a minute.")
    if reason in {SignOnFault.EXPIRED, SignOnFault.CODE_REFUSED}:
        return _("The answer of the sign-in service was too old. Start again.")
    return _("The answer of the sign-in service could not be believed, so nobody was signed in.")


def _ours(reason: Reason) -> str:
    return {
        Reason.ATTEMPT_GONE: _("This sign-in is over or was used already. Start again."),
        Reason.OTHER_BROWSER: _("This sign-in was begun in another browser. Start again in this one."),
        Reason.OTHER_PERSON: _(
            "Whoever began to link this account is not signed in here any more, so it was linked to nobody. Sign in, and "
            "start again on your account page."
        ),
        Reason.USED_BEFORE: _("This sign-in is over or was used already. Start again."),
        Reason.NO_EMAIL: _("The sign-in service did not tell us your e-mail address."),
        Reason.EMAIL_NOT_VERIFIED: _("The sign-in service has not checked your e-mail address yet."),
        Reason.DOMAIN_NOT_ADMITTED: _("E-mail addresses like yours cannot be used to sign in here."),
        Reason.NOT_KNOWN: _("Nobody here has this account. Ask the front desk to add you."),
        Reason.NOT_TRUSTED: _(
            "Somebody here has this e-mail address already. Sign in as before, and link the account on your "
            "account page."
        ),
        Reason.SUSPENDED: _("Your account is closed. Ask the front desk about it."),
        Reason.OTHERS_ACCOUNT: _("This account is linked to another person here."),
        Reason.SECRET_UNREADABLE: _("This way to sign in is not set up correctly. Ask the front desk."),
    }[reason]
