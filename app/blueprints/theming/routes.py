from flask import Blueprint

blueprint = Blueprint("theming", __name__)
