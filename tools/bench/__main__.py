"""`python -m tools.bench [--write]` measures everything; `… servers` compares the servers that could carry it."""

import argparse
import os
import platform
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime

from tests.support.rundir import make_run_dir
from tools.bench.bench import YARDSTICK, Bench
from tools.bench.report import Table, keep
from tools.bench.rows import MEASUREMENTS, USUAL
from tools.terminal import StepFailed, explain


def main() -> int:
    """Return 0 when everything was measured, 1 after saying what was missing, and what was measured before."""
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument(
        "what", nargs="*", choices=[*MEASUREMENTS, []], help="some measurements; all but servers without"
    )
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/performance.md")
    asked = parser.parse_args()
    tables: list[Table] = []
    began = time.monotonic()
    try:
        _measure(asked.what or USUAL, tables)
    except StepFailed as failure:
        explain(failure)
        return 1
    finally:
        measured = _report(tables, time.monotonic() - began)
        if tables:
            print(f"\n{measured}\n")
    if asked.write:
        keep(measured)
    return 0


def _measure(names: Sequence[str], tables: list[Table]) -> None:
    """Add a table for each measurement as soon as it is made. What one of them lacks is found before any begins."""
    for needed in dict.fromkeys(look for name in names for look in MEASUREMENTS[name].needs):
        needed()
    with ExitStack() as held:
        bench = Bench(make_run_dir(), held)
        # One by one: what is there when another fails is printed.
        for name in names:
            tables += [MEASUREMENTS[name].measure(bench)]


def _report(tables: Sequence[Table], seconds: float) -> str:
    about = (
        f"Measured {datetime.now(UTC):%Y-%m-%d} on {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, gunicorn {YARDSTICK}, in {seconds:.0f} s."
    )
    return "\n\n".join([about, *map(str, tables)])


if __name__ == "__main__":
    sys.exit(main())
