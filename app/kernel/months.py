"""Calendar months, each named by its first day."""

from datetime import date, timedelta


def month_of(day: date) -> date:
    """The month that a day lies in."""
    return day.replace(day=1)


def after(month: date) -> date:
    """The month after one."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def last_day(month: date) -> date:
    return after(month) - timedelta(days=1)


def earlier(month: date, count: int) -> date:
    """The month so many before one."""
    year, index = divmod(month.year * 12 + month.month - 1 - count, 12)
    return date(year, index + 1, 1)


def months(first: date, last: date) -> list[date]:
    """Every month from the one of a day to that of another."""
    found = [month_of(first)]
    while found[-1] < month_of(last):
        found.append(after(found[-1]))
    return found
