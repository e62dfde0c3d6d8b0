"""Pauses: whole cycles in which a contract neither runs nor costs anything."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.plans.acting import record_contract, theirs_in_hand
from app.domain.plans.calculating import next_cycle, pause_again_on, pause_days
from app.domain.plans.contracts import Held, going_on
from app.domain.plans.telling import PAUSED, tell_person
from app.domain.plans.terms import NoPause, NotPaused, PausedAlready, TooLong, TooManyPauses
from app.models import ContractPause
from app.tenancy import begin_writing


def pause(
    session: Session, actor: Actor, contract_id: int, cycles: int, today: date, now: datetime
) -> ContractPause:
    """Pause a contract for so many cycles, from the next one on.

    Raises NotFound, ContractOver, StillPending, Ending, NoPause, TooLong, PausedAlready and TooManyPauses.
    """
    begin_writing(session)
    found = going_on(theirs_in_hand(session, actor, contract_id), today)
    days = pause_days(found.rules(), check_pause(found, cycles, today), cycles)
    row = ContractPause(contract_id=contract_id, from_day=days.first, until_day=days.last, asked_at=now)
    session.add(row)
    first, last = str(days.first), str(days.last)
    record_contract(session, actor, now, "contract.paused", found, from_day=first, until_day=last)
    tell_person(session, PAUSED, found.contract, now, from_day=first, until_day=last)
    session.flush()
    return row


def check_pause(found: Held, cycles: int, today: date) -> date:
    """The first day of a pause that somebody asks for today.

    Raises NoPause, TooLong, PausedAlready and TooManyPauses.
    """
    rules = found.rules()
    if rules.pauses_a_year == 0 or rules.pause_cycles == 0:
        raise NoPause
    if not 1 <= cycles <= rules.pause_cycles:
        raise TooLong(rules.pause_cycles)
    refuse_paused(found, today)
    first = next_cycle(rules, today)
    again_on = pause_again_on(rules, [each.from_day for each in found.pauses], first)
    if again_on is not None:
        raise TooManyPauses(rules.pauses_a_year, again_on)
    return first


def refuse_paused(found: Held, today: date) -> None:
    """Raises PausedAlready when a pause is under way or to come."""
    for each in found.pauses:
        if each.until_day >= today:
            raise PausedAlready(each.from_day, each.until_day)


def resume(session: Session, actor: Actor, contract_id: int, today: date, now: datetime) -> date:
    """End a pause with the cycle in hand, or withdraw one that has not begun; the first day that it runs again.

    Raises NotFound and NotPaused.
    """
    begin_writing(session)
    found = theirs_in_hand(session, actor, contract_id)
    row = next((each for each in found.pauses if each.until_day >= today), None)
    if row is None:
        raise NotPaused
    before = {"from_day": str(row.from_day), "until_day": str(row.until_day)}
    runs_on = row.from_day
    if row.from_day > today:
        session.delete(row)
    else:
        runs_on = found.cycles.after(today)
        row.until_day = found.cycles.containing(today).last
    record_contract(session, actor, now, "contract.resumed", found, before=before, runs_on=str(runs_on))
    session.flush()
    return runs_on
