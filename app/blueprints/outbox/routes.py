from flask import Blueprint

blueprint = Blueprint("outbox", __name__)
