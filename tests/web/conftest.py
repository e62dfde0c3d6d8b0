"""What tests of pages share."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.support.bookings import NOW


@pytest.fixture
def tuesday() -> Iterator[time_machine.Traveller]:
    """It is NOW, a Tuesday morning. Most tests about bookings ask for it as a whole file."""
    with time_machine.travel(NOW) as traveller:
        yield traveller
