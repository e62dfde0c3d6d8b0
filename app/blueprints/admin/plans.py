"""Plans: the names under which people are members."""

from flask_babel import lazy_gettext as _l

from app.blueprints.admin.lists import EntryForm, SmallList, routes_of
from app.domain.spaces.lists import PlanDetails
from app.models import Plan
from app.web.forms import TextField


class PlanForm(EntryForm):
    name = TextField(_l("Name"), longest=80)

    def details(self) -> PlanDetails:
        return PlanDetails(self.name.data, self.position.data)


blueprint = routes_of(
    SmallList(
        "plans",
        _l("Plans"),
        _l("Add a plan"),
        Plan,
        PlanForm,
        PlanForm.details,
        beside="admin/plans/_beside.html",
    )
)
