"""How people sign in to a portal: what an owner decides."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import changes, record_tenant
from app.domain.levels import hold_level
from app.tenancy import begin_writing


@dataclass(frozen=True, slots=True)
class SignInSettings:
    """`mail_links`: a mailed link is a way in. `staff_factor`: staff must show a second factor, or a passkey."""

    mail_links: bool
    staff_factor: bool


def change_sign_in(session: Session, actor: Actor, wanted: SignInSettings, now: datetime) -> bool:
    """Change them; returns False, having written nothing, when they were that way already.

    Staff without a second factor are led to set one up when they sign in the next time, and can do nothing else until
    then; who is signed in stays so, the owner who flips the switch included.
    """
    begin_writing(session)
    level = hold_level(session, None)
    tenant = level.tenant
    before, after = changes(
        {"mail_links": tenant.mail_links, "staff_factor": tenant.staff_factor}, asdict(wanted)
    )
    if not after:
        return False
    tenant.mail_links, tenant.staff_factor = wanted.mail_links, wanted.staff_factor
    level.touch()
    record_tenant(session, actor, now, "portal.sign_in_changed", before, after)
    return True
