"""Files on the server's disk: `<root>/<tenant>/<first two of the digest>/<digest>`."""

import hashlib
import os
import re
import tempfile
from pathlib import Path

_DIGEST = re.compile(r"[0-9a-f]{64}")


class DiskFiles:
    """The Files port on a folder. Written beside and renamed, so that a reader never sees half a file."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, tenant_id: int, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        path = self._path(tenant_id, digest)
        if path.exists():
            return digest
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        Path(name).replace(path)
        return digest

    def get(self, tenant_id: int, digest: str) -> bytes | None:
        if not _DIGEST.fullmatch(digest):
            return None
        try:
            return self._path(tenant_id, digest).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, tenant_id: int, digest: str) -> None:
        if _DIGEST.fullmatch(digest):
            self._path(tenant_id, digest).unlink(missing_ok=True)

    def _path(self, tenant_id: int, digest: str) -> Path:
        return self._root / str(tenant_id) / digest[:2] / digest
