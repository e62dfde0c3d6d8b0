"""Lists in pages: every row stands on one page, and every page that is asked for is one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.paging import stretch


@given(total=st.integers(0, 400), size=st.integers(1, 60))
def test_the_pages_together_are_the_list(total: int, size: int) -> None:
    whole = list(range(total))
    pages = [stretch(number, total, size) for number in range(1, stretch(1, total, size).pages + 1)]
    assert [row for page in pages for row in whole[page.rows]] == whole
    assert all(page.rows.stop - page.rows.start <= size for page in pages)


@pytest.mark.parametrize(("asked", "page"), [(-3, 1), (0, 1), (1, 1), (3, 3), (4, 3), (10**9, 3)])
def test_an_address_that_was_made_up_leads_to_the_nearest_page(asked: int, page: int) -> None:
    assert stretch(asked, 101).page == page


def test_an_empty_list_has_one_page() -> None:
    only = stretch(1, 0)
    assert (only.page, only.pages, only.start, only.stop) == (1, 1, 0, 0)
