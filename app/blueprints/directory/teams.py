"""The teams that show themselves."""

from flask import render_template
from flask_babel import ngettext

from app.blueprints.directory.asked import read_words
from app.blueprints.directory.room import Answer, blueprint, lists
from app.domain.directory.here import presences
from app.domain.directory.teams import find_teams, listed_team
from app.domain.directory.words import LONGEST_QUERY
from app.web import auth
from app.web.access import in_section
from app.web.database import session
from app.web.htmx import wants_part
from app.web.people import face_row

PAGE_SIZE = 50


@blueprint.get("/directory/teams")
@in_section("directory")
def index_teams() -> str:
    words, cut = read_words()
    teams = find_teams(session(), auth.signed_in(), words)
    return render_template(
        "directory/_teams.html" if wants_part() else "directory/teams.html",
        words=words,
        cut=LONGEST_QUERY if cut else 0,
        teams=teams[:PAGE_SIZE],
        left=max(0, len(teams) - PAGE_SIZE),
        count=ngettext("%(num)s team", "%(num)s teams", len(teams)),
        lists=lists("teams"),
    )


@blueprint.get("/directory/teams/<int:team_id>")
@in_section("directory")
def show_team(team_id: int) -> str:
    team, people = listed_team(session(), auth.signed_in(), team_id)
    here = presences(session(), {each.person_id for each in people if each.shows_here}, auth.now())
    return render_template(
        "directory/team.html",
        team=team,
        answer=Answer(
            [face_row(each, here=each.person_id in here) for each in people],
            ngettext("%(num)s person", "%(num)s people", team.people),
        ),
    )
