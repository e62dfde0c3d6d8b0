"""What pages know of push messages: whether there are any, and what is said when one is not taken."""

from flask import Flask
from flask_babel import gettext as _

from app.ports import PushFault, PushRefused


def init_push(app: Flask) -> None:
    """Templates ask `push_is_on`: without push nothing of it is there for members."""
    app.jinja_env.globals["push_is_on"] = app.extensions["portico_push"] is not None


def push_sentence(refused: PushRefused) -> str:
    """Why a device is not registered, or a message was not taken."""
    words = {
        PushFault.NOT_HTTPS: _(
            "This browser named a push service without encryption, so nothing is sent there."
        ),
        PushFault.NO_ADDRESS: _("This browser named no usable push service."),
        PushFault.PRIVATE_ADDRESS: _(
            "This browser named a push service in a private network: nothing is sent there."
        ),
        PushFault.UNKNOWN_SERVICE: _(
            "This browser’s push service, %(host)s, is not one that messages are sent to here.",
            host=refused.detail,
        ),
        PushFault.BAD_KEYS: _(
            "This browser’s keys for messages cannot be used. Turn notifications off and on again."
        ),
        PushFault.TOO_LARGE: _("The push service found the message too large."),
        PushFault.BUSY: _("The push service has too much to do right now. Try again in a while."),
        PushFault.NOT_US: _("The push service does not accept this server. Whoever runs it can see why."),
        PushFault.BAD_MESSAGE: _("The push service did not understand the message."),
        PushFault.AWAY: _("The push service did not answer. Try again in a while."),
    }
    return words[refused.fault]
