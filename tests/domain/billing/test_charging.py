"""Charges: put down once, gathered once, given back when their draft is thrown away."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.billing.charging import NewCharge, due_payers, gather, put_charge, take_back_charge
from app.domain.invoicing.drafting import discard_draft
from app.domain.invoicing.issuing import issue, lines_of
from app.models import Charge, TaxRate
from app.tenancy import begin_writing
from tests.support.office import Office


def _charge(office: Office, key: str, minor: int = 1000, days: int = 0) -> NewCharge:
    member = office.tenant.people["member"]
    day = office.today + timedelta(days=days)
    return NewCharge(member, key, f"What {key} is for", minor, office.rates[20], day)


def _put(office: Office, *charges: NewCharge) -> list[bool]:
    begin_writing(office.session)
    said = [put_charge(office.session, charge, office.tick()) for charge in charges]
    office.session.commit()
    return said


def _gathered(office: Office) -> int | None:
    member = office.tenant.people["member"]
    invoice = gather(office.session, None, member, office.today, office.tick())
    office.session.commit()
    return None if invoice is None else invoice.id


def test_the_same_thing_is_charged_once(office: Office, session: Session) -> None:
    said = _put(office, _charge(office, "a"), _charge(office, "a", 2000), _charge(office, "b"))
    assert said == [True, False, True]
    assert [each.unit_minor for each in session.scalars(select(Charge).order_by(Charge.id))] == [1000, 1000]


def test_what_is_due_is_gathered_once_and_the_rest_later(office: Office, session: Session) -> None:
    _put(office, _charge(office, "a"), _charge(office, "b", 500), _charge(office, "next month", days=1))
    invoice_id = _gathered(office)
    assert invoice_id is not None
    assert [line.description for line in lines_of(session, invoice_id)] == [
        "What a is for",
        "What b is for",
    ]
    assert _gathered(office) is None
    assert due_payers(session, office.today) == []
    assert due_payers(session, office.today + timedelta(days=1)) == [office.tenant.people["member"]]
    assert issue(session, None, invoice_id, office.tick()).total_minor == 1500


def test_a_draft_thrown_away_gives_its_charges_back(office: Office, session: Session) -> None:
    _put(office, _charge(office, "a"))
    first = _gathered(office)
    assert first is not None
    begin_writing(session)
    assert not take_back_charge(session, "a")
    discard_draft(session, office.owner, first, office.tick())
    session.commit()
    assert _gathered(office) is not None


def test_what_was_not_billed_is_taken_back(office: Office, session: Session) -> None:
    _put(office, _charge(office, "a"))
    begin_writing(session)
    assert take_back_charge(session, "a")
    session.commit()
    assert _gathered(office) is None


def test_a_rate_that_retired_meanwhile_still_bills(office: Office, session: Session) -> None:
    _put(office, _charge(office, "a"))
    session.get_one(TaxRate, office.rates[20]).retired_at = office.now
    session.commit()
    assert _gathered(office) is not None
