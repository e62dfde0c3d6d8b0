"""My account: names, language, home location, password, signed-in devices."""

from app.blueprints.account import devices, password  # noqa: F401 - add their routes
from app.blueprints.account.routes import blueprint

__all__ = ["blueprint"]
