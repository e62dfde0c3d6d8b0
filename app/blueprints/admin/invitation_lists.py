"""Inviting many at once by a spreadsheet: sent in, looked over row by row, and only then sent out."""

from contextlib import closing
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms import FileField
from wtforms.validators import ValidationError

from app.blueprints.admin.answers import around, done, page, refused
from app.blueprints.admin.invitations import LONGEST_MESSAGE
from app.domain.actor import Permission
from app.domain.joining.invitation_file import MAX_BYTES, FileFault, FileRefused, Line, read_file
from app.domain.joining.lists import ListRow, RowFault, keep_list, look_over, send_list
from app.domain.joining.words import MOST_ROWS, AlreadyInvited, JoiningClosed
from app.domain.people.terms import LONGEST_NAME
from app.kernel.emails import looks_like_email
from app.kernel.paging import stretch
from app.web import auth
from app.web.access import staff
from app.web.attempts import attempt
from app.web.auth import clock, signed_in
from app.web.database import session
from app.web.forms import Form, TextField, WholeField, clean_text, without_forbidden
from app.web.htmx import go_to
from app.web.language import format_number
from app.web.origin import request_origin

blueprint = Blueprint("invitation_lists", __name__)

PAGE_SIZE = 100
_LONGEST_CELLS = {"first_name": LONGEST_NAME, "last_name": LONGEST_NAME, "location": 80, "plan": 80}

FAULTS = {
    RowFault.BAD_TEXT: _l("This held characters that cannot be shown, or too many."),
    RowFault.BAD_EMAIL: _l("An e-mail address looks like name@example.com."),
    RowFault.BAD_NAME: _l("Write both names, in letters, or none."),
    RowFault.TWICE: _l("This e-mail stands further up, too."),
    RowFault.KNOWN: _l("Somebody here has this e-mail already."),
    RowFault.INVITED: _l("An invitation to this e-mail is open."),
    RowFault.UNKNOWN_LOCATION: _l("There is no such location."),
    RowFault.UNKNOWN_PLAN: _l("There is no such plan."),
}


class PeopleFileField(FileField):
    """A CSV file; `data` is its lines."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, render_kw={"accept": ".csv,text/csv,text/plain"}, **kwargs)
        self.flags.required = True

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        sent = next((value for value in valuelist if isinstance(value, FileStorage) and value.filename), None)
        if sent is None:
            raise ValidationError(_("Choose a file."))
        with closing(sent):  # a large one lies in a temporary file
            data = sent.stream.read(MAX_BYTES + 1)
        try:
            self.data = read_file(data, MOST_ROWS)
        except FileRefused as refusal:
            raise ValidationError(_file_sentence(refusal.fault)) from None


class UploadForm(Form):
    file = PeopleFileField(_l("CSV file"))
    message = TextField(_l("A few words"), longest=LONGEST_MESSAGE, required=False, multiline=True)


class _Show(Form):
    class Meta:
        csrf = False

    page = WholeField(least=1, most=1_000_000, required=False)


@blueprint.get("/people/invitations/lists/new")
@staff(Permission.PEOPLE, whole_house=True)
def new() -> Response:
    return _new_page(UploadForm())


@blueprint.post("/people/invitations/lists")
@staff(Permission.PEOPLE, whole_house=True)
def create() -> Response:
    form = UploadForm()
    made: list[int] = []

    def keep() -> None:
        rows = [_row(line) for line in form.file.data]
        made.append(keep_list(session(), signed_in(), rows, form.message.data or "", clock()))

    if not attempt(form, keep):
        return _new_page(form, wrong=True)
    return go_to(_url(made[0]))


@blueprint.get("/people/invitations/lists/<int:list_id>")
@staff(Permission.PEOPLE, whole_house=True)
def show(list_id: int) -> Response:
    checked = look_over(session(), list_id, auth.now())
    wrong_asked = request.args.get("show", "" if checked.wrong else "ready") != "ready"
    rows = checked.wrong if wrong_asked else checked.ready
    form = _Show(request.args)
    form.validate()
    at = stretch(form.page.data or 1, len(rows), PAGE_SIZE)
    which = "wrong" if wrong_asked else "ready"
    return page(
        "admin/invitation_lists/show.html",
        list_id=list_id,
        rows=rows[at.rows],
        ready=len(checked.ready),
        wrong_rows=len(checked.wrong),
        faults=FAULTS,
        which=which,
        filters=[
            (
                _("With errors (%(num)s)", num=format_number(len(checked.wrong))),
                _url(list_id, "wrong"),
                wrong_asked,
            ),
            (
                _("Ready (%(num)s)", num=format_number(len(checked.ready))),
                _url(list_id, "ready"),
                not wrong_asked,
            ),
        ],
        **around(at, lambda number: _url(list_id, which, number)),
    )


@blueprint.post("/people/invitations/lists/<int:list_id>/sending")
@staff(Permission.PEOPLE, whole_house=True)
def create_sending(list_id: int) -> Response:
    try:
        count = send_list(session(), signed_in(), list_id, request_origin(), clock())
    except JoiningClosed:
        return refused(_url(list_id), _("Joining is off. Switch it on in the settings first."))
    except AlreadyInvited:
        return refused(_url(list_id), _("Somebody invited one of them meanwhile. Look it over once more."))
    session().commit()
    return done(
        url_for("admin.invitations.index"),
        ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", count),
    )


def _row(line: Line) -> ListRow:
    """A line as a row, with what is wrong in its shape."""
    faults = []
    texts = {}
    for key in ("email", *_LONGEST_CELLS):
        typed = getattr(line, key)
        texts[key] = " ".join(without_forbidden(typed).split())
        try:
            texts[key] = clean_text(typed)
        except ValidationError:
            faults.append(RowFault.BAD_TEXT)
        longest = _LONGEST_CELLS.get(key)
        if longest and len(texts[key]) > longest:
            faults.append(RowFault.BAD_TEXT)
            texts[key] = texts[key][:longest]
    if not looks_like_email(texts["email"]):
        faults.append(RowFault.BAD_EMAIL)
        texts["email"] = texts["email"][:100]
    return ListRow(Line(line.number, **texts), tuple(dict.fromkeys(faults)))


def _file_sentence(fault: FileFault) -> str:
    return {
        FileFault.EMPTY: _("There is nobody in this file."),
        FileFault.NO_TEXT: _("This is no CSV file. Save the sheet as CSV, and send that."),
        FileFault.NO_EMAIL_COLUMN: _("No column is called e-mail. Name it in the first row."),
        FileFault.TOO_LARGE: _(
            "The file is larger than %(size)s MB. Choose a smaller one.", size=MAX_BYTES // (1024 * 1024)
        ),
        FileFault.TOO_MANY_ROWS: _(
            "There are more than %(most)s people in it. Send it in parts.", most=format_number(MOST_ROWS)
        ),
    }[fault]


def _new_page(form: UploadForm, *, wrong: bool = False) -> Response:
    return page("admin/invitation_lists/new.html", wrong=wrong, form=form, most=MOST_ROWS)


def _url(list_id: int, which: str | None = None, number: int = 1) -> str:
    return url_for(
        "admin.invitation_lists.show", list_id=list_id, show=which, page=number if number > 1 else None
    )
