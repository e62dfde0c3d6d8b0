"""Rate limits by network address and by account. Counted in Redis when there is one, else per process."""

import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, g, request
from flask_babel import ngettext
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, parse
from limits.errors import StorageError
from werkzeug.wrappers import Response

from app.settings import Settings

limiter = Limiter(key_func=get_remote_address, headers_enabled=False)

LIMITS = {
    # Only failures count: a whole space of members may share one network address.
    "sign-in by address": "60 per 15 minutes",
    # Every try counts until one succeeds, so that a burst of tries at the same moment is counted too.
    "password by account and address": "10 per 15 minutes",
    # Ten for all addresses together would let anybody shut anybody out; a hundred lets nobody guess.
    "password by account": "100 per 15 minutes",
    "link by address": "20 per hour",
    "link by account": "5 per hour",
    "reset by address": "30 per hour",
    # A logo of many pixels keeps a core busy for a second; the preview asks with every step of a slider.
    "logo by account": "20 per 10 minutes",
    "preview by account": "2000 per minute",
}
"""What may happen how often. The application's config holds a copy under the key LIMITS."""

_NETWORK_BITS = 64


@dataclass(frozen=True, slots=True)
class Allowance:
    """How often something may happen to one key: an account, an address. Each tenant counts for itself."""

    name: str
    key: str

    def spend(self) -> int:
        """Count one; returns 0, or the seconds to wait when there was none left."""
        return 0 if self._ask(limiter.limiter.hit) else self._wait()

    def spent(self) -> int:
        """The seconds to wait when nothing is left, else 0; counts nothing."""
        return 0 if self._ask(limiter.limiter.test) else self._wait()

    def refill(self) -> None:
        """Forget what was counted: it went well in the end."""
        try:
            limiter.limiter.clear(self._item, *self._keys)
        except StorageError as error:
            _give_way(error)

    @property
    def _item(self) -> RateLimitItem:
        return parse(current_app.config["LIMITS"][self.name])

    @property
    def _keys(self) -> tuple[str, str, str]:
        return self.name, str(g.tenant.id), self.key

    def _ask(self, question: Callable[..., bool]) -> bool:
        try:
            return question(self._item, *self._keys)
        except StorageError as error:
            _give_way(error)
            return True

    def _wait(self) -> int:
        try:
            reset = limiter.limiter.get_window_stats(self._item, *self._keys).reset_time
        except StorageError:
            return 1
        return max(1, math.ceil(reset - time.time()))


def by_address(name: str) -> Allowance:
    """The allowance of the network that asks: one address, or the /64 that an IPv6 customer is given."""
    return Allowance(name, _network(request.remote_addr or ""))


def _network(address: str) -> str:
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(known, ipaddress.IPv4Address):
        return str(known)
    # A server that listens on both sees every IPv4 visitor as ::ffff:a.b.c.d, all of them in one /64.
    return str(known.ipv4_mapped or ipaddress.ip_network((known, _NETWORK_BITS), strict=False))


def by_account(name: str, email: str) -> Allowance:
    """The allowance of an e-mail address, whether anybody has it or not."""
    return Allowance(name, email.casefold())


@dataclass(frozen=True, slots=True)
class PasswordTries:
    """The tries for one account's password: from this network address, and from everywhere."""

    here: Allowance
    everywhere: Allowance

    def spend(self) -> int:
        """Count one; returns 0, or the seconds to wait. Who is refused here uses up nothing of everybody's."""
        return self.here.spend() or self.everywhere.spend()

    def refill(self) -> None:
        """The password was right: what was counted before is forgiven."""
        self.here.refill()
        self.everywhere.refill()


def password_tries(email: str) -> PasswordTries:
    """The tries for the password of an e-mail address, whether anybody has it or not."""
    address = _network(request.remote_addr or "")
    return PasswordTries(
        Allowance("password by account and address", f"{email.casefold()} {address}"),
        by_account("password by account", email),
    )


def wait_sentence(seconds: int) -> str:
    """What to say to who has to wait."""
    minutes = math.ceil(seconds / 60)
    return ngettext(
        "Too many tries. Wait %(num)s minute and try again.",
        "Too many tries. Wait %(num)s minutes and try again.",
        minutes,
    )


def too_many(response: Response, seconds: int) -> Response:
    """The page as the answer to somebody who has to wait that long."""
    response.status_code = 429
    response.headers["Retry-After"] = str(seconds)
    return response


def _give_way(error: StorageError) -> None:
    # A counter that is out of reach must not keep everybody out of the space.
    current_app.logger.error("rate limits cannot be counted: %s", error)


def init_limits(app: Flask, settings: Settings) -> None:
    app.config["RATELIMIT_STORAGE_URI"] = settings.redis_url or "memory://"
    app.config["RATELIMIT_STRATEGY"] = "moving-window"
    # Redis's own errors as a StorageError, which `_give_way` waits for, and none of them later than in a second.
    app.config["RATELIMIT_STORAGE_OPTIONS"] = (
        {"wrap_exceptions": True, "socket_timeout": 1, "socket_connect_timeout": 1}
        if settings.redis_url
        else {}
    )
    app.config["RATELIMIT_SWALLOW_ERRORS"] = True
    app.config["LIMITS"] = dict(LIMITS)
    # Known to it, it attaches no hooks: no route is limited as such, only what an `Allowance` counts is, and looking for
    # limits at each request took 3 % of a page.
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)
