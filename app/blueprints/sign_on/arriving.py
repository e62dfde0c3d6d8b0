"""What becomes of a browser that is back from a provider: signed in, linked, or told why not."""

import re
import secrets
from collections.abc import Mapping

from flask import current_app, flash, make_response, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.blueprints.sign_on.sentences import reason_sentence
from app.domain import sessions
from app.domain.sign_on.coming import accept_unasked, complete
from app.domain.sign_on.providers import find_provider
from app.domain.sign_on.terms import Complete, Completed, SignOnRefused
from app.models import SignOnProtocol, SignOnPurpose
from app.ports import FetchFault
from app.web import auth
from app.web.addresses import local_path
from app.web.database import session
from app.web.htmx import go_to
from app.web.ports import sign_on
from app.web.sign_on import answer_to, arrived, browser_token
from app.web.signing import remember, this_browser

_OURS = re.compile(r"[A-Za-z0-9_-]{43}")
"""What we send along with a browser (`domain.sign_on.going`). A provider that begins by itself sends an address."""


def arrive(provider_id: int, token: str, answer: Mapping[str, str]) -> Response:
    """Take a provider's answer. `token` is what we sent along with the browser."""
    provider = find_provider(session(), provider_id)
    # SAML's answer is posted from the provider's page: the session's cookie is not there, and must not be touched.
    cross_site = provider.protocol is SignOnProtocol.SAML
    before = None if cross_site else auth.actor()
    command = Complete(
        provider_id,
        token,
        answer,
        answer_to(provider_id, provider.protocol),
        browser_token(provider.protocol),
        this_browser(),
        before.person_id if before else None,
        cross_site,
    )
    unasked = cross_site and provider.settings.get("unasked") and not _OURS.fullmatch(token)
    try:
        done = (accept_unasked if unasked else complete)(session(), sign_on(), command, auth.now())
    except SignOnRefused as refused:
        return refuse(provider_id, refused)
    session().commit()
    if cross_site:
        return _onward(provider_id, done, local_path(token) if unasked else done.next_path)
    if done.session_token is None:
        return settled(done.purpose, done.next_path)
    if before:
        sessions.sign_out(session(), before, auth.now())
        session().commit()
    remember(done.session_token)
    return go_to(done.next_path or "/")


def _onward(provider_id: int, done: Completed, target: str) -> Response:
    """To the page that has the session's cookie."""
    following = target or None
    if done.link_token:
        return arrived(
            done.link_token, url_for("sign_on.saml_linked", provider_id=provider_id, next=following)
        )
    return arrived(done.session_token or done.purpose.value, url_for("sign_on.saml_arrived", next=following))


def settled(purpose: SignOnPurpose, target: str) -> Response:
    """Nobody was to be signed in, and it worked."""
    if purpose is SignOnPurpose.TRIAL:
        flash(_("It works: the sign-in service answered, and the answer fits."))
    else:
        flash(_("The account is linked. You can sign in with it from now on."))
    return go_to(target or url_for("account.index_linked_accounts"))


def refuse(provider_id: int, refused: SignOnRefused) -> Response:
    """One sentence, and a number that finds the line in our log which says the rest."""
    session().rollback()
    reference = secrets.token_hex(4).upper()
    detail = "".join(char for char in refused.detail if char.isprintable())
    current_app.logger.warning(
        "sign-on refused: reference=%s tenant=%s provider=%s reason=%s detail=%s",
        reference,
        auth.portal().slug,
        provider_id,
        refused.reason.value,
        detail,
    )
    page = render_template(
        "sign_on/refused.html",
        sentence=reason_sentence(refused.reason),
        reference=reference,
        detail=detail if refused.trial else "",
        back=url_for("admin.sign_on.show", provider_id=provider_id) if refused.trial else "",
    )
    return make_response(page, 502 if isinstance(refused.reason, FetchFault) else 403)
