"""Forms about teams, for staff."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.domain.team.terms import LONGEST_TEAM_NAME, MOST_SEATS, TeamDetails
from app.models import Team
from app.web.forms import ChoiceField, Form, SearchField, TextField, WholeField, id_or_none, options


class TeamForm(Form):
    name = TextField(_l("Name"), longest=LONGEST_TEAM_NAME)
    seat_limit = WholeField(_l("Seats"), least=1, most=MOST_SEATS, required=False)
    location_id = ChoiceField(_l("Home location"), coerce=id_or_none)

    def __init__(self, locations: Iterable[tuple[int, str]], team: Team | None = None, **kwargs: Any) -> None:
        super().__init__(obj=team, **kwargs)
        self.location_id.choices = options(locations, empty=_("None"))

    def details(self) -> TeamDetails:
        return TeamDetails(self.name.data or "", self.seat_limit.data, self.location_id.data)


class FindTeams(Form):
    """What the list's address asks for."""

    class Meta:
        csrf = False

    q = SearchField()
    page = WholeField(least=1, most=1_000_000, required=False)
