"""Run every gate of the project, a line for each; the tests come last, so that their closing line ends the output."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Gate:
    """A program that must end with 0, and what to do when it does not."""

    name: str
    command: tuple[str, ...]
    advice: str


@dataclass(frozen=True)
class Outcome:
    """How a gate ended; `seconds` is wall time."""

    passed: bool
    output: str
    seconds: float


PYTHON = sys.executable
TYPES = Gate("types", (PYTHON, "-m", "mypy"), "Fix the types; `make types` repeats only this.")
LINT = (
    Gate(
        "ruff", (PYTHON, "-m", "ruff", "check", "--quiet", "."), "`make format` repairs what can be repaired."
    ),
    Gate("format", (PYTHON, "-m", "ruff", "format", "--check", "--quiet", "."), "`make format` does it."),
    Gate(
        "import contracts",
        (PYTHON, "-c", "from importlinter.cli import lint_imports_command as lint; lint()", "--no-logo"),
        "An import points the wrong way; docs/architecture.md tells the floors.",
    ),
    Gate(
        "templates",
        (PYTHON, "-m", "djlint", "--lint", "--quiet", "app/templates"),
        "Fix the template named above.",
    ),
    Gate("translations", (PYTHON, "-m", "tools.translations", "check"), "Bring the catalogues up to date."),
)
FAST = ("-m", "not journey and not race")


def _run(gate: Gate) -> Outcome:
    started = time.monotonic()
    done = subprocess.run(
        gate.command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return Outcome(done.returncode == 0, done.stdout, time.monotonic() - started)


def gates_pass(gates: Sequence[Gate]) -> bool:
    """Run the gates side by side, print each as it ends, and tell whether all passed."""
    everything = True
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running = {pool.submit(_run, gate): gate for gate in gates}
        for future in as_completed(running):
            gate, outcome = running[future], future.result()
            everything = everything and outcome.passed
            print(f"{'✓' if outcome.passed else '✗'} {gate.name} {outcome.seconds:.1f} s", flush=True)
            if not outcome.passed:
                print(f"{outcome.output.rstrip()}\n→ {gate.advice}", flush=True)
    return everything


def run_tests(options: Sequence[str]) -> int:
    """Run pytest on every core, give it the terminal, and return its exit code."""
    print("▸ tests on SQLite and PostgreSQL", flush=True)
    command = [PYTHON, "-m", "pytest", "-q", "--numprocesses=logical", "--dist=worksteal", *options]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main() -> int:
    """Run what is asked for; tests are not started while a gate before them is shut."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["all", "fast", "lint", "types"])
    what = parser.parse_args().what
    gates = {"lint": LINT, "types": (TYPES,)}.get(what, (TYPES, *LINT))
    if not gates_pass(gates):
        print(
            "The checks above failed, so the tests were not started."
            if what in ("all", "fast")
            else "Failed."
        )
        return 1
    if what in ("all", "fast"):
        return run_tests(FAST if what == "fast" else ())
    return 0


if __name__ == "__main__":
    sys.exit(main())
