"""Choosing what one is told how, and the links in mails that need no signing in."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from app.domain.notices import tell
from app.domain.notices.digest import make_digests
from app.models import Choice, Delivery, Notice, NoticePreference, NoticeSetting, Person
from tests.support.bookings import NOW
from tests.support.notices import BOOKING
from tests.support.rows import change, inside, rows
from tests.support.staff import Desk
from tests.support.visitor import Visitor
from tests.support.world import TenantWorld, World

HERE = "/account/notifications"
USUAL = {
    "daily_hour": "8",
    "mail_booking_confirmed": "on",
    "mail_booking_changed": "on",
    "mail_booking_cancelled": "on",
    "mail_booking_extras_changed": "on",
    "mail_booking_guests_changed": "on",
    "mail_series_booked": "on",
    "mail_series_changed": "on",
    "mail_series_unused": "on",
    "mail_booking_offered": "on",
    "mail_booking_freed": "on",
    "mail_booking_released": "on",
    "mail_booking_declined": "on",
    "mail_booking_unanswered": "on",
    "mail_message_received": "on",
    "mail_announcement_published": "on",
    "mail_invoice_issued": "on",
    "mail_payment_taken": "on",
    "mail_contract_started": "on",
    "mail_contract_approved": "on",
    "mail_contract_refused": "on",
    "mail_contract_cancelled": "on",
    "mail_contract_changed": "on",
    "mail_contract_paused": "on",
}


@pytest.fixture(autouse=True)
def tuesday() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def north(world: World) -> TenantWorld:
    return world.northlight


@pytest.fixture
def member(app: Flask, north: TenantWorld) -> Desk:
    return Desk(app, north, "member")


def _save(who: Visitor, **typed: str) -> int:
    return who.post(HERE, USUAL | typed, form=HERE).status_code


def test_what_is_chosen_is_kept_and_shown(app: Flask, north: TenantWorld, member: Desk) -> None:
    assert _save(member, mail_booking_confirmed="digest", quiet_from="22:00", quiet_until="07:30", daily_hour="18", discreet="y") == 303  # fmt: skip
    kept = {(row.kind, row.channel): row.choice for row in rows(app, north, NoticePreference)}
    # No box was ticked for a device; of what the kind does by itself there is no row.
    assert kept == {
        ("booking.confirmed", "mail"): Choice.DIGEST,
        ("booking.confirmed", "push"): Choice.OFF,
        ("booking.changed", "push"): Choice.OFF,
        ("booking.cancelled", "push"): Choice.OFF,
        ("booking.extras_changed", "push"): Choice.OFF,
        ("booking.guests_changed", "push"): Choice.OFF,
        ("series.booked", "push"): Choice.OFF,
        ("series.changed", "push"): Choice.OFF,
        ("series.unused", "push"): Choice.OFF,
        ("booking.offered", "push"): Choice.OFF,
        ("booking.freed", "push"): Choice.OFF,
        ("booking.unclaimed", "push"): Choice.OFF,
        ("booking.released", "push"): Choice.OFF,
        ("booking.declined", "push"): Choice.OFF,
        ("booking.unanswered", "push"): Choice.OFF,
        ("message.received", "push"): Choice.OFF,
        ("announcement.published", "push"): Choice.OFF,
        ("invoice.issued", "push"): Choice.OFF,
        ("invoice.overdue", "push"): Choice.OFF,
        ("payment.asks", "push"): Choice.OFF,
        ("payment.refused", "push"): Choice.OFF,
        ("payment.taken", "push"): Choice.OFF,
        ("contract.started", "push"): Choice.OFF,
        ("contract.approved", "push"): Choice.OFF,
        ("contract.refused", "push"): Choice.OFF,
        ("contract.cancelled", "push"): Choice.OFF,
        ("contract.changed", "push"): Choice.OFF,
        ("contract.paused", "push"): Choice.OFF,
        ("device.new", "push"): Choice.OFF,
    }
    (setting,) = rows(app, north, NoticeSetting)
    assert (setting.quiet_from, setting.quiet_until, setting.daily_hour, setting.discreet) == (
        1320,
        450,
        18,
        True,
    )
    page = member.get(HERE).text
    assert 'value="22:00"' in page
    assert re.search(r'<option selected value="digest">', page)
    devices = (
        "booking_confirmed",
        "booking_changed",
        "booking_cancelled",
        "booking_extras_changed",
        "booking_guests_changed",
        "series_booked",
        "series_changed",
        "series_unused",
        "booking_offered",
        "booking_freed",
        "booking_unclaimed",
        "booking_released",
        "booking_declined",
        "booking_unanswered",
        "message_received",
        "announcement_published",
        "invoice_issued",
        "invoice_overdue",
        "payment_asks",
        "payment_refused",
        "payment_taken",
        "contract_started",
        "contract_approved",
        "contract_refused",
        "contract_cancelled",
        "contract_changed",
        "contract_paused",
        "device_new",
    )
    assert _save(member, **{f"push_{each}": "y" for each in devices}) == 303
    assert rows(app, north, NoticePreference) == []


@pytest.mark.parametrize(
    "typed",
    [
        {"quiet_from": "22:00"},
        {"quiet_until": "07:00"},
        {"quiet_from": "22:00", "quiet_until": "22:00"},
        {"quiet_from": "25:00", "quiet_until": "07:00"},
        {"daily_hour": "24"},
        {"daily_hour": "x"},
        {"mail_booking_confirmed": "loudly"},
    ],
)
def test_nonsense_is_refused_with_a_sentence(
    app: Flask, north: TenantWorld, member: Desk, typed: dict[str, str]
) -> None:
    assert _save(member, **typed) == 422
    assert rows(app, north, NoticeSetting) == []
    assert _save(member) == 303


def test_nobody_switches_off_what_keeps_an_account_safe(app: Flask, north: TenantWorld, member: Desk) -> None:
    page = member.get(HERE).text
    assert "It keeps your account safe, so it always comes by mail." in page
    assert "mail_device_new" not in page
    assert _save(member, mail_device_new="off", mail_password_changed="off") == 303
    assert {row.kind for row in rows(app, north, NoticePreference) if row.channel == "mail"} == set()


def test_staffs_kinds_are_staffs(app: Flask, north: TenantWorld, member: Desk) -> None:
    assert "Somebody asks to join" in Desk(app, north, "owner").get(HERE).text
    assert "Somebody asks to join" not in member.get(HERE).text
    for staffs in (
        "Somebody wants to be on a plan",
        "Somebody cancels their plan",
        "Somebody asks about a plan",
    ):
        assert staffs in Desk(app, north, "desk").get(HERE).text
        assert staffs not in member.get(HERE).text
    assert _save(member, mail_sign_up_waiting="digest") == 303
    assert {row.kind for row in rows(app, north, NoticePreference)} & {"sign_up.waiting"} == set()


def _digest_link(app: Flask, tenant: TenantWorld) -> str:
    """Have a digest mailed; the path of its link."""
    with inside(app, tenant) as session:
        session.add(NoticePreference(person_id=tenant.people["member"], kind="booking.confirmed", channel="mail", choice=Choice.DIGEST))  # fmt: skip
        session.flush()
        tell(session, NOW, tenant.people["member"], "booking.confirmed", BOOKING)
    with inside(app, tenant) as session:
        make_digests(session, NOW + timedelta(days=1))
    with time_machine.travel(NOW + timedelta(days=1, minutes=1), tick=False):
        app.extensions["portico_work"].deliver(tenant.id)
    (mail,) = app.extensions["portico_outbox"].newest(tenant.id, 1)
    assert mail.subject == "One thing is new"
    assert "Fern is booked" in mail.text
    found = re.search(r"http\S+(/notifications/digest/\S+)", mail.text)
    assert found
    return found[1]


def test_one_press_in_a_mail_program_stops_the_digest(app: Flask, north: TenantWorld) -> None:
    """RFC 8058: a POST without cookies, page or token of a form."""
    path = _digest_link(app, north)
    stranger = Visitor(app, north)
    assert "Stop the daily mail?" in stranger.get(path).text
    assert rows(app, north, NoticePreference)[0].choice is Choice.DIGEST
    answer = stranger.post_bare(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert "The daily mail is stopped" in answer.text
    assert rows(app, north, NoticePreference)[0].choice is Choice.OFF
    assert stranger.post_bare(path).status_code == 200


def test_nobody_stops_anothers_with_a_made_up_link(app: Flask, world: World, north: TenantWorld) -> None:
    path = _digest_link(app, north)
    token = path.rpartition("/")[2]
    for visitor, forged in (
        (Visitor(app, world.harbour), token),
        (Visitor(app, north), token[:-2] + "xx"),
        (Visitor(app, north), "x" * 5000),
        (Visitor(app, north), "é"),
    ):
        assert visitor.get(f"/notifications/digest/{forged}").status_code == 404
        assert visitor.post_bare(f"/notifications/digest/{forged}").status_code == 404
    assert rows(app, north, NoticePreference)[0].choice is Choice.DIGEST


def _bounced(app: Flask, north: TenantWorld) -> None:
    change(app, north, Person, north.people["member"], bounced_email=north.email("member"), bounced_at=NOW, bounce_reason="550 <b>no</b>")  # fmt: skip


def test_who_gets_no_mail_sees_it_and_so_do_staff(app: Flask, north: TenantWorld, member: Desk) -> None:
    desk, page = Desk(app, north, "desk"), f"/admin/people/{north.people['member']}"
    for who, path in ((member, "/"), (member, HERE), (desk, page)):
        assert "came back" not in who.get(path).text
    _bounced(app, north)
    for who, path in ((member, "/"), (member, HERE), (desk, page)):
        assert f"Mail to {north.email('member')} came back" in who.get(path).text
    assert "550 &lt;b&gt;no&lt;/b&gt;" in desk.get(page).text
    assert "came back" not in Desk(app, north, "colleague").get("/").text


def test_a_link_that_arrives_shows_that_mail_does(
    app: Flask, world: World, north: TenantWorld, member: Desk
) -> None:
    _bounced(app, north)
    member.post(f"{HERE}/check", form=HERE)
    app.extensions["portico_work"].deliver(north.id)
    (mail,) = app.extensions["portico_outbox"].newest(north.id, 1)
    found = re.search(r"http\S+(/email/arrival/\S+)", mail.text)
    assert found
    stranger = Visitor(app, north)
    assert Visitor(app, world.harbour).get(found[1]).status_code == 404
    assert stranger.get(found[1]).status_code == 200
    assert rows(app, north, Person, id=north.people["member"])[0].bounced_email
    assert "Mail reaches you" in stranger.post(found[1], form=found[1]).text
    assert rows(app, north, Person, id=north.people["member"])[0].bounced_email is None
    assert "came back" not in member.get("/").text


def test_that_link_works_for_a_day_and_for_that_address(
    app: Flask, north: TenantWorld, member: Desk, tuesday: time_machine.Traveller
) -> None:
    _bounced(app, north)
    member.post(f"{HERE}/check", form=HERE)
    app.extensions["portico_work"].deliver(north.id)
    found = re.search(
        r"http\S+(/email/arrival/\S+)", app.extensions["portico_outbox"].newest(north.id, 1)[0].text
    )
    assert found
    change(
        app, north, Person, north.people["member"], email="other@example.test", email_key="other@example.test"
    )
    stranger = Visitor(app, north)
    assert stranger.post(found[1], form="/login").status_code == 404
    tuesday.shift(timedelta(days=1, minutes=1))
    assert "This link is over" in stranger.get(found[1]).text


def test_a_mail_about_a_message_waits_and_goes_when_it_was_read(app: Flask, north: TenantWorld) -> None:
    """As with a section of messages that is on: the kind's own rules, on rows as `tell` writes them."""
    data = {"conversation_id": 5, "message_id": 12, "from": "Hana", "text": "The dummy"}
    with inside(app, north) as session:
        for about, read_at in ((5, NOW), (6, None)):
            notice = Notice(person_id=north.people["member"], kind="message.received", data=data, about=str(about), in_app=True, created_at=NOW, read_at=read_at)  # fmt: skip
            session.add(notice)
            session.flush()
            session.add(Delivery(notice_id=notice.id, channel="mail", next_try_at=NOW))
    assert app.extensions["portico_work"].deliver(north.id) == 1
    assert [row.delivered_at for row in rows(app, north, Delivery)] == [None, NOW]
    assert {row.next_try_at for row in rows(app, north, Delivery)} == {None}
