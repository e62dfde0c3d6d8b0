"""What staff roles and permissions are called."""

from flask_babel import lazy_gettext as _l

from app.domain.actor import Permission
from app.models import Role

ROLES = {
    Role.NONE: _l("No role"),
    Role.FRONT_DESK: _l("Front desk"),
    Role.MANAGER: _l("Manager"),
    Role.OWNER: _l("Owner"),
    Role.CUSTOM: _l("A role of our own"),
}
PERMISSIONS = {
    Permission.PEOPLE: _l("People and their contracts"),
    Permission.BOOKINGS: _l("Bookings"),
    Permission.OVERRIDE: _l("Book past a room’s limits"),
    Permission.SPACES: _l("Spaces and prices"),
    Permission.MONEY: _l("Invoices and payments"),
    Permission.ACCOUNTS: _l("Accounts"),
    Permission.COMMUNITY: _l("Reported messages"),
    Permission.ANNOUNCEMENTS: _l("Announcements"),
    Permission.SETTINGS: _l("The companion app"),
    Permission.PRIVACY: _l("Privacy and deletion"),
    Permission.SIGN_ON: _l("Ways to sign in"),
    Permission.AUDIT: _l("The audit log"),
    Permission.STAFF: _l("Staff and their roles"),
}
"""All but Permission.ADMIN, which comes with any role."""
PERMISSION_HELP = {
    Permission.PEOPLE: _l(
        "Add people, change their details, invite and suspend them, put them on plans, sell to them."
    ),
    Permission.BOOKINGS: _l("See the day, book for people, extend, end and cancel their bookings."),
    Permission.OVERRIDE: _l("After a warning, and written down with the booking."),
    Permission.SPACES: _l("Locations, rooms, hours, closures, prices, plans, products and limits."),
    Permission.MONEY: _l("Write invoices and credit notes, take down payments, see what is owed."),
    Permission.ACCOUNTS: _l("Who bills and how: taxes, numbers of invoices, closed periods."),
    Permission.COMMUNITY: _l("See what members report, with a little around it, and remove it."),
    Permission.ANNOUNCEMENTS: _l("Tell many people something at once, and take it back."),
    Permission.SETTINGS: _l("Which sections are on, the home page, the look."),
    Permission.PRIVACY: _l("Make people anonymous, and say how long things are kept."),
    Permission.SIGN_ON: _l("Identity providers. Whoever sets one up decides whose account it opens."),
    Permission.AUDIT: _l("Read who did what, and when."),
    Permission.STAFF: _l("Make roles, and give and take them. Only an owner can allow this."),
}
