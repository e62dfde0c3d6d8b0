"""The room's one blueprint, apart from its routes so that each of their files can add to it."""

from datetime import date

from flask import Blueprint

from app.kernel.walltime import local_date, zone
from app.web import auth

blueprint = Blueprint("plans", __name__)


def today() -> date:
    """The date where the tenant is: what contracts go by."""
    return local_date(auth.now(), zone(auth.portal().zone))
