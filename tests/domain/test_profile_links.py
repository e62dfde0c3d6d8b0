"""Addresses that people give: https only, in one spelling, and of a known network only what is there."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.profile.checks import is_phone
from app.domain.profile.links import NETWORKS, network_address, website_address


@pytest.mark.parametrize(
    ("network", "typed", "address"),
    [
        ("linkedin", "ines", "https://www.linkedin.com/in/ines"),
        ("linkedin", "https://de.linkedin.com/in/ines-o/?trk=1#top", "https://www.linkedin.com/in/ines-o"),
        ("linkedin", "linkedin.com/company/okafor", "https://www.linkedin.com/company/okafor"),
        ("github", "@ines", "https://github.com/ines"),
        ("github", "https://www.github.com/ines/", "https://github.com/ines"),
        ("instagram", "ines.o", "https://www.instagram.com/ines.o"),
        ("bluesky", "ines.bsky.social", "https://bsky.app/profile/ines.bsky.social"),
        ("youtube", "https://m.youtube.com/@ines", "https://www.youtube.com/@ines"),
        ("mastodon", "@ines@social.example", "https://social.example/@ines"),
        ("mastodon", "https://social.example/@ines", "https://social.example/@ines"),
    ],
)
def test_a_name_or_an_address_becomes_the_networks_own_spelling(
    network: str, typed: str, address: str
) -> None:
    assert network_address(network, typed) == address
    assert network_address(network, address) == address


@pytest.mark.parametrize("network", [each for each in NETWORKS if each != "mastodon"])
@pytest.mark.parametrize(
    "typed",
    [
        "https://evil.example/ines",
        "https://{host}.evil.example/ines",
        "https://evil.example/https://{host}/ines",
        "https://{host}@evil.example/ines",
        "https://evil.example#{host}/ines",
        "http://{host}/ines",
        "javascript://{host}/%0aalert(1)",
        "//{host}/ines",
        "https://{host}",
        "https://{host}:444/ines",
        "ines o",
        "ines<script>",
    ],
)
def test_another_place_is_refused(network: str, typed: str) -> None:
    host = min(NETWORKS[network].hosts)
    assert network_address(network, f"https://{host}/ines") is not None
    assert network_address(network, typed.format(host=host)) is None


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("okafor.example", "https://okafor.example"),
        ("https://OKAFOR.example/About?x=1#me", "https://okafor.example/About?x=1#me"),
        ("https://müller.example/ä", "https://müller.example/ä"),
        ("HTTPS://okafor.example", "https://okafor.example"),
    ],
)
def test_a_website_is_what_was_meant(typed: str, address: str) -> None:
    assert website_address(typed) == address


@given(st.text(max_size=80))
def test_whatever_is_typed_it_leads_to_an_https_address_or_nowhere(typed: str) -> None:
    for address in (website_address(typed), *(network_address(each, typed) for each in NETWORKS)):
        if address is None:
            continue
        parts = urlsplit(address)
        assert (parts.scheme, parts.username, parts.port) == ("https", None, None)
        assert "." in (parts.hostname or "")
        assert not set(address) & set(' \t\n"<>\\')


@given(st.sampled_from(sorted(NETWORKS)), st.text("abc./@:-#?_", max_size=30))
def test_a_networks_link_never_leads_elsewhere(network: str, typed: str) -> None:
    for given_ in (typed, f"https://{typed}"):
        address = network_address(network, given_)
        if address is not None and network != "mastodon":
            assert urlsplit(address).hostname in NETWORKS[network].hosts
            assert network_address(network, address) == address


@pytest.mark.parametrize(
    "text", ["+44 131 496 0123", "0131 4960123 ext. 12", "(0131) 496-0123", "131.496.0123"]
)
def test_a_phone_number_is_as_people_write_it(text: str) -> None:
    assert is_phone(text)


@pytest.mark.parametrize("text", ["", "1234", "+", "call", "0131;ext=1", "1" * 21, "javascript:1234567"])
def test_what_is_no_phone_number(text: str) -> None:
    assert not is_phone(text)
