"""What the operator's small lists (types, amenities, plans) share: one page with every entry and one form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.blueprints.admin.answers import attempt, done, page, refused, same_name, say
from app.domain.lookup import one
from app.domain.spaces.lists import Details, Entry, remove_entry, save_entry
from app.domain.spaces.terms import NameTaken, StillUsed
from app.kernel.money import Money
from app.web import auth, wording
from app.web.auth import clock, signed_in
from app.web.database import session


@dataclass(frozen=True, slots=True)
class SmallList:
    """One of the lists: where it lives, what its entries are, and the form that makes one.

    `form(entry, **kwargs)` gives the form; `details(form)` what it says, once it is valid.
    """

    key: str
    """Endpoint prefix and template folder: `plans`."""
    model: type[Entry]
    form: Callable[..., Any]
    details: Callable[[Any], Details]

    def index(self, *, form: Any = None, entry: Entry | None = None) -> Response:
        """Every entry, beside a form for a new one or for the one in hand."""
        entries = (
            session()
            .execute(select(self.model).order_by(self.model.position, self.model.name))
            .scalars()
            .all()
        )
        return page(
            f"admin/{self.key}/index.html",
            wrong=form is not None,
            money=_money,
            entries=entries,
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
        return done(url_for(f"admin.{self.key}_index"), _("Saved."))

    def remove(self, entry_id: int) -> Response:
        """Remove an entry that nothing uses."""
        try:
            remove_entry(session(), signed_in(), self.model, entry_id, clock())
        except StillUsed as used:
            return refused(
                url_for(f"admin.{self.key}_show", entry_id=entry_id),
                ngettext(
                    "It is in use in %(num)s place, so it stays.",
                    "It is in use in %(num)s places, so it stays.",
                    used.count,
                ),
            )
        session().commit()
        return done(url_for(f"admin.{self.key}_index"), _("Removed."))

    def _action(self, entry: Entry | None) -> str:
        if entry is None:
            return url_for(f"admin.{self.key}_create")
        return url_for(f"admin.{self.key}_update", entry_id=entry.id)


def _money(minor: int) -> str:
    return wording.money(Money(minor, auth.portal().currency))
