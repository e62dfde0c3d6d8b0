"""The front desk's rooms: today, bookings, people, the spaces themselves, settings. One blueprint a noun."""

from app.blueprints.admin import (
    amenities,
    announcement_looks,
    announcements,
    anonymising,
    audit,
    billing,
    bookings,
    dunning,
    invitation_lists,
    invitations,
    invoice_settings,
    invoice_settling,
    invoices,
    joining,
    limits,
    locations,
    mail_server,
    merging,
    one_booking,
    one_person,
    payers,
    people,
    plans,
    privacy,
    push,
    reports,
    resource_types,
    resources,
    roles,
    settings,
    sign_ups,
    skills,
    standing,
    teams,
    today,
)
from app.blueprints.admin.routes import blueprint
from app.blueprints.admin.settings_look import preview, routes
from app.blueprints.admin.sign_on import blueprint as sign_on
from app.blueprints.admin.sign_on import rules

for room in (
    today,
    bookings,
    people,
    announcements,
    teams,
    invoice_settling,
    payers,
    invoices,
    billing,
    dunning,
    invoice_settings,
    invitations,
    invitation_lists,
    sign_ups,
    reports,
    resources,
    locations,
    resource_types,
    amenities,
    plans,
    limits,
    skills,
    roles,
    audit,
    settings,
    merging,
    anonymising,
    privacy,
    joining,
    mail_server,
    push,
    rules,
):
    blueprint.register_blueprint(room.blueprint)
blueprint.register_blueprint(sign_on)

# Imported for their routes alone, which stand on the blueprints above.
__all__ = ["announcement_looks", "blueprint", "one_booking", "one_person", "preview", "routes", "standing"]
