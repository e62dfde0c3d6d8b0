"""The name under which a browser keeps what belongs to one person."""

import hashlib
import hmac

from flask import current_app

from app.domain.actor import Actor


def person_key(actor: Actor) -> str:
    """Sixteen hex digits that stand for the person on their own device and tell nobody anything."""
    who = f"device:{actor.tenant_id}:{actor.person_id}"
    return hmac.new(str(current_app.secret_key).encode(), who.encode(), hashlib.sha256).hexdigest()[:16]
