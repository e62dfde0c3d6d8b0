"""Mail by the SMTP server that a tenant set up: an address that somebody typed, so it is judged before it is used."""

import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.integrations.guarded import LookUp, Rules, judged
from app.integrations.smtp import compose, failure_of
from app.ports import (
    FetchFault,
    FetchRefused,
    Mail,
    MailFault,
    MailMessage,
    MailNotSent,
    MailServer,
    SecretBox,
    SecretUnreadable,
)


class OwnServerMail:
    """The Mail port for tenants with a server of their own; all other mail goes the host's way.

    The connection is always secure, but to a loopback address where the rules admit one.
    """

    def __init__(
        self,
        hosts: Mail,
        box: SecretBox,
        rules: Rules,
        verify: ssl.SSLContext | None = None,
        look_up: LookUp = socket.getaddrinfo,
    ) -> None:
        self._hosts = hosts
        self._box = box
        self._rules = rules
        self._given = verify
        self._look_up = look_up

    def send(self, message: MailMessage) -> None:
        if message.server is None:
            self._hosts.send(message)
            return
        try:
            self._deliver(message, message.server)
        except FetchRefused as refused:
            raise MailNotSent(str(refused), permanent=False, fault=refused.fault) from refused
        except SecretUnreadable as error:
            raise MailNotSent(
                "no key opens the password", permanent=False, fault=MailFault.PASSWORD_UNREADABLE
            ) from error
        except smtplib.SMTPException as error:
            raise failure_of(error) from error
        except TimeoutError as error:
            raise MailNotSent(str(error), permanent=False, fault=FetchFault.SLOW) from error
        except ssl.SSLError as error:
            raise MailNotSent(str(error), permanent=False, fault=FetchFault.TLS) from error
        except OSError as error:
            raise MailNotSent(str(error), permanent=False, fault=FetchFault.NO_ANSWER) from error

    def _deliver(self, message: MailMessage, server: MailServer) -> None:
        address = judged(server.host, server.port, self._rules, self._look_up, self._rules.seconds)[0]
        verify = self._given or ssl.create_default_context()
        with _connected(server, str(address), verify, self._rules.seconds) as smtp:
            if not server.tls:
                smtp.ehlo()
                if smtp.has_extn("starttls"):
                    smtp.starttls(context=verify)
                elif not address.is_loopback:
                    raise MailNotSent("no STARTTLS is offered", permanent=False, fault=MailFault.NOT_SECURE)
            if server.username:
                smtp.login(server.username, self._box.open(server.sealed_password or ""))
            smtp.send_message(compose(message, server.sender))


@contextmanager
def _connected(
    server: MailServer, address: str, verify: ssl.SSLContext, seconds: float
) -> Iterator[smtplib.SMTP]:
    """A connection that lasts no longer than that, however slowly somebody answers. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    plain = socket.create_connection((address, server.port), seconds)
    ending = threading.Timer(seconds, _cut, (plain,))
    ending.daemon = True
    ending.start()
    try:
        with _Smtp(server, plain, verify, seconds) as smtp:
            yield smtp
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        if time.monotonic() >= deadline:
            raise TimeoutError("the time is up") from error
        raise
    finally:
        ending.cancel()
        plain.close()


def _cut(plain: socket.socket) -> None:
    with suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)


class _Smtp(smtplib.SMTP):
    """Speaks over a connection to the address that was judged, under the name that was typed: a certificate must say it."""

    def __init__(
        self, server: MailServer, plain: socket.socket, verify: ssl.SSLContext, seconds: float
    ) -> None:
        self._plain = plain
        self._verify = verify
        self._server = server
        super().__init__(server.host, server.port, timeout=seconds)

    def _get_socket(self, host: str, _port: int, timeout: float) -> socket.socket:
        # A copy, so that what ends in time is the connection itself, whatever was wrapped around it.
        copy = self._plain.dup()
        copy.settimeout(timeout)
        return self._verify.wrap_socket(copy, server_hostname=host) if self._server.tls else copy
