"""The only file that knows htmx's headers: which answers are parts of pages, and how to send a browser elsewhere."""

from typing import Protocol, cast

from flask import Flask, Response, redirect, request, url_for
from htmx_flask import Htmx
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as BaseResponse

from app.web.addresses import local_path
from app.web.cookies import go_by


class _Headers(Protocol):
    """What htmx-flask, which ships no types, reads of a request's headers; true when htmx is asking."""

    boosted: bool
    history_restore_request: bool
    current_url: str | None

    def __bool__(self) -> bool: ...


class _Asking(Protocol):
    htmx: _Headers


def _headers() -> _Headers:
    return cast(_Asking, request).htmx


def wants_part() -> bool:
    """Whether htmx asks for a part of a page. A boosted or history-restoring request wants the page."""
    headers = _headers()
    return bool(headers) and not headers.boosted and not headers.history_restore_request


def is_htmx() -> bool:
    return bool(_headers())


def go_to(path: str) -> BaseResponse:
    """Send the browser to another page: 303 for a form, HX-Redirect for htmx, which would swap a redirect's page in."""
    if is_htmx():
        answer = Response(status=204)
        # As in a Location: a server sends headers in Latin-1, and drops an answer that it cannot send.
        answer.headers["HX-Redirect"] = iri_to_uri(path)
        return answer
    return redirect(path, code=303)


def page_in_hand() -> str:
    """The page that the person asks for, or from which the rest of it asks: a path of ours, or nothing."""
    if is_htmx():
        return local_path(_headers().current_url or "", absolute=True)
    # Pictures and scripts ask for anything but a page.
    if request.method == "GET" and "text/html" in request.headers.get("Accept", "text/html"):
        query = request.query_string.decode(errors="replace")
        return local_path(f"{request.path}?{query}" if query else request.path)
    return local_path(request.referrer or "", absolute=True)


def redirect_to_sign_in() -> BaseResponse:
    """To the sign-in page, and back afterwards to where the person was going."""
    target = page_in_hand()
    path = url_for("auth.new", next=target) if target and target != "/" else url_for("auth.new")
    if is_htmx():
        return go_to(path)
    return redirect(path, code=302)


def init_htmx(app: Flask) -> None:
    Htmx(app)

    @app.after_request
    def vary(response: Response) -> Response:
        # One address answers page or part: no cache may take one for the other.
        if request.endpoint != "static":
            go_by(response, "HX-Request")
        return response
