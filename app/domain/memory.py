"""What a process remembers of a tenant between requests, under the revision that its settings had."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Values by key, apart for each database; the one not asked for longest goes first.

    Keys start with a tenant and its revision. That is safe because every change of what is remembered raises the
    revision in the transaction that makes it (`portal.touch`), and the revision is read anew on every request.
    Not for a transaction that writes: what it remembered would outlive its rollback.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: WeakKeyDictionary[Engine, OrderedDict[Hashable, Value]] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def recall(self, session: Session, key: Hashable, read: Callable[[], Value]) -> Value:
        """The value of that key; read, and remembered, when this process has not met it yet."""
        with self._lock:
            known = self._known.setdefault(session.get_bind().engine, OrderedDict())
            if key in known:
                known.move_to_end(key)
                return known[key]
        value = read()
        with self._lock:
            known[key] = value
            while len(known) > self._most:
                known.popitem(last=False)
        return value
