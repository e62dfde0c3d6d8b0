"""Settings, Signing in: the identity providers of the tenant, set up by its owners."""

from app.blueprints.admin.sign_on import connection, saml  # noqa: F401 - add their routes
from app.blueprints.admin.sign_on.routes import blueprint

__all__ = ["blueprint"]
