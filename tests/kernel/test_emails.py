"""What looks like an e-mail address, to people and to a mail's head."""

import pytest

from app.kernel.emails import looks_like_email


@pytest.mark.parametrize(
    "text", ["a@b.example", "Łoś.ß@παράδειγμα.example", "a+b@c-d.example", "n" * 64 + "@b.example"]
)
def test_it_looks_like_one(text: str) -> None:
    assert looks_like_email(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "@b.example",
        "a@b",
        "a@b..example",
        "a@b@c.example",
        "n" * 65 + "@b.example",
        "a@" + "b." * 126 + "example",
        "ß" * 60 + "@" + "ß." * 60 + "example",
        "a b@c.example",
        "a\r\nBcc: b@c.example",
        "<a@b.example>",
        "a\x00@b.example",
        "a\ud800@b.example",
        "a\u202e@b.example",
        "a\u200e@b.example",
        "a\u200b@b.example",
    ],
)
def test_it_does_not(text: str) -> None:
    assert not looks_like_email(text)
