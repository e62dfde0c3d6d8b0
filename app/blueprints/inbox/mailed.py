"""What the links in mails do without signing in: a digest is stopped, an address is shown to work."""

from flask import abort, current_app, make_response, render_template
from werkzeug.wrappers import Response

from app.blueprints.inbox.routes import blueprint
from app.domain.notices.bounces import note_arrival
from app.domain.notices.preferences import stop_digest
from app.web import auth
from app.web.access import public
from app.web.database import session
from app.web.mail_tokens import read_arrival_token, read_digest_token
from app.web.security import csrf


@blueprint.get("/notifications/digest/<token>")
@public
def edit_digest(token: str) -> Response:
    """Asks first: programs open every link of a mail to look at it, and they must not stop anything."""
    _whose_digest(token)
    return _page("inbox/digest.html", token=token, done=False)


@blueprint.post("/notifications/digest/<token>")
@csrf.exempt  # type: ignore[untyped-decorator] # a mail program posts here by itself (RFC 8058); the token is what counts
@public
def destroy_digest(token: str) -> Response:
    stop_digest(session(), _whose_digest(token))
    session().commit()
    return _page("inbox/digest.html", token=token, done=True)


@blueprint.get("/email/arrival/<token>")
@public
def edit_arrival(token: str) -> Response:
    person_id_and_email = read_arrival_token(_key(), auth.portal().tenant_id, token)
    return _page(
        "inbox/arrival.html", 200 if person_id_and_email else 404, token=token, over=not person_id_and_email
    )


@blueprint.post("/email/arrival/<token>")
@public
def create_arrival(token: str) -> Response:
    found = read_arrival_token(_key(), auth.portal().tenant_id, token)
    over = found is None or not note_arrival(session(), *found)
    session().commit()
    return _page("inbox/arrival.html", 404 if over else 200, token=token, over=over, done=not over)


def _whose_digest(token: str) -> int:
    person_id = read_digest_token(_key(), auth.portal().tenant_id, token)
    if person_id is None:
        abort(404)
    return person_id


def _key() -> str:
    return str(current_app.secret_key)


def _page(template: str, status: int = 200, *, done: bool = False, **more: object) -> Response:
    return make_response(render_template(template, done=done, **more), status)
