"""Addresses in what people write become links, and nothing that runs does."""

import re

import pytest

from app.web.links import linked

_HREF = re.compile(r'href="([^"]*)"')


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://okafor.example", "https://okafor.example"),
        ("see http://okafor.example/a?b=c&d=e#f now", "http://okafor.example/a?b=c&amp;d=e#f"),
        ("(https://okafor.example/a_(b))", "https://okafor.example/a_(b)"),
        ("It is https://okafor.example.", "https://okafor.example"),
        ("https://okafor.example/señal", "https://okafor.example/señal"),
        ("HTTPS://okafor.example", "HTTPS://okafor.example"),
    ],
)
def test_an_address_is_a_link(text: str, address: str) -> None:
    html = linked(text)
    assert _HREF.findall(html) == [address]
    assert 'rel="noopener noreferrer nofollow ugc"' in html


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "&#106;avascript:alert(1)",
        "javascript\u202e:alert(1)",
        "https&colon;//okafor.example",
        "VBScript:msgbox(1)",
        "DATA:text/html;base64,PHNjcmlwdD4=",
        "data:text/html,<script>alert(1)</script>",
        "vbscript:x",
        "//okafor.example",
        "okafor.example",
        "https://",
        "https://bank.example@evil.example/",
        "https://okafor.example:99999999/",
        "https://[::1",
        "mailto:ines@okafor.example",
        "https://" + "a" * 3000,
        "xhttps://okafor.example",
    ],
)
def test_all_else_stays_text(text: str) -> None:
    assert _HREF.findall(linked(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        '<img src=x onerror=alert(1)> https://okafor.example/"onmouseover="alert(1)',
        "https://okafor.example/<script>alert(1)</script>",
        "https://okafor.example/'><svg onload=alert(1)>",
    ],
)
def test_what_stands_around_an_address_is_text(text: str) -> None:
    html = linked(text)
    assert _HREF.findall(html), "there is a link to break out of"
    assert re.findall(r"<(\w+)", html) == ["a"]
    assert len(re.findall(r'\son\w+="', html)) == 0
