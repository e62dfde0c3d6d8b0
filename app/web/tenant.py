"""Host name → tenant: the first thing that happens to a request, before anything may touch the database."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Request, abort, g, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Tenant, TenantHost
from app.settings import Settings
from app.tenancy import enter_tenant
from app.web.database import db, session

_REMEMBER_SECONDS = 30.0
_LOOPBACK = {"127.0.0.1", "[::1]"}
_ANY_HOST = {"/healthz", "/readyz"}
"""Asked by load balancers by address, and about the server, not about a tenant."""


@dataclass(frozen=True, slots=True)
class HostedTenant:
    """What must be known of a tenant before its session opens."""

    id: int
    slug: str
    zone: str


class TenantDirectory:
    """Host names of one server, remembered for half a minute: a new domain works within that time."""

    def __init__(self, settings: Settings, open_session: Callable[[], Session]) -> None:
        self._settings = settings
        self._open_session = open_session
        self._known: dict[str, tuple[float, HostedTenant]] = {}
        self._lock = threading.Lock()

    def find(self, host: str) -> HostedTenant | None:
        """The tenant that a host name (without port) leads to. Unknown hosts are never remembered."""
        with self._lock:
            known = self._known.get(host)
        if known and known[0] > time.monotonic():
            return known[1]
        tenant = self._look_up(host)
        if tenant:
            with self._lock:
                self._known[host] = (time.monotonic() + _REMEMBER_SECONDS, tenant)
        return tenant

    def _look_up(self, host: str) -> HostedTenant | None:
        query = select(Tenant.id, Tenant.slug, Tenant.zone)
        base = self._settings.base_domain
        if host == base or (host in _LOOPBACK and not self._settings.production):
            query = query.where(Tenant.is_default)
        elif host.endswith("." + base):
            query = query.where(Tenant.slug == host.removesuffix("." + base))
        else:
            query = query.join(TenantHost, TenantHost.tenant_id == Tenant.id).where(TenantHost.host == host)
        with self._open_session() as lookup:
            row = lookup.execute(query).first()
        return HostedTenant(*row) if row else None


def host_of(request: Request) -> str:
    """The host name that the browser asked for, lower-case, without port and trailing dot."""
    host = request.host.lower()
    if not host.startswith("["):
        host = host.partition(":")[0]
    elif "]" in host:
        host = host[: host.index("]") + 1]
    return host.removesuffix(".")


def init_tenants(app: Flask, settings: Settings) -> None:
    with app.app_context():
        factory = db.session.session_factory
    directory = TenantDirectory(settings, factory)
    app.extensions["portico_tenants"] = directory

    @app.before_request
    def enter() -> None:
        if request.path in _ANY_HOST or request.endpoint == "static":
            return
        tenant = directory.find(host_of(request))
        if tenant is None:
            abort(404)
        g.tenant = tenant
        enter_tenant(session(), tenant.id)
