"""A mail server on a loopback port that speaks SMTP as RFC 5321 and its extensions say, and refuses what it is told to."""

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

NAME = "mail.localhost"
_HELD_S = 8.0


@dataclass
class MailDouble:
    """What the server was given, and how it answers: a reply by the word that it answers."""

    port: int = 0
    taken: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    replies: dict[str, str] = field(default_factory=dict)
    """`RCPT` → `550 5.1.1 no such mailbox`, `AUTH`, `MAIL`, `DATA`, `HELLO` for the greeting."""
    login: tuple[str, str] | None = None
    """Name and password that it wants; None takes mail from everybody."""
    offers_starttls: bool = False
    secure: bool = False
    """Whether the last mail came over a secure connection."""
    certificate: Path | None = None
    tls: ssl.SSLContext | None = None
    tls_at_once: bool = False
    free: threading.Event | None = None
    """Who comes waits for the greeting until it is set, and for a few seconds at most."""
    waited: int = 0
    """How many had to."""


class _Handler(socketserver.StreamRequestHandler):
    double: MailDouble

    def handle(self) -> None:
        self.double = cast("_Server", self.server).double
        self._secure = False
        self._known = self.double.login is None
        if self.double.tls_at_once:
            self._wrap()
        if self.double.free is not None:
            self.double.waited += 1
            self.double.free.wait(_HELD_S)
        self._say(self.double.replies.get("HELLO", "220 mail.localhost ESMTP"))
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            if not self._answer(word.upper(), rest):
                return

    def _answer(self, word: str, rest: str) -> bool:
        """Answer one line; whether to wait for another."""
        if word == "MAIL" and not self._known:
            self._say("530 5.7.0 say who you are first")
        elif word in self.double.replies:
            self._say(self.double.replies[word])
        else:
            verbs = {
                "EHLO": self._hello,
                "STARTTLS": self._secure_it,
                "AUTH": self._let_in,
                "DATA": self._take,
                "QUIT": self._part,
            }
            if word == "RCPT":
                self.double.recipients.append(rest.partition("<")[2].partition(">")[0])
            verbs.get(word, self._agree)(rest)
        return word != "QUIT"

    def _agree(self, _rest: str) -> None:
        self._say("250 ok")

    def _part(self, _rest: str) -> None:
        self._say("221 bye")

    def _hello(self, _rest: str) -> None:
        lines = ["mail.localhost", "SMTPUTF8", "8BITMIME"]
        lines += ["AUTH PLAIN LOGIN"] if self.double.login else []
        lines += ["STARTTLS"] if self.double.offers_starttls and not self._secure else []
        for line in lines[:-1]:
            self._say(f"250-{line}")
        self._say(f"250 {lines[-1]}")

    def _secure_it(self, _rest: str) -> None:
        self._say("220 go on")
        self._wrap()

    def _let_in(self, rest: str) -> None:
        given = base64.b64decode(rest.partition(" ")[2]).decode().split("\0")[1:]
        self._known = tuple(given) == self.double.login
        self._say("235 2.7.0 welcome" if self._known else "535 5.7.8 wrong name or password")

    def finish(self) -> None:
        super().finish()
        self.connection.close()

    def _take(self, _rest: str) -> None:
        self._say("354 go on")
        body = b""
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            body += line.removeprefix(b".") if line.startswith(b"..") else line
        self.double.taken.append(message_from_bytes(body, policy=policy.default))
        self.double.secure = self._secure
        self._say("250 2.0.0 taken")

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())
        self.wfile.flush()

    def _wrap(self) -> None:
        assert self.double.tls
        try:
            self.connection = self.double.tls.wrap_socket(self.request, server_side=True)
        except (ssl.SSLError, OSError):
            raise ConnectionAbortedError from None
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb")
        self._secure = True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    double: MailDouble

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up: its own side says why."""


@contextmanager
def mail_double(folder: Path) -> Iterator[MailDouble]:
    """A mail server for the time of a test."""
    double = MailDouble()
    _give_certificate(double, folder)
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.double = double
        double.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield double
        finally:
            server.shutdown()
            thread.join()


def _give_certificate(double: MailDouble, folder: Path) -> None:
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)]),
    )
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    double.certificate, secret = folder / "mail.crt", folder / "mail.key"
    double.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    double.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    double.tls.load_cert_chain(double.certificate, secret)
