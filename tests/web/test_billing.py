"""The page of billing: a dry run for tomorrow, a run that is asked for, and whom it could not bill."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from app.cli import init_commands
from app.domain.invoicing.seller import set_payer
from app.domain.invoicing.terms import PayerDetails
from app.domain.plans.at_the_desk import start_contract
from app.domain.plans.terms import NewContract, VersionDetails
from app.domain.plans.versions import set_terms
from app.jobs.work import Work
from app.models import BillingRun, BillingSetting, Charge, Invoice, RunState, TaxRate, TaxTreatment
from tests.support.invoices import SELLER_FORM
from tests.support.rows import inside, rows
from tests.support.staff import Desk
from tests.support.world import World


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def desk(app: Flask, world: World) -> Desk:
    """An owner whose plan Residents costs 186.00 a month, and a contact who is on it from today."""
    owner = Desk(app, world.northlight, "owner")
    assert owner.send("/admin/settings/invoices", SELLER_FORM).status_code == 303
    rate = {"name": "VAT", "category": "S", "percent": "20", "starts_on": "2020-01-01"}
    assert owner.send("/admin/settings/invoices/rates", rate).status_code == 303
    tenant = world.northlight
    with inside(app, tenant) as session:
        (found,) = session.query(TaxRate).all()
        wish = VersionDetails(18600, found.id, signup_fee_minor=5000)
        set_terms(session, tenant.actor("owner"), tenant.plans["Residents"], wish, _now())
        session.commit()
        starts = NewContract(tenant.people["contact"], tenant.plans["Residents"], _now().date())
        start_contract(session, tenant.actor("owner"), starts, _now)
        session.commit()
    return owner


def _work(app: Flask) -> Work:
    work = app.extensions["portico_work"]
    assert isinstance(work, Work)
    return work


def test_the_dry_run_writes_nothing(app: Flask, desk: Desk) -> None:
    text = desk.get("/admin/billing").text
    for words in ("Conny Contact", "£236.00", "Sign-up fee, Residents", "1 invoice would be made"):
        assert words in text
    assert not rows(app, desk.tenant, Charge)
    assert not rows(app, desk.tenant, Invoice)


def test_a_run_that_is_asked_for_is_done_by_the_worker(app: Flask, desk: Desk) -> None:
    for _ in range(2):
        assert desk.send("/admin/billing/runs").status_code == 303
    (run,) = rows(app, desk.tenant, BillingRun)
    assert run.state is RunState.ASKED
    assert "About to begin" in desk.get("/admin/billing").text
    _work(app).deliver(desk.tenant.id)
    (run,) = rows(app, desk.tenant, BillingRun)
    assert (run.state, run.done, run.failed) == (RunState.DONE, 1, 0)
    (invoice,) = rows(app, desk.tenant, Invoice)
    assert (invoice.total_minor, invoice.number is not None) == (23600, True)
    text = desk.get("/admin/billing").text
    assert "1 of 1 billed" in text
    assert "Nothing is due" in text


def test_drafts_wait_where_staff_want_to_look_through_them(app: Flask, desk: Desk) -> None:
    paid = {"members_pay": "invoice", "contacts_pay": "invoice", "pay_within_minutes": "0"}
    assert desk.send("/admin/billing", {"run_hour": "0", **paid}).status_code == 303
    (choice,) = rows(app, desk.tenant, BillingSetting)
    assert (choice.issue_at_once, choice.run_hour) == (False, 0)
    _work(app).sweep()
    (invoice,) = rows(app, desk.tenant, Invoice)
    assert invoice.number is None
    _work(app).sweep()
    assert len(rows(app, desk.tenant, BillingRun)) == 1


def test_a_wrong_hour_is_refused_at_its_field(app: Flask, desk: Desk) -> None:
    answer = desk.send("/admin/billing", {"run_hour": "24"})
    assert answer.status_code == 422
    assert rows(app, desk.tenant, BillingSetting) == []


def test_who_could_not_be_billed_is_named_with_the_reason(app: Flask, desk: Desk) -> None:
    person = desk.tenant.people["contact"]
    with inside(app, desk.tenant) as session:
        # A business abroad without a tax id
        details = PayerDetails(TaxTreatment.REVERSE_CHARGE)
        set_payer(session, desk.tenant.actor("owner"), person, details, _now)
        session.commit()
    desk.send("/admin/billing/runs")
    _work(app).deliver(desk.tenant.id)
    text = desk.get("/admin/billing").text
    assert "Done, with gaps" in text
    assert "Reverse charge takes their tax id and yours" in text
    assert not rows(app, desk.tenant, Charge)
    assert not rows(app, desk.tenant, Invoice)
    with inside(app, desk.tenant) as session:
        set_payer(session, desk.tenant.actor("owner"), person, PayerDetails(), _now)
        session.commit()
    desk.send("/admin/billing/runs")
    _work(app).deliver(desk.tenant.id)
    assert "Reverse charge takes" not in desk.get("/admin/billing").text
    assert len(rows(app, desk.tenant, Invoice)) == 1


def test_the_front_desk_runs_and_does_not_choose(app: Flask, desk: Desk) -> None:
    front = Desk(app, desk.tenant, "desk")
    assert "The daily run begins at" not in front.get("/admin/billing").text
    assert front.send("/admin/billing", {"run_hour": "3"}).status_code == 404
    assert front.send("/admin/billing/runs").status_code == 303
    member = Desk(app, desk.tenant, "member")
    assert member.get("/admin/billing").status_code == 404
    assert member.post("/admin/billing/runs", form="/account").status_code == 404


def test_the_command_runs_every_tenant_or_one(app: Flask, desk: Desk) -> None:
    init_commands(app)
    runner = app.test_cli_runner()
    said = runner.invoke(args=["billing", "run", "--tenant", "northlight"])
    assert said.exit_code == 0
    assert "northlight" in said.output
    assert "1 payers, 0 of them could not be billed" in said.output
    assert "harbour" not in said.output
    assert "There is no tenant" in runner.invoke(args=["billing", "run", "--tenant", "nowhere"]).output
    later = (_now().date() + timedelta(days=70)).isoformat()
    said = runner.invoke(args=["billing", "run", "--day", later])
    assert "harbour" in said.output
    assert len(rows(app, desk.tenant, Charge)) == 4
