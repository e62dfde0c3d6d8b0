"""What staff give and take by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.domain.credits.balance import funds_of, types_of
from app.domain.credits.granting import ChangeCredit, give, take
from app.domain.credits.history import history
from app.domain.credits.terms import BadCredit, Holder, NotEnoughCredit
from app.kernel.errors import NotFound
from app.models import AuditEntry, CreditCause, CreditKind, CreditLine, Team
from app.tenancy import reviewed
from tests.support.credits import granted, sums
from tests.support.tariffs import Tariffs
from tests.support.world import World

TIME, MONEY = CreditKind.TIME, CreditKind.MONEY


def _change(
    tariffs: Tariffs, kind: CreditKind, amount: int, *types: str, note: str = "Sorry"
) -> ChangeCredit:
    ids = tuple(tariffs.tenant.types[name] for name in types)
    return ChangeCredit(Holder(tariffs.tenant.people["member"]), kind, amount, ids, note)


def test_what_staff_give_is_there_and_written_down(session: Session, tariffs: Tariffs) -> None:
    grant_id = give(
        session, tariffs.owner, _change(tariffs, TIME, 90, "Meeting room", "Phone booth"), tariffs.tick()
    )
    session.commit()
    funds = funds_of(session, Holder(tariffs.tenant.people["member"]), tariffs.now)
    assert [(fund.grant_id, fund.left) for fund in funds] == [(grant_id, 90)]
    assert types_of(session, [grant_id]) == {grant_id: ["Meeting room", "Phone booth"]}
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "credit.given")).one()
    assert entry.for_id == tariffs.tenant.people["member"]
    assert entry.after == {"kind": "time", "amount": 90, "reason": "Sorry"}


def test_what_staff_take_goes_from_what_expires_first(session: Session, tariffs: Tariffs) -> None:
    maya = Holder(tariffs.tenant.people["member"])
    stays = granted(session, maya, 500, key="1")
    soon = granted(session, maya, 300, key="2", until=tariffs.now + timedelta(days=1))
    take(session, tariffs.owner, _change(tariffs, MONEY, 400, note="A mistake"), tariffs.tick())
    session.commit()
    assert sums(session) == {stays: 400, soon: 0}
    steps = history(session, Holder(tariffs.tenant.people["member"]))[:2]
    assert {(step.cause, step.note) for step in steps} == {(CreditCause.TAKEN, "A mistake")}


def test_nobody_takes_more_than_there_is(session: Session, tariffs: Tariffs) -> None:
    granted(session, Holder(tariffs.tenant.people["member"]), 500)
    with pytest.raises(NotEnoughCredit) as refusal:
        take(session, tariffs.owner, _change(tariffs, MONEY, 501), tariffs.tick())
    assert refusal.value.left == 500


@pytest.mark.parametrize(
    ("kind", "amount", "types", "note", "field"),
    [
        (TIME, 60, (), "Sorry", "type_ids"),
        (CreditKind.DAYS, 60, ("Phone booth",), "Sorry", "type_ids"),
        (MONEY, 0, (), "Sorry", "amount"),
        (MONEY, 10**15, (), "Sorry", "amount"),
        (MONEY, 60, (), " ", "note"),
    ],
)
def test_nonsense_is_refused(
    session: Session,
    tariffs: Tariffs,
    kind: CreditKind,
    amount: int,
    types: tuple[str, ...],
    note: str,
    field: str,
) -> None:
    for verb in (give, take):
        with pytest.raises(BadCredit) as refusal:
            verb(session, tariffs.owner, _change(tariffs, kind, amount, *types, note=note), tariffs.tick())
        assert refusal.value.field == field


def test_a_type_of_another_tenant_is_not_there(session: Session, tariffs: Tariffs, world: World) -> None:
    wish = ChangeCredit(
        Holder(tariffs.tenant.people["member"]), TIME, 60, (world.harbour.types["Meeting room"],), "Sorry"
    )
    with pytest.raises(NotFound):
        give(session, tariffs.owner, wish, tariffs.tick())


def test_the_database_keeps_what_was_written(session: Session, tariffs: Tariffs) -> None:
    granted(session, Holder(tariffs.tenant.people["member"]), 500)
    for statement in (
        reviewed(update(CreditLine).values(amount=900)),
        reviewed(text("DELETE FROM credit_line")),
    ):
        with pytest.raises(DBAPIError):
            session.execute(statement)
        session.rollback()
    # What staff wrote about somebody may be forgotten
    session.execute(update(CreditLine).values(note=""))
    session.commit()


def test_a_team_has_some_of_its_own(session: Session, tariffs: Tariffs) -> None:
    team = Team(name="Crew", created_at=tariffs.now)
    session.add(team)
    session.commit()
    give(
        session,
        tariffs.owner,
        ChangeCredit(Holder(team_id=team.id), MONEY, 500, (), "Welcome"),
        tariffs.tick(),
    )
    session.commit()
    take(
        session,
        tariffs.owner,
        ChangeCredit(Holder(team_id=team.id), MONEY, 200, (), "Too much"),
        tariffs.tick(),
    )
    session.commit()
    assert [fund.left for fund in funds_of(session, Holder(team_id=team.id), tariffs.now)] == [300]
    assert [step.amount for step in history(session, Holder(team_id=team.id))] == [-200, 500]
    assert funds_of(session, Holder(tariffs.tenant.people["member"]), tariffs.now) == []
    team.retired_at = tariffs.now
    session.commit()
    with pytest.raises(NotFound):
        give(
            session,
            tariffs.owner,
            ChangeCredit(Holder(team_id=team.id), MONEY, 5, (), "Late"),
            tariffs.tick(),
        )
