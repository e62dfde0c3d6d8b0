"""Threads that speak with services outside, so that one which takes its time holds up nobody but those who wait for it.

A lane is one service. It has only so many of the threads at a time, and lanes in which something waits take turns.
"""

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Lanes:
    """At most `threads` of them, at most `of_one` for one lane. A thread is there for as long as there is something to do."""

    def __init__(self, threads: int, of_one: int) -> None:
        self._threads = threads
        self._of_one = of_one
        self._waiting: OrderedDict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = OrderedDict()
        self._busy: Counter[str] = Counter()
        self._active = 0
        self._change = threading.Condition()

    def submit(self, lane: str, job: Callable[[], T]) -> Future[T]:
        """Do it when it is the lane's turn. Never waits."""
        done: Future[T] = Future()
        with self._change:
            self._waiting.setdefault(lane, deque()).append((done, job))
            spawn = self._active < self._threads and self._busy[lane] < self._of_one
            self._active += spawn
        if spawn:
            threading.Thread(target=self._work, daemon=True, name=f"lane {lane}").start()
        return done

    def close(self, seconds: float) -> bool:
        """Begin nothing more, and wait so long at most for what is under way; whether all of it has ended."""
        with self._change:
            self._waiting.clear()
            return self._change.wait_for(lambda: self._active == 0, seconds)

    def _work(self) -> None:
        while (found := self._next()) is not None:
            lane, done, job = found
            try:
                result = job()
            except BaseException as error:  # noqa: BLE001 - whoever waits for it is told
                self._free(lane)
                done.set_exception(error)
            else:
                # Before it is told: what hears of it may ask for the lane again.
                self._free(lane)
                done.set_result(result)

    def _next(self) -> tuple[str, Future[Any], Callable[[], Any]] | None:
        """The next job of the lane whose turn it is; None, and this thread is none any more, when there is none."""
        with self._change:
            for lane in self._waiting:
                if self._busy[lane] < self._of_one:
                    break
            else:
                self._active -= 1
                self._change.notify_all()
                return None
            jobs = self._waiting[lane]
            done, job = jobs.popleft()
            if jobs:
                self._waiting.move_to_end(lane)
            else:
                del self._waiting[lane]
            self._busy[lane] += 1
            return lane, done, job

    def _free(self, lane: str) -> None:
        with self._change:
            self._busy[lane] -= 1
            if not self._busy[lane]:
                del self._busy[lane]


def when_all(futures: Sequence[Future[Any]], then: Callable[[], object]) -> None:
    """Call `then` once, in the thread of the last of them, when all of these have ended."""
    lock, left = threading.Lock(), len(futures)

    def ended(_future: Future[Any]) -> None:
        nonlocal left
        with lock:
            left -= 1
            last = left == 0
        if last:
            then()

    for each in futures:
        each.add_done_callback(ended)
