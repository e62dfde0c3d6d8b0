"""Skills: what people can choose to be found by, beside their own words."""

from flask_babel import lazy_gettext as _l

from app.blueprints.admin.lists import EntryForm, SmallList, routes_of
from app.domain.actor import Permission
from app.domain.profile.terms import LONGEST_SKILL
from app.domain.spaces.lists import SkillDetails
from app.models import Skill
from app.web.forms import TextField


class SkillForm(EntryForm):
    name = TextField(_l("Name"), longest=LONGEST_SKILL)

    def details(self) -> SkillDetails:
        return SkillDetails(self.name.data, self.position.data)


blueprint = routes_of(
    SmallList("skills", _l("Skills"), _l("Add a skill"), Skill, SkillForm, SkillForm.details, of_people=True),
    Permission.PEOPLE,
)
