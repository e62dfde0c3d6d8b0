"""What we must be able to read again and nobody else may."""

from typing import Protocol


class SecretBox(Protocol):
    """Keeps what we must be able to read again from whoever reads the database."""

    def seal(self, secret: str) -> str:
        """The secret as it may be stored."""

    def open(self, sealed: str) -> str:
        """The secret again. Raises SecretUnreadable."""

    def reseal(self, sealed: str) -> str:
        """The same secret under the newest key. Raises SecretUnreadable."""


class SecretUnreadable(Exception):
    """No key of the ring opens it: it was sealed under another one, or is damaged."""
