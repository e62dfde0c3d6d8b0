from app.blueprints.bookings.room import blueprint
from app.web.access import in_section
@blueprint.post("/bookings/holds")
@in_section("bookings")
def hold(): return ""
