"""Mail that comes back: refused at once, or reported later, and never on anybody's mere word."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.cli import init_commands
from app.domain.mail_server import UseServer, use_server
from app.domain.notices import tell
from app.factory import create_app
from app.kernel.clock import system_clock
from app.models import Delivery, MailSecurity, Notice, Person
from app.settings import Settings
from app.web.database import db
from tests.support.mail_server import MailDouble, mail_double
from tests.support.rows import change, inside, rows
from tests.support.world import TenantWorld, World


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def double(tmp_path: Path) -> Iterator[MailDouble]:
    with mail_double(tmp_path) as double:
        yield double


@pytest.fixture
def posting(settings: Settings, double: MailDouble) -> Iterator[Flask]:
    """The application on a host that has a mail server."""
    app = create_app(
        replace(settings, mail_url=f"smtp://127.0.0.1:{double.port}", mail_from="portico@host.test")
    )
    yield app
    with app.app_context():
        db.engine.dispose()


def _mail(app: Flask, tenant: TenantWorld, kind: str = "password.changed") -> int:
    """Mail the member something; returns the delivery's id."""
    with inside(app, tenant) as session:
        notice = tell(session, system_clock(), tenant.people["member"], kind, {"email": "x@example.test"})
        assert notice
        id_ = notice.id
    app.extensions["portico_work"].deliver(tenant.id)
    return rows(app, tenant, Delivery, notice_id=id_)[0].id


def _person(app: Flask, tenant: TenantWorld) -> Person:
    return rows(app, tenant, Person, id=tenant.people["member"])[0]


def _report(mail: Message, *, action: str = "failed", status: str = "5.1.1", whole: bool = True) -> bytes:
    """A notification as Postfix writes one."""
    report = MIMEMultipart("report")
    report.set_param("report-type", "delivery-status")
    report["From"] = "MAILER-DAEMON@host.test"
    report.attach(MIMEText("I'm sorry to have to inform you that your message could not be delivered."))
    text = (
        "Reporting-MTA: dns; host.test\n\n"
        f"Final-Recipient: rfc822; member@example.test\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: smtp; 550 {status} no such\n mailbox\n"
    )
    head = "Content-Type: message/delivery-status\n\n"
    returned = (
        MIMEMessage(mail)
        if whole
        else MIMEText(f"Message-ID: {mail['Message-ID']}\nSubject: x\n", "rfc822-headers")
    )
    report.attach(returned)
    boundary = "=report="
    report.set_boundary(boundary)
    data = report.as_bytes()
    mark = f"--{boundary}\n".encode()
    first, second, third = data.split(mark)
    return first + mark + second + mark + (head + text + "\n").encode() + mark + third


def _pipe(app: Flask, data: bytes) -> Result:
    init_commands(app)
    return app.test_cli_runner().invoke(args=["mail", "bounced"], input=data)


def test_an_address_that_is_refused_is_marked(posting: Flask, north: TenantWorld, double: MailDouble) -> None:
    _mail(posting, north)
    assert len(double.taken) == 1
    assert _person(posting, north).bounced_email is None
    double.replies["RCPT"] = "550 5.1.1 no such mailbox"
    delivery = _mail(posting, north)
    assert rows(posting, north, Delivery, id=delivery)[0].gave_up_at is not None
    person = _person(posting, north)
    assert person.bounced_email == person.email
    assert person.bounce_reason == "550 5.1.1 no such mailbox"
    (notice,) = rows(posting, north, Notice, kind="email.bounced")
    assert (notice.in_app, notice.read_at) == (True, None)
    _mail(posting, north)
    assert len(rows(posting, north, Notice, kind="email.bounced")) == 1


@pytest.mark.parametrize("reply", ["450 4.2.0 later", "550 5.7.1 not from you"])
def test_a_refusal_that_is_not_about_the_address_marks_nobody(
    posting: Flask, north: TenantWorld, double: MailDouble, reply: str
) -> None:
    double.replies["RCPT"] = reply
    delivery = _mail(posting, north)
    assert rows(posting, north, Delivery, id=delivery)[0].error == reply
    assert _person(posting, north).bounced_email is None


def test_a_new_address_is_not_marked_for_the_old_one(
    posting: Flask, north: TenantWorld, double: MailDouble
) -> None:
    """What goes to where an e-mail used to be says nothing of where it is."""
    double.replies["RCPT"] = "550 5.1.1 no such mailbox"
    with inside(posting, north) as session:
        tell(session, system_clock(), north.people["member"], "email.changed", {"email": "new@example.test"}, email="old@example.test")  # fmt: skip
    posting.extensions["portico_work"].deliver(north.id)
    assert _person(posting, north).bounced_email is None


@pytest.mark.parametrize("whole", [True, False])
def test_a_report_marks_whose_mail_came_back(
    posting: Flask, north: TenantWorld, double: MailDouble, *, whole: bool
) -> None:
    delivery = _mail(posting, north)
    (sent,) = double.taken
    done = _pipe(posting, _report(sent, whole=whole))
    assert (done.exit_code, done.output) == (0, "northlight: the address is marked.\n")
    person = _person(posting, north)
    assert person.bounced_email == person.email
    assert person.bounce_reason == "550 5.1.1 no such mailbox"
    assert rows(posting, north, Delivery, id=delivery)[0].delivered_at is None
    assert _pipe(posting, _report(sent)).exit_code == 0


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.1"), ("failed", "5.7.1"), ("relayed", "2.0.0")]
)
def test_what_is_only_late_or_policy_marks_nobody(
    posting: Flask, north: TenantWorld, double: MailDouble, action: str, status: str
) -> None:
    _mail(posting, north)
    done = _pipe(posting, _report(double.taken[0], action=action, status=status))
    assert "no notification" in done.output
    assert _person(posting, north).bounced_email is None


def test_nobody_is_marked_on_anybodys_mere_word(
    posting: Flask, north: TenantWorld, double: MailDouble
) -> None:
    """Whoever knows how our Message-IDs look does not know the one of a mail that they never got."""
    delivery = _mail(posting, north)
    # As it came, for the newer way of reading mail refuses to write some of these.
    sent = message_from_bytes(double.taken[0].as_bytes())
    true = str(sent["Message-ID"])
    for made_up in (f"<northlight.{delivery}@host.test>", f"<northlight.{delivery}.{'0' * 16}@host.test>", f"<harbour{true[11:]}", "<>", "nonsense"):  # fmt: skip
        sent.replace_header("Message-ID", made_up)
        done = _pipe(posting, _report(sent))
        assert done.exit_code == 0
        assert "marked" not in done.output
    assert _person(posting, north).bounced_email is None
    sent.replace_header("Message-ID", true)
    assert "marked" in _pipe(posting, _report(sent)).output


@pytest.mark.parametrize("data", [b"", b"Subject: hello\n\nAn answer.", b"\xff\xfe\x00", b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n--x"])  # fmt: skip
def test_any_other_mail_is_left_alone(posting: Flask, north: TenantWorld, data: bytes) -> None:
    done = _pipe(posting, data)
    assert done.exit_code == 0
    assert "no notification" in done.output


def test_who_has_another_address_by_now_is_left_alone(
    posting: Flask, north: TenantWorld, double: MailDouble
) -> None:
    _mail(posting, north)
    change(
        posting, north, Person, north.people["member"], email="new@example.test", email_key="new@example.test"
    )
    assert "nobody has that address" not in _pipe(posting, b"").output
    _pipe(posting, _report(double.taken[0]))
    assert not _person(posting, north).mail_bounces


def test_a_tenants_own_server_takes_its_mail(
    posting: Flask, world: World, north: TenantWorld, double: MailDouble
) -> None:
    with inside(posting, north) as session:
        wanted = UseServer("127.0.0.1", double.port, MailSecurity.STARTTLS, "", "", "hello@northlight.test")
        use_server(
            session, north.actor("owner"), wanted, posting.extensions["portico_secret_box"], system_clock
        )
    _mail(posting, north)
    _mail(posting, world.harbour)
    assert [mail["From"].addresses[0].addr_spec for mail in double.taken] == [
        "hello@northlight.test",
        "portico@host.test",
    ]
