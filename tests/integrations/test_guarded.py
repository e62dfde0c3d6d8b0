"""The guarded client against real sockets: what it must not reach, follow or wait for, and that the rest goes through."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from app.integrations.guarded import GuardedClient, Rules, admitted
from app.ports import FetchFault, FetchRefused

HOME = Rules(admits_loopback=True, seconds=2.0, size=1000)
WORLD = Rules(seconds=2.0)
PUBLIC = ("8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8")
PRIVATE = (
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "192.168.1.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "2002:7f00:1::",
    "64:ff9b::a00:1",
    "fc00::1",
    "fe80::1",
    "ff02::1",
)


@contextmanager
def _server(talk: Callable[[socket.socket], None], secure: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve every connection with `talk` on a port of this machine."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    done = threading.Event()

    def serve() -> None:
        while not done.is_set():
            try:
                connection, _peer = listener.accept()
            except TimeoutError:
                continue
            connection.settimeout(5)
            try:
                with secure.wrap_socket(connection, server_side=True) if secure else connection as wire:
                    wire.recv(65536)
                    talk(wire)
            except OSError:
                continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        done.set()
        thread.join()
        listener.close()


def _says(body: bytes, status: str = "200 OK", more: str = "") -> Callable[[socket.socket], None]:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
    return lambda wire: wire.sendall(head.encode() + body)


def _fault(client: GuardedClient, url: str) -> FetchFault:
    with pytest.raises(FetchRefused) as refused:
        client.fetch(url)
    return refused.value.fault


def test_what_is_admitted_comes_through() -> None:
    with _server(_says(b"hello")) as port:
        answer = GuardedClient(HOME).fetch(f"http://localhost:{port}/x?y=1")
    assert (answer.status, answer.body) == (200, b"hello")


def test_the_same_server_is_out_of_reach_in_production() -> None:
    with _server(_says(b"hello")) as port:
        assert _fault(GuardedClient(WORLD), f"http://localhost:{port}/") is FetchFault.NOT_HTTPS
        for host in ("localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0"):
            assert _fault(GuardedClient(WORLD), f"https://{host}:{port}/") is FetchFault.PRIVATE_ADDRESS


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_admitted(address: str) -> None:
    assert admitted(ipaddress.ip_address(address), WORLD)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_not(address: str) -> None:
    assert not admitted(ipaddress.ip_address(address), WORLD)


def test_only_loopback_is_admitted_at_home() -> None:
    assert admitted(ipaddress.ip_address("127.0.0.1"), HOME)
    assert not admitted(ipaddress.ip_address("10.0.0.1"), HOME)


@given(st.ip_addresses(v=4))
def test_no_disguise_makes_a_difference(address: ipaddress.IPv4Address) -> None:
    mapped = ipaddress.IPv6Address(f"::ffff:{address}")
    translated = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + int(address))
    assert admitted(mapped, WORLD) == admitted(translated, WORLD) == admitted(address, WORLD)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://",
        "https://user:pw@example.com/",
        "x",
        "https://[::",
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert _fault(GuardedClient(HOME), url) is FetchFault.NO_ADDRESS


def test_a_name_that_does_not_exist_is_said_to_be_unknown() -> None:
    assert _fault(GuardedClient(HOME), "https://no-such-name.invalid/") is FetchFault.UNKNOWN_NAME


def test_nobody_there() -> None:
    with _server(_says(b"")) as port:
        pass
    assert _fault(GuardedClient(HOME), f"http://localhost:{port}/") is FetchFault.NO_ANSWER


def test_a_redirect_within_the_host_is_followed_and_to_another_one_is_not() -> None:
    replies = iter(
        [
            _says(b"", "302 Found", "Location: /there\r\n"),
            _says(b"arrived"),
            _says(b"", "302 Found", "Location: http://127.0.0.1:1/\r\n"),
        ]
    )
    # Each connection its own reply.
    with _server(lambda wire: next(replies)(wire)) as port:  # noqa: PLW0108
        client, url = GuardedClient(HOME), f"http://localhost:{port}/"
        assert client.fetch(url).body == b"arrived"
        assert _fault(client, url) is FetchFault.REDIRECTED


def test_a_circle_of_redirects_ends() -> None:
    with _server(_says(b"", "302 Found", "Location: /again\r\n")) as port:
        assert _fault(GuardedClient(HOME), f"http://localhost:{port}/") is FetchFault.REDIRECTED


def test_a_form_is_never_sent_on() -> None:
    with (
        _server(_says(b"", "307 Temporary Redirect", "Location: /there\r\n")) as port,
        pytest.raises(FetchRefused),
    ):
        GuardedClient(HOME).fetch(f"http://localhost:{port}/", form={"secret": "x"})


def test_more_than_the_limit_is_refused_and_the_limit_itself_is_not() -> None:
    with _server(_says(b"x" * 1000)) as port:
        assert len(GuardedClient(HOME).fetch(f"http://localhost:{port}/").body) == 1000
    with _server(_says(b"x" * 1001)) as port:
        assert _fault(GuardedClient(HOME), f"http://localhost:{port}/") is FetchFault.TOO_LARGE


def _drip(wire: socket.socket) -> None:
    """Never silent for long enough that a limit between two bytes would notice."""
    wire.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n")
    for _byte in range(100):
        wire.sendall(b"x")
        time.sleep(0.05)


def _drip_head(wire: socket.socket) -> None:
    wire.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(100):
        wire.sendall(f"X-{number}: y\r\n".encode())
        time.sleep(0.05)


@pytest.mark.parametrize("talk", [_drip, _drip_head, lambda _wire: time.sleep(3)])
def test_the_whole_answer_has_one_deadline(talk: Callable[[socket.socket], None]) -> None:
    began = time.monotonic()
    with _server(talk) as port:
        client = GuardedClient(Rules(admits_loopback=True, seconds=0.5))
        assert _fault(client, f"http://localhost:{port}/") is FetchFault.SLOW
        assert time.monotonic() - began < 1.5


def _names(*addresses: str) -> tuple[Callable[[str, int], list[tuple[object, ...]]], list[str]]:
    """A name server that gives another answer each time, the last one for ever, and what it was asked."""
    asked: list[str] = []

    def look_up(host: str, port: int) -> list[tuple[object, ...]]:
        asked.append(host)
        answer = addresses[min(len(asked), len(addresses)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in answer.split()]

    return look_up, asked


def test_a_name_is_resolved_once_and_what_was_judged_is_connected_to() -> None:
    """A name server that answers the check with one address, and would answer the connection with another."""
    look_up, asked = _names("127.0.0.1", "10.0.0.1")
    with _server(_says(b"the judged one")) as port:
        answer = GuardedClient(HOME, look_up=look_up).fetch(f"http://rebinding.example:{port}/")
        assert (answer.body, asked) == (b"the judged one", ["rebinding.example"])
        assert _fault(GuardedClient(HOME, look_up=look_up), f"http://rebinding.example:{port}/") is (
            FetchFault.PRIVATE_ADDRESS
        )


def test_one_private_address_among_public_ones_refuses_the_name() -> None:
    look_up, _asked = _names("127.0.0.1 10.0.0.1")
    with _server(_says(b"")) as port:
        url = f"http://two-faced.example:{port}/"
        assert _fault(GuardedClient(HOME, look_up=look_up), url) is FetchFault.PRIVATE_ADDRESS


def _silent(_host: str, _port: int) -> list[tuple[object, ...]]:
    time.sleep(1)
    return []


def test_a_name_server_that_does_not_answer_is_not_waited_for() -> None:
    began = time.monotonic()
    client = GuardedClient(Rules(seconds=0.3), look_up=_silent)
    assert _fault(client, "https://silent.example/") is FetchFault.SLOW
    assert time.monotonic() - began < 0.9


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with _server(_says(b"the proxy")) as proxy, _server(_says(b"the site")) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://localhost:{proxy}")
        monkeypatch.setenv("ALL_PROXY", f"http://localhost:{proxy}")
        assert GuardedClient(HOME).fetch(f"http://localhost:{port}/").body == b"the site"


def _certificate(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for localhost: the server's context, and that of a client who trusts it."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "l")]),
    )
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    both = folder / "both.pem"
    both.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(both)
    return server, ssl.create_default_context(cadata=made.public_bytes(serialization.Encoding.PEM).decode())


def test_the_certificate_is_checked_against_the_name_and_not_the_address(tmp_path: Path) -> None:
    server, trusting = _certificate(tmp_path)
    with _server(_says(b"secure"), server) as port:
        url = f"https://localhost:{port}/"
        assert GuardedClient(HOME, trusting).fetch(url).body == b"secure"
        assert _fault(GuardedClient(HOME), url) is FetchFault.TLS
        assert _fault(GuardedClient(HOME, trusting), f"https://127.0.0.1:{port}/") is FetchFault.TLS
