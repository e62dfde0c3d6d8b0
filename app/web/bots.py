"""Keeping programs out of a public form without asking anybody else: a trap that people do not see, and a stamp that
says when the form was made. Whoever is caught gets the very answer that everybody gets.
"""

from datetime import timedelta

from flask import current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from app.web import auth

TRAP = "website"
"""A field that is hidden from people; programs that fill in everything fill it in."""
STAMP = "stamp"
LEAST = timedelta(seconds=2)
"""Nobody reads a form and types an e-mail address in less."""
_LONGEST_STAMP = 200


def make_stamp() -> str:
    """What the form carries: signed, for this tenant, made now."""
    return str(_signer().dumps([g.tenant.id, auth.now().timestamp()]))


def looks_like_a_program() -> bool:
    """Whether the form in hand was filled in by something that is no person."""
    stamp = request.form.get(STAMP, "")
    if request.form.get(TRAP) or len(stamp) > _LONGEST_STAMP:
        return True
    try:
        tenant_id, made = _signer().loads(stamp)
    except (BadSignature, TypeError, ValueError):
        return True
    return bool(tenant_id != g.tenant.id or auth.now().timestamp() - made < LEAST.total_seconds())


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="portico form stamp")
