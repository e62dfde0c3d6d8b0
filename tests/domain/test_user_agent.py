"""Devices in words that their owner recognises."""

import pytest

from app.domain.user_agent import Device, read_user_agent

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
_APPLE = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("text", "device"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
            Device("Edge", "Windows", mobile=False),
        ),
        (
            f"Mozilla/5.0 (Linux; Android 15; Pixel 9) {_WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36",
            Device("Chrome", "Android", mobile=True),
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_APPLE} Version/18.0 Safari/605.1.15",
            Device("Safari", "Mac", mobile=False),
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {_APPLE} CriOS/140.0 Mobile/15E148 Safari/604.1",
            Device("Chrome", "iPhone", mobile=True),
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            Device("Firefox", "Linux", mobile=False),
        ),
        ("curl/8.0", Device("", "", mobile=False)),
        ("", Device("", "", mobile=False)),
    ],
)
def test_it_recognises(text: str, device: Device) -> None:
    assert read_user_agent(text) == device
