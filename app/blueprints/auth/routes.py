from flask import Blueprint

from app.web.access import public

blueprint = Blueprint("auth", __name__)


@blueprint.get("/login")
@public
def new() -> str:
    return "sign in"
