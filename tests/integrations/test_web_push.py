"""Web Push against services that hold us to the letter: what is sent, to whom, and what each answer means."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

from app.integrations.guarded import GuardedClient, Rules
from app.integrations.web_push import hosts, keys, sealing
from app.integrations.web_push.client import WebPush
from app.kernel.clock import system_clock
from app.ports import PushFault, PushGone, PushKeys, PushManner, PushRefused, PushTarget
from app.settings import PUSH_HOSTS
from tests.support.push.other_service import other_service
from tests.support.push.process import PushService, push_service

SUBJECT = "mailto:host@example.org"
MANNER = PushManner(timedelta(hours=1), "high", "b7")
OPEN = hosts.Rules(PUSH_HOSTS, admits_loopback=True)


@pytest.fixture(scope="module")
def service() -> Iterator[PushService]:
    with push_service() as service:
        yield service


@pytest.fixture(scope="module")
def own() -> PushKeys:
    return keys.new_keys()


def _push(subject: str = SUBJECT, shift: timedelta = timedelta(0), rules: hosts.Rules = OPEN) -> WebPush:
    web = GuardedClient(Rules(admits_loopback=rules.admits_loopback, seconds=5.0))
    return WebPush(web, subject, rules, lambda: system_clock() + shift)


def _refused(push: WebPush, target: PushTarget, own: PushKeys, payload: bytes = b"x") -> PushRefused:
    with pytest.raises(PushRefused) as refused:
        push.send(target, payload, own, MANNER)
    return refused.value


def test_a_message_is_what_the_standard_says_byte_for_byte() -> None:
    # RFC 8291, appendix A
    browser, auth = keys.read_keys(
        PushTarget(
            "",
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg",
        )
    )
    sealed = sealing._seal(
        b"When I grow up, I want to be a watermelon",
        browser,
        auth,
        keys.private_key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        keys.decode("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert keys.encode(sealed) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK"
        "6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_browser_gets_what_was_sent(service: PushService, own: PushKeys) -> None:
    target = service.subscribe(own.public)
    _push().send(target, "Fern is yours ✓".encode(), own, MANNER)
    assert service.messages(target) == [
        {"text": "Fern is yours ✓", "ttl": 3600, "urgency": "high", "topic": "b7", "replaced": False}
    ]


def test_a_later_message_on_the_same_topic_takes_the_place_of_the_first(
    service: PushService, own: PushKeys
) -> None:
    target = service.subscribe(own.public)
    for text in (b"at nine", b"at ten"):
        _push().send(target, text, own, MANNER)
    assert [(each["text"], each["replaced"]) for each in service.messages(target)] == [
        ("at nine", True),
        ("at ten", False),
    ]


def test_two_services_are_each_shown_a_token_of_their_own(service: PushService, own: PushKeys) -> None:
    with push_service() as other:
        for each in (service, other, service):
            target = each.subscribe(own.public)
            _push().send(target, b"hello", own, MANNER)
            assert len(each.messages(target)) == 1


def test_the_largest_message_still_fits_and_a_larger_one_never_leaves(
    service: PushService, own: PushKeys
) -> None:
    target = service.subscribe(own.public)
    _push().send(target, b"m" * sealing.MOST, own, MANNER)
    assert len(service.messages(target)[0]["text"]) == sealing.MOST
    refused = _refused(_push(), target, own, b"m" * (sealing.MOST + 1))
    assert (refused.fault, refused.permanent) == (PushFault.TOO_LARGE, True)
    assert len(service.messages(target)) == 1


@pytest.mark.parametrize("status", [404, 410])
def test_a_subscription_that_ended_is_to_be_forgotten(
    service: PushService, own: PushKeys, status: int
) -> None:
    target = service.subscribe(own.public)
    service.answer(target, status)
    with pytest.raises(PushGone):
        _push().send(target, b"x", own, MANNER)


@pytest.mark.parametrize(
    ("status", "fault", "permanent"),
    [
        (400, PushFault.BAD_MESSAGE, True),
        (401, PushFault.NOT_US, False),
        (413, PushFault.TOO_LARGE, True),
        (429, PushFault.BUSY, False),
        (500, PushFault.AWAY, False),
        (503, PushFault.AWAY, False),
    ],
)
def test_what_an_answer_means(
    service: PushService, own: PushKeys, status: int, fault: PushFault, *, permanent: bool
) -> None:
    target = service.subscribe(own.public)
    service.answer(target, status, body="not now")
    refused = _refused(_push(), target, own)
    assert (refused.fault, refused.permanent) == (fault, permanent)
    assert refused.detail == f"localhost {status} not now"


def test_it_waits_as_long_as_the_service_wants(service: PushService, own: PushKeys) -> None:
    target = service.subscribe(own.public)
    tomorrow = format_datetime(datetime.now(UTC) + timedelta(days=3), usegmt=True)
    for text, least, most in (
        ("120", 120, 120),
        (tomorrow, 86_000, 86_400),
        ("soon", None, None),
        ("9" * 30, 86_400, 86_400),
    ):
        service.answer(target, 429, headers={"Retry-After": text})
        wait = _refused(_push(), target, own).retry_after
        if least is None or most is None:
            assert wait is None
        else:
            assert wait is not None
            assert least <= wait.total_seconds() <= most


@pytest.mark.parametrize(
    ("push", "wrong"),
    [
        (_push(subject="mailto:host@localhost"), "sub is no way to reach anybody"),
        (_push(shift=timedelta(days=-1)), "exp is over, or more than a day ahead"),
        (_push(shift=timedelta(hours=13)), "exp is over, or more than a day ahead"),
    ],
)
def test_who_is_not_believed_hears_that_it_is_about_the_sender(
    service: PushService, own: PushKeys, push: WebPush, wrong: str
) -> None:
    refused = _refused(push, service.subscribe(own.public), own)
    assert refused.fault is PushFault.NOT_US
    assert refused.detail == 'localhost 403 {"reason": "BadJwtToken"}'
    assert service.refusals()[-1] == wrong


def test_another_key_than_at_the_subscription_is_not_believed(service: PushService, own: PushKeys) -> None:
    target = service.subscribe(own.public)
    assert _refused(_push(), target, keys.new_keys()).fault is PushFault.NOT_US
    assert service.refusals()[-1] == "another key than the browser subscribed with"


def test_the_token_is_good_for_half_a_day_and_for_one_service(own: PushKeys) -> None:
    header = _push()._authorization("https://web.push.apple.com/abc/def", own)
    token, key = header.removeprefix("vapid t=").split(",k=")
    assert key == own.public
    signer = ECKey.import_key(keys.private_key(own.private))
    claims = jwt.decode(token, signer, algorithms=["ES256"]).claims
    assert list(claims) == sorted(claims)
    assert (claims["aud"], claims["sub"]) == ("https://web.push.apple.com", SUBJECT)
    assert 0 < claims["exp"] - time.time() <= 12 * 3600


def test_a_service_that_sends_on_elsewhere_is_not_followed(service: PushService, own: PushKeys) -> None:
    target, other = service.subscribe(own.public), service.subscribe(own.public)
    service.answer(target, 307, headers={"Location": other.endpoint})
    assert _refused(_push(), target, own).fault is PushFault.AWAY
    assert service.messages(other) == []


def test_a_service_that_is_not_there_is_away(own: PushKeys) -> None:
    with push_service() as gone:
        target = gone.subscribe(own.public)
    assert _refused(_push(), target, own).fault is PushFault.AWAY


STRICT = hosts.Rules(PUSH_HOSTS)


@pytest.mark.parametrize(
    ("endpoint", "fault"),
    [
        ("https://127.0.0.1/push/x", PushFault.PRIVATE_ADDRESS),
        ("https://localhost/push/x", PushFault.PRIVATE_ADDRESS),
        ("https://fcm.localhost/push/x", PushFault.PRIVATE_ADDRESS),
        ("https://[::1]/push/x", PushFault.PRIVATE_ADDRESS),
        ("https://[::ffff:10.0.0.1]/x", PushFault.PRIVATE_ADDRESS),
        ("https://169.254.169.254/latest/meta-data", PushFault.PRIVATE_ADDRESS),
        ("https://10.0.0.7/push/x", PushFault.PRIVATE_ADDRESS),
        ("https://8.8.8.8/push/x", PushFault.UNKNOWN_SERVICE),
        ("https://push.example.org/x", PushFault.UNKNOWN_SERVICE),
        ("https://fcm.googleapis.com.evil.example/x", PushFault.UNKNOWN_SERVICE),
        ("https://evilpush.apple.com/x", PushFault.UNKNOWN_SERVICE),
        ("https://push.apple.com/x", PushFault.UNKNOWN_SERVICE),
        ("http://fcm.googleapis.com/fcm/send/x", PushFault.NOT_HTTPS),
        ("https://someone@fcm.googleapis.com/x", PushFault.NO_ADDRESS),
        ("https://fcm.googleapis.com:99999/x", PushFault.NO_ADDRESS),
        ("https://fcm.googleapis.com/x\r\nHost: y", PushFault.NO_ADDRESS),
        ("https://fcm.googleapis.com/x y", PushFault.NO_ADDRESS),
        ("https://fcm.googleapis.com/" + "x" * 1000, PushFault.NO_ADDRESS),
        ("file:///etc/passwd", PushFault.NO_ADDRESS),
        ("", PushFault.NO_ADDRESS),
    ],
)
def test_only_known_push_services_are_written_to(
    service: PushService, own: PushKeys, endpoint: str, fault: PushFault
) -> None:
    target = replace(service.subscribe(own.public), endpoint=endpoint)
    push = _push(rules=STRICT)
    with pytest.raises(PushRefused) as refused:
        push.check(target)
    assert refused.value.fault is fault
    assert _refused(push, target, own).fault is fault


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://db5p.notify.windows.com/w/?token=abc%2b",
    ],
)
def test_the_services_of_the_browsers_are_known(service: PushService, own: PushKeys, endpoint: str) -> None:
    _push(rules=STRICT).check(replace(service.subscribe(own.public), endpoint=endpoint))
    with pytest.raises(PushRefused):
        _push(rules=hosts.Rules(("push.example.org",))).check(
            replace(service.subscribe(own.public), endpoint=endpoint)
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"p256dh": ""},
        {"p256dh": "A" * 87},
        {"p256dh": "B" + "A" * 86},
        {"p256dh": "!" * 87},
        {"auth": ""},
        {"auth": "A" * 21},
        {"auth": "A" * 24},
        {"auth": "é" * 22},
    ],
    ids=str,
)
def test_what_cannot_be_keys_is_refused(service: PushService, own: PushKeys, wrong: dict[str, str]) -> None:
    target = service.subscribe(own.public)
    _push().check(target)
    with pytest.raises(PushRefused) as refused:
        _push().check(replace(target, **wrong))
    assert refused.value.fault is PushFault.BAD_KEYS


def test_a_service_that_others_wrote_reads_it_too(own: PushKeys) -> None:
    with other_service() as service:
        target = service.subscribe(own.public)
        for text in ("Fern is yours ✓", "x" * 3000):
            _push().send(target, text.encode(), own, MANNER)
        assert service.messages(target) == ["Fern is yours ✓", "x" * 3000]
        assert _refused(_push(), target, keys.new_keys()).fault is PushFault.BAD_MESSAGE
        service.expire(target)
        with pytest.raises(PushGone):
            _push().send(target, b"late", own, MANNER)


def test_the_double_is_strict(service: PushService, own: PushKeys) -> None:
    """What passes above passes because it is right: the same with one thing wrong is refused."""
    target = service.subscribe(own.public)
    web = GuardedClient(Rules(admits_loopback=True))
    browser, auth = keys.read_keys(target)
    body = sealing.seal(json.dumps({"a": 1}).encode(), browser, auth)
    good = {
        "Authorization": _push()._authorization(target.endpoint, own),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": "60",
    }
    assert web.fetch(target.endpoint, body=body, headers=good).status == 201
    wrongs = [
        ("TTL", "soon", 400),
        ("Urgency", "now", 400),
        ("Topic", "a b", 400),
        ("Topic", "a" * 33, 400),
        ("Content-Encoding", "aesgcm", 400),
        ("Authorization", good["Authorization"].replace(".", "x", 1), 403),
        ("Authorization", good["Authorization"].replace(",k=", "A,k="), 403),
        ("Authorization", _push()._authorization("https://elsewhere.example/x", own), 403),
    ]
    for name, value, status in wrongs:
        answer = web.fetch(target.endpoint, body=body, headers=good | {name: value})
        assert answer.status == status, name
    for bent in (body[:-1] + bytes([body[-1] ^ 1]), body + b"0" * 4096, body[:50]):
        assert web.fetch(target.endpoint, body=bent, headers=good).status in {400, 413}
    assert len(service.messages(target)) == 1
