"""What counts as a name, and how a search reads one."""

import pytest

from app.domain.people.names import check_names
from app.domain.people.terms import BadName, NameFault
from app.kernel.folding import fold


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("Zoë", "O’Neill-Łoś"),
        ("Jean-Luc", "d'Artagnan"),
        ("محمد", "علي"),
        ("सीता", "र"),
        ("美咲", "佐"),
        ("Yo", "J. R."),
        ("Zoe\u0308", "M"),
        ("می\u200cن", "ر"),
    ],
)
def test_names_of_every_script_are_names(first: str, last: str) -> None:
    check_names(first, last)
    assert fold(first)


@pytest.mark.parametrize(
    ("first", "last", "field", "fault"),
    [
        ("A", "Byrne", "first_name", NameFault.TOO_SHORT),
        ("--", "Byrne", "first_name", NameFault.TOO_SHORT),
        ("", "Byrne", "first_name", NameFault.TOO_SHORT),
        ("Ann", "", "last_name", NameFault.TOO_SHORT),
        ("Ann", ".", "last_name", NameFault.TOO_SHORT),
        ("Ann2", "Byrne", "first_name", NameFault.NOT_LETTERS),
        ("Ann", "<b>", "last_name", NameFault.NOT_LETTERS),
        ("Ann", "☺", "last_name", NameFault.NOT_LETTERS),
        ("=Ann", "Byrne", "first_name", NameFault.NOT_LETTERS),
        ("Ann\n", "Byrne", "first_name", NameFault.NOT_LETTERS),
    ],
)
def test_what_is_no_name_is_refused_at_its_field(first: str, last: str, field: str, fault: NameFault) -> None:
    with pytest.raises(BadName) as refused:
        check_names(first, last)
    assert (refused.value.field, refused.value.fault) == (field, fault)


def test_a_search_reads_over_case_and_accents() -> None:
    assert fold("ZOË Łoś ΣΊΣΥΦΟΣ Straße") == fold("zoe Łos σισυφος STRASSE")
