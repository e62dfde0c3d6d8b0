"""The front desk's rooms: today, bookings, people, the spaces themselves, settings. One blueprint a noun."""

from app.blueprints.admin import (
    amenities,
    bookings,
    limits,
    locations,
    one_booking,
    people,
    plans,
    resource_types,
    resources,
    settings,
    today,
)
from app.blueprints.admin.routes import blueprint
from app.blueprints.admin.settings_look import preview, routes

for room in (
    today,
    bookings,
    people,
    resources,
    locations,
    resource_types,
    amenities,
    plans,
    limits,
    settings,
):
    blueprint.register_blueprint(room.blueprint)

# Imported for their routes alone, which stand on the blueprints above.
__all__ = ["blueprint", "one_booking", "preview", "routes"]
