"""Somebody of the cast at work: a browser that is signed in, and what its writes left behind."""

from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from app.models import AuditEntry, Base, TenantOwned
from tests.support.rows import inside, rows
from tests.support.sign_in import sign_in_client
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld


class Desk(Visitor):
    """A staff member in front of the admin pages."""

    def __init__(self, app: Flask, tenant: TenantWorld, who: str) -> None:
        super().__init__(app, tenant)
        self.app = app
        sign_in_client(app, self.client, tenant, who)

    def send(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form of the admin pages."""
        return self.post(path, data, form="/admin", **more)

    def upload(self, path: str, field: str, data: bytes, name: str) -> TestResponse:
        """Send a file. Encoded here, because the test client would leave a temporary file behind for a large one."""
        fields = {"csrf_token": self.token("/admin"), field: FileStorage(BytesIO(data), name)}
        boundary, body = encode_multipart(fields)
        return self.client.post(
            path, data=body, content_type=f"multipart/form-data; boundary={boundary}", **self._about
        )

    def audit(self) -> list[AuditEntry]:
        """Everything that staff did, in order."""
        return rows(self.app, self.tenant, AuditEntry)

    def counts(self) -> dict[str, int]:
        """How many rows each table of the tenant has: shows whether anything was added or removed."""
        with inside(self.app, self.tenant) as session:
            return {
                mapper.class_.__name__: session.execute(
                    select(func.count()).select_from(mapper.class_)
                ).scalar_one()
                for mapper in Base.registry.mappers
                if issubclass(mapper.class_, TenantOwned)
            }
