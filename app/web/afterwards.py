"""Work that the visitor must not wait for, or must not be able to time: done when the answer has left."""

from collections.abc import Callable

from flask import Flask, current_app, g
from flask import Response as FlaskResponse
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from app.domain import sessions
from app.tenancy import tenant_session
from app.web import auth
from app.web.database import db

LaterWork = Callable[[Session], object]


def afterwards(response: Response, work: LaterWork) -> None:
    """Do the work in a transaction of its own, in this tenant, after the answer was sent.

    It may be lost when the process is killed at that moment; a database that is away is logged.
    """
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the app outlives its proxy
    tenant_id = g.tenant.id

    @response.call_on_close
    def later() -> None:
        try:
            with app.app_context(), tenant_session(db.session.session_factory, tenant_id) as session:
                work(session)
        except SQLAlchemyError:
            app.logger.exception("work after an answer was lost")


def init_keep_alive(app: Flask) -> None:
    """Sessions live on while they are used. Pages themselves never write; this note of it follows them."""

    @app.after_request
    def keep_alive(response: FlaskResponse) -> FlaskResponse:
        visit = g.get("visit")
        if visit is None or visit.actor is None or visit.last_seen_at is None:
            return response
        session_id, now = visit.actor.session_id, auth.now()
        if now - visit.last_seen_at >= sessions.SEEN_EVERY:
            afterwards(response, lambda session: sessions.keep_alive(session, session_id, now))
        return response
