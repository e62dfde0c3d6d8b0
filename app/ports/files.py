"""Files: bytes that people gave us."""

from typing import Protocol


class Files(Protocol):
    """Bytes under the SHA-256 of their content, apart for each tenant."""

    def put(self, tenant_id: int, data: bytes) -> str:
        """Keep the bytes; returns their digest in hex. Keeping the same bytes again changes nothing."""

    def get(self, tenant_id: int, digest: str) -> bytes | None:
        """The bytes, or None when there are none of that digest."""

    def remove(self, tenant_id: int, digest: str) -> None:
        """Let go of the bytes, if they are there. Whoever calls this knows that no row names them any more."""
