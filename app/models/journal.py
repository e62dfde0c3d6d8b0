"""Accounts of a tenant's bookkeeping, for the journal that goes to its accountant."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, TenantOwned, owned

LONGEST_ACCOUNT = 20


class JournalSetting(TenantOwned, Base):
    """Which account takes what; see `domain.journal.accounts`. No row until somebody chooses something."""

    __tablename__ = "journal_setting"
    __table_args__ = owned(UniqueConstraint("tenant_id"))

    receivable: Mapped[str] = mapped_column(String(LONGEST_ACCOUNT))
    revenue: Mapped[str] = mapped_column(String(LONGEST_ACCOUNT))
    deposits: Mapped[str] = mapped_column(String(LONGEST_ACCOUNT))
    tax: Mapped[str] = mapped_column(String(LONGEST_ACCOUNT))
    """Of every rate that has none of its own (`TaxRate.account`)."""
    bank: Mapped[str] = mapped_column(String(LONGEST_ACCOUNT))
    cash: Mapped[str] = mapped_column(String(LONGEST_ACCOUNT))
    card_clearing: Mapped[str] = mapped_column(String(LONGEST_ACCOUNT))
