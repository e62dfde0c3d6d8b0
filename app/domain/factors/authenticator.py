"""Somebody's authenticator app: begun, confirmed, asked and switched off."""

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain import audit
from app.domain.actor import Actor
from app.domain.factors import codes
from app.domain.factors.recovery import forget_codes, make_codes
from app.domain.factors.standing import keep_a_factor, released, standing_of
from app.domain.factors.terms import CHANGED, AppIsOn, CodeRefused, FactorChange, NoApp
from app.domain.notices import tell
from app.domain.resealing import reseal_column
from app.models import Authenticator
from app.ports import SecretBox
from app.tenancy import begin_writing


def begin_app(session: Session, actor: Actor, box: SecretBox, now: datetime) -> None:
    """Make a secret for an app, in place of one that was never confirmed. Raises AppIsOn."""
    begin_writing(session)
    before = _app_of(session, actor.person_id, lock=True)
    if before is not None and before.confirmed_at is not None:
        raise AppIsOn
    if before is not None:
        session.delete(before)
        session.flush()
    session.add(
        Authenticator(person_id=actor.person_id, sealed_secret=box.seal(codes.new_secret()), created_at=now)
    )
    session.flush()


def waiting_secret(session: Session, actor: Actor, box: SecretBox) -> str:
    """The secret of an app that waits to be confirmed. Raises NoApp."""
    app = _app_of(session, actor.person_id)
    if app is None or app.confirmed_at is not None:
        raise NoApp
    return box.open(app.sealed_secret)


def confirm_app(session: Session, actor: Actor, code: str, box: SecretBox, now: datetime) -> list[str]:
    """Switch the second factor on, with a code that shows that the app has the secret; returns new recovery codes.

    Raises NoApp, and CodeRefused, which says when the app's clock seems to be wrong.
    """
    begin_writing(session)
    app = _app_of(session, actor.person_id, lock=True)
    if app is None or app.confirmed_at is not None:
        raise NoApp
    secret = box.open(app.sealed_secret)
    step = codes.step_of(secret, code, now)
    if step is None:
        raise CodeRefused(minutes_off=codes.minutes_off(secret, code, now))
    app.confirmed_at, app.last_step = now, step
    released(session, actor.person_id)
    _tell(session, actor, now, FactorChange.APP_ON)
    return make_codes(session, actor.person_id, now)


def turn_app_off(session: Session, actor: Actor, now: datetime) -> None:
    """Ask for no codes any more. Raises NoApp and FactorNeeded.

    Recovery codes go with the last factor that they could stand in for.
    """
    begin_writing(session)
    gone = session.scalars(
        delete(Authenticator)
        .where(Authenticator.person_id == actor.person_id, Authenticator.confirmed_at.is_not(None))
        .returning(Authenticator.id)
    ).all()
    if not gone:
        raise NoApp
    keep_a_factor(session, actor)
    if not standing_of(session, actor.person_id, actor.role).has_factor:
        forget_codes(session, actor.person_id)
    _tell(session, actor, now, FactorChange.APP_OFF)


def use_app_code(session: Session, person_id: int, code: str, box: SecretBox, now: datetime) -> None:
    """Use a code of the person's app, inside of the caller's writing transaction. Raises CodeRefused.

    A code works once: neither it nor one before it is taken again, so that a code seen over a shoulder is worth nothing.
    """
    app = _app_of(session, person_id, lock=True)
    if app is None or app.confirmed_at is None:
        raise CodeRefused
    secret = box.open(app.sealed_secret)
    step = codes.step_of(secret, code, now)
    if step is None:
        off = codes.minutes_off(secret, code, now)
        # That a code is of a time to come must not be told: whoever guessed it could wait for it.
        raise CodeRefused(minutes_off=off if off is not None and off < 0 else None)
    if app.last_step is not None and step <= app.last_step:
        raise CodeRefused(used=True)
    app.last_step = step


def reseal_apps(session: Session, box: SecretBox) -> tuple[int, int]:
    """Seal every app's secret of the tenant anew under the newest key; returns how many, and how many cannot be read."""
    return reseal_column(session, Authenticator.sealed_secret, box)


def _app_of(session: Session, person_id: int, *, lock: bool = False) -> Authenticator | None:
    query = select(Authenticator).where(Authenticator.person_id == person_id)
    return session.scalars(query.with_for_update() if lock else query).one_or_none()


def _tell(session: Session, actor: Actor, now: datetime, change: FactorChange) -> None:
    audit.record(
        session, now, actor.person_id, f"factor.{change}", subject="person", subject_id=actor.person_id
    )
    tell(session, now, actor.person_id, CHANGED, {"change": change})
