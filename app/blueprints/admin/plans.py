"""Plans: the names under which people are members."""

from flask_babel import lazy_gettext as _l

from app.blueprints.admin.lists import EntryForm, SmallList, add_routes
from app.domain.spaces.lists import PlanDetails
from app.models import Plan
from app.web.forms import TextField


class PlanForm(EntryForm):
    name = TextField(_l("Name"), longest=80)

    def details(self) -> PlanDetails:
        return PlanDetails(self.name.data, self.position.data)


add_routes(SmallList("plans", _l("Plans"), _l("Add a plan"), Plan, PlanForm, PlanForm.details))
