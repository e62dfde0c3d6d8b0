"""The only file that knows htmx's headers: which answers are parts of pages, and how to send a browser elsewhere."""

from flask import Flask, Response, redirect, request, url_for
from werkzeug.urls import iri_to_uri
from werkzeug.wrappers import Response as BaseResponse

from app.web.addresses import local_path


def wants_part() -> bool:
    """Whether htmx asks for a part of a page. A boosted or history-restoring request wants the page."""
    headers = request.headers
    if headers.get("HX-Request") != "true":
        return False
    return headers.get("HX-Boosted") != "true" and headers.get("HX-History-Restore-Request") != "true"


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def go_to(path: str) -> BaseResponse:
    """Send the browser to another page: 303 for a form, HX-Redirect for htmx, which would swap a redirect's page in."""
    if is_htmx():
        answer = Response(status=204)
        # As in a Location: a server sends headers in Latin-1, and drops an answer that it cannot send.
        answer.headers["HX-Redirect"] = iri_to_uri(path)
        return answer
    return redirect(path, code=303)


def redirect_to_sign_in() -> BaseResponse:
    """To the sign-in page, and back afterwards to where the person was going."""
    target = request.full_path.rstrip("?") if request.method == "GET" else ""
    if is_htmx():
        target = local_path(request.headers.get("HX-Current-URL", ""), absolute=True)
    path = url_for("auth.new", next=target) if target and target != "/" else url_for("auth.new")
    if is_htmx():
        return go_to(path)
    return redirect(path, code=302)


def init_htmx(app: Flask) -> None:
    @app.after_request
    def vary(response: Response) -> Response:
        # One address answers page or part: no cache may take one for the other.
        if request.endpoint != "static":
            response.vary.add("HX-Request")
        return response
