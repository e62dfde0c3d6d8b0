"""What is said of one's account and how it is kept safe."""

from flask_babel import gettext as _

from app.web import wording
from app.web.notice_words.terms import NoticeWords, Worded

_SECURITY = "/account/security"


def new_device(notice: Worded) -> NoticeWords:
    device = wording.device(notice.data["browser"], notice.data["system"])
    return NoticeWords(_("A new device signed in"), _("%(device)s. Was it you?", device=device), _SECURITY)


def password_changed(_notice: Worded) -> NoticeWords:
    return NoticeWords(
        _("Your password was changed"), _("Every other device was signed out. Was it you?"), _SECURITY
    )


def factor_changed(notice: Worded) -> NoticeWords:
    return NoticeWords(_("The way you sign in was changed"), _factor_sentence(notice), _SECURITY)


def _factor_sentence(notice: Worded) -> str:
    match notice.data["change"]:
        case "passkey_added":
            return _("A passkey was added: %(passkey)s.", passkey=notice.data["name"])
        case "passkey_removed":
            return _("A passkey was removed: %(passkey)s.", passkey=notice.data["name"])
        case "app_on":
            return _("Signing in now asks for a code of your authenticator app.")
        case "app_off":
            return _("Signing in no longer asks for a code of your authenticator app.")
        case "reset":
            return _(
                "Your second factors were reset: your authenticator app, passkeys and recovery codes no longer work, and you were signed out everywhere. Sign in with your password or a link by mail, and set them up again."
            )
        case _:
            return _("New recovery codes were made; the ones before stopped working.")


def email_changed(notice: Worded) -> NoticeWords:
    return NoticeWords(
        _("Your e-mail is changed"),
        _("You sign in with %(email)s from now on.", email=notice.data["email"]),
        "/account/email",
    )


def email_bounced(notice: Worded) -> NoticeWords:
    return NoticeWords(
        _("Mail to %(email)s came back", email=notice.data["email"]),
        _("Until you check the address, we mail only what your account’s safety needs."),
        "/account/notifications",
    )


def data_ready(_notice: Worded) -> NoticeWords:
    return NoticeWords(_("The copy of your data is ready"), _("You can fetch it for a day."), "/account/data")


def deletion_taken_back(_notice: Worded) -> NoticeWords:
    return NoticeWords(
        _("Your account stays"), _("You took back your wish to have it deleted."), "/account/data"
    )
