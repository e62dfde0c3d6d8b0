"""The blueprint, apart from its routes so that each of their files can add to it."""

from flask import Blueprint

blueprint = Blueprint("rooms", __name__)
