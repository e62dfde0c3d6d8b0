"""The ways in that the sign-in page offers besides a password, and whether it offers one at all."""

from dataclasses import dataclass

from flask import request
from flask import session as cookie

from app.domain.sign_on.leaving import WayOut
from app.domain.sign_on.password_rule import PasswordRule, password_rule
from app.domain.sign_on.providers import buttons
from app.domain.sign_on.terms import Button
from app.web.database import session

_WAY_OUT = "way_out"


@dataclass(frozen=True, slots=True)
class Ways:
    """What stands above and instead of the password form."""

    buttons: list[Button]
    rule: PasswordRule
    way_out: WayOut | None

    @property
    def passwords_hidden(self) -> bool:
        """Most who come may not use one. Whoever may is one link away from the form: an owner always."""
        return self.rule.members and "password" not in request.args and request.method == "GET"


def ways() -> Ways:
    """Two statements; a way out is told once."""
    offered = buttons(session())
    kept = cookie.pop(_WAY_OUT, None)
    return Ways(
        offered, password_rule(session()) if offered else PasswordRule(), WayOut(*kept) if kept else None
    )


def keep_way_out(out: WayOut | None) -> None:
    """For the next sign-in page of this browser."""
    if out is not None:
        cookie[_WAY_OUT] = [out.provider_id, out.provider, out.token]
