"""The one way in which an address that somebody typed is fetched.

https only, no private network behind us, no proxy, no endless answer and no endless wait. The name is resolved once,
what it says is judged, and that very address is connected to: a second answer of the name server changes nothing.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from app.ports import FetchFault, FetchRefused

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
LookUp = Callable[[str, int], Sequence[tuple[Any, ...]]]
"""Asks for a name's addresses, as `socket.getaddrinfo` answers."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REDIRECTS = 3
_AGENT = "Portico"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the server admits beyond the public internet, and how much of it."""

    admits_loopback: bool = False
    """Loopback addresses, and plain http to them: in development and tests only."""
    seconds: float = 10.0
    """From the question to the last byte of the answer, redirects included."""
    size: int = 1024 * 1024
    """Bytes of an answer's body."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, read in full."""

    url: str
    status: int
    headers: Mapping[str, str]
    """By name, in any case."""
    body: bytes

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True)
class _Question:
    form: Mapping[str, str] | None
    body: bytes | None
    headers: Mapping[str, str]
    basic: tuple[str, str] | None

    @property
    def method(self) -> str:
        return "GET" if self.form is None and self.body is None else "POST"


class GuardedClient:
    """Fetches from addresses that came from outside. Every failure is a FetchRefused."""

    def __init__(
        self, rules: Rules, verify: ssl.SSLContext | None = None, look_up: LookUp = socket.getaddrinfo
    ) -> None:
        self._rules = rules
        self._look_up = look_up
        self._given = verify

    @cached_property
    def _verify(self) -> ssl.SSLContext:
        # Reading all certificates of the world takes a while: at the first fetch, not at each start.
        return self._given or httpx.create_ssl_context(trust_env=False)

    def fetch(
        self,
        url: str,
        *,
        form: Mapping[str, str] | None = None,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        basic: tuple[str, str] | None = None,
    ) -> Fetched:
        """GET the address, or POST the form or the body to it. Follows a GET's redirects within the same host.

        Raises FetchRefused.
        """
        question = _Question(form, body, headers or {}, basic)
        deadline = time.monotonic() + self._rules.seconds
        for _hop in range(_REDIRECTS + 1):
            response = self._ask(url, deadline, question)
            target = response.headers.get("location") if response.is_redirect else None
            if target is None:
                return Fetched(url, response.status_code, response.headers, response.content)
            there = urljoin(url, target)
            if question.method == "POST" or _origin(there) != _origin(url):
                raise FetchRefused(FetchFault.REDIRECTED, there)
            url = there
        raise FetchRefused(FetchFault.REDIRECTED, url)

    def _ask(self, url: str, deadline: float, question: _Question) -> httpx.Response:
        _check_address(url, self._rules)
        network = _Network(self._rules, deadline, self._look_up)
        transport = _Transport(self._rules.size, network, self._verify)
        with httpx.Client(transport=transport, trust_env=False, follow_redirects=False) as client:
            try:
                return client.request(
                    question.method,
                    url,
                    data=question.form,
                    content=question.body,
                    headers={"User-Agent": _AGENT, "Accept-Encoding": "identity", **question.headers},
                    auth=question.basic,
                )
            except FetchRefused:
                raise
            except (httpcore.TimeoutException, httpx.TimeoutException) as error:
                raise FetchRefused(FetchFault.SLOW, _host(url)) from error
            except (httpcore.ConnectError, httpcore.ReadError, httpcore.WriteError, OSError) as error:
                fault = FetchFault.TLS if _is_tls(error) else FetchFault.NO_ANSWER
                raise FetchRefused(fault, str(error)) from error
            except (httpcore.ProtocolError, httpx.HTTPError, httpx.InvalidURL) as error:
                raise FetchRefused(FetchFault.NO_ANSWER, str(error)) from error


def _check_address(url: str, rules: Rules) -> None:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise FetchRefused(FetchFault.NO_ADDRESS, url) from error
    if parts.scheme not in {"http", "https"} or not host or parts.username is not None:
        raise FetchRefused(FetchFault.NO_ADDRESS, url)
    if parts.scheme == "http" and not rules.admits_loopback:
        raise FetchRefused(FetchFault.NOT_HTTPS, url)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port
    except ValueError:
        return "", None, None


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _is_tls(error: BaseException) -> bool:
    """Whether a secure connection was what failed, anywhere in the chain of causes."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def admitted(address: IpAddress, rules: Rules) -> bool:
    """Whether an address may be connected to: public ones, and loopback where the rules say so."""
    inner = _inner(address)
    if inner.is_loopback:
        return rules.admits_loopback
    return inner.is_global and not inner.is_multicast and not inner.is_reserved


def _inner(address: IpAddress) -> IpAddress:
    """The IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address.teredo is not None:
            return address.teredo[1]
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _resolve(look_up: LookUp, host: str, port: int, seconds: float) -> list[IpAddress]:
    """Every address of a name. Raises FetchRefused. The system's resolver knows no deadline, so we stop waiting for it."""
    found: list[IpAddress] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            for *_kind, address in look_up(host, port):
                found.append(ipaddress.ip_address(str(address[0]).partition("%")[0]))
        except (OSError, ValueError) as error:
            failed.append(error)

    thread = threading.Thread(target=ask, daemon=True, name="resolve")
    thread.start()
    thread.join(max(seconds, 0.0))
    if thread.is_alive():
        raise FetchRefused(FetchFault.SLOW, host)
    if failed or not found:
        raise FetchRefused(FetchFault.UNKNOWN_NAME, host)
    return list(dict.fromkeys(found))


def judged(host: str, port: int, rules: Rules, look_up: LookUp, seconds: float) -> list[IpAddress]:
    """Every address of a name, all of which may be connected to. Raises FetchRefused."""
    addresses = _resolve(look_up, host, port, seconds)
    for address in addresses:
        # One private address among public ones is how a name server lies: such a name is refused whole.
        if not admitted(address, rules):
            raise FetchRefused(FetchFault.PRIVATE_ADDRESS, f"{host} is {address}")
    return addresses


class _Network(httpcore.NetworkBackend):
    """Connects to the address that was judged, and lets nothing outlast the deadline."""

    def __init__(self, rules: Rules, deadline: float, look_up: LookUp) -> None:
        self._rules = rules
        self._deadline = deadline
        self._look_up = look_up
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - the deadline is ours
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = judged(host, port, self._rules, self._look_up, self._left())
        refused: httpcore.ConnectError | None = None
        for address in addresses:
            try:
                stream = self._sockets.connect_tcp(
                    str(address), port, self._left(), local_address, socket_options
                )
            except httpcore.ConnectError as error:
                refused = error
            else:
                return _Stream(stream, self._deadline)
        raise refused or httpcore.ConnectError("no address")

    def _left(self) -> float:
        return _left(self._deadline)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout("the time is up")
    return left


class _Stream(httpcore.NetworkStream):
    """A connection each of whose steps may take what is left of the time, and no more."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        secure = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Stream(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Transport(httpx.BaseTransport):
    """httpx on our own network: one connection, one question, one answer of limited size."""

    def __init__(self, size: int, network: _Network, verify: ssl.SSLContext) -> None:
        self._size = size
        self._pool = httpcore.ConnectionPool(ssl_context=verify, max_connections=1, network_backend=network)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        question = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.read(),
        )
        answer = self._pool.handle_request(question)
        body = bytearray()
        try:
            for chunk in answer.iter_stream():
                body += chunk
                if len(body) > self._size:
                    raise FetchRefused(FetchFault.TOO_LARGE, request.url.host)
        finally:
            answer.close()
        return httpx.Response(answer.status, headers=answer.headers, content=bytes(body))

    def close(self) -> None:
        self._pool.close()
