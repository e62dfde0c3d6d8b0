"""What the operator's small lists (types, amenities, plans) share: one page with every entry and one form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import done, page, refused, same_name
from app.domain.actor import Permission
from app.domain.lookup import one
from app.domain.spaces.lists import Details, Entry, entries_of, remove_entry, save_entry
from app.domain.spaces.terms import NameTaken, StillUsed
from app.web.access import staff
from app.web.attempts import attempt, say
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.forms import Form, Label, WholeField


class EntryForm(Form):
    """What the form of every list has beside the entry's name. `blank` is what a new entry starts with."""

    blank: ClassVar[Mapping[str, Any]] = {"position": 0}
    position = WholeField(_l("Place in the list"), least=0, most=9999)

    def __init__(self, entry: Entry | None, **kwargs: Any) -> None:
        super().__init__(obj=entry, **({} if entry else {"data": self.blank}), **kwargs)


@dataclass(frozen=True, slots=True)
class Line:
    """What a list's row says beside the entry's name."""

    detail: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class SmallList:
    """One of the lists: where it lives, what its entries are, and the form that makes one."""

    key: str
    """Blueprint and template folder, and with hyphens the path: `resource_types`."""
    title: Label
    add: Label
    """What adding one is called."""
    model: type[Entry]
    form: type[EntryForm]
    details: Callable[[Any], Details]
    """Of a valid form, what it says."""
    line: Callable[[Any], Line] = lambda _entry: Line()
    """Of an entry, its row."""
    fields: str | None = None
    """The template of what the form has beside name and place."""
    beside: str | None = None
    """The template of what else there is about an entry."""
    of_people: bool = False
    """Whether it stands beside people instead of among the lists of spaces."""

    def index(self, *, form: EntryForm | None = None, entry: Entry | None = None) -> Response:
        """Every entry, beside a form for a new one or for the one in hand."""
        start = url_for(f"admin.{self.key}.show", entry_id=0).removesuffix("0")
        entries = entries_of(session(), self.model)
        return page(
            "admin/lists/index.html",
            wrong=form is not None,
            each=self,
            rows=[(f"{start}{each.id}", each.name, self.line(each), each is entry) for each in entries],
            entry=entry,
            form=form or self.form(entry, formdata=None),
            action=self._action(entry),
        )

    def show(self, entry_id: int) -> Response:
        return self.index(entry=one(session(), self.model, entry_id))

    def save(self, entry_id: int | None) -> Response:
        """Add an entry, or change one."""
        entry = None if entry_id is None else one(session(), self.model, entry_id)
        form = self.form(None)
        if not attempt(
            form,
            lambda: save_entry(session(), signed_in(), entry_id, self.details(form), clock()),
            {NameTaken: say("name", same_name)},
        ):
            return self.index(form=form, entry=entry)
        return done(url_for(f"admin.{self.key}.index"), _("Saved."))

    def remove(self, entry_id: int) -> Response:
        """Remove an entry that nothing uses."""
        try:
            remove_entry(session(), signed_in(), self.model, entry_id, clock())
        except StillUsed as used:
            return refused(
                url_for(f"admin.{self.key}.show", entry_id=entry_id),
                ngettext(
                    "It is in use in %(num)s place, so it stays.",
                    "It is in use in %(num)s places, so it stays.",
                    used.count,
                ),
            )
        session().commit()
        return done(url_for(f"admin.{self.key}.index"), _("Removed."))

    def _action(self, entry: Entry | None) -> str:
        if entry is None:
            return url_for(f"admin.{self.key}.create")
        return url_for(f"admin.{self.key}.update", entry_id=entry.id)


def routes_of(entries: SmallList, permission: Permission = Permission.SPACES) -> Blueprint:
    """The addresses of a list: `admin.plans.index`, `create`, `show`, `update` and `destroy`."""
    blueprint = Blueprint(entries.key, __name__)
    path, guarded = f"/{entries.key.replace('_', '-')}", staff(permission, whole_house=True)

    @blueprint.get(path)
    @guarded
    def index() -> Response:
        return entries.index()

    @blueprint.post(path)
    @guarded
    def create() -> Response:
        return entries.save(None)

    @blueprint.get(f"{path}/<int:entry_id>")
    @guarded
    def show(entry_id: int) -> Response:
        return entries.show(entry_id)

    @blueprint.post(f"{path}/<int:entry_id>")
    @guarded
    def update(entry_id: int) -> Response:
        return entries.save(entry_id)

    @blueprint.post(f"{path}/<int:entry_id>/removal")
    @guarded
    def destroy(entry_id: int) -> Response:
        return entries.remove(entry_id)

    return blueprint
