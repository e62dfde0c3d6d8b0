"""Rate limits by address and by account. Counted in Redis when there is one, else per process."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from app.settings import Settings

limiter = Limiter(key_func=get_remote_address, headers_enabled=False)


def init_limits(app: Flask, settings: Settings) -> None:
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    # A counter that is out of reach must not sign anybody out of the space.
    app.config["RATELIMIT_SWALLOW_ERRORS"] = True
    limiter.init_app(app)
