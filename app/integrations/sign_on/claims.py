"""From a provider's claims to what was asserted: whose e-mail may be believed, and what they are called."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.integrations.sign_on.tokens import text_of
from app.ports import Asserted, SignOnClient

_GOOGLE = "https://accounts.google.com"
_MOST_GROUPS = 500
_LONGEST_GROUP = 200
_NAMES = ("given_name", "family_name", "name")


def asserted_of(client: SignOnClient, claims: Mapping[str, Any], token: str) -> Asserted:
    """`claims` have been checked; `token` is what the provider wants to see again when somebody signs out."""
    first, last = _names(claims)
    return Asserted(
        issuer=text_of(claims, "iss"),
        subject=text_of(claims, "sub"),
        email=text_of(claims, "email").strip(),
        email_verified=_verified(client, claims),
        first_name=first,
        last_name=last,
        groups=_groups(client.group_claim, claims),
        provider_session=text_of(claims, "sid"),
        hint=token,
    )


def _verified(client: SignOnClient, claims: Mapping[str, Any]) -> bool:
    """Whether the provider itself says that it made sure of the e-mail, or the tenant says so for it."""
    if claims.get("email_verified") is True or claims.get("email_verified") == "true":
        return claims.get("iss") != _GOOGLE or _is_googles_own(claims)
    if str(claims.get("xms_edov")).lower() in {"1", "true"}:
        # Microsoft's word for it: the owner of the domain is the one who runs the directory.
        return True
    return "email_verified" not in claims and client.settings.get("vouches_for_email") is True


def _is_googles_own(claims: Mapping[str, Any]) -> bool:
    """A private Google account may carry the address of a company that its holder has left: only mail that Google
    itself hosts, for everybody or for the company, still belongs to who had it.
    """
    domain = text_of(claims, "email").rpartition("@")[2].casefold()
    return domain == "gmail.com" or bool(text_of(claims, "hd"))


def _names(claims: Mapping[str, Any]) -> tuple[str, str]:
    """As they were sent: what is no letter is taken out of a name, it does not make it none."""
    first, last, name = (value if isinstance(value := claims.get(each), str) else "" for each in _NAMES)
    if first or last:
        return first, last
    whole = name.split()
    return (whole[0], " ".join(whole[1:])) if whole else ("", "")


def _groups(name: str, claims: Mapping[str, Any]) -> tuple[str, ...]:
    """Under `name`, a list or one word."""
    value = claims.get(name) if name else None
    listed = [value] if isinstance(value, str) else value
    return kept_groups(listed) if isinstance(listed, list) else ()


def kept_groups(listed: Iterable[object]) -> tuple[str, ...]:
    """What may be the name of a group. One that is too long is left out: cut, it might be another one's."""
    names = (each for each in listed if isinstance(each, str) and each.isprintable())
    return tuple(dict.fromkeys(name for name in names if 0 < len(name) <= _LONGEST_GROUP))[:_MOST_GROUPS]
