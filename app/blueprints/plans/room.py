"""The room's one blueprint, apart from its routes so that each of their files can add to it."""

from datetime import date

from flask import Blueprint

from app.domain.plans.contracts import Held
from app.domain.plans.showing import ContractShown, contracts_shown
from app.kernel.errors import NotFound
from app.kernel.walltime import local_date, zone
from app.web import auth
from app.web.database import session

blueprint = Blueprint("plans", __name__)


def today() -> date:
    """The date where the tenant is: what contracts go by."""
    return local_date(auth.now(), zone(auth.portal().zone))


def own_contract(contract_id: int) -> tuple[ContractShown, Held]:
    """One's own contract that is billed. Raises NotFound for any other."""
    for each in contracts_shown(session(), auth.signed_in().person_id, today()):
        if each.contract.id == contract_id and each.held is not None:
            return each, each.held
    raise NotFound
