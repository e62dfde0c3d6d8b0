"""What mails and their links carry that nobody can make up: signed, so that nothing has to be kept."""

import hashlib
import hmac
from typing import Any

from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer

_DIGEST = "portico digest"
_ARRIVAL = "portico mail arrives"
_DAY_SECONDS = 86_400
_TAG = 16
_LONGEST = 400


def digest_token(key: str, tenant_id: int, person_id: int) -> str:
    """What stops somebody's digests, for as long as the mail is kept."""
    return str(URLSafeSerializer(key, salt=_DIGEST).dumps([tenant_id, person_id]))


def read_digest_token(key: str, tenant_id: int, token: str) -> int | None:
    """Whose digests it stops; None for a token that is not ours, or another tenant's."""
    found = _read(URLSafeSerializer(key, salt=_DIGEST), token)
    return _theirs(found, tenant_id, 2)


def arrival_token(key: str, tenant_id: int, person_id: int, email: str) -> str:
    """What shows within a day that mail to this address arrives."""
    return str(URLSafeTimedSerializer(key, salt=_ARRIVAL).dumps([tenant_id, person_id, email]))


def read_arrival_token(key: str, tenant_id: int, token: str) -> tuple[int, str] | None:
    """Whose mail arrives, and where; None for a token that is not ours, too old, or another tenant's."""
    found = _read(URLSafeTimedSerializer(key, salt=_ARRIVAL), token, max_age=_DAY_SECONDS)
    person_id = _theirs(found, tenant_id, 3)
    return None if person_id is None or found is None else (person_id, str(found[2]))


def tagged(key: str, reference: str) -> str:
    """A mail's reference as its Message-ID says it: a notification that claims to return it must know the tag."""
    tag = hmac.new(key.encode(), f"mail:{reference}".encode(), hashlib.sha256).hexdigest()[:_TAG]
    return f"{reference}.{tag}"


def untagged(key: str, message_id: str) -> str | None:
    """The reference in a Message-ID of ours; None in anybody else's."""
    said = message_id.strip().removeprefix("<").partition("@")[0]
    reference = said.rpartition(".")[0]
    return reference if hmac.compare_digest(said.encode(), tagged(key, reference).encode()) else None


def _read(signer: Any, token: str, **more: Any) -> list[Any] | None:
    if len(token) > _LONGEST:
        return None
    try:
        found = signer.loads(token, **more)
    except BadData:
        return None
    return found if isinstance(found, list) else None


def _theirs(found: list[Any] | None, tenant_id: int, length: int) -> int | None:
    return int(found[1]) if found is not None and len(found) == length and found[0] == tenant_id else None
