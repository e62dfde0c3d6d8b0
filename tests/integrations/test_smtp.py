"""Mail over real sockets: the host's server, a tenant's own, and each way in which it can be wrong."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from email.utils import parseaddr
from pathlib import Path
from typing import Any

import pytest

from app.integrations.guarded import Rules
from app.integrations.own_smtp import OwnServerMail
from app.integrations.secret_box import KeyRing
from app.integrations.smtp import SmtpMail
from app.ports import FetchFault, MailFault, MailMessage, MailNotSent, MailServer
from tests.support.mail_server import NAME, MailDouble, mail_double

BOX = KeyRing(["a word that seals"])
MESSAGE = MailMessage(
    to="ines@example.test",
    subject="Fern is booked",
    text="Fern is yours.\n",
    html="<p>Fern is yours.</p>",
    sender_name="Northlight",
    tenant_id=1,
    reference="northlight.7.abc",
)


@pytest.fixture
def double(tmp_path: Path) -> Iterator[MailDouble]:
    with mail_double(tmp_path) as double:
        yield double


def _look_up(address: str = "127.0.0.1") -> Any:
    return lambda _host, port: [(0, 0, 0, "", (address, port))]


def _own(
    double: MailDouble, address: str = "127.0.0.1", *, loopback: bool = True, trusts: bool = True
) -> OwnServerMail:
    verify = ssl.create_default_context(cafile=double.certificate if trusts else None)
    rules = Rules(admits_loopback=loopback, seconds=3)
    hosts = SmtpMail(f"smtp://127.0.0.1:{double.port}", "portico@host.test")
    return OwnServerMail(hosts, BOX, rules, verify, _look_up(address))


def _server(double: MailDouble, **more: Any) -> MailServer:
    server = MailServer(
        NAME, double.port, tls=False, username="", sealed_password=None, sender="hello@northlight.test"
    )
    return replace(server, **more)


def _refused(mail: OwnServerMail, server: MailServer) -> MailNotSent:
    with pytest.raises(MailNotSent) as refusal:
        mail.send(replace(MESSAGE, server=server))
    return refusal.value


def test_without_a_server_of_its_own_the_hosts_is_used(double: MailDouble) -> None:
    _own(double).send(MESSAGE)
    (mail,) = double.taken
    assert parseaddr(mail["From"]) == ("Northlight", "portico@host.test")
    assert mail["Message-ID"] == "<northlight.7.abc@host.test>"
    assert "List-Unsubscribe" not in mail


def test_a_tenants_own_sends_from_its_own_address(double: MailDouble) -> None:
    _own(double).send(replace(MESSAGE, server=_server(double)))
    (mail,) = double.taken
    assert parseaddr(mail["From"])[1] == "hello@northlight.test"
    assert double.recipients == ["ines@example.test"]


def test_what_can_be_stopped_says_how(double: MailDouble) -> None:
    _own(double).send(replace(MESSAGE, unsubscribe_url="https://north.test/notifications/digest/x"))
    (mail,) = double.taken
    assert mail["List-Unsubscribe"] == "<https://north.test/notifications/digest/x>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize("at_once", [False, True])
def test_it_is_secure_and_shows_its_password(double: MailDouble, *, at_once: bool) -> None:
    double.login, double.offers_starttls, double.tls_at_once = ("north", "pass word"), not at_once, at_once
    _own(double).send(
        replace(
            MESSAGE,
            server=_server(double, tls=at_once, username="north", sealed_password=BOX.seal("pass word")),
        )
    )
    assert len(double.taken) == 1
    assert double.secure


@pytest.mark.parametrize("at_once", [False, True])
def test_a_certificate_that_nobody_trusts_gets_no_password(double: MailDouble, *, at_once: bool) -> None:
    double.login, double.offers_starttls, double.tls_at_once = ("north", "secret"), not at_once, at_once
    server = _server(double, tls=at_once, username="north", sealed_password=BOX.seal("secret"))
    assert _refused(_own(double, trusts=False), server).fault is FetchFault.TLS
    assert _refused(_own(double), replace(server, host="other.localhost")).fault is FetchFault.TLS
    assert double.taken == []


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "192.168.1.1", "::1", "fd00::1"])
def test_no_private_address_is_connected_to(double: MailDouble, address: str) -> None:
    refusal = _refused(_own(double, address, loopback=False), _server(double))
    assert refusal.fault is FetchFault.PRIVATE_ADDRESS
    assert not refusal.permanent


def test_in_production_loopback_is_private_too(double: MailDouble) -> None:
    assert _refused(_own(double, loopback=False), _server(double)).fault is FetchFault.PRIVATE_ADDRESS


def test_nothing_is_sent_in_the_open_to_the_world(
    double: MailDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A public address, as far as anybody judges; the connection to it ends at the double."""
    real = socket.create_connection
    monkeypatch.setattr(
        "app.integrations.own_smtp.socket.create_connection",
        lambda _where, timeout: real(("127.0.0.1", double.port), timeout),
    )
    assert _refused(_own(double, "93.184.215.14"), _server(double)).fault is MailFault.NOT_SECURE
    assert double.taken == []


@pytest.mark.parametrize(
    ("reply", "fault"),
    [
        (("HELLO", "554 not today"), MailFault.NO_MAIL_SERVER),
        (("HELLO", "HTTP/1.1 400 Bad Request"), MailFault.NO_MAIL_SERVER),
        (("MAIL", "553 5.1.8 no such sender"), MailFault.SENDER_REFUSED),
        (("RCPT", "550 5.1.1 no such mailbox"), MailFault.ADDRESS_REFUSED),
        (("DATA", "554 5.6.0 not this"), MailFault.MAIL_REFUSED),
    ],
)
def test_it_says_what_was_refused(double: MailDouble, reply: tuple[str, str], fault: MailFault) -> None:
    double.replies = dict([reply])
    assert _refused(_own(double), _server(double)).fault is fault


def test_a_wrong_password_and_a_login_that_nobody_wants(double: MailDouble) -> None:
    server = _server(double, username="north", sealed_password=BOX.seal("wrong"))
    assert _refused(_own(double), server).fault is MailFault.NO_LOGIN
    double.login = ("north", "right")
    assert _refused(_own(double), server).fault is MailFault.LOGIN_REFUSED
    assert _refused(_own(double), _server(double)).fault is MailFault.SENDER_REFUSED
    unreadable = replace(server, sealed_password=KeyRing(["another word"]).seal("right"))
    assert _refused(_own(double), unreadable).fault is MailFault.PASSWORD_UNREADABLE


def test_nobody_answers(double: MailDouble) -> None:
    assert _refused(_own(double), _server(double, port=1)).fault is FetchFault.NO_ANSWER


def test_a_server_that_never_stops_talking_is_cut_off(double: MailDouble) -> None:
    double.replies["HELLO"] = "\r\n".join(["220-wait"] * 3)
    assert _refused(_own(double), _server(double)).fault is FetchFault.SLOW


@pytest.mark.parametrize(
    ("reply", "permanent", "address"),
    [
        ("550 5.1.1 no such mailbox", True, True),
        ("550 no such mailbox", True, True),
        ("450 4.2.0 try later", False, False),
        ("550 5.7.1 we carry no mail of yours", True, False),
    ],
)
def test_only_an_address_that_is_refused_for_good_is_said_to_be(
    double: MailDouble, reply: str, *, permanent: bool, address: bool
) -> None:
    double.replies["RCPT"] = reply
    refusal = _refused(_own(double), _server(double))
    assert (refusal.permanent, refusal.address_refused) == (permanent, address)
