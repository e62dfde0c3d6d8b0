"""Data of every kind of notice, as the sections write it."""

from typing import Any

BOOKING: dict[str, Any] = {
    "booking_id": 7,
    "resource": "Fern",
    "location": "Leith Walk",
    "zone": "Europe/London",
    "starts_at": "2030-05-07T08:00:00+00:00",
    "ends_at": "2030-05-07T09:30:00+00:00",
    "title": "",
    "price_minor": 0,
    "currency": "GBP",
    "reason": "",
    "calendar": {
        "uid": "booking-1-7-a@portico",
        "sequence": 0,
        "changed_at": "2030-05-06T09:00:00+00:00",
        "address": "12 Leith Walk, Edinburgh",
    },
}
SERIES: dict[str, Any] = BOOKING | {
    "series_id": 5,
    "done": "booked",
    "dates": 4,
    "stands": 4,
    "last_starts_at": "2030-05-28T08:00:00+00:00",
    "rule": "FREQ=WEEKLY;BYDAY=TU",
    "calendar": {
        "uid": "series-1-5-a@portico",
        "sequence": 0,
        "changed_at": "2030-05-06T09:00:00+00:00",
        "stands": 4,
        "starts_at": "2030-05-07T08:00:00+00:00",
        "ends_at": "2030-05-07T09:30:00+00:00",
        "series_id": 5,
        "repeats": {
            "rule": "FREQ=WEEKLY;BYDAY=TU",
            "first_day": "2030-05-07",
            "last_day": "2030-05-28",
            "starts": 540,
            "left_out": [],
            "moved": [],
        },
        "zone": BOOKING["zone"],
        "seat": {
            "title": BOOKING["title"],
            "room": BOOKING["resource"],
            "location": BOOKING["location"],
            "address": "12 Leith Walk, Edinburgh",
        },
        "elsewhere": {},
    },
}
PAYMENT: dict[str, Any] = {
    "attempt_id": 3,
    "invoice_id": 6,
    "numbers": ["NL-2030-0006"],
    "amount_minor": 18600,
    "currency": "GBP",
    "problem": "expired_card",
}
ANNOUNCEMENT: dict[str, Any] = {
    "announcement_id": 4,
    "title": "The lift is out of order",
    "text": "Take the stairs until Friday.",
    "body": "Take the stairs until Friday.\nThe goods lift works.\n\nMore at https://lift.example/today/",
}
_LINK = {"origin": "http://localhost", "token": "a-token", "days": 7}
_CONTRACT = {"contract_id": 8, "plan": "Studio", "starts_on": "2030-05-07", "ends_on": None}
_WHO = {"about": "3:8", "person_id": 3, "name": "Nora New"}
_OF_GUESTS = ("resource", "location", "zone", "starts_at", "ends_at", "calendar")
SAMPLES: dict[str, dict[str, Any]] = {
    "booking.confirmed": BOOKING,
    "booking.changed": BOOKING
    | {"was_room": "Oak", "was_time": ["2030-05-07T09:00:00+00:00", "2030-05-07T10:30:00+00:00"]},
    "booking.cancelled": BOOKING | {"reason": "The heating broke"},
    "booking.extras_changed": {
        name: value for name, value in BOOKING.items() if name not in {"calendar", "reason"}
    }
    | {"extras": [["Lunch", 8], ["Projector", 1]], "extras_minor": 9600},
    "booking.guests_changed": {
        name: value for name, value in BOOKING.items() if name not in {"calendar", "reason"}
    }
    | {"guests": 3},
    "series.booked": SERIES,
    "series.changed": SERIES | {"done": "cancelled", "dates": 1, "reason": "The heating broke"},
    "series.unused": {name: value for name, value in SERIES.items() if name != "calendar"} | {"strikes": 2},
    "series.struck_off": {name: value for name, value in SERIES.items() if name != "calendar"}
    | {"strikes": 3},
    "booking.freed": {
        name: BOOKING[name] for name in ("resource", "location", "zone", "starts_at", "ends_at")
    }
    | {"location_id": 1, "people": 2, "date": "2030-05-07", "start": "09:00", "minutes": 90},
    # It is held, not booked: no calendar hears of it.
    "booking.offered": {name: value for name, value in BOOKING.items() if name not in {"calendar", "reason"}}
    | {"until": "2030-05-07T07:30:00+00:00", "people": "1", "pays": "invoice"},
    "booking.unclaimed": BOOKING | {"until": "2030-05-07T08:15:00+00:00"},
    "booking.released": BOOKING,
    "booking.declined": {name: value for name, value in BOOKING.items() if name != "calendar"}
    | {"reason": "We paint the walls"},
    "booking.unanswered": {name: value for name, value in BOOKING.items() if name != "calendar"},
    **{
        f"guest.{verb}": {name: BOOKING[name] for name in _OF_GUESTS}
        | {"title": "", "host": "Nora New", "first_name": "Gus"}
        for verb in ("invited", "changed", "cancelled")
    },
    "calendar.conflict": {
        name: BOOKING[name] for name in ("booking_id", "resource", "location", "zone", "starts_at", "ends_at")
    }
    | {"about": "7:31700000", "host": "calendars.example"},
    "booking.waiting": BOOKING | {"about": "3:7", "person_id": 3, "name": "Nora New", "people": 4},
    "invoice.issued": {
        "invoice_id": 6,
        "document_kind": "invoice",
        "number": "NL-2026-0042",
        "total_minor": 18600,
        "currency": "GBP",
        "due_on": "2030-05-21",
    },
    "message.received": {
        "conversation_id": 5,
        "message_id": 12,
        "from": "Hana Mori",
        "text": "The dummy is at the desk",
    },
    "announcement.published": ANNOUNCEMENT,
    "announcement.tried": ANNOUNCEMENT,
    "sign_up.waiting": {"sign_up_id": 3, "name": "Nora New"},
    "invoice.overdue": {
        "invoice_id": 6,
        "number": "NL-2030-0006",
        "due_on": "2030-05-07",
        "action": "limit",
    },
    "payment.asks": PAYMENT,
    "payment.refused": PAYMENT,
    "payment.taken": PAYMENT,
    "payment.held": {"held_id": 4, "amount_minor": 1250, "currency": "GBP"},
    "contract.waiting": _CONTRACT | _WHO,
    "contract.leaving": _CONTRACT | _WHO | {"ends_on": "2030-06-30", "reason": "We move"},
    "plan.enquired": _WHO
    | {"plan": "Studio", "text": "Is it quiet?\nWe are four.", "phone": "020 7946 0018"},
    "contract.started": _CONTRACT,
    "contract.approved": _CONTRACT,
    "contract.refused": _CONTRACT,
    "contract.cancelled": _CONTRACT | {"ends_on": "2030-06-30"},
    "contract.changed": _CONTRACT | {"price_minor": 18600, "currency": "GBP"},
    "contract.paused": _CONTRACT | {"from_day": "2030-06-01", "until_day": "2030-06-30"},
    "report.made": {"message_id": 9, "reason": "rude"},
    "sign_up.approved": _LINK,
    "device.new": {"browser": "Firefox", "system": "macOS", "address": "203.0.113.9", "at": ""},
    "password.changed": {},
    "factor.changed": {"change": "passkey_added", "name": "Key ring"},
    "email.changed": {"email": "new@example.test"},
    "email.bounced": {"email": "member@example.test"},
    "data.ready": {},
    "deletion.asked": {"due_at": "2030-05-07T08:00:00+00:00", "cancelled": 2},
    "deletion.near": {"due_at": "2030-05-07T08:00:00+00:00"},
    "deletion.taken_back": {},
    "email.leaving": _LINK | {"email": "new@example.test"},
    "email.confirm": _LINK,
    "email.check": _LINK | {"email": "member@example.test"},
    "email.known": _LINK,
    "password.forgotten": _LINK,
    "sign_in.link": _LINK | {"code": "ABCDEFGH"},
    "invitation.sent": _LINK | {"message": "See you"},
    "sign_up.asked": _LINK,
    "sign_up.known": _LINK,
    "sign_up.declined": _LINK,
    "team.invited": _LINK | {"by": "Maya Member", "team": "Weavers"},
    "digest.daily": {
        "count": 2,
        "items": [
            {"kind": "booking.confirmed", "data": BOOKING, "times": 1},
            {"kind": "sign_up.waiting", "data": {"sign_up_id": 3, "name": "Nora New"}, "times": 1},
        ],
    },
}
