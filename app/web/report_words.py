"""What can be wrong with a message, as who reports it and who decides about it read it."""

from flask_babel import lazy_gettext as _l

from app.models import ReportReason

REASONS = {
    ReportReason.RUDE: _l("It is rude or hurtful"),
    ReportReason.UNWANTED: _l("It is advertising, or does not stop"),
    ReportReason.UNSAFE: _l("Somebody may be in danger"),
    ReportReason.OTHER: _l("Something else"),
}
