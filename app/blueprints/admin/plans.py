"""Plans: the names under which people are members."""

from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.blueprints.admin.lists import SmallList
from app.blueprints.admin.routes import blueprint
from app.domain.actor import Permission
from app.domain.spaces.lists import PlanDetails
from app.models import Plan
from app.web.access import staff
from app.web.forms import Form, TextField, WholeField


class PlanForm(Form):
    name = TextField(_l("Name"), longest=80)
    position = WholeField(_l("Place in the list"), least=0, most=9999)

    def __init__(self, plan: Plan | None, **kwargs: Any) -> None:
        super().__init__(obj=plan, **({} if plan else {"data": {"position": 0}}), **kwargs)


_LIST = SmallList("plans", Plan, PlanForm, lambda form: PlanDetails(form.name.data, form.position.data))


@blueprint.get("/plans")
@staff(Permission.SPACES)
def plans_index() -> Response:
    return _LIST.index()


@blueprint.post("/plans")
@staff(Permission.SPACES)
def plans_create() -> Response:
    return _LIST.save(None)


@blueprint.get("/plans/<int:entry_id>")
@staff(Permission.SPACES)
def plans_show(entry_id: int) -> Response:
    return _LIST.show(entry_id)


@blueprint.post("/plans/<int:entry_id>")
@staff(Permission.SPACES)
def plans_update(entry_id: int) -> Response:
    return _LIST.save(entry_id)


@blueprint.post("/plans/<int:entry_id>/removal")
@staff(Permission.SPACES)
def plans_destroy(entry_id: int) -> Response:
    return _LIST.remove(entry_id)
