"""Runs of billing: how far one has come, and whom it could not bill."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, TenantOwned, UtcDateTime, belongs_to, owned, word


class RunState(StrEnum):
    ASKED = "asked"
    """Staff want it; the worker has not begun."""
    RUNNING = "running"
    DONE = "done"
    BROKEN_OFF = "broken_off"
    """It said nothing more, and another run took over."""


class PayWhen(StrEnum):
    """When what credit does not pay of a booking is to be paid."""

    INVOICE = "invoice"
    """With the next invoice of a contract; the day after it is over for who has none."""
    END = "end"
    """On the day after it is over, whatever the contract."""
    NOW = "now"
    """At once: its invoice is made when it is confirmed."""


class BillingRun(TenantOwned, Base):
    """One run, for one local day. Progress for people to see: what is billed stands in the charges."""

    __tablename__ = "billing_run"
    __table_args__ = owned(
        CheckConstraint("done >= 0 AND failed >= 0 AND done <= total", name="progress"),
        Index("ix_billing_run_day", "tenant_id", "day", "id"),
    )

    day: Mapped[date]
    """Everything due on it and before is billed."""
    state: Mapped[RunState] = mapped_column(word(RunState), default=RunState.RUNNING)
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it began, or was asked for."""
    alive_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When it last said that it goes on."""
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    total: Mapped[int] = mapped_column(default=0)
    """How many payers there are to bill."""
    done: Mapped[int] = mapped_column(default=0)
    """How many of them have been seen to, with or without success."""
    failed: Mapped[int] = mapped_column(default=0)


class BillingTrouble(TenantOwned, Base):
    """Somebody who could not be billed, and why; gone as soon as they could be."""

    __tablename__ = "billing_trouble"
    __table_args__ = owned(
        belongs_to("payer_id", "person", ondelete="CASCADE"),
        UniqueConstraint("tenant_id", "payer_id"),
    )

    payer_id: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    code: Mapped[str] = mapped_column(String(40))
    """The refusal's name in the code, for the page to say in words: `NoRateYet`."""
    detail: Mapped[str] = mapped_column(String(200), default="")


class BillingSetting(TenantOwned, Base):
    """How a tenant's runs go about it. No row until somebody chooses something."""

    __tablename__ = "billing_setting"
    __table_args__ = owned(
        UniqueConstraint("tenant_id"),
        CheckConstraint("run_hour BETWEEN 0 AND 23", name="run_hour"),
        CheckConstraint("pay_within_minutes >= 0", name="pay_within"),
    )

    issue_at_once: Mapped[bool] = mapped_column(default=True)
    """Otherwise drafts wait for staff to look through them."""
    run_hour: Mapped[int] = mapped_column(default=5)
    """The local hour from which on the daily run may begin."""
    members_pay: Mapped[PayWhen] = mapped_column(
        word(PayWhen, "members_pay"), default=PayWhen.INVOICE, server_default="invoice"
    )
    """When those with a plan that runs pay for bookings."""
    contacts_pay: Mapped[PayWhen] = mapped_column(
        word(PayWhen, "contacts_pay"), default=PayWhen.INVOICE, server_default="invoice"
    )
    """When everybody else does."""
    pay_within_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    """How long what is to be paid at once may stay unpaid before it is cancelled; 0 for as long as it takes."""
