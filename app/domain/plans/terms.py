"""The words that the verbs of plans share: what somebody asks for, and every reason for a no."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.kernel.errors import Refusal
from app.models.credit import CreditKind
from app.models.plan_version import CycleUnit, PlanAudience, PlanVisibility

FARTHEST_START_DAYS = 366
"""Nobody joins for a day that is farther ahead."""


class ContractBackwards(Refusal):
    """It would end before it starts."""


class ContractTwice(Refusal):
    """The person is on that plan in some of those days already."""


class ContractOver(Refusal):
    """It has ended before; what is past is not changed."""


class PlanGone(Refusal):
    """The plan was retired, or has no price yet."""


class PlanChanged(Refusal):
    """The plan was edited since the page was shown: price or terms may be others. `version_id` is the present one."""

    def __init__(self, version_id: int) -> None:
        super().__init__(str(version_id))
        self.version_id = version_id


class SoldOut(Refusal):
    """No place is left. `left` is how many there are, which may be fewer than were asked for."""

    def __init__(self, left: int) -> None:
        super().__init__(str(left))
        self.left = left


class NotForYou(Refusal):
    """The plan is for others: for members, or for who is none."""

    def __init__(self, audience: PlanAudience) -> None:
        super().__init__(str(audience))
        self.audience = audience


class OnlyByEnquiry(Refusal):
    """Staff put people on this plan."""


class TermsNotAgreed(Refusal):
    """The plan has terms, and whoever asks has not agreed to them."""


class BadStart(Refusal):
    """A first day before `earliest` or after `latest`."""

    def __init__(self, earliest: date, latest: date) -> None:
        super().__init__(f"{earliest} to {latest}")
        self.earliest = earliest
        self.latest = latest


class TooEarly(Refusal):
    """It cannot end, or be billed by other terms, before that day."""

    def __init__(self, earliest: date) -> None:
        super().__init__(earliest.isoformat())
        self.earliest = earliest


class Ending(Refusal):
    """The contract ends already; whoever wants something else of it withdraws that first."""

    def __init__(self, ends_on: date) -> None:
        super().__init__(ends_on.isoformat())
        self.ends_on = ends_on


class NotEnding(Refusal):
    """Nothing is to be withdrawn: it was not cancelled, or it is too late for that."""


class StillPending(Refusal):
    """The contract waits for staff, or for a payment."""


class NotPending(Refusal):
    """The contract waits for nobody any more."""


class SamePlan(Refusal):
    """The change would change nothing."""


class ReasonMissing(Refusal):
    """Staff say why somebody pays another price."""


class NoPause(Refusal):
    """The plan has no pauses."""


class PausedAlready(Refusal):
    """A pause is under way or to come, from that day to that one."""

    def __init__(self, from_day: date, until_day: date) -> None:
        super().__init__(f"{from_day} to {until_day}")
        self.from_day = from_day
        self.until_day = until_day


class TooManyPauses(Refusal):
    """So many pauses as the plan has in a year have been had. `again_on` is when another may begin."""

    def __init__(self, allowed: int, again_on: date) -> None:
        super().__init__(f"{allowed}, again on {again_on}")
        self.allowed = allowed
        self.again_on = again_on


class TooLong(Refusal):
    """A pause lasts one cycle at least, and so many at most."""

    def __init__(self, most: int) -> None:
        super().__init__(str(most))
        self.most = most


class NotPaused(Refusal):
    """There is no pause to end."""


class BadVersion(Refusal):
    """A version that contradicts itself. `field` is the column that says so."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class BadBenefit(BadVersion):
    """Credit of nothing, time for no type of room, a pass that is none: `field` is what is wrong about that kind."""

    def __init__(self, kind: CreditKind, field: str) -> None:
        super().__init__(field)
        self.kind = kind


class ContractState(StrEnum):
    """Where a contract stands on a day; derived, never kept."""

    PENDING = "pending"
    COMING = "coming"
    """It begins on a later day."""
    ACTIVE = "active"
    PAUSED = "paused"
    ENDING = "ending"
    """It runs, and its last day is known."""
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class NewContract:
    """Staff put somebody on a plan. Both days are local and included; no last day means open-ended."""

    person_id: int
    plan_id: int
    starts_on: date
    ends_on: date | None = None
    quantity: int = 1
    price_minor: int | None = None
    """What they pay for one instead of the plan's price."""


@dataclass(frozen=True, slots=True)
class EndContract:
    """`today` is the date where the tenant is: what lies before it is not changed."""

    person_id: int
    contract_id: int
    ends_on: date
    today: date


@dataclass(frozen=True, slots=True)
class Benefit:
    """Credit that a plan gives with each cycle, or a product carries, for each one of it: minutes of the resources of some
    types, money in minor units, or days or minutes in the house."""

    kind: CreditKind
    amount: int
    type_ids: tuple[int, ...] = ()
    """In their order; none but with time."""
    pass_type_id: int | None = None
    """When and where days, or minutes in the house, may be used; none for any time and place."""


@dataclass(frozen=True, slots=True)
class VersionDetails:
    """What a plan costs, asks for and gives; see `models.PlanVersion`."""

    price_minor: int
    tax_rate_id: int
    cycle_count: int = 1
    cycle_unit: CycleUnit = CycleUnit.MONTH
    signup_fee_minor: int = 0
    deposit_minor: int = 0
    deposit_rate_id: int | None = None
    billing_day: int | None = None
    prorate_first: bool = True
    prorate_last: bool = False
    min_cycles: int = 0
    notice_days: int = 0
    pauses_a_year: int = 0
    pause_cycles: int = 0
    capacity: int | None = None
    needs_approval: bool = False
    audience: PlanAudience = PlanAudience.EVERYONE
    visibility: PlanVisibility = PlanVisibility.LISTED
    booking_discount_hundredths: int = 0
    """Of a percent."""
    product_discount_hundredths: int = 0
    discount_type_ids: tuple[int, ...] = ()
    """Of the resources whose bookings cost less, in their order; none for all."""
    description: str = ""
    terms: str = ""
    benefits: tuple[Benefit, ...] = ()


@dataclass(frozen=True, slots=True)
class JoinPlan:
    """Somebody joins by themselves. `version_id` is what their page showed them."""

    plan_id: int
    version_id: int
    starts_on: date
    quantity: int = 1
    agreed: bool = False
    link_token: str | None = None
    """From the link that led them to a plan that no list shows."""
    awaits_payment: bool = False
    """It stays pending until `approve` is called for it, which a payment does."""


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Somebody goes on with another plan, or with another quantity of it."""

    contract_id: int
    plan_id: int
    version_id: int
    quantity: int = 1
    at_once: bool = False
    """Otherwise when the present cycle is over."""
    agreed: bool = False
    link_token: str | None = None
