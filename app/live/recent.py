"""What was said to a tenant lately, so that whoever was away for a moment hears just what they missed."""

from collections import deque
from collections.abc import Callable, Iterable
from typing import NamedTuple

_KEPT = 256
_SLACK_S = 1.0
"""A page counts its age from when it was asked for, by another clock."""


class Said(NamedTuple):
    """One event, where it stands in the row of all, and when it was said."""

    number: int
    at: float
    what: str
    topics: frozenset[str]


class Recent:
    """The last events of one tenant."""

    __slots__ = ("_complete_after", "_complete_since", "_said")

    def __init__(self, number: int, at: float) -> None:
        """Nothing is known of what came up to `number`, said until `at`."""
        self._said: deque[Said] = deque()
        self._complete_after, self._complete_since = number, at

    def add(self, said: Said) -> None:
        """Keep one more, and forget the oldest of too many."""
        self._said.append(said)
        if len(self._said) > _KEPT:
            oldest = self._said.popleft()
            self._complete_after, self._complete_since = oldest.number, oldest.at

    def after(self, number: int, topics: Iterable[str]) -> list[Said] | None:
        """What was said to these topics after that event; None when that is not known any more."""
        if number < self._complete_after:
            return None
        return self._latest(topics, lambda said: said.number > number)

    def since(self, at: float, topics: Iterable[str]) -> list[Said] | None:
        """What was said to these topics since that moment; None when that is not known any more."""
        at -= _SLACK_S
        if at < self._complete_since:
            return None
        return self._latest(topics, lambda said: said.at > at)

    def _latest(self, topics: Iterable[str], new: Callable[[Said], bool]) -> list[Said]:
        """Each word once, however often it was said, and in the order in which it was said last."""
        mine = frozenset(topics)
        words = {said.what: said for said in self._said if new(said) and not mine.isdisjoint(said.topics)}
        return sorted(words.values())
