"""Handing messages to push services: whom we write to, how we show who we are, and what their answers mean."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from app.integrations.guarded import Fetched, GuardedClient
from app.integrations.web_push import hosts, keys, sealing
from app.kernel.clock import Clock
from app.ports import (
    FetchFault,
    FetchRefused,
    PushFault,
    PushGone,
    PushKeys,
    PushManner,
    PushRefused,
    PushTarget,
)

_VALID = timedelta(hours=12)
"""How long a signature is good for; services refuse one that is for more than a day."""
_LONGEST_DETAIL = 200
_LONGEST_ENDPOINT = 1000
_TAKEN = range(200, 300)
_GONE = {404, 410}
_FAULTS = {
    401: PushFault.NOT_US,
    403: PushFault.NOT_US,
    413: PushFault.TOO_LARGE,
    429: PushFault.BUSY,
}


class WebPush:
    """The Push of `ports`. `subject` is how services reach who runs this server: `mailto:…` or `https://…`."""

    def __init__(self, web: GuardedClient, subject: str, rules: hosts.Rules, clock: Clock) -> None:
        self._web = web
        self._subject = subject
        self._rules = rules
        self._clock = clock

    def new_keys(self) -> PushKeys:
        return keys.new_keys()

    def check(self, target: PushTarget) -> None:
        if len(target.endpoint) > _LONGEST_ENDPOINT:
            raise PushRefused(PushFault.NO_ADDRESS)
        hosts.check(target.endpoint, self._rules)
        keys.read_keys(target)

    def send(self, target: PushTarget, payload: bytes, own: PushKeys, manner: PushManner) -> None:
        self.check(target)
        browser_key, auth = keys.read_keys(target)
        if len(payload) > sealing.MOST:
            raise PushRefused(PushFault.TOO_LARGE)
        headers = {
            "Authorization": self._authorization(target.endpoint, own),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(max(0, int(manner.ttl.total_seconds()))),
            "Urgency": manner.urgency,
        }
        if manner.topic:
            headers["Topic"] = manner.topic
        body = sealing.seal(payload, browser_key, auth)
        try:
            answer = self._web.fetch(target.endpoint, body=body, headers=headers)
        except FetchRefused as refused:
            private = refused.fault is FetchFault.PRIVATE_ADDRESS
            fault = PushFault.PRIVATE_ADDRESS if private else PushFault.AWAY
            raise PushRefused(fault, str(refused)[:_LONGEST_DETAIL]) from refused
        self._read(answer)

    def _authorization(self, endpoint: str, own: PushKeys) -> str:
        """Signed for this one service and half a day. The claims are in the alphabet's order, as some services want them."""
        parts = urlsplit(endpoint)
        claims = {
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int((self._clock() + _VALID).timestamp()),
            "sub": self._subject,
        }
        signer = ECKey.import_key(keys.private_key(own.private))
        token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, signer)
        return f"vapid t={token},k={own.public}"

    def _read(self, answer: Fetched) -> None:
        if answer.status in _TAKEN:
            return
        if answer.status in _GONE:
            raise PushGone
        said = " ".join(answer.body.decode("utf-8", "replace").split())[:_LONGEST_DETAIL]
        fault = _FAULTS.get(answer.status, PushFault.AWAY if answer.status >= 500 else PushFault.BAD_MESSAGE)
        raise PushRefused(
            fault,
            f"{urlsplit(answer.url).hostname} {answer.status} {said}".strip(),
            _retry_after(answer.headers.get("retry-after", ""), self._clock),
        )


def _retry_after(text: str, clock: Callable[[], datetime]) -> timedelta | None:
    """Either spelling of the header: seconds, or a date."""
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text), 86_400))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    wait = moment.replace(tzinfo=moment.tzinfo or UTC) - clock()
    return min(max(wait, timedelta(0)), timedelta(days=1))
