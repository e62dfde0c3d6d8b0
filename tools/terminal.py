"""One line of progress per step, and a failed step that says what to do. Standard library only."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

FIRST_LINES, LAST_LINES = 12, 28


class StepFailed(Exception):
    """A step could not be done. `advice` is one sentence for the person at the terminal; `output` may be long."""

    def __init__(self, advice: str, output: str = "") -> None:
        super().__init__(advice)
        self.advice = advice
        self.output = output


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print `title …` at the start and the seconds it took at the end."""
    print(f"▸ {title} …", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - started:.1f} s", flush=True)


def run(command: Sequence[str], advice: str, env: Mapping[str, str] | None = None) -> str:
    """Run a program quietly and return what it printed; raise `StepFailed` with `advice` when it fails."""
    try:
        done = subprocess.run(
            list(command),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=env,
            check=False,
        )
    except OSError as error:
        raise StepFailed(advice, str(error)) from error
    if done.returncode != 0:
        raise StepFailed(advice, done.stdout)
    return done.stdout


def explain(failure: StepFailed) -> None:
    """Print how the failed program's output begins and ends, then the sentence that says what to do."""
    lines = failure.output.splitlines()
    if len(lines) > FIRST_LINES + LAST_LINES:
        lines[FIRST_LINES:-LAST_LINES] = ["…"]
    for line in lines:
        print(f"    {line}", file=sys.stderr)
    print(f"\n✗ {failure.advice}", file=sys.stderr)
