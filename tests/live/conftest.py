"""Streams of people of the cast, at the application on a real port and its hub."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.support.live import Hub, Listen, listening_at


@pytest.fixture
def listen(app: Flask, hub: Hub, live_server: str) -> Iterator[Listen]:
    """Opens streams for people of the cast, and closes them with the test."""
    with listening_at(app, live_server) as listen:
        yield listen
