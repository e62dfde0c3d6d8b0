"""How the person signs in, and where they are signed in: one page."""

from flask import render_template

from app.blueprints.account.devices import device_rows, said_moment
from app.blueprints.account.linked_accounts import linked_section
from app.blueprints.account.routes import blueprint
from app.domain.factors.passkeys import OwnPasskey, list_passkeys
from app.domain.factors.proof import is_fresh
from app.domain.factors.standing import standing_of
from app.web import auth
from app.web.access import in_section, to_enrol
from app.web.database import session
from app.web.passkeys import site


@blueprint.get("/account/security")
@to_enrol
@in_section("account")
def show_security() -> str:
    actor = auth.signed_in()
    return render_template(
        "account/security.html",
        standing=standing_of(session(), actor.person_id, actor.role),
        passkeys=[_row(each) for each in list_passkeys(session(), actor)],
        devices=device_rows(),
        linked=linked_section(),
        must_enrol=actor.must_enrol,
        fresh=is_fresh(session(), actor, auth.now()),
    )


def _row(passkey: OwnPasskey) -> dict[str, object]:
    return {
        "id": passkey.id,
        "name": passkey.name,
        "elsewhere": passkey.host if passkey.host != site().host else None,
        "used": said_moment(passkey.last_used_at) if passkey.last_used_at else None,
    }
