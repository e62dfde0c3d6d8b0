"""To an identity provider and back: signing in, linking an account, and being signed out from there."""

from app.blueprints.sign_on import leaving, saml  # noqa: F401 - add their routes
from app.blueprints.sign_on.routes import blueprint

__all__ = ["blueprint"]
