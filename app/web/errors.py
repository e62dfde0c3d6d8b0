"""What went wrong, in a sentence: every error answers with a page of ours and never with a trace."""

from flask import Flask, current_app, g, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from app.kernel.errors import NotFound


def sentences_of(code: int) -> tuple[str, str]:
    """Heading and sentence for a status code."""
    known = {
        400: (_("That request did not make sense"), _("Go back, load the page again and try once more.")),
        403: (_("Not for you"), _("Your account may not do this.")),
        404: (_("Nothing here"), _("The page does not exist, or it is not open to you.")),
        405: (_("Not that way"), _("This address cannot be used like that. Go back and try the buttons.")),
        413: (_("Too large"), _("What you sent is larger than we take. Choose a smaller file.")),
        429: (_("Too many tries"), _("Wait a few minutes and try again.")),
        503: (_("A short break"), _("We cannot reach our database right now. Try again in a minute.")),
    }
    return known.get(code, (_("Something broke"), _("It is on our side. Try again in a minute.")))


def error_page(code: int, sentence: str | None = None) -> BaseResponse:
    heading, default = sentences_of(code)
    wants_json = request.accept_mimetypes.best == "application/json"
    if wants_json:
        response = make_response(jsonify(error=heading, detail=sentence or default), code)
    else:
        page = render_template("errors/error.html", code=code, heading=heading, sentence=sentence or default)
        response = make_response(page, code)
    response.headers["Cache-Control"] = "no-store"
    return response


def _http_error(error: HTTPException) -> BaseResponse:
    response = error_page(error.code or 500)
    for header, value in error.get_headers():
        if header in {"Retry-After", "Allow"}:
            response.headers[header] = value
    return response


def _forged(_error: CSRFError) -> BaseResponse:
    return error_page(400, _("This form was open for too long. Load the page again and send it once more."))


def _not_found(_error: NotFound) -> BaseResponse:
    return error_page(404)


def _database_down(error: DBAPIError | PoolTimeout) -> BaseResponse:
    current_app.logger.error("the database is out of reach: %s", type(error).__name__)
    g.database_is_away = True
    response = error_page(503)
    response.headers["Retry-After"] = "30"
    return response


def _unexpected(error: Exception) -> BaseResponse:
    if current_app.testing:
        raise error
    current_app.logger.error("unexpected error", exc_info=error)
    return error_page(500)


def init_errors(app: Flask) -> None:
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(CSRFError, _forged)
    app.register_error_handler(NotFound, _not_found)
    for out_of_reach in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(out_of_reach, _database_down)
    app.register_error_handler(Exception, _unexpected)
