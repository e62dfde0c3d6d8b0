"""Ids and numbers that pages send along: what no row can have, and what no page of ours sends, is none."""

import pytest

from app.models.base import LARGEST_ID
from app.web.forms import id_of, id_or_none, whole_or_none


@pytest.mark.parametrize("text", ["1", "007", str(LARGEST_ID)])
def test_an_id_is_read(text: str) -> None:
    assert id_of(text) == id_or_none(text) == int(text)


@pytest.mark.parametrize("text", ["x", "-1", "1.0", "²", "٣", " 1", "1\n", str(LARGEST_ID + 1), "9" * 5000])
def test_what_no_database_could_hold_is_none(text: str) -> None:
    assert id_of(text) is None
    with pytest.raises(ValueError, match=r"\A"):
        id_or_none(text)


@pytest.mark.parametrize("value", ["", "None", None])
def test_the_empty_option_is_none(value: str | None) -> None:
    assert id_or_none(value) is None


@pytest.mark.parametrize("text", ["0", "900", "1200000", "9" * 15])
def test_a_number_that_a_page_sends_along_is_read(text: str) -> None:
    assert whole_or_none(text) == int(text)


@pytest.mark.parametrize("text", [None, "", "x", "-1", "1.0", "²", "٣", "9" * 16])
def test_what_no_page_sends_along_is_none(text: str | None) -> None:
    assert whole_or_none(text) is None
