from flask import Blueprint

blueprint = Blueprint("bookings", __name__)
