"""The hubs of open streams."""

from typing import Protocol


class Live(Protocol):
    """The hubs, which hold the open streams of all browsers."""

    def tell(self, message: bytes) -> None:
        """Bring an event (`live.wire`) to every hub. Neither waits nor raises: who misses it asks again later."""
