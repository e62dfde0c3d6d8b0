"""The room's one blueprint, apart from its routes so that each of their files can add to it."""

from flask import Blueprint

blueprint = Blueprint("bookings", __name__)

ID = f"int(min=1, max={2**63 - 1})"
"""What a database can hold as an id; a longer number is no address of ours."""
