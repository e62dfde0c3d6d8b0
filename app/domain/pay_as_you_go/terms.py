"""What paying as one goes costs and how that is offered, and every reason for a no."""

import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import date

from app.domain.invoicing.amounts import Amounts
from app.kernel.errors import Refusal
from app.models import PaidBy


@dataclass(frozen=True, slots=True)
class VisitPrice:
    """See `models.PayAsYouGo`."""

    offered: bool
    paid_by: PaidBy
    price_minor: int
    cap_minor: int | None
    tax_rate_id: int


@dataclass(frozen=True, slots=True)
class VisitPayer:
    """Who is billed: whoever comes, or the payer of a team of theirs."""

    person_id: int
    team_id: int | None = None
    team: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """What coming to a place costs somebody now, with its tax as they are taxed."""

    price: VisitPrice
    payer: VisitPayer
    amounts: Amounts
    """Of a day or an hour."""
    most: Amounts | None
    """Of all hours of a day."""
    bill_on: date
    """The tenant's day on which it comes on an invoice at the earliest."""

    @property
    def seen(self) -> str:
        """Stands for what it costs and who pays, so that nobody pays what they were not shown."""
        facts = (astuple(self.price), self.payer.team_id, self.amounts.gross_minor)
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:32]


class PriceToAgree(Refusal):
    """Nobody comes in for a price that they did not agree to. `changed` when they agreed to another one."""

    def __init__(self, offer: Offer, *, changed: bool) -> None:
        super().__init__(offer.seen)
        self.offer = offer
        self.changed = changed


class CapTooLow(Refusal):
    """The cap of a day is less than an hour costs, or there is none."""
