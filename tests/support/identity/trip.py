"""A browser's trip to an OpenID provider and back, and the page that ends one which did not work out."""

import re
from urllib.parse import urlsplit

import httpx
import pytest
from werkzeug.test import TestResponse

from tests.support.visitor import Visitor

_REFERENCE = re.compile(r"data-reference>([0-9A-F]{8})<")


def consent(url: str) -> str:
    """What the provider's own pages do at that address: returns the path and query that the browser comes back to."""
    parts = urlsplit(httpx.get(url, trust_env=False).headers["location"])
    return f"{parts.path}?{parts.query}"


def leave(visitor: Visitor, provider_id: int = 1, next_path: str = "") -> str:
    """Press the provider's button; returns its address that the browser is sent to."""
    answer = visitor.get(f"/sign-on/{provider_id}/start", query_string={"next": next_path})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def begin_linking(visitor: Visitor, provider_id: int = 1) -> str:
    """Press "Link" as who is signed in; returns the provider's address, to which a page of ours leads."""
    here = "/account/linked-accounts"
    onward = visitor.post(f"{here}/providers/{provider_id}", form=here)
    assert onward.status_code == 200, onward.text
    return onward.headers["Refresh"].removeprefix("0; url=")


def sign_on(visitor: Visitor, provider_id: int = 1, next_path: str = "") -> TestResponse:
    """There and back."""
    return visitor.get(consent(leave(visitor, provider_id, next_path)))


def assert_refused(answer: TestResponse, log: pytest.LogCaptureFixture, reason: str) -> None:
    """On our page, with one sentence and a number that finds the reason in the log."""
    assert answer.status_code in {403, 502}
    assert len(re.findall(r'role="alert"', answer.text)) == 1
    reference = _REFERENCE.search(answer.text)
    assert reference is not None
    lines = [line for line in log.messages if reference[1] in line]
    assert len(lines) == 1
    assert f"reason={reason}" in lines[0]
