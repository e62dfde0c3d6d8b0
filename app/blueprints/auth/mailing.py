"""A form that asks for an e-mail, and the mail that goes there once the answer has left."""

from collections.abc import Callable

from werkzeug.wrappers import Response

from app.blueprints.auth.forms import AddressForm
from app.web.afterwards import LaterWork, afterwards
from app.web.htmx import go_to
from app.web.limits import by_account, by_address, too_many, wait_sentence


def mail_whoever(
    page: Callable[[AddressForm, int], Response], onwards: str, mail: Callable[[str], LaterWork]
) -> Response:
    """Answer the form and go `onwards`, the same whoever has the address; what `mail` makes of it is done
    when that has left.

    `page` shows the form again, with what is wrong.
    """
    form = AddressForm()
    if not form.validate():
        return page(form, 422)
    email = form.email.data or ""
    if wait := by_address("link by address").spend() or by_account("link by account", email).spend():
        form.say("", wait_sentence(wait))
        return too_many(page(form, 200), wait)
    response = go_to(onwards)
    # Looked up once the answer has left: not even its time tells whether anybody has this e-mail.
    afterwards(response, mail(email))
    return response
