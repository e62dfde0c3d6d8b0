"""What Portico needs from outside, in our own words, a port a file. `integrations` implement them, the factory chooses which."""

from app.ports.fetching import FetchFault, FetchRefused
from app.ports.files import Files
from app.ports.live import Live
from app.ports.mail import (
    KeptMail,
    Mail,
    MailAttachment,
    MailFault,
    MailMessage,
    MailNotSent,
    MailServer,
    Outbox,
)
from app.ports.paper import Paper, PaperColours, PaperLine, PaperNotMade, PaperSheet
from app.ports.push import Push, PushFault, PushGone, PushKeys, PushManner, PushRefused, PushTarget
from app.ports.secret_box import SecretBox, SecretUnreadable
from app.ports.sign_on import (
    Asserted,
    Departure,
    LogoutOrder,
    SamlDescription,
    SamlSignOn,
    SignOn,
    SignOnClient,
    SignOnFailed,
    SignOnFault,
)

__all__ = [
    "Asserted",
    "Departure",
    "FetchFault",
    "FetchRefused",
    "Files",
    "KeptMail",
    "Live",
    "LogoutOrder",
    "Mail",
    "MailAttachment",
    "MailFault",
    "MailMessage",
    "MailNotSent",
    "MailServer",
    "Outbox",
    "Paper",
    "PaperColours",
    "PaperLine",
    "PaperNotMade",
    "PaperSheet",
    "Push",
    "PushFault",
    "PushGone",
    "PushKeys",
    "PushManner",
    "PushRefused",
    "PushTarget",
    "SamlDescription",
    "SamlSignOn",
    "SecretBox",
    "SecretUnreadable",
    "SignOn",
    "SignOnClient",
    "SignOnFailed",
    "SignOnFault",
]
