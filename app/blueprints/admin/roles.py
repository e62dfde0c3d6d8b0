"""Staff roles: the built-in ones to read, and those of the tenant's own to make, change and remove."""

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page, refused
from app.blueprints.admin.role_forms import ROLE_WORDS, StaffRoleForm
from app.domain.actor import ROLE_PERMISSIONS, Permission
from app.domain.spaces.terms import StillUsed
from app.domain.staff_roles import may_change, remove_role, role_to_change, roles_of, save_role
from app.models import Role
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.staff_words import PERMISSION_HELP, PERMISSIONS, ROLES

blueprint = Blueprint("roles", __name__)

_BUILT_IN = (Role.OWNER, Role.MANAGER, Role.FRONT_DESK)


@blueprint.get("/roles")
@staff(Permission.STAFF, whole_house=True)
def index() -> Response:
    actor = signed_in()
    return page(
        "admin/roles/index.html",
        built_in=[(ROLES[role], _words(ROLE_PERMISSIONS[role])) for role in _BUILT_IN],
        roles=[
            (role, _words(role.permissions), may_change(actor, role.permissions))
            for role in roles_of(session())
        ],
    )


@blueprint.get("/roles/new")
@staff(Permission.STAFF, whole_house=True)
def new() -> Response:
    return _page(None, StaffRoleForm(signed_in()))


@blueprint.post("/roles")
@staff(Permission.STAFF, whole_house=True)
def create() -> Response:
    return _save(None)


@blueprint.get("/roles/<int:role_id>")
@staff(Permission.STAFF, whole_house=True)
def show(role_id: int) -> Response:
    return _page(role_id)


@blueprint.post("/roles/<int:role_id>")
@staff(Permission.STAFF, whole_house=True)
def update(role_id: int) -> Response:
    return _save(role_id)


@blueprint.post("/roles/<int:role_id>/removal")
@staff(Permission.STAFF, whole_house=True)
def destroy(role_id: int) -> Response:
    """Remove a role that nobody has."""
    role_to_change(session(), signed_in(), role_id)
    try:
        remove_role(session(), signed_in(), role_id, clock())
    except StillUsed as used:
        return refused(
            url_for("admin.roles.show", role_id=role_id),
            ngettext(
                "%(num)s person has this role. Give them another one first.",
                "%(num)s people have this role. Give them another one first.",
                used.count,
            ),
        )
    session().commit()
    return done(url_for("admin.roles.index"), _("Removed."))


def _save(role_id: int | None) -> Response:
    if role_id is not None:
        role_to_change(session(), signed_in(), role_id)
    form = StaffRoleForm(signed_in())
    if not attempt(
        form, lambda: save_role(session(), signed_in(), role_id, form.details(), clock()), ROLE_WORDS
    ):
        return _page(role_id, form)
    return done(url_for("admin.roles.index"), _("Saved."))


def _page(role_id: int | None, form: StaffRoleForm | None = None) -> Response:
    role = None if role_id is None else role_to_change(session(), signed_in(), role_id)
    return page(
        "admin/roles/show.html",
        wrong=form is not None and bool(form.errors),
        role=role,
        form=form or StaffRoleForm(signed_in(), role, formdata=None),
        help={str(each): words for each, words in PERMISSION_HELP.items()},
        action=url_for("admin.roles.create")
        if role is None
        else url_for("admin.roles.update", role_id=role.id),
    )


def _words(permissions: frozenset[Permission]) -> list[str]:
    return [str(label) for each, label in PERMISSIONS.items() if each in permissions]
