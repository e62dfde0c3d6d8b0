"""The run of billing: everything that is due on a day, for every payer, some of them in each transaction.

Whatever happens to a run, the next one does what it left: a cycle is charged once because its reason key is there once, and
a charge is billed once because it stands on one line (docs/decisions/0028-plans-and-billing.md).
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, Update, and_, delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.domain.actor import Actor
from app.domain.audit import record
from app.domain.billing.charging import due_payers, gather_each_in_hand
from app.domain.billing.contract_charges import charge_contracts
from app.domain.billing.settings import BillingChoice, billing_choice
from app.domain.billing.stays import charge_stays_of, stay_payers
from app.domain.billing.subscription_charges import charge_subscriptions_of, subscribers_due
from app.domain.billing.words import ChargeWords
from app.domain.house_day import house_zone
from app.domain.invoicing.issuing import issue_each_in_hand
from app.domain.levels import hold_level
from app.domain.lookup import hold_people
from app.domain.plans.contracts import held_all
from app.kernel.clock import Clock
from app.kernel.errors import Refusal
from app.kernel.names import full_name
from app.kernel.walltime import local_date
from app.models import BillingRun, BillingTrouble, Contract, Person, RunState
from app.tenancy import begin_writing

SILENCE = timedelta(minutes=5)
"""A run that says nothing for so long is taken to be over: its process died."""
TOGETHER = 50
"""So many payers are billed in one transaction: reading and writing for one costs as much as for all. Until it ends nobody
else issues anything, so it is to be over in less than a second."""
MOST_TROUBLES = 100
"""More of them have one cause, and are not read one by one."""
_LONGEST_DETAIL = 200


class RunInHand(Refusal):
    """Another run is at work; `run_id` names it."""

    def __init__(self, run_id: int) -> None:
        super().__init__(str(run_id))
        self.run_id = run_id


class _TakenOver(Exception):
    """This run was taken to be over, and another one goes on."""


def run_billing(session: Session, today: date, words: ChargeWords, clock: Clock) -> BillingRun:
    """Bill everything that is due until a local day, and commit as it goes; the run, with its figures.

    A payer who cannot be billed is noted with the reason, and stops nobody else. Raises RunInHand.
    """
    run_id = _begin(session, today, clock())
    payers = payers_due(session, today, clock())
    begin_writing(session)
    session.execute(_mine(run_id).values(total=len(payers)))
    _forget_troubles(session, set(payers))
    choice = billing_choice(session)
    session.commit()
    for at in range(0, len(payers), TOGETHER):
        try:
            _bill_or_note(session, run_id, payers[at : at + TOGETHER], today, choice, words, clock)
        except _TakenOver:
            session.rollback()
            break
    begin_writing(session)
    session.execute(_mine(run_id).values(state=RunState.DONE, finished_at=clock()))
    session.commit()
    return session.get_one(BillingRun, run_id, populate_existing=True)


def bill_payers(
    session: Session,
    payer_ids: Collection[int],
    today: date,
    choice: BillingChoice,
    words: ChargeWords,
    now: datetime,
) -> int:
    """Charge what has become due of people's contracts, of what recurs with them and of what they booked, and bill them for
    everything due, within a transaction that writes; how many invoices that took. Raises as `gather` and `issue`.
    """
    hold_people(session, payer_ids)
    query = select(Contract).where(Contract.person_id.in_(payer_ids), is_due(today)).order_by(Contract.id)
    contracts = session.scalars(
        query.with_for_update(key_share=True).execution_options(populate_existing=True)
    ).all()
    charge_contracts(session, held_all(session, contracts), today, words, now)
    charge_subscriptions_of(session, payer_ids, today, now)
    charge_stays_of(session, payer_ids, today, words, now)
    count = 0
    while drafts := gather_each_in_hand(session, None, payer_ids, today, now):
        if choice.issue_at_once:
            issue_each_in_hand(session, None, drafts, now)
        count += len(drafts)
    return count


def payers_due(session: Session, today: date, now: datetime) -> list[int]:
    """Who has something to be billed on a day, in the order of their ids."""
    contracts = select(Contract.person_id).where(is_due(today)).distinct()
    return sorted(
        {
            *session.scalars(contracts),
            *subscribers_due(session, today),
            *stay_payers(session, today, now),
            *due_payers(session, today),
        }
    )


def is_due(today: date) -> ColumnElement[bool]:
    """Whether a cycle of a contract has begun that was not charged yet."""
    return and_(
        Contract.version_id.is_not(None),
        Contract.pending.is_(False),
        Contract.starts_on <= today,
        or_(
            Contract.billed_until.is_(None),
            and_(
                Contract.billed_until < today,
                or_(Contract.ends_on.is_(None), Contract.ends_on > Contract.billed_until),
            ),
        ),
    )


def troubles_of(session: Session) -> list[tuple[BillingTrouble, str]]:
    """Whom the last run could not bill, with their names."""
    rows = session.execute(
        select(BillingTrouble, Person.first_name, Person.last_name)
        .join(Person, (Person.tenant_id == BillingTrouble.tenant_id) & (Person.id == BillingTrouble.payer_id))
        .order_by(Person.first_name, Person.last_name, Person.id)
        .limit(MOST_TROUBLES)
    ).all()
    return [(trouble, full_name(first, last)) for trouble, first, last in rows]


def runs_of(session: Session, count: int) -> list[BillingRun]:
    """The last runs, the latest first."""
    return list(session.scalars(select(BillingRun).order_by(BillingRun.id.desc()).limit(count)))


def ask_for_run(session: Session, actor: Actor, today: date, now: datetime) -> None:
    """Have the worker run as soon as it can. Raises RunInHand; asking twice asks once."""
    begin_writing(session)
    hold_level(session, None)
    _refuse_second(session, now)
    if session.scalars(_asked()).first() is None:
        session.add(BillingRun(day=today, state=RunState.ASKED, started_at=now, alive_at=now))
        record(session, now, actor.person_id, "billing.asked", after={"day": today.isoformat()})
    session.flush()


def day_to_run(session: Session, now: datetime) -> date | None:
    """The local day for which a run is due: staff asked for one, or the day's own has not been yet and its hour has come."""
    tz = house_zone(session)
    today = local_date(now, tz)
    if session.scalars(_asked()).first() is not None:
        return today
    if now.astimezone(tz).hour < billing_choice(session).run_hour:
        return None
    rows = session.scalars(select(BillingRun).where(BillingRun.day >= today))
    had = any(row.state is RunState.DONE or is_alive(row, now) for row in rows)
    return None if had else today


def is_alive(run: BillingRun, now: datetime) -> bool:
    """Whether a run is still at work."""
    return run.state is RunState.RUNNING and run.alive_at > now - SILENCE


def _begin(session: Session, today: date, now: datetime) -> int:
    begin_writing(session)
    # Two that begin at once: the second waits here, and finds the row of the first
    hold_level(session, None)
    _refuse_second(session, now)
    session.execute(
        update(BillingRun).where(BillingRun.state == RunState.RUNNING).values(state=RunState.BROKEN_OFF)
    )
    run = session.scalars(_asked()).first() or BillingRun()
    run.day, run.state, run.started_at, run.alive_at = today, RunState.RUNNING, now, now
    session.add(run)
    session.commit()
    return run.id


def _asked() -> Select[BillingRun]:
    return select(BillingRun).where(BillingRun.state == RunState.ASKED)


def _refuse_second(session: Session, now: datetime) -> None:
    running = select(BillingRun).where(BillingRun.state == RunState.RUNNING)
    for run in session.scalars(running.execution_options(populate_existing=True)):
        if is_alive(run, now):
            raise RunInHand(run.id)


def _bill_or_note(
    session: Session,
    run_id: int,
    payer_ids: Sequence[int],
    today: date,
    choice: BillingChoice,
    words: ChargeWords,
    clock: Clock,
) -> None:
    """Bill several payers in one transaction. Where one of them cannot be, each half is tried by itself, so that those beside
    them are still billed, and still together. Raises _TakenOver."""
    begin_writing(session)
    try:
        bill_payers(session, payer_ids, today, choice, words, clock())
        session.execute(delete(BillingTrouble).where(BillingTrouble.payer_id.in_(payer_ids)))
    except (Refusal, SQLAlchemyError) as error:
        session.rollback()
        if len(payer_ids) > 1:
            half = len(payer_ids) // 2
            for some in (payer_ids[:half], payer_ids[half:]):
                _bill_or_note(session, run_id, some, today, choice, words, clock)
            return
        begin_writing(session)
        _note_trouble(session, payer_ids[0], error, clock())
        _step(session, run_id, clock(), 1, failed=1)
    else:
        _step(session, run_id, clock(), len(payer_ids))
    session.commit()


def _note_trouble(session: Session, payer_id: int, error: Exception, now: datetime) -> None:
    known = select(BillingTrouble).where(BillingTrouble.payer_id == payer_id)
    row = session.scalars(known).one_or_none() or BillingTrouble(payer_id=payer_id)
    row.at, row.code, row.detail = now, type(error).__name__, str(error)[:_LONGEST_DETAIL]
    session.add(row)
    session.flush()


def _forget_troubles(session: Session, but_of: set[int]) -> None:
    """Whoever has nothing to be billed any more is in no trouble."""
    for row in session.scalars(select(BillingTrouble)):
        if row.payer_id not in but_of:
            session.delete(row)
    session.flush()


def _step(session: Session, run_id: int, now: datetime, count: int, failed: int = 0) -> None:
    """So many payers more. Raises _TakenOver when another run has begun, which thought this one dead."""
    step = _mine(run_id).values(done=BillingRun.done + count, failed=BillingRun.failed + failed, alive_at=now)
    if session.scalar(step.returning(BillingRun.id)) is None:
        raise _TakenOver


def _mine(run_id: int) -> Update:
    return update(BillingRun).where(BillingRun.id == run_id, BillingRun.state == RunState.RUNNING)
