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
    "copy by account": "5 per day",
    "link by address": "20 per hour",
    "link by account": "5 per hour",
    "reset by address": "30 per hour",
    # Mail to any address that somebody types: enough for a company's first day, too little for a nuisance.
    "team invitation by account": "100 per hour",
    "guest by account": "100 per hour",
    "join by address": "20 per hour",
    "join by account": "5 per hour",
    # A space that opens has a busy evening; more than this is somebody filling the operator's list.
    "join by tenant": "500 per hour",
    "join link by address": "60 per hour",
    # A whole space opens the sign-in page behind one address, and each page asks for a challenge.
    "challenge by address": "300 per 15 minutes",
    "passkey by address": "60 per 15 minutes",
    # Beside the few tries that each half sign-in bears: a code is one of a million.
    "code by account": "15 per hour",
    "code by address": "60 per 15 minutes",
    "confirmation by account": "20 per 15 minutes",
    # A whole space of members may leave for their company's accounts at nine o'clock.
    "sign-on by address": "300 per 15 minutes",
    "logout order by address": "600 per 15 minutes",
    # A logo of many pixels keeps a core busy for a second; the preview asks with every step of a slider.
    "logo by account": "20 per 10 minutes",
    "photo by account": "20 per 10 minutes",
    # Each one mails an address that need not be the asker's.
    "e-mail change by account": "5 per hour",
    # Each asks the provider for a page.
    "payment by account": "30 per 10 minutes",
    # The page looks again by itself every three seconds, and each time the provider is asked.
    "outcome by address": "120 per 5 minutes",
    "payment by address": "60 per 10 minutes",
    "trial by account": "20 per hour",
    "preview by account": "2000 per minute",
    # Each page that is opened opens a stream; nobody reads as many, but a program that comes back at once does.
    "live by account": "120 per minute",
    # Faster than anybody types, slow enough for who reads; what waited without a line comes in one go.
    "message by account": "120 per minute",
    "attachment by account": "60 per 10 minutes",
    # Beginning one puts it into the lists of up to fifty people: who knows them writes to a few a day.
    "conversation by account": "60 per hour",
    # Each makes the open pages of up to fifty people ask again: signs, drafts, being seen writing, who is there.
    "message change by account": "240 per minute",
    "report by account": "30 per hour",
    # Each one mails everybody at the front desk.
    "enquiry by account": "10 per hour",
    # Nobody has to be signed in for it, and a photograph of many pixels keeps a core busy for a second.
    "share by account": "60 per hour",
    "share by address": "20 per hour",
    # A panel asks twice a minute and at each change of its location; its buttons are pressed by hand.
    "panel by room": "240 per minute",
    "panel press by room": "20 per minute",
    # Only addresses that lead nowhere count: all panels of a house share one network address.
    "panel by address": "120 per 15 minutes",
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
    return Allowance(name, network_of(request.remote_addr or ""))


def network_of(address: str) -> str:
    """What stands for the network that an address is in: the address itself, or the /64 of an IPv6 one."""
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


def by_tenant(name: str) -> Allowance:
    """The allowance of everybody who asks this tenant, together."""
    return Allowance(name, "")


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
    address = network_of(request.remote_addr or "")
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
