"""A booking that gets longer: however it came to its length, it is paid for as if it had been booked like that at first."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.credits.paying import cover
from app.domain.credits.settling import NewPrice, Used, settle
from app.domain.credits.terms import Cover, Fund
from app.models import CreditKind

STEPS = st.integers(1, 48)
HAS = st.integers(0, 60)


def _price(steps: int, hourly: int, least: int, cap: int) -> int:
    """By the hour, at least so much and at most so much: flat where both are the same."""
    return min(max(hourly * steps // 4, least), max(cap, least))


def _left(funds: list[Fund], paid: Cover) -> list[Fund]:
    used = dict(paid.parts)
    return [Fund(each.grant_id, each.kind, each.left - used.get(each.grant_id, 0), None) for each in funds]


@given(
    steps=st.tuples(STEPS, STEPS),
    hourly=st.integers(400, 5000),
    least=st.integers(200, 9000),
    cap=st.integers(200, 20000),
    time=st.tuples(HAS, HAS),
    money=st.integers(0, 9000),
)
def test_booked_short_and_made_longer_is_booked_long(
    steps: tuple[int, int], hourly: int, least: int, cap: int, time: tuple[int, int], money: int
) -> None:
    """Of grants that neither come nor end in between. Each part of the worth is rounded by itself: one minor unit."""
    short, long = sorted(steps)
    before, after = (_price(each, hourly, least, cap) for each in (short, long))
    funds = [Fund(i + 1, CreditKind.TIME, 15 * each, None) for i, each in enumerate(time)]
    funds.append(Fund(3, CreditKind.MONEY, money, None))
    kinds = {each.grant_id: each.kind for each in funds}
    first = cover(funds, 15 * short, before)
    used = [Used(grant_id, kinds[grant_id], amount, None, fits=True) for grant_id, amount in first.parts]
    change = NewPrice(before, first.worth_minor, 15 * short, 15 * long, after)
    found = settle(used, _left(funds, first), change)
    at_once = cover(funds, 15 * long, after)
    assert found.kept_minutes + found.more.minutes == at_once.minutes
    paid = found.kept_worth_minor + found.kept_minor + found.more.worth_minor + found.more.money_minor
    assert abs((after - paid) - at_once.due_minor) <= 1
