from app.blueprints.bookings.room import blueprint
from app.web.access import in_section
@blueprint.get("/bookings/day")
@in_section("bookings")
def day(): return ""
@blueprint.get("/bookings/mine")
@in_section("bookings")
def mine(): return ""
