"""The double stands alone: it shares no line with what it tests, and answers this machine only."""

import subprocess
import sys

import httpx
import pytest

from tests.support.servers import PROJECT
from tests.support.stripe import KEY, StripeDouble

LOADED = """
import sys
import tests.doubles.stripe.__main__
print(*sorted(name for name in sys.modules if name.partition(".")[0] in ("app", "tests")))
"""


def test_it_loads_nothing_but_itself() -> None:
    run = subprocess.run(
        [sys.executable, "-c", LOADED], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    names = run.stdout.split()
    assert "tests.doubles.stripe.world" in names
    assert {name for name in names if not name.startswith("tests.doubles.stripe")} == {
        "tests",
        "tests.doubles",
    }


@pytest.mark.parametrize(
    "options",
    [
        ("--key", "sk_live_real"),
        ("--webhook", "http://localhost:9/"),
        ("--webhook", "https://example.com/hook", "--webhook-secret", "whsec_x"),
    ],
)
def test_it_does_not_start_with_what_has_no_place_there(options: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "tests.doubles.stripe", *options]
    run = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False, timeout=30)
    assert run.returncode == 2
    assert "error:" in run.stderr


def test_an_address_that_is_nobodys(double: StripeDouble) -> None:
    headers = {"Authorization": f"Bearer {KEY}", "Stripe-Version": "2026-10-28.endive"}
    for path, status in (
        ("/v1/subscriptions", 404),
        ("/test/nothing", 404),
        ("/c/pay/cs_nobody", 404),
        ("/", 404),
    ):
        assert httpx.get(double.origin + path, headers=headers).status_code == status
    assert "Unrecognized request URL" in httpx.get(f"{double.origin}/v1/subscriptions", headers=headers).text
