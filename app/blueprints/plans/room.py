"""The room's one blueprint, apart from its routes so that each of their files can add to it."""

from flask import Blueprint, request

from app.domain.plans.contracts import Held
from app.domain.plans.showing import ContractShown, contracts_shown
from app.kernel.errors import NotFound
from app.web import auth
from app.web.auth import today
from app.web.database import session

blueprint = Blueprint("plans", __name__)


def link_in_hand() -> str | None:
    """The secret of the link that led here, which each step of joining hands to the next."""
    return request.values.get("link") or None


def own_contract(contract_id: int) -> tuple[ContractShown, Held]:
    """One's own contract that is billed. Raises NotFound for any other."""
    for each in contracts_shown(session(), auth.signed_in().person_id, today()):
        if each.contract.id == contract_id and each.held is not None:
            return each, each.held
    raise NotFound
