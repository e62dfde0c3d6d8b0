"""What a phone's share sheet does: it posts a form that carries no token of ours, with or without the session's cookie."""

from io import BytesIO
from typing import Any

from PIL import Image
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.support.visitor import Visitor

SHARING = "/messages/sharing"


def picture(colour: str = "#6d2230") -> bytes:
    """A small PNG."""
    out = BytesIO()
    Image.new("RGB", (300, 150), colour).save(out, "PNG")
    return out.getvalue()


def file(name: str, data: bytes, sort: str | None = None) -> FileStorage:
    return FileStorage(BytesIO(data), name, content_type=sort)


def share(visitor: Visitor, *files: FileStorage, accept: str = "text/html", **fields: Any) -> TestResponse:
    """Share something; `fields` are title, text and url."""
    # Packed here: what the client packs by itself stays open when it is large.
    boundary, packed = encode_multipart({**fields, "files": list(files)})
    return visitor.client.post(
        SHARING,
        data=packed,
        content_type=f"multipart/form-data; boundary={boundary}",
        base_url=f"http://{visitor.tenant.host}",
        headers={"Accept": accept},
        buffered=True,
    )
