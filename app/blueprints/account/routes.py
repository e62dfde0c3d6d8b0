"""The account's front page: who one is here, and the tabs to everything else."""

from typing import Any

from flask import Blueprint, render_template

from app.domain.profile.own import own_profile
from app.web import auth
from app.web.access import in_section
from app.web.account_tabs import TABS
from app.web.database import session

blueprint = Blueprint("account", __name__)


@blueprint.context_processor
def account_tabs() -> dict[str, Any]:
    return {"account_tabs": TABS}


@blueprint.get("/account")
@in_section("account")
def show() -> str:
    return render_template("account/show.html", profile=own_profile(session(), auth.signed_in()))
